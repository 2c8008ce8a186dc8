import { analyzerAgent } from '../../agents/analyzer';
import { RedisStore } from '../../agents/analyzer/store';
import { RedisTokenBudget } from '../../agents/model/tokens';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived } from '../../agents/runtime/new-event';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { decodeEvent } from '../../src/contract/codec';
import type { EventData, HemostatEvent } from '../../src/contract/events';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { modelAnswer, startFakeModel, type FakeModel } from '../support/fake-model';
import { startRedis, type RedisServer } from '../support/servers';

const NO_ILLNESS = { health_status: 'healthy', anomalies: [] };
const memoryAlert = (container: string, memory_percent: number) =>
  testAlert(container, { ...NO_ILLNESS, metrics: { memory_percent }, anomalies: [{ type: 'high_memory', severity: 'high' }] });

function forensicsOf(alert: HemostatEvent, ...logs: string[]) {
  const data: EventData<'forensics_captured'> = { container_id: 'x', logs, logs_truncated: false, inspect: {}, missing: [], duration_seconds: 0.1, redactions: 0 };
  return derived(alert, 'forensics_captured', 'monitor', data);
}

describe.each([1, 4])('the analyzer on a log of %d partition(s)', (partitions) => {
  let redis: RedisServer;
  let fake: FakeModel;
  let log: HemostatLog;
  let running: RunningAgents[] = [];
  const base = () => ({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), LOG_LEVEL: 'silent', HEMOSTAT_PARTITIONS: String(partitions), HEMOSTAT_INSTANCE: `copy-${running.length}` });

  beforeAll(async () => {
    redis = await startRedis();
    fake = await startFakeModel();
  });
  afterAll(async () => {
    await fake.stop();
    await redis.stop();
  });
  beforeEach(async () => {
    log = testLog(base());
    await log.redis.flushall();
    fake.asked.length = 0;
    fake.behave({ answer: modelAnswer() });
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.close()));
    running = [];
    log.redis.disconnect();
  });

  const run = async (environment: Record<string, string> = {}) => {
    running.push(await runAgents([analyzerAgent], { ...base(), ...environment }));
  };
  const withModel = () => ({ AI_MODEL: 'test-model', HEMOSTAT_AI_URL: fake.url });
  const eventsOf = async (container: string): Promise<HemostatEvent[]> => {
    const entries = await log.redis.xrange(log.keysOf(container).log, '-', '+');
    return entries.flatMap(([, fields]) => {
      const decoded = decodeEvent(fields[fields.indexOf('json') + 1] ?? '', fields[fields.indexOf('incident') + 1]);
      return decoded.ok && decoded.value.container === container ? [decoded.value] : [];
    });
  };
  const verdictOn = async (alert: HemostatEvent) =>
    eventually(async () => {
      const found = (await eventsOf(alert.container)).find((event) => event.cause_id === alert.id && (event.type === 'remediation_needed' || event.type === 'false_alarm'));
      if (found?.type !== 'remediation_needed' && found?.type !== 'false_alarm') {
        throw new Error('no verdict yet');
      }
      return found;
    });

  it('judges every alert once, also those that came before it was there', async () => {
    const alerts = Array.from({ length: 200 }, (_, index) => testAlert(`web-${index}`, { exit_code: 1 }));
    await Promise.all(alerts.map((alert) => log.append([alert])));
    await run();
    await run();
    for (const alert of alerts) {
      expect(await verdictOn(alert)).toMatchObject({ type: 'remediation_needed', data: { rule: 'exit_code' } });
    }
    await Promise.all(alerts.slice(0, 50).map((alert) => log.append([alert])));
    const all = (await Promise.all(alerts.map((alert) => eventsOf(alert.container)))).flat();
    expect(all).toHaveLength(400);
    // The verdict belongs to the incident of its alert.
    expect(all.every((event) => event.incident_id !== '')).toBe(true);
  });

  it('reads the trend from the alerts before, not from the one it judges', async () => {
    await run();
    const verdicts = [];
    for (const memory of [60, 72, 84]) {
      const alert = memoryAlert('leaky', memory);
      await log.append([alert]);
      verdicts.push((await verdictOn(alert)).data.rule);
    }
    expect(verdicts).toEqual(['not_enough', 'not_enough', 'memory_leak']);
  });

  it('forgets alerts that are too old, and reads no more than it shall', async () => {
    const store = new RedisStore(log, { historySize: 2, historyTtlMs: 60_000 });
    const old = { ...memoryAlert('web', 10), time: '2026-01-01T00:00:00.000Z' };
    const recent = [20, 30, 40].map((memory, index) => ({ ...memoryAlert('web', memory), time: `2026-01-01T00:10:0${index}.000Z` }));
    await log.append([old, ...recent]);
    await log.redis.rpush(log.keysOf('web').alertHistory('host-1/web'), 'no JSON', '{"id":1}');
    const past = await store.history(recent[2] as HemostatEvent);
    expect(past.map((one) => one.metrics.memory_percent)).toEqual([30, 20]);
    expect(await new RedisStore(log, { historySize: 19, historyTtlMs: 60_000 }).history(recent[0] as HemostatEvent)).toHaveLength(2);
  });

  it('counts the tokens of a day for all copies, and forgets the day before', async () => {
    const stores = [1, 2].map(() => new RedisTokenBudget(log));
    await stores[0]?.reserveTokens('2026-01-01', 5, 100);
    const granted = await Promise.all(Array.from({ length: 30 }, async (_, index) => stores[index % 2]?.reserveTokens('2026-01-02', 10, 100)));
    expect(granted.filter(Boolean)).toHaveLength(10);
    await stores[0]?.settleTokens('2026-01-02', -10);
    expect(await stores[1]?.reserveTokens('2026-01-02', 10, 100)).toBe(true);
    const { positions } = log.partition(0);
    await eventually(async () => expect(await log.redis.hkeys(positions)).toEqual(['ai-tokens:2026-01-02']));
  });

  it('waits for the forensics of the alert and shows the model the log, and says that it asks before it asks', async () => {
    await run(withModel());
    const alert = testAlert('db', { forensics_pending: true });
    await log.append([alert]);
    const incident = (await eventsOf('db'))[0]?.incident_id ?? '';
    await log.append([{ ...forensicsOf(alert, 'starting', 'ERROR disk full password=hunter2'), incident_id: incident }]);
    const verdict = await verdictOn(alert);
    expect(verdict).toMatchObject({ type: 'remediation_needed', data: { analysis_method: 'ai', model_calls: [{ outcome: 'ok' }] } });
    expect(fake.asked[0]?.prompt).toContain('ERROR disk full password=[redacted]');
    expect((await eventsOf('db')).map((event) => event.type)).toEqual(['health_alert', 'forensics_captured', 'analysis_started', 'remediation_needed']);
  });

  it('does without the forensics when they do not come', async () => {
    await run(withModel());
    const alert = testAlert('db', { forensics_pending: true });
    await log.append([alert]);
    expect((await verdictOn(alert)).data.analysis_method).toBe('ai');
    expect(fake.asked[0]?.prompt).toContain('log: none was captured');
  });

  it('knows what an incident has used before', async () => {
    await run({ ...withModel(), HEMOSTAT_AI_TOKENS_PER_INCIDENT: '3000' });
    const [first, second, third] = [testAlert('web'), testAlert('web', { repeat: true }), testAlert('web', { repeat: true })];
    for (const alert of [first, second, third]) {
      await log.append([alert]);
      await verdictOn(alert);
    }
    const methods = (await eventsOf('web')).flatMap((event) => (event.type === 'remediation_needed' ? [event.data.analysis_method] : []));
    expect(methods).toEqual(['ai', 'ai', 'rule_based']);
  });

  it('a model that hangs holds up no other container, and a killed question is asked anew', async () => {
    fake.behave({ hang: true });
    await run({ ...withModel(), HEMOSTAT_AI_CONCURRENCY: '1' });
    const held = testAlert('slow');
    await log.append([held]);
    await eventually(() => expect(fake.asked).toHaveLength(1));
    const waiting = testAlert('waiting');
    await log.append([waiting]);
    const others = Array.from({ length: 50 }, (_, index) => testAlert(`other-${index}`, { exit_code: 1 }));
    await Promise.all(others.map((alert) => log.append([alert])));
    await eventually(async () => {
      const judged = (await Promise.all(others.map((alert) => eventsOf(alert.container)))).filter((events) => events.some((event) => event.type === 'remediation_needed'));
      expect(judged.length).toBeGreaterThanOrEqual(49);
    });
    fake.behave({ answer: modelAnswer() });
    await running[0]?.close();
    running = [];
    await run(withModel());
    expect((await verdictOn(held)).data.analysis_method).toBe('ai');
  });
});
