import fc from 'fast-check';
import { linesOfTrace, makeCollectors, readAgentAlerts, readHistory, readObserved, readRules } from '../../agents/runtime/collect';
import type { Questions } from '../../agents/runtime/collect';
import type { HemostatLog } from '../../agents/runtime/log';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { Telemetry } from '../../agents/runtime/telemetry';
import type { AgentAlert } from '../../src/contract/events';
import { distributionOf } from '../../src/contract/observability/histogram';
import { DEFAULT_RULES } from '../../src/contract/observability/rules';
import { LOG_LEVELS, SPAN_STATUSES, type HistoryPoint, type LogEntry, type MinuteFigures, type Observed, type Range, type Span } from '../../src/contract/observability/schemas';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { eventually } from '../support/eventually';
import { testAlert, testLog, testRecovery } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NO_STORES = { logStoreUrl: '', traceStoreUrl: '', metricsStoreUrl: '' };
const never = () => new AbortController().signal;
const iso = (ms: number) => new Date(ms).toISOString();

let redis: RedisServer;
let log: HemostatLog;
let now: number;

beforeAll(async () => {
  redis = await startRedis();
  log = testLog({ REDIS_PORT: String(redis.port), HEMOSTAT_KEY_PREFIX: 'collect' });
});
afterAll(async () => {
  log.redis.disconnect();
  await redis.stop();
});
beforeEach(async () => {
  await log.redis.flushall();
  now = Date.now();
});

const keys = telemetryKeys('collect');
const lastHour = (): Range => ({ from: now - HOUR, to: now + MINUTE });
const collect = (questions: Partial<Questions>, range = lastHour()) => makeCollectors(log, NO_STORES).aggregator.collect(range, questions, never());

/** The data of one source, and what it leaves out. @throws when it failed */
async function read<S extends keyof Questions>(source: S, question: Questions[S], range = lastHour()) {
  const { data, states } = await collect({ [source]: question }, range);
  const [state] = states;
  if (!state?.ok) {
    throw new Error(state?.error);
  }
  expect(state).toMatchObject({ source, from: 'redis' });
  return { data: data[source] as NonNullable<(typeof data)[S]>, notices: state.notices };
}

const line = (more: Partial<LogEntry> = {}): LogEntry => ({ timestamp: iso(now), level: 'info', message: 'looked around', agent_id: 'monitor', trace_id: '', attributes: {}, ...more });
async function writeLines(lines: readonly LogEntry[], key = keys.logs): Promise<void> {
  const pipeline = log.redis.pipeline();
  lines.forEach((one) => pipeline.xadd(key, `${Date.parse(one.timestamp)}-*`, 'json', JSON.stringify(one)));
  await pipeline.exec();
}

const span = (more: Partial<Span> = {}): Span => ({ span_id: 'a000000000000000', parent_span_id: '', name: 'detect', service: 'monitor', kind: 'internal', start_time: iso(now), duration_ms: 5, status: 'ok', attributes: {}, ...more });
/** As the writer's script does. */
async function writeTrace(id: string, spans: readonly Span[], dropped = 0): Promise<void> {
  const starts = spans.map(({ start_time }) => Date.parse(start_time));
  const start = Math.min(...starts);
  const end = Math.max(...spans.map(({ duration_ms }, index) => (starts[index] ?? 0) + duration_ms));
  const root = spans[starts.indexOf(start)];
  const summary = { '#start': start, '#end': end, '#errors': spans.filter(({ status }) => status === 'error').length, '#spans': spans.length, '#dropped': dropped, '#root': root?.name ?? '', '#agent': root?.service ?? '' };
  await log.redis.hset(keys.trace(id), { ...summary, ...Object.fromEntries(spans.map((one) => [one.span_id, JSON.stringify(one)])) });
  await log.redis.zadd(keys.traces, start, id);
}

const writeFigures = (at: number, agent: string, figures: MinuteFigures | string) =>
  log.redis.hset(keys.minutes(Math.floor(at / HOUR)), `${Math.floor((at % HOUR) / MINUTE)}|${agent}`, typeof figures === 'string' ? figures : JSON.stringify(figures));

describe('log lines out of Redis', () => {
  it('come newest first, filtered by level and above, agent, trace and text (R370, R482)', async () => {
    const lines = LOG_LEVELS.map((level, index) => line({ level, timestamp: iso(now - index * 1000), agent_id: index % 2 ? 'analyzer' : 'monitor', trace_id: index < 2 ? 'f'.repeat(32) : '', message: `line ${index} of Level ${level}` }));
    await writeLines(lines.toReversed());
    expect(await read('logs', { limit: 100 })).toEqual({ data: lines, notices: [] });
    expect((await read('logs', { limit: 2 })).data).toEqual(lines.slice(0, 2));
    expect((await read('logs', { limit: 100, level: 'warn' })).data.map(({ level }) => level)).toEqual(['warn', 'error', 'fatal']);
    expect((await read('logs', { limit: 100, agent: 'analyzer' })).data).toHaveLength(3);
    expect((await read('logs', { limit: 100, trace: 'f'.repeat(32) })).data).toHaveLength(2);
    expect((await read('logs', { limit: 100, text: 'level FATAL' })).data).toEqual([lines[5]]);
    expect((await read('logs', { limit: 100, text: '.*' })).data).toEqual([]);
  });

  it('lie within the range by their own time, both ends included, also when they were written later', async () => {
    const from = now - 600_000;
    const to = now - 300_000;
    const inside = [line({ timestamp: iso(to) }), line({ timestamp: iso(to - 1000), message: 'written late' }), line({ timestamp: iso(from) })];
    await writeLines([line({ timestamp: iso(from - 1) }), ...inside.filter(({ message }) => message !== 'written late').toReversed(), line({ timestamp: iso(to + 1) })]);
    await log.redis.xadd(keys.logs, `${to + 20_000}-*`, 'json', JSON.stringify(inside[1]));
    expect((await read('logs', { limit: 10 }, { from, to })).data).toEqual(inside);
  });

  it('are a thousand at most (R371)', async () => {
    await writeLines(Array.from({ length: 1500 }, (_, index) => line({ timestamp: iso(now - 1500 + index), message: String(index) })));
    const { data } = await read('logs', { limit: 100_000 });
    expect(data).toHaveLength(1000);
    expect([data[0]?.message, data.at(-1)?.message]).toEqual(['1499', '500']);
  });

  it('are looked for among 20,000, and a search that ends there says so', async () => {
    await writeLines([line({ message: 'the needle', timestamp: iso(now - 300_000) })]);
    await writeLines(Array.from({ length: 20_000 }, (_, index) => line({ timestamp: iso(now - 200_000 + index * 10) })));
    const { data, notices } = await read('logs', { limit: 10, text: 'needle' });
    expect(data).toEqual([]);
    expect(notices).toEqual(['Only the newest 20000 lines were looked at; ask for a shorter or an earlier range.']);
    expect((await read('logs', { limit: 10, text: 'needle' }, { from: now - HOUR, to: now - 290_000 })).data).toHaveLength(1);
  });

  it('that cannot be read are left out and counted', async () => {
    await writeLines([line()]);
    for (const json of ['', 'no json', '{}', '[]', 'null', JSON.stringify({ ...line(), level: 'loud' }), JSON.stringify({ ...line(), attributes: { deep: {} } })]) {
      await log.redis.xadd(keys.logs, '*', 'json', json);
    }
    await log.redis.xadd(keys.logs, '*', 'other', 'field');
    expect(await read('logs', { limit: 10 })).toEqual({ data: [line()], notices: ['8 log lines cannot be read and are left out.'] });
  });

  it('say when the memory ceiling has removed a part of the range', async () => {
    await log.redis.hset(keys.cut, 'logs', now - 700_000);
    const { notices } = await read('logs', { limit: 10 });
    expect(notices).toEqual([`What is older than ${iso(now - 700_000)} was removed to keep telemetry within its memory (HEMOSTAT_TELEMETRY_MAX_MB).`]);
    expect((await read('logs', { limit: 10 }, { from: now - 600_000, to: now - 300_000 })).notices).toEqual([]);
  });

  it('that are errors have a stream of their own (R379)', async () => {
    const errors = [line({ level: 'error', attributes: { error_type: 'TypeError' } }), line({ level: 'warn', agent_id: 'analyzer', attributes: { error_type: 'timeout' }, timestamp: iso(now - 1000) })];
    await writeLines(errors.toReversed(), keys.errors);
    await writeLines([line()]);
    expect((await read('errors', { limit: 1000 })).data).toEqual(errors);
    expect((await read('errors', { limit: 1000, agent: 'analyzer' })).data).toEqual(errors.slice(1));
  });
});

describe('traces out of Redis', () => {
  it('come newest first with their spans in order of start (R372, R373)', async () => {
    const incident = '4bf92f3577b34da6a3ce929d0e0e4736';
    const child = span({ span_id: 'b000000000000000', parent_span_id: 'a000000000000000', name: 'chat', service: 'analyzer', status: 'error', status_message: 'no answer', start_time: iso(now - 50_000), duration_ms: 1234.5, attributes: { 'hemostat.incident_id': incident } });
    const root = span({ start_time: iso(now - 60_000) });
    await writeTrace(incident, [child, root], 3);
    await writeTrace('e'.repeat(32), [span()]);
    const { data, notices } = await read('traces', { limit: 10 });
    expect(data).toEqual([
      { trace_id: 'e'.repeat(32), root_span: 'detect', start_time: iso(now), duration_ms: 5, span_count: 1, status: 'ok', agent_id: 'monitor', spans: [span()] },
      { trace_id: incident, root_span: 'detect', start_time: iso(now - 60_000), duration_ms: 11_234.5, span_count: 5, status: 'error', agent_id: 'monitor', incident_id: incident, spans: [root, child] },
    ]);
    expect(notices).toEqual(['1 of these traces have more steps than are kept.']);
  });

  it('are filtered by status, length (inclusive) and agent, and cut after that (R483)', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const id = String(index).padStart(32, '0');
        const status = index % 3 === 0 ? 'error' : 'ok';
        await writeTrace(id, [span({ start_time: iso(now - index * 1000), duration_ms: index * 100, status }), span({ span_id: 'b000000000000000', start_time: iso(now - index * 1000), duration_ms: 0, service: index === 11 ? 'responder' : 'analyzer' })]);
        return id;
      })
    );
    const ids = async (question: Omit<Questions['traces'], 'limit'>, limit = 50) => (await read('traces', { limit, ...question })).data.map(({ trace_id }) => trace_id);
    expect(await ids({})).toEqual(made);
    expect(await ids({ status: 'error' })).toEqual([made[0], made[3], made[6], made[9]]);
    expect(await ids({ status: 'ok', minDurationMs: 800 })).toEqual([made[8], made[10], made[11]]);
    expect(await ids({ minDurationMs: 1100 })).toEqual([made[11]]);
    expect(await ids({ minDurationMs: 1100.1 })).toEqual([]);
    expect(await ids({ agent: 'responder' })).toEqual([made[11]]);
    expect(await ids({ agent: 'analyzer', status: 'error' }, 2)).toEqual([made[0], made[3]]);
    expect(await ids({ agent: 'nobody' })).toEqual([]);
    expect(await ids({}, 3)).toEqual(made.slice(0, 3));
  });

  it('that end before the budget of 10,000 summaries are found, and a search that ends there says so', async () => {
    const pipeline = log.redis.pipeline();
    for (let index = 0; index < 10_001; index += 1) {
      const id = `f${index}`;
      pipeline.zadd(keys.traces, now - 1000 - index, id);
      pipeline.hset(keys.trace(id), { '#start': now - 1000 - index, '#end': now, '#errors': 0, '#spans': 1, '#dropped': 0, s: JSON.stringify(span()) });
    }
    await pipeline.exec();
    const { data, notices } = await read('traces', { limit: 10, status: 'error' });
    expect(data).toEqual([]);
    expect(notices).toEqual(['Only the newest 10000 traces were looked at; ask for a shorter or an earlier range.']);
  });

  it('that are gone or broken do not hide the others', async () => {
    await log.redis.zadd(keys.traces, now, 'gone', now - 1, 'empty');
    await log.redis.hset(keys.trace('empty'), { '#start': now });
    await writeTrace('1'.repeat(32), [span()]);
    await log.redis.hset(keys.trace('1'.repeat(32)), { b: 'no json', c: '{}', d: JSON.stringify(span({ span_id: 'd', kind: 'odd' as Span['kind'] })) });
    const { data, notices } = await read('traces', { limit: 1 });
    expect(data.map(({ trace_id, spans }) => [trace_id, spans.length])).toEqual([['1'.repeat(32), 1]]);
    expect(notices).toEqual(['3 steps of traces cannot be read and are left out.']);
  });

  it('are found by their id (R484)', async () => {
    const { traces } = makeCollectors(log, NO_STORES);
    await writeTrace('2'.repeat(32), [span()]);
    expect(await traces.find('2'.repeat(32), never())).toMatchObject({ trace_id: '2'.repeat(32), spans: [span()] });
    expect(await traces.find('3'.repeat(32), never())).toBeUndefined();
  });
});

describe('figures out of Redis', () => {
  it('are those of every minute that the range touches, whatever hours they lie in', async () => {
    const begin = Math.floor(now / HOUR) * HOUR - 2 * HOUR;
    const written = [0, 59, 60, 61, 119, 120].map((minute) => ({ minute: begin + minute * MINUTE, agent: 'monitor|odd', figures: { requests: minute + 1, errors: 0 } }));
    await Promise.all(written.map(({ minute, agent, figures }) => writeFigures(minute, agent, figures)));
    const between = async (from: number, to: number) => (await read('metrics', {}, { from: begin + from, to: begin + to })).data;
    expect(await between(0, 2 * HOUR)).toEqual(written);
    expect(await between(59 * MINUTE + 1, 60 * MINUTE)).toEqual(written.slice(1, 3));
    expect(await between(61 * MINUTE, 61 * MINUTE + 5)).toEqual(written.slice(3, 4));
    expect(await between(62 * MINUTE, 118 * MINUTE)).toEqual([]);
    expect((await read('metrics', { agent: 'monitor' }, { from: begin, to: now })).data).toEqual([]);
    expect((await read('metrics', { agent: 'monitor|odd' }, { from: begin, to: now })).data).toHaveLength(6);
  });

  it('that cannot be read are left out and counted', async () => {
    await writeFigures(now, 'good', { requests: 1, errors: 0 });
    await writeFigures(now, 'lua', '{"requests":1,"errors":0,"latency":{"count":0,"sum":0,"min":0,"max":0,"buckets":[]}}');
    const broken = ['', 'x', '[]', '{"requests":1}', '{"requests":"1","errors":0}', '{"requests":1,"errors":0,"latency":{}}', '{"requests":1,"errors":0,"tokens":{"count":1,"sum":1,"min":1,"max":1,"buckets":{"3":"1"}}}', '{"requests":1,"errors":0,"cost_usd":null}'];
    await Promise.all(broken.map((json, index) => writeFigures(now, `bad${index}`, json)));
    await log.redis.hset(keys.minutes(Math.floor(now / HOUR)), { '60|a': '{"requests":1,"errors":0}', 'x|a': '{}', nothing: '{}' });
    const { data, notices } = await read('metrics', {});
    expect(data.map(({ agent }) => agent)).toEqual(['good', 'lua']);
    expect(notices).toEqual([`${broken.length + 3} figures of a minute cannot be read and are left out.`]);
  });
});

const agents = fc.constantFrom('monitor', 'analyzer', 'responder');
const text = fc.string({ unit: 'binary', maxLength: 60 }).map((one) => Buffer.from(one, 'utf8').toString('utf8'));
const attributes = fc.dictionary(fc.stringMatching(/^[a-z][a-z._]{0,12}$/), fc.oneof(text, fc.boolean(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)), { maxKeys: 4 });
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** Everything of the last hour, of a source that leaves nothing out. */
async function all<S extends keyof Questions>(source: S, question: Questions[S]) {
  const { data, notices } = await read(source, question, { from: now - HOUR, to: now });
  expect(notices).toEqual([]);
  return data;
}

const anyLine = fc.record({ back: fc.nat(3_000_000), level: fc.constantFrom(...LOG_LEVELS), message: text, agent_id: agents, trace_id: fc.oneof(hex(32), fc.constant('')), attributes });
const anySpan = fc.record({ span_id: hex(16), name: text, service: agents, back: fc.integer({ min: 1000, max: 3_000_000 }), duration_ms: fc.integer({ min: 0, max: 900_000 }), status: fc.constantFrom(...SPAN_STATUSES), attributes });
const anyDistribution = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { minLength: 1, maxLength: 20 }).map((values) => distributionOf(values));
const anyFigures = fc.record(
  { requests: fc.nat(1000), errors: fc.nat(10), latency: anyDistribution, tokens: anyDistribution, tokens_input: fc.nat(), cost_usd: fc.double({ min: 0, max: 10, noNaN: true }) },
  { requiredKeys: ['requests', 'errors'] }
);

describe('what was written is read back', () => {
  const runs = { numRuns: 50 };

  it('log lines of any content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { maxLength: 30 }), async (lines) => {
        await log.redis.flushall();
        const written = lines.map(({ back, ...rest }) => line({ ...rest, timestamp: iso(now - back) })).sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
        await writeLines(written);
        const data = await all('logs', { limit: 1000 });
        const sorted = (entries: readonly LogEntry[]) => entries.map((one) => JSON.stringify(one)).sort();
        expect(sorted(data)).toEqual(sorted(written));
        expect(data.map(({ timestamp }) => timestamp)).toEqual(written.map(({ timestamp }) => timestamp).toReversed());
      }),
      runs
    );
  });

  it('traces of any content', async () => {
    const bySpan = (a: Span, b: Span) => (a.span_id < b.span_id ? -1 : 1);
    const anyTraces = fc.dictionary(hex(32), fc.uniqueArray(anySpan, { minLength: 1, maxLength: 8, selector: ({ span_id }) => span_id }), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(anyTraces, async (traces) => {
        await log.redis.flushall();
        const written = Object.entries(traces).map(([id, spans]): [string, Span[]] => [id, spans.map(({ back, ...rest }) => span({ ...rest, start_time: iso(now - back) }))]);
        for (const [id, spans] of written) {
          await writeTrace(id, spans);
        }
        const data = await all('traces', { limit: 50 });
        expect(Object.fromEntries(data.map((trace) => [trace.trace_id, trace.spans.toSorted(bySpan)]))).toEqual(Object.fromEntries(written.map(([id, spans]) => [id, plain(spans.toSorted(bySpan))])));
        for (const { spans, start_time, status, duration_ms } of data) {
          expect(spans.map((one) => one.start_time)).toEqual(spans.map((one) => one.start_time).toSorted());
          expect(start_time).toBe(spans[0]?.start_time);
          expect(status).toBe(spans.some((one) => one.status === 'error') ? 'error' : 'ok');
          expect(Date.parse(start_time) + duration_ms).toBe(Math.max(...spans.map((one) => Date.parse(one.start_time) + one.duration_ms)));
        }
      }),
      runs
    );
  });

  it('figures of any content', async () => {
    const anyRows = fc.uniqueArray(fc.record({ back: fc.nat(50), agent: agents, figures: anyFigures }), { maxLength: 30, selector: ({ back, agent }) => `${back} ${agent}` });
    await fc.assert(
      fc.asyncProperty(anyRows, async (rows) => {
        await log.redis.flushall();
        const written = rows.map(({ back, agent, figures }) => ({ minute: Math.floor(now / MINUTE) * MINUTE - back * MINUTE, agent, figures }));
        await Promise.all(written.map(({ minute, agent, figures }) => writeFigures(minute, agent, figures)));
        const ordered = written.toSorted((a, b) => a.minute - b.minute || (a.agent < b.agent ? -1 : 1));
        expect(await all('metrics', {})).toEqual(plain(ordered));
      }),
      runs
    );
  });
});

describe('what the agents tell by their telemetry', () => {
  const open = () =>
    Telemetry.open({ settings: readSettings(commonSettings, { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), HEMOSTAT_KEY_PREFIX: 'collect' }), instance: 'analyzer-1', now: Date.now, tell: () => undefined });

  it('is read back: lines, the trace with its steps, errors and figures', async () => {
    const telemetry = await open();
    try {
      const agent = telemetry.agent('analyzer', 'analyzer-1');
      await agent.step('round', {}, async () => {
        await agent.step('chat', { 'gen_ai.request.model': 'small' }, async () => agent.tokens({ model: 'small', provider: 'local', input: 30, output: 12, operation: 'chat' }), { kind: 'client' });
        await expect(agent.step('act', {}, () => Promise.reject(new TypeError('no such container')))).rejects.toThrow();
      }, { request: true });
      const questions: Questions = { logs: { limit: 10 }, traces: { limit: 10 }, metrics: {}, errors: { limit: 10 }, alerts: {} };
      const { data, states } = await eventually(async () => {
        // It does not wait for its connection.
        await telemetry.flush();
        const collection = await collect(questions);
        expect(collection.data.traces?.[0]?.spans).toHaveLength(3);
        expect(collection.data.metrics).toHaveLength(1);
        return collection;
      });
      expect(states.map(({ ok, notices }) => [ok, notices])).toEqual(states.map(() => [true, []]));
      expect(data.traces).toMatchObject([{ root_span: 'round', agent_id: 'analyzer', status: 'error', span_count: 3, spans: [{ name: 'round', parent_span_id: '' }, {}, {}] }]);
      const [trace] = data.traces ?? [];
      const [root] = trace?.spans ?? [];
      // Two that begin in the same millisecond stand in any order.
      expect(trace?.spans.slice(1)).toEqual(
        expect.arrayContaining([expect.objectContaining({ name: 'chat', kind: 'client', parent_span_id: root?.span_id }), expect.objectContaining({ name: 'act', status: 'error', parent_span_id: root?.span_id })])
      );
      expect(data.errors).toMatchObject([{ level: 'error', agent_id: 'analyzer', trace_id: trace?.trace_id, message: expect.stringContaining('no such container'), attributes: { error_type: 'TypeError' } }]);
      expect(data.logs).toEqual(expect.arrayContaining(data.errors ?? []));
      expect(data.metrics).toMatchObject([{ agent: 'analyzer', figures: { requests: 1, errors: 0, latency: { count: 1 }, tokens: { count: 1, sum: 42 }, tokens_input: 30, tokens_output: 12 } }]);
    } finally {
      await telemetry.close();
    }
  });

  it('has one trace for an incident, which is found by the id of the incident', async () => {
    const incident = '4bf92f3577b34da6a3ce929d0e0e4736';
    const event = { ...testAlert('web-1'), incident_id: incident, trace_id: incident };
    const telemetry = await open();
    try {
      telemetry.agent('analyzer', 'analyzer-1').handling(event, () => [testRecovery('web-1')]);
      const { aggregator, traces } = makeCollectors(log, NO_STORES);
      const trace = await eventually(async () => {
        await telemetry.flush();
        const found = await traces.find(incident, never());
        expect(found).toBeDefined();
        return found;
      });
      expect(trace).toMatchObject({ trace_id: incident, incident_id: incident, spans: [{ name: 'handle health_alert', kind: 'consumer' }] });
      const { data } = await aggregator.collect(linesOfTrace(trace ?? { start_time: '', duration_ms: 0 }), { logs: { trace: incident, limit: 10 } }, never());
      expect(data.logs).toMatchObject([{ incident_id: incident, agent_id: 'analyzer' }]);
    } finally {
      await telemetry.close();
    }
  });
});

const alert = (more: Partial<AgentAlert> = {}): AgentAlert => ({ alert_id: 'a1', revision: 1, condition: 'c', rule: 'r', name: 'High', type: 'performance', severity: 'warning', status: 'firing', message: 'is high', labels: {}, triggered_at: iso(now - 1000), resolved_at: null, notify: true, ...more });
const writeAlerts = (...alerts: AgentAlert[]) => log.redis.hset(log.partition(0).agentAlerts, Object.fromEntries(alerts.map((one) => [one.alert_id, JSON.stringify(one)])));

describe('what the observer keeps', () => {
  it('alerts: active ones and those resolved since the begin of the range (R382, R383)', async () => {
    await writeAlerts(
      alert(),
      alert({ alert_id: 'a2', severity: 'critical', status: 'acknowledged', triggered_at: iso(now - 50 * HOUR) }),
      alert({ alert_id: 'a3', status: 'resolved', triggered_at: iso(now - 3 * HOUR), resolved_at: iso(now - HOUR) }),
      alert({ alert_id: 'a4', status: 'resolved', triggered_at: iso(now - 30 * HOUR), resolved_at: iso(now - 25 * HOUR) })
    );
    await log.redis.hset(log.partition(0).agentAlerts, { bad: '{"alert_id":1}' });
    const ids = (alerts: readonly AgentAlert[]) => alerts.map(({ alert_id }) => alert_id).sort();
    const { data, notices } = await read('alerts', {}, { from: now - HOUR, to: now });
    expect(ids(data)).toEqual(['a1', 'a2', 'a3']);
    expect(notices).toEqual(['1 alerts cannot be read and are left out.']);
    expect(ids((await read('alerts', {}, { from: now - HOUR + 1, to: now })).data)).toEqual(['a1', 'a2']);
    expect(ids((await read('alerts', { severity: 'critical' })).data)).toEqual(['a2']);
    expect(ids((await read('alerts', {}, { from: now - 4 * HOUR, to: now - 2 * HOUR })).data)).toEqual(['a2', 'a3']);
    expect(ids(await readAgentAlerts(log))).toEqual(['a1', 'a2', 'a3']);
  });

  it('alerts are in Redis, whatever stores are set', async () => {
    await writeAlerts(alert());
    const closed = 'http://user:secret-word@127.0.0.1:1';
    const { aggregator } = makeCollectors(log, { logStoreUrl: closed, traceStoreUrl: closed, metricsStoreUrl: closed });
    const { data, states } = await aggregator.collect(lastHour(), { alerts: {}, logs: { limit: 1 }, errors: { limit: 1 }, traces: { limit: 1 }, metrics: {} }, never());
    expect(data.alerts).toHaveLength(1);
    expect(states.map(({ source, from, ok }) => [source, from, ok])).toEqual([
      ['alerts', 'redis', true],
      ['logs', 'loki', false],
      ['errors', 'loki', false],
      ['traces', 'tempo or jaeger', false],
      ['metrics', 'prometheus', false],
    ]);
    expect(JSON.stringify(states)).not.toContain('secret-word');
  });

  it('how every part is: as it was written, or nothing', async () => {
    expect(await readObserved(log, never())).toBeUndefined();
    await log.redis.set(log.partition(0).observed, '{"at":1}');
    expect(await readObserved(log)).toBeUndefined();
    const resources = { cpu_percent: null, memory_percent: 40, disk_percent: 10, memory_used_mb: 1, memory_total_mb: 2, disk_used_gb: 1, disk_total_gb: 10, load_average: [1, 1, 1] };
    const seen: Observed = { at: iso(now), since: iso(now - HOUR), version: '1', instance: 'o-1', components: [], breakers: [], resources, waiting: 0, dropped: { logs: 2 }, telemetry_bytes: 10, telemetry_max_bytes: 100 };
    await log.redis.set(log.partition(0).observed, JSON.stringify(seen));
    expect(await readObserved(log, never())).toEqual(seen);
  });

  it('history: all points of the range, oldest first, however many (R166)', async () => {
    const point = (at: number): HistoryPoint => ({ timestamp: iso(at), health_score: 90, availability: 100, response_time: null, cpu_usage: 1, memory_usage: 2, circuit_breaker_health: 100 });
    const pipeline = log.redis.pipeline();
    for (let index = 0; index < 6000; index += 1) {
      pipeline.xadd(log.partition(0).healthHistory, `${now - 60_000 * 6 + index * 10}-*`, 'json', index === 5 ? 'broken' : JSON.stringify(point(now - 60_000 * 6 + index * 10)));
    }
    await pipeline.exec();
    const points = await readHistory(log, { from: now - 60_000 * 6 + 20, to: now });
    expect(points).toHaveLength(5997);
    expect([points[0]?.timestamp, points.at(-1)?.timestamp]).toEqual([iso(now - 60_000 * 6 + 20), iso(now - 60_000 * 6 + 59_990)]);
  });

  it('rules: the defaults, each as it was changed, then the own ones; a broken one leaves its default (R441)', async () => {
    expect(await readRules(log)).toEqual(DEFAULT_RULES.map((rule) => ({ ...rule, from: 'default' })));
    const [first, second] = DEFAULT_RULES;
    const own = { ...first, name: 'my_rule' };
    await log.redis.hset(log.partition(0).agentAlertRules, { [first?.name ?? '']: JSON.stringify({ ...first, threshold: 7 }), [second?.name ?? '']: '{"name":', my_rule: JSON.stringify(own) });
    const rules = await readRules(log);
    expect(rules.map(({ name, from }) => [name, from])).toEqual([[first?.name, 'changed'], ...DEFAULT_RULES.slice(1).map(({ name }) => [name, 'default']), ['my_rule', 'own']]);
    expect(rules[0]).toMatchObject({ threshold: 7 });
  });
});

describe('Redis that fails (R368)', () => {
  const everything: Questions = { logs: { limit: 1 }, traces: { limit: 1 }, metrics: {}, errors: { limit: 1 }, alerts: {} };

  it('a key of another type fails its source alone, and says why', async () => {
    await log.redis.set(keys.traces, 'not ours');
    await writeLines([line()]);
    const { data, states } = await collect(everything);
    expect(data.logs).toHaveLength(1);
    expect(states.filter(({ ok }) => !ok)).toEqual([
      { source: 'traces', from: 'redis', ok: false, error: expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ answers: WRONGTYPE /), mend: 'A key of the telemetry is of another type: another program uses the same key prefix (HEMOSTAT_KEY_PREFIX).', notices: [] },
    ]);
  });

  it('one that is away is given up after a while, never waited for for ever, and read again when it is back', async () => {
    const gone = await startRedis();
    const away = testLog({ REDIS_PORT: String(gone.port) });
    await away.redis.ping();
    await gone.kill();
    const { aggregator } = makeCollectors(away, NO_STORES, { timeoutMs: 200 });
    const { states } = await aggregator.collect(lastHour(), everything, never());
    expect(states.map(({ ok }) => ok)).toEqual([false, false, false, false, false]);
    for (const { error, mend } of states) {
      expect(error).toMatch(/^redis did not answer the question for \w+ within 0\.2 s\.$|^Redis at .* cannot be reached/);
      expect(mend).not.toBe('');
    }
    const stop = new AbortController();
    const waiting = readObserved(away, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await gone.restart();
    await eventually(async () => {
      const back = await aggregator.collect(lastHour(), everything, never());
      expect(back.states.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    });
    away.redis.disconnect();
    await gone.stop();
  });
});
