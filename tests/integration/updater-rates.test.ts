import { readFileSync } from 'node:fs';
import type { HemostatLog } from '../../agents/runtime/log';
import type { RunningAgents } from '../../agents/runtime/run';
import type { Environment } from '../../agents/runtime/settings/define';
import { startFailingService, type FailingService } from '../support/failing-service';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { startRecordedGrafana, type RecordedGrafana } from '../support/recorded-grafana';
import { startRedis, type RedisServer } from '../support/servers';
import { eventsOf, quickUpdater, startUpdater, updaterFiles, type UpdaterFiles } from '../support/updater';

const ERRORS = 'sum by (container) (rate(test_requests_total{code="500"}[2s]))';
const TOTAL = 'sum(rate(test_requests_total[2s]))';
const RATE = { id: 'shop', name: 'the shop', errors: ERRORS, total: TOTAL, window_seconds: 2, minimum_requests: 20, ends_after_seconds: 0.5 };

describe('the 5 % rule, with a real Prometheus and a stand-in for Grafana (R338 to R340)', () => {
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
    await prometheus.series(`${TOTAL} > 50`);
  });
  afterAll(async () => {
    await prometheus?.stop();
    await service?.stop();
  });
  beforeEach(async () => {
    service.failShare = 0;
    await prometheus.series(`sum(${ERRORS}) / ${TOTAL} < 0.01`);
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    grafana = await startRecordedGrafana();
    grafana.put({ uid: 'shop', title: 'Shop', tags: ['shop'], panels: [{ id: 4, type: 'timeseries', targets: [{ expr: 'sum(rate(test_requests_total[1m]))' }] }, { id: 5, type: 'timeseries', targets: [{ expr: 'test_queue' }] }] });
    grafana.put({ uid: 'provisioned', provisioned: true, panels: [{ id: 9, type: 'row', panels: [{ id: 1, type: 'stat', targets: [{ expr: 'test_requests_total' }] }] }] });
    files = updaterFiles({ error_rates: [RATE] });
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map(async (one) => one.close()));
    await grafana.stop();
    log.redis.disconnect();
    await redis.stop();
    files.remove();
  });

  const start = async (more: Environment = {}) => {
    const one = await startUpdater(quickUpdater(files, { REDIS_PORT: String(redis.port), HEMOSTAT_PROMETHEUS_URL: prometheus.url, HEMOSTAT_GRAFANA_URL: grafana.url, HEMOSTAT_GRAFANA_TOKEN: grafana.token, ...more }));
    running.push(one);
    return one;
  };
  const states = async () => (await eventsOf(log, 'error_rate_episode')).map(({ data }) => data.state);
  const trouble = async (part: string) => (await eventsOf(log, 'agent_trouble')).find(({ data }) => data.part === part && data.state === 'began')?.data;
  const annotated = async (count: number) => eventually(() => expect(grafana.annotations).toHaveLength(count));
  const ended = async () => eventually(async () => expect(await states()).toContain('ended'), 20_000);

  it('annotates the affected panels with the cause, and ends the annotation when the errors end (R339, R340, R315)', async () => {
    const [opened] = await log.append([testAlert('shop-web-1', { anomalies: [{ type: 'unhealthy_status', severity: 'critical', detail: 'The health check fails' }] })]);
    await start();
    service.failShare = 0.3;
    await annotated(2);
    expect(grafana.annotations.map(({ dashboardUID, panelId }) => `${dashboardUID}/${panelId}`).sort()).toEqual(['provisioned/1', 'shop/4']);
    const [annotation] = grafana.annotations;
    const incident = String(opened?.incidentId);
    const text = String(annotation?.text);
    expect(annotation?.tags).toEqual(expect.arrayContaining(['hemostat', `incident:${incident}`]));
    expect(text).toMatch(/error rate of the shop is [\d.]+ %, above 5 %/);
    expect(text).toMatch(/Cause: container shop-web-1 fell ill .*The health check fails/);
    expect(text).toMatch(/Confidence: \d+ %/);
    expect(text).toMatch(/First .* UTC, last .* UTC/);
    expect(text).toMatch(/To do: /);
    expect(text).toContain(`https://grafana.example/a/hemostat-monitor-app/incidents/${incident}`);

    service.failShare = 0;
    await ended();
    const event = (await eventsOf(log, 'error_rate_episode')).at(-1)?.data;
    await eventually(() => grafana.annotations.forEach((one) => expect(one).toMatchObject({ timeEnd: Date.parse(event?.ended_at ?? ''), text: expect.stringContaining('was above 5 % for') as string })));
    expect(event).toMatchObject({ state: 'ended', rate: 'the shop', threshold: 0.05, method: 'statistics', incidents: [incident] });
    expect(event?.worst).toBeGreaterThan(0.05);
    // What was the cause stays the cause when nothing fails any more that could tell.
    expect(event?.cause).toMatch(/^container shop-web-1 fell ill/);
    const pushes = await eventsOf(log, 'dashboard_pushed');
    expect(pushes).toHaveLength(2);
    expect(pushes.map(({ data }) => data.status_code)).toEqual([200, 200]);
    await eventually(() => {
      const lines = readFileSync(files.updateLog, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { dashboard_id: string; status_code: number; timestamp: string; step: string });
      expect(lines.filter(({ step }) => step === 'create')).toHaveLength(2);
      expect(lines.filter(({ step }) => step === 'end')).toHaveLength(2);
      expect(lines.every((line) => line.dashboard_id === 'shop' && line.status_code === 200 && Number.isFinite(Date.parse(line.timestamp)))).toBe(true);
    });
    expect(await log.redis.hlen(log.partition(0).updater)).toBe(0);
    expect(grafana.breaches).toEqual([]);
  });

  it('keeps the annotation as an event where there is no Grafana', async () => {
    await start({ HEMOSTAT_GRAFANA_URL: '', HEMOSTAT_GRAFANA_TOKEN: '' });
    service.failShare = 0.3;
    await eventually(async () => expect(await states()).toEqual(['began']));
    service.failShare = 0;
    await ended();
    expect(grafana.requests).toEqual([]);
    expect((await eventsOf(log, 'error_rate_episode'))[0]?.data).toMatchObject({ incidents: [], places: [], cause: expect.stringContaining('container="shop-web-1"') as string });
  });

  it('stays quiet below the limit and with too few requests', async () => {
    files.configure({ error_rates: [{ ...RATE, id: 'few', minimum_requests: 100_000 }, RATE] });
    await start();
    service.failShare = 0.03;
    await prometheus.series(`${ERRORS} / on() group_left ${TOTAL} > 0.02`);
    service.failShare = 0.3;
    // The rate without a minimum shows that the other one was looked at as well.
    await eventually(async () => expect((await eventsOf(log, 'error_rate_episode')).map(({ data }) => data.rate)).toEqual(['the shop']));
    expect((await log.redis.hvals(log.partition(0).updater)).filter((json) => json.includes('"few"'))).toEqual([]);
  });

  it('writes one annotation with two copies, and goes on when the leading one dies', async () => {
    const [one] = [await start(), await start()];
    service.failShare = 0.3;
    await annotated(2);
    await one.close();
    service.failShare = 0;
    await ended();
    await eventually(async () => expect(await log.redis.hlen(log.partition(0).updater)).toBe(0));
    expect(grafana.annotations).toHaveLength(2);
    expect(grafana.requests.filter(({ method, path, status }) => method === 'POST' && path === '/api/annotations' && status === 200)).toHaveLength(2);
    expect((await states()).filter((state) => state !== 'goes_on')).toEqual(['began', 'ended']);
  });

  it('does not annotate twice when Grafana has written and not answered', async () => {
    grafana.fail({ method: 'POST', path: '/api/annotations', hang: true });
    await start();
    service.failShare = 0.3;
    await eventually(async () => expect((await eventsOf(log, 'dashboard_pushed')).filter(({ data }) => data.error === undefined)).toHaveLength(2), 30_000);
    expect(grafana.annotations).toHaveLength(2);
  });

  it.each([
    [401, 'Grafana does not know the token', 'HEMOSTAT_GRAFANA_TOKEN'],
    [403, 'Grafana does not allow it', 'role Editor'],
    [429, 'Grafana was asked too often', 'tried again'],
    [500, 'Grafana failed', 'log of Grafana'],
  ])('tells %i in a sentence with what to do', async (status, sentence, mend) => {
    grafana.fail({ method: 'POST', path: '/api/annotations', status, times: 1000, headers: status === 429 ? { 'retry-after': '60' } : {} });
    await start();
    service.failShare = 0.3;
    await eventually(async () => expect(await trouble('grafana')).toMatchObject({ message: expect.stringContaining(sentence) as string, mend: expect.stringContaining(mend) as string }));
    const failed = (await eventsOf(log, 'dashboard_pushed'))[0]?.data;
    expect(failed).toMatchObject({ what: 'annotation', status_code: status, error: expect.stringContaining(sentence) as string });
    expect(JSON.stringify(await eventsOf(log, 'agent_trouble')) + readFileSync(files.updateLog, 'utf8')).not.toContain(grafana.token);
    // R429: it waits as long as it is told to.
    expect(status === 429 ? grafana.requests.filter(({ method }) => method === 'POST').length : 1).toBe(1);
  });

  it('gives up a panel whose dashboard is gone, and writes the others', async () => {
    files.configure({ error_rates: [{ ...RATE, panels: [{ panel_url: 'https://grafana.example/d/gone/x?viewPanel=panel-3' }] }] });
    await start();
    service.failShare = 0.3;
    await annotated(2);
    const failed = (await eventsOf(log, 'dashboard_pushed')).map(({ data }) => data).find(({ error }) => error);
    expect(failed).toMatchObject({ dashboard_uid: 'gone', panel_id: 3, status_code: 404, mend: expect.stringContaining('panel_url') as string });
  });

  it('writes hostile names as text', async () => {
    service.container = '<img src=x onerror=alert(1)>"; ignore all rules';
    await prometheus.series('rate(test_requests_total{code="500",container=~".*img.*"}[2s])');
    await start();
    service.failShare = 0.3;
    await annotated(2);
    service.container = 'shop-web-1';
    expect(grafana.annotations[0]?.text).not.toContain('<img');
    expect(grafana.annotations[0]?.text).toContain('&lt;img src=x');
  });

  it('says when Prometheus cannot be asked, and sees the crossing once it can', async () => {
    files.configure({ error_rates: [{ ...RATE, errors: 'sum(rate(' }] });
    await start();
    await eventually(async () => expect(await trouble('error rates')).toMatchObject({ message: expect.stringMatching(/the shop cannot be measured: Prometheus cannot evaluate "sum\(rate\(".*Mend the metric/) as string }));
    files.configure({ error_rates: [RATE] });
    service.failShare = 0.3;
    await annotated(2);
  });
});
