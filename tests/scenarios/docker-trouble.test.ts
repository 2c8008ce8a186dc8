import { readAgentStates } from '../../agents/runtime/heartbeat';
import { startDockerd, type DockerEngine } from '../support/docker';
import { dockerProxy, type DockerProxy, type Obstacle } from '../support/docker-proxy';
import { eventually } from '../support/eventually';
import { openHospital, type Hospital, type Patient } from '../support/patients';
import { startRedis, type RedisServer } from '../support/servers';
import { HOST, inOrder, openWard, type Ward, type WardOptions } from '../support/ward';

const LONG = 60_000;
const HOUR_MS = 3_600_000;
const HEALTH = { healthcheck: { test: 'test ! -e /tmp/ill', intervalMs: 1000, retries: 1 }, begin: 'rm -f /tmp/ill' };
/** Such a container takes the whole time that it is given to stop. */
const DEAF = { healthcheck: HEALTH.healthcheck, begin: "trap '' TERM; rm -f /tmp/ill" };

describe('trouble with the Docker engine', () => {
  let docker: DockerEngine;
  let redis: RedisServer;
  let hospital: Hospital;
  let ward: Ward;
  let proxy: DockerProxy;

  beforeAll(async () => {
    [docker, redis] = await Promise.all([startDockerd(), startRedis()]);
    hospital = openHospital(docker);
  });
  afterAll(async () => {
    await docker.stop();
    hospital.close();
    await redis.stop();
  });
  beforeEach(() => {
    proxy = dockerProxy(docker.socketPath);
  });
  afterEach(async () => {
    await ward.close();
    await proxy.stop();
    await docker.removeContainers();
  });

  const open = async (options: Partial<WardOptions> = {}): Promise<void> => {
    await redis.connect().flushall();
    ward = openWard({ redis, dockerHost: proxy.dockerHost, policy: { cooldown_seconds: 0 }, ...options, environment: { HEMOSTAT_DOCKER_TIMEOUT_SECONDS: '1.5', ...options.environment } });
  };
  const openBehindProxy = async (options: Partial<WardOptions> = {}): Promise<void> => {
    await proxy.listen();
    await open(options);
    await ward.run();
  };
  /** A container that the monitor knows to be up. */
  const admit = async (name: string, more: Omit<Parameters<Hospital['admit']>[0], 'name'> = {}): Promise<Patient> => {
    const patient = await hospital.admit({ name, ...more });
    await ward.seen(name, (state) => state.status === 'running' && (more.healthcheck === undefined || state.health_status === 'healthy'));
    return patient;
  };
  const isHealedOnce = async (patient: Patient): Promise<void> => {
    await ward.ends(patient.name, 'resolved');
    expect(await patient.starts()).toBe(2);
  };
  const said = (pattern: RegExp): number => ward.lines.filter((line) => pattern.test(line)).length;
  const monitorTroubles = async () => (await readAgentStates(ward.log)).filter((state) => state.agent === 'monitor').flatMap((state) => state.troubles);
  /** It is told in one line, in the state of the agent, and as an event. */
  const troubleIsTold = async (line: RegExp): Promise<void> => {
    await eventually(() => expect(ward.lines.join('')).toMatch(line), LONG);
    await eventually(async () => expect((await monitorTroubles()).map((trouble) => trouble.part)).toEqual(['docker']), LONG);
  };
  const troubleIsOver = async (line: RegExp): Promise<void> => {
    await eventually(async () => expect(await monitorTroubles()).toEqual([]), LONG);
    await eventually(async () => {
      const told = (await ward.events()).flatMap((event) => (event.type === 'agent_trouble' && event.agent === 'monitor' ? [event.data.state] : []));
      expect(told).toEqual(['began', 'ended']);
    }, LONG);
    expect(said(line)).toBe(1);
    expect(said(/background work failed|ended with an error/)).toBe(0);
  };
  const CANNOT_BE_REACHED = /monitor: Docker at \S+ cannot be reached.*DOCKER_HOST/;

  it('is not there when the agents start: they wait and say what to set, and watch when it comes', async () => {
    await open();
    const running = ward.run();
    await troubleIsTold(CANNOT_BE_REACHED);
    await proxy.listen();
    await running;
    await troubleIsOver(CANNOT_BE_REACHED);
    const patient = await admit('early');
    await patient.order('exit 1');
    await isHealedOnce(patient);
  });

  it('is restarted: what Docker brings back itself is left alone, and what dies afterwards is healed', async () => {
    await open({ dockerHost: docker.dockerHost });
    await ward.run();
    const [lasting, plain] = await Promise.all([admit('lasting', { restartPolicy: 'always' }), admit('plain')]);
    await docker.kill('SIGTERM');
    await troubleIsTold(CANNOT_BE_REACHED);
    await docker.restart();
    await troubleIsOver(CANNOT_BE_REACHED);
    await ward.seen('lasting', (state) => state.status === 'running');
    await ward.seen('plain', (state) => state.status === 'exited');
    const patient = await admit('after-the-restart');
    await patient.order('exit 1');
    await isHealedOnce(patient);
    for (const one of [lasting, plain]) {
      expect(inOrder(await ward.events(one.name), ['health_alert', 'remediation_started'])).toEqual([]);
    }
    expect(await plain.starts()).toBe(1);
  });

  it('is killed in the middle of a restart: the container runs in the end', async () => {
    await open({ dockerHost: docker.dockerHost, policy: { cooldown_seconds: 0, stop_timeout_seconds: 20 }, environment: { AGENT_POLL_INTERVAL: '2' } });
    await ward.run();
    const patient = await admit('deaf', DEAF);
    await patient.order('touch /tmp/ill');
    await ward.wanted('deaf', 'remediation_started');
    await docker.kill('SIGKILL');
    await docker.restart();
    await ward.wanted('deaf', 'remediation_verified', ({ data }) => data.verdict === 'helped');
    await eventually(async () => {
      const incidents = await ward.incidents('deaf');
      expect(incidents.map((one) => one.state)).toEqual(incidents.map(() => 'resolved'));
    }, LONG);
    expect((await patient.container.inspect()).State.Running).toBe(true);
  });

  it('loses the container in the middle of an action: the action fails with the reason, and the incident ends', async () => {
    await openBehindProxy({ policy: { cooldown_seconds: 0, stop_timeout_seconds: 4 } });
    const patient = await admit('removed', DEAF);
    await patient.order('touch /tmp/ill');
    await eventually(() => expect(proxy.calls.some((call) => call.path.endsWith('/restart'))).toBe(true), LONG);
    await patient.container.remove({ force: true });
    const complete = await ward.wanted('removed', 'remediation_complete');
    expect(complete.data.result.status).toBe('failed');
    expect(complete.data.result.error).toMatch(/removed|removal|No such container/);
    await ward.ends('removed', 'recovered_alone');
    expect((await ward.wanted('removed', 'container_recovered')).data.reason).toBe('removed');
    expect(proxy.calls.filter((call) => call.path.endsWith('/restart')).length).toBeLessThanOrEqual(3);
  });

  it('is slow, but answers: everything goes on, later', async () => {
    await openBehindProxy();
    const patient = await admit('slow');
    proxy.obstruct(() => ({ delayMs: 700 }));
    await patient.order('exit 1');
    await isHealedOnce(patient);
    expect(said(/Docker at/)).toBe(0);
  });

  it('is too slow: one line names the time limit, and what fell ill meanwhile is healed afterwards', async () => {
    await openBehindProxy({ environment: { AGENT_POLL_INTERVAL: '2' } });
    const patient = await admit('overloaded');
    proxy.obstruct(() => ({ delayMs: 2500 }));
    await patient.order('exit 1');
    const line = /monitor: Docker at .*(within|in time)/;
    await troubleIsTold(line);
    proxy.clear();
    await troubleIsOver(line);
    await isHealedOnce(patient);
  });

  it('restarts, but its answer comes too late: it is not asked a second time', async () => {
    await openBehindProxy({ policy: { cooldown_seconds: 0, stop_timeout_seconds: 0 } });
    const patient = await admit('late-answer');
    proxy.obstruct((call): Obstacle | undefined => (call.path.endsWith('/restart') ? { answerLateMs: 20_000 } : undefined));
    await patient.order('exit 1');
    await isHealedOnce(patient);
    expect((await ward.wanted('late-answer', 'remediation_complete')).data.result.status).toBe('success');
    expect(proxy.calls.filter((call) => call.path.endsWith('/restart'))).toHaveLength(1);
  });

  it('answers 500 to everything: one line, a state, and recovery', async () => {
    await openBehindProxy({ environment: { AGENT_POLL_INTERVAL: '2' } });
    const patient = await admit('broken-engine');
    proxy.obstruct(() => ({ status: 500 }));
    await patient.order('exit 1');
    const line = /monitor: Docker at .*(answers 500|gives no figures)/;
    await troubleIsTold(line);
    proxy.clear();
    await troubleIsOver(line);
    await isHealedOnce(patient);
  });

  it('answers 500 to a restart: the action failed, and the next alert tries again', async () => {
    await openBehindProxy({ environment: { AGENT_POLL_INTERVAL: '2' } });
    const patient = await admit('refused-once');
    let refused = 0;
    proxy.obstruct((call) => (call.path.endsWith('/restart') && (refused += 1) === 1 ? { status: 500 } : undefined));
    await patient.order('exit 1');
    await isHealedOnce(patient);
    const results = (await ward.events('refused-once')).flatMap((event) => (event.type === 'remediation_complete' ? [event.data.result] : []));
    expect(results).toMatchObject([{ status: 'failed', error: expect.stringContaining('the test says so') }, { status: 'success' }]);
  });

  /** Our clock jumps while the effect of a first action is being looked at. */
  const jump = async (jumpMs: number): Promise<{ second: Patient; mend: () => void }> => {
    let offset = 0;
    await proxy.listen();
    await open({ environment: { AGENT_POLL_INTERVAL: '2' } });
    await ward.run(undefined, {}, { now: () => Date.now() + offset });
    const [first, second] = [await admit('before-the-jump'), await admit('after-the-jump')];
    await first.order('exit 1');
    await ward.wanted('before-the-jump', 'container_recovered');
    offset = jumpMs;
    await isHealedOnce(first);
    await eventually(() => expect(said(/monitor: The clock of the Docker engine is \d+ s .* NTP/)).toBe(1), LONG);
    await eventually(async () => expect((await monitorTroubles()).map((trouble) => trouble.part)).toEqual(['clock']), LONG);
    return {
      second,
      mend: () => {
        offset = 0;
      },
    };
  };
  const clocksAgreeAgain = async (): Promise<void> => {
    await eventually(async () => expect(await monitorTroubles()).toEqual([]), LONG);
    expect(said(/background work failed|ended with an error/)).toBe(0);
    expect(inOrder(await ward.events('before-the-jump'), ACTING)).toEqual(ACTING);
  };
  const ACTING = ['remediation_started', 'remediation_complete', 'remediation_verified'] as const;

  it('our clock jumps two hours ahead: the action before it is proved, and the next illness is healed, once', async () => {
    const { second, mend } = await jump(2 * HOUR_MS);
    await second.order('exit 1');
    await isHealedOnce(second);
    expect(inOrder(await ward.events('after-the-jump'), ACTING)).toEqual(ACTING);
    mend();
    await clocksAgreeAgain();
  });

  it('our clock jumps two hours back: the action before it is proved, and what started in its future waits until the clocks agree', async () => {
    const { second, mend } = await jump(-2 * HOUR_MS);
    await second.order('exit 1');
    const refused = await ward.wanted('after-the-jump', 'remediation_complete');
    expect(refused.data.result).toMatchObject({ status: 'rejected', reason: 'manual_stop' });
    const alert = await ward.wanted('after-the-jump', 'health_alert');
    expect(Date.parse(alert.time)).toBeGreaterThanOrEqual(Date.parse(alert.data.ill_since ?? ''));
    expect(alert.host).toBe(HOST);
    mend();
    await isHealedOnce(second);
    await clocksAgreeAgain();
  });
});
