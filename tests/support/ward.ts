import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyzerAgent } from '../../agents/analyzer';
import { monitorAgent } from '../../agents/monitor';
import { notifierAgent } from '../../agents/notifier';
import { responderAgent } from '../../agents/responder';
import type { AgentDefinition } from '../../agents/runtime/agent';
import type { HemostatLog } from '../../agents/runtime/log';
import { listIncidents, readContainers, readRange } from '../../agents/runtime/queries';
import { runAgents, type RunningAgents, type RunOptions } from '../../agents/runtime/run';
import type { ContainerState } from '../../src/contract/containers';
import type { EventOf, EventType, HemostatEvent } from '../../src/contract/events';
import type { IncidentSummary } from '../../src/contract/incident';
import type { PolicyLayer } from '../../src/contract/policy';
import { eventually } from './eventually';
import { testLog } from './events';
import { removeFolder, start, temporaryFolder, type Running } from './processes';
import type { RedisServer } from './servers';

export const HOST = 'ward';
const EVERY_AGENT: readonly AgentDefinition[] = [monitorAgent, analyzerAgent, responderAgent, notifierAgent];
const LONGEST_STORY_MS = 60_000;
const MANY = 1_000_000;

/** Acts, proves quickly, and refuses nothing because of how much else goes on in the same hour. */
export const BRISK_POLICY: PolicyLayer = {
  mode: 'auto',
  attempts_per_hour: MANY,
  breaker: { failures: 1000 },
  blast_radius: { containers_per_hour: MANY, per_project_per_hour: MANY, fleet_share: 1, fleet_share_min: MANY },
  start_grace_seconds: 0,
  manual_grace_seconds: 0,
  stop_timeout_seconds: 2,
  verify_seconds: 4,
};

/** An agent program in a process of its own, which can be killed. */
export interface AgentProcess {
  readonly pid: number;
  /** Everything that it and those before it have written. */
  output(): string;
  /** SIGKILL, and a new process with the same settings. */
  killAndRestart(): Promise<void>;
  kill(): Promise<void>;
  running(): boolean;
}

export interface WardOptions {
  redis: RedisServer;
  /** DOCKER_HOST. */
  dockerHost: string;
  policy?: PolicyLayer;
  environment?: Readonly<Record<string, string>>;
}

/** Agents that watch a real engine through a real Redis, and what they have written. Close it before Redis. */
export interface Ward {
  readonly log: HemostatLog;
  readonly environment: Readonly<Record<string, string>>;
  /** Log lines of the agents that run in this process. */
  readonly lines: string[];
  /** In this process; all four of the loop by default. Ready when the monitor watches. */
  run(definitions?: readonly AgentDefinition[], more?: Readonly<Record<string, string>>, options?: Pick<RunOptions, 'now'>): Promise<RunningAgents>;
  /** In a process of its own: `hemostat agent NAMES`. `buildCommandLine` must have been called. */
  spawn(names: readonly string[], more?: Readonly<Record<string, string>>): AgentProcess;
  /** Oldest first; of one container, or of all. */
  events(container?: string): Promise<HemostatEvent[]>;
  /** Waits for the first event of the type that the container has and that fits. */
  wanted<T extends EventType>(container: string, type: T, fits?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>;
  incidents(container: string): Promise<IncidentSummary[]>;
  /** Waits until the only incident of the container is in this state. */
  ends(container: string, state: IncidentSummary['state']): Promise<IncidentSummary>;
  /** Waits until the monitor has written this of the container. */
  seen(container: string, fits: (state: ContainerState) => boolean): Promise<ContainerState>;
  close(): Promise<void>;
}

/** Bundles the command line, so that agents can be started as users start them. */
export async function buildCommandLine(): Promise<void> {
  const build = start(process.execPath, [path.join(__dirname, '../../scripts/hemostat.mjs'), '--version']);
  try {
    await eventually(() => expect(build.ended()).toBe(true), 60_000);
    expect(build.output()).toContain('ended with code 0');
  } finally {
    await build.end('SIGKILL');
  }
}

export function openWard({ redis, dockerHost, policy = {}, environment: own = {} }: WardOptions): Ward {
  const folder = temporaryFolder('ward');
  const policyFile = path.join(folder, 'policy.json');
  writeFileSync(policyFile, JSON.stringify({ version: 1, defaults: { ...BRISK_POLICY, ...policy } }));
  const environment: Record<string, string> = {
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(redis.port),
    DOCKER_HOST: dockerHost,
    HEMOSTAT_HOST: HOST,
    HEMOSTAT_POLICY_FILE: policyFile,
    HEMOSTAT_CONFIRM_SECONDS: '1',
    HEMOSTAT_RECOVER_SECONDS: '1',
    HEMOSTAT_STATS_SECONDS: '0.5',
    ALERT_ENABLED: 'false',
    ...own,
  };
  const log = testLog(environment);
  const lines: string[] = [];
  const running = new Set<RunningAgents>();
  const processes = new Set<Running>();

  const events = async (container?: string) => (await readRange(log, { limit: MANY, ...(container ? { container } : {}) })).map((stored) => stored.event);
  const incidents = (container: string) => listIncidents(log, { all: true, container, limit: MANY });

  const spawnOne = (names: readonly string[], more: Readonly<Record<string, string>>): Running => {
    const program = path.join(__dirname, '../../build/hemostat.mjs');
    const one = start(process.execPath, [program, 'agent', ...names], { env: { PATH: '/usr/bin:/bin', ...environment, ...more } });
    processes.add(one);
    return one;
  };

  return {
    log,
    environment,
    lines,
    events,
    incidents,
    async run(definitions = EVERY_AGENT, more = {}, options = {}) {
      const before = lines.length;
      const one = await runAgents(definitions, { ...environment, HEMOSTAT_INSTANCE: `copy-${running.size}`, ...more }, { ...options, out: (line) => lines.push(line) });
      running.add(one);
      if (definitions.includes(monitorAgent)) {
        await eventually(() => expect(lines.slice(before).join('')).toMatch(/monitor: watching/), 30_000);
      }
      if (definitions.includes(responderAgent)) {
        await eventually(() => expect(lines.slice(before).join('')).toMatch(/responder: knows what was done before/), 30_000);
      }
      return one;
    },
    spawn(names, more = {}) {
      let before = '';
      let one = spawnOne(names, more);
      return {
        get pid() {
          return one.pid;
        },
        output: () => before + one.output(),
        running: () => !one.ended(),
        kill: () => one.end('SIGKILL'),
        async killAndRestart() {
          await one.end('SIGKILL');
          before += one.output();
          processes.delete(one);
          one = spawnOne(names, more);
        },
      };
    },
    wanted: (container, type, fits = () => true) =>
      eventually(async () => {
        const all = await events(container);
        // The compiler cannot tell the member of a union by a type parameter.
        const found = (all.filter((event) => event.type === type) as Array<EventOf<EventType>> as Array<EventOf<typeof type>>).find(fits);
        if (!found) {
          throw new Error(`${container} has no such ${type} yet, only: ${all.map(inWords).join(', ') || 'nothing'}\n${lines.slice(-10).join('')}`);
        }
        return found;
      }, LONGEST_STORY_MS),
    ends: (container, state) =>
      eventually(async () => {
        const all = await incidents(container);
        const [only] = all;
        if (all.length !== 1 || only?.state !== state) {
          throw new Error(`${container} has the incidents ${JSON.stringify(all)} after ${(await events(container)).map(inWords).join(', ')}\n${lines.slice(-10).join('')}`);
        }
        return only;
      }, LONGEST_STORY_MS),
    seen: (container, fits) =>
      eventually(async () => {
        const state = (await readContainers(log)).find((one) => one.container === container);
        if (!state || !fits(state)) {
          throw new Error(`${container} is seen as ${JSON.stringify(state)}`);
        }
        return state;
      }, LONGEST_STORY_MS),
    async close() {
      await Promise.all([...processes].map((one) => one.end('SIGKILL')));
      await Promise.all([...running].map((one) => one.close()));
      log.close();
      log.redis.disconnect();
      removeFolder(folder);
    },
  };
}

/** One event as a word for failures: type, and what tells events of the type apart. */
export function inWords(event: HemostatEvent): string {
  switch (event.type) {
    case 'container_event':
      return `docker ${event.data.action}`;
    case 'health_alert':
      return `alert ${event.data.anomalies.map((one) => one.type).join('+')}`;
    case 'remediation_complete':
      return `complete ${event.data.result.status} ${event.data.result.reason ?? ''}`.trim();
    case 'remediation_verified':
      return `verified ${event.data.verdict}`;
    default:
      return event.type;
  }
}

/** The types of a story, in the order of the log, as far as they are asked for. */
export function inOrder(events: readonly HemostatEvent[], types: readonly EventType[]): EventType[] {
  return events.map((event) => event.type).filter((type) => types.includes(type));
}

/** Milliseconds from the beginning of the illness to its alert. */
export function timeToDetect(alert: EventOf<'health_alert'>): number {
  return Date.parse(alert.time) - Date.parse(alert.data.ill_since ?? '');
}
