import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { exporterAgent } from '../../agents/exporter';
import type { HemostatLog } from '../../agents/runtime/log';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { localConfiguration } from '../../scripts/start/prometheus';
import { eventually } from '../support/eventually';
import { testLog } from '../support/events';
import { startReceiver, type Receiver } from '../support/fake-slack';
import { freePort } from '../support/free-port';
import { removeFolder, start, temporaryFolder, type Running } from '../support/processes';
import { startPrometheus, type PrometheusServer } from '../support/prometheus';
import { startRedis, type RedisServer } from '../support/servers';

interface Told {
  receiver: string;
  alerts: Array<{ status: string; labels: Record<string, string>; annotations: Record<string, string> }>;
}

const root = path.join(__dirname, '../..');
const shipped = path.join(root, 'monitoring/prometheus');
let folder: string;
let receiver: Receiver;
let redis: RedisServer;
let log: HemostatLog;
let agents: RunningAgents | undefined;
let alertmanager: Running | undefined;
let prometheus: PrometheusServer | undefined;

beforeEach(async () => {
  folder = temporaryFolder('chain');
  [receiver, redis] = await Promise.all([startReceiver(), startRedis()]);
});
afterEach(async () => {
  await agents?.close();
  await Promise.all([prometheus?.stop(), alertmanager?.end('SIGKILL')]);
  log.redis.disconnect();
  await Promise.all([redis.stop(), receiver.stop()]);
  removeFolder(folder);
  agents = alertmanager = prometheus = undefined;
});

/** The shipped rules with every waiting time of them taken away; what is asked and said stays as it is. */
function withoutWaiting(): string {
  const rules = parse(readFileSync(path.join(shipped, 'rules/hemostat_alerts.yml'), 'utf8')) as { groups: Array<{ rules: Array<Record<string, unknown>> }> };
  const file = path.join(folder, 'rules.yml');
  const groups = rules.groups.map((group) => ({ ...group, rules: group.rules.map((rule) => Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'for' && key !== 'keep_firing_for'))) }));
  writeFileSync(file, stringify({ groups }));
  return file;
}

test('a pause, once too long, goes from the log over exporter, Prometheus and Alertmanager to a webhook, and ends there (R179, R215, R229)', async () => {
  const [metrics, alerts] = [await freePort(), await freePort()];
  const environment = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), LOG_LEVEL: 'silent', METRICS_PORT: String(metrics), HEMOSTAT_METRICS_NODE: 'false' };
  log = testLog(environment);
  await log.redis.hset(log.partition(0).switches, 'pause', JSON.stringify({ user: 'ada', reason: 'test', since: new Date().toISOString() }));
  agents = await runAgents([exporterAgent], environment);

  // As in production: configure.sh writes the receivers from the environment and becomes Alertmanager. Only its patience is shortened.
  const routes = path.join(folder, 'alertmanager');
  const patient = readFileSync(path.join(root, 'monitoring/alertmanager/alertmanager.yml'), 'utf8');
  writeFileSync(path.join(folder, 'alertmanager.yml'), patient.replace(/group_wait: \S+/g, 'group_wait: 100ms').replace(/group_interval: \S+/g, 'group_interval: 500ms'));
  writeFileSync(path.join(folder, 'configure.sh'), readFileSync(path.join(root, 'monitoring/alertmanager/configure.sh')));
  alertmanager = start('sh', [path.join(folder, 'configure.sh'), routes, 'prometheus-alertmanager', `--storage.path=${folder}/data`, `--web.listen-address=127.0.0.1:${alerts}`, '--cluster.listen-address='], {
    env: { PATH: process.env.PATH, NODE_ENV: 'test', HEMOSTAT_ALERT_WEBHOOK_URL: receiver.url },
  });
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${alerts}/-/ready`)).status).toBe(200));

  const file = path.join(folder, 'prometheus.yml');
  const local = localConfiguration(readFileSync(path.join(shipped, 'prometheus.yml'), 'utf8'), shipped, { exporter: `127.0.0.1:${metrics}`, prometheus: '127.0.0.1:1', alertmanager: `127.0.0.1:${alerts}` });
  const config = parse(local) as Record<string, unknown> & { global: Record<string, unknown> };
  // external_labels: what Prometheus would put in from the environment.
  const global = { ...config.global, scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '200ms', external_labels: { runbooks: 'https://docs.example/runbooks', grafana: 'https://grafana.example' } };
  writeFileSync(file, stringify({ ...config, global, rule_files: [withoutWaiting(), path.join(shipped, 'rules/hemostat_recording.yml')] }));
  prometheus = await startPrometheus({ configFile: file });

  const told = () => receiver.requests.map(({ body }) => JSON.parse(body) as Told).flatMap((one) => one.alerts.map((alert) => ({ ...alert, receiver: one.receiver })));
  const paused = () => told().filter((alert) => alert.labels.alertname === 'HemoStatPausedLong');
  await eventually(() => expect(paused()[0]).toBeDefined(), 30_000);
  expect(paused()[0]).toMatchObject({
    status: 'firing',
    receiver: 'team',
    labels: { severity: 'warning', component: 'remediation', job: 'hemostat-metrics' },
    annotations: { summary: 'HemoStat has been paused for an hour', runbook_url: 'https://docs.example/runbooks/HemoStatPausedLong.md', dashboard_url: 'https://grafana.example/d/hemostat-overview' },
  });
  // The two addresses are no labels of the alert, and what only informs is told to nobody.
  expect(Object.keys(paused()[0]?.labels ?? {})).not.toEqual(expect.arrayContaining(['runbooks']));
  expect(told().filter((alert) => ['info', 'none'].includes(alert.labels.severity ?? ''))).toEqual([]);

  await log.redis.hdel(log.partition(0).switches, 'pause');
  await eventually(() => expect(paused().at(-1)?.status).toBe('resolved'), 30_000);
}, 120_000);
