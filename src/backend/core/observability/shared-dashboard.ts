import { linesOfTrace, makeCollectors, readAgentAlerts, readHistory, readObserved } from '../../../../agents/runtime/collect';
import type { Collection, Questions } from '../../../../agents/runtime/collect/types';
import { errorText } from '../../../../agents/runtime/errors';
import type { HemostatLog } from '../../../../agents/runtime/log';
import { redisTrouble } from '../../../../agents/runtime/redis-errors';
import type { RedisClient } from '../../../../agents/runtime/redis';
import { readSettings } from '../../../../agents/runtime/settings/define';
import { dashboardSettings } from '../../../../agents/runtime/settings/observer';
import { dashboardPayload, healthOf } from '../../../contract/observability/dashboard';
import type { AgentHealth, DashboardPayload, StatusPayload } from '../../../contract/observability/payloads';
import type { HistoryPoint, LogEntry, Observed, Range, SourceName, SourceState, Trace } from '../../../contract/observability/schemas';
import { errorStatusPayload, statusPayload } from '../../../contract/observability/status';
import { lastHours, lastMinutes, previousRange } from '../../../contract/observability/time-range';
import { redactText } from '../../../contract/redact';
import { DeadlineError } from '../failure';
import type { CoreSettings } from '../settings';
import type { Dashboard, DashboardState } from '../types';
import { Refresher, type RefreshListener } from './refresher';

/** R485, word for word. */
export const NOT_INITIALIZED = 'Dashboard not initialized';
export const START_OBSERVER = 'Start the observer with `npx hemostat agent observer`, or everything with `npm start`.';
/** R089. */
export const HISTORY_HOURS = 24;
/** An observer looks every five seconds; one that has not for so long is gone or stuck. */
const STALE_AFTER_MS = 30_000;
/** So many looks of the observer may be missed, where it seldom looks. */
const LOOKS_MISSED = 3;
/** R473. Errors are grouped, so many are read for ten groups. */
const PAYLOAD: Questions = { logs: { limit: 50 }, traces: { limit: 20 }, metrics: {}, errors: { limit: 1000 }, alerts: {} };
const MAX_TRACE_LOGS = 1000;
/** The least that shows whether a source answers. */
const PROBE: Questions = { logs: { limit: 1 }, traces: { limit: 1 }, metrics: {}, errors: { limit: 1 }, alerts: {} };

const DEFAULTS = readSettings(dashboardSettings, {});

/** What goes wrong inside is told here, since whoever asks gets an answer all the same (R173). */
export type Report = (words: string, facts: Readonly<Record<string, string>>) => void;

export interface SharedDashboardParts {
  log: HemostatLog;
  /** Waits for Redis, but not beyond the signal. @throws what Redis answers */
  ask<T>(signal: AbortSignal, work: (redis: RedisClient) => Promise<T>): Promise<T>;
  address: string;
  settings: CoreSettings;
  now(): number;
  report: Report;
}

const pick = (questions: Partial<Questions>, names: readonly SourceName[]): Partial<Questions> => Object.fromEntries(Object.entries(questions).filter(([name]) => names.some((one) => one === name)));

/** In the order of the names; of what was asked twice the later answer counts. */
function merged(names: readonly string[], collections: readonly Collection[]): Collection {
  const states = new Map(collections.flatMap((one) => one.states).map((state) => [state.source, state]));
  return {
    data: Object.assign({}, ...collections.map(({ data }) => data)) as Collection['data'],
    states: names.flatMap((name) => states.get(name as SourceName) ?? []),
  };
}

/**
 * What the views of the system and its agents are made of: one instance a core, for all who read (R095). Each reader has a range of its own;
 * shared is only what was collected a moment ago (R469).
 */
export class SharedDashboard implements Dashboard {
  readonly options: Required<NonNullable<CoreSettings['dashboard']>>;
  private readonly kept: ReturnType<typeof makeCollectors>;
  private readonly fresh: ReturnType<typeof makeCollectors>;
  private readonly refresher: Refresher;
  private refreshed: number | undefined;

  constructor(private readonly parts: SharedDashboardParts) {
    const { settings, log, now, report } = parts;
    this.options = { ...DEFAULTS, ...settings.dashboard };
    const { logStoreUrl = '', traceStoreUrl = '', metricsStoreUrl = '' } = settings;
    const stores = { logStoreUrl, traceStoreUrl, metricsStoreUrl };
    this.fresh = makeCollectors(log, stores);
    // Who switches the cache of the core off wants none here either.
    this.kept = settings.cacheMs === 0 ? this.fresh : makeCollectors(log, stores, { cacheMs: this.options.refreshMs });
    this.refresher = new Refresher({ everyMs: this.options.refreshMs, work: async (signal) => this.refresh(signal), now, report });
  }

  /** One trace by its id, with its log lines, oldest first; undefined when the store has none. @throws CollectError when the store does not answer */
  async trace(id: string, signal: AbortSignal): Promise<{ trace: Trace; logs: LogEntry[]; states: SourceState[] } | undefined> {
    const trace = await this.fresh.traces.find(id, signal);
    if (!trace) {
      return undefined;
    }
    const { data, states } = await this.collect(linesOfTrace(trace), { logs: { trace: trace.trace_id, limit: MAX_TRACE_LOGS } }, signal);
    return { trace, logs: (data.logs ?? []).toReversed(), states };
  }

  /** @param minutes the default range when not given */
  rangeOf(minutes: number | undefined): Range {
    return lastMinutes(minutes ?? this.options.defaultMinutes, this.parts.now());
  }

  /**
   * Only the sources that are named; a failing one is told in `states`, beside what the others gave. What was collected within the last refresh
   * interval is given again (R369), except alerts, which people act upon, and what was empty, which costs nothing to ask again.
   */
  async collect(range: Range, questions: Partial<Questions>, signal: AbortSignal): Promise<Collection> {
    const { alerts, ...others } = questions;
    const [kept, now] = await Promise.all([this.kept.aggregator.collect(range, others, signal), this.fresh.aggregator.collect(range, alerts ? { alerts } : {}, signal)]);
    const empty = kept.states.filter(({ source, ok }) => ok && kept.data[source]?.length === 0).map(({ source }) => source);
    const again = this.kept === this.fresh || empty.length === 0 ? undefined : await this.fresh.aggregator.collect(range, pick(others, empty), signal);
    return merged(Object.keys(questions), [kept, now, ...(again ? [again] : [])]);
  }

  /** False until an observer has written what it sees. @throws what Redis answers */
  async initialized(signal: AbortSignal): Promise<boolean> {
    return (await this.parts.ask(signal, async (redis) => redis.exists(this.parts.log.partition(0).observed))) > 0;
  }

  /** The whole payload (R472). */
  async data(range: Range, signal: AbortSignal): Promise<DashboardPayload> {
    const [collection, previous] = await Promise.all([this.collect(range, PAYLOAD, signal), this.collect(previousRange(range), { metrics: {} }, signal)]);
    const { maxDataPoints } = this.options;
    return dashboardPayload({ collection, previous, range, now: this.parts.now(), maxDataPoints });
  }

  /** How well the agents are; what cannot be read is unknown and an issue by itself. */
  async health(range: Range, signal: AbortSignal): Promise<AgentHealth> {
    return healthOf(await this.collect(range, { metrics: {}, alerts: {} }, signal));
  }

  async observed(signal: AbortSignal): Promise<Observed | undefined> {
    return this.parts.ask(signal, async () => readObserved(this.parts.log, signal));
  }

  async history(range: Range, signal: AbortSignal): Promise<HistoryPoint[]> {
    return this.parts.ask(signal, async () => readHistory(this.parts.log, range));
  }

  /**
   * How the system is (R093), or the error payload (R168).
   * @throws when Redis cannot be reached or the caller is gone
   */
  async status(signal: AbortSignal): Promise<StatusPayload> {
    const { log, ask, now, report, address } = this.parts;
    try {
      const [observed, history, alerts] = await Promise.all([this.observed(signal), this.history(lastHours(HISTORY_HOURS, now()), signal), ask(signal, async () => readAgentAlerts(log))]);
      if (!observed) {
        throw new Error('What the observer wrote cannot be read: it is of another version, or was damaged.');
      }
      return statusPayload({ observed, history, alerts, now: now(), refreshSeconds: this.options.refreshMs / 1000, staleAfterMs: Math.max(STALE_AFTER_MS, LOOKS_MISSED * (observed.looks_every_ms ?? 0)) });
    } catch (cause) {
      if (signal.aborted || cause instanceof DeadlineError || redisTrouble(cause, address)) {
        throw cause;
      }
      const error = redactText(errorText(cause)).text.slice(0, 300);
      report('the status of the system could not be made', { error });
      return errorStatusPayload(error, now(), this.options.refreshMs / 1000);
    }
  }

  async state(signal: AbortSignal): Promise<DashboardState> {
    const [initialized, { states }] = await Promise.all([this.initialized(signal), this.collect(lastMinutes(1, this.parts.now()), PROBE, signal)]);
    return { initialized, lastRefresh: this.refreshed === undefined ? null : new Date(this.refreshed).toISOString(), sources: Object.fromEntries(states.map(({ source, ok }) => [source, ok])) };
  }

  start(): void {
    this.refresher.start();
  }

  async stop(): Promise<void> {
    await this.refresher.stop();
  }

  subscribe(listener: RefreshListener): () => void {
    return this.refresher.subscribe(listener);
  }

  /** Always the minutes until now: the window slides on (R470). */
  private async refresh(signal: AbortSignal): Promise<{ failing: string[] }> {
    const { sources } = await this.data(this.rangeOf(undefined), signal);
    this.refreshed = this.parts.now();
    return { failing: sources.filter(({ ok }) => !ok).map(({ source }) => source) };
  }
}
