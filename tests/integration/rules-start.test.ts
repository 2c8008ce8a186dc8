import { createServer } from 'node:net';
import path from 'node:path';
import { isPortFree } from '../../agents/cli/ports';
import { startAlertmanager } from '../../scripts/start/alertmanager';
import { startPrometheus, type Companion } from '../../scripts/start/prometheus';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { removeFolder, temporaryFolder } from '../support/processes';

const root = path.join(__dirname, '../..');
let folder: string;
let printed: string[];
let ports: [number, number];
let started: Companion[];

beforeEach(async () => {
  folder = temporaryFolder('companions');
  printed = [];
  started = [];
  ports = [await freePort(), await freePort()];
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()));
  removeFolder(folder);
});

const options = (PATH = process.env.PATH) => ({
  root,
  folder,
  environment: { PATH, PROMETHEUS_PORT: String(ports[0]), ALERTMANAGER_PORT: String(ports[1]), METRICS_PORT: '1', HEMOSTAT_PUBLIC_URL: 'https://grafana.example' },
  print: (line: string) => printed.push(line),
});
const answer = async <T>(url: string) => (await (await fetch(url)).json()) as T;

describe('Prometheus and Alertmanager of npm start', () => {
  it('run with the shipped rules and routes, know each other, and stop', async () => {
    started = [await startPrometheus(options()), await startAlertmanager(options())].flatMap((one) => one ?? []);
    const [prometheus = '', alertmanager = ''] = started.map((one) => one.url);
    expect(printed).toEqual([`Prometheus http://127.0.0.1:${ports[0]}`, `Alertmanager http://127.0.0.1:${ports[1]}`]);
    const groups = await eventually(() => answer<{ data: { groups: Array<{ name: string; rules: unknown[] }> } }>(`${prometheus}/api/v1/rules`));
    expect(groups.data.groups.map((group) => group.name)).toEqual(expect.arrayContaining(['hemostat_container_health', 'hemostat_system_performance', 'hemostat_system_health', 'hemostat_recording']));
    await eventually(async () => {
      const alerts = await answer<Array<{ labels: Record<string, string>; annotations: Record<string, string> }>>(`${alertmanager}/api/v2/alerts?filter=alertname%3D%22Watchdog%22`);
      expect(alerts[0]?.annotations).toMatchObject({ runbook_url: 'docs/runbooks/Watchdog.md', dashboard_url: 'https://grafana.example/d/hemostat-overview' });
      expect(alerts[0]?.labels).toEqual({ alertname: 'Watchdog', severity: 'none', component: 'meta' });
      // What fires before Prometheus has found its Alertmanager, some seconds after its start, is sent again a minute later.
    }, 100_000);
    await Promise.all(started.map((one) => one.stop()));
    expect(await Promise.all(ports.map((port) => isPortFree(port)))).toEqual([true, true]);
  }, 130_000);

  it('are told in one line each when they are not installed', async () => {
    expect(await startPrometheus(options(''))).toBeUndefined();
    expect(await startAlertmanager(options(''))).toBeUndefined();
    expect(printed).toEqual([
      'Prometheus is not on the path: no rules and no history of figures. Get it: apt-get install prometheus',
      'Alertmanager is not on the path: alerts are seen in Prometheus only. Get it: apt-get install prometheus-alertmanager',
    ]);
  });

  it('leave a taken port alone', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(ports[0], '127.0.0.1', resolve));
    try {
      expect(await startPrometheus(options())).toBeUndefined();
      expect(printed.join()).toMatch(new RegExp(`not started: port ${ports[0]} is taken by .*Set PROMETHEUS_PORT to another one`));
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});
