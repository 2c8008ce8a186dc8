import type { Command } from 'commander';
import type { ContainerState } from '../../../src/contract/containers';
import { GROUPS } from '../../../src/contract/streams';
import { readSwitches, type Switches } from '../../../src/contract/switches';
import { GONE_AFTER_MS, readAgentStates, type AgentState } from '../../runtime/heartbeat';
import type { HemostatLog } from '../../runtime/log';
import { listIncidents, readContainers, readGroups, type GroupLag } from '../../runtime/queries';
import type { Cli } from '../context';
import { ageText, megabytes, table } from '../output';
import { readRedisState, type RedisState } from '../redis-state';
import { incidentJson, incidentTable } from './incidents';

/** One copy of an agent with how it does. */
export interface AgentRow extends AgentState {
  alive: boolean;
  pending?: number;
  lag?: number;
}

export interface Fleet {
  total: number;
  running: number;
  stopped: number;
  ill: number;
}

/** Counts of the containers that the monitor knows. */
export function fleetOf(containers: readonly ContainerState[]): Fleet {
  const present = containers.filter((one) => one.status !== 'removed');
  const running = present.filter((one) => one.status === 'running').length;
  return { total: present.length, running, stopped: present.length - running, ill: present.filter((one) => one.ill).length };
}

/** Agents with the lag of their group; gone ones stay until they are forgotten. */
export function agentRows(states: readonly AgentState[], groups: readonly GroupLag[], now: number): AgentRow[] {
  return [...states]
    .sort((a, b) => a.agent.localeCompare(b.agent) || a.instance.localeCompare(b.instance))
    .map((state) => {
      const mine = groups.filter((group) => group.group === state.agent);
      const pending = mine.reduce((sum, group) => sum + group.pending, 0);
      const lag = mine.reduce((sum, group) => sum + (group.lag ?? 0), 0);
      return { ...state, alive: now - Date.parse(state.seen_at) < GONE_AFTER_MS, ...(mine.length > 0 ? { pending, lag } : {}) };
    });
}

interface Status {
  agents: AgentRow[];
  groups: GroupLag[];
  dead_letters: number;
  redis: RedisState;
  switches: Switches;
  fleet: Fleet;
  incidents: Array<ReturnType<typeof incidentJson>>;
  problems: string[];
}

/** What is wrong with the healer itself, in sentences. Empty when all is well. */
export function problemsOf(agents: readonly AgentRow[], groups: readonly GroupLag[], redis: RedisState): string[] {
  const alive = agents.filter((agent) => agent.alive);
  const gone = agents.filter((agent) => !agent.alive && !alive.some((other) => other.agent === agent.agent));
  const orphaned = groups.filter((group) => GROUPS.some((known) => known === group.group) && (group.lag ?? 0) + group.pending > 0 && !alive.some((agent) => agent.agent === group.group));
  return [
    ...(alive.length === 0 ? ['No agent is alive. Start them with `npm start` or `hemostat agent all`.'] : []),
    ...gone.map((agent) => `${agent.agent} (${agent.instance}) has given no sign since ${agent.seen_at}.`),
    ...orphaned.map((group) => `${(group.lag ?? 0) + group.pending} entries wait for the ${group.group}, and none is alive.`),
    ...alive.flatMap((agent) => agent.troubles.map((trouble) => `${agent.agent}: ${trouble.message} ${trouble.mend}`)),
    ...(redis.full ? [`Redis is full (${redis.memory}). Raise its maxmemory, or lower HEMOSTAT_RETENTION_DAYS or HEMOSTAT_LOG_MAX_MB.`] : []),
  ];
}

async function gather(log: HemostatLog, now: number): Promise<Status> {
  const [states, groups, containers, redis, incidents, switched, dead] = await Promise.all([
    readAgentStates(log),
    readGroups(log),
    readContainers(log),
    readRedisState(log),
    listIncidents(log, { limit: 100 }),
    log.redis.hgetall(log.partition(0).switches),
    Promise.all(log.partitions.map((keys) => log.redis.xlen(keys.dead))),
  ]);
  const agents = agentRows(states, groups, now);
  return {
    agents,
    groups,
    dead_letters: dead.reduce((sum, one) => sum + one, 0),
    redis,
    switches: readSwitches(switched),
    fleet: fleetOf(containers),
    incidents: incidents.map(incidentJson),
    problems: problemsOf(agents, groups, redis),
  };
}

function agentTable(agents: readonly AgentRow[], now: number, width: number): string[] {
  return table<AgentRow>(
    [
      { title: 'AGENT', value: (one) => one.agent },
      { title: 'STATE', value: (one) => (one.alive ? (one.troubles.length > 0 ? 'trouble' : one.leading ? 'leads' : 'alive') : 'GONE') },
      { title: 'SEEN', value: (one) => ageText(now - Date.parse(one.seen_at)) },
      { title: 'LAG', value: (one) => String(one.lag ?? '-') },
      { title: 'PENDING', value: (one) => String(one.pending ?? '-') },
      { title: 'HANDLED', value: (one) => String(one.handled) },
      { title: 'FAILED', value: (one) => String(one.failed + one.dead) },
      { title: 'COPY', value: (one) => `${one.instance} (${megabytes(one.memory_bytes)})`, flexible: true, min: 10 },
    ],
    agents,
    width
  );
}

/** Modes that living responders told of, most often one. */
export function modesOf(agents: readonly AgentRow[]): string {
  const modes = agents.filter((agent) => agent.alive && agent.agent === 'responder').map((agent) => agent.state.mode);
  return [...new Set(modes.filter((mode) => mode !== undefined))].join(', ') || 'not known: no responder is alive';
}

function switchLines({ paused, maintenance }: Switches, now: number): string[] {
  const windows = [...maintenance].filter(([, window]) => Date.parse(window.until) > now);
  return [
    paused ? `PAUSED by ${paused.user} since ${paused.since}${paused.reason ? `: ${paused.reason}` : ''}` : 'not paused',
    ...windows.map(([scope, window]) => `maintenance of ${scope} until ${window.until}, by ${window.user}`),
  ];
}

async function status(cli: Cli): Promise<void> {
  const now = cli.io.now();
  const found = await cli.withLog(async (log) => ({ status: await gather(log, now), active: await listIncidents(log, { limit: 10 }) }));
  const { agents, groups, switches, fleet, redis, dead_letters: dead, problems } = found.status;
  cli.exitCode = problems.length > 0 ? 1 : 0;
  const json = { ok: problems.length === 0, mode: modesOf(agents), ...found.status, switches: { paused: switches.paused ?? null, maintenance: Object.fromEntries(switches.maintenance) } };
  cli.print(json, () => {
    cli.line('Healer', 'bold');
    agentTable(agents, now, cli.io.columns).forEach((line) => cli.line(line));
    groups.length === 0 && cli.line('The log is empty: no agent has read it yet.');
    cli.short(`mode ${modesOf(agents)}; ${switchLines(switches, now).join('; ')}`, switches.paused ? 'yellow' : undefined);
    cli.line(`dead letters: ${dead}${dead > 0 ? ' (hemostat dead-letters)' : ''}`, dead > 0 ? 'yellow' : undefined);
    cli.short(`Redis ${redis.version}: ${redis.memory}; ${redis.full ? 'FULL' : 'not full'}`, redis.full ? 'red' : undefined);
    cli.line();
    cli.line('Fleet', 'bold');
    cli.line(`${fleet.total} containers: ${fleet.running} running, ${fleet.stopped} stopped, ${fleet.ill} ill`);
    cli.line();
    cli.line(`Active incidents: ${found.status.incidents.length}`, 'bold');
    incidentTable(found.active, now, cli.io.columns).forEach((line, index) => (found.active.length > 0 || index > 0) && cli.line(line));
    problems.forEach((problem) => cli.line(`! ${problem}`, 'red'));
  });
}

export function registerStatus(program: Command, cli: Cli): void {
  program
    .command('status')
    .description('how the healer and the fleet are; exit code 1 when the healer has a problem')
    .action(() => status(cli));
}
