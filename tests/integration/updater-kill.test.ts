import path from 'node:path';
import type { HemostatLog } from '../../agents/runtime/log';
import { startFailingService, type FailingService } from '../support/failing-service';
import { eventually } from '../support/eventually';
import { testLog } from '../support/events';
import { start, type Running } from '../support/processes';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { startRecordedGrafana, type RecordedGrafana } from '../support/recorded-grafana';
import { startRedis, type RedisServer } from '../support/servers';
import { eventsOf, quickUpdater, updaterFiles, type UpdaterFiles } from '../support/updater';

const COMMAND = path.join(__dirname, '../../scripts/hemostat.mjs');
const ERRORS = 'sum by (container) (rate(test_requests_total{code="500"}[2s]))';
const TOTAL = 'sum(rate(test_requests_total[2s]))';
const RATE = { id: 'shop', name: 'the shop', errors: ERRORS, total: TOTAL, window_seconds: 2, ends_after_seconds: 0.5, find_panels: false, panels: [{ dashboard_uid: 'board', panel_id: 8 }] };
const ENTRY = { id: 'queue', type: 'anomaly_detection', metrics: ['test_queue'], time_range: '30m', refresh_minutes: 60, significant_change: 0, push: true, dashboard_uid: 'board', panel_id: 7 };
/** A dead copy is succeeded when its lease ends. */
const TAKEN_OVER_MS = 60_000;

describe('an updater that is killed while it writes into Grafana (R334, R340)', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let service: FailingService;
  let prometheus: PrometheusServer;
  let grafana: RecordedGrafana;
  let files: UpdaterFiles;
  let copies: Running[];

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
    grafana.put({ uid: 'board', title: 'Board', panels: [{ id: 7, type: 'text', title: 'kept', options: { mode: 'html', content: 'old' } }, { id: 8, type: 'timeseries' }] });
    files = updaterFiles();
    copies = [];
  });
  afterEach(async () => {
    await Promise.all(copies.map(async (one) => one.end('SIGKILL')));
    await grafana.stop();
    log.redis.disconnect();
    await redis.stop();
    files.remove();
  });

  /** The updater as a process of its own. */
  const copy = (): Running => {
    const more = { REDIS_PORT: String(redis.port), HEMOSTAT_PROMETHEUS_URL: prometheus.url, HEMOSTAT_GRAFANA_URL: grafana.url, HEMOSTAT_GRAFANA_TOKEN: grafana.token, HEMOSTAT_GRAFANA_TIMEOUT_SECONDS: '60', LOG_LEVEL: 'info' };
    const running = start(process.execPath, [COMMAND, 'agent', 'updater'], { env: { PATH: process.env.PATH ?? '', ...quickUpdater(files, more) } });
    copies.push(running);
    return running;
  };
  const written = (address: string) => grafana.requests.filter(({ method, path: asked, status }) => method === 'POST' && asked === address && status === 200);
  /** Kills the leading copy once Grafana has done its work, whose answer never comes; another one takes over. */
  const killedAfter = async (address: string) => {
    const first = copy();
    await first.waitFor(/updates now/, 60_000);
    await eventually(() => expect(written(address)).toHaveLength(1), TAKEN_OVER_MS);
    const second = copy();
    await first.end('SIGKILL');
    expect(await eventsOf(log, 'dashboard_pushed')).toEqual([]);
    await second.waitFor(/updates now/, TAKEN_OVER_MS);
  };
  const pushed = async () =>
    eventually(async () => {
      const events = await eventsOf(log, 'dashboard_pushed');
      expect(events).toHaveLength(1);
      return events[0]?.data;
    }, TAKEN_OVER_MS);

  it('has its push finished by the next copy: one version of the panel, told once', async () => {
    files.configure({ dashboards: [ENTRY], error_rates: [] });
    grafana.fail({ method: 'POST', path: '/api/dashboards/db', hang: true });
    await killedAfter('/api/dashboards/db');
    expect(await pushed()).toMatchObject({ what: 'panel', dashboard: 'queue', dashboard_uid: 'board', panel_id: 7, status_code: 200 });
    // The intent is gone only when all of it is done: nothing follows.
    await eventually(async () => expect(Object.keys(await log.redis.hgetall(log.partition(0).updater)).filter((field) => field.startsWith('push:'))).toEqual([]));
    expect(grafana.dashboards.get('board')?.version).toBe(2);
    expect(written('/api/dashboards/db')).toHaveLength(1);
    expect(await eventsOf(log, 'insight_made')).toHaveLength(1);
    expect(await eventsOf(log, 'dashboard_pushed')).toHaveLength(1);
    expect(grafana.breaches).toEqual([]);
  });

  it('has its annotation found and ended by the next copy: one annotation, told once', async () => {
    files.configure({ dashboards: [], error_rates: [RATE] });
    grafana.fail({ method: 'POST', path: '/api/annotations', hang: true });
    service.failShare = 0.3;
    await killedAfter('/api/annotations');
    expect(await pushed()).toMatchObject({ what: 'annotation', dashboard: 'shop', dashboard_uid: 'board', panel_id: 8, status_code: 200 });
    service.failShare = 0;
    const ended = await eventually(async () => {
      const event = (await eventsOf(log, 'error_rate_episode')).find(({ data }) => data.state === 'ended');
      expect(event).toBeDefined();
      return event?.data;
    }, TAKEN_OVER_MS);
    // The record is gone only when the annotation carries its end: nothing follows.
    await eventually(async () => expect(await log.redis.hlen(log.partition(0).updater)).toBe(0));
    expect(grafana.annotations).toEqual([expect.objectContaining({ dashboardUID: 'board', panelId: 8, timeEnd: Date.parse(ended?.ended_at ?? '') })]);
    expect(written('/api/annotations')).toHaveLength(1);
    expect((await eventsOf(log, 'error_rate_episode')).map(({ data }) => data.state).filter((state) => state !== 'goes_on')).toEqual(['began', 'ended']);
    expect(new Set((await eventsOf(log, 'error_rate_episode')).map(({ data }) => data.episode)).size).toBe(1);
    expect(await eventsOf(log, 'dashboard_pushed')).toHaveLength(1);
    expect(grafana.breaches).toEqual([]);
  });
});
