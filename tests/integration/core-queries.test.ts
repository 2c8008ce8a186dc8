import { derived, observed } from '../../agents/runtime/new-event';
import type { HemostatLog } from '../../agents/runtime/log';
import type { ContainerState } from '../../src/contract/containers';
import type { GuardVerdict, HemostatEvent } from '../../src/contract/events';
import type { Core } from '../../src/backend/core/types';
import { ask, cursorOf, fieldOf, framesOf, lastDay, noticesOf, testCore, valuesOf } from '../support/core';
import { testAlert, testLog, testRecovery } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';

const plan = (container: string) => ({ action: 'restart' as const, target: `host-1/${container}`, order: [`host-1/${container}`] });
const allowed: GuardVerdict = { guard: 'cooldown', allowed: true, reason: 'free' };
const refused: GuardVerdict = { guard: 'cooldown', allowed: false, reason: 'restarted 5 min ago', limit: '3600 s', measured: '300 s', free_at: '2030-01-01T00:00:00.000Z' };
const side = { from: '', to: '', samples: 3, status: 'running', health_status: 'unhealthy', metrics: { cpu_percent: 90, memory_percent: 50 } };

const state = (container: string, more: Partial<ContainerState> = {}): ContainerState => ({
  host: 'host-1',
  container,
  container_id: `id-${container}`,
  image: 'shop/web:1',
  status: 'running',
  health_status: 'healthy',
  exit_code: 0,
  oom_killed: false,
  restart_count: 2,
  restart_policy: 'always',
  labels: {},
  project: 'shop',
  service: container,
  depends_on: [],
  network_parent: '',
  metrics: { cpu_percent: 5 },
  ill: false,
  seen_at: new Date().toISOString(),
  ...more,
});

const ENDINGS = {
  helped: { dry: false, status: 'success', mode: 'auto', guards: [allowed] },
  worse: { dry: false, status: 'success', mode: 'auto', guards: [allowed] },
  failed: { dry: false, status: 'failed', mode: 'auto', guards: [allowed] },
  refused: { dry: false, status: 'rejected', mode: 'auto', guards: [refused] },
  dry_run: { dry: true, status: 'success', mode: 'observe', guards: [allowed] },
} as const;

describe.each([1, 4])('queries of the core over %i partition(s)', (partitions) => {
  let redis: RedisServer;
  let log: HemostatLog;
  let core: Core;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    const environment = { REDIS_PORT: String(redis.port), HEMOSTAT_PARTITIONS: String(partitions) };
    log = testLog(environment);
    await log.redis.flushall();
    core = testCore(environment);
  });
  afterEach(async () => {
    await core.close();
    log.redis.disconnect();
  });

  /** Alert, verdict of a model and what came of it. */
  async function story(container: string, ending: keyof typeof ENDINGS = 'helped'): Promise<string> {
    const alert = testAlert(container, { ill_since: new Date(Date.now() - 2000).toISOString() });
    const [opened] = await log.append([alert]);
    const id = opened?.incidentId ?? '';
    const cause: HemostatEvent = { ...alert, incident_id: id, trace_id: id };
    const need = derived(cause, 'remediation_needed', 'analyzer', {
      action: 'restart', reason: 'The probe fails.', root_cause: 'A deadlock.', confidence: 0.9, analysis_method: 'ai', evidence: [{ what: 'health', value: 'unhealthy' }], duration_seconds: 0.5, metrics: {}, alerted_at: alert.time,
      model_calls: [{ model: 'm', provider: 'p', started_at: alert.time, duration_seconds: 0.4, input_tokens: 10, output_tokens: 5, prompt_hash: 'h', finish_reason: 'stop', outcome: 'ok' }],
    });
    const { dry, status, mode, guards } = ENDINGS[ending];
    const started = derived(need, 'remediation_started', 'responder', { plan: plan(container), digest: 'd', mode, dry_run: dry, guards: [allowed], reason: 'The probe fails.', confidence: 0.9, attempt: 1, authorised_by: 'policy' });
    const complete = derived(need, 'remediation_complete', 'responder', {
      action: 'restart', result: { status, ...(status === 'success' ? { steps: [{ target: `host-1/${container}`, action: 'restart', ok: true, detail: 'done', duration_seconds: 0.3 }] } : { reason: 'cooldown_active' }) },
      dry_run: dry, reason: 'The probe fails.', confidence: 0.9, guards: [...guards], duration_seconds: 0.4, digest: 'd', mode,
    });
    await log.append([need]);
    await log.append(ending === 'refused' ? [complete] : [started, complete]);
    if (ending === 'helped' || ending === 'worse') {
      const verified = derived(complete, 'remediation_verified', 'responder', { action: 'restart', verdict: ending, reason: 'seen', before: side, after: { ...side, health_status: 'healthy', metrics: { cpu_percent: 3 } }, duration_seconds: 1.4 });
      const sent = derived(complete, 'notification_sent', 'notifier', { channel: 'slack', kind: 'acted', key: 'k', attempts: 1, duration_seconds: 0.2 });
      await log.append([verified, sent]);
    }
    return id;
  }

  it('counts events over time by type, from the counts alone', async () => {
    await log.append([testAlert('a'), testAlert('b'), testRecovery('a')]);
    await Promise.all(log.partitions.map((keys) => log.redis.del(keys.log)));
    const [frame] = await framesOf(core, { queryType: 'frequency' }, { from: Date.now() - 3_600_000, to: Date.now() });
    expect(frame?.meta).toMatchObject({ type: 'timeseries-wide' });
    const sum = (name: string) => (valuesOf(frame, name) as number[]).reduce((total, one) => total + one, 0);
    expect([sum('health_alert'), sum('container_recovered')]).toEqual([2, 1]);
    expect(fieldOf(frame, 'health_alert').labels).toEqual({ type: 'health_alert' });
    const times = valuesOf(frame, 'time') as number[];
    expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 60_000)).toBe(true);
    expect(times.length).toBeGreaterThanOrEqual(60);
    const [days] = await framesOf(core, { queryType: 'frequency' }, { from: Date.now() - 15 * 86_400_000, to: Date.now() });
    expect((valuesOf(days, 'health_alert') as number[]).reduce((total, one) => total + one, 0)).toBe(2);
    expect(days?.fields[0]?.values.length).toBeLessThanOrEqual(500);
  });

  it('counts only the types asked for, and has a series at zero for an alert rule', async () => {
    await log.append([testAlert('a')]);
    const [one] = await framesOf(core, { queryType: 'frequency', filters: { types: ['false_alarm'] } });
    expect(one?.fields.map((field) => field.name)).toEqual(['time', 'false_alarm']);
    expect(new Set(valuesOf(one, 'false_alarm'))).toEqual(new Set([0]));
    await log.redis.flushall();
    const [none] = await framesOf(core, { queryType: 'frequency', filters: { containers: ['a'] } });
    expect(none?.fields.length).toBeGreaterThan(1);
    expect(noticesOf(none)).toContain('containers');
  });

  it('lists incidents with their state, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 25; index += 1) {
      ids.push(await story(`c${index}`, index % 2 === 0 ? 'helped' : 'refused'));
    }
    const seen: unknown[] = [];
    for (let cursor = ''; ; ) {
      const [frame] = await framesOf(core, { queryType: 'incidents', limit: 4, cursor });
      seen.push(...valuesOf(frame, 'incident'));
      cursor = cursorOf(frame);
      if (!cursor) {
        break;
      }
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(new Set(ids));
    const [frame] = await framesOf(core, { queryType: 'incidents', filters: { statuses: ['resolved'] } });
    expect(new Set(valuesOf(frame, 'state'))).toEqual(new Set(['resolved']));
    expect(valuesOf(frame, 'incident')).toHaveLength(13);
    expect((valuesOf(frame, 'duration') as number[]).every((one) => one >= 0)).toBe(true);
    const [guarded] = await framesOf(core, { queryType: 'incidents', adhoc: [{ key: 'guard', operator: '=', value: 'cooldown' }] });
    expect(valuesOf(guarded, 'incident')).toHaveLength(12);
  });

  it('lists remediations with verdict and figures before and after', async () => {
    await story('a', 'helped');
    await story('b', 'worse');
    await story('c', 'refused');
    await story('d', 'dry_run');
    const [frame] = await framesOf(core, { queryType: 'remediations' });
    const rows = Object.fromEntries((valuesOf(frame, 'container') as string[]).map((container, index) => [container, ['status', 'verdict', 'cpu_before', 'cpu_after', 'guard', 'dry_run'].map((name) => valuesOf(frame, name)[index])]));
    expect(rows).toEqual({
      'host-1/a': ['success', 'helped', 90, 3, '', false],
      'host-1/b': ['success', 'worse', 90, 3, '', false],
      'host-1/c': ['rejected', '', null, null, 'cooldown', false],
      'host-1/d': ['dry_run', '', null, null, '', true],
    });
    const [first] = await framesOf(core, { queryType: 'remediations', limit: 3 });
    const [rest] = await framesOf(core, { queryType: 'remediations', limit: 3, cursor: cursorOf(first) });
    expect([...valuesOf(first, 'id'), ...valuesOf(rest, 'id')]).toEqual(valuesOf(frame, 'id'));
    const [page] = await framesOf(core, { queryType: 'remediations', limit: 1, cursor: cursorOf(first) });
    expect(valuesOf(page, 'verdict')).toEqual(valuesOf(rest, 'verdict').slice(0, 1));
  });

  it('has no success rate before the first attempt, and counts refusals apart (R075 to R081)', async () => {
    const [none] = await framesOf(core, { queryType: 'statistics' });
    expect(valuesOf(none, 'success_rate')).toEqual([null]);
    await story('a', 'helped');
    await story('b', 'worse');
    await story('c', 'refused');
    await story('d', 'dry_run');
    await story('e', 'failed');
    const [frame] = await framesOf(core, { queryType: 'statistics' });
    const figures = Object.fromEntries((frame?.fields ?? []).map((field) => [field.name, field.values[0]]));
    expect(figures).toMatchObject({ remediations: 5, success: 2, failed: 1, rejected: 1, dry_run: 1, helped: 1, worse: 1, false_alarms: 0, alerts: 5 });
    expect(figures.success_rate).toBeCloseTo(66.67, 1);
    const [one] = await framesOf(core, { queryType: 'statistics', filters: { containers: ['c'] } });
    expect(valuesOf(one, 'rejected')).toEqual([1]);
    expect(valuesOf(one, 'false_alarms')).toEqual([null]);
  });

  it('draws an incident as a trace: detect, model call, guards, act, verify, notify', async () => {
    const id = await story('web');
    const [frame] = await framesOf(core, { queryType: 'trace', target: id });
    expect(frame?.meta?.preferredVisualisationType).toBe('trace');
    const names = valuesOf(frame, 'operationName') as string[];
    expect(names).toEqual(['incident web', 'detect', 'analyse', 'model m', 'guards', 'guard cooldown', 'act restart', 'restart host-1/web', 'verify', 'notify slack']);
    const spans = valuesOf(frame, 'spanID') as string[];
    expect(new Set(spans).size).toBe(spans.length);
    const parents = valuesOf(frame, 'parentSpanID') as string[];
    expect(parents[0]).toBe('');
    expect(parents.slice(1).every((parent) => spans.includes(parent))).toBe(true);
    const starts = valuesOf(frame, 'startTime') as number[];
    const durations = valuesOf(frame, 'duration') as number[];
    expect(starts.every((start, index) => start >= (starts[0] ?? 0) && start + (durations[index] ?? 0) <= (starts[0] ?? 0) + (durations[0] ?? 0) + 1e-6)).toBe(true);
    expect(durations[1]).toBeGreaterThanOrEqual(2000);
    expect(new Set(valuesOf(frame, 'traceID')).size).toBe(1);
    expect(await ask(core, { queryType: 'trace', target: 'nothing' })).toMatchObject({ ok: false, failure: { status: 404 } });
    expect(await ask(core, { queryType: 'trace' })).toMatchObject({ ok: false, failure: { status: 400 } });
  });

  async function fleet(states: readonly ContainerState[]): Promise<void> {
    for (const one of states) {
      await log.redis.hset(log.keysOf(one.container).containers, `${one.host}/${one.container}`, JSON.stringify(one));
    }
  }

  it('lists containers by name, with those it cannot read counted', async () => {
    await fleet([state('b'), state('a', { ill: true, ill_since: new Date().toISOString() }), state('c', { project: 'queue' })]);
    await log.redis.hset(log.keysOf('x').containers, 'host-1/x', '{"host":1}');
    const incident = await log.append([testAlert('a')]);
    const [frame] = await framesOf(core, { queryType: 'containers' });
    expect(valuesOf(frame, 'name')).toEqual(['a', 'b', 'c']);
    expect(valuesOf(frame, 'incident')).toEqual([incident[0]?.incidentId, '', '']);
    expect(valuesOf(frame, 'memory')).toEqual([null, null, null]);
    expect(noticesOf(frame)).toContain('1 container of the log could not be read');
    expect(valuesOf((await framesOf(core, { queryType: 'containers', filters: { projects: ['queue'] } }))[0], 'name')).toEqual(['c']);
    expect(valuesOf((await framesOf(core, { queryType: 'containers', filters: { statuses: ['ill'] } }))[0], 'name')).toEqual(['a']);
    const [first] = await framesOf(core, { queryType: 'containers', limit: 2 });
    const [second] = await framesOf(core, { queryType: 'containers', limit: 2, cursor: cursorOf(first) });
    expect([...valuesOf(first, 'name'), ...valuesOf(second, 'name')]).toEqual(['a', 'b', 'c']);
    expect(cursorOf(second)).toBe('');
  });

  it('draws which containers hang together', async () => {
    await fleet([state('db'), state('api', { depends_on: ['host-1/db'] }), state('side', { network_parent: 'host-1/api' }), state('alone'), state('worker', { labels: { 'hemostat.depends': 'db' } })]);
    const [nodes, edges] = await framesOf(core, { queryType: 'dependents', target: 'api' });
    expect(valuesOf(nodes, 'title')).toEqual(['api', 'db', 'side']);
    expect(valuesOf(edges, 'source')).toEqual(['host-1/db', 'host-1/api']);
    expect(valuesOf(edges, 'mainstat')).toEqual(['depends on it', 'shares its network']);
    expect(nodes?.meta?.preferredVisualisationType).toBe('nodeGraph');
    const [all, links] = await framesOf(core, { queryType: 'dependents' });
    expect([all?.fields[0]?.values.length, links?.fields[0]?.values.length]).toEqual([5, 3]);
    expect(await ask(core, { queryType: 'dependents', target: 'nobody' })).toMatchObject({ ok: false, failure: { status: 404 } });
  });

  it('draws figures of containers over time; a counter that begins anew gives no negative rate', async () => {
    await fleet([state('web'), state('db')]);
    const key = log.keysOf('web').samples('host-1/web');
    const now = Math.floor(Date.now() / 1000) * 1000;
    const samples = [[0, 10, 1000], [1, 20, 3000], [2, '', 100], [3, 40, 600]] as const;
    for (const [second, cpu, received] of samples) {
      await log.redis.xadd(key, `${now - 10_000 + second * 1000}-0`, 'cpu_percent', cpu, 'network_rx_bytes', received, 'status', 'running');
    }
    const [frame] = await framesOf(core, { queryType: 'container_metrics', target: 'web', metrics: ['cpu_percent', 'network_rx_rate'] });
    expect(frame?.meta?.type).toBe('timeseries-wide');
    expect(valuesOf(frame, 'cpu_percent')).toEqual([10, 20, null, 40]);
    expect(valuesOf(frame, 'network_rx_rate')).toEqual([null, 2000, null, 500]);
    expect(fieldOf(frame, 'cpu_percent')).toMatchObject({ labels: { container: 'web', host: 'host-1' }, config: { unit: 'percent' } });
    const several = await framesOf(core, { queryType: 'container_metrics', filters: { containers: ['web', 'db'] }, metrics: ['cpu_percent'] });
    expect(several.map((one) => one.meta?.type)).toEqual(['timeseries-multi', 'timeseries-multi']);
    expect(await ask(core, { queryType: 'container_metrics', target: 'web', metrics: ['colour'] })).toMatchObject({ ok: false, failure: { status: 400 } });
  });

  it('adds the network rates of now to the list, where they are asked for and known', async () => {
    await fleet([state('web'), state('off', { status: 'exited' }), state('old'), state('new')]);
    const now = Date.now();
    const add = async (name: string, agoMs: number, received: number) => log.redis.xadd(log.keysOf(name).samples(`host-1/${name}`), `${now - agoMs}-0`, 'network_rx_bytes', String(received), 'network_tx_bytes', '7');
    for (const [name, first] of [['web', 12_000], ['off', 12_000], ['old', 900_000]] as const) {
      await add(name, first, 1000);
      await add(name, first - 10_000, 21_000);
    }
    await add('new', 1000, 5);
    const [frame] = await framesOf(core, { queryType: 'containers', metrics: ['network_rx_rate'] });
    expect(valuesOf(frame, 'name')).toEqual(['new', 'off', 'old', 'web']);
    expect(valuesOf(frame, 'network_rx_rate')).toEqual([null, null, null, 2000]);
    expect(valuesOf(frame, 'network_tx_rate')).toEqual([null, null, null, 0]);
    const [plain] = await framesOf(core, { queryType: 'containers' });
    expect(plain?.fields.map((field) => field.name)).not.toContain('network_rx_rate');
  });

  it('tells what would have been done in mode observe, and who recovered alone', async () => {
    await story('a', 'dry_run');
    await story('b', 'dry_run');
    await story('c', 'helped');
    await log.append([testRecovery('a')]);
    const [figures, list] = await framesOf(core, { queryType: 'shadow' });
    expect(figures?.fields.map((field) => field.values[0]).slice(0, 5)).toEqual([2, 2, 0, 1, 1]);
    expect(new Set(valuesOf(list, 'container'))).toEqual(new Set(['host-1/a', 'host-1/b']));
  });

  it('replays past decisions under another policy', async () => {
    await story('a');
    await story('b');
    const [figures, lines] = await framesOf(core, { queryType: 'what_if', policy: { defaults: { mode: 'auto' } } });
    expect(valuesOf(figures, 'decisions')).toEqual([2]);
    expect(valuesOf(lines, 'change')).toHaveLength(2);
    expect(valuesOf(figures, 'actions_after')).toEqual([2]);
    expect(await ask(core, { queryType: 'what_if', policy: { nonsense: 1 } })).toMatchObject({ ok: false, failure: { status: 400, message: expect.stringContaining('policy') } });
  });

  it('marks remediations and incidents on a time axis', async () => {
    const id = await story('web');
    const [both] = await framesOf(core, { queryType: 'annotations' });
    expect(both?.fields.map((field) => field.name)).toEqual(['time', 'timeEnd', 'title', 'text', 'tags', 'id', 'incident']);
    expect(valuesOf(both, 'id')).toContain(id);
    expect(valuesOf(both, 'title')).toContain('restart host-1/web: success, helped');
    const [only] = await framesOf(core, { queryType: 'annotations', annotate: 'incidents' });
    expect(valuesOf(only, 'id')).toEqual([id]);
    expect((valuesOf(only, 'timeEnd') as number[])[0]).toBeGreaterThan(0);
  });

  it.each(['events', 'frequency', 'incidents', 'remediations', 'containers', 'statistics', 'dependents', 'shadow', 'what_if', 'insights', 'annotations'] as const)('answers %s on an empty log', async (queryType) => {
    const frames = await framesOf(core, { queryType });
    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) {
      expect(new Set(frame.fields.map((field) => field.values.length)).size).toBeLessThanOrEqual(1);
    }
  });

  it('reads the records of the original, which know no incident', async () => {
    const event = observed('remediation_complete', 'responder', { host: 'host-1', container: 'old' }, { action: 'restart', result: { status: 'rejected', reason: 'cooldown_active' }, dry_run: false, reason: 'r', confidence: 0.9 });
    await log.append([event]);
    const [frame] = await framesOf(core, { queryType: 'remediations' }, lastDay());
    expect(valuesOf(frame, 'outcome')).toEqual(['cooldown_active']);
  });
});
