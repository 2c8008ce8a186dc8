import type { HemostatEvent } from '../../src/contract/events';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import { startDockerd, type DockerEngine } from '../support/docker';
import { eventually } from '../support/eventually';
import { testAlert } from '../support/events';
import { openHospital, type Hospital } from '../support/patients';
import { startRedis, type RedisOptionsForTest, type RedisServer } from '../support/servers';
import { buildCommandLine, inOrder, openWard, type AgentProcess, type Ward } from '../support/ward';

const LONG = 60_000;
const GONE_MS = 60_000;
const NAMES = ['bridge', 'monitor', 'analyzer', 'responder', 'notifier'];
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const isOf = (prefix: string) => (event: HemostatEvent) => event.container.startsWith(prefix);

interface Load {
  readonly sent: number;
  /** Milliseconds between two alerts. */
  everyMs: number;
  /** Resolves when all that was sent stands in the log, as Redis says; gives how many these are. */
  stop(): Promise<number>;
  /** No more, and no waiting for what is on its way. */
  drop(): void;
}

/** Appends alerts, about 200 a second, until it is told to stop. */
function keepAlerting(ward: Ward, prefix: string): Load {
  const sent: Array<Promise<unknown>> = [];
  let over = false;
  const feed = async (): Promise<void> => {
    while (!over) {
      const name = `${prefix}-${sent.length}`;
      sent.push(ward.log.append([testAlert(name, { status: 'exited', exit_code: 1, anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 1 }] })]));
      await pause(load.everyMs);
    }
  };
  const load: Load = {
    everyMs: 5,
    get sent() {
      return sent.length;
    },
    async stop() {
      over = true;
      await feeding;
      await Promise.all(sent);
      return sent.length;
    },
    drop() {
      over = true;
    },
  };
  const feeding = feed();
  return load;
}

/** Every alert that Redis has accepted is there, with its one verdict and its one outcome. */
async function allCameOut(ward: Ward, prefix: string, count: number): Promise<void> {
  const expected = { alerts: count, verdicts: count, outcomes: count };
  await eventually(async () => {
    const events = (await ward.events()).filter(isOf(prefix));
    const ofType = (type: string) => events.filter((event) => event.type === type).length;
    expect({ alerts: ofType('health_alert'), verdicts: ofType('remediation_needed'), outcomes: ofType('remediation_complete') }).toEqual(expected);
  }, LONG);
}

const troublesOf = async (ward: Ward) => (await ward.events()).filter((event) => event.type === 'agent_trouble' && ['redis', 'log'].includes(event.data.part));

describe('Redis goes away', () => {
  let docker: DockerEngine;
  let hospital: Hospital;
  /** The one that is gone for a minute, while the others are looked at. */
  let redis: RedisServer;
  let ward: Ward;
  let agents: AgentProcess;
  let load: Load;
  let goneAt = 0;

  /** What a test has opened besides. */
  const opening: Array<{ ward: Ward; server: RedisServer }> = [];

  /** All agents in one process. The alerts name containers that no engine knows; only those of the hospital are really acted on. */
  const begin = async (server: RedisServer, notWatched: string): Promise<{ ward: Ward; agents: AgentProcess }> => {
    const opened = openWard({ redis: server, dockerHost: docker.dockerHost, policy: { cooldown_seconds: 0 }, environment: { MONITOR_CONTAINER_BLACKLIST: notWatched } });
    const process = opened.spawn(['all'], { HEMOSTAT_INSTANCE: 'one' });
    await eventually(async () => expect((await readAgentStates(opened.log)).map((state) => state.agent).sort()).toEqual([...NAMES].sort()), LONG);
    return { ward: opened, agents: process };
  };

  const lab = async (options: RedisOptionsForTest): Promise<{ server: RedisServer; ward: Ward; agents: AgentProcess }> => {
    const server = await startRedis(options);
    const begun = await begin(server, '!(lab-*)');
    opening.push({ ward: begun.ward, server });
    return { server, ...begun };
  };

  beforeAll(async () => {
    [docker, redis] = await Promise.all([startDockerd(), startRedis({ aof: true }), buildCommandLine()]);
    hospital = openHospital(docker);
    ({ ward, agents } = await begin(redis, 'lab-*'));
    await hospital.admit({ name: 'minute' });
    await ward.seen('minute', (state) => state.status === 'running');
    load = keepAlerting(ward, 'load');
    await eventually(() => expect(load.sent).toBeGreaterThan(100));
    await redis.kill('SIGKILL');
    goneAt = performance.now();
    load.everyMs = 50;
  });
  afterAll(async () => {
    load.drop();
    await ward.close();
    await docker.stop();
    hospital.close();
    await redis.stop();
  });

  afterEach(async () => {
    for (const one of opening.splice(0)) {
      await one.ward.close();
      await one.server.stop();
    }
  });

  it('is killed and restarted three times under load: all that it accepted comes out, once', async () => {
    const { server, ward: other, agents: process } = await lab({ aof: true });
    const { pid } = process;
    const feeding = keepAlerting(other, 'load');
    for (const moment of [150, 300, 450]) {
      await eventually(() => expect(feeding.sent).toBeGreaterThan(moment), LONG);
      await server.kill('SIGKILL');
      await server.restart();
    }
    await eventually(() => expect(feeding.sent).toBeGreaterThan(600), LONG);
    await allCameOut(other, 'load', await feeding.stop());
    expect(await other.log.redis.xlen(other.log.partition(0).dead)).toBe(0);
    expect({ pid: process.pid, running: process.running() }).toEqual({ pid, running: true });
  });

  it('is full: one line says so and what to do, nothing ends, and all goes on when there is room', async () => {
    const { server, ward: other, agents: process } = await lab({});
    const patient = await hospital.admit({ name: 'lab-full' });
    await other.seen('lab-full', (state) => state.status === 'running');
    const admin = server.connect();
    await admin.config('SET', 'maxmemory', '1');
    await patient.order('exit 1');
    await eventually(() => expect(process.output()).toMatch(/Redis at \S+ answers: .*OOM.*Raise maxmemory of Redis/), LONG);
    expect(process.running()).toBe(true);
    expect((await patient.container.inspect()).State.Running).toBe(false);
    await admin.config('SET', 'maxmemory', '0');
    await other.ends('lab-full', 'resolved');
    expect(await patient.starts()).toBe(2);
    expect(process.output().match(/answers: .*OOM/g)?.length).toBeLessThan(4);
    expect(process.running()).toBe(true);
  });

  it('refuses the password: one line names the setting, nothing ends, and all goes on when it fits', async () => {
    const server = await startRedis({ password: 'right' });
    const other = openWard({ redis: server, dockerHost: docker.dockerHost, environment: { REDIS_PASSWORD: 'right' } });
    opening.push({ ward: other, server });
    const wrong = other.spawn(['analyzer', 'responder'], { REDIS_PASSWORD: 'wrong', HEMOSTAT_INSTANCE: 'wrong' });
    await eventually(() => expect(wrong.output()).toMatch(/REDIS_PASSWORD/), LONG);
    await other.log.append([testAlert('waits', { exit_code: 1, status: 'exited' })]);
    const admin = server.connect();
    await admin.config('SET', 'requirepass', 'wrong');
    await eventually(async () => {
      const groups = (await admin.xinfo('GROUPS', other.log.partition(0).log)) as unknown[][];
      const done = groups.map((group) => ['name', 'pending', 'lag'].map((field) => group[group.indexOf(field) + 1]));
      expect(done).toEqual(expect.arrayContaining([['analyzer', 0, 0], ['responder', 0, 0]]));
    }, LONG);
    expect(wrong.running()).toBe(true);
    expect(wrong.output().match(/REDIS_PASSWORD/g)?.length).toBeLessThan(4);
  });

  it('is gone for a minute under load: agents wait and say so, nothing is lost, and an illness of that time is healed', async () => {
    const { pid } = agents;
    const before = load.sent;
    // It falls ill while nobody can write that down.
    const patient = await hospital.admit({ name: 'ill-meanwhile' });
    const minute = await docker.engine.getContainer('minute').inspect();
    await patient.order('exit 1');
    await eventually(() => expect(agents.output()).toMatch(/Redis at 127\.0\.0\.1:\d+ cannot be reached.*REDIS_HOST/), LONG);
    await eventually(() => expect(performance.now() - goneAt).toBeGreaterThan(GONE_MS), GONE_MS * 2);
    expect(load.sent).toBeGreaterThan(before);
    expect({ pid: agents.pid, running: agents.running() }).toEqual({ pid, running: true });
    // A line for what lost it, not one for each try.
    expect(agents.output().match(/ERROR/g)?.length).toBeLessThan(4);

    await redis.restart();
    await allCameOut(ward, 'load', await load.stop());
    await ward.wanted('ill-meanwhile', 'remediation_verified', ({ data }) => data.verdict === 'helped');
    await ward.ends('ill-meanwhile', 'resolved');
    expect(await patient.starts()).toBe(2);
    expect((await docker.engine.getContainer('minute').inspect()).State.StartedAt).toBe(minute.State.StartedAt);
    expect(inOrder(await ward.events('minute'), ['health_alert', 'remediation_started'])).toEqual([]);
    await eventually(async () => {
      const states = (await troublesOf(ward)).flatMap((event) => (event.type === 'agent_trouble' ? [event.data.state] : []));
      expect(states).toEqual(expect.arrayContaining(['began', 'ended']));
    }, LONG);
    await eventually(async () => {
      const states = await readAgentStates(ward.log);
      expect(states.map(({ agent, pid: one, troubles }) => ({ agent, pid: one, troubles }))).toEqual(states.map(({ agent }) => ({ agent, pid, troubles: [] })));
    }, LONG);
    expect({ pid: agents.pid, running: agents.running() }).toEqual({ pid, running: true });
    expect(await ward.log.redis.xlen(ward.log.partition(0).dead)).toBe(0);
  });
});
