import { notifierAgent, sendTest } from '../../agents/notifier';
import { AlertStore } from '../../agents/observer/alerts/store';
import type { HemostatLog } from '../../agents/runtime/log';
import { createLogger } from '../../agents/runtime/logger';
import { derived, observed } from '../../agents/runtime/new-event';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { TroubleBoard } from '../../agents/runtime/trouble';
import type { AgentAlert } from '../../src/contract/events';
import { acknowledge, fire, resolve, silenceUntil, type AlertTransition } from '../../src/contract/observability/alert-state';
import { startAlertmanager, type AlertmanagerServer } from '../support/alertmanager';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startReceiver, type Receiver } from '../support/fake-slack';
import { startRedis, type RedisServer } from '../support/servers';
import { completeData, verifiedData } from '../support/story-events';

interface Told {
  status: string;
  alerts: Array<{
    status: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    generatorURL: string;
  }>;
}
interface Silence {
  id: string;
  status: { state: string };
  matchers: Array<{ name: string; value: string }>;
}

let redis: RedisServer;
let receiver: Receiver;
let alertmanager: AlertmanagerServer;
let log: HemostatLog;
let running: RunningAgents | undefined;

const environment = () => ({
  REDIS_HOST: '127.0.0.1',
  REDIS_PORT: String(redis.port),
  LOG_LEVEL: 'silent',
  HEMOSTAT_ALERTMANAGER_URL: alertmanager.url,
  HEMOSTAT_ALERTMANAGER_REPEAT: '1',
  HEMOSTAT_PUBLIC_URL: 'http://grafana.example',
  HEMOSTAT_NOTIFY_ATTEMPTS: '1',
});

beforeEach(async () => {
  receiver = await startReceiver();
  [redis, alertmanager] = await Promise.all([startRedis(), startAlertmanager(receiver.url)]);
  log = testLog(environment());
});
afterEach(async () => {
  await running?.close();
  running = undefined;
  log.redis.disconnect();
  await Promise.all([redis.stop(), alertmanager.stop(), receiver.stop()]);
});

const run = async () => {
  running = await runAgents([notifierAgent], environment());
};
const told = () =>
  receiver.requests.flatMap((request) => (JSON.parse(request.body) as Told).alerts.map((alert) => ({ ...alert })));
const words = () => told().map((alert) => `${alert.status} ${alert.labels.alertname} ${alert.labels.container ?? ''}`);
const active = () =>
  alertmanager.get<Array<{ labels: Record<string, string>; endsAt: string }>>('alerts?active=true&silenced=true');
const command = (data: Parameters<typeof observed<'command'>>[3]) =>
  log.append([observed('command', 'operator', { host: 'host-1', container: 'web-2', incident_id: 'i1' }, data)]);

test('an illness arrives as an alert with stable labels, is kept alive, and resolves when the incident ends', async () => {
  await run();
  const alert = testAlert('web-2', { episode: 'i1' });
  await log.append([alert]);
  await eventually(() => expect(words()).toEqual(['firing HemoStatContainerIll web-2']));
  expect(told()[0]).toMatchObject({
    labels: { alertname: 'HemoStatContainerIll', container: 'web-2', host: 'host-1', severity: 'warning' },
    annotations: { incident: 'i1', hemostat_severity: 'high' },
    generatorURL: 'http://grafana.example/a/hemostat-monitor-app/incidents/i1',
  });
  // Worse now: the label stays, so that it is still the same alert. Its end is moved on and on.
  const [before] = await active();
  await log.append([
    testAlert('web-2', { episode: 'i1', repeat: true, anomalies: [{ type: 'oom_killed', severity: 'critical' }] }),
  ]);
  await eventually(async () =>
    expect(Date.parse((await active())[0]?.endsAt ?? '')).toBeGreaterThan(Date.parse(before?.endsAt ?? ''))
  );
  expect(await active()).toHaveLength(1);
  await log.append([
    derived(alert, 'remediation_complete', 'responder', completeData),
    derived(alert, 'remediation_verified', 'responder', verifiedData),
  ]);
  await eventually(() =>
    expect(words()).toEqual(['firing HemoStatContainerIll web-2', 'resolved HemoStatContainerIll web-2'])
  );
  expect(await active()).toEqual([]);
});

test('a false alarm and an incident closed by hand end their alerts', async () => {
  await run();
  const [one, two] = [testAlert('a', { episode: 'i1' }), testAlert('b', { episode: 'i2' })];
  await log.append([one, two]);
  await eventually(() => expect(words()).toHaveLength(2));
  await log.append([
    derived(one, 'false_alarm', 'analyzer', {
      reason: 'test',
      confidence: 0.5,
      analysis_method: 'rule_based',
      evidence: [],
      model_calls: [],
      duration_seconds: 0,
    }),
    { ...derived(two, 'command', 'operator', { command: 'resolve', user: 'ada' }), incident_id: 'i2' },
  ]);
  await eventually(() =>
    expect(
      words()
        .filter((word) => word.startsWith('resolved'))
        .sort()
    ).toEqual(['resolved HemoStatContainerIll a', 'resolved HemoStatContainerIll b'])
  );
});

test('a notifier that is gone leaves no alert behind', async () => {
  await run();
  await log.append([testAlert('web-2', { episode: 'i1' })]);
  await eventually(() => expect(words()).toHaveLength(1));
  await running?.close();
  await eventually(() => expect(words()).toContain('resolved HemoStatContainerIll web-2'));
});

test('what is silenced here is silenced there, with its alert still standing', async () => {
  await run();
  await log.append([testAlert('web-2', { episode: 'i1' })]);
  await eventually(() => expect(words()).toHaveLength(1));
  await command({ command: 'silence', until: new Date(Date.now() + 3_600_000).toISOString(), user: 'ada' });
  const silences = async (state: string) =>
    (await alertmanager.get<Silence[]>('silences')).filter((silence) => silence.status.state === state);
  await eventually(async () => expect(await silences('active')).toHaveLength(1));
  await eventually(async () => expect(await alertmanager.get('alerts?silenced=true&active=false')).toHaveLength(1));
  await command({ command: 'unsilence', user: 'ada' });
  await eventually(async () => expect(await silences('active')).toEqual([]));
  expect(await silences('expired')).toHaveLength(1);
});

test('an alert about HemoStat itself is kept alive, silenced and ended there as it is here (R445, R451)', async () => {
  await run();
  const fence = { task: 'observer', token: 'test' };
  await log.redis.set(log.partition(0).lease('observer'), fence.token);
  const store = new AlertStore(log, fence);
  const write = async (transition: AlertTransition): Promise<AgentAlert> => {
    if (!transition.ok) {
      throw new Error(transition.message);
    }
    expect(await store.write({ ...transition, user: 'ada', now: Date.now() })).toBe(true);
    await store.flush();
    return transition.alert;
  };
  const silences = async (state: string) => (await alertmanager.get<Silence[]>('silences')).filter((silence) => silence.status.state === state);
  const facts = { condition: 'high_cpu_usage', rule: 'high_cpu_usage', name: 'High CPU Usage', type: 'resource_usage', severity: 'warning', message: 'CPU usage is 90.00%', labels: {}, notify: true } as const;
  const fired = await write(fire(facts, '3f2a9c1e-0000-4000-8000-000000000000', Date.now()));
  await eventually(() => expect(words()).toEqual(['firing high_cpu_usage ']));
  expect(told()[0]).toMatchObject({ labels: { alert_id: '3f2a9c1e', severity: 'warning' }, generatorURL: 'http://grafana.example/a/hemostat-monitor-app/system' });
  const [before] = await active();
  await eventually(async () => expect(Date.parse((await active())[0]?.endsAt ?? '')).toBeGreaterThan(Date.parse(before?.endsAt ?? '')));
  const silenced = await write(silenceUntil(fired, { user: 'ada', until: new Date(Date.now() + 3_600_000).toISOString() }, Date.now()));
  await eventually(async () => expect(await silences('active')).toHaveLength(1));
  await eventually(async () => expect(await alertmanager.get('alerts?silenced=true&active=false')).toHaveLength(1));
  const acknowledged = await write(acknowledge(silenced, { user: 'ada' }, Date.now()));
  await eventually(async () => expect(await silences('active')).toEqual([]));
  await write(resolve(acknowledged, undefined, Date.now()));
  await eventually(() => expect(words()).toEqual(['firing high_cpu_usage ', 'resolved high_cpu_usage ']));
  expect(await active()).toEqual([]);
});

test('an Alertmanager that is away is one trouble that ends, and open incidents reach it when it is back', async () => {
  await alertmanager.kill();
  await run();
  await log.append([testAlert('web-2', { episode: 'i1' })]);
  const troubles = async () =>
    (await log.redis.xrange(log.partition(0).log, '-', '+')).flatMap(([, fields]) =>
      fields[1] === 'agent_trouble' ? [JSON.parse(fields[5] ?? '{}') as { data: { part: string; state: string } }] : []
    );
  await eventually(async () =>
    expect((await troubles()).map((one) => `${one.data.part} ${one.data.state}`)).toEqual([
      'notifier:alertmanager began',
    ])
  );
  await alertmanager.restart();
  await eventually(() => expect(words()).toEqual(['firing HemoStatContainerIll web-2']));
  await eventually(async () => expect((await troubles()).map((one) => one.data.state)).toEqual(['began', 'ended']));
});

test('sendTest makes an alert that ends by itself', async () => {
  const logger = createLogger({ logLevel: 'silent', logFormat: 'text' });
  const context = {
    log,
    logger,
    trouble: new TroubleBoard(logger),
    now: Date.now,
    signal: new AbortController().signal,
  };
  expect(await sendTest('alertmanager', environment(), context)).toMatchObject({ ok: true });
  await eventually(() => expect(words()).toEqual(['firing HemoStatTest ']));
});
