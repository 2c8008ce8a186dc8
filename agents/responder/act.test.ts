import type { PlannedAction } from '../../src/contract/events';
import { parsePolicy, resolvePolicy } from '../../src/contract/policy';
import { engineFailure, FakeEngine, unreachable } from '../../tests/support/fake-engine';
import { DockerError } from '../docker/errors';
import { carryOut, ClosingError, doneSince, type ActOptions } from './act';

const parsed = parsePolicy({});
const policy = resolvePolicy({ document: parsed.ok ? parsed.document : (undefined as never), from: 'file' }, { container: 'web', project: '', labels: {} });
const options = (part: Partial<ActOptions> = {}): ActOptions => ({ retryMax: 3, retryDelayMs: 1, startTimeoutMs: 200, execTimeoutMs: 100, signal: new AbortController().signal, ...part });
const plan = (part: Partial<PlannedAction> = {}): PlannedAction => ({ action: 'restart', target: 'h/web', order: ['h/web'], ...part });

describe('carrying out a plan', () => {
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
    ['web', 'a', 'b'].forEach((name) => engine.add(name));
  });

  it('restarts the target, then those that depend on it, in order', async () => {
    const result = await carryOut(engine, plan({ order: ['h/web', 'h/b', 'h/a'] }), policy, options());
    expect(result).toMatchObject({ status: 'success', steps: [{ target: 'h/web', ok: true }, { target: 'h/b' }, { target: 'h/a', action: 'restart' }] });
    expect(engine.acts()).toEqual(['restart web', 'restart b', 'restart a']);
    expect(engine.calls.find((call) => call.verb === 'restart')?.detail).toBeUndefined();
  });

  it('lets a container end as long as its label says', async () => {
    const patient = resolvePolicy({ document: parsed.ok ? parsed.document : (undefined as never), from: 'file' }, { container: 'web', project: '', labels: { 'autoheal.stop.timeout': '25' } });
    await carryOut(engine, plan(), patient, options());
    expect(engine.calls.find((call) => call.verb === 'restart')?.detail).toBe(25);
  });

  it('stops at the first failure and keeps the engine’s words, without secrets', async () => {
    engine.fail('restart', engineFailure('cannot mount https://ann:secret@nas/share'));
    const result = await carryOut(engine, plan({ order: ['h/web', 'h/a'] }), policy, options());
    expect(result).toMatchObject({ status: 'failed', error: expect.stringContaining('answers 500') });
    expect(JSON.stringify(result)).not.toContain('secret@');
    expect(engine.acts()).toEqual(['restart web']);
  });

  it('tries again what the engine did not take, and gives up in the end', async () => {
    engine.fail('restart', unreachable(), unreachable());
    expect(await carryOut(engine, plan(), policy, options())).toMatchObject({ status: 'success' });
    engine.fail('restart', unreachable(), unreachable(), unreachable());
    expect(await carryOut(engine, plan(), policy, options())).toMatchObject({ status: 'failed' });
    expect(engine.acts()).toHaveLength(6);
  });

  it('looks whether it was done when the answer does not come, and does not do it twice', async () => {
    const late = () => new DockerError('docker_timeout', 'no answer within 10 s', '', { retryable: true });
    const restart = engine.restart.bind(engine);
    jest.spyOn(engine, 'restart').mockImplementation(async (id) => {
      await restart(id);
      throw late();
    });
    expect(await carryOut(engine, plan(), policy, options())).toMatchObject({ status: 'success' });
    expect(engine.acts()).toEqual(['restart web']);
    jest.restoreAllMocks();
    engine.fail('restart', late());
    expect(await carryOut(engine, plan(), policy, options())).toMatchObject({ status: 'failed', error: expect.stringContaining('no answer') });
  });

  it('says when it does not come up, or ends again at once', async () => {
    engine.onChange = (details) => void engine.containers.set(details.name, { ...details, running: false, status: 'created' });
    expect(await carryOut(engine, plan(), policy, options())).toMatchObject({ status: 'failed', error: expect.stringContaining('did not run within 0.2 s') });
    engine.onChange = (details) => void engine.containers.set(details.name, { ...details, running: false, status: 'exited', exitCode: 3 });
    expect(await carryOut(engine, plan(), policy, options())).toMatchObject({ status: 'failed', error: expect.stringContaining('exit code 3') });
  });

  it('fails when the container is removed meanwhile', async () => {
    engine.onChange = (details) => void engine.containers.delete(details.name);
    expect(await carryOut(engine, plan(), policy, options())).toMatchObject({ status: 'failed', error: expect.stringContaining('No such container') });
  });

  it('runs a command as arguments, and keeps what it said', async () => {
    const exec = plan({ action: 'exec', arguments: ['ps', 'aux; rm -rf /'] });
    engine.execResult = { exitCode: 0, output: 'PID 1', truncated: false, timedOut: false };
    expect(await carryOut(engine, exec, policy, options())).toMatchObject({ status: 'success', steps: [{ detail: 'PID 1' }] });
    expect(engine.calls.at(-1)).toMatchObject({ verb: 'exec', detail: ['ps', 'aux; rm -rf /'] });
    engine.execResult = { exitCode: 2, output: 'no', truncated: false, timedOut: false };
    expect(await carryOut(engine, exec, policy, options())).toMatchObject({ status: 'failed', error: expect.stringContaining('exit code 2') });
    engine.execResult = { output: '', truncated: false, timedOut: true };
    expect(await carryOut(engine, exec, policy, options())).toMatchObject({ status: 'failed', error: expect.stringContaining('did not end') });
  });

  it('removes what is stopped, never what runs again, and no volumes', async () => {
    engine.add('a', { status: 'exited', running: false });
    const result = await carryOut(engine, plan({ action: 'cleanup', order: ['h/a', 'h/b', 'h/gone'] }), policy, options());
    expect(result).toMatchObject({ status: 'success', steps: [{ detail: 'removed; its volumes were kept' }, { detail: 'left alone: it runs again' }, { detail: 'was gone already' }] });
    expect(engine.calls.find((call) => call.verb === 'remove')).toMatchObject({ id: 'a', detail: { volumes: false, force: false } });
  });

  it('sets the number of replicas that the plan names', async () => {
    engine.services.set('s1', { id: 's1', name: 'web', replicas: 2 });
    engine.add('web', { labels: { 'com.docker.swarm.service.id': 's1' } });
    expect(await carryOut(engine, plan({ action: 'scale_up', arguments: ['3'] }), policy, options())).toMatchObject({ status: 'success' });
    expect(engine.services.get('s1')?.replicas).toBe(3);
  });

  it('gives the work up when this copy closes', async () => {
    const closing = new AbortController();
    engine.onChange = (details) => {
      engine.containers.set(details.name, { ...details, running: false, status: 'created' });
      closing.abort();
    };
    await expect(carryOut(engine, plan(), policy, options({ signal: closing.signal }))).rejects.toThrow(ClosingError);
  });
});

describe('what was done before an interruption', () => {
  it('shows in the world', async () => {
    const engine = new FakeEngine();
    const intent = Date.now() - 60_000;
    engine.add('web', { startedAt: new Date(intent + 1000).toISOString() });
    engine.add('a', { startedAt: new Date(intent - 1000).toISOString() });
    engine.add('b', { running: false, status: 'exited' });
    const done = async (action: PlannedAction['action'], order: string[]) => [...(await doneSince(engine, plan({ action, order, target: order[0] ?? '' }), intent))];
    expect(await done('restart', ['h/web', 'h/a'])).toEqual(['h/web']);
    expect(await done('stop', ['h/b'])).toEqual(['h/b']);
    expect(await done('stop', ['h/a'])).toEqual([]);
    expect(await done('start', ['h/a', 'h/web'])).toEqual(['h/a', 'h/web']);
    expect(await done('cleanup', ['h/gone', 'h/b'])).toEqual(['h/gone']);
    expect(await done('exec', ['h/web'])).toEqual([]);
    expect(await done('restart', ['h/gone'])).toEqual([]);
  });
});
