import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import type { HemostatLog } from '../../agents/runtime/log';
import type { Core, QueryAnswer } from '../../src/backend/core/types';
import { QUERY_TYPES, querySchema, type HemostatQuery } from '../../src/contract/query';
import { NOBODY, VIEWER, ask, cursorOf, framesOf, lastDay, noticesOf, testCore, valuesOf } from '../support/core';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { freePort } from '../support/free-port';
import { plantObserver, plantTelemetry, SMALL_PLAN } from '../support/telemetry-data';
import { startRedis, startRedisCluster, type RedisServer } from '../support/servers';

const never = new AbortController().signal;
const failureOf = (answer: QueryAnswer) => (answer.ok ? undefined : answer.failure);

/** A server that says one thing to everything, or nothing at all. */
async function parrot(words: string): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const commands = data.toString().match(/\*\d+\r\n/g)?.length ?? 0;
      socket.write(words.repeat(commands));
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function withCore<T>(core: Core, work: (core: Core) => Promise<T>): Promise<T> {
  try {
    return await work(core);
  } finally {
    await core.close();
  }
}

describe('trouble between the core and Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis({ password: 'right', acl: ['reader on >pw ~hemostat:* +@read +@connection -xrevrange', 'foreign on >pw ~other:* +@all'] });
  });
  afterAll(() => redis.stop());

  const port = () => String(redis.port);

  it.each<[string, () => Promise<Record<string, string>>, number, string]>([
    ['nobody there', async () => ({ REDIS_PORT: String(await freePort()) }), 502, 'cannot be reached'],
    ['no password', async () => ({ REDIS_PORT: port() }), 502, 'NOAUTH'],
    ['a wrong password', async () => ({ REDIS_PORT: port(), REDIS_PASSWORD: 'wrong' }), 502, 'WRONGPASS'],
    ['a database that is not there', async () => ({ REDIS_PORT: port(), REDIS_PASSWORD: 'right', REDIS_DB: '500' }), 502, 'DB index'],
    ['a missing right', async () => ({ REDIS_PORT: port(), REDIS_USERNAME: 'reader', REDIS_PASSWORD: 'pw' }), 502, 'NOPERM'],
    ['another key prefix', async () => ({ REDIS_PORT: port(), REDIS_USERNAME: 'foreign', REDIS_PASSWORD: 'pw' }), 502, 'NOPERM'],
  ])('%s is a failure with its mend, and never with the password', async (_name, environment, status, words) => {
    await withCore(testCore(await environment()), async (core) => {
      const failure = failureOf(await ask(core, {}));
      expect(failure).toMatchObject({ status, source: 'downstream' });
      expect(failure?.message).toContain(words);
      expect(failure?.message).toMatch(/settings of the data source|Redis user/);
      expect(failure?.message).not.toContain('right@');
      const health = await core.health(never);
      expect(health.ok).toBe(false);
      expect(health.checks.find((check) => !check.ok)?.mend).toBeTruthy();
      expect(health.message).not.toContain('wrong"');
    });
  });

  it.each([
    ['-LOADING Redis is loading the dataset in memory\r\n', 503],
    ['-MOVED 1234 127.0.0.1:1\r\n', 502],
    ['-BUSY Redis is busy running a script.\r\n', 503],
    ['-ERR something new\r\n', 500],
    ['-WRONGTYPE Operation against a key\r\n', 502],
  ])('answers %j with status %i', async (words, status) => {
    const server = await parrot(words);
    await withCore(testCore({ REDIS_PORT: String(server.port) }), async (core) => {
      expect(failureOf(await ask(core, {}))).toMatchObject({ status });
      expect((await core.health(never)).ok).toBe(false);
    });
    await server.close();
  });

  it('is cancelled at once when Redis says nothing', async () => {
    const server = await parrot('');
    await withCore(testCore({ REDIS_PORT: String(server.port) }), async (core) => {
      const stop = new AbortController();
      const answer = ask(core, {}, lastDay(), VIEWER, stop.signal);
      stop.abort();
      expect(failureOf(await answer)).toMatchObject({ status: 499 });
    });
    await server.close();
  });

  it('works again by itself when Redis is back', async () => {
    const own = await startRedis();
    const log = testLog({ REDIS_PORT: String(own.port) });
    await withCore(testCore({ REDIS_PORT: String(own.port) }), async (core) => {
      await log.append([testAlert('web')]);
      await framesOf(core, {});
      await own.kill();
      expect(failureOf(await ask(core, {}))).toMatchObject({ status: 502 });
      await own.restart();
      await eventually(async () => expect((await ask(core, {})).ok).toBe(true));
    });
    log.redis.disconnect();
    await own.stop();
  });
});

describe('the health of a core', () => {
  let redis: RedisServer;
  let log: HemostatLog;

  beforeAll(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
  });
  afterAll(async () => {
    log.redis.disconnect();
    await redis.stop();
  });
  beforeEach(() => log.redis.flushall());

  const beat = async (agent: string, at: number) =>
    log.redis.hset(log.partition(0).agents, `${agent}@1`, JSON.stringify({ agent, instance: '1', pid: 1, version: '1', started_at: '', seen_at: new Date(at).toISOString(), leading: true, handled: 0, failed: 0, dead: 0, in_flight: 0, memory_bytes: 0, troubles: [], state: {} }));
  const checks = async (environment: Record<string, string> = {}) => withCore(testCore({ REDIS_PORT: String(redis.port), ...environment }), async (core) => core.health(never));

  it('is well when an agent is alive and all clocks agree', async () => {
    await beat('monitor', Date.now());
    const health = await checks();
    expect(health).toMatchObject({ ok: true });
    expect(health.checks.map((check) => check.name)).toEqual(['Redis', 'Rights', 'Log', 'Agents', 'Clocks']);
  });

  it('names agents that are gone', async () => {
    await beat('monitor', Date.now() - 60_000);
    const health = await checks();
    expect(health.ok).toBe(false);
    expect(health.message).toContain('No agent gives a sign of life. Last seen: monitor');
  });

  it('tells a clock that is off from an agent that is gone', async () => {
    await beat('monitor', Date.now() + 30_000);
    const ahead = await checks();
    expect(ahead.checks.find((check) => check.name === 'Clocks')).toMatchObject({ ok: false, message: expect.stringContaining('monitor@1') });
    await beat('monitor', Date.now() - 60_000);
    const ticking = setInterval(() => void beat('monitor', Date.now() - 60_000), 200);
    const behind = await checks();
    clearInterval(ticking);
    expect(behind.checks.find((check) => check.name === 'Agents')).toMatchObject({ ok: true });
    expect(behind.checks.find((check) => check.name === 'Clocks')).toMatchObject({ ok: false, message: expect.stringContaining('behind') });
  });

  it('names partitions that the settings leave out', async () => {
    const four = testLog({ REDIS_PORT: String(redis.port), HEMOSTAT_PARTITIONS: '4' });
    await Promise.all(Array.from({ length: 40 }, (_, index) => four.append([testAlert(`c${index}`)])));
    four.redis.disconnect();
    const health = await checks({ HEMOSTAT_PARTITIONS: '1' });
    expect(health.checks.find((check) => check.name === 'Log')).toMatchObject({ ok: false, message: expect.stringContaining('more partitions') });
  });
});

describe('questions of any form', () => {
  let redis: RedisServer;
  let core: Core;
  let log: HemostatLog;

  beforeAll(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    core = testCore({ REDIS_PORT: String(redis.port) });
    await Promise.all(Array.from({ length: 50 }, (_, index) => log.append([testAlert(`c${index}`)])));
    // Before an observer has looked, questions about the system are answered with 503, whatever their form.
    await plantTelemetry(log, { ...SMALL_PLAN, now: Date.now() });
    await plantObserver(log, { ...SMALL_PLAN, now: Date.now() });
  });
  afterAll(async () => {
    await core.close();
    log.redis.disconnect();
    await redis.stop();
  });

  const anyRange = fc.record({ from: fc.oneof(fc.double(), fc.constant(0)), to: fc.oneof(fc.double(), fc.constant(Date.now())) });
  const likely = fc.record(
    {
      queryType: fc.oneof(fc.constantFrom(...QUERY_TYPES), fc.jsonValue()),
      filters: fc.oneof(fc.record({ containers: fc.array(fc.string()), text: fc.string(), types: fc.array(fc.string()) }, { requiredKeys: [] }), fc.jsonValue()),
      adhoc: fc.oneof(fc.array(fc.record({ key: fc.constantFrom('container', 'type', 'text', 'x'), operator: fc.constantFrom('=', '!=', '=~', '!~', '<', '>', '=|', '!=|'), value: fc.string() })), fc.jsonValue()),
      limit: fc.oneof(fc.integer(), fc.jsonValue()),
      cursor: fc.oneof(fc.string(), fc.constantFrom('b_1-1_0', 'f_1-1', 'z_1_a', 'k_a')),
      target: fc.string(),
      metrics: fc.array(fc.string()),
      policy: fc.dictionary(fc.string(), fc.jsonValue()),
      direction: fc.oneof(fc.constantFrom('backward', 'forward'), fc.jsonValue()),
    },
    { requiredKeys: [] }
  );

  it('get an answer or a failure, never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: likely }, fc.jsonValue()), anyRange, fc.double(), async (query, range, maxDataPoints) => {
        const answer = await core.query({ query: query as HemostatQuery, range, maxDataPoints, intervalMs: 0 }, VIEWER, never);
        if (answer.ok) {
          answer.frames.forEach((frame) => expect(new Set(frame.fields.map((field) => field.values.length)).size).toBeLessThanOrEqual(1));
        } else {
          expect(answer.failure).toMatchObject({ source: 'plugin' });
          expect([400, 404]).toContain(answer.failure.status);
        }
      }),
      { numRuns: 400 }
    );
  });

  it('are refused to who has no role', async () => {
    expect(failureOf(await ask(core, {}, lastDay(), NOBODY))).toMatchObject({ status: 403 });
    expect(await core.live('events', NOBODY)).toBeUndefined();
  });

  it('are answered in part when 1 % of the log is garbage (R070)', async () => {
    await log.redis.flushall();
    const key = log.keysOf('x').log;
    const alerts = Array.from({ length: 990 }, (_, index) => testAlert(`c${index % 40}`));
    await Promise.all(alerts.map((alert) => log.append([alert])));
    const garbage = ['', '{', 'null', '[]', '{"v":2}', '\u0000', '{"v":1,"type":"nothing"}', '{"v":1,"type":"health_alert"}', 'ÿ', '1'];
    await Promise.all(garbage.map((json) => log.redis.xadd(key, '*', 'type', 'health_alert', 'incident', '', 'json', json)));
    const ids: unknown[] = [];
    let unreadable = 0;
    for (let cursor = ''; ; ) {
      const [frame] = await framesOf(core, { limit: 100, cursor });
      ids.push(...valuesOf(frame, 'id'));
      unreadable += Number(frame?.meta?.custom?.unreadable);
      cursor = cursorOf(frame);
      if (!cursor) {
        break;
      }
    }
    expect(new Set(ids)).toEqual(new Set(alerts.map((alert) => alert.id)));
    expect(unreadable).toBe(10);
  });

  it('are cut short by the budget, and go on from there', async () => {
    await log.redis.flushall();
    const raw = log.redis.pipeline();
    const key = log.keysOf('x').log;
    for (let index = 0; index < 60_000; index += 1) {
      raw.xadd(key, '*', 'type', 'container_event', 'incident', '', 'json', '{}');
    }
    await raw.exec();
    const [first] = await framesOf(core, { filters: { types: ['health_alert'] } });
    expect(noticesOf(first)).toContain('not complete');
    expect(first?.meta?.custom).toMatchObject({ more: true, examined: 50_000 });
    const [second] = await framesOf(core, { filters: { types: ['health_alert'] }, cursor: cursorOf(first) });
    expect(second?.meta?.custom).toMatchObject({ more: false, examined: 10_000 });
  });

  it('are asked once when many ask the same at once, and again by another role', async () => {
    await log.redis.flushall();
    const cached = testCore({ REDIS_PORT: String(redis.port) }, { cacheMs: 60_000 });
    await withCore(cached, async () => {
      await log.append([testAlert('a')]);
      const range = { from: 0, to: Date.now() };
      const [one] = await framesOf(cached, { refId: 'A' }, range);
      await log.append([testAlert('b')]);
      const [two] = await framesOf(cached, { refId: 'B' }, range);
      expect(two?.refId).toBe('B');
      expect(two?.fields).toBe(one?.fields);
      const admin = await ask(cached, {}, range, { ...VIEWER, role: 'Admin' });
      expect(admin.ok && admin.frames[0]?.fields).not.toBe(one?.fields);
      expect(querySchema.parse({}).refId).toBe('A');
    });
  });
});

describe('a core on a Redis Cluster', () => {
  it('pages and counts over all nodes, and is live', async () => {
    const cluster = await startRedisCluster();
    const environment = { HEMOSTAT_REDIS_CLUSTER: cluster.nodes.map((node) => `127.0.0.1:${node.port}`).join(','), HEMOSTAT_PARTITIONS: '4' };
    const log = testLog(environment);
    try {
      await withCore(testCore(environment), async (core) => {
        const alerts = Array.from({ length: 200 }, (_, index) => testAlert(`c${index}`));
        await Promise.all(alerts.map((alert) => log.append([alert])));
        const ids: unknown[] = [];
        for (let cursor = ''; ; ) {
          const [frame] = await framesOf(core, { limit: 30, cursor });
          ids.push(...valuesOf(frame, 'id'));
          cursor = cursorOf(frame);
          if (!cursor) {
            break;
          }
        }
        expect(ids).toHaveLength(200);
        expect(new Set(ids).size).toBe(200);
        const [counts] = await framesOf(core, { queryType: 'frequency' });
        expect((valuesOf(counts, 'health_alert') as number[]).reduce((sum, one) => sum + one, 0)).toBe(200);
        expect(valuesOf((await framesOf(core, { queryType: 'incidents', limit: 500 }))[0], 'incident')).toHaveLength(200);
        const stop = new AbortController();
        const channel = await core.live('events', VIEWER);
        const heard: unknown[] = [];
        const listening = (async () => {
          for await (const frame of channel?.updates(stop.signal) ?? []) {
            heard.push(...valuesOf(frame, 'id'));
          }
        })();
        await eventually(async () => {
          await log.append([testAlert('new')]);
          expect(heard.length).toBeGreaterThan(0);
        });
        stop.abort();
        await listening;
      });
    } finally {
      log.redis.disconnect();
      await cluster.stop();
    }
  });
});
