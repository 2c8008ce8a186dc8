import { startRecordedStore, type RecordedStore } from '../../../tests/support/recorded-store';
import { LokiErrors, LokiLogs } from './loki';
import { StoreClient } from './store-client';
import { StoredTraces } from './trace-store';

const AT = Date.parse('2026-08-01T12:00:00Z');
const RANGE = { from: AT - 60_000, to: AT + 600_000 };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const signal = () => new AbortController().signal;

let store: RecordedStore;
beforeEach(async () => {
  store = await startRecordedStore();
});
afterEach(() => store.stop());

const client = (name = 'Loki', variable = 'LOG_STORE_URL', url = store.url) => new StoreClient({ name, variable, url, timeoutMs: 5000 });
const traces = () => new StoredTraces(client('Tempo or Jaeger', 'TRACE_STORE_URL'));

const SPANS = [
  { span_id: 'd1e2f3a4b5c60718', parent_span_id: '', name: 'detect', service: 'monitor', kind: 'internal', start_time: '2026-08-01T12:00:00.000Z', duration_ms: 0.512, status: 'unset' },
  { span_id: '00f067aa0ba902b7', parent_span_id: 'd1e2f3a4b5c60718', name: 'handle health_alert', service: 'analyzer', kind: 'consumer', start_time: '2026-08-01T12:00:01.000Z', duration_ms: 6345, status: 'ok' },
  {
    span_id: 'a1b2c3d4e5f60718',
    parent_span_id: '00f067aa0ba902b7',
    name: 'chat gpt-4o',
    service: 'analyzer',
    kind: 'client',
    start_time: '2026-08-01T12:00:01.500Z',
    duration_ms: 2500,
    status: 'error',
    status_message: '503 from the provider',
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 812, 'hemostat.cost_usd': 0.00299, 'hemostat.retried': true },
  },
];
const WHOLE = { trace_id: TRACE, root_span: 'detect', agent_id: 'monitor', start_time: '2026-08-01T12:00:00.000Z', duration_ms: 7345, span_count: 3, status: 'error', incident_id: TRACE, spans: SPANS };

describe('Loki', () => {
  beforeEach(() => {
    store.answers = { '/loki/api/v1/query_range': { file: 'loki-query-range.json' } };
  });

  it('gives lines in our form, newest first (R365, R370)', async () => {
    const { data, notices } = await new LokiLogs(client()).collect(RANGE, { limit: 100 }, signal());
    expect(notices).toEqual([]);
    expect(data).toEqual([
      { timestamp: '2026-08-01T12:00:06.000Z', level: 'info', message: 'decided by rules', agent_id: 'analyzer', trace_id: TRACE, span_id: '00f067aa0ba902b7', incident_id: TRACE, attributes: { instance: 'analyzer-1a2b' } },
      { timestamp: '2026-08-01T12:00:05.000Z', level: 'info', message: 'a line whose level nobody knows', agent_id: 'monitor', trace_id: '', attributes: { instance: 'monitor-9f8e' } },
      {
        timestamp: '2026-08-01T12:00:04.000Z',
        level: 'error',
        message: 'the model gave no answer: 503 from the provider',
        agent_id: 'analyzer',
        trace_id: TRACE,
        span_id: '00f067aa0ba902b7',
        incident_id: TRACE,
        attributes: { error_type: 'AI_RetryError', attempts: '3', instance: 'analyzer-1a2b' },
      },
      expect.objectContaining({ timestamp: '2026-08-01T12:00:01.000Z', message: 'asking the model\nwith what is known' }),
    ]);
  });

  it('reads labels that come in categories', async () => {
    store.answers = { '*': { file: 'loki-query-range-categorized.json' } };
    const { data } = await new LokiLogs(client()).collect(RANGE, { limit: 100 }, signal());
    expect(data.map(({ level, trace_id, attributes }) => [level, trace_id, attributes.error_type])).toEqual([
      ['error', TRACE, 'AI_RetryError'],
      ['info', '', undefined],
    ]);
  });

  it('asks for what is wanted, backwards, the end included, at most 1000 lines (R371)', async () => {
    await new LokiLogs(client()).collect(RANGE, { limit: 5000, level: 'warn', agent: 'analyzer', trace: TRACE, text: 'no (answer)' }, signal());
    const query = store.requests[0]?.query;
    expect(Object.fromEntries(query ?? [])).toEqual({
      query: expect.stringMatching(/^\{service_name="hemostat-analyzer"\} \|~ "\(\?i\)no \\\\\(answer\\\\\)" \| trace_id="4bf92f3577b34da6a3ce929d0e0e4736" \| severity_text=~"\(\?i\)\(\?:warn\|.*\|fatal\|.*\)" or detected_level=~"/),
      start: `${RANGE.from}000000`,
      end: `${RANGE.to + 1}000000`,
      limit: '1000',
      direction: 'backward',
    });
    expect(query?.get('query')).not.toContain('info');
  });

  it('leaves out what is below the level or of another trace, whatever Loki answers', async () => {
    const collector = new LokiLogs(client());
    expect((await collector.collect(RANGE, { limit: 10, level: 'error' }, signal())).data).toHaveLength(1);
    expect((await collector.collect(RANGE, { limit: 10, trace: TRACE }, signal())).data).toHaveLength(3);
    expect((await collector.collect(RANGE, { limit: 2 }, signal())).data).toHaveLength(2);
  });

  it('gives errors by level or by their type', async () => {
    const { data } = await new LokiErrors(client()).collect(RANGE, { limit: 100, agent: 'analyzer' }, signal());
    expect(data.map(({ message }) => message)).toEqual(['the model gave no answer: 503 from the provider']);
    expect(store.requests[0]?.query.get('query')).toMatch(/^\{service_name="hemostat-analyzer"\} \| severity_text=~".*" or detected_level=~".*" or error_type!=""$/);
  });

  it('counts lines whose time cannot be read', async () => {
    const result = [{ stream: { service_name: 'hemostat-monitor' }, values: [['yesterday', 'x'], [`${AT}000000`, 'y']] }];
    store.answers = { '*': { body: JSON.stringify({ status: 'success', data: { resultType: 'streams', result } }) } };
    const { data, notices } = await new LokiLogs(client()).collect(RANGE, { limit: 10 }, signal());
    expect(data.map(({ message }) => message)).toEqual(['y']);
    expect(notices).toEqual(['1 log lines cannot be read and are left out.']);
  });
});

describe('Tempo', () => {
  const asTempo = (more: RecordedStore['answers'] = {}): RecordedStore['answers'] => ({
    '/api/echo': { body: 'echo' },
    '/api/search': { file: 'tempo-search.json' },
    [`/api/v2/traces/${TRACE}`]: { file: 'tempo-trace-v2.json' },
    ...more,
  });

  it('gives traces in our form; one that has gone between is left out (R365, R372, R373)', async () => {
    store.answers = asTempo();
    const collector = traces();
    const { data } = await collector.collect(RANGE, { limit: 20 }, signal());
    expect(data).toEqual([expect.objectContaining({ ...WHOLE, spans: SPANS.map((span) => expect.objectContaining({ ...span, ...(span.attributes ? { attributes: expect.objectContaining(span.attributes) } : {}) })) })]);
    expect(collector.from).toBe('tempo');
  });

  it('asks for the services of HemoStat in seconds, both ends included', async () => {
    store.answers = asTempo();
    await traces().collect({ from: AT + 1, to: AT + 999 }, { limit: 20, status: 'error', minDurationMs: 12.7, agent: 'analyzer' }, signal());
    const search = store.requests.find(({ path }) => path === '/api/search');
    expect(Object.fromEntries(search?.query ?? [])).toEqual({ q: '{ resource.service.name = "hemostat-analyzer" && status = error && traceDuration >= 12ms }', start: String(AT / 1000), end: String(AT / 1000 + 1), limit: '60' });
  });

  it('filters what Tempo cannot: whole traces without errors, exact lengths', async () => {
    store.answers = asTempo();
    const collector = traces();
    const found = async (question: { status?: 'ok' | 'error'; minDurationMs?: number; agent?: string }) => (await collector.collect(RANGE, { limit: 20, ...question }, signal())).data.length;
    expect(await found({ status: 'ok' })).toBe(0);
    expect(await found({ status: 'error' })).toBe(1);
    expect(await found({ minDurationMs: 7345 })).toBe(1);
    expect(await found({ minDurationMs: 7345.1 })).toBe(0);
    expect(await found({ agent: 'responder' })).toBe(0);
  });

  it('finds one trace, also in a Tempo before 2.7, and knows when there is none (R484)', async () => {
    store.answers = asTempo({ [`/api/v2/traces/${TRACE}`]: { status: 404 }, [`/api/traces/${TRACE}`]: { file: 'tempo-trace-v1.json' } });
    const collector = traces();
    expect(await collector.find(TRACE, signal())).toMatchObject({ trace_id: TRACE, span_count: 3, duration_ms: 7345 });
    expect(await collector.find('0'.repeat(31) + '1', signal())).toBeUndefined();
  });

  it('says that there may be newer ones when Tempo found as many as it was asked for', async () => {
    store.answers = asTempo({ '/api/search': ({ query }) => ({ body: JSON.stringify({ traces: Array.from({ length: Number(query.get('limit')) }, (_, index) => ({ traceID: (index + 1).toString(16) })) }) }) });
    const { notices } = await traces().collect(RANGE, { limit: 2 }, signal());
    expect(notices).toEqual(['Tempo found 6 traces, as many as were asked for: there may be newer ones.']);
  });

  it('counts steps that cannot be read beside those that can', async () => {
    const spans = [{ spanId: 'a1b2c3d4e5f60718', startTimeUnixNano: 'long ago' }, { nothing: 1 }, { spanId: 'a1b2c3d4e5f60719', name: 'x', startTimeUnixNano: `${AT}000000` }];
    store.answers = asTempo({ [`/api/v2/traces/${TRACE}`]: { body: JSON.stringify({ trace: { resourceSpans: [{ scopeSpans: [{ spans }] }] } }) } });
    const { data, notices } = await traces().collect(RANGE, { limit: 2 }, signal());
    expect(data).toMatchObject([{ span_count: 1, duration_ms: 0, spans: [{ name: 'x', duration_ms: 0, status: 'unset' }] }]);
    expect(notices).toEqual(['2 steps of traces cannot be read and are left out.']);
  });

  it.each(['../search', 'a/b', '', 'x'.repeat(33), `${TRACE}?q=`])('does not ask for %j: it is no trace id', async (id) => {
    store.answers = asTempo();
    expect(await traces().find(id, signal())).toBeUndefined();
    expect(store.requests).toEqual([]);
  });
});

describe('Jaeger', () => {
  const asJaeger = (more: RecordedStore['answers'] = {}): RecordedStore['answers'] => ({
    '/api/services': { file: 'jaeger-services.json' },
    '/api/traces': { file: 'jaeger-traces.json' },
    [`/api/traces/${TRACE}`]: { file: 'jaeger-traces.json' },
    '/api/traces/00000000000000000000000000000001': { status: 404, file: 'jaeger-trace-absent.json' },
    // Its own page, for every address that it does not know.
    '*': { body: '<!doctype html><title>Jaeger UI</title>' },
    ...more,
  });

  it('gives traces in our form, each once though every service has it (R365, R372, R373)', async () => {
    store.answers = asJaeger();
    const collector = traces();
    const { data, notices } = await collector.collect(RANGE, { limit: 20 }, signal());
    expect(data).toEqual([expect.objectContaining({ ...WHOLE, spans: SPANS.map((span) => expect.objectContaining(span)) })]);
    expect(notices).toEqual([]);
    expect(collector.from).toBe('jaeger');
    expect(store.requests.filter(({ path }) => path === '/api/traces').map(({ query }) => Object.fromEntries(query))).toEqual([
      { service: 'hemostat-monitor', start: `${RANGE.from}000`, end: `${RANGE.to}000`, limit: '20' },
      { service: 'hemostat-analyzer', start: `${RANGE.from}000`, end: `${RANGE.to}000`, limit: '20' },
    ]);
  });

  it('asks for one agent, and for errors by their tag', async () => {
    store.answers = asJaeger();
    const { data } = await traces().collect(RANGE, { limit: 20, agent: 'analyzer', status: 'error', minDurationMs: 7345 }, signal());
    expect(data).toHaveLength(1);
    const asked = store.requests.filter(({ path }) => path === '/api/traces').map(({ query }) => Object.fromEntries(query));
    expect(asked).toEqual([expect.objectContaining({ service: 'hemostat-analyzer', tags: '{"error":"true"}', limit: '80' })]);
    expect((await traces().collect(RANGE, { limit: 20, status: 'ok' }, signal())).data).toEqual([]);
    expect((await traces().collect(RANGE, { limit: 20, minDurationMs: 7346 }, signal())).data).toEqual([]);
    expect((await traces().collect(RANGE, { limit: 20, agent: 'nobody' }, signal())).data).toEqual([]);
  });

  it('finds one trace, and knows when there is none (R484)', async () => {
    store.answers = asJaeger();
    const collector = traces();
    expect(await collector.find(TRACE, signal())).toMatchObject({ trace_id: TRACE, span_count: 3 });
    expect(await collector.find('00000000000000000000000000000001', signal())).toBeUndefined();
  });

  it('is asked what it is once, and asked again when it did not say', async () => {
    store.answers = { '*': { status: 503, body: 'starting' } };
    const collector = traces();
    await expect(collector.find(TRACE, signal())).rejects.toThrow('answers 503 to /api/echo: starting');
    expect(collector.from).toBe('tempo or jaeger');
    store.answers = asJaeger();
    await collector.find(TRACE, signal());
    await collector.find(TRACE, signal());
    expect(store.requests.map(({ path }) => path)).toEqual(['/api/echo', '/api/echo', '/api/status/buildinfo', '/api/services', `/api/traces/${TRACE}`, `/api/traces/${TRACE}`]);
  });
});

describe('what stands at TRACE_STORE_URL', () => {
  it('is Tempo when it tells its version, though a proxy hides its echo', async () => {
    store.answers = { '/api/status/buildinfo': { file: 'tempo-buildinfo.json' }, [`/api/v2/traces/${TRACE}`]: { file: 'tempo-trace-v2.json' } };
    const collector = traces();
    expect(await collector.find(TRACE, signal())).toMatchObject({ span_count: 3 });
    expect(collector.from).toBe('tempo');
  });

  it('is neither: the message says so and what to do', async () => {
    store.answers = { '*': { body: '<html>nginx</html>' } };
    await expect(traces().collect(RANGE, { limit: 1 }, signal())).rejects.toMatchObject({
      kind: 'bad_reply',
      message: `What stands at ${store.url} is neither Tempo nor Jaeger: it answers 200 to /api/services.`,
      mend: 'Check that TRACE_STORE_URL is the address of Tempo or Jaeger, without a path of its API.',
    });
  });
});
