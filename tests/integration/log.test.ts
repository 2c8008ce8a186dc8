import type { Redis } from 'ioredis';
import type { HemostatEvent } from '../../src/contract/events';
import { foldIncident } from '../../src/contract/incident';
import { LEGACY } from '../../src/contract/streams';
import { decodeEvent } from '../../src/contract/codec';
import { FencedError } from '../../agents/runtime/errors';
import { rawEntries } from '../../agents/runtime/consumer';
import { Lease } from '../../agents/runtime/leases';
import { trimPartition } from '../../agents/runtime/housekeeping';
import type { HemostatLog } from '../../agents/runtime/log';
import { observed, derived } from '../../agents/runtime/new-event';
import { startRedis, startRedisCluster, type RedisServer } from '../support/servers';
import { testAlert, testLog, testRecovery } from '../support/events';

describe.each([1, 4])('the log with %i partition(s)', (partitions) => {
  let redis: RedisServer;
  let log: HemostatLog;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    log = testLog({ REDIS_PORT: String(redis.port), HEMOSTAT_PARTITIONS: String(partitions) });
    await log.redis.flushall();
  });
  afterEach(() => log.redis.disconnect());

  const projection = async (container: string, id: string) => log.redis.hgetall(log.keysOf(container).incident(id));

  it('appends an event once, however often it is appended', async () => {
    const alert = testAlert('web-1');
    const [first] = await log.append([alert]);
    const again = await Promise.all([log.append([alert]), log.append([alert, alert])]);
    expect(first).toMatchObject({ duplicate: false });
    expect(again.flat().every((one) => one.duplicate)).toBe(true);
    expect(await log.redis.xlen(log.keysOf('web-1').log)).toBe(1);
    expect(await log.redis.llen(LEGACY.allEvents)).toBe(0);
  });

  it('gives a container one open incident at most, also when alerts come at once', async () => {
    const alerts = Array.from({ length: 50 }, () => testAlert('db'));
    const ids = new Set((await Promise.all(alerts.map((alert) => log.append([alert])))).flat().map((one) => one.incidentId));
    expect(ids.size).toBe(1);
    expect(await log.redis.hgetall(log.keysOf('db').open)).toEqual({ 'host-1/db': [...ids][0] });
  });

  it('opens a new incident after the old one has ended, and joins the same one for the same illness', async () => {
    const [first] = await log.append([testAlert('db', { episode: 'e1' })]);
    await log.append([testRecovery('db')]);
    expect(await projection('db', first?.incidentId ?? '')).toMatchObject({ state: 'recovered_alone' });
    const [second] = await log.append([testAlert('db', { episode: 'e2' })]);
    expect(first?.incidentId).toBe('e1');
    expect(second?.incidentId).toBe('e2');
  });

  it('keeps a projection that equals the fold of the events in the log', async () => {
    const alert = testAlert('api');
    const [opened] = await log.append([alert]);
    const cause: HemostatEvent = { ...alert, incident_id: opened?.incidentId ?? '' };
    await log.append([derived(cause, 'false_alarm', 'analyzer', { reason: 'a short spike', confidence: 0.5, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0.001 })]);
    await log.append([testAlert('api', { episode: opened?.incidentId ?? '', repeat: true }), testRecovery('api')]);
    const id = opened?.incidentId ?? '';
    const keys = log.keysOf('api');
    const streamIds = await log.redis.lrange(keys.incidentLog(id), 0, -1);
    const entries = await Promise.all(streamIds.map((streamId) => log.redis.xrange(keys.log, streamId, streamId)));
    const events = entries.flatMap(rawEntries).flatMap((entry) => {
      const decoded = decodeEvent(entry.json, entry.incident);
      return decoded.ok ? [decoded.value] : [];
    });
    const folded = foldIncident(id, events);
    expect(events).toHaveLength(4);
    expect(await projection('api', id)).toEqual({ ...folded.fields, state: folded.state });
  });

  it('counts events by minute and hour at the cost of their types, not of their number', async () => {
    await log.append(Array.from({ length: 20 }, () => testAlert('web-1')));
    await log.append([testAlert('web-1')]);
    const now = Math.floor(Date.now() / 60_000);
    const minutes = await log.redis.hgetall(log.keysOf('web-1').minuteCounts(Math.floor(now / 60)));
    const hours = await log.redis.hgetall(log.keysOf('web-1').hourCounts(Math.floor(now / 1440)));
    const sum = (counts: Record<string, string>) => Object.values(counts).reduce((total, one) => total + Number(one), 0);
    expect(sum(minutes)).toBe(21);
    expect(sum(hours)).toBe(21);
  });

  it('appends ten thousand events of many containers, each once', async () => {
    const events = Array.from({ length: 10_000 }, (_, index) => testAlert(`c${index % 500}`));
    await Promise.all(events.map((event) => log.append([event])));
    await Promise.all(events.slice(0, 1000).map((event) => log.append([event])));
    const lengths = await Promise.all(log.partitions.map((keys) => log.redis.xlen(keys.log)));
    expect(lengths.reduce((total, one) => total + one, 0)).toBe(10_000);
    expect(lengths.filter((length) => length > 0)).toHaveLength(partitions);
  });

  it('refuses the write of a copy that lost the lead', async () => {
    const keys = log.keysOf('web-1');
    const old = new Lease(log.redis, keys.lease('responder'), 'old', 60_000);
    expect(await old.tryAcquire()).toBe(true);
    const fence = { task: 'responder', token: 'old' };
    await log.append([testAlert('web-1')], { fence });
    await log.redis.set(keys.lease('responder'), 'new');
    await expect(log.append([testAlert('web-1')], { fence })).rejects.toThrow(FencedError);
    expect(await log.redis.xlen(keys.log)).toBe(1);
  });

  it('trims by time, with ids and incidents, but never an open incident', async () => {
    const [, ended] = await log.append([testAlert('gone'), testRecovery('gone')]);
    const [open] = await log.append([testAlert('ill')]);
    await Promise.all(log.partitions.map((_, partition) => trimPartition(log, partition, { retentionDays: 1, maxBytes: 1e9, now: Date.now() + 3 * 86_400_000 })));
    expect(await projection('gone', ended?.incidentId ?? '')).toEqual({});
    expect(await projection('ill', open?.incidentId ?? '')).toMatchObject({ state: 'open' });
  });

  it('holds the memory ceiling, but keeps what an agent has not read', async () => {
    const keys = log.keysOf('web-1');
    const partition = log.partitionOf('web-1');
    await log.append([testAlert('web-1')]);
    await log.redis.xgroup('CREATE', keys.log, 'analyzer', '0');
    await Promise.all(Array.from({ length: 5000 }, () => log.append([testAlert('web-1')])));
    const options = { retentionDays: 15, maxBytes: 200_000, now: Date.now() };
    expect((await trimPartition(log, partition, options)).held).toMatch(/has not read/);
    expect(await log.redis.xlen(keys.log)).toBe(5001);
    await log.redis.xgroup('SETID', keys.log, 'analyzer', '$');
    await trimPartition(log, partition, options);
    expect(await log.redis.memory('USAGE', keys.log, 'SAMPLES', 0)).toBeLessThan(400_000);
  });

  it("speaks to the original's agents and can be told not to", async () => {
    const silent = testLog({ REDIS_PORT: String(redis.port), HEMOSTAT_PARTITIONS: String(partitions), HEMOSTAT_LEGACY_MIRROR: 'false' });
    const heard: string[] = [];
    const ear = (log.redis as Redis).duplicate();
    ear.on('message', (_channel: string, message: string) => heard.push(message));
    await ear.subscribe(LEGACY.channels.health_alert);
    await silent.append([testAlert('quiet')]);
    await log.append([testAlert('loud')]);
    await log.redis.ping();
    await new Promise((resolve) => setImmediate(resolve));
    ear.disconnect();
    silent.redis.disconnect();
    expect(heard.map((message) => (JSON.parse(message) as { data: { container_name: string } }).data.container_name)).toEqual(['loud']);
  });
});

describe('the log on a Redis Cluster of three nodes', () => {
  it('spreads four partitions and keeps its promises', async () => {
    const cluster = await startRedisCluster();
    const log = testLog({ HEMOSTAT_REDIS_CLUSTER: cluster.nodes.map((node) => `127.0.0.1:${node.port}`).join(','), HEMOSTAT_PARTITIONS: '4' });
    try {
      const events = Array.from({ length: 200 }, (_, index) => testAlert(`c${index}`));
      const appended = (await Promise.all(events.map((event) => log.append([event])))).flat();
      const again = (await Promise.all(events.map((event) => log.append([event])))).flat();
      expect(appended.every((one) => !one.duplicate && one.incidentId)).toBe(true);
      expect(again.every((one) => one.duplicate)).toBe(true);
      const complete = observed('remediation_complete', 'responder', { container: 'c1', host: 'host-1' }, { action: 'restart', result: { status: 'rejected', reason: 'cooldown_active' }, dry_run: false, reason: 'r', confidence: 0.9 });
      await log.append([complete]);
      expect(await log.redis.llen(LEGACY.allEvents)).toBe(1);
    } finally {
      log.redis.disconnect();
      await cluster.stop();
    }
  });
});
