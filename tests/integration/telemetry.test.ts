import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { Redis } from 'ioredis';
import { analyzerAgent } from '../../agents/analyzer';
import { responderWith } from '../../agents/responder';
import { defineAgent, type AgentContext } from '../../agents/runtime/agent';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived, observed } from '../../agents/runtime/new-event';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { Telemetry, telemetryBytes, trimTelemetry } from '../../agents/runtime/telemetry';
import { Dropped } from '../../agents/runtime/telemetry/dropped';
import { RedisMetricExporter } from '../../agents/runtime/telemetry/redis-figures';
import { TelemetryStore } from '../../agents/runtime/telemetry/store';
import { FIGURE } from '../../agents/runtime/telemetry/figures';
import { decodeEvent } from '../../src/contract/codec';
import type { HemostatEvent } from '../../src/contract/events';
import { logEntrySchema, minuteFiguresSchema, spanSchema, type LogEntry, type MinuteFigures, type Span } from '../../src/contract/observability/schemas';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { FakeEngine, fakeId } from '../support/fake-engine';
import { modelAnswer, startFakeModel, type FakeModel } from '../support/fake-model';
import { start } from '../support/processes';
import { everythingIn } from '../support/redis-dump';
import { startRedis, startRedisCluster, type RedisServer } from '../support/servers';

const COMMAND = path.join(__dirname, '../../scripts/hemostat.mjs');
const HOST = 'host-1';
const SECRET = 'hunter2-very-secret-pass';
const keys = telemetryKeys('hemostat');
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

describe('telemetry in Redis', () => {
  let redis: RedisServer;
  let client: Redis;
  let log: HemostatLog;
  let running: RunningAgents[] = [];
  const base = () => ({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), LOG_LEVEL: 'silent', AGENT_RETRY_DELAY: '0.01', HEMOSTAT_HOST: HOST, HEMOSTAT_VERIFY_SECONDS: '0.5' });

  beforeAll(async () => {
    redis = await startRedis();
    client = redis.connect();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await client.flushall();
    log = testLog(base());
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.close()));
    running = [];
    log.redis.disconnect();
  });

  const run = async (definitions: Parameters<typeof runAgents>[0], environment: Record<string, string> = {}, out: string[] = []) => {
    const one = await runAgents(definitions, { ...base(), ...environment }, { out: (line) => void out.push(line) });
    running.push(one);
    return one;
  };
  const spansOf = async (traceId: string): Promise<Span[]> => {
    const fields = await client.hgetall(keys.trace(traceId));
    return Object.entries(fields).flatMap(([id, json]) => (id.startsWith('#') ? [] : [spanSchema.parse(JSON.parse(json))]));
  };
  const lines = async (key = keys.logs): Promise<LogEntry[]> => (await client.xrange(key, '-', '+')).map(([, fields]) => logEntrySchema.parse(JSON.parse(fields[1] ?? '')));
  const totals = async (agent: string): Promise<MinuteFigures> => minuteFiguresSchema.parse(JSON.parse((await client.hget(keys.totals, agent)) ?? '{}'));
  const events = async (): Promise<HemostatEvent[]> =>
    (await client.xrange(log.partition(0).log, '-', '+')).flatMap(([, fields]) => {
      const decoded = decodeEvent(fields[5] ?? '', fields[3]);
      return decoded.ok ? [decoded.value] : [];
    });

  describe('of one incident', () => {
    let fake: FakeModel;
    beforeAll(async () => {
      fake = await startFakeModel();
    });
    afterAll(() => fake.stop());

    /** A container that has crashed, through the real analyzer and responder, with a model server and an engine of the tests. */
    const heal = async (environment: Record<string, string> = {}) => {
      const engine = new FakeEngine();
      engine.add('web', { status: 'exited', running: false, exitCode: 1, startedAt: ago(900) });
      const state = { host: HOST, container: 'web', container_id: fakeId('web'), image: 'i', status: 'exited', health_status: 'unknown', exit_code: 1, oom_killed: false, restart_count: 0, restart_policy: 'no', labels: {}, project: '', service: 'web', depends_on: [], network_parent: '', metrics: {}, ill: true, seen_at: ago(0) };
      await client.hset(log.partition(0).containers, `${HOST}/web`, JSON.stringify(state));
      const monitor = await Telemetry.open({ settings: readSettings(commonSettings, base()), instance: 'm', now: Date.now, tell: () => undefined });
      await run([analyzerAgent, responderWith(() => engine)], { HEMOSTAT_MODE: 'auto', AI_MODEL: 'test-model', HEMOSTAT_AI_URL: fake.url, HEMOSTAT_AI_WHEN: 'always', HEMOSTAT_AI_PRICE_INPUT: '2', HEMOSTAT_AI_PRICE_OUTPUT: '10', ...environment });
      const telemetry = monitor.agent('monitor', 'm');
      const spanId = telemetry.spanId() ?? '';
      const alert = { ...testAlert('web', { status: 'exited', health_status: 'unknown', exit_code: 1, anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 1 }] }), span_id: spanId };
      const [appended] = await log.append([alert]);
      const incident = appended?.incidentId ?? '';
      telemetry.record({ traceId: incident, spanId, name: 'detect web', start: Date.now() - 50, end: Date.now() });
      await eventually(async () => expect((await events()).map((event) => event.type)).toContain('remediation_verified'));
      await monitor.close();
      return incident;
    };

    it('R372 R373 is one trace over all agents, in which every parent is there', async () => {
      fake.behave({ answer: modelAnswer({ action: 'restart' }) });
      const incident = await heal();
      const spans = await eventually(async () => {
        const found = await spansOf(incident);
        expect(found.map((span) => span.name)).toEqual(expect.arrayContaining(['detect web', 'handle health_alert', 'chat test-model', 'handle remediation_needed', 'decide', 'restart web', 'handle remediation_complete', 'verify']));
        return found;
      });
      expect(new Set(spans.map((span) => span.service))).toEqual(new Set(['monitor', 'analyzer', 'responder']));
      const ids = new Set(spans.map((span) => span.span_id));
      expect(spans.filter((span) => span.parent_span_id === '').map((span) => span.name)).toEqual(['detect web']);
      expect(spans.filter((span) => span.parent_span_id !== '' && !ids.has(span.parent_span_id))).toEqual([]);
      const named = (name: string) => spans.find((span) => span.name === name);
      const parentOf = (name: string) => spans.find((span) => span.span_id === named(name)?.parent_span_id)?.name;
      expect(parentOf('handle health_alert')).toBe('detect web');
      expect(parentOf('chat test-model')).toBe('handle health_alert');
      expect(parentOf('handle remediation_needed')).toBe('handle health_alert');
      expect(parentOf('restart web')).toBe('handle remediation_needed');
      expect(named('decide')?.attributes).toMatchObject({ 'hemostat.allowed': true, 'hemostat.decision': 'act' });
      expect(named('verify')?.attributes['hemostat.verdict']).toBeDefined();
      // Every event of the incident bears the trace and the step it came out of.
      const told = (await events()).filter((event) => event.incident_id === incident && event.type !== 'health_alert');
      expect(told.length).toBeGreaterThan(3);
      expect(told.every((event) => event.trace_id === incident && ids.has(event.span_id ?? ''))).toBe(true);
      const summary = await client.hgetall(keys.trace(incident));
      expect(summary).toMatchObject({ '#root': 'detect web', '#agent': 'monitor', '#errors': '0', '#dropped': '0', '#spans': String(spans.length) });
      expect(await client.zscore(keys.traces, incident)).toBe(String(Number(summary['#start'])));
      expect(await client.pttl(keys.trace(incident))).toBeGreaterThan(71 * 3_600_000);
    });

    it('R370 R375 tells model, tokens, cost and why it ended, and its log lines belong to the trace', async () => {
      fake.behave({ answer: modelAnswer({ action: 'restart' }) });
      const incident = await heal();
      const call = await eventually(async () => {
        const found = (await spansOf(incident)).find((span) => span.name === 'chat test-model');
        expect(found).toBeDefined();
        return found as Span;
      });
      const { 'gen_ai.usage.output_tokens': output, ...rest } = call.attributes;
      expect(call).toMatchObject({ kind: 'client', status: 'ok' });
      expect(rest).toMatchObject({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai-compatible',
        'gen_ai.request.model': 'test-model',
        'gen_ai.response.model': 'test-model',
        'gen_ai.response.finish_reasons': 'stop',
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.request.temperature': 0.3,
        'server.address': '127.0.0.1',
        'hemostat.outcome': 'ok',
      });
      expect(rest['hemostat.cost_usd']).toBeCloseTo((1000 * 2 + Number(output) * 10) / 1_000_000, 9);
      expect(JSON.stringify(call)).not.toContain(String(modelAnswer().root_cause));
      const handled = await eventually(async () => {
        const found = (await lines()).find((line) => line.message.startsWith('handled health_alert: remediation_needed'));
        expect(found).toBeDefined();
        return found as LogEntry;
      });
      expect(handled).toMatchObject({ level: 'info', agent_id: 'analyzer', trace_id: incident, incident_id: incident, span_id: call.parent_span_id, attributes: { container: 'web' } });
      await Promise.all(running.map((one) => one.close()));
      const figures = await totals('analyzer');
      expect(figures).toMatchObject({ requests: 1, errors: 0, tokens_input: 1000, tokens_output: output, tokens: { count: 1, sum: 1000 + Number(output) } });
      expect(figures.cost_usd).toBeCloseTo(Number(rest['hemostat.cost_usd']), 9);
      expect(figures.latency?.count).toBe(1);
      // The verification waits on purpose: it is a request, but no latency.
      const responder = await totals('responder');
      expect(responder.requests).toBeGreaterThan(responder.latency?.count ?? Infinity);
      const minute = Math.floor(Date.now() / 60_000);
      const hour = await client.hgetall(keys.minutes(Math.floor(minute / 60)));
      expect(Object.keys(hour).filter((field) => field.endsWith('|analyzer')).length).toBeGreaterThan(0);
    });

    it('R376 R380 an answer that cannot be used is an error of its call, without its words', async () => {
      fake.behave({ answer: `I would rather not. ${SECRET}` });
      const incident = await heal();
      const calls = await eventually(async () => {
        const found = (await spansOf(incident)).filter((span) => span.name === 'chat test-model');
        expect(found).toHaveLength(2);
        return found;
      });
      expect(calls.every((call) => call.status === 'error' && call.attributes['error.type'] === 'answer_invalid' && call.attributes['gen_ai.usage.input_tokens'] === 1000)).toBe(true);
      const errors = await eventually(async () => {
        const found = (await lines(keys.errors)).filter((line) => line.attributes.error_type === 'answer_invalid');
        expect(found.length).toBe(2);
        return found;
      });
      expect(errors[0]).toMatchObject({ level: 'error', trace_id: incident, agent_id: 'analyzer' });
      expect(await dump()).not.toContain('rather not');
    });

    it('R496 goes to a collector as well, with the same ids, and trouble with it is told once', async () => {
      fake.behave({ answer: modelAnswer({ action: 'restart' }) });
      const collector = await startCollector();
      // A process of its own, as `hemostat agent` runs it.
      const analyzer = start(process.execPath, [COMMAND, 'agent', 'analyzer'], {
        env: {
          PATH: process.env.PATH ?? '',
          ...base(),
          AI_MODEL: 'test-model',
          HEMOSTAT_AI_URL: fake.url,
          HEMOSTAT_AI_WHEN: 'always',
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', `//reader:${SECRET}@`),
          OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=shop',
          LOG_STORE_URL: `http://reader:${SECRET}@127.0.0.1:1`,
        },
      });
      const [appended] = await log.append([testAlert('web', { exit_code: 1 })]);
      const incident = appended?.incidentId ?? '';
      await eventually(() => expect(collector.spans().map((span) => span.name)).toEqual(expect.arrayContaining(['handle health_alert', 'chat test-model'])), 30_000);
      const call = collector.spans().find((span) => span.name === 'chat test-model');
      const stored = (await spansOf(incident)).find((span) => span.name === 'chat test-model');
      expect(call).toMatchObject({ traceId: incident, spanId: stored?.span_id, parentSpanId: stored?.parent_span_id });
      expect(collector.services()).toContain('hemostat-analyzer');
      await eventually(() => expect(JSON.stringify(collector.of('/v1/logs'))).toContain('handled health_alert'));
      await eventually(async () => expect((await lines()).filter((line) => line.message.includes('cannot be sent')).map((line) => line.message)).toEqual([expect.stringContaining('http://127.0.0.1:1/otlp/v1/logs')]), 30_000);
      await analyzer.end('SIGTERM');
      expect(JSON.stringify(collector.of('/v1/metrics'))).toContain('agent.request.latency');
      expect(JSON.stringify(collector.of('/v1/metrics'))).toContain('gen_ai.client.token.usage');
      expect(collector.headers[0]).toMatchObject({ authorization: `Basic ${Buffer.from(`reader:${SECRET}`).toString('base64')}`, 'x-tenant': 'shop' });
      expect(await dump()).not.toContain(SECRET);
      expect(analyzer.output()).not.toContain(SECRET);
      await collector.stop();
    });

    const dump = () => everythingIn(client).then((text) => text.split('\n').filter((_, at, all) => all[at - 1]?.includes('{telemetry}')).join('\n'));
  });

  /** An agent that does as it is told with each alert. */
  const agentThat = (work: (event: HemostatEvent, context: AgentContext) => Promise<readonly HemostatEvent[]> | readonly HemostatEvent[]) =>
    defineAgent({ name: 'analyzer', group: 'analyzer', reads: ['health_alert'], writes: ['false_alarm'], create: (context) => ({ handle: (event) => work(event, context) }) });
  const verdictOn = (event: HemostatEvent) => derived(event, 'false_alarm', 'analyzer', { reason: 'r', confidence: 1, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0 });

  it('keeps no secret, wherever it stands', async () => {
    const agent = agentThat(async (event, { logger, telemetry }) => {
      logger.info({ password: SECRET, note: `token=${SECRET}`, err: new Error(`password=${SECRET}`) }, `connecting with password=${SECRET}`);
      await telemetry.step(`call api_key=${SECRET}`, { url: `http://user:${SECRET}@host/`, header: `Authorization: Bearer ${SECRET}` }, () => Promise.resolve());
      await telemetry.step('fails', {}, () => Promise.reject(new Error(`refused: password=${SECRET}`))).catch(() => undefined);
      telemetry.record({ traceId: event.incident_id, name: `seen password=${SECRET}`, start: 1, end: 2, error: `password=${SECRET}` });
      return [verdictOn(event)];
    });
    const one = await run([agent]);
    await log.append([testAlert(`web`)]);
    await eventually(async () => expect((await lines()).filter((line) => line.message.startsWith('handled'))).toHaveLength(1));
    await one.close();
    const text = await everythingIn(client);
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(SECRET);
    expect((await lines()).map((line) => line.message)).toEqual(expect.arrayContaining(['connecting with password=[redacted]']));
    expect((await lines(keys.errors)).map((line) => line.attributes.error_type)).toContain('Error');
  });

  it('R376 counts a failing handling as an error, told once, and not what was given up', async () => {
    const boom = new TypeError('it broke');
    const agent = agentThat(async (_event, { telemetry }) => telemetry.step('inner', {}, () => Promise.reject(boom)));
    const one = await run([agent], { AGENT_RETRY_MAX: '2' });
    const [appended] = await log.append([testAlert('web')]);
    await eventually(async () => expect(await client.xlen(log.partition(0).dead)).toBe(1));
    await one.close();
    expect(await totals('analyzer')).toMatchObject({ requests: 2, errors: 2 });
    const errors = (await lines(keys.errors)).filter((line) => line.attributes.error_type === 'TypeError');
    expect(errors.map((line) => line.message)).toEqual(['inner failed: it broke']);
    const spans = await spansOf(appended?.incidentId ?? '');
    expect(spans.map((span) => [span.name, span.status]).sort()).toEqual([['handle health_alert', 'error'], ['handle health_alert', 'error'], ['inner', 'error'], ['inner', 'error']]);
    expect(await client.hget(keys.trace(appended?.incidentId ?? ''), '#errors')).toBe('4');
  });

  it('leaves out steps beyond its share of a second and counts them, but never a figure', async () => {
    const one = await run([agentThat((event) => [verdictOn(event)])], { HEMOSTAT_TELEMETRY_SPANS_PER_SECOND: '2' });
    await Promise.all(Array.from({ length: 300 }, (_, at) => log.append([testAlert(`web-${at}`)])));
    await eventually(async () => expect((await events()).filter((event) => event.type === 'false_alarm')).toHaveLength(300));
    await one.close();
    expect(await totals('analyzer')).toMatchObject({ requests: 300, errors: 0, latency: { count: 300 } });
    const kept = await client.zcard(keys.traces);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(60);
    expect(Number(await client.hget(keys.dropped, 'spans'))).toBe(300 - kept);
    expect((await lines()).filter((line) => line.message.startsWith('handled'))).toHaveLength(kept);
    // Without a step of its own an event hands on the parent, so that the next agent's step still stands in the trace.
    expect((await events()).filter((event) => event.type === 'false_alarm' && !/^[0-9a-f]{16}$/.test(event.span_id ?? ''))).toEqual([]);
  });

  it('agents go on while Redis is away, and what did not fit is counted when it is back', async () => {
    let handle: AgentContext | undefined;
    const one = await run([agentThat((event, context) => ((handle = context), [verdictOn(event)]))]);
    await log.append([testAlert('web')]);
    await eventually(async () => expect((await lines()).length).toBeGreaterThan(0));
    await redis.kill();
    const context = handle as AgentContext;
    const began = performance.now();
    for (let at = 0; at < 7000; at += 1) {
      context.logger.info({ at }, 'a line while Redis is away');
    }
    const done = await context.telemetry.step('work', {}, () => Promise.resolve('done'), { request: true });
    expect(done).toBe('done');
    expect(performance.now() - began).toBeLessThan(10_000);
    await redis.restart();
    await eventually(async () => {
      const kept = (await lines()).filter((line) => line.message === 'a line while Redis is away');
      expect(kept.at(-1)?.attributes.at).toBe(6999);
      expect(kept.length).toBeLessThan(6000);
      expect(Number(await client.hget(keys.dropped, 'logs')) + kept.length).toBe(7000);
    }, 40_000);
    await one.close();
    // Redis lost what it had (no append-only file): only what was told since is there.
    expect((await totals('analyzer')).requests).toBeGreaterThanOrEqual(1);
  });

  it('does nothing at all when it is off', async () => {
    const one = await run([agentThat((event) => [verdictOn(event)])], { HEMOSTAT_TELEMETRY: 'false' });
    await log.append([testAlert('web')]);
    const verdict = await eventually(async () => {
      const found = (await events()).find((event) => event.type === 'false_alarm');
      expect(found).toBeDefined();
      return found;
    });
    await one.close();
    expect(verdict).not.toHaveProperty('span_id');
    expect((await client.keys('*')).filter((key) => key.includes('telemetry'))).toEqual([]);
  });

  it('prints by LOG_LEVEL and keeps by its own, and people see no ids', async () => {
    const out: string[] = [];
    const agent = agentThat((event, { logger }) => {
      logger.debug('deep');
      logger.info('told');
      logger.warn({ container: event.container }, 'shown');
      return [verdictOn(event)];
    });
    const one = await run([agent], { LOG_LEVEL: 'warn' }, out);
    await log.append([testAlert('web')]);
    await eventually(async () => expect((await lines()).filter((line) => line.message.startsWith('handled'))).toHaveLength(1));
    await one.close();
    expect(out).toHaveLength(1);
    expect(out[0]).toMatch(/^\S+ WARN {2}analyzer: shown container=web\n$/);
    const kept = await lines();
    expect(kept.map((line) => line.message)).toEqual(expect.arrayContaining(['told', 'shown']));
    expect(kept.map((line) => line.message)).not.toContain('deep');
    expect(kept.find((line) => line.message === 'shown')?.trace_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('a batch of figures that is written twice counts once', async () => {
    const settings = readSettings(commonSettings, base());
    const store = new TelemetryStore(settings);
    let answersLost = 2;
    const scripts = {
      ...store.scripts,
      hemostatFigures: async (...words: Array<string | number>) => {
        const reply = await store.scripts.hemostatFigures(...words);
        if ((answersLost -= 1) >= 0) {
          throw new Error('the answer was lost');
        }
        return reply;
      },
    };
    const exporter = new RedisMetricExporter({ keys: store.keys, settings, scripts } as unknown as TelemetryStore, 'writer-1', new Dropped());
    const reader = new ManualReader();
    const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
    const requests = meter.createCounter(FIGURE.requests);
    const handOver = async () => {
      exporter.export((await reader.collect()).resourceMetrics, () => undefined);
      await exporter.forceFlush();
    };
    requests.add(3, { agent: 'analyzer' });
    await handOver();
    requests.add(4, { agent: 'analyzer' });
    await handOver();
    await handOver();
    await exporter.forceFlush();
    expect(answersLost).toBeLessThan(0);
    expect(await totals('analyzer')).toEqual({ requests: 7, errors: 0 });
    store.close();
  });

  it('R351 R352 R353 removes what is older than it shall be kept', async () => {
    const settings = { telemetryMaxMegabytes: 64, telemetryLogHours: 1, telemetryTraceHours: 1, telemetryMetricHours: 1 };
    const now = Date.now();
    const old = now - 2 * 3_600_000;
    for (let at = 0; at < 300; at += 1) {
      await client.xadd(keys.logs, `${old + at}-0`, 'json', '{}');
    }
    await client.xadd(keys.logs, `${now}-0`, 'json', '{}');
    await client.zadd(keys.traces, old, 'a', now, 'b');
    await client.hset(keys.trace('a'), '#start', old);
    await client.hset(keys.trace('b'), '#start', now);
    const bytes = await trimTelemetry(log, settings, now);
    expect(bytes).toBeGreaterThan(0);
    expect(await client.xlen(keys.logs)).toBeLessThan(200);
    expect(await client.zrange(keys.traces, '0', '-1')).toEqual(['b']);
    expect(await client.exists(keys.trace('a'))).toBe(0);
    expect(await client.hgetall(keys.cut)).toEqual({});
  });

  it('10,000 lines and 1,000 traces stay under a ceiling that is too small for them: the oldest go, and that is told', async () => {
    const megabytes = 3;
    const settings = { ...readSettings(commonSettings, base()), telemetryMaxMegabytes: megabytes, telemetrySpansPerSecond: 100_000 };
    const telemetry = await Telemetry.open({ settings, instance: 'w', now: Date.now, tell: () => undefined });
    const agent = telemetry.agent('analyzer', 'w');
    for (let at = 0; at < 10_000; at += 1) {
      telemetry.sink?.write(JSON.stringify({ level: 'info', time: new Date().toISOString(), agent: 'analyzer', msg: `line ${at} of an agent that has much to tell`, container: `web-${at % 50}` }));
      if (at % 10 === 0) {
        const event = { ...observed('health_alert', 'monitor', { host: HOST, container: `web-${at}` }, testAlert('web').data) };
        await agent.handling({ ...event, incident_id: event.id, trace_id: event.id }, async () => {
          for (let step = 0; step < 8; step += 1) {
            await agent.step(`step ${step}`, { 'hemostat.container': event.container, 'hemostat.action': 'restart' }, () => Promise.resolve());
          }
          return [verdictOn(event)];
        });
      }
      if (at % 500 === 0) {
        await telemetry.flush();
      }
    }
    await telemetry.flush();
    await telemetry.close();
    const ceiling = megabytes * 1_048_576;
    await trimTelemetry(log, settings, Date.now());
    await trimTelemetry(log, settings, Date.now());
    const all = (await client.keys('*')).filter((key) => key.startsWith(keys.base));
    const exact = (await Promise.all(all.map((key) => client.memory('USAGE', key, 'SAMPLES', 0)))).reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
    expect(exact).toBeLessThanOrEqual(ceiling);
    // Close enough to what is measured by samples, and not emptied for safety.
    expect(exact).toBeGreaterThan(ceiling * 0.4);
    expect(Math.abs((await telemetryBytes(log)) - exact) / exact).toBeLessThan(0.35);
    const kept = await lines();
    expect(kept.some((line) => line.message.startsWith('line 9999 '))).toBe(true);
    expect(kept.some((line) => line.message.startsWith('line 0 '))).toBe(false);
    expect(Number(await client.hget(keys.cut, 'logs'))).toBeLessThanOrEqual(Date.now());
    expect(Number(await client.hget(keys.cut, 'traces'))).toBeLessThanOrEqual(Date.now());
    expect(await client.zcard(keys.traces)).toBeGreaterThan(50);
    // What is gone from the list of traces is gone altogether.
    expect(all.filter((key) => key.startsWith(keys.trace('')))).toHaveLength(await client.zcard(keys.traces));
  });

  it('waits with a full Redis, and writes what it has when there is room again', async () => {
    const small = await startRedis({ maxmemory: '64mb' });
    const filling = small.connect();
    const settings = readSettings(commonSettings, { ...base(), REDIS_PORT: String(small.port) });
    const telemetry = await Telemetry.open({ settings, instance: 'w', now: Date.now, tell: () => undefined });
    telemetry.sink?.write(JSON.stringify({ level: 'info', msg: 'before' }));
    await telemetry.flush();
    // Less than it uses already: every write is refused.
    await filling.config('SET', 'maxmemory', '100kb');
    telemetry.sink?.write(JSON.stringify({ level: 'info', msg: 'while it is full' }));
    await telemetry.agent('analyzer', 'w').step('while it is full', {}, () => Promise.resolve(), { request: true });
    await telemetry.flush();
    expect(await filling.xlen(keys.logs)).toBe(1);
    expect(await filling.exists(keys.totals, keys.traces)).toBe(0);
    await filling.config('SET', 'maxmemory', '64mb');
    await eventually(async () => {
      await telemetry.flush();
      expect(await filling.xlen(keys.logs)).toBe(2);
      expect(await filling.zcard(keys.traces)).toBe(1);
      expect(await filling.hget(keys.totals, 'analyzer')).toContain('"requests":1');
    });
    await telemetry.close();
    await small.stop();
  });

  it('lies on one node of a Redis Cluster, and is trimmed there', async () => {
    const cluster = await startRedisCluster();
    const nodes = cluster.nodes.map((node) => `127.0.0.1:${node.port}`).join(',');
    const environment = { ...base(), REDIS_PORT: '1', HEMOSTAT_REDIS_CLUSTER: nodes, HEMOSTAT_PARTITIONS: '3' };
    const settings = { ...readSettings(commonSettings, environment), telemetryLogHours: 0.01, telemetryTraceHours: 0.01 };
    const telemetry = await Telemetry.open({ settings, instance: 'w', now: Date.now, tell: () => undefined });
    const agent = telemetry.agent('analyzer', 'w');
    await Promise.all(Array.from({ length: 20 }, (_, at) => agent.step(`step ${at}`, {}, () => Promise.resolve(), { request: true })));
    Array.from({ length: 50 }, (_, at) => telemetry.sink?.write(JSON.stringify({ level: 'error', msg: `line ${at}` })));
    await telemetry.close();
    const clustered = testLog(environment);
    expect(await clustered.redis.zcard(keys.traces)).toBe(20);
    expect([await clustered.redis.xlen(keys.logs), await clustered.redis.xlen(keys.errors)]).toEqual([50, 50]);
    expect(await telemetryBytes(clustered)).toBeGreaterThan(5000);
    await trimTelemetry(clustered, settings, Date.now() + 3_600_000);
    expect(await clustered.redis.zcard(keys.traces)).toBe(0);
    expect(await clustered.redis.xlen(keys.logs)).toBeLessThan(50);
    clustered.redis.disconnect();
    await cluster.stop();
  });

  it('a trace holds 500 spans, and says how many more there were', async () => {
    const settings = { ...readSettings(commonSettings, base()), telemetrySpansPerSecond: 100_000 };
    const telemetry = await Telemetry.open({ settings, instance: 'w', now: Date.now, tell: () => undefined });
    const agent = telemetry.agent('analyzer', 'w');
    const traceId = 'a'.repeat(32);
    Array.from({ length: 620 }, (_, at) => agent.record({ traceId, name: `span ${at}`, start: 1_700_000_000_000 + at, end: 1_700_000_001_000 + at }));
    await telemetry.flush();
    await eventually(async () => expect(await client.hmget(keys.trace(traceId), '#spans', '#dropped', '#root', '#start', '#end')).toEqual(['500', '120', 'span 0', '1700000000000.000', '1700000001619.000']));
    await telemetry.close();
  });
});

class ManualReader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
  }
  protected onForceFlush = () => Promise.resolve();
  protected onShutdown = () => Promise.resolve();
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
}
interface OtlpBody {
  resourceSpans?: Array<{ resource: { attributes: Array<{ key: string; value: { stringValue?: string } }> }; scopeSpans: Array<{ spans: OtlpSpan[] }> }>;
}

/** Stands in for a collector of OpenTelemetry: takes OTLP as JSON and remembers it. It is no real one. */
async function startCollector() {
  const taken: Array<{ path: string; body: OtlpBody }> = [];
  const headers: IncomingHttpHeaders[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      headers.push(request.headers);
      taken.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as OtlpBody });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const of = (path: string) => taken.filter((one) => one.path === path).map((one) => one.body);
  const resources = () => of('/v1/traces').flatMap((body) => body.resourceSpans ?? []);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers,
    of,
    spans: () => resources().flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)),
    services: () => resources().flatMap((one) => one.resource.attributes.filter((attribute) => attribute.key === 'service.name').map((attribute) => attribute.value.stringValue)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
