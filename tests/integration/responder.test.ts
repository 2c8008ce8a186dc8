import { responderWith } from '../../agents/responder';
import { digestOf, startedIdOf } from '../../agents/responder/case';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived, observed } from '../../agents/runtime/new-event';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { decodeEvent } from '../../src/contract/codec';
import type { ContainerState } from '../../src/contract/containers';
import type { Command, EventData, EventOf, EventType, HemostatEvent, PlannedAction } from '../../src/contract/events';
import { eventually } from '../support/eventually';
import { testAlert, testLog, testRecovery } from '../support/events';
import { FakeEngine, engineFailure, fakeId, unreachable } from '../support/fake-engine';
import { startRedis, type RedisServer } from '../support/servers';

const HOST = 'host-1';
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

function stateOf(container: string, part: Partial<ContainerState> = {}): ContainerState {
  return {
    host: HOST, container, container_id: fakeId(container), image: 'shop/web:1', status: 'exited', health_status: 'unknown', exit_code: 1, oom_killed: false, restart_count: 0,
    started_at: ago(900), restart_policy: 'no', labels: {}, project: '', service: container, depends_on: [], network_parent: '', metrics: {}, ill: true, seen_at: ago(0), ...part,
  };
}

describe.each([1, 4])('the responder on a log of %d partition(s)', (partitions) => {
  let redis: RedisServer;
  let log: HemostatLog;
  let engine: FakeEngine;
  let running: RunningAgents[] = [];
  const base = () => ({
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(redis.port),
    LOG_LEVEL: 'silent',
    AGENT_RETRY_DELAY: '0.01',
    RESPONDER_RETRY_DELAY: '0.01',
    HEMOSTAT_PARTITIONS: String(partitions),
    HEMOSTAT_HOST: HOST,
    HEMOSTAT_VERIFY_SECONDS: '1',
    HEMOSTAT_START_TIMEOUT_SECONDS: '1',
  });

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    log = testLog(base());
    await log.redis.flushall();
    engine = new FakeEngine();
    engine.onChange = async (details) => {
      await put(stateOf(details.name, { container_id: details.id, status: details.status, health_status: details.health, started_at: details.startedAt, ill: false, seen_at: new Date(Date.now() + 1).toISOString(), exit_code: 0 }));
    };
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.close()));
    running = [];
    log.redis.disconnect();
  });

  const run = async (environment: Record<string, string> = {}) => {
    const one = await runAgents([responderWith(() => engine)], { ...base(), ...environment });
    running.push(one);
    return one;
  };
  const put = async (state: ContainerState) => {
    await log.redis.hset(log.keysOf(state.container).containers, `${state.host}/${state.container}`, JSON.stringify(state));
  };
  /** A container that has crashed, known to engine and monitor. */
  const patient = async (name: string, part: Partial<ContainerState> = {}) => {
    engine.add(name, { status: 'exited', running: false, exitCode: 1, startedAt: ago(900), labels: part.labels ?? {} });
    await put(stateOf(name, part));
  };
  const events = async (container: string, type?: EventType): Promise<HemostatEvent[]> => {
    const entries = await log.redis.xrange(log.keysOf(container).log, '-', '+');
    return entries.flatMap(([, fields]) => {
      const decoded = decodeEvent(fields[fields.indexOf('json') + 1] ?? '', fields[fields.indexOf('incident') + 1]);
      const fits = decoded.ok && decoded.value.container === container && (type === undefined || decoded.value.type === type);
      return decoded.ok && fits ? [decoded.value] : [];
    });
  };
  const wanted = async <T extends EventType>(container: string, type: T, count = 1): Promise<EventOf<T>> =>
    eventually(async () => {
      const found = (await events(container, type)) as Array<EventOf<T>>;
      const last = found[count - 1];
      if (!last) {
        throw new Error(`no ${type} number ${count} yet: ${(await events(container)).map((one) => one.type).join(', ')}`);
      }
      return last;
    });
  /** An alert and the verdict on it. */
  const fallIll = async (container: string, data: Partial<EventData<'remediation_needed'>> = {}, alert: Partial<EventData<'health_alert'>> = {}) => {
    const seen = testAlert(container, { status: 'exited', health_status: 'unknown', exit_code: 1, anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 1 }], ...alert });
    const needed = derived(seen, 'remediation_needed', 'analyzer', {
      reason: 'It ended with exit code 1.', confidence: 0.9, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0.001, action: 'restart', metrics: { cpu_percent: 5 },
      alerted_at: seen.time, ...data,
    });
    await log.append([seen, needed]);
    return needed;
  };
  const command = async (container: string, data: Command) => {
    await log.append([observed('command', 'operator', { host: container ? HOST : '', container }, data)]);
  };
  const incidentOf = async (container: string) => {
    const [first] = await events(container);
    return log.redis.hgetall(log.keysOf(container).incident(first?.incident_id ?? ''));
  };

  it('only writes down what it would do, as it is shipped', async () => {
    await run();
    await patient('web');
    await fallIll('web');
    const complete = await wanted('web', 'remediation_complete');
    expect(complete.data).toMatchObject({ dry_run: true, mode: 'observe', result: { status: 'success', reason: 'dry_run' } });
    expect((await wanted('web', 'remediation_started')).data).toMatchObject({ dry_run: true, attempt: 1, plan: { action: 'restart', order: [`${HOST}/web`] } });
    expect((await incidentOf('web')).state).toBe('suppressed');
    expect(engine.calls).toEqual([]);
    await fallIll('web');
    expect((await wanted('web', 'remediation_complete', 2)).data.result).toMatchObject({ status: 'rejected', reason: 'cooldown_active' });
    expect((await wanted('web', 'remediation_complete', 2)).policy_version).toMatch(/^[0-9a-f]{12}$/);
  });

  it('restarts, proves that it helped, and refuses the next one with figure and time', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    await patient('web');
    await fallIll('web');
    const verified = await wanted('web', 'remediation_verified');
    expect(verified.data).toMatchObject({ action: 'restart', verdict: 'helped', before: { status: 'exited', metrics: { cpu_percent: 5 } }, after: { status: 'running' } });
    expect(engine.acts()).toEqual(['restart web']);
    expect((await events('web')).map((event) => event.type)).toEqual(['health_alert', 'remediation_needed', 'remediation_started', 'remediation_complete', 'remediation_verified']);
    expect(new Set((await events('web')).map((event) => event.incident_id)).size).toBe(1);
    expect((await incidentOf('web')).state).toBe('resolved');
    await fallIll('web');
    const refused = await wanted('web', 'remediation_complete', 2);
    expect(refused.data.result).toMatchObject({ status: 'rejected', reason: 'cooldown_active' });
    expect(refused.data.result.remaining_seconds).toBeGreaterThan(3500);
    expect(refused.data.guards?.find((guard) => !guard.allowed)).toMatchObject({ guard: 'cooldown', limit: '3600 s', free_at: expect.any(String) });
  });

  it('restarts those that share a network after their parent, and counts them all', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    await patient('vpn');
    for (const name of ['b', 'a']) {
      engine.add(name);
      await put(stateOf(name, { status: 'running', ill: false, network_parent: `${HOST}/vpn`, depends_on: name === 'a' ? [`${HOST}/b`] : [] }));
    }
    await fallIll('vpn');
    expect((await wanted('vpn', 'remediation_complete')).data.result.steps?.map((step) => step.target)).toEqual([`${HOST}/vpn`, `${HOST}/b`, `${HOST}/a`]);
    expect(engine.acts()).toEqual(['restart vpn', 'restart b', 'restart a']);
    await patient('more');
    await fallIll('more');
    // 4 containers: 30 % of them are 1, and 3 are always allowed.
    expect((await wanted('more', 'remediation_complete')).data.result).toMatchObject({ status: 'rejected', reason: 'blast_radius_share' });
  });

  it('reports what the engine says when the action fails', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    await patient('web');
    engine.fail('restart', engineFailure('driver failed programming external connectivity'));
    await fallIll('web');
    expect((await wanted('web', 'remediation_complete')).data.result).toMatchObject({ status: 'failed', error: expect.stringContaining('driver failed') });
    expect((await incidentOf('web')).state).toBe('failed');
  });

  it('writes no intent and starts no cooldown while the engine is away', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    await patient('web');
    engine.fail('inspect', unreachable());
    await fallIll('web');
    const refused = await wanted('web', 'remediation_complete');
    expect(refused.data.result).toMatchObject({ status: 'rejected', reason: 'engine', error: expect.stringContaining('ECONNREFUSED') });
    await fallIll('web');
    expect((await wanted('web', 'remediation_complete', 2)).data.result.status).toBe('success');
  });

  it('does nothing where nothing can be done, and starts no cooldown by it', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    await patient('web');
    await fallIll('web', { action: 'scale_up' });
    expect((await wanted('web', 'remediation_complete')).data.result).toMatchObject({ status: 'not_applicable', reason: expect.stringContaining('no swarm service') });
    await fallIll('web', { action: 'none' });
    expect((await wanted('web', 'remediation_complete', 2)).data.result.status).toBe('not_applicable');
    await fallIll('web');
    expect((await wanted('web', 'remediation_complete', 3)).data.result.status).toBe('success');
  });

  it('obeys the labels that only the engine shows', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    engine.add('web', { labels: { 'hemostat.enable': 'false' } });
    await fallIll('web');
    expect((await wanted('web', 'remediation_complete')).data.result).toMatchObject({ status: 'rejected', reason: 'opt_out' });
    engine.add('shy', { labels: { 'hemostat.mode': 'observe' } });
    await fallIll('shy');
    expect((await wanted('shy', 'remediation_complete')).data.dry_run).toBe(true);
    engine.add('halt', { labels: { 'hemostat.action': 'stop' } });
    await fallIll('halt');
    expect((await wanted('halt', 'remediation_complete')).data).toMatchObject({ action: 'stop', result: { status: 'success' } });
    expect(engine.acts()).toEqual(['stop halt']);
  });

  describe('with approval', () => {
    const ask = async () => {
      await run({ HEMOSTAT_MODE: 'approve' });
      await patient('web');
      await fallIll('web');
      return wanted('web', 'approval_requested');
    };

    it('asks, and acts on exactly what was approved', async () => {
      const requested = await ask();
      expect(requested.data.digest).toBe(digestOf(requested.data.plan, requested.incident_id));
      expect((await incidentOf('web')).state).toBe('awaiting_approval');
      await command('web', { command: 'approve', digest: 'another', user: 'eve' });
      await command('web', { command: 'approve', digest: requested.data.digest, user: 'ann' });
      await command('web', { command: 'reject', digest: requested.data.digest, user: 'bob' });
      expect((await wanted('web', 'remediation_verified')).data.verdict).toBe('helped');
      expect((await wanted('web', 'remediation_started')).data.authorised_by).toBe('ann');
      expect(await events('web', 'approval_decided')).toMatchObject([{ data: { decision: 'approved', user: 'ann' } }]);
      expect(engine.acts()).toEqual(['restart web']);
    });

    it('does nothing after a no', async () => {
      const requested = await ask();
      await command('web', { command: 'reject', digest: requested.data.digest, user: 'bob', reason: 'not now' });
      await command('web', { command: 'approve', digest: requested.data.digest, user: 'ann' });
      expect((await wanted('web', 'approval_decided')).data).toMatchObject({ decision: 'rejected', user: 'bob', reason: 'not now' });
      await fallIll('web');
      await wanted('web', 'approval_requested', 2);
      expect(await events('web', 'approval_decided')).toHaveLength(1);
      expect(engine.acts()).toEqual([]);
    });

    it('asks only once for the same thing', async () => {
      await ask();
      await fallIll('web');
      await command('web', { command: 'remediate', action: 'restart', user: 'ann' });
      await wanted('web', 'remediation_complete');
      expect(await events('web', 'approval_requested')).toHaveLength(1);
    });

    it('is void when the container was replaced or recovered', async () => {
      const requested = await ask();
      engine.add('web', { id: fakeId('web', 1) });
      await put(stateOf('web', { container_id: fakeId('web', 1) }));
      await command('web', { command: 'approve', digest: requested.data.digest, user: 'ann' });
      expect((await wanted('web', 'approval_decided')).data).toMatchObject({ decision: 'void', reason: expect.stringContaining('replaced') });
      await patient('db');
      await fallIll('db');
      await wanted('db', 'approval_requested');
      await log.append([testRecovery('db')]);
      expect((await wanted('db', 'approval_decided')).data.decision).toBe('void');
      expect((await incidentOf('db')).state).toBe('recovered_alone');
      expect(engine.acts()).toEqual([]);
    });

    it('expires, also after another copy has taken over', async () => {
      await log.redis.set(log.partition(0).policy, JSON.stringify({ version: 'x', time: ago(0), user: 'ann', policy: { defaults: { mode: 'approve', approval_ttl_seconds: 3 } } }));
      const first = await run();
      await patient('web');
      await fallIll('web');
      await wanted('web', 'approval_requested');
      await first.close();
      await run();
      expect((await wanted('web', 'approval_decided')).data).toMatchObject({ decision: 'expired' });
      expect((await incidentOf('web')).state).toBe('suppressed');
    });

    it('is asked for again of the guards before anything is done', async () => {
      const requested = await ask();
      await command('', { command: 'pause', user: 'ann' });
      await eventually(async () => expect(await log.redis.hlen(log.partition(0).switches)).toBe(1));
      await command('web', { command: 'approve', digest: requested.data.digest, user: 'ann' });
      expect((await wanted('web', 'remediation_complete')).data.result).toMatchObject({ status: 'rejected', reason: 'paused' });
      expect(engine.acts()).toEqual([]);
    });
  });

  describe('switched by an operator', () => {
    it('does nothing while paused or in maintenance, not even on order', async () => {
      await run({ HEMOSTAT_MODE: 'auto' });
      await command('', { command: 'pause', user: 'ann', reason: 'deploying' });
      await eventually(async () => expect(await log.redis.hexists(log.partition(0).switches, 'pause')).toBe(1));
      await patient('web');
      await fallIll('web');
      expect((await wanted('web', 'remediation_complete')).data.guards?.find((guard) => !guard.allowed)).toMatchObject({ guard: 'paused', reason: expect.stringContaining('ann has paused') });
      await command('web', { command: 'remediate', action: 'restart', user: 'bob' });
      expect((await wanted('web', 'remediation_complete', 2)).data.result.reason).toBe('paused');
      await command('', { command: 'resume', user: 'ann' });
      await command('', { command: 'maintenance', scope: 'container:web', until: new Date(Date.now() + 60_000).toISOString(), user: 'ann' });
      await eventually(async () => expect(await log.redis.hkeys(log.partition(0).switches)).toEqual(['maintenance:container:web']));
      await fallIll('web');
      expect((await wanted('web', 'remediation_complete', 3)).data.result).toMatchObject({ reason: 'maintenance' });
      await command('', { command: 'maintenance_end', scope: 'container:web', user: 'ann' });
      await eventually(async () => expect(await log.redis.hlen(log.partition(0).switches)).toBe(0));
      await fallIll('web');
      expect((await wanted('web', 'remediation_complete', 4)).data.result.status).toBe('success');
    });

    it('passes the cooldown on the order of a person, and says so', async () => {
      await run({ HEMOSTAT_MODE: 'auto' });
      await patient('web');
      await fallIll('web');
      await wanted('web', 'remediation_complete');
      await command('web', { command: 'remediate', action: 'restart', user: 'ann', reason: 'once more' });
      expect((await wanted('web', 'remediation_complete', 2)).data).toMatchObject({ result: { status: 'success' }, authorised_by: 'ann', reason: 'once more', attempt: 2 });
      expect((await wanted('web', 'remediation_started', 2)).data.guards.find((guard) => guard.guard === 'cooldown')).toMatchObject({ allowed: true, reason: expect.stringMatching(/^Overridden by ann/) });
      await command('hemostat-redis', { command: 'remediate', action: 'restart', user: 'ann' });
      expect((await wanted('hemostat-redis', 'remediation_complete')).data.result.reason).toBe('own_container');
    });

    it('takes a policy at once, and refuses one that cannot be used', async () => {
      await run();
      await command('', { command: 'policy', policy: { defaults: { mode: 'auto', cooldown_seconds: 0 } }, user: 'ann' });
      await eventually(async () => expect(await log.redis.llen(log.partition(0).policyVersions)).toBe(1));
      await command('', { command: 'policy', policy: { defaults: { mood: 'auto' } }, user: 'ann' });
      await patient('web');
      await fallIll('web');
      expect((await wanted('web', 'remediation_complete')).data).toMatchObject({ mode: 'auto', dry_run: false });
      expect(await log.redis.llen(log.partition(0).policyVersions)).toBe(1);
    });

    it('never acts with RESPONDER_DRY_RUN, whatever else is said', async () => {
      await run({ RESPONDER_DRY_RUN: 'true', HEMOSTAT_MODE: 'auto' });
      await patient('web', { labels: { 'hemostat.mode': 'auto' } });
      await fallIll('web');
      await command('web', { command: 'remediate', action: 'restart', user: 'ann' });
      expect((await wanted('web', 'remediation_complete', 2)).data.dry_run).toBe(true);
      expect(engine.acts()).toEqual([]);
    });
  });

  describe('after it was killed', () => {
    const interrupted = async (action: PlannedAction['action'] = 'restart', seconds = 5) => {
      await patient('web');
      const needed = await fallIll('web', { action });
      const [, stored] = await events('web');
      const plan: PlannedAction = { action, target: `${HOST}/web`, container_id: fakeId('web'), order: [`${HOST}/web`] };
      const data = { plan, digest: 'd', mode: 'auto' as const, dry_run: false, guards: [], reason: 'r', confidence: 0.9, attempt: 1, authorised_by: 'policy' };
      const started = { ...derived(stored ?? needed, 'remediation_started', 'responder', data, { time: ago(seconds) }), id: startedIdOf(needed) };
      await log.append([started]);
    };

    it('sees that the restart was done, and does not restart twice', async () => {
      await interrupted();
      engine.add('web', { startedAt: ago(3) });
      await run({ HEMOSTAT_MODE: 'auto' });
      expect((await wanted('web', 'remediation_complete')).data.result).toMatchObject({ status: 'success', reason: 'done before the healer was interrupted' });
      await wanted('web', 'remediation_verified');
      expect(engine.acts()).toEqual([]);
      expect(await events('web', 'remediation_started')).toHaveLength(1);
    });

    it('does it once where it was not done, under the same intent', async () => {
      await interrupted();
      await run({ HEMOSTAT_MODE: 'auto' });
      expect((await wanted('web', 'remediation_complete')).data.result.status).toBe('success');
      expect(engine.acts()).toEqual(['restart web']);
      expect(await events('web', 'remediation_started')).toHaveLength(1);
    });

    it('knows of a clock of the engine that differs from ours', async () => {
      await interrupted();
      engine.clockAheadMs = -60_000;
      engine.add('web', { startedAt: ago(63) });
      await run({ HEMOSTAT_MODE: 'auto' });
      await wanted('web', 'remediation_complete');
      expect(engine.acts()).toEqual([]);
    });

    it.each([
      ['a command', 'exec' as const, 5, { status: 'failed' }],
      ['what is stale', 'restart' as const, 700, { status: 'rejected', reason: 'stale' }],
    ])('does not do %s again', async (_what, action, seconds, result) => {
      await interrupted(action, seconds);
      await run({ HEMOSTAT_MODE: 'auto' });
      expect((await wanted('web', 'remediation_complete')).data.result).toMatchObject(result);
      expect(engine.acts()).toEqual([]);
    });

    it('counts what the copy before it did', async () => {
      const first = await run({ HEMOSTAT_MODE: 'auto' });
      await patient('web');
      await fallIll('web');
      await wanted('web', 'remediation_verified');
      await first.close();
      await run({ HEMOSTAT_MODE: 'auto' });
      await fallIll('web');
      expect((await wanted('web', 'remediation_complete', 2)).data.result.reason).toBe('cooldown_active');
    });

    it('finishes an approved action that was interrupted', async () => {
      const first = await run({ HEMOSTAT_MODE: 'approve' });
      await patient('web');
      await fallIll('web');
      const requested = await wanted('web', 'approval_requested');
      const open = engine.hold('restart');
      await command('web', { command: 'approve', digest: requested.data.digest, user: 'ann' });
      await wanted('web', 'remediation_started');
      await log.redis.set(log.partition(0).lease('responder'), 'somebody else', 'PX', 200);
      open();
      await first.close();
      await run({ HEMOSTAT_MODE: 'approve' });
      expect((await wanted('web', 'remediation_complete')).data).toMatchObject({ result: { status: 'success' }, authorised_by: 'ann' });
      expect(engine.acts()).toEqual(['restart web']);
    });
  });

  it('counts what the Python original did', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    await patient('web');
    await log.append([observed('remediation_complete', 'responder', { container: 'web' }, { action: 'restart', result: { status: 'success' }, dry_run: false, reason: 'r', confidence: 1 })]);
    await fallIll('web');
    expect((await wanted('web', 'remediation_complete', 2)).data.result.reason).toBe('cooldown_active');
    expect(await events('web', 'remediation_verified')).toEqual([]);
  });

  it('waits for what the monitor saves before a change, and no longer than two seconds', async () => {
    await run({ HEMOSTAT_MODE: 'auto' });
    await patient('web');
    await patient('db');
    const needed = await fallIll('web', { forensics_pending: true });
    await fallIll('db', { forensics_pending: true });
    const data: EventData<'forensics_captured'> = { container_id: 'x', logs: [], logs_truncated: false, inspect: {}, missing: [], duration_seconds: 0.1, redactions: 0 };
    await log.append([derived(needed, 'forensics_captured', 'monitor', data)]);
    await wanted('web', 'remediation_started');
    await wanted('db', 'remediation_started');
    expect((await events('web')).map((event) => event.type).indexOf('forensics_captured')).toBeLessThan((await events('web')).map((event) => event.type).indexOf('remediation_started'));
  });

  it('never passes the blast radius, however many fall ill at once', async () => {
    await run({ HEMOSTAT_MODE: 'auto', HEMOSTAT_ACTIONS_AT_ONCE: '50' });
    const names = Array.from({ length: 60 }, (_, index) => `web-${index}`);
    for (const name of names) {
      await patient(name);
    }
    await Promise.all(names.map((name) => fallIll(name)));
    await Promise.all(names.map((name) => wanted(name, 'remediation_complete')));
    expect(engine.acts()).toHaveLength(10);
    expect(new Set(engine.acts()).size).toBe(10);
  });
});
