import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startRecordedStore, type RecordedAnswer, type RecordedStore } from '../../../tests/support/recorded-store';
import { Aggregator } from './aggregator';
import { LokiErrors, LokiLogs } from './loki';
import { PrometheusMetrics } from './prometheus';
import { StoreClient } from './store-client';
import { StoredTraces } from './trace-store';
import type { Questions } from './types';

const RANGE = { from: 1_785_585_600_000, to: 1_785_589_200_000 };
const PASSWORD = 'hunter2!';
const ENCODED = encodeURIComponent(PASSWORD);
const BASIC = Buffer.from(`reader:${PASSWORD}`).toString('base64');
const QUESTIONS: Partial<Questions> = { logs: { limit: 10 }, errors: { limit: 10 }, traces: { limit: 10 }, metrics: {} };

let store: RecordedStore;
beforeAll(async () => {
  store = await startRecordedStore();
});
afterAll(() => store.stop());
beforeEach(() => {
  store.requests.length = 0;
});

/** Every store at one address, with a login. */
function aggregatorOf(port: number, options: { timeoutMs?: number; maxBytes?: number } = {}): Aggregator {
  const url = `http://reader:${ENCODED}@127.0.0.1:${port}/base/`;
  const client = (name: string, variable: string) => new StoreClient({ name, variable, url, timeoutMs: 5000, ...options });
  const aggregator = new Aggregator();
  const loki = client('Loki', 'LOG_STORE_URL');
  aggregator.register(new LokiLogs(loki));
  aggregator.register(new LokiErrors(loki));
  aggregator.register(new StoredTraces(client('Tempo or Jaeger', 'TRACE_STORE_URL')));
  aggregator.register(new PrometheusMetrics(client('Prometheus', 'METRICS_STORE_URL')));
  return aggregator;
}

const VARIABLES = { logs: 'LOG_STORE_URL', errors: 'LOG_STORE_URL', traces: 'TRACE_STORE_URL', metrics: 'METRICS_STORE_URL' } as const;
const SOURCES = ['logs', 'errors', 'traces', 'metrics'] as const;

async function statesOf(aggregator: Aggregator) {
  const { data, states } = await aggregator.collect(RANGE, QUESTIONS, new AbortController().signal);
  expect(data).toEqual({ logs: [], errors: [], traces: [], metrics: [] });
  expect(states.map(({ source, ok }) => [source, ok])).toEqual(SOURCES.map((source) => [source, false]));
  const told = JSON.stringify(states);
  for (const secret of [PASSWORD, ENCODED, BASIC]) {
    expect(told).not.toContain(secret);
  }
  return states;
}

describe('a store that fails (R368)', () => {
  it.each<[string, RecordedAnswer, RegExp, RegExp]>([
    ['401', { status: 401, body: `no: Authorization: Basic ${BASIC}` }, /answers 401 to \/\S+: no: /, /^Give \w+_STORE_URL a user and password that may read/],
    ['403', { status: 403, body: 'forbidden' }, /answers 403 to \/\S+: forbidden$/, /^Give \w+_STORE_URL a user and password/],
    ['429', { status: 429, body: 'too many outstanding requests' }, /answers 429 to/, /^See the log of/],
    ['500', { status: 500, body: `{"error":"password=${PASSWORD}"}` }, /answers 500 to/, /^See the log of/],
    ['502 with a page', { status: 502, body: '<html>bad gateway\u001b[31m</html>' }, /answers 502 to \/\S+: <html>bad gateway<\/html>$/, /^See the log of/],
    ['503', { status: 503, body: '' }, /answers 503 to \/\S+$/, /^See the log of/],
  ])('%s', async (_, answer, message, mend) => {
    store.answers = { '*': answer };
    for (const state of await statesOf(aggregatorOf(store.port))) {
      expect(state.error).toMatch(message);
      expect(state.error).toContain(`at http://127.0.0.1:${store.port}/base `);
      expect(state.mend).toMatch(mend);
    }
    expect(new Set(store.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([`Basic ${BASIC}`]));
  });

  it.each<[string, RecordedAnswer, RegExp]>([
    ['404', { status: 404, body: '404 page not found' }, /answers 404 to/],
    ['a redirection, which is not followed', { status: 302, headers: { location: 'http://127.0.0.1:1/login' } }, /answers 302 to/],
    ['not JSON', { body: '<html>a login page</html>' }, /does not answer \S+ with JSON, but with: <html>a login page<\/html>$|is neither Tempo nor Jaeger/],
    ['nothing', { body: '' }, /does not answer \S+ with JSON, but with: nothing$|is neither Tempo nor Jaeger/],
    ['JSON of another form', { body: '{"status":"success","data":{"resultType":"scalar"}}' }, /in a form that is not known \(data\.|is neither Tempo nor Jaeger/],
    ['JSON that is no object', { body: '[1,2]' }, /in a form that is not known|is neither Tempo nor Jaeger/],
  ])('%s', async (_, answer, message) => {
    store.answers = { '*': answer };
    for (const state of await statesOf(aggregatorOf(store.port))) {
      expect(state.error).toMatch(message);
      expect(state.mend).toMatch(new RegExp(`^Check that ${VARIABLES[state.source as keyof typeof VARIABLES]} is the address of`));
    }
  });

  it('400: the question is not known to this version', async () => {
    store.answers = { '*': { status: 400, body: 'parse error at line 1, col 5: syntax error' }, '/base/api/echo': { body: 'echo' } };
    for (const state of await statesOf(aggregatorOf(store.port))) {
      expect(state.error).toMatch(/answers 400 to \/\S+: parse error at line 1, col 5: syntax error$/);
      expect(state.mend).toMatch(/^This .* does not know the question: update .* or unset \w+_STORE_URL to read from Redis\.$/);
    }
  });

  it('no answer in time', async () => {
    store.answers = { '*': { silent: true } };
    for (const state of await statesOf(aggregatorOf(store.port, { timeoutMs: 100 }))) {
      expect(state.error).toMatch(/did not answer \/\S+ within 0\.1 s\.$/);
      expect(state.mend).toMatch(/^Ask for a shorter range/);
    }
  });

  it('an answer without end', async () => {
    store.answers = { '*': { body: `{"status":"${'x'.repeat(20_000)}"}` } };
    for (const state of await statesOf(aggregatorOf(store.port, { maxBytes: 10_000 }))) {
      expect(state.error).toMatch(/^The answer of .* to \/\S+ is longer than 0 MB\.$/);
    }
  });

  it('nobody there', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    for (const state of await statesOf(aggregatorOf(port))) {
      expect(state.error).toMatch(new RegExp(`at http://127\\.0\\.0\\.1:${port}/base cannot be reached \\(ECONNREFUSED\\)\\.$`));
      expect(state.mend).toBe(`Start ${state.source === 'traces' ? 'Tempo or Jaeger' : state.source === 'metrics' ? 'Prometheus' : 'Loki'}, or set ${VARIABLES[state.source as keyof typeof VARIABLES]} to where it is; unset it to read from Redis.`);
    }
  });

  it('the port of Jaeger that takes traces only (R495)', () => {
    const client = new StoreClient({ name: 'Tempo or Jaeger', variable: 'TRACE_STORE_URL', url: 'http://jaeger:14268', timeoutMs: 100 });
    jest.spyOn(client, 'text').mockResolvedValue({ status: 404, text: '404 page not found' });
    return expect(new StoredTraces(client).find('ab', new AbortController().signal)).rejects.toThrow('That port only takes traces; Jaeger is asked at 16686, Tempo at 3200.');
  });

  it('ends with the signal of the caller, not with a state', async () => {
    store.answers = { '*': { silent: true } };
    const stop = new AbortController();
    const collecting = aggregatorOf(store.port).collect(RANGE, QUESTIONS, stop.signal);
    stop.abort(new Error('the reader went away'));
    await expect(collecting).rejects.toThrow('the reader went away');
  });
});
