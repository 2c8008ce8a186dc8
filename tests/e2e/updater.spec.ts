import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testAlert } from '../support/events';
import { startFailingService } from '../support/failing-service';
import { start } from '../support/processes';
import { startPrometheus } from '../support/prometheus';
import { call, expect, test } from './fixtures';

interface Annotation {
  id: number;
  panelId: number;
  time: number;
  timeEnd: number;
  text: string;
  tags: string[];
}

const COMMAND = path.join(__dirname, '../../scripts/hemostat.mjs');
const NAME = `updater-e2e-${process.pid}`;
const ERRORS = 'sum by (container) (rate(test_requests_total{code="500"}[4s]))';

test('an annotation explains on the panel why the error rate is high, and ends with the errors (R339, R340)', async ({ lab, page, baseURL }) => {
  test.setTimeout(120_000);
  const { admin, log, address } = lab;
  const folder = mkdtempSync(path.join(tmpdir(), 'hemostat-e2e-'));
  const account = await call<{ id: number }>(admin, 'POST', '/api/serviceaccounts', { name: NAME, role: 'Admin' });
  const { key } = await call<{ key: string }>(admin, 'POST', `/api/serviceaccounts/${account.id}/tokens`, { name: NAME });
  const service = await startFailingService('shop-web-e2e');
  const prometheus = await startPrometheus({ scrape: { shop: service.target } });
  const panel = { id: 3, type: 'text', title: 'Requests', gridPos: { x: 0, y: 0, w: 24, h: 8 }, targets: [{ refId: 'A', expr: 'rate(test_requests_total[1m])' }], options: { mode: 'markdown', content: 'old' } };
  await call(admin, 'POST', '/api/dashboards/db', { dashboard: { uid: NAME, title: NAME, panels: [panel] }, overwrite: true });
  const config = path.join(folder, 'dashboard_config.json');
  writeFileSync(
    config,
    JSON.stringify({
      dashboards: [{ id: 'queue', type: 'anomaly_detection', metrics: ['test_queue'], push: true, dashboard_uid: NAME, panel_id: 3 }],
      error_rates: [{ id: NAME, errors: ERRORS, total: 'sum(rate(test_requests_total[4s]))', window_seconds: 4, ends_after_seconds: 1, panels: [{ dashboard_uid: NAME, panel_id: 3 }] }],
    })
  );
  await prometheus.series('sum(rate(test_requests_total[4s])) > 50');
  const [host = '', port = ''] = address.split(':');
  const running = start(process.execPath, [COMMAND, 'agent', 'updater'], {
    env: {
      PATH: process.env.PATH ?? '',
      REDIS_HOST: host,
      REDIS_PORT: port,
      HEMOSTAT_DASHBOARD_CONFIG: config,
      HEMOSTAT_UPDATE_LOG: 'off',
      HEMOSTAT_UPDATER_PORT: '0',
      HEMOSTAT_UPDATER_RATES_SECONDS: '0.5',
      HEMOSTAT_PROMETHEUS_URL: prometheus.url,
      HEMOSTAT_GRAFANA_URL: baseURL ?? '',
      HEMOSTAT_GRAFANA_TOKEN: key,
      HEMOSTAT_PUBLIC_URL: baseURL ?? '',
    },
  });
  const annotations = async () => call<Annotation[]>(admin, 'GET', `/api/annotations?dashboardUID=${NAME}&tags=hemostat`);
  try {
    await running.waitFor(/updates now/, 60_000);
    await log.append([testAlert('shop-web-e2e')]);
    service.failShare = 0.3;
    await expect.poll(async () => (await annotations()).length, { timeout: 30_000 }).toBe(1);
    const [begun] = await annotations();
    expect(begun).toMatchObject({ panelId: 3 });
    expect(begun?.tags).toEqual(expect.arrayContaining(['hemostat', expect.stringMatching(/^incident:/)]));
    expect(begun?.text).toContain('container shop-web-e2e fell ill');

    service.failShare = 0;
    await expect.poll(async () => (await annotations())[0]?.text, { timeout: 60_000 }).toContain('was above 5 % for');
    expect(await annotations()).toHaveLength(1);
    const [ended] = await annotations();
    expect(ended?.timeEnd).toBeGreaterThan(ended?.time ?? Infinity);

    await page.goto(`/d/${NAME}?from=now-15m&to=now`);
    await expect(page.getByText(/hemostat-update/)).toBeVisible();
  } finally {
    await running.end('SIGTERM');
    await prometheus.stop();
    await service.stop();
    await admin.delete(`/api/dashboards/uid/${NAME}`);
    await admin.delete(`/api/serviceaccounts/${account.id}`);
    rmSync(folder, { recursive: true, force: true });
  }
});
