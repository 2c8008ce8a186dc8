import { makeCollectors } from '../../agents/runtime/collect';
import type { HemostatLog } from '../../agents/runtime/log';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { Telemetry } from '../../agents/runtime/telemetry';
import { FIGURE_SERIES } from '../../agents/runtime/collect/prometheus';
import { metricOfSeries } from '../../src/contract/metrics';
import { distributionOf, mergeAllFigures, quantile } from '../../src/contract/observability/histogram';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { eventually } from '../support/eventually';
import { startExporter, type RunningExporter } from '../support/exporter';
import { testLog } from '../support/events';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { startRedis, type RedisServer } from '../support/servers';

const MINUTE = 60_000;
/** Counted before Prometheus came. */
const BEFORE = { requests: 5000, errors: 70, tokens_input: 900_000, tokens_output: 80_000, latency: distributionOf([3, 3, 900]) };

describe('METRICS_STORE_URL: figures of real agents through the real exporter and a real Prometheus (R496, R374 to R377)', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let exporter: RunningExporter;
  let prometheus: PrometheusServer;
  let telemetry: Telemetry;
  const began = Date.now();

  beforeAll(async () => {
    redis = await startRedis();
    const environment = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) };
    log = testLog(environment);
    const keys = telemetryKeys(log.options.prefix);
    await log.redis.hset(keys.totals, 'analyzer', JSON.stringify(BEFORE));
    exporter = await startExporter(environment, { HEMOSTAT_METRICS_NODE: 'false', HEMOSTAT_KEY_PREFIX: log.options.prefix });
    prometheus = await startPrometheus({ scrape: { 'hemostat-metrics': exporter.target } });
    await prometheus.series('agent_requests_count_total{agent="analyzer"}', ({ value }) => value === BEFORE.requests);
    telemetry = await Telemetry.open({ settings: readSettings(commonSettings, { ...environment, HEMOSTAT_KEY_PREFIX: log.options.prefix }), instance: 'copy-1', now: Date.now, tell: () => undefined });
  });
  afterAll(async () => {
    await telemetry?.close();
    await prometheus?.stop();
    await exporter?.close();
    log?.redis.disconnect();
    await redis?.stop();
  });

  const figuresOf = async (agent: string, metricsStoreUrl: string) => {
    const { aggregator } = makeCollectors(log, { logStoreUrl: '', traceStoreUrl: '', metricsStoreUrl });
    const { data, states } = await aggregator.collect({ from: began - 10 * MINUTE, to: Date.now() }, { metrics: { agent } }, new AbortController().signal);
    expect(states).toMatchObject([{ source: 'metrics', from: metricsStoreUrl ? 'prometheus' : 'redis', ok: true }]);
    return mergeAllFigures((data.metrics ?? []).map(({ figures }) => figures));
  };

  it('asks for series that the exporter has under the very same names and labels', async () => {
    for (const series of Object.values(FIGURE_SERIES)) {
      expect(metricOfSeries(series)?.labels).toContain('agent');
    }
    const found = await prometheus.query(`{__name__=~"${Object.values(FIGURE_SERIES).join('|')}",agent="analyzer"}`);
    expect([...new Set(found.map(({ labels }) => labels.__name__))].sort()).toEqual(Object.values(FIGURE_SERIES).sort());
  });

  it('what was counted before Prometheus came is no news', async () => {
    expect(await figuresOf('analyzer', prometheus.url)).toEqual({ requests: 0, errors: 0 });
  });

  it('what agents count then is there, as Redis tells it: of one that had counted before and of one that appears', async () => {
    for (const name of ['analyzer', 'responder']) {
      const agent = telemetry.agent(name, 'copy-1');
      const step = (work: () => Promise<unknown>) => agent.step('work', {}, work, { request: true, span: false });
      for (let round = 0; round < 7; round += 1) {
        await step(() => Promise.resolve());
      }
      await expect(step(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
      agent.tokens({ model: 'qwen3', provider: 'ollama', input: 700, output: 50, operation: 'chat' });
    }
    await telemetry.flush();
    await eventually(async () => {
      for (const name of ['analyzer', 'responder']) {
        const [stored, kept] = [await figuresOf(name, prometheus.url), await figuresOf(name, '')];
        expect(stored).toMatchObject({ requests: 8, errors: 1, tokens_input: 700, tokens_output: 50 });
        expect([stored.requests, stored.errors, stored.latency?.count]).toEqual([kept.requests, kept.errors, kept.latency?.count]);
        expect(stored.latency?.sum).toBeCloseTo(kept.latency?.sum ?? NaN, 3);
        // Its buckets are fewer, and still real ones.
        expect(quantile(stored.latency, 0.99)).toBeGreaterThan(0);
      }
    }, 40_000);
  });
});
