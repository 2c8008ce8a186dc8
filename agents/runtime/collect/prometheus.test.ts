import fc from 'fast-check';
import { startRecordedStore, type RecordedStore } from '../../../tests/support/recorded-store';
import { increases, PrometheusMetrics } from './prometheus';
import { StoreClient } from './store-client';

const MINUTE = 60_000;
const AT = 1_785_585_600_000;

describe('increases of a counter', () => {
  it('are what was counted, whenever it was begun anew', () => {
    const step = fc.record({ rise: fc.integer({ min: 0, max: 1000 }), anew: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.array(step, { maxLength: 50 }), (before, steps) => {
        let value = before;
        const expected = new Map<number, number>();
        const samples = steps.map(({ rise, anew }, index): [number, number] => {
          const last = value;
          // A restart is seen when the counter has not overtaken its old value.
          const restarted = anew && rise < last;
          value = restarted ? rise : last + rise;
          if (rise > 0) {
            expected.set(AT + index * MINUTE, rise);
          }
          return [AT + (index + 1) * MINUTE, value];
        });
        expect(increases(samples, before)).toEqual(expected);
      })
    );
  });

  it('count a series that appears within the range from 0, and one with gaps from its last value', () => {
    expect([...increases([[AT + MINUTE, 5]], 0)]).toEqual([[AT, 5]]);
    expect(
      [
        ...increases(
          [
            [AT + MINUTE, 5],
            [AT + 4 * MINUTE, 9],
          ],
          5
        ),
      ]
    ).toEqual([[AT + 3 * MINUTE, 4]]);
  });
});

describe('Prometheus', () => {
  let store: RecordedStore;
  beforeEach(async () => {
    store = await startRecordedStore();
  });
  afterEach(() => store.stop());

  const collect = (question: Parameters<PrometheusMetrics['collect']>[1] = {}, range = { from: AT + 5000, to: AT + 2 * MINUTE }) =>
    new PrometheusMetrics(new StoreClient({ name: 'Prometheus', variable: 'METRICS_STORE_URL', url: store.url, timeoutMs: 5000 })).collect(range, question, new AbortController().signal);
  const answer = (resultType: string, result: unknown[], more: object = {}) => ({ body: JSON.stringify({ status: 'success', data: { resultType, result }, ...more }) });
  const at = (minutes: number, value: number | string) => [(AT + minutes * MINUTE) / 1000, String(value)];

  it('asks once for all figures at the end of every minute, and for what was before', async () => {
    store.answers = { '*': answer('matrix', []) };
    const { data, notices } = await collect({ types: ['latency'], agent: 'a"} or {x="' });
    expect(data).toEqual([]);
    expect(notices).toEqual(['Prometheus has no figures of agents here: check that it scrapes the exporter of HemoStat.']);
    const names = 'agent_requests_count_total|agent_errors_count_total|agent_request_latency_milliseconds_bucket|agent_request_latency_milliseconds_sum';
    const series = `{__name__=~"${names}",agent="a\\"} or {x=\\""}`;
    const asked = store.requests.map(({ path, query }) => [path, Object.fromEntries(query)]).sort();
    expect(asked).toEqual([
      ['/api/v1/query', { query: `max by (__name__, agent, direction, le) (last_over_time(${series}[1d])) or count(last_over_time(agent_requests_count_total[1d]))`, time: String(AT / 1000) }],
      ['/api/v1/query_range', { query: `max by (__name__, agent, direction, le) (${series}) or count(agent_requests_count_total)`, start: String(AT / 1000), end: String(AT / 1000 + 180), step: '60' }],
    ]);
  });

  it('gives rows by minute and agent with real buckets, and tokens as one value a minute', async () => {
    const named = (__name__: string, more: object = {}) => ({ __name__, agent: 'analyzer', ...more });
    const bucket = (le: string) => named('agent_request_latency_milliseconds_bucket', { le });
    store.answers = {
      '/api/v1/query': answer('vector', [{ metric: named('agent_requests_count_total'), value: at(0, 10) }, { metric: {}, value: at(0, 1) }]),
      '/api/v1/query_range': answer(
        'matrix',
        [
          { metric: named('agent_requests_count_total'), values: [at(0, 10), at(1, 13), at(2, 13), at(3, 1)] },
          { metric: named('agent_errors_count_total'), values: [at(1, 1), at(2, 1)] },
          { metric: named('agent_tokens_total', { direction: 'input' }), values: [at(1, 900)] },
          { metric: named('agent_tokens_total', { direction: 'output' }), values: [at(1, 100)] },
          { metric: named('agent_request_latency_milliseconds_sum'), values: [at(1, 1207.5)] },
          { metric: bucket('+Inf'), values: [at(1, 3)] },
          { metric: bucket('1000'), values: [at(1, 2)] },
          { metric: bucket('10'), values: [at(1, 2)] },
          { metric: {}, values: [at(0, 1), at(1, 1), at(2, 1), at(3, 1)] },
          { metric: bucket('5'), values: [at(1, 0), at(2, 'NaN'), ['soon', '5'], null] },
        ],
        { warnings: ['query touched much'] }
      ),
    };
    const { data, notices } = await collect();
    expect(data).toEqual([
      {
        minute: AT,
        agent: 'analyzer',
        figures: {
          requests: 3,
          errors: 1,
          latency: { count: 3, sum: 1207.5, min: 5, max: 1000, buckets: { 20: 2, 71: 1 } },
          tokens_input: 900,
          tokens_output: 100,
          tokens: { count: 1, sum: 1000, min: 1000, max: 1000, buckets: { 40: 1 } },
        },
      },
      { minute: AT + 2 * MINUTE, agent: 'analyzer', figures: { requests: 1, errors: 0 } },
    ]);
    expect(notices).toEqual(['Prometheus keeps no tokens of single model calls: all of a minute count as one value.', 'query touched much']);
  });
});
