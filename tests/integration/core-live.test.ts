import type { HemostatLog } from '../../agents/runtime/log';
import type { Core, Frame, LiveChannel } from '../../src/backend/core/types';
import { VIEWER, cursorOf, framesOf, testCore, valuesOf, type PartialQuery } from '../support/core';
import { eventually } from '../support/eventually';
import { testAlert, testLog, testRecovery } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';

interface Ear {
  frames: Frame[];
  ids(): string[];
  cursor(): string;
  stop(): Promise<void>;
}

/** Listens until told to stop. */
function listen(channel: LiveChannel | undefined): Ear {
  if (!channel) {
    throw new Error('There is no such channel.');
  }
  const over = new AbortController();
  const frames: Frame[] = [];
  const done = (async () => {
    for await (const frame of channel.updates(over.signal)) {
      frames.push(frame);
    }
  })();
  return {
    frames,
    ids: () => frames.flatMap((frame) => valuesOf(frame, 'id') as string[]),
    cursor: () => cursorOf(frames.at(-1)),
    stop: async () => {
      over.abort();
      await done;
    },
  };
}

describe.each([1, 4])('live updates over %i partition(s)', (partitions) => {
  let redis: RedisServer;
  let log: HemostatLog;
  let core: Core;
  let environment: Record<string, string>;

  beforeEach(async () => {
    redis = await startRedis({ aof: true });
    environment = { REDIS_PORT: String(redis.port), HEMOSTAT_PARTITIONS: String(partitions) };
    log = testLog(environment);
    core = testCore(environment);
  });
  afterEach(async () => {
    await core.close();
    log.redis.disconnect();
    await redis.stop();
  });

  const append = async (count: number, prefix = 'c') => {
    const alerts = Array.from({ length: count }, (_, index) => testAlert(`${prefix}${index % 20}`));
    await Promise.all(alerts.map((alert) => log.append([alert])));
    return alerts.map((alert) => alert.id);
  };
  /** Listens and waits until it hears. */
  const hearing = async (path = 'events') => {
    const ear = listen(await core.live(path, VIEWER));
    await eventually(async () => {
      await append(1, 'first');
      expect(ear.ids().length).toBeGreaterThan(0);
    });
    return ear;
  };

  it('has a schema with exactly the fields of the updates', async () => {
    const channel = await core.live('events', VIEWER);
    const ear = await hearing();
    const shape = (frame: Frame | undefined) => frame?.fields.map(({ name, type, config }) => ({ name, type, config }));
    expect(shape(ear.frames[0])).toEqual(shape(channel?.schema));
    expect(channel?.schema.fields.every((field) => field.values.length === 0)).toBe(true);
    expect(channel?.schema.fields.map((field) => field.name)).toContain('stream_id');
    await ear.stop();
  });

  it('tells every new event once, to every listener, and nothing old', async () => {
    const old = await append(30, 'old');
    const ears = [await hearing(), await hearing(), await hearing()];
    const ids = await append(1000);
    await eventually(() => ears.forEach((ear) => expect(ids.every((id) => ear.ids().includes(id))).toBe(true)));
    for (const ear of ears) {
      expect(new Set(ear.ids()).size).toBe(ear.ids().length);
      expect(ear.ids().some((id) => old.includes(id))).toBe(false);
      await ear.stop();
    }
  });

  it('keeps the order of the log within a partition', async () => {
    const ear = await hearing();
    const ids = await append(500);
    await eventually(() => expect(ear.ids()).toEqual(expect.arrayContaining(ids)));
    const places = ear.frames.flatMap((frame) => valuesOf(frame, 'stream_id') as string[]);
    for (let partition = 0; partition < partitions; partition += 1) {
      const own = places.filter((place) => place.startsWith(`${partition}/`)).map((place) => place.split('/')[1]?.split('-').map(Number) ?? []);
      const sorted = [...own].sort(([aMs = 0, aSeq = 0], [bMs = 0, bSeq = 0]) => aMs - bMs || aSeq - bSeq);
      expect(own).toEqual(sorted);
    }
    await ear.stop();
  });

  it('goes on where a listener ended: nothing missing, nothing doubled', async () => {
    const ear = await hearing();
    const before = await append(50);
    await eventually(() => expect(ear.ids()).toEqual(expect.arrayContaining(before)));
    await ear.stop();
    const meanwhile = await append(3000);
    const again = listen(await core.live(`events/since/${ear.cursor()}`, VIEWER));
    const after = await append(50);
    await eventually(() => expect(again.ids()).toHaveLength(meanwhile.length + after.length));
    expect(new Set(again.ids())).toEqual(new Set([...meanwhile, ...after]));
    await again.stop();
  });

  it('goes on by itself when Redis was away', async () => {
    const ear = await hearing();
    const before = await append(20);
    await eventually(() => expect(ear.ids()).toEqual(expect.arrayContaining(before)));
    await redis.restart();
    const after = await append(20);
    await eventually(() => expect(ear.ids()).toEqual(expect.arrayContaining(after)));
    expect(new Set(ear.ids()).size).toBe(ear.ids().length);
    await ear.stop();
  });

  it('narrows by the filter of a query, through the channel that its answer names', async () => {
    const query: PartialQuery = { live: true, filters: { containers: ['db'], types: ['health_alert'] } };
    const [short] = await framesOf(core, query);
    const [long] = await framesOf(core, { live: true, filters: { containers: Array.from({ length: 30 }, (_, index) => `a-long-name-${index}`).concat('db') } });
    expect(short?.meta?.channel).toMatch(/^events\/q_[\w-]+$/);
    expect(long?.meta?.channel).toMatch(/^events\/h_[0-9a-f]{32}$/);
    for (const path of [short?.meta?.channel, long?.meta?.channel]) {
      const ear = listen(await core.live(path ?? '', VIEWER));
      const wanted: string[] = [];
      await eventually(async () => {
        const alert = testAlert('db');
        await log.append([testAlert('web')]);
        await log.append([alert]);
        wanted.push(alert.id);
        expect(ear.ids().length).toBeGreaterThan(0);
      });
      await eventually(() => expect(ear.ids()).toContain(wanted.at(-1)));
      expect(ear.ids().every((id) => wanted.includes(id))).toBe(true);
      await ear.stop();
    }
  });

  it.each(['', 'event', 'events/x', 'events/q_!!', 'events/h_0', 'events/q_e30/more', 'events/since/what', '../events'])('knows no channel %j', async (path) => {
    expect(await core.live(path, VIEWER)).toBeUndefined();
  });

  it('reads the log again for a listener that falls behind, and loses nothing', async () => {
    const channel = await core.live('events', VIEWER);
    const over = new AbortController();
    const heard: string[] = [];
    const updates = channel?.updates(over.signal)[Symbol.asyncIterator]();
    const next = async () => {
      const { value } = (await updates?.next()) ?? {};
      heard.push(...(value ? (valuesOf(value as Frame, 'id') as string[]) : []));
    };
    // The first update has no rows: it tells the place from which to go on.
    await next();
    expect(heard).toEqual([]);
    const pending = next();
    const first = testRecovery('x');
    await eventually(async () => {
      await log.append([testAlert('wake')]);
      expect(heard.length).toBeGreaterThan(0);
    });
    await pending;
    await log.append([first]);
    // Nobody takes anything while twelve thousand events come.
    const ids = await append(12_000);
    const missing = new Set(ids);
    while (missing.size > 0) {
      await next();
      heard.forEach((id) => missing.delete(id));
    }
    expect(heard).toContain(first.id);
    expect(new Set(heard).size).toBe(heard.length);
    over.abort();
  });
});
