import { AlertEngine } from '../../agents/observer/alerts/engine';
import { RuleBook } from '../../agents/observer/alerts/rule-book';
import { AlertStore, KEEP_RESOLVED_MS } from '../../agents/observer/alerts/store';
import { FencedError } from '../../agents/runtime/errors';
import type { HemostatLog } from '../../agents/runtime/log';
import { createLogger } from '../../agents/runtime/logger';
import { observed as observedEvent } from '../../agents/runtime/new-event';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { TroubleBoard } from '../../agents/runtime/trouble';
import type { AgentAlert, Command } from '../../src/contract/events';
import type { FigureRow } from '../../src/contract/observability/aggregate';
import { DEFAULT_RULES } from '../../src/contract/observability/rules';
import type { AlertRule, Breaker, Component, Observed } from '../../src/contract/observability/schemas';
import { testLog } from '../support/events';
import { alertsOf, changesOf, testRule } from '../support/observer';
import { startRedis, type RedisServer } from '../support/servers';

const MINUTE = 60_000;

const component = (name: string, status: Component['status'], more: Partial<Component> = {}): Component => ({
  name,
  kind: 'agent',
  status,
  response_time_ms: 5,
  last_check: new Date(0).toISOString(),
  has_error: status !== 'healthy',
  error_message: status === 'healthy' ? null : `${name} is ill.`,
  mend: null,
  critical: false,
  ...more,
});
const breaker = (state: Breaker['state']): Breaker => ({ name: 'host-1/web', kind: 'container', state, failure_count: 3, success_rate: 0.95, avg_response_time: null, total_calls: 20, free_at: null });
const WELL = component('redis', 'healthy', { critical: true });

function seen(more: Partial<Observed> = {}): Observed {
  const resources = { cpu_percent: 10, memory_percent: 10, disk_percent: 10, memory_used_mb: 1, memory_total_mb: 2, disk_used_gb: 1, disk_total_gb: 2, load_average: [] };
  return { at: new Date(0).toISOString(), since: new Date(0).toISOString(), version: '1', instance: 'test', components: [WELL], breakers: [], resources, waiting: 0, dropped: {}, telemetry_bytes: 0, telemetry_max_bytes: 1, ...more };
}
const withCpu = (cpu: number | null): Observed => seen({ resources: { ...seen().resources, cpu_percent: cpu } });

/** Without the times that conditions must hold. */
const AT_ONCE = DEFAULT_RULES.map((rule) => ({ ...rule, for_seconds: 0 }));

/** The engine with a real Redis; what is seen and the clock are the test's. */
describe('alerts about HemoStat itself', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let now: number;
  let rows: readonly FigureRow[] | undefined;
  let engine: AlertEngine;
  let trouble: TroubleBoard;

  const settings = readSettings(commonSettings, { LOG_LEVEL: 'silent' });
  const fence = (token: string) => ({ task: 'observer', token });
  async function lead(token = 'first', defaults: readonly AlertRule[] = AT_ONCE): Promise<AlertEngine> {
    await log.redis.set(log.partition(0).lease('observer'), token);
    const logger = createLogger(settings);
    trouble = new TroubleBoard(logger);
    const next = new AlertEngine({ rules: new RuleBook({ log, defaults, trouble, logger }), logger, now: () => now, figures: () => Promise.resolve(rows) });
    await next.lead(new AlertStore(log, fence(token)));
    return next;
  }
  const command = (data: Command) => observedEvent('command', 'operator', { time: new Date(now).toISOString() }, data);
  const changes = async (condition: string) => (await changesOf(log, condition)).map(({ data }) => data.change);
  /** The one that is not resolved. */
  const active = (condition: string): AgentAlert => {
    const found = engine.active.find((alert) => alert.condition === condition);
    if (!found) {
      throw new Error(`no alert of ${condition} is active, only of ${engine.active.map((one) => one.condition).join(', ') || 'nothing'}`);
    }
    return found;
  };
  const conditions = () => engine.active.map((alert) => alert.condition).sort();

  beforeEach(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    now = Date.now();
    rows = [];
    engine = await lead();
  });
  afterEach(async () => {
    log.redis.disconnect();
    await redis.stop();
  });

  test('a condition fires once, keeps quiet while it holds, and is resolved when it ends (R148, R154, R155, R439, R447)', async () => {
    await engine.evaluate(withCpu(80));
    expect(conditions()).toEqual([]);
    await engine.evaluate(withCpu(80.1));
    await engine.evaluate(withCpu(99));
    const alert = active('high_cpu_usage');
    expect(alert).toMatchObject({ revision: 1, status: 'firing', severity: 'warning', type: 'resource_usage', value: 80.1, threshold: 80, message: 'CPU usage is 80.10%, above the threshold of 80%.' });
    expect(alert.alert_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    await engine.evaluate(withCpu(20));
    expect(conditions()).toEqual([]);
    expect(await changes('high_cpu_usage')).toEqual(['fired', 'resolved']);
    expect(await alertsOf(log, 'high_cpu_usage')).toMatchObject([{ alert_id: alert.alert_id, status: 'resolved', revision: 2 }]);
  });

  test('it does not fire again within its cooldown (R448)', async () => {
    await engine.evaluate(withCpu(90));
    await engine.evaluate(withCpu(20));
    now += 5 * MINUTE - 1;
    await engine.evaluate(withCpu(90));
    expect(conditions()).toEqual([]);
    now += 1;
    await engine.evaluate(withCpu(90));
    expect(conditions()).toEqual(['high_cpu_usage']);
    expect(await changes('high_cpu_usage')).toEqual(['fired', 'resolved', 'fired']);
  });

  test('a machine that is busy for a moment is no reason: CPU must stay above its limit for a minute (R148)', async () => {
    engine = await lead('patient', DEFAULT_RULES);
    await engine.evaluate(withCpu(99));
    now += MINUTE - 1;
    await engine.evaluate(withCpu(99));
    expect(conditions()).toEqual([]);
    await engine.evaluate(withCpu(20));
    now += MINUTE;
    await engine.evaluate(withCpu(99));
    expect(conditions()).toEqual([]);
    now += MINUTE;
    await engine.evaluate(withCpu(99));
    expect(conditions()).toEqual(['high_cpu_usage']);
  });

  test('what is unknown changes nothing (R123)', async () => {
    await engine.evaluate(withCpu(90));
    await engine.evaluate(withCpu(null));
    expect(conditions()).toEqual(['high_cpu_usage']);
  });

  test('each component and breaker has alerts of its own; one that is gone resolves its own (R146, R147, R152, R153)', async () => {
    const ill = [component('updater', 'unhealthy'), component('analyzer', 'unhealthy', { critical: true })];
    await engine.evaluate(seen({ components: [WELL, ...ill], breakers: [breaker('open')] }));
    expect(conditions()).toEqual(['circuit_breaker_open|host-1/web', 'component_unhealthy|updater', 'critical_component_unhealthy|analyzer', 'system_unhealthy']);
    expect(active('circuit_breaker_open|host-1/web')).toMatchObject({ name: 'Circuit Breaker Open: host-1/web', severity: 'critical', labels: { breaker: 'host-1/web' } });
    expect(active('system_unhealthy').message).toBe('At least one critical component is unhealthy: analyzer.');
    await engine.evaluate(seen({ breakers: [breaker('half_open')] }));
    expect(conditions()).toEqual(['circuit_breaker_testing|host-1/web']);
    await engine.evaluate(seen());
    expect(conditions()).toEqual([]);
  });

  test('figures of the agents: all together and each (R446, R452, R102); none that can be read resolve nothing', async () => {
    const minute = Math.floor(now / MINUTE) * MINUTE;
    rows = [
      { minute, agent: 'analyzer', figures: { requests: 10, errors: 5 } },
      { minute, agent: 'notifier', figures: { requests: 10, errors: 0 } },
    ];
    await engine.evaluate(seen());
    expect(conditions()).toEqual(['high_agent_failure_rate|analyzer', 'high_error_rate']);
    expect(active('high_error_rate')).toMatchObject({ value: 25, message: 'Error rate of the agents is 25.00%, above the threshold of 5%.' });
    rows = undefined;
    await engine.evaluate(seen());
    expect(conditions()).toEqual(['high_agent_failure_rate|analyzer', 'high_error_rate']);
    rows = [];
    await engine.evaluate(seen());
    expect(conditions()).toEqual([]);
  });

  test('a condition that must hold for a while fires after it', async () => {
    await engine.command(command({ command: 'alert_rule', rule: testRule({ for_seconds: 60 }), user: 'ada' }));
    await engine.evaluate(seen());
    now += MINUTE - 1;
    await engine.evaluate(seen());
    expect(conditions()).toEqual([]);
    now += 1;
    await engine.evaluate(seen());
    expect(conditions()).toEqual(['test_rule']);
  });

  test('a command that is handed out again changes nothing more, whatever came after it (R444, R445)', async () => {
    await engine.evaluate(withCpu(90));
    const { alert_id: alert } = active('high_cpu_usage');
    const silence = command({ command: 'alert_silence', alert, until: new Date(now + 10 * MINUTE).toISOString(), user: 'ada' });
    const acknowledge = command({ command: 'alert_acknowledge', alert, user: 'bob' });
    await engine.command(silence);
    await engine.command(acknowledge);
    await engine.command(silence);
    await engine.command(acknowledge);
    expect(active('high_cpu_usage')).toMatchObject({ status: 'acknowledged', revision: 3, acknowledged_by: 'bob' });
    const events = await changesOf(log, 'high_cpu_usage');
    expect(events.map(({ data, cause_id: cause }) => [data.change, data.user, cause])).toEqual([
      ['fired', '', ''],
      ['silenced', 'ada', silence.id],
      ['acknowledged', 'bob', acknowledge.id],
    ]);
  });

  test('commands about what is resolved, unknown or over change nothing', async () => {
    await engine.evaluate(withCpu(90));
    const { alert_id: alert } = active('high_cpu_usage');
    await engine.command(command({ command: 'alert_silence', alert, until: new Date(now - 1).toISOString(), user: 'ada' }));
    await engine.command(command({ command: 'alert_acknowledge', alert: 'no such alert', user: 'ada' }));
    await engine.command(command({ command: 'alert_resolve', alert, user: 'ada' }));
    await engine.command(command({ command: 'alert_acknowledge', alert, user: 'ada' }));
    expect(await changes('high_cpu_usage')).toEqual(['fired', 'resolved']);
  });

  test('one that a person resolved fires again only after its cooldown, counted from then', async () => {
    await engine.evaluate(withCpu(90));
    now += 60 * MINUTE;
    await engine.command(command({ command: 'alert_resolve', alert: active('high_cpu_usage').alert_id, user: 'ada' }));
    now += 5 * MINUTE - 1;
    await engine.evaluate(withCpu(90));
    expect(conditions()).toEqual([]);
    now += 1;
    await engine.evaluate(withCpu(90));
    expect(await changes('high_cpu_usage')).toEqual(['fired', 'resolved', 'fired']);
  });

  test('a silence lasts to its end although the condition comes and goes (R445)', async () => {
    await engine.evaluate(withCpu(90));
    const { alert_id: alert } = active('high_cpu_usage');
    await engine.command(command({ command: 'alert_silence', alert, until: new Date(now + 10 * MINUTE).toISOString(), user: 'ada' }));
    await engine.evaluate(withCpu(20));
    await engine.evaluate(withCpu(90));
    now += 10 * MINUTE;
    await engine.evaluate(withCpu(95));
    expect(active('high_cpu_usage')).toMatchObject({ alert_id: alert, status: 'firing', value: 95 });
    expect(await changes('high_cpu_usage')).toEqual(['fired', 'silenced', 'ended_silence']);
  });

  test('the next copy goes on with the same alert, and the one before can write no more (R446)', async () => {
    await engine.evaluate(withCpu(90));
    const before = active('high_cpu_usage');
    const old = engine;
    engine = await lead('second');
    expect(active('high_cpu_usage')).toEqual(before);
    await engine.evaluate(withCpu(90));
    await expect(old.evaluate(withCpu(20))).rejects.toThrow(FencedError);
    expect(await changes('high_cpu_usage')).toEqual(['fired']);
    await engine.evaluate(withCpu(20));
    expect(await changes('high_cpu_usage')).toEqual(['fired', 'resolved']);
  });

  test('a rule that cannot be evaluated is told, keeps its alert, and the others go on (R449)', async () => {
    const keys = log.partition(0);
    await engine.command(command({ command: 'alert_rule', rule: testRule(), user: 'ada' }));
    await engine.evaluate(seen());
    expect(conditions()).toEqual(['test_rule']);
    await log.redis.hset(keys.agentAlertRules, { test_rule: JSON.stringify({ ...testRule(), condition: 'no_such_thing > 1' }), unreadable: '{' });
    await engine.evaluate(withCpu(90));
    expect(conditions()).toEqual(['high_cpu_usage', 'test_rule']);
    expect(trouble.list()).toMatchObject([{ part: 'rules', message: expect.stringMatching(/^2 alert rules cannot be evaluated: unreadable cannot be read\. test_rule: .*no_such_thing/) as string }]);
    await log.redis.del(keys.agentAlertRules);
    await engine.evaluate(withCpu(90));
    expect(trouble.list()).toEqual([]);
    expect(conditions()).toEqual(['high_cpu_usage']);
  });

  test('resolved alerts are forgotten after 7 days (R353), the others never', async () => {
    const keys = log.partition(0);
    await engine.evaluate(withCpu(90));
    await engine.evaluate(seen({ breakers: [breaker('open')] }));
    now += KEEP_RESOLVED_MS - 1;
    await engine.forgetOld();
    expect(await log.redis.hlen(keys.agentAlerts)).toBe(2);
    now += 1;
    await engine.forgetOld();
    expect(await log.redis.hvals(keys.agentAlerts)).toEqual([expect.stringContaining('circuit_breaker_open')]);
    expect(await log.redis.zcard(keys.agentAlertsResolved)).toBe(0);
    expect(await log.redis.hlen(keys.agentAlertsFired)).toBe(0);
  });
});
