import type { HemostatLog } from '../../agents/runtime/log';
import { readRange } from '../../agents/runtime/queries';
import { RESOURCES } from '../../src/backend/core/resources';
import type { AgentAlert, EventOf } from '../../src/contract/events';
import type { Trace } from '../../src/contract/observability/schemas';
import { telemetryKeys } from '../../src/contract/telemetry-keys';
import { ADMIN, EDITOR, openBothDoors, VIEWER, type Asker, type Doors } from '../support/both-doors';
import { DONE, LIMITS, READS, REFUSED_ACTS, type Case } from '../support/dashboard-cases';
import { testLog } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';
import { plantObserver, plantTelemetry, SMALL_PLAN, testAgentAlert, testFigures, testObserved, testSpans } from '../support/telemetry-data';

describe('the dashboard API', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let doors: Doors;

  beforeAll(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    doors = await openBothDoors(redis.port);
  });
  afterAll(async () => {
    await doors.close();
    log.redis.disconnect();
    await redis.stop();
  });
  afterEach(() => jest.restoreAllMocks());

  const NOW = Date.now();
  const plan = { ...SMALL_PLAN, now: NOW };
  let alerts: AgentAlert[] = [];
  const twin = 'aaaaaaaa';

  const put = async (alert: AgentAlert) => log.redis.hset(log.partition(0).agentAlerts, alert.alert_id, JSON.stringify(alert));
  async function plant(): Promise<void> {
    await log.redis.flushall();
    await plantTelemetry(log, plan);
    alerts = await plantObserver(log, plan);
    await put(testAgentAlert(90, NOW, { status: 'resolved', resolved_at: new Date(NOW - 60_000).toISOString() }));
    await put(testAgentAlert(91, NOW, { alert_id: `${twin}-0000-0000-0000-000000000001` }));
    await put(testAgentAlert(92, NOW, { alert_id: `${twin}-0000-0000-0000-000000000002` }));
    const own = { name: 'stored_rule', title: 'x', scope: 'system', condition: 'waiting > 5', severity: 'info', type: 'capacity', message_template: 'x', cooldown_minutes: 5, for_seconds: 0, window_minutes: 5, labels: {}, enabled: true, notify: true };
    await log.redis.hset(log.partition(0).agentAlertRules, 'stored_rule', JSON.stringify(own));
  }
  const fill = (text: string) =>
    text
      .replace('{trace}', testSpans(3, NOW).traceId)
      .replace('{alert}', alerts[0]?.alert_id ?? '')
      .replace('{short8}', alerts[0]?.alert_id.slice(0, 8) ?? '')
      .replace('{short}', alerts[0]?.alert_id.slice(0, 7) ?? '')
      .replace('{resolved}', testAgentAlert(90, NOW).alert_id)
      .replace('{twin}', twin)
      .replace('{rule}', 'stored_rule');
  const pathOf = (path: string) => fill(path ? `dashboard/${path}` : 'dashboard');

  /** Through both doors, and under the address of R475: all alike. */
  async function ask({ method = 'GET', path, search = '', body, asker = VIEWER }: Pick<Case, 'method' | 'path' | 'search' | 'body' | 'asker'>): Promise<{ status: number; body: Record<string, unknown> }> {
    const sent = body === undefined ? '' : JSON.stringify(body);
    const [grpc, http] = [await doors.grpc.resource(asker, method, pathOf(path), fill(search), sent), await doors.http.resource(asker, method, pathOf(path), fill(search), sent)];
    const literal = await fetch(`${doors.url}/api/${pathOf(path)}${fill(search)}`, { method, headers: asker.http, ...(sent ? { body: sent } : {}) });
    const last = { status: literal.status, body: (await literal.json()) as Record<string, unknown> };
    const without = ({ status, body: { event_id: _, ...rest } }: { status: number; body: Record<string, unknown> }) => ({ status, body: rest });
    expect(without(http)).toEqual(without(grpc));
    expect(without(last)).toEqual(without(grpc));
    return last;
  }
  const get = async (path: string, search = '') => (await ask({ path, search })).body;
  const commands = async () => (await readRange(log, { types: ['command'] })).map(({ event }) => event as EventOf<'command'>);
  /** All three calls see one time. */
  const stopClock = () => jest.spyOn(Date, 'now').mockReturnValue(NOW);

  describe('every call', () => {
    beforeAll(plant);
    beforeEach(stopClock);

    it.each([...LIMITS, ...READS].map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      const { status, body } = await ask(one);
      expect([status, status === 200 ? '' : String(body.message)]).toEqual([one.status, expect.stringMatching(one.words ?? /^|./)]);
      if (status === 200) {
        expect(() => RESOURCES.find('GET', pathOf(one.path)).route.answer.parse(body)).not.toThrow();
      }
    });

    it.each(REFUSED_ACTS.map((one) => [one.name, one] as const))('%s is refused, and nothing is written', async (_name, one) => {
      const { status, body } = await ask(one);
      expect([status, body.message]).toEqual([one.status, expect.stringMatching(one.words ?? /./)]);
      expect(await commands()).toEqual([]);
    });
  });

  describe('before an observer has looked (R485)', () => {
    beforeEach(() => log.redis.flushall());
    const calls = RESOURCES.routes.filter(({ path }) => path.startsWith('dashboard'));

    it('there are calls of every kind', () => expect(calls.map(({ path }) => path)).toEqual(expect.arrayContaining(['dashboard', 'dashboard/status', 'dashboard/rules', 'dashboard/alerts/{alert_id}/silence'])));

    it.each(calls.map(({ method, path }) => [method, path] as const))('%s %s answers 503 with the words and the mend', async (method, path) => {
      const asker: Asker = method === 'GET' ? VIEWER : ADMIN;
      const search = path.endsWith('/silence') ? '?duration_minutes=5' : '';
      const { status, body } = await ask({ method, path: path.replace(/^dashboard\/?/, '').replace('{metric_type}', 'latency'), search, asker, ...(method === 'POST' ? { body: {} } : {}) });
      expect([status, body]).toEqual([503, { error: 'unavailable', message: 'Dashboard not initialized', mend: expect.stringContaining('npx hemostat agent observer') }]);
      expect(await commands()).toEqual([]);
    });
  });

  describe('acts', () => {
    beforeEach(plant);

    it.each(DONE.map((one) => [one.name, one] as const))('%s: a command under the name of who did it', async (_name, one) => {
      stopClock();
      const { status, body } = await ask(one);
      expect([status, body]).toEqual([200, expect.objectContaining({ ...one.answer, next: expect.stringContaining('No observer lives') })]);
      if (one.path.startsWith('alerts')) {
        expect(body.alert_id).toBe(alerts[0]?.alert_id);
      }
      const written = await commands();
      expect(written).toHaveLength(3);
      for (const { agent, data } of written) {
        expect({ agent, data }).toEqual({ agent: 'operator', data: expect.objectContaining(one.command) });
      }
      expect(written.map(({ id }) => id)).toContain(body.event_id);
      expect(() => RESOURCES.find('POST', pathOf(one.path)).route.answer.parse(body)).not.toThrow();
    });

    it('says what happens next when an observer lives', async () => {
      const state = { agent: 'observer', instance: 'o-1', pid: 1, version: '1', started_at: '', seen_at: new Date().toISOString(), leading: true, handled: 0, failed: 0, dead: 0, in_flight: 0, memory_bytes: 1, troubles: [], state: {} };
      await log.redis.hset(log.partition(0).agents, 'observer@o-1', JSON.stringify(state));
      const { body } = await ask({ method: 'POST', path: 'alerts/{alert}/acknowledge', asker: EDITOR });
      expect(body.next).toBe('It is marked as seen, and resolves by itself when its condition ends.');
    });
  });

  describe('what is answered', () => {
    beforeAll(plant);
    beforeEach(stopClock);

    it('R472, R473: the whole payload, within its limits, each source told', async () => {
      const body = await get('', '?minutes=60');
      expect(Object.keys(body).sort()).toEqual(['alerts', 'charts', 'errors', 'health', 'lastUpdated', 'logs', 'sources', 'statCards', 'summaries', 'timeRange', 'traces']);
      expect((body.logs as unknown[]).length).toBe(50);
      expect((body.traces as unknown[]).length).toBe(20);
      expect((body.errors as unknown[]).length).toBeLessThanOrEqual(10);
      expect(body.sources).toEqual(['logs', 'traces', 'metrics', 'errors', 'alerts'].map((source) => expect.objectContaining({ source, from: 'redis', ok: true })));
      expect((body.timeRange as { minutes: number }).minutes).toBe(60);
    });

    it('R469: each reader has a range of its own', async () => {
      const [five, all] = [await get('', '?minutes=5'), await get('', '?minutes=60')];
      const points = (payload: Record<string, unknown>) => (payload.charts as { latency: { series: Array<{ data: unknown[] }> } }).latency.series[0]?.data.length ?? 0;
      expect([points(five) <= 6, points(all) > 50]).toEqual([true, true]);
    });

    it('R477: buckets of a minute, put together as is asked', async () => {
      const [sum, mean, rate] = [await get('metrics/requests', '?minutes=10&aggregation=sum'), await get('metrics/latency', '?minutes=10'), await get('metrics/requests', '?minutes=10&aggregation=rate')];
      expect([sum.interval_seconds, mean.aggregation]).toEqual([60, 'avg']);
      const points = sum.data_points as Array<{ timestamp: string; value: number }>;
      const expected = points.map(({ timestamp }) => Array.from({ length: 9 }, (_, agent) => testFigures(Date.parse(timestamp) / 60_000, agent).requests).reduce((total, one) => total + one, 0));
      expect(points.map(({ value }) => value)).toEqual(expected);
      expect((rate.data_points as Array<{ value: number }>).map(({ value }) => Math.round(value * 60))).toEqual(expected);
      expect((mean.data_points as unknown[]).length).toBe(points.length);
    });

    it('R382, R479: active alerts, those resolved in the range, and the summary of the active ones', async () => {
      const body = await get('alerts', '?minutes=60');
      const found = body.alerts as AgentAlert[];
      expect([found.length, found.filter(({ status }) => status === 'resolved').length]).toEqual([8, 1]);
      expect(body.summary).toMatchObject({ total: 7, by_status: { firing: 7, acknowledged: 0 } });
    });

    it('R482: this level and above, newest first, of one agent, with a word that there are more', async () => {
      const { logs, more } = (await get('logs', '?level=warn&minutes=1440')) as { logs: Array<{ level: string; timestamp: string }>; more: boolean };
      expect(new Set(logs.map(({ level }) => level))).toEqual(new Set(['warn', 'error']));
      expect(logs.map(({ timestamp }) => timestamp)).toEqual(logs.map(({ timestamp }) => timestamp).toSorted().toReversed());
      expect(more).toBe(false);
      expect(await get('logs', '?limit=7&minutes=1440')).toMatchObject({ logs: { length: 7 }, more: true });
      const of = (await get('logs', '?agent_id=notifier&minutes=1440')).logs as Array<{ agent_id: string }>;
      expect([of.length > 0, new Set(of.map(({ agent_id }) => agent_id))]).toEqual([true, new Set(['notifier'])]);
    });

    it('R483: the minimum duration is inclusive', async () => {
      const { traces } = (await get('traces', '?minutes=1440&limit=200')) as { traces: Trace[] };
      const [exact] = traces.map(({ duration_ms }) => duration_ms).toSorted((a, b) => b - a).slice(3);
      const found = (await get('traces', `?minutes=1440&limit=200&min_duration_ms=${exact}`)).traces as Trace[];
      expect(found).toHaveLength(traces.filter(({ duration_ms }) => duration_ms >= (exact ?? 0)).length);
      expect(Math.min(...found.map(({ duration_ms }) => duration_ms))).toBe(exact);
      expect((await get('traces', '?status=error&minutes=1440')).traces).toHaveLength(2);
    });

    it('R484: one trace with its steps and its log lines, oldest first', async () => {
      const { trace, logs } = (await get('traces/{trace}')) as { trace: Trace; logs: Array<{ trace_id: string }> };
      expect([trace.trace_id, trace.spans.length]).toEqual([testSpans(3, NOW).traceId, 8]);
      expect(logs.every(({ trace_id }) => trace_id === trace.trace_id)).toBe(true);
    });

    it('R379 to R381: errors by kind, most frequent first', async () => {
      const { errors } = (await get('errors', '?minutes=1440')) as { errors: Array<{ error_type: string; count: number }> };
      const counts = errors.map(({ count }) => count);
      expect(counts).toEqual(counts.toSorted((a, b) => b - a));
      expect([errors[0]?.error_type, counts.reduce((sum, one) => sum + one, 0)]).toEqual(['DockerError', 6]);
    });

    it('R093, R096: the status of the system, and its metadata', async () => {
      const body = await get('status');
      expect(body).toMatchObject({ overview: { overall_status: 'degraded', total_components: 5 }, circuit_breakers: { total_breakers: 3, by_state: { closed: 1, open: 1, half_open: 1 } }, metadata: { dashboard_version: '1.0.0', auto_refresh_interval: 30, stale: false } });
      expect((body.historical as { data: unknown[] }).data.length).toBeGreaterThan(50);
      expect(await get('status/metadata')).toEqual({ version: '1.0.0', last_updated: testObserved(NOW).at, uptime_seconds: 7200, refresh_interval: 30, retention_hours: 24 });
    });
  });

  describe('failures', () => {
    beforeEach(async () => {
      await plant();
      stopClock();
    });

    it('R368: a source that cannot be read is told beside what the others give', async () => {
      const keys = telemetryKeys(log.options.prefix);
      await log.redis.del(keys.logs);
      await log.redis.set(keys.logs, 'of another program');
      expect(await get('')).toMatchObject({ logs: [], traces: { length: 20 }, sources: expect.arrayContaining([expect.objectContaining({ source: 'logs', ok: false, error: expect.stringContaining('WRONGTYPE'), mend: expect.any(String) }), expect.objectContaining({ source: 'traces', ok: true })]) as unknown });
      expect(await get('logs')).toMatchObject({ logs: [], sources: [{ source: 'logs', ok: false }] });
    });

    it('R168 to R172: a status that cannot be made is an error payload', async () => {
      await log.redis.set(log.partition(0).observed, '{"at":');
      const body = await get('status');
      expect(body).toMatchObject({ overview: { overall_status: 'error', health_percentage: 0, error: expect.stringContaining('cannot be read') }, components: [], historical: { data: [], summary: { points: 0, timespan_hours: 0 } }, alerts: { alerts: [{ title: 'Dashboard Error', severity: 'critical', type: 'dashboard_error' }] }, metadata: { error: true, dashboard_version: '1.0.0' } });
      expect(() => RESOURCES.find('GET', 'dashboard/status').route.answer.parse(body)).not.toThrow();
    });

    it('a status that nobody looks after any more is stale, not well', async () => {
      await log.redis.set(log.partition(0).observed, JSON.stringify(testObserved(NOW, { at: new Date(NOW - 300_000).toISOString() })));
      expect(await get('status')).toMatchObject({ metadata: { stale: true } });
    });
  });
});
