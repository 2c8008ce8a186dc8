import { fire } from './alerts';
import { dashboardPayload, type CollectedData } from './dashboard';
import { distributionOf } from './histogram';
import { dashboardPayloadSchema } from './payloads';
import { SOURCES, type LogEntry, type SourceState, type Trace } from './schemas';

const NOW = Date.UTC(2026, 0, 2);
const RANGE = { from: NOW - 3_600_000, to: NOW };
const states: SourceState[] = SOURCES.map((source) => ({ source, from: 'redis', ok: true, notices: [] }));
const failing = (source: SourceState['source']): SourceState[] => states.map((state) => (state.source === source ? { ...state, ok: false, error: 'no answer', mend: 'start it' } : state));
const log = (second: number, message = `line ${second}`): LogEntry => ({ timestamp: new Date(RANGE.from + second * 1000).toISOString(), level: 'error', message, agent_id: 'a', trace_id: '', attributes: {} });
const trace = (second: number): Trace => ({ trace_id: String(second), root_span: 'r', start_time: new Date(RANGE.from + second * 1000).toISOString(), duration_ms: 1, span_count: 0, status: 'ok', agent_id: 'a', spans: [] });
const alert = (severity: 'critical' | 'error' | 'warning', id: string) => fire({ condition: id, rule: id, name: id, type: 'performance', severity, message: 'M', labels: {}, notify: true }, id, NOW - 1000).alert;
const row = (requests: number, errors: number, ms: number) => ({ minute: RANGE.from, agent: 'a', figures: { requests, errors, latency: distributionOf([ms]) } });
const seconds = (count: number) => Array.from({ length: count }, (_unused, index) => index);

const collection = (data: CollectedData['data'] = {}, told = states): CollectedData => ({ data, states: told });
const payload = (now: CollectedData, previous = collection()) => dashboardPayloadSchema.parse(dashboardPayload({ collection: now, previous, range: RANGE, now: NOW, maxDataPoints: 500 }));

test('R472: every section, also without any data', () => {
  const made = payload(collection());
  expect(made.timeRange).toEqual({ start: new Date(RANGE.from).toISOString(), end: new Date(NOW).toISOString(), minutes: 60 });
  expect(made.health).toEqual({ score: 100, status: 'healthy', issues: [], components: { error_rate: 100, latency: null, alerts: 100 } });
  expect([made.logs, made.traces, made.errors, made.alerts.entries, made.charts.latency.series[0]?.data]).toEqual([[], [], [], [], []]);
  expect(made.statCards.map(({ title }) => title)).toEqual(['System Health', 'Avg Latency', 'Error Rate', 'Throughput']);
  expect(made.sources).toEqual(states);
});

test('R473: at most 50 logs, 20 traces and 10 error groups, the newest first', () => {
  const made = payload(collection({ logs: seconds(80).map((second) => log(second)), traces: seconds(30).map(trace), errors: seconds(15).map((second) => log(second)) }));
  expect([made.logs.length, made.traces.length, made.errors.length]).toEqual([50, 20, 10]);
  expect([made.logs[0]?.message, made.traces[0]?.trace_id, made.errors[0]?.message]).toEqual(['line 79', '29', 'line 14']);
});

test('R406 R412: the score counts the real p99, and active alerts of severity critical and error', () => {
  const alerts = [alert('critical', 'a'), alert('error', 'b'), alert('warning', 'c'), { ...alert('critical', 'd'), status: 'silenced' as const }, { ...alert('critical', 'e'), status: 'resolved' as const }];
  const { health, alerts: told } = payload(collection({ alerts, metrics: [row(1, 0, 3000)] }));
  // 3000 ms: 100 - 50 * 2000 / 4000; two alerts: 100 - 50 * 1 / 2.
  expect(health).toEqual({ score: 85, status: 'degraded', issues: [], components: { error_rate: 100, latency: 75, alerts: 75 } });
  expect(told.summary).toMatchObject({ total: 3 });
  expect([told.entries.map(({ id }) => id), told.hidden]).toEqual([['a', 'd', 'b', 'c'], 0]);
});

test('R435: trends are those against the period before', () => {
  const made = payload(collection({ metrics: [row(100, 10, 200)] }), collection({ metrics: [row(50, 10, 100)] }));
  expect(made.statCards.map(({ value, trend, trendDirection }) => [value, trend, trendDirection])).toEqual([['60', null, null], ['200', 100, 'up'], ['10.00', -50, 'down'], ['0.0', 100, 'up']]);
});

test('R123 R368: a source that cannot be read is unknown and an issue, not 0', () => {
  const made = payload(collection({ alerts: [] }, failing('metrics')));
  expect(made.health).toEqual({ score: 100, status: 'healthy', issues: ['Unknown metrics: redis cannot be read'], components: { error_rate: null, latency: null, alerts: 100 } });
  expect([made.summaries, made.statCards[2]?.value]).toEqual([[], '–']);
  expect(payload(collection({}, failing('alerts'))).health.components.alerts).toBeNull();
});

test('R361: charts keep within the number of points', () => {
  const metrics = seconds(1440).map((minute) => ({ ...row(1, 0, 1), minute: NOW - minute * 60_000 }));
  const made = dashboardPayload({ collection: collection({ metrics }), previous: collection(), range: { from: NOW - 86_400_000, to: NOW }, now: NOW, maxDataPoints: 100 });
  const points = made.charts.throughput.series[0]?.data ?? [];
  expect(points.length).toBeLessThanOrEqual(100);
  expect(points.reduce((sum, { value }) => sum + value, 0)).toBe(1440);
});
