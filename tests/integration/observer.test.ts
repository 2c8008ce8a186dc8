import { readHistory, readObserved } from '../../agents/runtime/collect';
import type { HemostatLog } from '../../agents/runtime/log';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import type { Environment } from '../../agents/runtime/settings/define';
import { eventually } from '../support/eventually';
import { testLog } from '../support/events';
import { alertsOf, ask, changesOf, componentOf, QUICK_OBSERVER, setRule, startAgent } from '../support/observer';
import type { Running } from '../support/processes';
import { startRedis, type RedisServer } from '../support/servers';

/** Starting a process, a silence that is long enough to count, and a lease that must end. */
const LONG = 60_000;
const ANALYZER = 'critical_component_unhealthy|analyzer';

describe('the observer and real agents', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let processes: Running[];

  beforeEach(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    processes = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map((one) => one.end('SIGKILL')));
    log.redis.disconnect();
    await redis.stop();
  });

  const run = (name: string, more: Environment = {}): Running => {
    const one = startAgent(name, { ...QUICK_OBSERVER, REDIS_PORT: String(redis.port), ...more });
    processes.push(one);
    return one;
  };
  const statusOf = async (name: string) => (await componentOf(log, name)).status;
  const becomes = async (name: string, status: string) => eventually(async () => expect(await statusOf(name)).toBe(status), LONG);
  const changed = async (condition: string, changes: readonly string[]) =>
    eventually(async () => {
      const events = await changesOf(log, condition);
      expect(events.map(({ data }) => data.change)).toEqual(changes);
      return events;
    }, LONG);

  it.each(['SIGTERM', 'SIGKILL'] as const)('an agent that ends by %s turns red with one alert, and its return resolves it (R109, R110, R446, R447)', async (signal) => {
    run('observer');
    const analyzer = run('analyzer');
    await becomes('analyzer', 'healthy');
    await analyzer.end(signal);
    await becomes('analyzer', 'unhealthy');
    const [fired] = await changed(ANALYZER, ['fired']);
    expect(fired?.data.alert).toMatchObject({ revision: 1, status: 'firing', severity: 'critical', type: 'system_health', name: 'analyzer is down', labels: { component: 'analyzer' } });
    expect(await componentOf(log, 'analyzer')).toMatchObject({ error_message: expect.stringMatching(/^The analyzer has given no sign since \d{4}-/) as string, mend: 'npx hemostat agent analyzer', critical: true });

    run('analyzer');
    await becomes('analyzer', 'healthy');
    const [, resolved] = await changed(ANALYZER, ['fired', 'resolved']);
    expect(resolved?.data).toMatchObject({ user: '', alert: { alert_id: fired?.data.alert.alert_id, revision: 2, status: 'resolved' } });
    expect(resolved?.data.alert.resolved_by).toBeUndefined();
    expect(await alertsOf(log, ANALYZER)).toHaveLength(1);
    expect(await log.redis.hlen(log.partition(0).agentAlertsOutbox)).toBe(0);
  });

  it('a silence ends: the same alert fires again while its condition holds (R445)', async () => {
    run('observer');
    await setRule(log);
    const [fired] = await changed('test_rule', ['fired']);
    const id = fired?.data.alert.alert_id ?? '';
    expect(fired?.data.alert).toMatchObject({ threshold: 0, notify: true, message: expect.stringMatching(/^There are \d+ components\.$/) as string });
    const until = new Date(Date.now() + 1500).toISOString();
    await ask(log, { command: 'alert_silence', alert: id, until, user: 'ada' });
    const events = await changed('test_rule', ['fired', 'silenced', 'ended_silence']);
    expect(events.map(({ data }) => [data.user, data.alert.alert_id, data.alert.revision, data.alert.status])).toEqual([
      ['', id, 1, 'firing'],
      ['ada', id, 2, 'silenced'],
      ['', id, 3, 'firing'],
    ]);
    expect(events[1]?.data.alert).toMatchObject({ silenced_by: 'ada', silenced_until: until });
    expect(Date.parse(events[2]?.time ?? '')).toBeGreaterThanOrEqual(Date.parse(until));

    await ask(log, { command: 'alert_acknowledge', alert: id, comment: 'on it', user: 'bob' });
    await ask(log, { command: 'alert_resolve', alert: id, user: 'bob' });
    const all = await eventually(async () => {
      const now = await changesOf(log, 'test_rule');
      expect(now.slice(3, 5).map(({ data }) => data.change)).toEqual(['acknowledged', 'resolved']);
      return now;
    });
    expect(all[3]?.data).toMatchObject({ user: 'bob', alert: { acknowledged_by: 'bob', comment: 'on it' } });
    expect(all[4]?.data).toMatchObject({ user: 'bob', alert: { resolved_by: 'bob' } });
    // Without a cooldown the condition, which holds still, makes a new alert.
    await eventually(async () => expect((await alertsOf(log, 'test_rule')).map(({ status }) => status)).toEqual(['resolved', 'firing']));
  });

  it('rules are set and removed at run time; one that comes with HemoStat gets its default again (R441)', async () => {
    run('observer');
    await eventually(async () => expect(await readObserved(log)).toBeDefined(), LONG);
    const slow = { name: 'slow_response_times', title: 'Slow', condition: 'response_time_ms >= threshold', severity: 'error' } as const;
    await setRule(log, slow);
    const [fired] = await changed('slow_response_times', ['fired']);
    expect(fired?.data.alert).toMatchObject({ name: 'Slow', severity: 'error' });
    await ask(log, { command: 'alert_rule_remove', rule: 'slow_response_times', user: 'ada' });
    await changed('slow_response_times', ['fired', 'resolved']);

    await setRule(log);
    await changed('test_rule', ['fired']);
    await setRule(log, { enabled: false });
    await changed('test_rule', ['fired', 'resolved']);
    await setRule(log, { name: 'broken', condition: 'components_total >' });
    await setRule(log, { name: 'after_it' });
    await changed('after_it', ['fired']);
    expect(Object.keys(await log.redis.hgetall(log.partition(0).agentAlertRules)).sort()).toEqual(['after_it', 'test_rule']);
  });

  it('two copies: one leads, its end hands the alert on (R446)', async () => {
    const copies = ['a', 'b'].map((instance) => run('observer', { HEMOSTAT_INSTANCE: instance }));
    const leaders = async () => (await readAgentStates(log)).filter(({ agent, leading }) => agent === 'observer' && leading).map(({ instance }) => instance);
    await eventually(async () => {
      expect((await readAgentStates(log)).map(({ instance }) => instance).sort()).toEqual(['a', 'b']);
      expect(await leaders()).toHaveLength(1);
    }, LONG);
    await setRule(log);
    await changed('test_rule', ['fired']);
    const [first = ''] = await leaders();
    await copies[first === 'a' ? 0 : 1]?.end('SIGKILL');
    const other = first === 'a' ? 'b' : 'a';
    await eventually(async () => expect((await readObserved(log))?.instance).toBe(other), LONG);
    await setRule(log, { threshold: 1000 });
    await changed('test_rule', ['fired', 'resolved']);
    expect(await alertsOf(log, 'test_rule')).toHaveLength(1);
  });

  it('keeps a history, and what it saw says since when this system runs (R091, R159, R161)', async () => {
    const keys = log.partition(0);
    const day = 86_400_000;
    await log.redis.xadd(keys.healthHistory, `${Date.now() - day - 60_000}-0`, 'json', '{}');
    const first = run('observer', { DASHBOARD_REFRESH_INTERVAL: '5' });
    const since = await eventually(async () => {
      const points = await readHistory(log, { from: Date.now() - day, to: Date.now() });
      expect(points.length).toBeGreaterThanOrEqual(2);
      expect(points[0]).toMatchObject({ availability: expect.any(Number) as number, circuit_breaker_health: 100, cpu_usage: expect.any(Number) as number });
      return (await readObserved(log))?.since;
    }, LONG);
    expect(await log.redis.xrange(keys.healthHistory, '-', `${Date.now() - day - 1}`)).toEqual([]);
    await first.end('SIGTERM');
    const last = (await readObserved(log))?.at ?? '';
    run('observer');
    const again = await eventually(async () => {
      const found = await readObserved(log);
      expect(Date.parse(found?.at ?? '')).toBeGreaterThan(Date.parse(last));
      return found;
    }, LONG);
    expect(again?.since).toBe(since);
    expect(again?.telemetry_max_bytes).toBe(128 * 1_048_576);
  });
});
