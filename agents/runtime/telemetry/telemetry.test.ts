import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import type { HemostatEvent } from '../../../src/contract/events';
import { mergeFigures } from '../../../src/contract/observability/histogram';
import { logEntrySchema, type LogEntry } from '../../../src/contract/observability/schemas';
import { FencedError, HemostatError } from '../errors';
import { createLogger } from '../logger';
import { derived, observed } from '../new-event';
import { LiveTelemetry, type Shared } from './agent-telemetry';
import { Bucket } from './bucket';
import { current } from './current';
import { Dropped } from './dropped';
import { entryOf, isErrorEntry } from './entry';
import { Figures } from './figures';
import { newSpanId, newTraceId, rootOf } from './ids';
import { OFF } from './off';
import { headersOf, otlpTargets } from './otlp-targets';
import { rowsOf } from './redis-figures';
import type { FinishedSpan } from './running';
import { errorType, safeAttributes, safeText } from './safe';
import { bound, outside, traceIdOf } from './scope';
import { Writer, type Batch } from './writer';

class OnDemand extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
  }
  protected onForceFlush = () => Promise.resolve();
  protected onShutdown = () => Promise.resolve();
}

const ALERT = { container_id: 'x', image: 'i', status: 'running', health_status: 'unhealthy', exit_code: 0, restart_count: 0, metrics: {}, anomalies: [] };
function alertIn(incident: string, spanId?: string): HemostatEvent {
  return { ...observed('health_alert', 'monitor', { host: 'h', container: 'web', incident_id: incident, ...(spanId ? { span_id: spanId } : {}) }, ALERT), trace_id: incident };
}
const verdictOn = (event: HemostatEvent) => derived(event, 'false_alarm', 'analyzer', { reason: 'r', confidence: 1, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0 });

function lab(perSecond = 1000) {
  const spans: FinishedSpan[] = [];
  const lines: LogEntry[] = [];
  const reader = new OnDemand();
  const figures = new Figures(new MeterProvider({ readers: [reader] }).getMeter('test'));
  const dropped = new Dropped();
  const shared: Shared = { bucket: new Bucket(perSecond, () => 0), dropped, figures, line: (entry) => void lines.push(entry), now: Date.now };
  const telemetry = new LiveTelemetry('analyzer', 'copy-1', shared, (span) => void spans.push(span));
  const rows = async () => rowsOf((await reader.collect()).resourceMetrics).reduce((sum, row) => mergeFigures(sum, row.figures), { requests: 0, errors: 0 });
  return { telemetry, spans, lines, dropped, rows };
}

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

describe('a handling', () => {
  it('goes on in the trace of its event, and what comes out of it says so', () => {
    const { telemetry, spans, lines } = lab();
    const [incident, parent] = [newTraceId(), newSpanId()];
    const [verdict] = telemetry.handling(alertIn(incident, parent), () => [verdictOn(alertIn(incident))]);
    expect(spans).toEqual([expect.objectContaining({ traceId: incident, parentSpanId: parent, name: 'handle health_alert', attributes: expect.objectContaining({ 'hemostat.outcome': 'false_alarm', 'hemostat.container': 'web' }) })]);
    expect(verdict?.span_id).toBe(spans[0]?.spanId);
    expect(lines[0]).toMatchObject({ level: 'info', trace_id: incident, incident_id: incident, span_id: spans[0]?.spanId });
    expect(lines[0]?.message).toMatch(/^handled health_alert: false_alarm, \d+ ms$/);
    expect(logEntrySchema.safeParse(lines[0]).success).toBe(true);
  });

  it('stays synchronous, and gives what it gave', () => {
    const { telemetry } = lab();
    const gave = { any: 'thing' };
    expect(telemetry.handling(alertIn(newTraceId()), () => gave)).toBe(gave);
    expect(() => telemetry.handling(alertIn(newTraceId()), () => { throw new TypeError('no'); })).toThrow(TypeError);
  });

  it('of events that name no step hang under one made of their trace', () => {
    const { telemetry, spans } = lab();
    const incident = newTraceId();
    telemetry.handling(alertIn(incident), () => [verdictOn(alertIn(incident))]);
    telemetry.handling(alertIn(incident, 'no span id'), () => [verdictOn(alertIn(incident))]);
    expect(spans.map((span) => span.parentSpanId)).toEqual([rootOf(incident), rootOf(incident)]);
    expect(rootOf(`${'0'.repeat(16)}${'a'.repeat(16)}`)).toBe('a'.repeat(16));
  });

  it('in which nothing was to be done leaves no span, but is counted', async () => {
    const { telemetry, spans, lines, rows, dropped } = lab();
    telemetry.handling(alertIn(newTraceId()), () => []);
    await telemetry.handling(alertIn(newTraceId()), () => Promise.resolve([]));
    expect([spans, lines, dropped.total.spans]).toEqual([[], [], 0]);
    expect(await rows()).toMatchObject({ requests: 2, errors: 0, latency: { count: 2 } });
  });

  it('R376 that fails is an error with its kind; what is given up is none', async () => {
    const { telemetry, spans, lines, rows } = lab();
    await expect(telemetry.handling(alertIn(newTraceId()), () => Promise.reject(new HemostatError('docker_timeout', 'too slow')))).rejects.toThrow('too slow');
    await expect(telemetry.handling(alertIn(newTraceId()), () => Promise.reject(new FencedError('responder')))).rejects.toThrow(FencedError);
    expect(spans.map((span) => span.error)).toEqual([{ type: 'docker_timeout', message: 'too slow' }]);
    expect(lines.filter((line) => line.level === 'error')).toEqual([expect.objectContaining({ message: 'handling health_alert failed: too slow', attributes: expect.objectContaining({ error_type: 'docker_timeout' }) })]);
    expect(await rows()).toMatchObject({ requests: 2, errors: 1 });
  });

  it('that waits on purpose tells no latency', async () => {
    const { telemetry, rows } = lab();
    telemetry.handling(alertIn(newTraceId()), () => [], { waits: true });
    const figures = await rows();
    expect(figures).toEqual({ requests: 1, errors: 0 });
  });

  it('beyond the share of a second leaves no span, hands on its parent, and is counted', async () => {
    const { telemetry, spans, dropped, rows } = lab(1);
    const parent = newSpanId();
    const verdicts = Array.from({ length: 20 }, () => {
      const alert = alertIn(newTraceId(), parent);
      return telemetry.handling(alert, () => [verdictOn(alert)])[0];
    });
    expect(spans).toHaveLength(5);
    expect(dropped.total.spans).toBe(15);
    expect(verdicts.slice(5).every((verdict) => verdict?.span_id === parent)).toBe(true);
    expect((await rows()).requests).toBe(20);
  });
});

describe('a step', () => {
  it('stands in the handling that runs, also after waiting, and in no other', async () => {
    const { telemetry, spans } = lab();
    const one = async (incident: string) => {
      const alert = alertIn(incident);
      return telemetry.handling(alert, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        await current().step(`of ${incident}`, { answer: 42, none: undefined }, async (span) => {
          await new Promise((resolve) => setImmediate(resolve));
          span.set({ late: true });
        });
        return [verdictOn(alert)];
      });
    };
    const incidents = Array.from({ length: 10 }, newTraceId);
    await Promise.all(incidents.map(one));
    for (const incident of incidents) {
      const step = spans.find((span) => span.name === `of ${incident}`);
      const handling = spans.find((span) => span.spanId === step?.parentSpanId);
      expect([step?.traceId, handling?.traceId, handling?.name]).toEqual([incident, incident, 'handle health_alert']);
      expect(step?.attributes).toEqual({ answer: 42, late: true });
    }
  });

  it('outside of everything begins a trace of its own; nothing runs in it afterwards', async () => {
    const { telemetry, spans } = lab();
    await telemetry.step('analyse shop', {}, () => current().step('chat', {}, () => Promise.resolve()));
    const [chat, analyse] = spans;
    expect([analyse?.parentSpanId, chat?.parentSpanId, chat?.traceId]).toEqual(['', analyse?.spanId, analyse?.traceId]);
    expect(current()).toBe(OFF);
  });

  it('that is only measured is kept when it fails', async () => {
    const { telemetry, spans, lines, rows } = lab();
    await telemetry.step('round', {}, () => Promise.resolve(), { request: true, span: false });
    expect(spans).toEqual([]);
    await telemetry.step('round', {}, async (span) => span.fail('no answer', 'no_figures'), { request: true, span: false });
    expect(spans).toEqual([expect.objectContaining({ name: 'round', error: { type: 'no_figures', message: 'no answer' } })]);
    expect(lines[0]?.trace_id).toBe(spans[0]?.traceId);
    // What happens inside of one that is only measured still is a step.
    await telemetry.step('round', {}, () => current().step('chat', {}, () => Promise.resolve()), { span: false });
    expect(spans.at(-1)).toMatchObject({ name: 'chat', parentSpanId: '' });
    expect(await rows()).toMatchObject({ requests: 2, errors: 1, latency: { count: 2 } });
  });

  it('an error that passes through several is told once', async () => {
    const { telemetry, spans, lines } = lab();
    const boom = new Error('boom');
    await expect(telemetry.step('outer', {}, () => telemetry.step('inner', {}, () => Promise.reject(boom)))).rejects.toBe(boom);
    expect(spans.map((span) => span.error?.message)).toEqual(['boom', 'boom']);
    expect(lines.map((line) => line.message)).toEqual(['inner failed: boom']);
  });

  it('what waits in a queue keeps its own trace, and who serves a queue has none', async () => {
    const { telemetry, spans } = lab();
    const waiting: Array<() => Promise<void>> = [];
    const first = newTraceId();
    await telemetry.handling(alertIn(first), () => {
      waiting.push(bound(() => current().step('acts', {}, () => Promise.resolve())));
      return Promise.resolve([]);
    });
    await telemetry.handling(alertIn(newTraceId()), async () => {
      await waiting[0]?.();
      expect(outside(() => current())).toBe(OFF);
      return [];
    });
    expect(spans.find((span) => span.name === 'acts')?.traceId).toBe(first);
  });

  it('is seen by whatever else speaks OpenTelemetry in the process', async () => {
    const { telemetry } = lab();
    await telemetry.step('outer', {}, () => {
      expect(trace.getActiveSpan()?.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/);
      return Promise.resolve();
    });
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});

describe('R374 R375 figures', () => {
  it('tell tokens by direction, each call, and cost', async () => {
    const { telemetry, rows } = lab();
    telemetry.tokens({ model: 'm', provider: 'p', operation: 'chat', input: 1000, output: 20, costUsd: 0.25 });
    telemetry.tokens({ model: 'm', provider: 'p', operation: 'chat', input: 500, output: 10 });
    expect(await rows()).toMatchObject({ tokens_input: 1500, tokens_output: 30, cost_usd: 0.25, tokens: { count: 2, sum: 1530, min: 510, max: 1020 } });
  });
});

describe('log lines', () => {
  const lineOf = (fields: object, message = 'told') => {
    const kept: string[] = [];
    createLogger({ logLevel: 'silent', logFormat: 'text' }, undefined, { level: 'trace', write: (line) => void kept.push(line) })
      .child({ agent: 'monitor', instance: 'copy-1' })
      .info(fields, message);
    return entryOf(kept[0] ?? '');
  };

  it('R370 are kept in one form, with everything that was told beside the words', () => {
    expect(lineOf({ container: 'web', count: 3, well: true, list: ['a'], none: null })).toEqual({
      timestamp: expect.stringMatching(/Z$/), level: 'info', message: 'told', agent_id: 'monitor', trace_id: '', attributes: { instance: 'copy-1', container: 'web', count: 3, well: true, list: '["a"]' },
    });
    const failed = lineOf({ err: new TypeError('it broke') });
    expect(failed.attributes).toMatchObject({ error_type: 'TypeError', error: 'it broke' });
    expect(isErrorEntry(failed)).toBe(true);
  });

  it('bear the trace that they were written in', async () => {
    const { telemetry, spans } = lab();
    const incident = newTraceId();
    const entry = await telemetry.handling(alertIn(incident), () => Promise.resolve(lineOf({})));
    expect(entry).toMatchObject({ trace_id: incident, incident_id: incident, span_id: spans[0]?.spanId });
  });

  it('that are no JSON, or endless, are kept all the same', () => {
    expect(entryOf('not JSON').message).toBe('not JSON');
    fc.assert(
      fc.property(fc.string({ maxLength: 9000 }), fc.dictionary(fc.string(), fc.anything()), (message, fields) => {
        const entry = lineOf(fields, message);
        expect(logEntrySchema.safeParse(entry).success).toBe(true);
        expect(entry.message.length).toBeLessThanOrEqual(2000);
        expect(Object.keys(entry.attributes).length).toBeLessThanOrEqual(32);
        expect(Object.values(entry.attributes).every((value) => typeof value !== 'string' || value.length <= 500)).toBe(true);
      }),
      { numRuns: 200 }
    );
  });
});

describe('what is kept of texts', () => {
  it('bears no secret and nothing that a terminal obeys, however often it comes', () => {
    for (let time = 0; time < 3; time += 1) {
      expect(safeText('password=hunter2-secret', 100)).toBe('password=[redacted]');
      expect(safeText('\u001b[31mred\u0007', 100)).toBe('red');
    }
    expect(safeAttributes({ text: `token=${'a'.repeat(40)}`, number: 1, not: Number.NaN, none: undefined })).toEqual({ text: 'token=[redacted]', number: 1 });
    expect(safeText('x'.repeat(1000), 100)).toHaveLength(100);
  });

  it('tells the kind of an error by its code, else by its class', () => {
    expect(errorType(new HemostatError('docker_timeout', 'm'))).toBe('docker_timeout');
    expect(errorType(Object.assign(new Error('m'), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(errorType(new RangeError('m'))).toBe('RangeError');
    expect(errorType('text')).toBe('string');
  });
});

describe('the share of a second', () => {
  it('lets a burst of five seconds through, then its rate, and never more', () => {
    let now = 0;
    const bucket = new Bucket(10, () => now);
    const through = () => Array.from({ length: 200 }, () => bucket.take()).filter(Boolean).length;
    expect(through()).toBe(50);
    now += 1000;
    expect(through()).toBe(10);
    now += 3_600_000;
    expect(through()).toBe(50);
    bucket.giveBack();
    expect(bucket.take()).toBe(true);
  });
});

describe('a writer', () => {
  const writer = (write: (batch: Batch<number>) => Promise<unknown>, dropped: (count: number) => void = () => undefined) => new Writer<number>({ capacity: 100, batch: 10, everyMs: 100_000, write, dropped });

  it('writes everything once, in order, in batches whose numbers rise', async () => {
    const batches: Array<Batch<number>> = [];
    const one = writer(async (batch) => void batches.push(batch));
    Array.from({ length: 25 }, (_, at) => one.add(at));
    await one.flush();
    expect(batches.flatMap((batch) => batch.items)).toEqual(Array.from({ length: 25 }, (_, at) => at));
    expect(batches.every((batch, at) => at === 0 || batch.number > (batches[at - 1]?.number ?? 0))).toBe(true);
    expect(Math.max(...batches.map((batch) => batch.items.length))).toBeLessThanOrEqual(10);
    one.close();
  });

  it('repeats a batch that failed under its number, and holds a bounded number meanwhile', async () => {
    const tried: Array<Batch<number>> = [];
    let away = true;
    let lost = 0;
    const one = writer(
      async (batch) => {
        tried.push(batch);
        if (away) {
          throw new Error('away');
        }
      },
      (count) => (lost += count)
    );
    Array.from({ length: 500 }, (_, at) => one.add(at));
    await one.flush();
    expect(one.size).toBeLessThanOrEqual(110);
    away = false;
    await one.flush();
    const kept = [...new Map(tried.map((batch) => [batch.number, batch.items])).values()].flat();
    expect(tried[1]).toEqual(tried[0]);
    expect(kept.length + lost).toBe(500);
    expect(kept.at(-1)).toBe(499);
    expect(one.size).toBe(0);
    one.close();
  });
});

describe('R494 R496 addresses of OTLP', () => {
  const none = { otlpEndpoint: '', otlpHeaders: '', logStoreUrl: '', traceStoreUrl: '' };

  it('are made of what is set, and show no password', () => {
    expect(otlpTargets(none)).toEqual([]);
    const targets = otlpTargets({ otlpEndpoint: 'https://a%40b:p%3Ass@otel.shop:4318/base/', otlpHeaders: 'x-tenant=shop%20one,bad', logStoreUrl: 'http://loki:3100', traceStoreUrl: 'https://tempo.shop:3200/tempo' });
    expect(targets.map(({ signal, url }) => `${signal} ${url}`)).toEqual([
      'traces https://otel.shop:4318/base/v1/traces',
      'logs https://otel.shop:4318/base/v1/logs',
      'metrics https://otel.shop:4318/base/v1/metrics',
      'logs http://loki:3100/otlp/v1/logs',
      'traces http://tempo.shop:4318/v1/traces',
    ]);
    expect(targets[0]?.headers).toEqual({ 'x-tenant': 'shop one', Authorization: `Basic ${Buffer.from('a@b:p:ss').toString('base64')}` });
    expect(JSON.stringify(targets.map((one) => one.shown))).not.toContain('p%3Ass');
  });

  it('the headers of the collector go to no other address', () => {
    const [, , , logs] = otlpTargets({ ...none, otlpEndpoint: 'http://otel:4318', otlpHeaders: 'Authorization=Bearer very-secret', logStoreUrl: 'http://me:mine@loki:3100' });
    expect(JSON.stringify(logs)).not.toContain('very-secret');
    expect(logs?.headers.Authorization).toBe(`Basic ${Buffer.from('me:mine').toString('base64')}`);
    expect(headersOf('')).toEqual({});
  });
});

it('ids of traces are those of incidents where they can be', () => {
  const id = newTraceId();
  expect(traceIdOf(id)).toBe(id);
  expect(traceIdOf('0af76519-16cd-43dd-8448-eb211c80319c')).toBe('0af7651916cd43dd8448eb211c80319c');
  expect([traceIdOf(''), traceIdOf('0'.repeat(32)), traceIdOf('of the original'), traceIdOf(id.slice(1))]).toEqual(['', '', '', '']);
  expect(new Set(Array.from({ length: 5000 }, newSpanId)).size).toBe(5000);
});
