import fc from 'fast-check';
import { fire } from './alerts';
import { statusPayloadSchema } from './payloads';
import type { Breaker, Component, Observed } from './schemas';
import { errorStatusPayload, healthPercentage, historyPointOf, overallStatus, statusPayload } from './status';

const NOW = Date.UTC(2026, 0, 2);
const component = (name: string, status: Component['status'], more: Partial<Component> = {}): Component => ({ name, kind: 'agent', status, response_time_ms: null, last_check: '', has_error: status !== 'healthy', error_message: null, mend: null, critical: false, ...more });
const breaker = (state: Breaker['state']): Breaker => ({ name: state, kind: 'container', state, failure_count: 0, success_rate: null, avg_response_time: null, total_calls: 0, free_at: null });
const observed = (more: Partial<Observed> = {}): Observed => ({
  at: new Date(NOW - 2000).toISOString(),
  since: new Date(NOW - 90_500).toISOString(),
  version: '2.0.0',
  instance: 'one',
  components: [component('redis', 'healthy', { response_time_ms: 1, critical: true }), component('grafana', 'degraded', { response_time_ms: 300 }), component('model', 'unhealthy')],
  breakers: [breaker('closed'), breaker('closed'), breaker('open'), breaker('half_open'), breaker('unknown')],
  resources: { cpu_percent: 40, memory_percent: 50, disk_percent: null, memory_used_mb: 512, memory_total_mb: 1024, disk_used_gb: null, disk_total_gb: null, load_average: [1, 2, 3] },
  waiting: 4,
  dropped: { logs: 2 },
  telemetry_bytes: 100,
  telemetry_max_bytes: 1000,
  ...more,
});
const alert = (id: string, type: string, severity: 'critical' | 'error' | 'warning' | 'info', at = NOW) => fire({ condition: id, rule: id, name: `Name ${id}`, type, severity, message: `Message ${id}`, labels: {}, notify: true }, id, at).alert;
const payload = (more: Partial<Parameters<typeof statusPayload>[0]> = {}) => statusPayload({ observed: observed(), alerts: [], history: [], now: NOW, refreshSeconds: 30, staleAfterMs: 30_000, ...more });

const state = fc.constantFrom<Component['status']>('healthy', 'degraded', 'unhealthy');
const components = fc.array(fc.record({ status: state, critical: fc.boolean() }), { maxLength: 15 }).map((all) => all.map(({ status, critical }, index) => component(String(index), status, { critical })));

test('R103 R146 R147: unhealthy by a critical component, degraded by any, unknown without one', () => {
  expect(overallStatus([])).toBe('unknown');
  expect(overallStatus([component('a', 'unhealthy', { critical: true }), component('b', 'healthy')])).toBe('unhealthy');
  expect(overallStatus([component('a', 'unhealthy'), component('b', 'healthy')])).toBe('degraded');
  expect(overallStatus([component('a', 'degraded', { critical: true })])).toBe('degraded');
  expect(overallStatus([component('a', 'healthy')])).toBe('healthy');
});

test('R104: percent of the healthy ones, one decimal, 0 to 100; it only rises with more of them', () => {
  expect([healthPercentage([]), healthPercentage(observed().components)]).toEqual([0, 33.3]);
  fc.assert(
    fc.property(components, (all) => {
      const percent = healthPercentage(all);
      return percent >= 0 && percent <= 100 && Math.abs(percent * 10 - Math.round(percent * 10)) < 1e-9 && healthPercentage([...all, component('more', 'healthy')]) >= percent;
    })
  );
});

test('R093 to R133: the payload of what was seen', () => {
  const made = statusPayloadSchema.parse(payload());
  expect(made.overview).toEqual({ overall_status: 'degraded', health_percentage: 33.3, total_components: 3, component_breakdown: { healthy: 1, degraded: 1, unhealthy: 1 }, uptime_seconds: 90, version: '2.0.0' });
  expect(made.components).toEqual(observed().components);
  expect(made.circuit_breakers).toMatchObject({ total_breakers: 5, by_state: { closed: 2, open: 1, half_open: 1 } });
  expect(made.resources).toEqual(observed().resources);
  expect(made.metrics).toMatchObject({
    availability_percentage: 66.67,
    average_response_time_ms: 150.5,
    circuit_breaker_health: 40,
    // 0.3 * 66.67 + 0.25 * 40 + 0.2 * 60 + 0.15 * 50 + 0.1 * (100 - 50.5 / 9)
    system_health_score: 58.9,
    resource_utilization: { cpu_percent: 40, memory_percent: 50, disk_percent: null },
    performance_indicators: { total_components: 3, available_components: 2, response_times_collected: 2, circuit_breakers_closed: 2, circuit_breakers_total: 5 },
  });
  expect(made.metrics.score_parts.map(({ part }) => part)).toEqual(['availability', 'breakers', 'cpu', 'memory', 'response']);
  expect(made.telemetry).toEqual({ bytes: 100, max_bytes: 1000, dropped: { logs: 2 } });
});

test('R088 R090 R094: metadata', () => {
  expect(payload().metadata).toEqual({ last_updated: observed().at, uptime_seconds: 90, dashboard_version: '1.0.0', auto_refresh_interval: 30, stale: false });
});

test('what was seen too long ago is stale, exactly beyond the limit', () => {
  const stale = (age: number) => payload({ observed: observed({ at: new Date(NOW - age).toISOString() }) }).metadata.stale;
  expect([stale(30_000), stale(30_001), payload({ observed: observed({ at: 'broken' }) }).metadata.stale, payload({ observed: undefined }).metadata.stale]).toEqual([false, true, true, true]);
});

test('R103 R107 R108 R123: before anything was seen all is unknown, not perfect', () => {
  const made = statusPayloadSchema.parse(payload({ observed: undefined }));
  expect(made.overview).toEqual({ overall_status: 'unknown', health_percentage: 0, total_components: 0, component_breakdown: { healthy: 0, degraded: 0, unhealthy: 0 }, uptime_seconds: 0, version: 'unknown' });
  expect([made.metrics.system_health_score, made.metrics.average_response_time_ms, made.metadata.last_updated, made.resources.load_average]).toEqual([null, null, null, []]);
});

test('R123: what is unknown is null, and its weight goes to the rest', () => {
  const nothing = { cpu_percent: null, memory_percent: null, disk_percent: null, memory_used_mb: null, memory_total_mb: null, disk_used_gb: null, disk_total_gb: null, load_average: [] };
  const { metrics } = payload({ observed: observed({ resources: nothing, breakers: [], components: [component('a', 'unhealthy'), component('b', 'healthy')] }) });
  // (0.3 * 50 + 0.25 * 100) / 0.55
  expect(metrics.system_health_score).toBe(72.7);
  expect(metrics.score_parts.map(({ measured }) => measured)).toEqual([50, 100, null, null, null]);
});

test('R156 R157: active alerts of the system, counted as they are; an error counts as critical', () => {
  const alerts = [alert('a', 'performance', 'info'), alert('b', 'system_health', 'error', NOW - 5), alert('c', 'resource_usage', 'warning'), alert('d', 'circuit_breaker', 'critical'), alert('e', 'reliability', 'critical'), { ...alert('f', 'performance', 'critical'), status: 'silenced' as const }, { ...alert('g', 'performance', 'critical'), status: 'resolved' as const }];
  const { alerts: told } = payload({ alerts });
  expect(told.alerts.map(({ alert_id: id }) => id)).toEqual(['d', 'b', 'c', 'a']);
  expect(told.alerts[1]).toEqual({ severity: 'error', type: 'system_health', title: 'Name b', message: 'Message b', timestamp: new Date(NOW - 5).toISOString(), alert_id: 'b', status: 'firing' });
  expect(told.summary).toEqual({ total_alerts: 4, critical: 2, warning: 1, info: 1, last_check: observed().at });
});

test('R159 R160: a point of the history', () => {
  expect(historyPointOf(observed())).toEqual({ timestamp: observed().at, health_score: 58.9, availability: 66.67, response_time: 150.5, cpu_usage: 40, memory_usage: 50, circuit_breaker_health: 40 });
  expect(historyPointOf(observed({ breakers: [] })).circuit_breaker_health).toBe(100);
});

test('R158 R168 to R172: the error payload has every section, and hides secrets', () => {
  const made = statusPayloadSchema.parse(errorStatusPayload(new Error('cannot reach redis://user:hunter2secret@redis:6379\u0007'), NOW));
  expect(made.overview).toMatchObject({ overall_status: 'error', health_percentage: 0, error: expect.stringContaining('cannot reach') });
  expect(made.alerts.alerts).toEqual([{ severity: 'critical', type: 'dashboard_error', title: 'Dashboard Error', message: expect.stringContaining('cannot reach'), timestamp: new Date(NOW).toISOString(), alert_id: '', status: 'firing' }]);
  expect(made.alerts.summary).toEqual({ total_alerts: 1, critical: 1, warning: 0, info: 0, error: expect.stringContaining('cannot reach'), last_check: new Date(NOW).toISOString() });
  expect([made.components, made.circuit_breakers.breakers, made.historical.data, made.historical.summary.points]).toEqual([[], [], [], 0]);
  expect(made.metadata).toMatchObject({ error: true, last_updated: new Date(NOW).toISOString(), dashboard_version: '1.0.0' });
  expect(JSON.stringify(made)).not.toContain('hunter2secret');
  expect(errorStatusPayload('', NOW).overview.error).toBe('unknown error');
});
