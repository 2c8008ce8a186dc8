import { MINUTE_MS, type FigureRow } from '../../src/contract/observability/aggregate';
import { mergeAllFigures } from '../../src/contract/observability/histogram';
import { observedSchema, type Component, type Observed, type Range, type RuleLimits } from '../../src/contract/observability/schemas';
import { meanLatency } from '../../src/contract/observability/summary';
import { GROUPS } from '../../src/contract/streams';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import type { AgentContext } from '../runtime/agent';
import { GuardRecord } from '../runtime/guard-record';
import { readAgentStates } from '../runtime/heartbeat';
import type { HemostatLog } from '../runtime/log';
import { parseJson, readGroups } from '../runtime/queries';
import type { SettingsOf } from '../runtime/settings/define';
import type { observerSettings } from '../runtime/settings/observer';
import { VERSION } from '../runtime/version';
import { containerBreakers, modelBreakers } from './breakers';
import { agentFindings } from './components/agents';
import { toComponent, type Finding } from './components/component';
import { dockerFindings, enginesOf, type Engines } from './components/docker';
import { ComponentMemory } from './components/memory';
import { modelFindings } from './components/model';
import { probeRedis } from './components/redis';
import { probeWeb, webParts, type WebPart } from './components/web';
import { ResourceReader } from './resources';

export type ObserverSettings = SettingsOf<typeof observerSettings>;

export interface LookOptions {
  context: AgentContext;
  settings: ObserverSettings;
  /** Bytes in Redis that telemetry takes; asked for now and then only. */
  telemetryBytes: (log: HemostatLog) => Promise<number>;
  /** Figures of the agents by the minute; undefined when they cannot be read. */
  figures: (range: Range) => Promise<readonly FigureRow[] | undefined>;
}

/** What the default alert rules go by. */
export const limitsOf = ({ cpuLimit: cpu, memoryLimit: memory, diskLimit: disk, responseLimitMs: responseMs, failureLimit: failureRate, lowThroughput }: ObserverSettings): RuleLimits => ({ cpu, memory, disk, responseMs, failureRate, lowThroughput });

/** Counting the bytes of all keys is much for Redis: not at every look. */
const BYTES_EVERY_MS = 60_000;
const MEGABYTE = 1_048_576;
/** An agent answers as fast as it handled its requests in this time on average, milliseconds. */
const ANSWERS_OVER_MS = 5 * MINUTE_MS;

/** Looks at every part of the system, and writes what it saw into `observed`. */
export class Look {
  private readonly memory: ComponentMemory;
  private readonly guards: GuardRecord;
  private readonly resources: ResourceReader;
  private readonly web: readonly WebPart[];
  /** When this copy began to look. */
  private readonly began: number;
  private last: Observed | undefined;
  private bytes = { value: 0, at: -Infinity };

  constructor(private readonly options: LookOptions) {
    const { context, settings } = options;
    this.memory = new ComponentMemory(context.log);
    this.guards = new GuardRecord(context.log);
    this.resources = new ResourceReader(settings);
    this.web = webParts({ ...settings, ...context.settings });
    this.began = context.now();
  }

  /** What rules go by: CPU of a moment, as it is known after the start, is no reason for an alert. */
  settled(observed: Observed): Observed {
    return this.resources.cpuSettled ? observed : { ...observed, resources: { ...observed.resources, cpu_percent: null } };
  }

  /** @throws when Redis does not answer */
  async once(signal: AbortSignal): Promise<Observed> {
    const { log, now, settings, instance } = this.options.context;
    const last = await this.lastObserved();
    const [components, resources, groups, dropped] = await Promise.all([this.parts(last, signal), this.resources.read(signal), readGroups(log), log.redis.hgetall(telemetryKeys(log.options.prefix).dropped)]);
    const waiting = groups.filter(({ group }) => GROUPS.some((known) => known === group));
    const at = new Date(now()).toISOString();
    const observed: Observed = {
      at,
      // Uptime is counted from the first look ever, over all copies and their ends.
      since: last?.since ?? at,
      version: VERSION,
      instance,
      ...components,
      resources,
      waiting: waiting.reduce((sum, { pending, lag }) => sum + pending + (lag ?? 0), 0),
      dropped: Object.fromEntries(Object.entries(dropped).map(([what, count]) => [what, Number(count)])),
      telemetry_bytes: await this.telemetryBytes(),
      telemetry_max_bytes: Math.round(settings.telemetryMaxMegabytes * MEGABYTE),
      looks_every_ms: this.options.settings.lookMs,
      limits: limitsOf(this.options.settings),
    };
    await log.redis.set(log.partition(0).observed, JSON.stringify(observed));
    this.last = observed;
    return observed;
  }

  private async parts(last: Observed | undefined, signal: AbortSignal): Promise<Pick<Observed, 'components' | 'breakers'>> {
    const { context, settings } = this.options;
    const { log } = context;
    const now = context.now();
    const [redis, states, remembered, web, answers] = await Promise.all([
      probeRedis(log),
      readAgentStates(log),
      this.memory.read(now),
      Promise.all(this.web.map((part) => probeWeb(part, settings.probeTimeoutMs, signal))),
      this.answersOf(now),
      this.guards.read(now),
    ]);
    this.guards.learn(states);
    const engines: Engines = new Map([...remembered.engines, ...enginesOf(states, now)]);
    const models = modelBreakers(states, now);
    const breakers = [...models, ...(await containerBreakers(log, this.guards, now))];
    await this.memory.keep(states, enginesOf(states, now), now);
    const findings: Finding[] = [redis, ...dockerFindings(states, engines, now), ...agentFindings({ states, remembered: remembered.agents, since: this.began, gone: goneOf(last), answers, now }), ...modelFindings(states, models, now), ...web];
    return { components: findings.map((finding): Component => toComponent(finding, now)), breakers };
  }

  /** Agent -> mean milliseconds that it took for a request lately; without those that had none. */
  private async answersOf(now: number): Promise<Map<string, number>> {
    const rows = (await this.options.figures({ from: now - ANSWERS_OVER_MS, to: now })) ?? [];
    const agents = [...new Set(rows.map(({ agent }) => agent))];
    return new Map(
      agents.flatMap((agent): Array<[string, number]> => {
        const ms = meanLatency(mergeAllFigures(rows.flatMap((row) => (row.agent === agent ? [row.figures] : []))));
        return ms === null ? [] : [[agent, ms]];
      })
    );
  }

  /** What was seen last, by this copy or the one before it. */
  private async lastObserved(): Promise<Observed | undefined> {
    const { log } = this.options.context;
    if (!this.last) {
      const stored = observedSchema.safeParse(parseJson(await log.redis.get(log.partition(0).observed)));
      this.last = stored.success ? stored.data : undefined;
    }
    return this.last;
  }

  private async telemetryBytes(): Promise<number> {
    const { context, telemetryBytes } = this.options;
    if (this.bytes.value === 0 || context.now() - this.bytes.at >= BYTES_EVERY_MS) {
      const value = await telemetryBytes(context.log).catch(() => this.bytes.value);
      this.bytes = { value, at: context.now() };
    }
    return this.bytes.value;
  }
}

function goneOf(last: Observed | undefined): ReadonlySet<string> {
  return new Set((last?.components ?? []).filter(({ kind, status }) => kind === 'agent' && status === 'unhealthy').map(({ name }) => name));
}
