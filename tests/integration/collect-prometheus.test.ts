import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeCollectors } from '../../agents/runtime/collect';
import { FIGURE_SERIES } from '../../agents/runtime/collect/prometheus';
import type { HemostatLog } from '../../agents/runtime/log';
import { HISTOGRAM_BOUNDS, mergeAllFigures } from '../../src/contract/observability/histogram';
import { testLog } from '../support/events';
import { eventually } from '../support/eventually';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';

const MINUTE = 60_000;
const MINUTES = 8;
/** Fewer than ours, as an exporter may have. */
const BOUNDS = [10, 100, 1000];

/** What one agent has counted at the end of a minute. */
interface Counted {
  requests: number;
  errors: number;
  input: number;
  output: number;
  latencies: number[];
}

/** A page as the exporter serves it, but with times of its own, so that minutes need not pass. */
class Page {
  readonly lines: string[] = ['# TYPE agent_requests_count_total counter', '# TYPE agent_request_latency_milliseconds histogram'];

  add(agent: string, at: number, { requests, errors, input, output, latencies }: Counted): void {
    const add = (name: string, value: number, more = '') => this.lines.push(`${name}{agent="${agent}"${more}} ${value} ${at}`);
    add(FIGURE_SERIES.requests, requests);
    add(FIGURE_SERIES.errors, errors);
    add(FIGURE_SERIES.tokens, input, ',direction="input"');
    add(FIGURE_SERIES.tokens, output, ',direction="output"');
    BOUNDS.forEach((bound) => add(FIGURE_SERIES.latencyBucket, latencies.filter((one) => one <= bound).length, `,le="${bound}"`));
    add(FIGURE_SERIES.latencyBucket, latencies.length, ',le="+Inf"');
    add(FIGURE_SERIES.latencySum, latencies.reduce((sum, one) => sum + one, 0));
  }
}

async function serve(text: string): Promise<{ target: string; stop(): Promise<void> }> {
  const server = createServer((_request, response) => void response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${text}\n`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The analyzer goes on from before, is begun anew in the fifth minute, and rests in the last. */
function analyzer(page: Page, first: number): void {
  const latencies: number[] = [7, 7];
  page.add('analyzer', first - 1000, { requests: 100, errors: 5, input: 1000, output: 100, latencies });
  for (let minute = 1; minute <= MINUTES; minute += 1) {
    const count = Math.min(minute, MINUTES - 1);
    latencies.push(...(minute < MINUTES ? [50, 500] : []));
    const before = { requests: 100 + 2 * count, errors: minute < 3 ? 5 : 6, input: 1000 + 300 * count, output: 100, latencies };
    const anew = { requests: 2 * (count - 4), errors: 0, input: 300 * (count - 4), output: 0, latencies: latencies.slice(2 + 2 * 4) };
    page.add('analyzer', first + minute * MINUTE - 1000, minute < 5 ? before : anew);
  }
}

function history(page: Page, first: number): void {
  analyzer(page, first);
  // The responder appears in the fourth minute.
  for (let minute = 4; minute <= MINUTES; minute += 1) {
    page.add('responder', first + minute * MINUTE - 1000, { requests: 3, errors: 0, input: 0, output: 0, latencies: [5000, 5000, 5000] });
  }
  // The notifier was not scraped for twenty minutes.
  const silent = { errors: 0, input: 0, output: 0, latencies: [] };
  page.add('notifier', first - 20 * MINUTE, { requests: 50, ...silent });
  page.add('notifier', first + 2 * MINUTE - 1000, { requests: 54, ...silent });
}

describe('figures out of a real Prometheus', () => {
  const last = Math.floor(Date.now() / MINUTE) * MINUTE;
  /** The begin of the first minute. */
  const first = last - MINUTES * MINUTE;
  let pages: Array<Awaited<ReturnType<typeof serve>>>;
  let prometheus: PrometheusServer;
  let log: HemostatLog;

  beforeAll(async () => {
    const page = new Page();
    history(page, first);
    // In the order of time for each series, as Prometheus wants it.
    pages = [await serve(page.lines.join('\n')), await serve(page.lines.join('\n'))];
    // Two copies of the exporter show the same.
    prometheus = await startPrometheus({ scrape: { one: pages[0]?.target ?? '', two: pages[1]?.target ?? '' } });
    await prometheus.scraped();
    log = testLog({ REDIS_PORT: '1' });
  });
  afterAll(async () => {
    log.redis.disconnect();
    await prometheus.stop();
    await Promise.all(pages.map((page) => page.stop()));
  });

  const collect = async (from: number, to: number, question: { agent?: string; types?: Array<'latency' | 'tokens'> } = {}) => {
    const { aggregator } = makeCollectors(log, { logStoreUrl: '', traceStoreUrl: '', metricsStoreUrl: prometheus.url });
    const { data, states } = await aggregator.collect({ from, to }, { metrics: question }, new AbortController().signal);
    expect(states).toMatchObject([{ source: 'metrics', from: 'prometheus', ok: true }]);
    return { rows: data.metrics ?? [], notices: states[0]?.notices };
  };
  const ofMinute = (minute: number) => first + minute * MINUTE;

  it('are what was counted in each minute, each agent once, over a restart and from 0 for who appears (R374 to R377)', async () => {
    const { rows, notices } = await eventually(async () => {
      const collected = await collect(first, last - 1);
      expect(collected.rows).not.toEqual([]);
      return collected;
    });
    const told = (agent: string) => rows.filter((row) => row.agent === agent).map(({ minute, figures }) => [(minute - first) / MINUTE, figures.requests, figures.errors, figures.tokens_input, figures.latency?.count]);
    expect(told('analyzer')).toEqual([
      [0, 2, 0, 300, 2],
      [1, 2, 0, 300, 2],
      [2, 2, 1, 300, 2],
      [3, 2, 0, 300, 2],
      [4, 2, 0, 300, 2],
      [5, 2, 0, 300, 2],
      [6, 2, 0, 300, 2],
    ]);
    expect(told('notifier')).toEqual([[1, 4, 0, undefined, undefined]]);
    expect(told('responder')).toEqual([[3, 3, 0, undefined, 3]]);
    expect(notices).toEqual(['Prometheus keeps no tokens of single model calls: all of a minute count as one value.']);
  });

  it('have the buckets of their latencies, so that percentiles are real ones', async () => {
    const { rows } = await collect(first, last - 1, { types: ['latency'] });
    const at = (bound: number) => HISTOGRAM_BOUNDS.indexOf(bound);
    const analyzer = mergeAllFigures(rows.filter(({ agent }) => agent === 'analyzer').map(({ figures }) => figures));
    expect(analyzer.latency).toEqual({ count: 14, sum: 7 * 550, min: 10, max: 1000, buckets: { [at(100)]: 7, [at(1000)]: 7 } });
    expect(analyzer.tokens).toBeUndefined();
    const [responder] = rows.filter(({ agent }) => agent === 'responder');
    expect(responder?.figures.latency).toEqual({ count: 3, sum: 15_000, min: 1000, max: 1000, buckets: { [HISTOGRAM_BOUNDS.length]: 3 } });
  });

  it('are the same however the range is cut: the sum of its parts (R398)', async () => {
    const sum = async (from: number, to: number) => mergeAllFigures((await collect(from, to)).rows.map(({ figures }) => figures));
    const whole = await sum(first, last - 1);
    for (const cut of [1, 4, 6]) {
      expect(mergeAllFigures([await sum(first, ofMinute(cut) - 1), await sum(ofMinute(cut), last - 1)])).toEqual(whole);
    }
  });

  it('are those of one agent, also of one whose name would end the question', async () => {
    expect((await collect(first, last - 1, { agent: 'responder' })).rows.map(({ agent }) => agent)).toEqual(['responder']);
    const odd = await collect(first, last - 1, { agent: 'x"} or {agent="responder' });
    expect(odd.rows).toEqual([]);
    expect(odd.notices).toEqual(['Prometheus has no figures of agents here: check that it scrapes the exporter of HemoStat.']);
  });

  it('tell what Prometheus says when it cannot answer', async () => {
    const { aggregator } = makeCollectors(log, { logStoreUrl: '', traceStoreUrl: '', metricsStoreUrl: prometheus.url });
    // More points than it gives at once.
    const { states } = await aggregator.collect({ from: last - 12_000 * MINUTE, to: last }, { metrics: {} }, new AbortController().signal);
    expect(states).toMatchObject([{ ok: false, error: expect.stringMatching(/answers 400 to \/api\/v1\/query_range: .*exceeded maximum resolution/), mend: expect.stringContaining('METRICS_STORE_URL') }]);
  });
});
