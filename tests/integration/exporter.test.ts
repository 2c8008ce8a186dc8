import { COUNT_CASES } from '../support/exporter-cases';
import { startExporter, type RunningExporter } from '../support/exporter';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { startRedis, type RedisServer } from '../support/servers';
import { EVENT_METRICS } from '../../src/contract/metrics';
import type { HemostatLog } from '../../agents/runtime/log';
import type { HemostatEvent } from '../../src/contract/events';

describe('what the exporter counts out of events, as a real Prometheus sees it', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let exporter: RunningExporter;
  let prometheus: PrometheusServer;
  let used = 0;

  beforeAll(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    exporter = await startExporter({ REDIS_PORT: String(redis.port) }, { HEMOSTAT_METRICS_NODE: 'false' });
    prometheus = await startPrometheus({ scrape: { 'hemostat-metrics': exporter.target } });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await exporter?.close();
    log?.redis.disconnect();
    await redis?.stop();
  });

  const sum = async (query: string) => (await prometheus.query(`sum(${query}) or vector(0)`))[0]?.value ?? Number.NaN;

  /** Until Prometheus has what is in the log now. */
  const caughtUp = async () => {
    const length = await log.redis.xlen(log.partition(0).log);
    await eventually(async () => expect(await sum('hemostat_log_entries_total')).toBe(length));
  };

  /** Sent one by one, because the log gives each event the incident that is open then. */
  const send = async (events: readonly HemostatEvent[]) => {
    for (const event of events) {
      await log.append([event]);
    }
  };

  it('covers every metric of the contract that is counted out of events', () => {
    const elsewhere = ['hemostat_log_unreadable_total'];
    const missing = EVENT_METRICS.map((metric) => metric.name).filter((name) => !COUNT_CASES.some((one) => one.metric === name) && !elsewhere.includes(name));
    expect(missing).toEqual([]);
  });

  it.each(COUNT_CASES.map((one) => ({ ...one, query: one.query ?? one.metric, requirement: EVENT_METRICS.find((metric) => metric.name === one.metric)?.requirement ?? '' })))(
    '$requirement $query moves by $by',
    async ({ query, by, events }) => {
      used += 1;
      const container = `case-${used}`;
      const asked = query.replace('$c', container);
      await caughtUp();
      const before = await sum(asked);
      await send(events(container));
      await caughtUp();
      expect(await sum(asked)).toBeCloseTo(before + by, 6);
    }
  );

  it('counts entries that nobody can read, and goes on', async () => {
    await caughtUp();
    const before = await sum('hemostat_log_unreadable_total');
    const { log: key } = log.partition(0);
    for (const json of ['{', 'x'.repeat(1_100_000), '{"v":9}']) {
      await log.redis.xadd(key, '*', 'type', 'health_alert', 'incident', '', 'json', json);
    }
    await log.redis.xadd(key, '*', 'nonsense', 'yes');
    await log.append([testAlert('after-nonsense')]);
    await caughtUp();
    expect(await sum('hemostat_log_unreadable_total')).toBe(before + 4);
    expect(await sum('hemostat_health_alerts_total{container_name="after-nonsense"}')).toBe(1);
    expect(await sum('hemostat_log_entries_total{type="other"}')).toBe(1);
  });

  it('writes hostile names so that Prometheus reads every other series all the same', async () => {
    const name = 'a"} 1\nhemostat_fake 1\\\u0000\ud800{x="';
    await log.append([testAlert(name)]);
    await log.append([testAlert('beside-it')]);
    await caughtUp();
    expect(await sum('hemostat_health_alerts_total{container_name="beside-it"}')).toBe(1);
    const [hostile] = await prometheus.query('hemostat_health_alerts_total{container_name=~"a\\".*"}');
    expect(hostile?.labels.container_name).toBe('a"} 1 hemostat_fake 1\\ \ufffd{x="');
    expect(await prometheus.query('hemostat_fake')).toEqual([]);
  });

  it('carries the trace of the incident as an exemplar, in OpenMetrics only', async () => {
    const trace = 'abcdef0123456789abcdef0123456789';
    await log.append([{ ...testAlert('traced', { ill_since: new Date(Date.now() - 90_000).toISOString(), episode: trace }), trace_id: trace }]);
    await caughtUp();
    expect(await exporter.text('application/openmetrics-text; version=1.0.0')).toMatch(new RegExp(`hemostat_time_to_detection_seconds_bucket\\{le="120"\\} \\d+ # \\{trace_id="${trace}"\\} 9\\d`));
    expect(await exporter.text()).not.toContain(trace);
    await eventually(async () => {
      const found = await prometheus.get<Array<{ exemplars: Array<{ labels: { trace_id: string } }> }>>(`query_exemplars?query=hemostat_time_to_detection_seconds_bucket&start=${Date.now() / 1000 - 600}&end=${Date.now() / 1000 + 60}`);
      expect(found.flatMap((one) => one.exemplars.map((exemplar) => exemplar.labels.trace_id))).toContain(trace);
    });
  });
});
