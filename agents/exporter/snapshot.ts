import { readSwitches } from '../../src/contract/switches';
import type { AgentContext } from '../runtime/agent';
import { errorText } from '../runtime/errors';
import { GuardRecord } from '../runtime/guard-record';
import { readAgentStates } from '../runtime/heartbeat';
import { unlessAborted, waitMs, within } from '../runtime/wait';
import { Sheet, type Values } from './sheet';
import { agentFigures, switchFigures } from './state/agents';
import { ContainerReader, containerFigures, type KnownContainer } from './state/containers';
import { agentTotalFigures, droppedFigures, readAgentTotals } from './state/figures';
import { guardFigures } from './state/guards';
import { alertFigures, ObservedReader, observedFigures } from './state/healer';
import { incidentFigures, readActiveIncidents } from './state/incidents';
import { logFigures, redisFigures } from './state/redis';

const EVERY_MS = 2000;
/** Redis may be slow; after this time it counts as away. */
const PATIENCE_MS = 5000;
/** Older figures would tell of a world that may be gone: they are served no more. */
const STALE_MS = 30_000;

/** What was last read from Redis. Read in the background, so that a scrape never waits. */
export class Snapshot {
  /** Containers that have series of their own. */
  containers: readonly KnownContainer[] = [];
  private values: Values = new Map();
  private readAt: number | undefined;
  private up = false;
  private readonly containerReader: ContainerReader;
  private readonly guards: GuardRecord;
  private readonly observed: ObservedReader;

  constructor(
    private readonly context: AgentContext,
    private readonly options: { maxContainers: number }
  ) {
    this.containerReader = new ContainerReader(context.log);
    this.guards = new GuardRecord(context.log);
    this.observed = new ObservedReader(context.log);
  }

  /** True when what is served was read a moment ago. */
  get fresh(): boolean {
    return this.readAt !== undefined && this.context.now() - this.readAt < STALE_MS;
  }

  current(): Values {
    const sheet = new Sheet();
    sheet.set('hemostat_redis_up', {}, Number(this.up));
    sheet.set('hemostat_exporter_snapshot_timestamp_seconds', {}, (this.readAt ?? 0) / 1000);
    return new Map([...(this.fresh ? this.values : []), ...sheet.values]);
  }

  async keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const reading = this.context.telemetry.step('read figures', {}, () => this.read(), { request: true, span: false });
      try {
        const inTime = await within(unlessAborted(reading, signal), PATIENCE_MS, signal);
        this.up = inTime;
        if (!inTime) {
          // One at a time: a slow Redis must not be asked again and again.
          await unlessAborted(reading, signal);
        }
      } catch (cause) {
        this.up = false;
        this.context.logger.debug({ error: errorText(cause) }, 'figures could not be read from Redis; they are read again');
      }
      await waitMs(EVERY_MS, signal);
    }
  }

  /** Reads everything once. @throws when Redis does not give the containers and the agents. */
  async read(): Promise<void> {
    const { log } = this.context;
    const sheet = new Sheet();
    const [containers, agents, switches, incidents] = await Promise.all([
      this.containerReader.read(),
      readAgentStates(log),
      log.redis.hgetall(log.partition(0).switches),
      readActiveIncidents(log),
      this.guards.read(this.context.now()),
    ]);
    const now = this.context.now();
    containerFigures(sheet, containers, this.options.maxContainers);
    this.containers = containers.slice(0, this.options.maxContainers);
    this.guards.learn(agents);
    guardFigures(sheet, this.guards, this.containers, now);
    agentFigures(sheet, agents, now);
    switchFigures(sheet, readSwitches(switches), now);
    incidentFigures(sheet, incidents, now);
    // A user of Redis may lack the right to ask for these; the rest is served all the same.
    await Promise.all([
      this.optional('log', logFigures(sheet, log)),
      this.optional('redis', redisFigures(sheet, log)),
      this.optional('agents', readAgentTotals(log).then((totals) => agentTotalFigures(sheet, totals))),
      this.optional('telemetry', droppedFigures(sheet, log)),
      this.optional('observer', this.observed.read().then((observed) => observedFigures(sheet, observed, now))),
      this.optional('alerts', alertFigures(sheet, log)),
    ]);
    this.values = sheet.values;
    this.readAt = now;
  }

  private async optional(what: string, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (cause) {
      this.context.logger.debug({ what, error: errorText(cause) }, 'some figures could not be read from Redis');
    }
  }
}
