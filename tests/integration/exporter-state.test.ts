import { keepDeadLetter } from '../../agents/runtime/dead-letters';
import type { AgentState } from '../../agents/runtime/heartbeat';
import type { HemostatLog } from '../../agents/runtime/log';
import type { ContainerState } from '../../src/contract/containers';
import { metricOfSeries, STATE_METRICS, type StateMetricName } from '../../src/contract/metrics';
import { distributionOf } from '../../src/contract/observability/histogram';
import type { MinuteFigures } from '../../src/contract/observability/schemas';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { startExporter, sumOf, type RunningExporter } from '../support/exporter';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { startRedis, type RedisServer } from '../support/servers';
import { completeData, decision } from '../support/story-events';
import { testAgentAlert, testObserved } from '../support/telemetry-data';
import { observed } from '../../agents/runtime/new-event';

const SECOND = 1000;
const CONTAINERS: Array<Partial<ContainerState> & { container: string }> = [
  { container: 'web', status: 'running', ill: true, health_status: 'unhealthy', restart_count: 4 },
  { container: 'db', status: 'exited', project: '', service: '' },
  { container: 'gone', status: 'removed' },
];

function containerState(own: Partial<ContainerState> & { container: string }): ContainerState {
  return {
    host: 'host-1',
    container_id: `${own.container}-0123456789abcdef`,
    image: 'shop/web:1',
    status: 'running',
    health_status: 'healthy',
    exit_code: 0,
    oom_killed: false,
    restart_count: 0,
    restart_policy: 'no',
    labels: {},
    project: 'shop',
    service: 'web',
    depends_on: [],
    network_parent: '',
    metrics: { cpu_percent: 91.5, memory_percent: 62.25, memory_usage: 1000, memory_limit: 2000, network_rx_bytes: 11, network_tx_bytes: 12, blkio_read_bytes: 13, blkio_write_bytes: 14 },
    ill: false,
    seen_at: new Date().toISOString(),
    ...own,
  };
}

function agentState(own: Partial<AgentState> & { agent: string }): AgentState {
  const now = Date.now();
  return {
    instance: 'copy-1',
    pid: 1,
    version: '9.9.9',
    started_at: new Date(now - 100 * SECOND).toISOString(),
    // Nobody goes on writing it, and the machine may be slow: it is to count as alive all the while.
    seen_at: new Date(now + 300 * SECOND).toISOString(),
    leading: true,
    handled: 40,
    failed: 3,
    dead: 2,
    in_flight: 5,
    memory_bytes: 1234,
    troubles: [],
    state: {},
    ...own,
  };
}

/** What two agents have done since the beginning. */
const TOTALS: Record<string, MinuteFigures> = {
  // 2.5 lies on a bound, 31,600 is above all that Prometheus gets.
  analyzer: { requests: 40, errors: 3, tokens_input: 900, tokens_output: 80, latency: distributionOf([0.2, 2.5, 2.6, 800, 31_600]) },
  'odd"name\\': { requests: 1, errors: 0 },
};
const healer = { severity: 'critical', status: 'firing' };

const web = { container_name: 'web', container_id: 'web-01234567', host: 'host-1' };
const copy = { agent_name: 'responder', copy: 'copy-1' };

/** Every metric of the state with a series that the set-up below must give. */
const CASES: ReadonlyArray<[StateMetricName | `${StateMetricName}_${'bucket' | 'sum' | 'count'}`, Record<string, string>, number | ((value: number) => boolean)]> = [
  ['hemostat_container_cpu_percent', { ...web, project: 'shop' }, 91.5],
  ['hemostat_container_memory_percent', web, 62.25],
  ['hemostat_container_memory_bytes', web, 1000],
  ['hemostat_container_memory_limit_bytes', web, 2000],
  ['hemostat_container_restart_count', web, 4],
  ['hemostat_container_network_rx_bytes_total', web, 11],
  ['hemostat_container_network_tx_bytes_total', web, 12],
  ['hemostat_container_blkio_read_bytes_total', web, 13],
  ['hemostat_container_blkio_write_bytes_total', web, 14],
  ['hemostat_container_info', { ...web, service: 'web', image: 'shop/web:1' }, 1],
  ['hemostat_container_status', { container_name: 'db', status: 'exited' }, 1],
  ['hemostat_container_health_status', { ...web, health_status: 'unhealthy' }, 1],
  ['hemostat_container_ill', web, 1],
  ['hemostat_remediation_cooldown_active', web, 1],
  ['hemostat_remediation_cooldown_active', { container_name: 'db' }, 0],
  ['hemostat_circuit_breaker_open', web, 1],
  ['hemostat_circuit_breaker_open', { container_name: 'db' }, 0],
  ['hemostat_containers', { host: 'host-1', status: 'running' }, 1],
  ['hemostat_incidents_active', { severity: 'high', state: 'awaiting_approval' }, 1],
  ['hemostat_incidents_oldest_age_seconds', { state: 'awaiting_approval' }, (value) => value >= 0 && value < 600],
  ['hemostat_approvals_waiting', {}, 1],
  ['hemostat_paused', {}, 1],
  ['hemostat_paused_since_timestamp_seconds', {}, Date.parse('2026-11-21T09:00:00Z') / SECOND],
  ['hemostat_mode', { mode: 'approve' }, 1],
  ['hemostat_mode', { mode: 'auto' }, 0],
  ['hemostat_maintenance_active', {}, 1],
  ['hemostat_agent_uptime_seconds', copy, (value) => value >= 100 && value < 1000],
  ['hemostat_agent_uptime_seconds', { agent_name: 'metrics' }, (value) => value > 0],
  ['hemostat_agent_heartbeat_timestamp_seconds', copy, (value) => Math.abs(value - Date.now() / SECOND) < 600],
  ['hemostat_agent_info', { ...copy, version: '9.9.9' }, 1],
  ['hemostat_agent_leading', copy, 1],
  ['hemostat_agent_in_flight', copy, 5],
  ['hemostat_agent_resident_memory_bytes', copy, 1234],
  ['hemostat_agent_trouble', { ...copy, part: 'docker' }, 1],
  ['hemostat_agent_handled_total', copy, 40],
  ['hemostat_agent_failed_total', copy, 3],
  ['hemostat_agent_dead_letters_total', copy, 2],
  ['hemostat_monitor_last_poll_timestamp_seconds', { host: 'host-1' }, (value) => Math.abs(value - Date.now() / SECOND + 7) < 600],
  ['agent_requests_count_total', { agent: 'analyzer' }, 40],
  ['agent_requests_count_total', { agent: 'odd\\"name\\\\' }, 1],
  ['agent_errors_count_total', { agent: 'analyzer' }, 3],
  ['agent_tokens_total', { agent: 'analyzer', direction: 'input' }, 900],
  ['agent_tokens_total', { agent: 'analyzer', direction: 'output' }, 80],
  ['agent_request_latency_milliseconds_bucket', { agent: 'analyzer', le: '1' }, 1],
  ['agent_request_latency_milliseconds_bucket', { agent: 'analyzer', le: '2.5' }, 2],
  ['agent_request_latency_milliseconds_bucket', { agent: 'analyzer', le: '5' }, 3],
  ['agent_request_latency_milliseconds_bucket', { agent: 'analyzer', le: '31500' }, 4],
  ['agent_request_latency_milliseconds_bucket', { agent: 'analyzer', le: '+Inf' }, 5],
  ['agent_request_latency_milliseconds_sum', { agent: 'analyzer' }, 32_405.3],
  ['agent_request_latency_milliseconds_count', { agent: 'analyzer' }, 5],
  // The exporter's own, which it writes by itself.
  ['agent_requests_count_total', { agent: 'exporter' }, (value) => value > 0],
  ['hemostat_observer_last_look_timestamp_seconds', {}, (value) => Math.abs(value - Date.now() / SECOND - 300) < 300],
  ['hemostat_component_healthy', { component: 'docker:host-1', kind: 'docker' }, 1],
  ['hemostat_component_healthy', { component: 'analyzer', kind: 'agent' }, 0.5],
  ['hemostat_component_healthy', { component: 'grafana', kind: 'grafana' }, 0],
  ['hemostat_health_score', {}, (value) => value > 20 && value < 100],
  ['hemostat_agent_alerts', healer, 1],
  ['hemostat_agent_alerts', { ...healer, status: 'silenced' }, 1],
  ['hemostat_agent_alerts', { ...healer, severity: 'info' }, 0],
  ['hemostat_telemetry_bytes', {}, 1_000_000],
  ['hemostat_telemetry_max_bytes', {}, 134_217_728],
  ['hemostat_telemetry_dropped_total', { what: 'spans' }, 12],
  ['hemostat_telemetry_dropped_total', { what: 'logs' }, 0],
  ['hemostat_log_length', { partition: '0' }, (value) => value > 3],
  ['hemostat_log_memory_bytes', { partition: '0' }, (value) => value > 100],
  ['hemostat_log_oldest_entry_timestamp_seconds', { partition: '0' }, (value) => Math.abs(value - Date.now() / SECOND) < 600],
  // Two of the set-up, and the start of the exporter.
  ['hemostat_log_group_lag', { group: 'notifier', partition: '0' }, 3],
  ['hemostat_log_group_pending', { group: 'notifier', partition: '0' }, 1],
  ['hemostat_dead_letters_kept', { partition: '0' }, 1],
  ['hemostat_redis_up', {}, 1],
  ['hemostat_redis_memory_used_bytes', {}, (value) => value > 100_000],
  ['hemostat_redis_memory_max_bytes', {}, 100 * 1_048_576],
  ['hemostat_redis_connected_clients', {}, (value) => value > 0],
  ['hemostat_redis_operations_total', { operation: 'echo', status: 'success' }, 3],
  ['hemostat_redis_operations_total', { operation: 'incr', status: 'failed' }, 1],
  ['hemostat_build_info', {}, 1],
  ['hemostat_exporter_leading', {}, 1],
  ['hemostat_exporter_snapshot_timestamp_seconds', {}, (value) => Math.abs(value - Date.now() / SECOND) < 600],
  ['hemostat_exporter_containers_dropped', {}, 0],
  ['hemostat_exporter_scrapes_total', { path: '/metrics' }, (value) => value > 0],
  ['hemostat_exporter_scrape_seconds_total', {}, (value) => value > 0],
];

async function setUpHealer(log: HemostatLog): Promise<void> {
  const { totals, dropped } = telemetryKeys(log.options.prefix);
  const keys = log.partition(0);
  const now = Date.now();
  await log.redis.hset(totals, ...Object.entries(TOTALS).flatMap(([agent, figures]) => [agent, JSON.stringify(figures)]), 'broken', '{');
  await log.redis.hset(dropped, 'spans', 12);
  // Nobody looks again: it is to count as new all the while.
  await log.redis.set(keys.observed, JSON.stringify(testObserved(now + 300 * SECOND)));
  const [firing, silenced, resolved] = [testAgentAlert(0, now), testAgentAlert(4, now, { status: 'silenced' }), testAgentAlert(8, now, { status: 'resolved', resolved_at: new Date(now).toISOString() })];
  await log.redis.hset(keys.agentAlerts, ...[firing, silenced, resolved].flatMap((alert) => [alert.alert_id, JSON.stringify(alert)]));
  await log.redis.hset(keys.agentAlertsActive, ...[firing, silenced].flatMap((alert) => [alert.condition, alert.alert_id]), 'lost', 'no-such-alert');
}

async function setUp(log: HemostatLog): Promise<void> {
  const keys = log.partition(0);
  const put = (state: ContainerState) => log.redis.hset(keys.containers, `${state.host}/${state.container}`, JSON.stringify(state));
  await Promise.all(CONTAINERS.map((one) => put(containerState(one))));
  const agents = [
    agentState({ agent: 'responder', troubles: [{ part: 'docker', message: 'm', mend: 'm', since: '' }], state: { mode: 'approve' } }),
    agentState({ agent: 'monitor', state: { host: 'host-1', figures_age_seconds: 7 } }),
    // Seen an hour ago: only its last sign of life is told.
    agentState({ agent: 'analyzer', instance: 'dead-copy', seen_at: new Date(Date.now() - 3600 * SECOND).toISOString() }),
  ];
  await log.redis.hset(keys.agents, ...agents.flatMap((state) => [`${state.agent}@${state.instance}`, JSON.stringify(state)]));
  await log.redis.hset(keys.switches, 'pause', JSON.stringify({ user: 'ann', since: '2026-11-21T09:00:00Z' }));
  await log.redis.hset(keys.switches, 'maintenance:all', JSON.stringify({ user: 'ann', since: '', until: new Date(Date.now() + 3600 * SECOND).toISOString() }));
  await log.append([testAlert('web')]);
  await log.redis.xgroup('CREATE', keys.log, 'notifier', '0');
  await log.redis.xreadgroup('GROUP', 'notifier', 'n', 'COUNT', 1, 'STREAMS', keys.log, '>');
  const who = { host: 'host-1', container: 'web' };
  await log.append([observed('approval_requested', 'responder', who, { ...decision, expires_at: new Date(Date.now() + 3600 * SECOND).toISOString() })]);
  // Three failed actions: the cooldown has begun and the breaker is open.
  const failed = observed('remediation_complete', 'responder', who, { ...completeData, result: { status: 'failed' } });
  const action = { kind: 'complete', time: new Date().toISOString(), ...who, incident_id: '', action: 'restart', dry_run: false, project: 'shop', status: 'failed' };
  for (const id of ['a', 'b', 'c']) {
    await log.redis.zadd(keys.actions, Date.now(), JSON.stringify({ ...action, id: failed.id + id }));
  }
  await log.append([testAlert('other-one')]);
  await keepDeadLetter(log, 0, { streamId: '1-1', group: 'analyzer', error: 'no', deliveries: 3, raw: '{' });
  for (let round = 0; round < 3; round += 1) {
    await log.redis.echo('hello');
  }
  await log.redis.set('some-text', 'abc');
  await log.redis.incr('some-text').catch(() => undefined);
}

describe('what the exporter reads from Redis, as a real Prometheus sees it', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let exporter: RunningExporter;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    redis = await startRedis({ maxmemory: '100mb' });
    log = testLog({ REDIS_PORT: String(redis.port) });
    await setUp(log);
    await setUpHealer(log);
    exporter = await startExporter({ REDIS_PORT: String(redis.port) });
    prometheus = await startPrometheus({ scrape: { 'hemostat-metrics': exporter.target } });
    await prometheus.series('hemostat_log_group_lag{group="exporter"}', (sample) => sample.value === 0);
    await prometheus.series('hemostat_redis_operations_total{operation="echo"}');
  });
  afterAll(async () => {
    await prometheus.stop();
    await exporter.close();
    log.redis.disconnect();
    await redis.stop();
  });

  const series = (name: string, labels: Record<string, string>) => `${name}{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`).join(',')}}`;

  it('covers every metric of the contract that is read from Redis', () => {
    expect(STATE_METRICS.map((metric) => metric.name).filter((name) => !CASES.some(([covered]) => metricOfSeries(covered)?.name === name))).toEqual([]);
  });

  it.each(CASES.map(([name, labels, expected]) => ({ asked: series(name, labels), expected, requirement: metricOfSeries(name)?.requirement ?? '' })))(
    '$requirement $asked',
    async ({ asked, expected }) => {
      const found = await prometheus.series(`last_over_time(${asked}[10m])`, ({ value }) => (typeof expected === 'number' ? Math.abs(value - expected) < 1e-3 : expected(value)));
      expect(found).toHaveLength(1);
    }
  );

  it('has no series of containers that were removed, and lets those vanish that are removed now', async () => {
    expect(await prometheus.query('{container_name="gone"}')).toEqual([]);
    const { containers } = log.partition(0);
    await log.redis.hset(containers, 'host-1/passing', JSON.stringify(containerState({ container: 'passing' })));
    await eventually(async () => expect(sumOf(await exporter.text(), 'hemostat_container_info', { container_name: 'passing' })).toBe(1));
    expect(sumOf(await exporter.text(), 'hemostat_health_alerts_total', { container_name: 'passing' })).toBe(0);
    expect(await exporter.text()).toContain('hemostat_health_alerts_total{container_name="passing",host="host-1",severity="critical"} 0');
    await log.redis.hdel(containers, 'host-1/passing');
    await eventually(async () => expect(await exporter.text()).not.toContain('"passing"'));
  });

  it('tells of an agent that is gone only when it was last seen', async () => {
    const text = await exporter.text();
    expect(sumOf(text, 'hemostat_agent_heartbeat_timestamp_seconds', { copy: 'dead-copy' })).toBeGreaterThan(0);
    expect(text.split('\n').filter((line) => line.includes('dead-copy') && !line.startsWith('hemostat_agent_heartbeat'))).toEqual([]);
  });

  it('counts agents beyond the bound together, so that nobody can fill Prometheus', async () => {
    const { totals } = telemetryKeys(log.options.prefix);
    const many = Array.from({ length: 40 }, (_, index) => `zz-made-up-${String(index).padStart(2, '0')}`);
    await log.redis.hset(totals, ...many.flatMap((agent) => [agent, JSON.stringify({ requests: 2, errors: 1 })]));
    await eventually(async () => expect(sumOf(await exporter.text(), 'agent_requests_count_total', { agent: 'other' })).toBeGreaterThan(20));
    const text = await exporter.text();
    const series = text.split('\n').filter((line) => line.startsWith('agent_requests_count_total{'));
    expect(series).toHaveLength(31);
    expect(text.split('\n').filter((line) => line.startsWith('agent_requests_count_total{') && line.includes('zz-made-up'))).not.toHaveLength(0);
    expect(many.length * 2).toBe(sumOf(text, 'agent_requests_count_total', { agent: 'other' }) + series.filter((line) => line.includes('zz-made-up')).length * 2);
    await log.redis.hdel(totals, ...many);
  });

  it('says nothing of what the observer saw long ago but when that was', async () => {
    const { observed: key } = log.partition(0);
    const before = await log.redis.get(key);
    const then = Date.now() - 600 * SECOND;
    await log.redis.set(key, JSON.stringify(testObserved(then)));
    await eventually(async () => expect(await exporter.text()).not.toContain('hemostat_component_healthy{'));
    const text = await exporter.text();
    expect(text).not.toContain('hemostat_health_score ');
    expect(sumOf(text, 'hemostat_observer_last_look_timestamp_seconds')).toBeCloseTo((then - SECOND) / SECOND, 1);
    await log.redis.set(key, 'nonsense');
    await eventually(async () => expect(await exporter.text()).not.toContain('hemostat_observer_last_look_timestamp_seconds '));
    await log.redis.set(key, before ?? '');
  });

  it('answers its own pages, and refuses others', async () => {
    const get = async (path: string, method = 'GET') => fetch(`${exporter.url}${path}`, { method });
    const landing = await get('/');
    expect(landing.headers.get('content-type')).toContain('text/html');
    expect(await landing.text()).toContain('/metrics');
    expect((await get('/-/healthy')).status).toBe(200);
    expect((await get('/-/ready')).status).toBe(200);
    expect((await get('/etc/passwd')).status).toBe(404);
    expect((await get('/metrics', 'POST')).status).toBe(405);
    expect((await get('/metrics')).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const open = await fetch(`${exporter.url}/metrics`, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
    expect((await open.text()).endsWith('# EOF\n')).toBe(true);
  });
});
