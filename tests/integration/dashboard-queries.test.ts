import type { HemostatLog } from '../../agents/runtime/log';
import type { Core, DashboardRefresh, Frame } from '../../src/backend/core/types';
import type { AlertSeverity } from '../../src/contract/events';
import { ALERT_PRIORITIES } from '../../src/contract/observability/alerts';
import { mergeAllFigures, quantile } from '../../src/contract/observability/histogram';
import { dashboardPayloadSchema } from '../../src/contract/observability/payloads';
import type { Range } from '../../src/contract/observability/schemas';
import { querySchema } from '../../src/contract/query';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { ask, fieldOf, framesOf, noticesOf, testCore, valuesOf, VIEWER, type PartialQuery } from '../support/core';
import { eventually } from '../support/eventually';
import { testLog } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';
import { plantObserver, plantTelemetry, SMALL_PLAN, TELEMETRY_AGENTS, testAgentAlert, testFigures, testLine, testObserved, testSpans } from '../support/telemetry-data';

const MINUTE_MS = 60_000;

describe('queries of the system and its agents', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let core: Core;
  const NOW = Date.now();
  const plan = { ...SMALL_PLAN, now: NOW };
  const hour = { from: NOW - 3_600_000, to: NOW };

  beforeAll(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    core = testCore({ REDIS_PORT: String(redis.port) });
    await plantTelemetry(log, plan);
    await plantObserver(log, plan);
  });
  afterAll(async () => {
    await core.close();
    log.redis.disconnect();
    await redis.stop();
  });

  const one = async (query: PartialQuery, range = hour): Promise<Frame> => {
    const [frame] = await framesOf(core, query, range);
    if (!frame) {
      throw new Error('No frame.');
    }
    return frame;
  };
  const column = async (query: PartialQuery, name: string) => valuesOf(await one(query), name);

  describe('system', () => {
    it('R093 in one row of numbers, which stat panels and alert rules take', async () => {
      const frame = await one({ queryType: 'system_status' });
      expect(frame.meta).toMatchObject({ type: 'numeric-wide', custom: { overall_status: 'degraded', version: '1.2.3' } });
      expect(frame.fields.every(({ type, values }) => type === 'number' && values.length === 1)).toBe(true);
      const row = Object.fromEntries(frame.fields.map(({ name, values }) => [name, values[0]]));
      expect(row).toMatchObject({ status: 1, availability: 80, health_percentage: 60, components: 5, components_healthy: 3, components_degraded: 1, components_unhealthy: 1, breakers: 3, breakers_open: 1, cpu: 12.5, disk: null, load: 0.5, telemetry: 1_000_000 });
      expect(row.health_score).toBeGreaterThan(0);
      expect(fieldOf(frame, 'status').config?.mappings).toEqual([{ type: 'value', options: expect.objectContaining({ '1': { text: 'degraded', color: 'orange', index: 1 } }) as unknown }]);
    });

    it('R109 components, narrowed by state, name and words; what means nothing is said', async () => {
      expect(await column({ queryType: 'components' }, 'name')).toEqual(['grafana', 'analyzer', 'redis', 'docker:host-1', 'monitor']);
      expect(await column({ queryType: 'components', filters: { statuses: ['degraded', 'unhealthy'] } }, 'name')).toEqual(['grafana', 'analyzer']);
      expect(await column({ queryType: 'components', filters: { agents: ['monitor'] } }, 'name')).toEqual(['monitor']);
      expect(await column({ queryType: 'components', filters: { text: 'SLOWLY' } }, 'name')).toEqual(['analyzer']);
      expect(await column({ queryType: 'components', adhoc: [{ key: 'kind', operator: '!=', value: 'agent' }] }, 'name')).toEqual(['grafana', 'redis', 'docker:host-1']);
      expect(noticesOf(await one({ queryType: 'components', filters: { projects: ['shop'] } }))).toBe('Not narrowed by projects: that means nothing for this query.');
    });

    it('R113 to R117 breakers, by state and container', async () => {
      expect(await column({ queryType: 'breakers', filters: { statuses: ['open'] } }, 'name')).toEqual(['host-1/db']);
      expect(await column({ queryType: 'breakers', filters: { containers: ['web'] } }, 'name')).toEqual(['host-1/web']);
      expect(await column({ queryType: 'breakers' }, 'container')).toEqual(['host-1/db', '', 'host-1/web']);
    });

    it('R159, R166 history in the range, no more points than the panel is wide, the newest kept', async () => {
      const all = await one({ queryType: 'health_history' });
      expect(all.meta?.type).toBe('timeseries-wide');
      expect(valuesOf(all, 'time')).toHaveLength(120);
      expect(valuesOf(all, 'health_score')).toContain(null);
      const answer = await core.query({ query: querySchema.parse({ queryType: 'health_history' }), range: hour, maxDataPoints: 50, intervalMs: 1000 }, VIEWER, new AbortController().signal);
      const times = answer.ok ? valuesOf(answer.frames[0], 'time') : [];
      expect([times.length <= 50, times.at(-1)]).toEqual([true, valuesOf(all, 'time').at(-1)]);
      expect(valuesOf(await one({ queryType: 'health_history' }, { from: NOW - 10 * MINUTE_MS, to: NOW }), 'time')).toHaveLength(20);
    });

    it('R485 before an observer has looked it says so; an old look is said too', async () => {
      const { observed } = log.partition(0);
      await log.redis.del(observed);
      for (const queryType of ['system_status', 'components', 'breakers', 'health_history'] as const) {
        expect(await ask(core, { queryType })).toMatchObject({ ok: false, failure: { status: 503, message: expect.stringMatching(/^Dashboard not initialized\. Start the observer/), source: 'downstream' } });
      }
      await log.redis.set(observed, JSON.stringify(testObserved(NOW, { at: new Date(NOW - 600_000).toISOString() })));
      expect((await one({ queryType: 'components' })).meta?.notices).toEqual([expect.objectContaining({ severity: 'warning', text: expect.stringContaining('The observer has not looked at the system since') as unknown })]);
      await log.redis.set(observed, '{"at":1}');
      expect((await one({ queryType: 'system_status' })).meta?.notices).toEqual([expect.objectContaining({ severity: 'error' })]);
      await log.redis.set(observed, JSON.stringify(testObserved(NOW)));
    });
  });

  describe('figures of the agents', () => {
    const figuresAt = (time: number, agents = TELEMETRY_AGENTS) => mergeAllFigures(agents.map((agent) => testFigures(time / MINUTE_MS, TELEMETRY_AGENTS.indexOf(agent))));

    it('R374 to R377, R403, R404: every figure of all agents, minute by minute', async () => {
      const frame = await one({ queryType: 'agent_series', metrics: ['latency', 'tokens', 'errors', 'requests', 'error_rate', 'throughput', 'cost'] }, { from: NOW - 30 * MINUTE_MS, to: NOW });
      expect(frame.meta).toMatchObject({ type: 'timeseries-wide', custom: { stepMs: MINUTE_MS } });
      const times = valuesOf(frame, 'time') as number[];
      expect(times.length).toBeGreaterThanOrEqual(30);
      times.forEach((time, index) => {
        const { latency, tokens, errors, requests, cost_usd: cost } = figuresAt(time);
        const at = (name: string) => valuesOf(frame, name)[index];
        expect([at('requests'), at('errors'), at('tokens')]).toEqual([requests, errors, tokens?.sum]);
        expect(at('latency')).toBeCloseTo((latency?.sum ?? 0) / (latency?.count ?? 1), 6);
        expect(at('error_rate')).toBeCloseTo((100 * errors) / requests, 6);
        expect(at('throughput')).toBeCloseTo(requests / 60, 6);
        expect(at('cost')).toBeCloseTo(cost ?? 0, 6);
      });
    });

    it('R390 is put together as asked, in the step that the panel needs', async () => {
      const answer = await core.query({ query: querySchema.parse({ queryType: 'agent_series', metrics: ['latency'], aggregation: 'p99' }), range: hour, maxDataPoints: 13, intervalMs: 1000 }, VIEWER, new AbortController().signal);
      const frame = answer.ok ? answer.frames[0] : undefined;
      const step = (frame?.meta?.custom as { stepMs: number }).stepMs;
      expect([step, valuesOf(frame, 'time').length <= 13]).toEqual([5 * MINUTE_MS, true]);
      const times = valuesOf(frame, 'time') as number[];
      const middle = times[6] ?? 0;
      const expected = quantile(mergeAllFigures(Array.from({ length: 5 }, (_, at) => figuresAt(middle + at * MINUTE_MS))).latency, 0.99);
      expect(valuesOf(frame, 'latency')[6]).toBeCloseTo(expected ?? 0, 6);
    });

    it('one line an agent where agents are named', async () => {
      const frame = await one({ queryType: 'agent_series', metrics: ['requests'], filters: { agents: ['analyzer', 'monitor'] } });
      expect(frame.fields.slice(1).map(({ labels, config }) => [labels, config?.displayNameFromDS])).toEqual([[{ agent: 'analyzer' }, 'analyzer'], [{ agent: 'monitor' }, 'monitor']]);
      const time = (valuesOf(frame, 'time') as number[])[30] ?? 0;
      expect(frame.fields.slice(1).map(({ values }) => values[30])).toEqual([figuresAt(time, ['analyzer']).requests, figuresAt(time, ['monitor']).requests]);
    });

    it('what lies before all that is known is unknown, not 0', async () => {
      const frame = await one({ queryType: 'agent_series', metrics: ['requests', 'latency'], filters: { agents: ['nobody', 'monitor'] } }, { from: NOW - 3 * 3_600_000, to: NOW });
      const [nobody, monitor] = frame.fields.filter(({ name }) => name === 'requests').map(({ values }) => [values[0], values.at(-2)]);
      expect([nobody?.[0], monitor?.[0], typeof monitor?.[1]]).toEqual([null, null, 'number']);
      // Whoever is named and did nothing while others did something did it 0 times.
      expect(nobody?.[1]).toBe(0);
    });

    it('says what is no figure', async () => {
      expect(await ask(core, { queryType: 'agent_series', metrics: ['moon'] })).toMatchObject({ ok: false, failure: { status: 400, message: expect.stringContaining('No such figure: moon') } });
    });
  });

  describe('the cards (R428 to R435)', () => {
    const cardsOf = async (range: Range) => dashboardPayloadSchema.parse(JSON.parse(String((await core.resource({ method: 'GET', path: 'dashboard', query: new URLSearchParams({ minutes: String((range.to - range.from) / MINUTE_MS) }), body: new Uint8Array() }, VIEWER, new AbortController().signal)).body)));

    it('are the figures of the page, the period before in the row above, so that the change of both is the trend', async () => {
      const range = { from: NOW - 30 * MINUTE_MS, to: NOW };
      const frame = await one({ queryType: 'agent_summary' }, range);
      const { health, summaries } = await cardsOf(range);
      expect(frame.meta).toMatchObject({ type: 'timeseries-wide', custom: { status: health.status, issues: health.issues } });
      expect(valuesOf(frame, 'health')).toEqual([null, health.score]);
      for (const name of ['error_rate', 'throughput', 'latency']) {
        const summary = summaries.find((metric) => metric.name === name);
        const [earlier, now] = valuesOf(frame, name) as number[];
        // The page asks a moment later: its range ends a little later too.
        expect(Math.abs((now ?? NaN) - (summary?.value ?? 0)) / (summary?.value ?? 1)).toBeLessThan(0.1);
        const [nothing, trend] = valuesOf(frame, `${name}_trend`);
        expect(nothing).toBeNull();
        expect(Number(trend)).toBeCloseTo((100 * ((now ?? 0) - (earlier ?? 0))) / (earlier ?? 1), 2);
      }
    });

    it('tell what the models took, and know no cost without prices', async () => {
      const range = { from: NOW - 20 * MINUTE_MS, to: NOW };
      const [cards, series, calls] = await Promise.all([one({ queryType: 'agent_summary' }, range), one({ queryType: 'agent_series', metrics: ['tokens', 'cost'] }, range), one({ queryType: 'agent_series', metrics: ['tokens'], aggregation: 'count' }, range)]);
      const sum = (frame: Frame, name: string) => (valuesOf(frame, name) as number[]).reduce((all, value) => all + value, 0);
      expect(['tokens', 'model_calls'].map((name) => valuesOf(cards, name)[1])).toEqual([sum(series, 'tokens'), sum(calls, 'tokens')]);
      expect(valuesOf(cards, 'cost')[1]).toBeCloseTo(sum(series, 'cost'), 6);
      const nobody = await one({ queryType: 'agent_summary', filters: { agents: ['nobody'] } }, range);
      expect(['latency', 'error_rate', 'throughput', 'tokens', 'model_calls', 'cost'].map((name) => valuesOf(nobody, name)[1])).toEqual([null, 0, 0, 0, 0, null]);
    });

    it('are of the agents that are named; before anything was measured there is nothing to compare with (R402)', async () => {
      const [all, few] = await Promise.all([one({ queryType: 'agent_summary' }), one({ queryType: 'agent_summary', filters: { agents: ['monitor'] } })]);
      expect(Number(valuesOf(few, 'throughput')[1])).toBeLessThan(Number(valuesOf(all, 'throughput')[1]));
      const whole = await one({ queryType: 'agent_summary' }, { from: NOW - 12 * 3_600_000, to: NOW });
      expect(['latency', 'error_rate', 'throughput', 'latency_trend'].map((name) => valuesOf(whole, name)[0])).toEqual([null, null, null, null]);
      expect(valuesOf(whole, 'latency_trend')[1]).toBeNull();
    });
  });

  describe('alerts about HemoStat itself', () => {
    it('R382, R442: those that wait for somebody first, the most urgent of them on top, each with its page', async () => {
      const frame = await one({ queryType: 'agent_alerts' });
      const [states, severities] = [valuesOf(frame, 'status'), valuesOf(frame, 'severity')];
      expect(states.length).toBeGreaterThan(1);
      const waiting = severities.filter((_, index) => ['firing', 'acknowledged'].includes(String(states[index])));
      expect(waiting).toEqual(waiting.toSorted((a, b) => ALERT_PRIORITIES[b as AlertSeverity] - ALERT_PRIORITIES[a as AlertSeverity]));
      expect(states.slice(0, waiting.length).every((state) => state === 'firing' || state === 'acknowledged')).toBe(true);
      expect(fieldOf(frame, 'alert').config?.links?.[0]?.url).toBe('/a/hemostat-monitor-app/agents?alert=${__value.raw}');
      expect((valuesOf(frame, 'duration') as number[]).every((seconds) => seconds > 0)).toBe(true);
    });

    it('are narrowed by state, severity and words; what is cut off is said', async () => {
      const all = await one({ queryType: 'agent_alerts' });
      const [first] = valuesOf(all, 'severity') as string[];
      expect(new Set(await column({ queryType: 'agent_alerts', filters: { severities: [first ?? ''] } }, 'severity'))).toEqual(new Set([first]));
      expect(await column({ queryType: 'agent_alerts', filters: { statuses: ['resolved'] } }, 'status')).toEqual(valuesOf(all, 'status').filter((state) => state === 'resolved'));
      expect(await column({ queryType: 'agent_alerts', filters: { text: 'no such words' } }, 'name')).toEqual([]);
      const cut = await one({ queryType: 'agent_alerts', limit: 1 });
      expect([valuesOf(cut, 'name'), noticesOf(cut)]).toEqual([[valuesOf(all, 'name')[0]], `The 1 most urgent of ${valuesOf(all, 'name').length} alerts are shown. Raise the limit.`]);
    });
  });

  describe('log lines', () => {
    it('are a frame that Grafana draws as logs, newest first, each with an id of its own', async () => {
      const frame = await one({ queryType: 'agent_logs', limit: 1000 });
      expect(frame.meta).toMatchObject({ type: 'log-lines', preferredVisualisationType: 'logs' });
      expect(frame.fields.slice(0, 5).map(({ name, type }) => [name, type])).toEqual([['timestamp', 'time'], ['body', 'string'], ['severity', 'string'], ['id', 'string'], ['labels', 'json']]);
      const times = valuesOf(frame, 'timestamp') as number[];
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      expect([times.length, new Set(valuesOf(frame, 'id')).size]).toEqual([60, 60]);
      expect(fieldOf(frame, 'trace_id').config?.links?.[0]?.url).toBe('/a/hemostat-monitor-app/agents?trace=${__value.raw}');
      expect((valuesOf(frame, 'labels') as Array<Record<string, string>>).some((labels) => labels.error_type === 'DockerError')).toBe(true);
    });

    it.each<[string, PartialQuery, (line: ReturnType<typeof testLine>) => boolean]>([
      ['a level and above', { filters: { severities: ['warn', 'error'] } }, ({ level }) => ['warn', 'error', 'fatal'].includes(level)],
      ['the severity of alerts', { filters: { severities: ['high'] } }, ({ level }) => level === 'error'],
      ['agents', { filters: { agents: ['monitor', 'notifier'] } }, ({ agent_id }) => ['monitor', 'notifier'].includes(agent_id)],
      ['words', { filters: { text: 'DOCKER refused' } }, ({ message }) => message.startsWith('Docker refused')],
      ['ad-hoc filters', { adhoc: [{ key: 'level', operator: '=', value: 'debug' }] }, ({ level }) => level === 'debug'],
      ['an incident', { filters: { incidents: [testSpans(3, 0).traceId] } }, ({ trace_id }) => trace_id === testSpans(3, 0).traceId],
    ])('are narrowed by %s', async (_name, query, fits) => {
      const expected = Array.from({ length: 60 }, (_, index) => testLine(index, 0)).filter(fits).map(({ message }) => message);
      const found = await column({ queryType: 'agent_logs', limit: 1000, ...query }, 'body');
      expect(found.toSorted()).toEqual(expected.toSorted());
      expect(found.length).toBeGreaterThan(0);
    });

    it('say that there are more, and which filters mean nothing', async () => {
      const frame = await one({ queryType: 'agent_logs', limit: 7, filters: { severities: ['loud'], hosts: ['h'] }, adhoc: [{ key: 'moon', operator: '=', value: 'x' }] });
      expect(noticesOf(frame)).toMatch(/No such level: loud.*"moon" means nothing.*Not narrowed by hosts/);
      expect(noticesOf(await one({ queryType: 'agent_logs', limit: 7 }))).toMatch(/Only the newest 7 log lines/);
    });

    it('R379 errors are grouped, narrowed by agent before and by severity after', async () => {
      const all = await one({ queryType: 'error_groups' });
      const counts = valuesOf(all, 'count') as number[];
      expect([counts.reduce((sum, one_) => sum + one_, 0), counts]).toEqual([6, counts.toSorted((a, b) => b - a)]);
      const some = await one({ queryType: 'error_groups', filters: { agents: [testLine(8, 0).agent_id] } });
      expect((valuesOf(some, 'count') as number[]).reduce((sum, one_) => sum + one_, 0)).toBeLessThan(6);
      expect(valuesOf(await one({ queryType: 'error_groups', filters: { severities: ['critical'] } }), 'count')).toEqual([]);
    });
  });

  describe('traces', () => {
    it('R372 as a table with model calls, tokens and cost', async () => {
      const frame = await one({ queryType: 'agent_traces' });
      expect(valuesOf(frame, 'trace')).toHaveLength(20);
      expect([valuesOf(frame, 'spans')[0], valuesOf(frame, 'model_calls')[0], valuesOf(frame, 'input_tokens')[0], valuesOf(frame, 'output_tokens')[0], valuesOf(frame, 'cost')[0]]).toEqual([8, 1, 900, 120, 0.0021]);
      expect(await column({ queryType: 'agent_traces', filters: { statuses: ['failed'] } }, 'status')).toEqual(['error', 'error']);
      expect(await column({ queryType: 'agent_traces', filters: { agents: ['monitor'] } }, 'trace')).toHaveLength(20);
      expect(noticesOf(await one({ queryType: 'agent_traces', limit: 3, filters: { statuses: ['odd'] } }))).toMatch(/odd narrows nothing.*Only the newest 3 traces/);
    });

    it('R373 one as a waterfall, with what the model call was', async () => {
      const { traceId, spans } = testSpans(3, 0);
      const frame = await one({ queryType: 'agent_traces', target: traceId });
      expect(frame.meta?.preferredVisualisationType).toBe('trace');
      expect(valuesOf(frame, 'spanID').toSorted()).toEqual(spans.map(({ span_id }) => span_id).toSorted());
      const at = valuesOf(frame, 'operationName').indexOf('chat model');
      expect(valuesOf(frame, 'tags')[at]).toEqual(expect.arrayContaining([{ key: 'gen_ai.request.model', value: 'test-model' }, { key: 'gen_ai.usage.input_tokens', value: 900 }]));
      expect([valuesOf(frame, 'kind')[at], valuesOf(frame, 'traceID')[at]]).toEqual(['client', traceId]);
    });
  });

  it('R368 a source that cannot be read is an error on the frame, never silence', async () => {
    const keys = telemetryKeys(log.options.prefix);
    const saved = await Promise.all([keys.logs, keys.errors, keys.traces].map(async (key) => [key, await log.redis.dumpBuffer(key)] as const));
    await log.redis.del(keys.logs, keys.errors, keys.traces);
    await log.redis.mset(keys.logs, 'x', keys.errors, 'x', keys.traces, 'x');
    for (const [queryType, source] of [['agent_logs', 'logs'], ['error_groups', 'errors'], ['agent_traces', 'traces']] as const) {
      const frame = await one({ queryType });
      expect(frame.meta?.notices).toContainEqual({ severity: 'error', text: expect.stringMatching(new RegExp(`^The ${source} cannot be read from redis: .*WRONGTYPE`)) as unknown });
    }
    for (const [key, dump] of saved) {
      await log.redis.restore(key, 0, dump, 'REPLACE');
    }
  });

  describe('the shared instance (R095, R465 to R471)', () => {
    const resource = async (on: Core, path: string) => JSON.parse((await on.resource({ method: 'GET', path, query: new URLSearchParams(), body: new Uint8Array() }, VIEWER, new AbortController().signal)).body) as Record<string, unknown[]>;
    const addLine = async (message: string) => log.redis.xadd(telemetryKeys(log.options.prefix).logs, '*', 'json', JSON.stringify(testLine(0, Date.now(), { message })));

    it('R369 gives again what was collected a moment ago, but alerts as they are now', async () => {
      const kept = testCore({ REDIS_PORT: String(redis.port) }, { cacheMs: 5000, dashboard: { refreshMs: 600_000 } });
      try {
        const before = await resource(kept, 'dashboard/logs');
        const alerts = (await resource(kept, 'dashboard/alerts')).alerts?.length ?? 0;
        await addLine('later than the first look');
        const alert = testAgentAlert(50, NOW);
        await log.redis.hset(log.partition(0).agentAlerts, alert.alert_id, JSON.stringify(alert));
        expect((await resource(kept, 'dashboard/logs')).logs).toEqual(before.logs);
        expect((await resource(kept, 'dashboard/alerts')).alerts).toHaveLength(alerts + 1);
        expect(JSON.stringify((await resource(core, 'dashboard/logs')).logs)).toContain('later than the first look');
      } finally {
        await kept.close();
      }
    });

    it('what was empty is asked again', async () => {
      const other = testLog({ REDIS_PORT: String(redis.port), HEMOSTAT_KEY_PREFIX: 'empty' });
      const kept = testCore({ REDIS_PORT: String(redis.port), HEMOSTAT_KEY_PREFIX: 'empty' }, { cacheMs: 5000, dashboard: { refreshMs: 600_000 } });
      try {
        await other.redis.set(other.partition(0).observed, JSON.stringify(testObserved(NOW)));
        expect((await resource(kept, 'dashboard/logs')).logs).toEqual([]);
        await other.redis.xadd(telemetryKeys('empty').logs, '*', 'json', JSON.stringify(testLine(0, Date.now(), { message: 'the first one' })));
        expect((await resource(kept, 'dashboard/logs')).logs).toHaveLength(1);
      } finally {
        await kept.close();
        other.redis.disconnect();
      }
    });

    it('R466, R468, R470, R471 is made in the background until it is stopped; a listener that throws harms nobody', async () => {
      const reports: string[] = [];
      const heard: DashboardRefresh[] = [];
      const own = testCore({ REDIS_PORT: String(redis.port) }, { dashboard: { refreshMs: 20 } }, (words) => reports.push(words));
      const { signal } = new AbortController();
      try {
        expect(await own.dashboard.state(signal)).toEqual({ initialized: true, lastRefresh: null, sources: { logs: true, traces: true, metrics: true, errors: true, alerts: true } });
        own.dashboard.subscribe(() => {
          throw new Error('a bad listener');
        });
        const leave = own.dashboard.subscribe((refresh) => heard.push(refresh));
        own.dashboard.start();
        own.dashboard.start();
        await eventually(() => expect(heard.length).toBeGreaterThan(2));
        expect(heard[0]).toEqual({ at: expect.any(String), milliseconds: expect.any(Number), failing: [] });
        expect(Date.parse(heard[1]?.at ?? '')).toBeGreaterThan(Date.parse(heard[0]?.at ?? ''));
        expect(Date.parse((await own.dashboard.state(signal)).lastRefresh ?? '')).toBeGreaterThanOrEqual(NOW);
        expect(reports).toContain('a listener of the dashboard failed');
        await own.dashboard.stop();
        const count = heard.length;
        leave();
        // Started anew it goes on, without who has left.
        own.dashboard.start();
        await eventually(() => expect(reports.length).toBeGreaterThan(count + 1));
        expect(heard).toHaveLength(count);
      } finally {
        await own.close();
      }
    });
  });
});
