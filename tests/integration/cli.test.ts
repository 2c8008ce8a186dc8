import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { keepDeadLetter } from '../../agents/runtime/dead-letters';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived, observed } from '../../agents/runtime/new-event';
import { readRange } from '../../agents/runtime/queries';
import type { EventData, EventOf, HemostatEvent } from '../../src/contract/events';
import type { ContainerState } from '../../src/contract/containers';
import { cli as runIn, type CliOptions, type CliRun } from '../support/cli';
import { eventually } from '../support/eventually';
import { testAlert, testLog, testRecovery } from '../support/events';
import { removeFolder, temporaryFolder } from '../support/processes';
import { startRedis, type RedisServer } from '../support/servers';

const analysis = { reason: 'The health check fails.', root_cause: 'The worker pool is exhausted', confidence: 0.85, analysis_method: 'rule_based' as const, rule: 'unhealthy-status', evidence: [], model_calls: [], duration_seconds: 0.001 };
const digest = 'd1'.repeat(32);
const planOf = (target: string) => ({ action: 'restart' as const, target, order: [target] });
const decision = (target: string) => ({ plan: planOf(target), digest, dry_run: false, guards: [{ guard: 'cooldown', allowed: true, reason: 'No action in the last 3600 s.' }], reason: analysis.reason, confidence: 0.85 });
const side = (health: string, cpu: number) => ({ from: '', to: '', samples: 3, status: 'running', health_status: health, metrics: { cpu_percent: cpu } });

/** A container falls ill, is restarted and well again. */
function healed(name: string): HemostatEvent[] {
  const alert = testAlert(name);
  const needed = derived(alert, 'remediation_needed', 'analyzer', { ...analysis, action: 'restart', metrics: {} });
  const started = derived(needed, 'remediation_started', 'responder', { ...decision(`host-1/${name}`), mode: 'auto', attempt: 1, authorised_by: 'policy' });
  const complete = derived(started, 'remediation_complete', 'responder', { action: 'restart', result: { status: 'success' }, dry_run: false, reason: analysis.reason, confidence: 0.85, duration_seconds: 1.2 });
  const verified = derived(complete, 'remediation_verified', 'responder', { action: 'restart', verdict: 'helped', reason: 'healthy', before: side('unhealthy', 97), after: side('healthy', 4), duration_seconds: 2 });
  return [alert, needed, started, complete, verified];
}

function waiting(name: string): HemostatEvent[] {
  const alert = testAlert(name);
  const needed = derived(alert, 'remediation_needed', 'analyzer', { ...analysis, action: 'restart', metrics: {} });
  const asked = derived(needed, 'approval_requested', 'responder', { ...decision(`host-1/${name}`), mode: 'approve', expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  return [alert, needed, asked];
}

function refused(name: string): HemostatEvent[] {
  const alert = testAlert(name);
  const needed = derived(alert, 'remediation_needed', 'analyzer', { ...analysis, action: 'restart', metrics: {} });
  const free = new Date(Date.now() + 600_000).toISOString();
  const guards = [
    { guard: 'mode', allowed: true, reason: 'The mode is auto.' },
    { guard: 'cooldown', allowed: false, limit: '3600 s', measured: '3000 s', free_at: free, reason: 'The last action was 3000 s ago.' },
  ];
  return [alert, needed, derived(needed, 'remediation_complete', 'responder', { action: 'restart', result: { status: 'rejected', reason: 'cooldown_active', remaining_seconds: 600 }, dry_run: false, reason: analysis.reason, confidence: 0.85, guards })];
}

const stateOf = (container: string, host = 'host-1'): ContainerState => ({
  host,
  container,
  container_id: 'c'.repeat(64),
  image: 'shop/web:1',
  status: 'running',
  health_status: 'healthy',
  exit_code: 0,
  oom_killed: false,
  restart_count: 0,
  restart_policy: 'no',
  labels: { 'hemostat.cooldown': '15m' },
  project: 'shop',
  service: 'web',
  depends_on: [],
  network_parent: '',
  metrics: {},
  ill: false,
  seen_at: new Date().toISOString(),
});

describe('the command line', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let folder: string;
  const environment = () => ({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) });
  const cli = (argv: string[], options?: CliOptions): Promise<CliRun> => runIn(environment(), argv, options);
  const json = async (argv: string[]) => JSON.parse((await cli([...argv, '--json'])).out) as Record<string, unknown>;
  const commands = async () => (await readRange(log, { types: ['command'] })).map(({ event }) => event as EventOf<'command'>);
  const append = async (events: HemostatEvent[]): Promise<string> => (await log.append(events))[0]?.incidentId ?? '';
  const know = (...states: ContainerState[]) => log.redis.hset(log.partition(0).containers, ...states.flatMap((one) => [`${one.host}/${one.container}`, JSON.stringify(one)]));
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

  beforeAll(async () => {
    redis = await startRedis({ aof: true });
    log = testLog(environment());
    folder = temporaryFolder('cli');
  });
  beforeEach(() => log.redis.flushall());
  afterAll(async () => {
    log.redis.disconnect();
    await redis.stop();
    removeFolder(folder);
  });

  describe('explain', () => {
    it('tells the story from the log alone, by id, its beginning and the container', async () => {
      const id = await append(healed('web-1'));
      for (const word of [id, id.slice(0, 10), 'web-1', 'host-1/web-1']) {
        const { code, out } = await cli(['explain', word]);
        expect(code).toBe(0);
        expect(out).toContain(`incident ${id}`);
        expect(out).toMatch(/resolved/);
        expect(out).toMatch(/The worker pool is exhausted/);
        expect(out).toMatch(/verified +helped/);
        expect(widest(out)).toBeLessThanOrEqual(80);
      }
    });

    it('shows on a refusal which guard stood in the way, with limit, value and end', async () => {
      await append(refused('web-1'));
      const { out } = await cli(['explain', 'web-1']);
      expect(out).toMatch(/cooldown +REFUSED +3600 s +3000 s +\d\d:\d\d:\d\d/);
      expect(out).toContain('The last action was 3000 s ago.');
      expect(widest(out)).toBeLessThanOrEqual(80);
    });

    it('replays up to a moment', async () => {
      const events = healed('web-1').map((event, index) => ({ ...event, time: `2026-03-02T14:00:0${index}.000Z` }));
      const id = await append(events);
      const then = await json(['explain', id, '--at', '2026-03-02T14:00:02.500Z']);
      expect(then.incident).toMatchObject({ state: 'remediating' });
      expect(then.events).toHaveLength(3);
      const before = await cli(['explain', id, '--at', '2026-03-02T13:00:00Z']);
      expect(before.code).toBe(1);
      expect(before.err).toMatch(/had not begun/);
    });

    it('says for an unknown word what there is', async () => {
      expect((await cli(['explain', 'nowhere'])).err).toMatch(/"nowhere" is neither.*\n.*holds no incident yet/);
      await append(healed('web-1'));
      const { code, err } = await cli(['explain', 'nowhere']);
      expect(code).toBe(1);
      expect(err).toMatch(/The latest are: \w+ host-1\/web-1 unhealthy_status resolved/);
    });

    it('does not let hostile names steer the terminal', async () => {
      await append([testAlert('web\u001b[2J\u202eevil')]);
      const { out } = await cli(['incidents']);
      expect(out).not.toMatch(/[\u001b\u202e]/);
    });
  });

  describe('incidents', () => {
    it('lists the active ones, and all with --all', async () => {
      await append(healed('web-1'));
      await append(waiting('web-2'));
      const active = (await json(['incidents'])) as unknown as Array<Record<string, unknown>>;
      expect(active.map((one) => [one.container, one.state])).toEqual([['web-2', 'awaiting_approval']]);
      const all = (await json(['incidents', '--all'])) as unknown as unknown[];
      expect(all).toHaveLength(2);
      const { out } = await cli(['incidents', '--all']);
      expect(out).toMatch(/\bweb-1 +high +resolved/);
      expect(widest(out)).toBeLessThanOrEqual(80);
      expect(((await json(['incidents', '--all', '--container', 'web-1'])) as unknown as unknown[]).length).toBe(1);
      expect(((await json(['incidents', '--all', '--limit', '1'])) as unknown as unknown[]).length).toBe(1);
    });

    it('says so when there is none', async () => {
      expect((await cli(['incidents'])).out).toMatch(/No active incident/);
    });
  });

  describe('tail', () => {
    it('prints past events, filtered', async () => {
      await append(healed('web-1'));
      await append(waiting('web-2'));
      expect((await cli(['tail', '--since', '10m'])).out.trim().split('\n')).toHaveLength(8);
      expect((await cli(['tail', '--since', '10m', '--container', 'web-2'])).out.trim().split('\n')).toHaveLength(3);
      const lines = (await cli(['tail', '--type', 'health_alert,approval_requested', '--json'])).out.trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as HemostatEvent).type)).toEqual(['health_alert', 'health_alert', 'approval_requested']);
      const [raw = ''] = (await cli(['tail', '--raw', '--container', 'web-1', '--limit', '1'])).out.split('\n');
      expect(JSON.parse(raw)).toMatchObject({ type: 'remediation_verified', v: 1 });
    });

    it('follows the log until it is stopped', async () => {
      await append([testAlert('before')]);
      const stop = new AbortController();
      let seen = '';
      const tailing = cli(['tail', '--follow'], { signal: stop.signal, onOut: (text) => (seen += text) });
      await eventually(() => expect(seen).toContain('before'));
      await append([testAlert('after')]);
      await eventually(() => expect(seen).toContain('after'));
      stop.abort();
      expect((await tailing).code).toBe(0);
      expect(seen.match(/before/g)).toHaveLength(1);
    });
  });

  describe('commands about an incident', () => {
    it('approves the waiting action, bound to its digest, with who asked', async () => {
      const id = await append(waiting('web-2'));
      const done = await cli(['approve', id.slice(0, 8), '--digest', digest.slice(0, 12), '--reason', 'looks right']);
      expect(done.err).toBe('');
      expect(done.code).toBe(0);
      expect(done.out).toMatch(/checks its guards again and then does: restart of host-1\/web-2/);
      const [command] = await commands();
      expect(command).toMatchObject({ agent: 'operator', host: 'host-1', container: 'web-2', incident_id: id, data: { command: 'approve', digest, user: 'tester', reason: 'looks right' } });
    });

    it('refuses to approve another action than the one that was looked at, or none', async () => {
      const id = await append(waiting('web-2'));
      const other = await cli(['approve', id, '--digest', 'ffffffff']);
      expect([other.code, other.err]).toEqual([1, expect.stringMatching(/not the one you looked at/)]);
      const done = await append(healed('web-1'));
      const nothing = await cli(['approve', done]);
      expect([nothing.code, nothing.err]).toEqual([1, expect.stringMatching(/waits for no approval; it is resolved/)]);
      expect(await commands()).toHaveLength(0);
    });

    it('refuses an approval that has expired', async () => {
      const id = await append(waiting('web-2'));
      const late = await cli(['approve', id], { now: () => Date.now() + 7_200_000 });
      expect([late.code, late.err]).toEqual([1, expect.stringMatching(/has expired/)]);
    });

    it('waits for the outcome of an approval', async () => {
      const id = await append(waiting('web-2'));
      const asked = (await readRange(log, { types: ['approval_requested'] }))[0]?.event as HemostatEvent;
      const approving = cli(['approve', id, '--wait', '30']);
      await eventually(async () => expect(await commands()).toHaveLength(1));
      const verdict: EventData<'remediation_verified'> = { action: 'restart', verdict: 'no_change', reason: 'still ill', before: side('unhealthy', 1), after: side('unhealthy', 1), duration_seconds: 2 };
      await append([derived(asked, 'remediation_complete', 'responder', { action: 'restart', result: { status: 'success' }, dry_run: false, reason: '', confidence: 1 })]);
      await append([derived(asked, 'remediation_verified', 'responder', verdict)]);
      const { code, out } = await approving;
      expect(code).toBe(1);
      expect(out).toMatch(/no change/);
    });

    it('rejects, acknowledges, silences, unsilences and resolves', async () => {
      const id = await append(waiting('web-2'));
      expect((await cli(['acknowledge', id, '--user', 'ada'])).code).toBe(0);
      expect((await cli(['silence', id, '--minutes', '5'])).code).toBe(0);
      const incident = ((await json(['incidents'])) as unknown as Array<Record<string, string>>)[0];
      expect(incident?.acknowledged_by).toBe('ada');
      expect(Date.parse(incident?.silenced_until ?? '')).toBeGreaterThan(Date.now());
      expect((await cli(['unsilence', id])).code).toBe(0);
      expect((await cli(['unsilence', id])).err).toMatch(/is not silenced/);
      expect((await cli(['reject', id])).code).toBe(0);
      expect((await cli(['resolve', id])).code).toBe(0);
      expect((await cli(['resolve', id])).err).toMatch(/has ended already: it is resolved/);
      expect((await commands()).map((event) => event.data.command)).toEqual(['acknowledge', 'silence', 'unsilence', 'reject', 'resolve']);
    });

    it.each([['4'], ['1441'], ['ten']])('silences for 5 to 1440 minutes, not %s', async (minutes) => {
      const { code, err } = await cli(['silence', 'x', '--minutes', minutes]);
      expect([code, err]).toEqual([2, expect.stringMatching(/between 5 and 1440/)]);
    });
  });

  describe('remediate', () => {
    it('orders an action on a container that the monitor knows', async () => {
      await know(stateOf('web-1'));
      expect((await cli(['remediate', 'web-1', '--action', 'restart'])).code).toBe(0);
      expect((await cli(['remediate', 'host-1/web-1', '--action', 'exec', '--', 'ps', 'aux'])).code).toBe(0);
      expect((await commands()).map((event) => event.data)).toEqual([
        { command: 'remediate', action: 'restart', user: 'tester' },
        { command: 'remediate', action: 'exec', arguments: ['ps', 'aux'], user: 'tester' },
      ]);
      expect((await commands()).every((event) => event.host === 'host-1' && event.container === 'web-1')).toBe(true);
    });

    it('refuses unknown and doubtful containers, unknown actions and arguments that mean nothing', async () => {
      await know(stateOf('web-1'), stateOf('web-1', 'host-2'));
      expect((await cli(['remediate', 'web-1', '--action', 'restart'])).err).toMatch(/There are 2 containers "web-1".*\n.*host-2\/web-1/);
      expect((await cli(['remediate', 'web', '--action', 'restart'])).err).toMatch(/knows no container "web".*\n.*Known are: host-1\/web-1/);
      expect((await cli(['remediate', 'web-1', '--action', 'dance'])).code).toBe(2);
      expect((await cli(['remediate', 'web-1'])).code).toBe(2);
      expect((await cli(['remediate', 'web-1', '--action', 'exec'])).code).toBe(2);
      expect((await cli(['remediate', 'web-1', '--action', 'restart', '--', 'now'])).code).toBe(2);
    });
  });

  it('pauses, resumes and sets maintenance', async () => {
    await cli(['pause', '--reason', 'deploy']);
    await cli(['resume']);
    await cli(['maintenance', 'start', 'project:shop', '--minutes', '30']);
    await cli(['maintenance', 'end', 'project:shop']);
    expect((await commands()).map((event) => event.data)).toEqual([
      { command: 'pause', user: 'tester', reason: 'deploy' },
      { command: 'resume', user: 'tester' },
      { command: 'maintenance', scope: 'project:shop', until: expect.any(String), user: 'tester' },
      { command: 'maintenance_end', scope: 'project:shop', user: 'tester' },
    ]);
  });

  it('says when the responder does not take a command up', async () => {
    const { code, err } = await cli(['pause', '--wait', '1']);
    expect([code, err]).toEqual([1, expect.stringMatching(/has not taken it up within 1 s/)]);
  });

  describe('policy and what-if', () => {
    const file = (name: string, text: string) => {
      const where = path.join(folder, name);
      writeFileSync(where, text);
      return where;
    };

    it('shows each value with where it comes from', async () => {
      await know(stateOf('web-1'));
      const { out, err } = await runIn({ ...environment(), HEMOSTAT_MODE: 'approve' }, ['policy', 'show', '--container', 'web-1']);
      expect(err).toBe('');
      expect(out).toMatch(/mode +approve +environment/);
      expect(out).toMatch(/cooldown_seconds +900 +label/);
      expect(out).toMatch(/breaker\.failures +3 +default/);
      expect(widest(out)).toBeLessThanOrEqual(80);
    });

    it('sets a policy that can be used, and no other', async () => {
      expect((await cli(['policy', 'set', '--file', file('p.yaml', 'defaults:\n  mode: approve\n'), '--reason', 'careful'])).code).toBe(0);
      expect((await commands())[0]?.data).toEqual({ command: 'policy', policy: { defaults: { mode: 'approve' } }, user: 'tester', reason: 'careful' });
      const wrong = await cli(['policy', 'set', '--file', file('w.yaml', 'defaults:\n  mode: bold\n'), '--reason', 'x']);
      expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/defaults\.mode/)]);
      expect((await cli(['policy', 'set', '--file', path.join(folder, 'none.yaml'), '--reason', 'x'])).err).toMatch(/cannot be read/);
      expect(await commands()).toHaveLength(1);
    });

    it('tells which actions another policy would change', async () => {
      await append(healed('web-1'));
      const report = await json(['what-if', '--policy', file('a.yaml', 'defaults:\n  mode: auto\n'), '--since', '7d']);
      expect(report).toMatchObject({ decisions: 1, counts: { appears: 1 }, actions: { before: 0, after: 1 } });
      const { out } = await cli(['what-if', '--policy', path.join(folder, 'a.yaml')]);
      expect(out).toMatch(/appears/);
      expect(widest(out)).toBeLessThanOrEqual(80);
    });
  });

  describe('dead letters', () => {
    it('lists, shows and hands one to its agent again', async () => {
      const alert = testAlert('web-1');
      const [appended] = await log.append([alert]);
      const keys = log.partition(0);
      await log.redis.xgroup('CREATE', keys.log, 'analyzer', '$');
      await keepDeadLetter(log, 0, { streamId: appended?.streamId ?? '', group: 'analyzer', error: 'boom', deliveries: 3, raw: JSON.stringify(alert) });
      const [letter] = (await json(['dead-letters'])) as unknown as Array<Record<string, string>>;
      expect(letter).toMatchObject({ group: 'analyzer', error: 'boom', deliveries: 3 });
      expect((await cli(['dead-letters', 'show', letter?.id ?? ''])).out).toMatch(/boom/);
      expect((await cli(['dead-letters', 'retry', letter?.id ?? ''])).out).toMatch(/analyzer takes health_alert of web-1 up again/);
      expect(await log.redis.xpending(keys.log, 'analyzer')).toEqual([1, appended?.streamId, appended?.streamId, [['retry', '1']]]);
      expect((await cli(['dead-letters'])).out).toMatch(/No dead letters/);
      expect((await cli(['dead-letters', 'show', '1-1'])).err).toMatch(/no dead letter "1-1"/);
    });

    it('says why one that came from a channel cannot be handed on', async () => {
      await keepDeadLetter(log, 0, { streamId: '', group: 'bridge hemostat:alerts', error: 'not JSON', deliveries: 1, raw: 'x' });
      const [letter] = (await json(['dead-letters', 'list'])) as unknown as Array<Record<string, string>>;
      expect((await cli(['dead-letters', 'retry', letter?.id ?? ''])).err).toMatch(/never stood in the log/);
    });
  });

  describe('status', () => {
    it('counts the fleet, the incidents and the dead letters, and names what is wrong', async () => {
      await know(stateOf('web-1'), { ...stateOf('web-2'), ill: true }, { ...stateOf('web-3'), status: 'exited' });
      await append(waiting('web-2'));
      const status = await json(['status']);
      expect(status).toMatchObject({ ok: false, fleet: { total: 3, running: 2, stopped: 1, ill: 1 }, dead_letters: 0, switches: { paused: null }, redis: { full: false, append_only: true } });
      expect(status.incidents).toHaveLength(1);
      expect(status.problems).toEqual([expect.stringMatching(/No agent is alive/)]);
      const { code, out } = await cli(['status']);
      expect(code).toBe(1);
      expect(out).toMatch(/3 containers: 2 running, 1 stopped, 1 ill/);
      expect(widest(out.split('\n').filter((line) => !line.startsWith('!')).join('\n'))).toBeLessThanOrEqual(80);
    });

    it('shows who is alive, who leads and how far behind', async () => {
      const seen = new Date().toISOString();
      const base = { instance: 'copy-1', pid: 1, version: '1', started_at: seen, seen_at: seen, leading: true, handled: 7, failed: 0, dead: 0, in_flight: 0, memory_bytes: 90_000_000, troubles: [], state: { mode: 'auto' } };
      const gone = { ...base, agent: 'notifier', leading: false, seen_at: '2026-01-01T00:00:00.000Z' };
      await log.redis.hset(log.partition(0).agents, 'responder@copy-1', JSON.stringify({ ...base, agent: 'responder' }), 'notifier@copy-1', JSON.stringify(gone));
      await append([testAlert('web-1'), testRecovery('web-1')]);
      await log.redis.xgroup('CREATE', log.partition(0).log, 'responder', '0');
      await log.redis.hset(log.partition(0).switches, 'pause', JSON.stringify({ user: 'ada', reason: 'deploy', since: seen }));
      const { out } = await cli(['status']);
      expect(out).toMatch(/responder +leads +\d+ s +2 +0 +7/);
      expect(out).toMatch(/notifier +GONE/);
      expect(out).toMatch(/mode auto; PAUSED by ada/);
      expect(out).toMatch(/! notifier \(copy-1\) has given no sign since 2026-01-01/);
    });
  });

  it('reads a log of several partitions', async () => {
    const several = testLog({ ...environment(), HEMOSTAT_PARTITIONS: '4' });
    try {
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
        await several.append([testAlert(name)]);
      }
      const { out } = await runIn({ ...environment(), HEMOSTAT_PARTITIONS: '4' }, ['incidents', '--json']);
      expect(JSON.parse(out)).toHaveLength(6);
      const told = await runIn({ ...environment(), HEMOSTAT_PARTITIONS: '4' }, ['explain', 'e']);
      expect(told.out).toMatch(/^e .*\nincident /);
    } finally {
      several.redis.disconnect();
    }
  });

  it('shows in the log who asked for what', async () => {
    await append([observed('command', 'operator', {}, { command: 'pause', user: 'ada' })]);
    expect((await cli(['tail'])).out).toMatch(/healing paused by ada/);
  });
});
