import type { AgentAlertsAnswer, DashboardPayload, StatusPayload } from '../../contract/observability/payloads';
import { dashboardPayload } from '../../contract/observability/dashboard';
import type { AgentAlert } from '../../contract/events/observer';
import { distributionOf } from '../../contract/observability/histogram';
import type { Breaker, Component, HistoryPoint, LogEntry, Observed, SourceState, Span, Trace } from '../../contract/observability/schemas';
import { summarizeAlerts } from '../../contract/observability/alerts';
import { statusPayload } from '../../contract/observability/status';

/** What the server would answer about HemoStat itself, made by its own arithmetic. */

const iso = (ms: number) => new Date(ms).toISOString();

export const component = (name: string, change: Partial<Component> = {}): Component => ({ name, kind: 'agent', status: 'healthy', response_time_ms: 12, last_check: iso(Date.now() - 3000), has_error: false, error_message: null, mend: null, critical: false, ...change });
export const breaker = (name: string, change: Partial<Breaker> = {}): Breaker => ({ name, kind: 'container', state: 'closed', failure_count: 0, success_rate: 0.95, avg_response_time: 420, total_calls: 20, free_at: null, ...change });

export const observed = (change: Partial<Observed> = {}): Observed => ({
  at: iso(Date.now() - 2000),
  since: iso(Date.now() - 7_200_000),
  version: '0.1.0',
  instance: 'observer-1',
  components: [component('redis', { kind: 'redis', critical: true, response_time_ms: 2 }), component('monitor', { critical: true }), component('analyzer', { critical: true }), component('notifier', { response_time_ms: null })],
  breakers: [breaker('host-1/web'), breaker('host-1/db')],
  resources: { cpu_percent: 31, memory_percent: 62, disk_percent: 48, memory_used_mb: 5078, memory_total_mb: 8192, disk_used_gb: 96, disk_total_gb: 200, load_average: [0.5, 0.42, 0.4] },
  waiting: 0,
  dropped: { logs: 0 },
  telemetry_bytes: 12 * 1024 ** 2,
  telemetry_max_bytes: 64 * 1024 ** 2,
  ...change,
});

export const agentAlert = (id: string, change: Partial<AgentAlert> = {}): AgentAlert => ({
  alert_id: `${id.padEnd(8, '0')}-0000-4000-8000-000000000000`,
  revision: 1,
  condition: id,
  rule: 'high_error_rate',
  name: `Alert ${id}`,
  type: 'reliability',
  severity: 'warning',
  status: 'firing',
  message: `It is ${id}.`,
  labels: { component: 'agent' },
  value: 7.25,
  threshold: 5,
  triggered_at: iso(Date.now() - 330_000),
  resolved_at: null,
  notify: true,
  ...change,
});

const point = (at: number, change: Partial<HistoryPoint> = {}): HistoryPoint => ({ timestamp: iso(at), health_score: 90, availability: 100, response_time: 12, cpu_usage: 30, memory_usage: 60, circuit_breaker_health: 100, ...change });

export interface StatusOptions {
  observed?: Partial<Observed>;
  alerts?: readonly AgentAlert[];
  history?: readonly HistoryPoint[];
}

/** The answer of `dashboard/status`. */
export const systemStatus = ({ observed: change, alerts = [], history = [point(Date.now() - 3_600_000), point(Date.now() - 60_000, { cpu_usage: null })] }: StatusOptions = {}): StatusPayload =>
  statusPayload({ observed: observed(change), alerts, history, now: Date.now(), refreshSeconds: 30, staleAfterMs: 30_000 });

export const logEntry = (message: string, change: Partial<LogEntry> = {}): LogEntry => ({ timestamp: iso(Date.now() - 40_000), level: 'info', message, agent_id: 'analyzer', trace_id: '', attributes: {}, ...change });

export const span = (span_id: string, parent_span_id: string, change: Partial<Span> = {}): Span => ({ span_id, parent_span_id, name: span_id, service: 'analyzer', kind: 'internal', start_time: iso(Date.now() - 60_000), duration_ms: 40, status: 'ok', attributes: {}, ...change });

export const trace = (trace_id: string, change: Partial<Trace> = {}): Trace => {
  const spans = change.spans ?? [span('root', '', { name: 'health_alert', service: 'monitor' }), span('step', 'root')];
  return { trace_id, root_span: 'health_alert', start_time: iso(Date.now() - 60_000), duration_ms: 2140, span_count: spans.length, status: 'ok', agent_id: 'monitor', spans, ...change };
};

export const sourceState = (source: SourceState['source'], change: Partial<SourceState> = {}): SourceState => ({ source, from: 'redis', ok: true, notices: [], ...change });
export const allSources = (...changed: SourceState[]): SourceState[] => (['logs', 'traces', 'metrics', 'errors', 'alerts'] as const).map((source) => changed.find((one) => one.source === source) ?? sourceState(source));

export interface AgentsOptions {
  alerts?: readonly AgentAlert[];
  logs?: readonly LogEntry[];
  traces?: readonly Trace[];
  errors?: readonly LogEntry[];
  sources?: readonly SourceState[];
  /** No figures at all. */
  idle?: boolean;
  minutes?: number;
}

/** The answer of `dashboard`. */
export function agentsAnswer({ alerts = [], logs = [], traces = [], errors = [], sources = allSources(), idle = false, minutes = 60 }: AgentsOptions = {}): DashboardPayload {
  const now = Date.now();
  const minute = Math.floor(now / 60_000) * 60_000;
  const figures = { requests: 100, errors: 2, latency: distributionOf([200, 300]), tokens: distributionOf([900]), tokens_input: 800, tokens_output: 100, cost_usd: 0.002 };
  const metrics = idle ? [] : [{ minute: minute - 120_000, agent: 'analyzer', figures }, { minute: minute - 60_000, agent: 'analyzer', figures }];
  const previous = idle ? [] : [{ minute: minute - 5_400_000, agent: 'analyzer', figures: { ...figures, requests: 150 } }];
  return dashboardPayload({
    collection: { data: { alerts, logs, traces, errors, metrics }, states: sources },
    previous: { data: { metrics: previous }, states: [] },
    range: { from: now - minutes * 60_000, to: now },
    now,
    maxDataPoints: 500,
  });
}

/** The answer of `dashboard/alerts`. */
export const alertsAnswer = (alerts: readonly AgentAlert[], sources = [sourceState('alerts')]): AgentAlertsAnswer => ({ alerts: [...alerts], summary: summarizeAlerts(alerts), sources });
