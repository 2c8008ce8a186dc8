import { readFileSync } from 'node:fs';
import type { HemostatLog } from '../../agents/runtime/log';
import type { RunningAgents } from '../../agents/runtime/run';
import type { Environment } from '../../agents/runtime/settings/define';
import { startFailingService, type FailingService } from '../support/failing-service';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startFakeModel } from '../support/fake-model';
import { freePort } from '../support/free-port';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { startRecordedGrafana, type RecordedGrafana } from '../support/recorded-grafana';
import { startRedis, type RedisServer } from '../support/servers';
import { eventsOf, quickUpdater, startUpdater, updaterFiles, type UpdaterFiles } from '../support/updater';

const HOUR = 60;
const entry = (more: Record<string, unknown> = {}) => ({ id: 'queue', type: 'anomaly_detection', metrics: ['test_queue'], time_range: '30m', refresh_minutes: HOUR, significant_change: 0, ...more });

describe('scheduled analyses and pushes (R288 to R337)', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let service: FailingService;
  let prometheus: PrometheusServer;
  let grafana: RecordedGrafana;
  let files: UpdaterFiles;
  let running: RunningAgents[];

  beforeAll(async () => {
    service = await startFailingService();
    prometheus = await startPrometheus({ scrape: { shop: service.target } });
    await prometheus.series('test_queue');
  });
  afterAll(async () => {
    await prometheus?.stop();
    await service?.stop();
  });
  beforeEach(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    grafana = await startRecordedGrafana();
    grafana.put({ uid: 'board', title: 'Board', panels: [{ id: 7, type: 'text', title: 'kept', options: { mode: 'html', content: 'old' } }, { id: 8, type: 'stat' }] });
    files = updaterFiles();
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map(async (one) => one.close()));
    await grafana.stop();
    log.redis.disconnect();
    await redis.stop();
    files.remove();
  });

  const environment = (more: Environment = {}) => quickUpdater(files, { REDIS_PORT: String(redis.port), HEMOSTAT_PROMETHEUS_URL: prometheus.url, HEMOSTAT_GRAFANA_URL: grafana.url, HEMOSTAT_GRAFANA_TOKEN: grafana.token, ...more });
  const start = async (config: unknown, more: Environment = {}) => {
    files.configure(config);
    running.push(await startUpdater(environment(more)));
  };
  const made = async (count: number) =>
    eventually(async () => {
      const events = await eventsOf(log, 'insight_made');
      expect(events).toHaveLength(count);
      return events.map(({ data }) => data);
    });
  const pushed = async () =>
    eventually(async () => {
      const events = await eventsOf(log, 'dashboard_pushed');
      expect(events).toHaveLength(1);
      return events[0]?.data;
    });
  const panel = (id: number) => grafana.dashboards.get('board')?.panels.find((one) => one.id === id) as { title?: string; description?: string; options?: { mode: string; content: string } };
  const lines = () => readFileSync(files.updateLog, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

  it('analyses each kind once, in its form, and remembers when (R299, R305 to R308, R311 to R328)', async () => {
    const dashboards = [entry(), entry({ id: 'trend', type: 'trend_analysis' }), entry({ id: 'ahead', type: 'forecast' })];
    await start({ dashboards, error_rates: [] });
    const data = await made(3).catch(async (cause: unknown) => {
      throw new Error(JSON.stringify(await eventsOf(log, 'insight_failed')), { cause });
    });
    const of = (id: string) => data.find((one) => one.dashboard === id);
    expect(of('queue')?.result).toMatchObject({ dashboard_id: 'queue', alerts: expect.any(Array) as unknown[], severity: expect.any(String) as string, timestamp: expect.any(String) as string, panel_updates: expect.anything() as unknown });
    expect(of('trend')?.result).toMatchObject({ dashboard_id: 'trend', trend_data: expect.anything() as unknown, timestamp: expect.any(String) as string });
    expect(of('ahead')?.result).toMatchObject({ dashboard_id: 'ahead', forecast: expect.anything() as unknown, timestamp: expect.any(String) as string });
    const kept = await log.redis.hgetall(log.partition(0).updater);
    expect(Object.keys(kept).filter((field) => field.startsWith('last:')).sort()).toEqual(['last:ahead', 'last:queue', 'last:trend']);
    // A second copy finds that nothing is due.
    running.push(await startUpdater(environment()));
    await running[0]?.close();
    await eventually(async () => expect(await log.redis.exists(log.partition(0).lease('updater'))).toBe(1));
    expect(await eventsOf(log, 'insight_made')).toHaveLength(3);
    expect(grafana.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('tells what comes to nothing, and goes on with the rest (R309, R329, R331)', async () => {
    await start({ dashboards: [entry({ id: 'odd', type: 'fortune_telling' }), entry({ id: 'broken', metrics: ['rate('] }), entry({ id: 'empty', metrics: ['no_such_metric'] }), entry()], error_rates: [] });
    await made(1);
    const failed = await eventually(async () => {
      const events = await eventsOf(log, 'insight_failed');
      expect(events).toHaveLength(3);
      return new Map(events.map(({ data }) => [data.dashboard, data]));
    });
    expect(failed.get('odd')).toMatchObject({ kind: 'fortune_telling', error: expect.stringContaining('"fortune_telling" is no type of analysis') as string });
    expect(failed.get('broken')?.error).toMatch(/Prometheus cannot evaluate "rate\("/);
    expect(failed.get('empty')?.error).toMatch(/None of its 1 metrics gave a value/);
    expect(lines().map(({ dashboard_id, status_code }) => [dashboard_id, status_code]).sort()).toEqual([['broken', null], ['empty', null], ['odd', null]]);
  });

  it('rewrites the panel that push names, once, and nothing else (R297, R334 to R337)', async () => {
    await start({ dashboards: [entry({ push: true, panel_url: `${grafana.url}/d/board/board?viewPanel=panel-7` })], error_rates: [] });
    expect(await pushed()).toMatchObject({ what: 'panel', dashboard_uid: 'board', panel_id: 7, status_code: 200 });
    expect(panel(7)).toMatchObject({ title: 'kept', options: { mode: 'markdown', content: expect.stringContaining('hemostat-update') as string } });
    expect(panel(8)).toEqual({ id: 8, type: 'stat' });
    expect(grafana.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(lines()).toEqual([expect.objectContaining({ dashboard_id: 'queue', status_code: 200, what: 'panel' })]);
    expect(grafana.breaches).toEqual([]);
  });

  it('keeps what somebody else saves meanwhile, and tries again (R335)', async () => {
    const before = () => grafana.put({ uid: 'board', version: 2, panels: [{ id: 7, type: 'text', title: 'changed by a person', options: {} }] });
    grafana.fail({ method: 'POST', path: '/api/dashboards/db', before });
    await start({ dashboards: [entry({ push: true, dashboard_uid: 'board', panel_id: 7 })], error_rates: [] });
    expect(await pushed()).toMatchObject({ status_code: 200 });
    expect(panel(7)).toMatchObject({ title: 'changed by a person', options: { content: expect.stringContaining('hemostat-update') as string } });
    expect(grafana.requests.filter(({ method }) => method === 'POST').map(({ status }) => status)).toEqual([412, 200]);
  });

  it('never writes a provisioned dashboard, and says what to do instead', async () => {
    grafana.put({ uid: 'board', provisioned: true, panels: [{ id: 7, type: 'text' }] });
    await start({ dashboards: [entry({ push: true, dashboard_uid: 'board', panel_id: 7 })], error_rates: [] });
    expect(await pushed()).toMatchObject({ error: expect.stringContaining('provisioned') as string, mend: expect.stringContaining('Take out push') as string });
    expect(grafana.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('pushes to Grafana only (R333), and nothing where nobody asks for it', async () => {
    await start({ dashboards: [entry({ push: true, platform: 'tableau', dashboard_uid: 'board', panel_id: 7 }), entry({ id: 'quiet', dashboard_uid: 'board', panel_id: 7 })], error_rates: [] });
    await made(2);
    expect(grafana.requests).toEqual([]);
  });

  it('finishes the push that a killed copy has begun, without doing it twice (R334)', async () => {
    // The answer to the first save never comes: the copy is killed while it waits.
    grafana.fail({ method: 'POST', path: '/api/dashboards/db', hang: true });
    await start({ dashboards: [entry({ push: true, dashboard_uid: 'board', panel_id: 7 })], error_rates: [] }, { HEMOSTAT_GRAFANA_TIMEOUT_SECONDS: '60' });
    await eventually(() => expect(grafana.requests.some(({ method }) => method === 'POST')).toBe(true));
    await running[0]?.close();
    expect(await eventsOf(log, 'dashboard_pushed')).toEqual([]);
    running.push(await startUpdater(environment()));
    expect(await pushed()).toMatchObject({ status_code: 200 });
    expect(grafana.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(await eventsOf(log, 'insight_made')).toHaveLength(1);
  });

  it('takes updates by webhook, with the token, and not more often than the gap (R303, R304)', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/api/update`;
    await start({ dashboards: [entry()], error_rates: [] }, { HEMOSTAT_UPDATER_PORT: String(port), HEMOSTAT_UPDATER_TOKEN: 'open sesame please' });
    await made(1);
    const headers = { authorization: 'Bearer open sesame please' };
    const status = async (address: string, init: RequestInit) => (await fetch(address, init)).status;
    expect(await status(`${url}?id=queue`, { method: 'POST' })).toBe(401);
    expect(await status(`${url}?id=queue`, { headers })).toBe(405);
    expect(await status(`${url}?id=nobody`, { method: 'POST', headers })).toBe(404);
    expect(await status(`${url}?id=queue`, { method: 'POST', headers })).toBe(202);
    await made(2);
  });

  it('holds an update back until the gap is over', async () => {
    const port = await freePort();
    await start({ dashboards: [entry()], error_rates: [] }, { HEMOSTAT_UPDATER_PORT: String(port), HEMOSTAT_UPDATER_MIN_GAP_SECONDS: '3000' });
    await made(1);
    const answer = (await (await fetch(`http://127.0.0.1:${port}/api/update?id=queue`, { method: 'POST' })).json()) as { accepted: Record<string, string> };
    expect(Date.parse(answer.accepted.queue ?? '') - Date.now()).toBeGreaterThan(2_900_000);
    expect(await eventsOf(log, 'insight_made')).toHaveLength(1);
  });

  it('reads the file anew, and keeps the last good one (R288)', async () => {
    await start({ dashboards: [entry()], error_rates: [] });
    await made(1);
    files.configure('{\n  "dashboards": [\n    { "id": "queue", "type": "forecast", "metrics": ["test_queue"], "api_key": "eyJr" }\n  ]\n}');
    const trouble = await eventually(async () => {
      const found = (await eventsOf(log, 'agent_trouble')).find(({ data }) => data.part === 'configuration');
      expect(found).toBeDefined();
      return found?.data;
    });
    expect(trouble?.message).toMatch(/dashboard_config\.json:3 dashboards\[0\]\.api_key must not stand in this file.*HEMOSTAT_GRAFANA_TOKEN/);
    expect(JSON.stringify(trouble)).not.toContain('eyJr');
    files.configure({ dashboards: [entry(), entry({ id: 'second' })], error_rates: [] });
    expect((await made(2)).map(({ dashboard }) => dashboard).sort()).toEqual(['queue', 'second']);
  });

  it("analyses HemoStat's own figures, without any Prometheus", async () => {
    await log.append([testAlert('web-1')]);
    await start({ dashboards: [entry({ metrics: [{ source: 'hemostat', figure: 'health_alert' }] })], error_rates: [] }, { HEMOSTAT_PROMETHEUS_URL: '' });
    expect((await made(1))[0]).toMatchObject({ dashboard: 'queue', method: 'statistics', model_calls: [] });
  });

  it.each([
    ['nonsense', { answer: 'The moon is full, sell everything.' }],
    ['half a JSON', { answer: '{"summary": "The queue' }],
    ['a lie with numbers', { answer: { summary: 'The queue holds 987654 entries.', anomalies: [], severity: 'high', recommendations: ['Add 77 workers.'] } }],
    ['silence', { hang: true as const }],
    ['an error', { status: 500 }],
  ])('lets the statistics speak when the model answers %s (R330)', async (_what, behaviour) => {
    const model = await startFakeModel();
    try {
      model.behave(behaviour);
      await start({ model: 'small', dashboards: [entry()], error_rates: [] }, { HEMOSTAT_AI_URL: model.url, HEMOSTAT_AI_TIMEOUT_SECONDS: '5' });
      const [data] = await made(1);
      expect(data).toMatchObject({ method: 'statistics', fallback: expect.any(String) as string });
      expect(model.asked[0]?.body).toMatchObject({ model: 'small', temperature: 0.3 });
      expect(JSON.stringify({ ...data, model_calls: [], fallback: '' })).not.toMatch(/987654|77 workers|moon/);
    } finally {
      await model.stop();
    }
  });
});
