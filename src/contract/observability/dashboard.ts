import type { AgentAlert } from '../events/observer';
import { round } from '../weighted';
import { agentHealth } from './agent-health';
import { MINUTE_MS, stepFor, type FigureRow } from './aggregate';
import { activeAlerts, alertEntries, summarizeAlerts } from './alerts';
import { statCards } from './cards';
import { agentCharts } from './charts';
import { groupErrors } from './errors';
import { quantile } from './histogram';
import type { AgentHealth, DashboardPayload } from './payloads';
import type { LogEntry, MinuteFigures, Range, SourceName, SourceState, Trace } from './schemas';
import { errorRate, summaries, totalOf } from './summary';
import { isoRange, utcTime } from './time-range';

/** The view of the agents over one range (R472). Pure. */

/** R473. */
export const PAYLOAD_LIMITS = { logs: 50, traces: 20, errors: 10 } as const;

/** What the collectors found; data of a source that failed is empty or absent, and its state says why. */
export interface CollectedData {
  data: { logs?: readonly LogEntry[]; traces?: readonly Trace[]; metrics?: readonly FigureRow[]; errors?: readonly LogEntry[]; alerts?: readonly AgentAlert[] };
  states: readonly SourceState[];
}
export interface DashboardParts {
  collection: CollectedData;
  /** Figures of the period of equal length just before. */
  previous: CollectedData;
  range: Range;
  /** Milliseconds. */
  now: number;
  /** Points of one series, at most. */
  maxDataPoints: number;
}

const failed = (states: readonly SourceState[], source: SourceName): SourceState | undefined => states.find((state) => state.source === source && !state.ok);

/** Newest first; a time that cannot be read is the oldest. */
function newest<T>(things: readonly T[], timeOf: (thing: T) => string, limit: number): T[] {
  const at = (thing: T) => utcTime(timeOf(thing)) || 0;
  return things.toSorted((a, b) => at(b) - at(a)).slice(0, limit);
}

/**
 * How well the agents are (R415). What cannot be read is unknown, not 0, and an issue by itself (R368, R123).
 * @param figures of the whole range, where they are known already
 */
export function healthOf({ data: { metrics = [], alerts = [] }, states }: CollectedData, figures: MinuteFigures | undefined = totalOf(metrics)): AgentHealth {
  const figuresFailed = failed(states, 'metrics');
  const alertsFailed = failed(states, 'alerts');
  const health = agentHealth({
    errorRate: figuresFailed ? null : errorRate(figures ?? { requests: 0, errors: 0 }),
    latencyP99: figuresFailed ? null : quantile(figures?.latency, 0.99),
    activeAlerts: alertsFailed ? null : activeAlerts(alerts).filter(({ severity }) => severity === 'critical' || severity === 'error').length,
  });
  const unread = [figuresFailed, alertsFailed].flatMap((state) => (state ? [`Unknown ${state.source}: ${state.from} cannot be read`] : []));
  return { ...health, issues: [...health.issues, ...unread] };
}

export function dashboardPayload({ collection, previous, range, now, maxDataPoints }: DashboardParts): DashboardPayload {
  const { data, states } = collection;
  const { logs = [], traces = [], metrics = [], errors = [], alerts = [] } = data;
  const figures = totalOf(metrics);
  const health = healthOf(collection, figures);
  const summary = failed(states, 'metrics') ? [] : summaries(figures, totalOf(previous.data.metrics ?? []), range);
  const { from, to } = isoRange(range);
  return {
    timeRange: { start: from, end: to, minutes: round((range.to - range.from) / MINUTE_MS, 2) },
    lastUpdated: new Date(now).toISOString(),
    health,
    statCards: statCards(health, summary),
    summaries: summary,
    charts: agentCharts(metrics, range, stepFor(range, maxDataPoints, MINUTE_MS)),
    alerts: { ...alertEntries(alerts, { now, showSilenced: true }), summary: summarizeAlerts(alerts) },
    logs: newest(logs, ({ timestamp }) => timestamp, PAYLOAD_LIMITS.logs),
    traces: newest(traces, (trace) => trace.start_time, PAYLOAD_LIMITS.traces),
    errors: groupErrors(errors).slice(0, PAYLOAD_LIMITS.errors),
    sources: [...states],
  };
}
