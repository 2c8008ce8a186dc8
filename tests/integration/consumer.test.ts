import type { Redis } from 'ioredis';
import { defineAgent, type AgentDefinition, type AgentParts } from '../../agents/runtime/agent';
import { PoisonError } from '../../agents/runtime/errors';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived } from '../../agents/runtime/new-event';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import type { HemostatEvent } from '../../src/contract/events';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';

const judged = (event: HemostatEvent) =>
  derived(event, 'false_alarm', 'analyzer', { reason: 'test', confidence: 0.5, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0 });

function testAgent(parts: AgentParts): AgentDefinition {
  return defineAgent({ name: 'analyzer', group: 'analyzer', reads: ['health_alert'], writes: ['false_alarm'], create: () => parts });
}

describe('reading in a group', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let running: RunningAgents[] = [];
  const environment = () => ({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), LOG_LEVEL: 'silent', AGENT_RETRY_DELAY: '0.01', HEMOSTAT_INSTANCE: `copy-${running.length}` });

  beforeEach(async () => {
    redis = await startRedis({ aof: true });
    log = testLog(environment());
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.close()));
    running = [];
    log.redis.disconnect();
    await redis.stop();
  });

  const run = async (parts: AgentParts) => {
    const started = await runAgents([testAgent(parts)], environment());
    running.push(started);
    return started;
  };
  const types = async () => {
    const entries = await log.redis.xrange(log.partition(0).log, '-', '+');
    return entries.map(([, fields]) => fields[1] ?? '');
  };
  const count = async (type: string) => (await types()).filter((one) => one === type).length;

  it('hands on what was appended while nobody read', async () => {
    await log.append([testAlert('a'), testAlert('b')]);
    await run({ handle: (event) => [judged(event)] });
    await eventually(async () => expect(await count('false_alarm')).toBe(2));
  });

  it('keeps the order of one container and works on many at the same time', async () => {
    const seen: string[] = [];
    let together = 0;
    let most = 0;
    const handle = async (event: HemostatEvent) => {
      together += 1;
      most = Math.max(most, together);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(event.id);
      together -= 1;
      return [];
    };
    const one = Array.from({ length: 30 }, () => testAlert('one'));
    const many = Array.from({ length: 30 }, (_, index) => testAlert(`many-${index}`));
    await log.append(one);
    await Promise.all(many.map((event) => log.append([event])));
    await run({ handle, concurrency: 8 });
    await eventually(() => expect(seen).toHaveLength(60));
    expect(seen.filter((id) => one.some((event) => event.id === id))).toEqual(one.map((event) => event.id));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('tries again what fails, then keeps it as a dead letter and goes on', async () => {
    let tries = 0;
    await log.append([testAlert('bad'), testAlert('worse'), testAlert('good')]);
    await run({
      handle: (event) => {
        if (event.container === 'bad') {
          tries += 1;
          throw new Error('the disk said no; password=hunter2');
        }
        if (event.container === 'worse') {
          throw new PoisonError('cannot ever be handled');
        }
        return [judged(event)];
      },
    });
    await eventually(async () => expect(await log.redis.xlen(log.partition(0).dead)).toBe(2));
    expect(tries).toBe(3);
    expect(await count('false_alarm')).toBe(1);
    const dead = JSON.stringify(await log.redis.xrange(log.partition(0).dead, '-', '+'));
    expect(dead).toContain('the disk said no');
    expect(dead).not.toContain('hunter2');
    expect((await log.redis.xpending(log.partition(0).log, 'analyzer'))[0]).toBe(0);
  });

  it('keeps malformed, oversized and unknown entries as dead letters and lives on', async () => {
    const keys = log.partition(0);
    const raw = ['{', '[]', '{"v":7}', JSON.stringify({ v: 1, type: 'health_alert' }), 'x'.repeat(1_100_000), '\u0000\ud800'];
    for (const json of raw) {
      await log.redis.xadd(keys.log, '*', 'type', 'health_alert', 'incident', '', 'json', json);
    }
    await log.redis.xadd(keys.log, '*', 'nonsense', 'yes');
    await log.append([testAlert('good')]);
    await run({ handle: (event) => [judged(event)] });
    await eventually(async () => expect(await log.redis.xlen(keys.dead)).toBe(raw.length));
    await eventually(async () => expect(await count('false_alarm')).toBe(1));
  });

  it('takes over what a dead copy held, and judges nothing twice', async () => {
    const keys = log.partition(0);
    await log.redis.xgroup('CREATE', keys.log, 'analyzer', '0', 'MKSTREAM');
    const alerts = Array.from({ length: 100 }, (_, index) => testAlert(`c${index}`));
    await log.append(alerts.slice(0, 50));
    // A copy read these and was killed: nothing acknowledged, no sign of life; of ten it had written the verdict already.
    await log.redis.xreadgroup('GROUP', 'analyzer', 'dead-copy', 'COUNT', 50, 'STREAMS', keys.log, '>');
    const appended = await log.redis.xrange(keys.log, '-', '+', 'COUNT', 10);
    for (const [, fields] of appended) {
      await log.append([judged({ ...(JSON.parse(fields[5] ?? '') as HemostatEvent), incident_id: fields[3] ?? '' })]);
    }
    await log.append(alerts.slice(50));
    await run({ handle: (event) => [judged(event)] });
    await run({ handle: (event) => [judged(event)] });
    await eventually(async () => expect(await count('false_alarm')).toBe(100));
    await eventually(async () => expect((await log.redis.xpending(keys.log, 'analyzer'))[0]).toBe(0));
    expect(await count('false_alarm')).toBe(100);
  });

  it('waits while Redis is gone and loses nothing that was accepted', async () => {
    await run({ handle: (event) => [judged(event)] });
    const sending = Array.from({ length: 300 }, (_, index) => testAlert(`c${index}`));
    const first = sending.slice(0, 100).map((event) => log.append([event]));
    await redis.kill('SIGKILL');
    const second = sending.slice(100).map((event) => log.append([event]));
    await redis.restart();
    await Promise.all([...first, ...second]);
    await eventually(async () => expect(await count('false_alarm')).toBe(300), 30_000);
    expect(await count('health_alert')).toBe(300);
  });

  it('reads with one copy only where the agent wants a leader, and another one takes over', async () => {
    const by: string[] = [];
    const leader = (name: string): AgentParts => ({ leader: true, handle: (event, entry) => (by.push(name), expect(entry.fence).toBeDefined(), [judged(event)]) });
    const first = await run(leader('first'));
    await eventually(() => expect(first.agents[0]?.figures().leading).toBe(true));
    const second = await run(leader('second'));
    await log.append([testAlert('a')]);
    await eventually(() => expect(by).toEqual(['first']));
    await first.close();
    await log.append([testAlert('b')]);
    await eventually(() => expect(by).toEqual(['first', 'second']));
    expect(second.agents[0]?.figures().leading).toBe(true);
  });

  it('leads and reads again after Redis was away for longer than a lead lasts', async () => {
    const leader = await run({ leader: true, handle: (event) => [judged(event)] });
    await log.append([testAlert('a')]);
    await eventually(async () => expect(await count('false_alarm')).toBe(1));
    await redis.kill('SIGKILL');
    await eventually(() => expect(leader.agents[0]?.figures().leading).toBe(false));
    const waiting = log.append([testAlert('b')]);
    await redis.restart();
    await waiting;
    await eventually(async () => expect(await count('false_alarm')).toBe(2));
    expect(leader.agents[0]?.figures().leading).toBe(true);
  });

  it('takes up what Redis has handed to it in an answer that never arrived', async () => {
    const reader = await run({ handle: (event) => [judged(event)] });
    const [appended] = await log.append([testAlert('a')]);
    await eventually(async () => expect(await count('false_alarm')).toBe(1));
    const { log: key } = log.partition(0);
    const own = reader.agents[0]?.consumerName ?? '';
    await (log.redis as Redis).xclaim(key, 'analyzer', own, 0, appended?.streamId ?? '', 'FORCE');
    expect((await log.redis.xpending(key, 'analyzer'))[0]).toBe(1);
    await eventually(async () => expect((await log.redis.xpending(key, 'analyzer'))[0]).toBe(0));
    expect(await count('false_alarm')).toBe(1);
  });

  it('says in its heartbeat what it does, and leaves no trace of life when it ends', async () => {
    const started = await run({ handle: () => [], state: () => ({ model: 'none' }) });
    const agents = log.partition(0).agents;
    await eventually(async () => expect(Object.keys(await log.redis.hgetall(agents))).toHaveLength(1));
    await started.close('test over');
    expect(await log.redis.hgetall(agents)).toEqual({});
    expect(await types()).toEqual(['agent_started', 'agent_stopped']);
  });
});
