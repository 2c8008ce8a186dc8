import type { EventOf, EventType } from '../../src/contract/events';
import { startDockerd, type DockerEngine } from '../support/docker';
import { eventually } from '../support/eventually';
import { openHospital, type Hospital, type Patient } from '../support/patients';
import { startRedis, type RedisServer } from '../support/servers';
import { HOST, inOrder, openWard, timeToDetect, type Ward } from '../support/ward';

const MEGABYTE = 1024 * 1024;
const HEALED: readonly EventType[] = ['health_alert', 'remediation_needed', 'remediation_started', 'remediation_complete', 'remediation_verified'];
const STORY: readonly EventType[] = [...HEALED, 'false_alarm', 'approval_requested', 'container_recovered'];
/** Its health check fails from `touch /tmp/ill` on, until it is started anew. */
const HEALTH = { healthcheck: { test: 'test ! -e /tmp/ill', intervalMs: 1000, retries: 2 }, begin: 'rm -f /tmp/ill' };

describe('one scenario for each illness, on real containers', () => {
  let docker: DockerEngine;
  let redis: RedisServer;
  let ward: Ward;
  let hospital: Hospital;
  let neighbours: Patient[] = [];
  let began: number[] = [];
  const detected: string[] = [];

  beforeAll(async () => {
    [docker, redis] = await Promise.all([startDockerd(), startRedis()]);
    hospital = openHospital(docker);
    ward = openWard({ redis, dockerHost: docker.dockerHost });
    neighbours = await Promise.all([
      hospital.admit({ name: 'neighbour-plain' }),
      hospital.admit({ name: 'neighbour-checked', ...HEALTH, restartPolicy: 'unless-stopped' }),
      hospital.admit({ name: 'neighbour-compose', labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'db' } }),
    ]);
    began = await Promise.all(neighbours.map((one) => one.startedAt()));
    await ward.run();
  });
  afterAll(async () => {
    // Told, not judged: how long it takes depends on the machine.
    process.stdout.write(`Time to detect:\n${detected.join('\n')}\n`);
    await ward.close();
    await docker.stop();
    hospital.close();
    await redis.stop();
  });
  afterEach(() => neighboursWereLeftAlone());

  async function neighboursWereLeftAlone(): Promise<void> {
    expect(await Promise.all(neighbours.map((one) => one.startedAt()))).toEqual(began);
    for (const { name } of neighbours) {
      expect(inOrder(await ward.events(name), STORY)).toEqual([]);
      expect(await ward.incidents(name)).toEqual([]);
    }
  }

  function noteDetection(illness: string, alert: EventOf<'health_alert'>): void {
    const milliseconds = timeToDetect(alert);
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    detected.push(`  ${illness}: ${milliseconds} ms`);
  }

  /** The whole story of an illness that one restart cures. */
  async function isHealed(patient: Patient, anomaly: string, rule: string): Promise<EventOf<'health_alert'>> {
    const { name } = patient;
    const alert = await ward.wanted(name, 'health_alert', ({ data }) => data.anomalies.some((one) => one.type === anomaly));
    noteDetection(anomaly, alert);
    const needed = await ward.wanted(name, 'remediation_needed');
    expect(needed.data).toMatchObject({ action: 'restart', rule, analysis_method: 'rule_based' });
    const verified = await ward.wanted(name, 'remediation_verified');
    expect(verified.data).toMatchObject({ action: 'restart', verdict: 'helped', after: { status: 'running' } });
    const incident = await ward.ends(name, 'resolved');
    expect(incident.fields).toMatchObject({ host: HOST, container: name, verdict: 'helped', action: 'restart' });
    const events = await ward.events(name);
    expect(inOrder(events, HEALED)).toEqual(HEALED);
    expect(inOrder(events, ['health_alert', 'forensics_captured', 'remediation_started'])).toEqual(['health_alert', 'forensics_captured', 'remediation_started']);
    const complete = await ward.wanted(name, 'remediation_complete');
    expect(complete.data).toMatchObject({ result: { status: 'success' }, dry_run: false, authorised_by: 'policy' });
    expect(new Set([alert, needed, complete, verified].map((event) => event.incident_id))).toEqual(new Set([incident.id]));
    expect(await patient.starts()).toBe(2);
    return alert;
  }

  /** Somebody else falls ill and is healed: whatever was to happen to others has happened by then. */
  async function anotherStoryPasses(name: string): Promise<void> {
    const other = await hospital.admit({ name });
    await ward.seen(name, (state) => state.status === 'running');
    await other.order('exit 1');
    await ward.ends(name, 'resolved');
    await other.container.remove({ force: true });
  }

  it('crash: exit code 1 and no restart policy', async () => {
    const patient = await hospital.admit({ name: 'crash' });
    await ward.seen('crash', (state) => state.status === 'running');
    await patient.order('echo out of cheese >&2; exit 1');
    const alert = await isHealed(patient, 'non_zero_exit', 'exit_code');
    expect(alert.data).toMatchObject({ status: 'exited', exit_code: 1 });
    expect((await ward.wanted('crash', 'forensics_captured')).data.logs.join('\n')).toContain('out of cheese');
    const [died] = (await ward.events('crash')).filter((event) => event.type === 'container_event' && event.data.action === 'die');
    expect(died?.data).toMatchObject({ exit_code: 1, on_purpose: false });
  });

  it('crash loop: Docker restarts it again and again, and the healer keeps its hands off and says why', async () => {
    const patient = await hospital.admit({ name: 'crash-loop', restartPolicy: 'always', begin: 'test -e /tmp/broken && exit 1' });
    await ward.seen('crash-loop', (state) => state.status === 'running');
    await patient.order('touch /tmp/broken; exit 1');
    const alert = await ward.wanted('crash-loop', 'health_alert', ({ data }) => data.anomalies.some((one) => one.type === 'restart_loop'));
    noteDetection('restart_loop', alert);
    const needed = await ward.wanted('crash-loop', 'remediation_needed', ({ data }) => data.rule === 'restart_loop');
    expect(needed.data).toMatchObject({ action: 'none' });
    const complete = await ward.wanted('crash-loop', 'remediation_complete', (event) => event.cause_id === needed.id);
    expect(complete.data).toMatchObject({ action: 'none', result: { status: 'not_applicable' } });
    await ward.ends('crash-loop', 'suppressed');
    expect(inOrder(await ward.events('crash-loop'), ['remediation_started', 'remediation_verified'])).toEqual([]);
    await patient.container.remove({ force: true });
    await ward.ends('crash-loop', 'recovered_alone');
    expect((await ward.wanted('crash-loop', 'container_recovered')).data.reason).toBe('removed');
  });

  /** Several at once, so that a busy machine still gives them a whole core together. */
  const BURN = 'for one in 1 2 3 4; do while :; do :; done & done; while :; do :; done';

  it('CPU burn: a whole core and more, until it is restarted', async () => {
    const patient = await hospital.admit({ name: 'cpu-burn' });
    await ward.seen('cpu-burn', (state) => state.metrics.cpu_percent !== undefined);
    await patient.order(BURN);
    const alert = await isHealed(patient, 'high_cpu', 'critical_anomaly');
    expect(alert.data.anomalies[0]).toMatchObject({ type: 'high_cpu', severity: 'critical', threshold: 85 });
    expect((await ward.wanted('cpu-burn', 'remediation_verified')).data.after.metrics.cpu_percent).toBeLessThan(85);
  });

  it('CPU burn that a restart does not cure: the proof fails and the incident stays open', async () => {
    const patient = await hospital.admit({ name: 'cpu-burn-again', begin: `test -e /tmp/burns && { ${BURN}; }` });
    await ward.seen('cpu-burn-again', (state) => state.metrics.cpu_percent !== undefined);
    await patient.order(`touch /tmp/burns; ${BURN}`);
    const verified = await ward.wanted('cpu-burn-again', 'remediation_verified');
    expect(['no_change', 'worse']).toContain(verified.data.verdict);
    await ward.ends('cpu-burn-again', 'failed');
    expect(await patient.starts()).toBe(2);
    await patient.container.remove({ force: true });
  });

  it('memory: the kernel ends it at its limit', async () => {
    const patient = await hospital.admit({ name: 'memory-leak', memory: 24 * MEGABYTE });
    await ward.seen('memory-leak', (state) => state.status === 'running');
    await patient.order('exec tail /dev/zero');
    const alert = await isHealed(patient, 'oom_killed', 'oom_killed');
    expect(alert.data).toMatchObject({ exit_code: 137, oom_killed: true });
  });

  it('failing health check', async () => {
    const patient = await hospital.admit({ name: 'failing-health', ...HEALTH });
    await ward.seen('failing-health', (state) => state.health_status === 'healthy');
    await patient.order('touch /tmp/ill');
    const alert = await isHealed(patient, 'unhealthy_status', 'unhealthy');
    expect(alert.data).toMatchObject({ status: 'running', health_status: 'unhealthy' });
    expect((await ward.wanted('failing-health', 'remediation_verified')).data).toMatchObject({ before: { health_status: 'unhealthy' }, after: { health_status: 'healthy' } });
  });

  it('slow start: failing checks and full load in its start period are not touched', async () => {
    const patient = await hospital.admit({
      name: 'slow-start',
      begin: 'end=$(( $(date +%s) + 6 )); while [ $(date +%s) -lt $end ]; do :; done; touch /tmp/ready',
      healthcheck: { test: 'test -e /tmp/ready', intervalMs: 1000, retries: 1, startPeriodMs: 60_000 },
    });
    await ward.seen('slow-start', (state) => state.health_status === 'starting');
    await ward.seen('slow-start', (state) => state.health_status === 'healthy');
    expect(inOrder(await ward.events('slow-start'), STORY)).toEqual([]);
    expect(await patient.starts()).toBe(1);
  });

  const answers = async (child: Patient): Promise<boolean> => {
    const exec = await child.container.exec({ Cmd: ['wget', '-q', '-O-', 'http://127.0.0.1:8080/hostname'], AttachStdout: true });
    await exec.start({});
    return eventually(async () => {
      const { Running, ExitCode } = await exec.inspect();
      expect(Running).toBe(false);
      return ExitCode === 0;
    });
  };

  it('a child that lost the network of its parent, which a person restarted', async () => {
    const parent = await hospital.admit({ name: 'tunnel', begin: 'httpd -p 8080 -h /etc' });
    const child = await hospital.admit({ name: 'uplink', network: 'container:tunnel' });
    await eventually(async () => expect(await answers(child)).toBe(true));
    await ward.seen('uplink', (state) => state.network_parent === `${HOST}/tunnel`);
    await parent.container.restart();
    expect(await answers(child)).toBe(false);
    await isHealed(child, 'lost_parent_network', 'lost_parent_network');
    expect(await answers(child)).toBe(true);
    expect(inOrder(await ward.events('tunnel'), STORY)).toEqual([]);
    expect(await parent.starts()).toBe(2);
    await Promise.all([parent, child].map((one) => one.container.remove({ force: true })));
  });

  it('a parent that crashes takes its child along: one plan, parent first', async () => {
    const parent = await hospital.admit({ name: 'vpn', begin: 'httpd -p 8080 -h /etc' });
    const child = await hospital.admit({ name: 'client', network: 'container:vpn' });
    await ward.seen('client', (state) => state.network_parent === `${HOST}/vpn`);
    await parent.order('exit 3');
    await isHealed(parent, 'non_zero_exit', 'exit_code');
    const started = await ward.wanted('vpn', 'remediation_started');
    expect(started.data.plan.order).toEqual([`${HOST}/vpn`, `${HOST}/client`]);
    await eventually(async () => expect(await answers(child)).toBe(true));
    expect(inOrder(await ward.events('client'), STORY)).toEqual([]);
    expect(await child.starts()).toBe(2);
    await Promise.all([parent, child].map((one) => one.container.remove({ force: true })));
  });

  it('an intended stop stays a stop, also when it takes SIGKILL', async () => {
    const polite = await hospital.admit({ name: 'stopped' });
    const stubborn = await hospital.admit({ name: 'stopped-hard', begin: "trap '' TERM" });
    await Promise.all(['stopped', 'stopped-hard'].map((name) => ward.seen(name, (state) => state.status === 'running')));
    await Promise.all([polite.container.stop(), stubborn.container.stop({ t: 1 })]);
    await Promise.all(['stopped', 'stopped-hard'].map((name) => ward.seen(name, (state) => state.status === 'exited')));
    expect((await stubborn.container.inspect()).State.ExitCode).toBe(137);
    await anotherStoryPasses('after-the-stop');
    for (const one of [polite, stubborn]) {
      expect(inOrder(await ward.events(one.name), STORY)).toEqual([]);
      expect((await one.container.inspect()).State.Running).toBe(false);
      const died = (await ward.events(one.name)).find((event) => event.type === 'container_event' && event.data.action === 'die');
      expect(died?.data).toMatchObject({ on_purpose: true });
    }
  });

  it('a planned update, removed and created anew under the same name, is no illness', async () => {
    const before = await hospital.admit({ name: 'updated' });
    await ward.seen('updated', (state) => state.status === 'running');
    await before.container.remove({ force: true });
    const after = await docker.runContainer({ name: 'updated' });
    await ward.seen('updated', (state) => state.container_id === after.id && state.status === 'running');
    await anotherStoryPasses('after-the-update');
    expect(inOrder(await ward.events('updated'), STORY)).toEqual([]);
  });

  it('an ill container that must not be touched, and is replaced by hand', async () => {
    const before = await hospital.admit({ name: 'replaced', labels: { 'hemostat.enable': 'false' } });
    await ward.seen('replaced', (state) => state.status === 'running');
    await before.order('exit 1');
    expect((await ward.wanted('replaced', 'remediation_complete')).data.result).toMatchObject({ status: 'rejected', reason: 'opt_out' });
    await ward.ends('replaced', 'suppressed');
    await before.container.remove({ force: true });
    await docker.runContainer({ name: 'replaced' });
    await ward.ends('replaced', 'recovered_alone');
    expect((await ward.wanted('replaced', 'container_recovered')).data.reason).toBe('replaced');
    expect(inOrder(await ward.events('replaced'), ['remediation_started'])).toEqual([]);
  });

  it('paused: it uses and answers nothing, and is left so', async () => {
    const patient = await hospital.admit({ name: 'paused', ...HEALTH });
    await ward.seen('paused', (state) => state.health_status === 'healthy');
    await patient.container.pause();
    await ward.seen('paused', (state) => state.status === 'paused');
    await anotherStoryPasses('while-it-is-paused');
    expect((await patient.container.inspect()).State.Paused).toBe(true);
    await patient.container.unpause();
    await ward.seen('paused', (state) => state.status === 'running');
    expect(inOrder(await ward.events('paused'), STORY)).toEqual([]);
  });
});
