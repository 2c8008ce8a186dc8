import { LEGACY } from '../../src/contract/streams';
import type { HemostatEvent } from '../../src/contract/events';
import { readGroups } from '../../agents/runtime/queries';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import { startDockerd, type DockerEngine } from '../support/docker';
import { eventually } from '../support/eventually';
import { testAlert } from '../support/events';
import { startReceiver, type Receiver } from '../support/fake-slack';
import { openHospital, type Hospital, type Patient } from '../support/patients';
import { startRedis, type RedisServer } from '../support/servers';
import { buildCommandLine, openWard, type AgentProcess, type Ward } from '../support/ward';

const ALERTS = 1000;
const FROM_THE_ORIGINAL = 100;
const PATIENTS = 20;
const LONG = 90_000;
const between = (low: number, high: number) => Math.floor(low + Math.random() * (high - low));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How many events follow directly from each cause. */
function countByCause(events: readonly HemostatEvent[], ...types: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events.filter((one) => types.includes(one.type))) {
    counts.set(event.cause_id, (counts.get(event.cause_id) ?? 0) + 1);
  }
  return counts;
}

const ids = (events: readonly HemostatEvent[], type: string) => events.filter((event) => event.type === type).map((event) => event.id);
const once = (causes: readonly string[]) => new Map(causes.map((id) => [id, 1]));

/** SIGKILL when the log has grown to each of these lengths. */
async function killAt(ward: Ward, agent: AgentProcess, lengths: readonly number[]): Promise<void> {
  const { log } = ward.log.partition(0);
  for (const length of lengths) {
    await eventually(async () => expect(await ward.log.redis.xlen(log)).toBeGreaterThanOrEqual(length), LONG);
    await agent.killAndRestart();
  }
}

const alive = (ward: Ward, ...names: string[]) =>
  eventually(async () => {
    const agents = (await readAgentStates(ward.log)).map((state) => state.agent);
    expect(agents).toEqual(expect.arrayContaining(names));
  }, LONG);

async function nothingIsLeftOver(ward: Ward): Promise<void> {
  await eventually(async () => {
    const groups = await readGroups(ward.log);
    expect(groups.map(({ group, pending, lag }) => ({ group, pending, lag }))).toEqual(groups.map(({ group }) => ({ group, pending: 0, lag: 0 })));
  }, LONG);
  expect(await ward.log.redis.xlen(ward.log.partition(0).dead)).toBe(0);
}

describe('kill -9 of any agent at any moment', () => {
  let docker: DockerEngine;
  let redis: RedisServer;
  let ward: Ward;
  let receiver: Receiver;
  let hospital: Hospital;

  beforeAll(async () => {
    [docker] = await Promise.all([startDockerd(), buildCommandLine()]);
    hospital = openHospital(docker);
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await docker.stop();
    hospital.close();
    await receiver.stop();
  });
  afterEach(async () => {
    await ward.close();
    await redis.stop();
  });

  it(`loses none of ${ALERTS} open alerts, and judges and answers each once`, async () => {
    redis = await startRedis();
    ward = openWard({ redis, dockerHost: docker.dockerHost, environment: { RESPONDER_DRY_RUN: 'true', ALERT_ENABLED: 'true', HEMOSTAT_WEBHOOK_URL: receiver.url } });
    const one = (name: string, copy = name) => ward.spawn([name], { HEMOSTAT_INSTANCE: copy });
    const [analyzer, responder, notifier, bridge, otherBridge] = [one('analyzer'), one('responder'), one('notifier'), one('bridge'), one('bridge', 'bridge-2')];
    await alive(ward, 'analyzer', 'responder', 'notifier', 'bridge');
    await eventually(async () => {
      const bridges = (await readAgentStates(ward.log)).filter((state) => state.agent === 'bridge');
      expect(bridges.map((state) => state.state.listening)).toEqual([true, true]);
    }, LONG);

    // Every alert leads to at least three more events; the original's come in between.
    const moments = (low: number, high: number) => [between(low, high / 2), between(high / 2, high)];
    const all = ALERTS * 3;
    const killing = Promise.all([
      killAt(ward, analyzer, moments(50, all / 2)),
      killAt(ward, responder, moments(50, all)),
      killAt(ward, notifier, moments(50, all)),
      killAt(ward, bridge, moments(50, all / 3)),
    ]);
    const alerts = Array.from({ length: ALERTS }, (_, index) => testAlert(`web-${index}`, { status: 'exited', exit_code: 1, health_status: 'unknown', anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 1 }] }));
    for (const [index, alert] of alerts.entries()) {
      await ward.log.append([alert]);
      if (index % (ALERTS / FROM_THE_ORIGINAL) === 0) {
        await ward.log.redis.publish(LEGACY.channels.health_alert, fromTheOriginal(index));
      }
      await pause(2);
    }
    await killing;

    const expected = ALERTS + FROM_THE_ORIGINAL;
    await eventually(async () => {
      const events = await ward.events();
      expect({ alerts: ids(events, 'health_alert').length, verdicts: countByCause(events, 'remediation_needed', 'false_alarm').size, ends: ids(events, 'remediation_complete').length }).toEqual({
        alerts: expected,
        verdicts: expected,
        ends: expected,
      });
    }, LONG);
    await nothingIsLeftOver(ward);
    const events = await ward.events();
    expect(countByCause(events, 'remediation_needed', 'false_alarm')).toEqual(once(ids(events, 'health_alert')));
    expect(countByCause(events, 'remediation_started')).toEqual(once(ids(events, 'remediation_needed')));
    expect(countByCause(events, 'remediation_complete')).toEqual(once(ids(events, 'remediation_needed')));
    expect(events.filter((event) => event.type === 'remediation_complete' && !event.data.dry_run)).toEqual([]);
    // What each alert led to was told, or counted as told, after the last kill at the latest.
    const told = new Set(events.filter((event) => event.type === 'notification_sent' || event.type === 'notification_deduped').map((event) => event.container));
    expect(alerts.filter((alert) => !told.has(alert.container)).map((alert) => alert.container)).toEqual([]);
    expect(otherBridge.running()).toBe(true);
  });

  it(`${PATIENTS} real containers die together, four times: each is restarted once for each time`, async () => {
    redis = await startRedis();
    ward = openWard({ redis, dockerHost: docker.dockerHost, policy: { cooldown_seconds: 0, verify_seconds: 2 } });
    const neighbour = await hospital.admit({ name: 'neighbour' });
    const patients: Patient[] = [];
    for (let index = 0; index < PATIENTS; index += 1) {
      patients.push(await hospital.admit({ name: `patient-${index}` }));
    }
    const names = ['monitor', 'analyzer', 'responder', 'notifier'];
    const agents = names.map((name) => ward.spawn([name], { HEMOSTAT_INSTANCE: name }));
    await alive(ward, ...names);
    await Promise.all(patients.map(({ name }) => ward.seen(name, (state) => state.status === 'running')));

    for (const [index, agent] of agents.entries()) {
      const round = index + 1;
      const length = await ward.log.redis.xlen(ward.log.partition(0).log);
      const killing = killAt(ward, agent, [length + between(1, PATIENTS * 2), length + between(PATIENTS * 2, PATIENTS * 5)]);
      await Promise.all(patients.map((patient) => patient.order(`exit ${round}`)));
      await killing;
      await eventually(async () => {
        const events = await ward.events();
        expect({ round, ends: ids(events, 'remediation_complete').length, verified: ids(events, 'remediation_verified').length }).toEqual({ round, ends: PATIENTS * round, verified: PATIENTS * round });
      }, LONG);
      await Promise.all(patients.map(({ name }) => ward.seen(name, (state) => state.status === 'running' && !state.ill)));
    }
    await nothingIsLeftOver(ward);

    for (const patient of patients) {
      const events = await ward.events(patient.name);
      const deaths = agents.map((_, index) => index + 1);
      const died = events.flatMap((event) => (event.type === 'container_event' && event.data.action === 'die' ? [event.data.exit_code] : []));
      expect({ name: patient.name, starts: await patient.starts(), died }).toEqual({ name: patient.name, starts: deaths.length + 1, died: deaths });
      const results = events.flatMap((event) => (event.type === 'remediation_complete' ? [event.data.result.status] : []));
      expect(results).toEqual(deaths.map(() => 'success'));
      expect(countByCause(events, 'remediation_needed')).toEqual(once(ids(events, 'health_alert')));
      const verdicts = events.flatMap((event) => (event.type === 'remediation_verified' ? [event.data.verdict] : []));
      expect(verdicts).toEqual(deaths.map(() => 'helped'));
    }
    expect(await neighbour.starts()).toBe(1);
    expect(await ward.incidents('neighbour')).toEqual([]);
  });
});

function fromTheOriginal(index: number): string {
  const data = {
    container_id: '6a1564c5a6bc',
    container_name: `original-${index}`,
    image: 'demo/web:1.4',
    status: 'exited',
    metrics: {},
    anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 1 }],
    health_status: 'unknown',
    exit_code: 1,
    restart_count: 0,
  };
  return JSON.stringify({ event_type: 'container_unhealthy', timestamp: new Date().toISOString().replace('Z', '000+00:00'), agent: 'monitor', data });
}
