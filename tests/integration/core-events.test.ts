import fc from 'fast-check';
import type { Core } from '../../src/backend/core/types';
import type { HemostatLog } from '../../agents/runtime/log';
import { ask, cursorOf, framesOf, noticesOf, testCore, valuesOf, type PartialQuery } from '../support/core';
import { testAlert, testLog, testRecovery } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';

describe.each([1, 4])('events of the core over %i partition(s)', (partitions) => {
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

  const append = async (count: number, containers = 50) => {
    const events = Array.from({ length: count }, (_, index) => testAlert(`c${index % containers}`, { repeat: index >= containers }));
    await Promise.all(events.map((event) => log.append([event])));
    return events.map((event) => event.id);
  };
  const walk = async (query: PartialQuery, limits: () => number, between: () => Promise<void> = async () => undefined) => {
    const ids: string[] = [];
    let cursor = '';
    for (let page = 0; page < 5000; page += 1) {
      const [frame] = await framesOf(core, { ...query, limit: limits(), cursor });
      ids.push(...(valuesOf(frame, 'id') as string[]));
      cursor = cursorOf(frame);
      if (cursor === '' || frame?.meta?.custom?.more === false) {
        return ids;
      }
      await between();
    }
    throw new Error('The pages never end.');
  };

  it('shows events as log lines in the form that Grafana wants', async () => {
    await log.append([testAlert('web', { project: 'shop' })]);
    const [frame] = await framesOf(core, { refId: 'L' });
    expect(frame).toMatchObject({ refId: 'L', meta: { type: 'log-lines', preferredVisualisationType: 'logs' } });
    expect(frame?.fields.slice(0, 5).map(({ name, type }) => [name, type])).toEqual([
      ['timestamp', 'time'],
      ['body', 'string'],
      ['severity', 'string'],
      ['id', 'string'],
      ['labels', 'json'],
    ]);
    expect(valuesOf(frame, 'body')).toEqual(['[ALERT] [HIGH] host-1/web: health check says unhealthy (CPU 12 %, memory 71 %)']);
    expect(valuesOf(frame, 'severity')).toEqual(['error']);
    expect(valuesOf(frame, 'labels')[0]).toMatchObject({ type: 'health_alert', container: 'web', host: 'host-1', project: 'shop', severity: 'high' });
  });

  it('gives an empty log as an empty frame with all its fields', async () => {
    const [frame] = await framesOf(core, {});
    expect(frame?.fields.map((field) => field.values.length)).toEqual(Array.from({ length: 9 }, () => 0));
    expect(frame?.meta?.notices).toEqual([]);
  });

  it('pages exactly, whatever the lengths of the pages, in both directions', async () => {
    const all = await append(700);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), fc.constantFrom('backward' as const, 'forward' as const), async (lengths, direction) => {
        let at = 0;
        const ids = await walk({ direction }, () => lengths[(at += 1) % lengths.length] ?? 50);
        expect(ids).toHaveLength(all.length);
        expect(new Set(ids)).toEqual(new Set(all));
      }),
      { numRuns: 15 }
    );
  });

  it('shows newest first in the order of the log, and oldest first the other way round', async () => {
    await append(300);
    const [newest] = await framesOf(core, { limit: 1000 });
    const [oldest] = await framesOf(core, { limit: 1000, direction: 'forward' });
    expect(valuesOf(newest, 'id')).toEqual(valuesOf(oldest, 'id').reverse());
    const times = valuesOf(newest, 'timestamp') as number[];
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('misses and doubles nothing while new events come in', async () => {
    const before = await append(500);
    const backward = await walk({}, () => 37, async () => {
      await append(5);
    });
    expect(new Set(backward).size).toBe(backward.length);
    expect(before.every((id) => backward.includes(id))).toBe(true);
    let more = 10;
    const later: string[] = [];
    const forward = await walk({ direction: 'forward' }, () => 101, async () => {
      more -= 1;
      later.push(...(more > 0 ? await append(20) : []));
    });
    expect(new Set(forward).size).toBe(forward.length);
    expect([...before, ...later].every((id) => forward.includes(id))).toBe(true);
  });

  it('goes on where it ended, for a reader that follows the log', async () => {
    const first = await append(10);
    const [frame] = await framesOf(core, { direction: 'forward' });
    expect(valuesOf(frame, 'id')).toHaveLength(10);
    const second = await append(10);
    const [next] = await framesOf(core, { direction: 'forward', cursor: cursorOf(frame) });
    expect(new Set(valuesOf(next, 'id'))).toEqual(new Set(second));
    expect(first).toHaveLength(10);
  });

  it('leaves out what cannot be read, and says how many (R070)', async () => {
    await append(99);
    await log.redis.xadd(log.keysOf('c1').log, '*', 'type', 'health_alert', 'incident', '', 'json', '{"v":1,');
    await append(99);
    await log.redis.xadd(log.keysOf('c1').log, '*', 'nonsense', '1');
    const [frame] = await framesOf(core, { limit: 1000 });
    expect(valuesOf(frame, 'id')).toHaveLength(198);
    expect(noticesOf(frame)).toContain('2 entries of the log could not be read');
  });

  it('says that there are more than the limit shows', async () => {
    await append(20);
    const [some] = await framesOf(core, { limit: 7 });
    const [all] = await framesOf(core, { limit: 20 });
    expect(noticesOf(some)).toContain('newest 7 events');
    expect(noticesOf(all)).toBe('');
  });

  it.each<[PartialQuery, number]>([
    [{ filters: { containers: ['c1', 'c2'] } }, 4],
    [{ filters: { containers: ['host-1/c3'] } }, 2],
    [{ filters: { containers: ['host-2/c3'] } }, 0],
    [{ filters: { types: ['container_recovered'] } }, 1],
    [{ filters: { types: ['health_alert', 'container_recovered'] } }, 21],
    [{ filters: { severities: ['critical'] } }, 0],
    [{ filters: { severities: ['high'], hosts: ['host-1'] } }, 20],
    [{ filters: { text: 'WELL AGAIN' } }, 1],
    [{ filters: { agents: ['analyzer'] } }, 0],
    [{ filters: { statuses: ['well'] } }, 1],
    [{ adhoc: [{ key: 'container', operator: '=~', value: 'c[12]' }] }, 4],
    [{ adhoc: [{ key: 'container', operator: '!~', value: 'c.*' }] }, 1],
    [{ adhoc: [{ key: 'type', operator: '!=', value: 'health_alert' }] }, 1],
    [{ adhoc: [{ key: 'container', operator: '=|', value: 'c1', values: ['c1', 'c4'] }] }, 4],
    [{ adhoc: [{ key: 'container', operator: '!=|', value: 'c1', values: ['c1', 'c4'] }] }, 17],
  ])('narrows by %j', async (query, expected) => {
    await append(20, 10);
    await log.append([testRecovery('db')]);
    const [frame] = await framesOf(core, query);
    expect(valuesOf(frame, 'id')).toHaveLength(expected);
  });

  it('narrows by incident', async () => {
    const [first] = await log.append([testAlert('a')]);
    await log.append([testAlert('b')]);
    const [frame] = await framesOf(core, { filters: { incidents: [first?.incidentId ?? ''] } });
    expect(valuesOf(frame, 'incident')).toEqual([first?.incidentId]);
  });

  it('pages exactly through what filters leave', async () => {
    await append(600, 30);
    const ids = await walk({ filters: { containers: ['c7'] } }, () => 3);
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it('shows events as a table', async () => {
    await log.append([testAlert('web')]);
    const [frame] = await framesOf(core, { format: 'table' });
    expect(frame?.meta).toMatchObject({ preferredVisualisationType: 'table' });
    expect(valuesOf(frame, 'container')).toEqual(['host-1/web']);
    expect(valuesOf(frame, 'confidence')).toEqual([null]);
  });

  it('leaves out a filter that means nothing, and says so; refuses a costly pattern', async () => {
    await append(3);
    const [frame] = await framesOf(core, { adhoc: [{ key: 'colour', operator: '=', value: 'red' }] });
    expect(valuesOf(frame, 'id')).toHaveLength(3);
    expect(noticesOf(frame)).toContain('"colour"');
    expect(await ask(core, { adhoc: [{ key: 'text', operator: '=~', value: '(a+)+b' }] })).toMatchObject({ ok: false, failure: { status: 400, source: 'plugin' } });
  });

  it('answers only what lies in the time range', async () => {
    await append(10);
    expect(valuesOf((await framesOf(core, {}, { from: 0, to: Date.now() - 3_600_000 }))[0], 'id')).toEqual([]);
    expect(valuesOf((await framesOf(core, {}, { from: Date.now() + 3_600_000, to: Date.now() + 7_200_000 }))[0], 'id')).toEqual([]);
  });

  it('says that retention has removed what lies before', async () => {
    await append(50);
    await Promise.all(log.partitions.map((keys) => log.redis.xtrim(keys.log, 'MAXLEN', 5)));
    const [frame] = await framesOf(core, {});
    expect(noticesOf(frame)).toContain('removed by retention');
  });

  it('refuses a cursor that is none, or one of another query', async () => {
    await append(20);
    const [frame] = await framesOf(core, { limit: 5 });
    expect(await ask(core, { cursor: 'what' })).toMatchObject({ ok: false, failure: { status: 400, message: expect.stringContaining('cursor') } });
    expect(await ask(core, { cursor: cursorOf(frame), direction: 'forward' })).toMatchObject({ ok: false, failure: { status: 400 } });
  });
});
