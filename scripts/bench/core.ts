import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { connectRedis } from '../../agents/runtime/redis';
import { HemostatLog } from '../../agents/runtime/log';
import { newId } from '../../agents/runtime/ids';
import { redisSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';
import { createCore } from '../../src/backend/core/core';
import { encodeFrame, loadArrow } from '../../src/backend/core/frames/arrow';
import type { CoreSettings } from '../../src/backend/core/settings';
import type { Caller, Core, Frame, QueryRequest, TimeRange } from '../../src/backend/core/types';
import { decodeEvent, encodeEvent } from '../../src/contract/codec';
import type { EventOf } from '../../src/contract/events';
import { querySchema, type HemostatQuery } from '../../src/contract/query';
import { median, percentile, plain, under, type Figure } from './figures';

const GROUP = 'data source (core)';
const PREFIX = 'hemostat-bench';
const EVENTS = 1_000_000;
const READ = 100_000;
const PAGE = 100;
const ROUNDS = 300;
const DAY_MS = 86_400_000;
const CALLER: Caller = { user: 'bench', role: 'Viewer', machine: false };
const never = new AbortController().signal;

function alertOf(index: number, time: number): EventOf<'health_alert'> {
  return {
    v: 1, id: newId(time), time: new Date(time).toISOString(), type: 'health_alert', agent: 'monitor', host: 'host-1', container: `web-${index % 500}`, incident_id: '', cause_id: '', trace_id: '', policy_version: '',
    data: { container_id: '0123456789ab', image: 'shop/web:1', status: 'running', health_status: 'unhealthy', exit_code: 0, restart_count: index % 7, metrics: { cpu_percent: 12.5, memory_percent: 71 }, anomalies: [{ type: 'unhealthy_status', severity: 'high', status: 'unhealthy' }] },
  };
}

/** A log of a million events over fifteen days, written past the append script, with its counts. */
async function fill(redis: Redis, log: HemostatLog, now: number): Promise<void> {
  const keys = log.partition(0);
  const first = now - 15 * DAY_MS;
  const step = (now - first) / EVENTS;
  for (let from = 0; from < EVENTS; from += 10_000) {
    const pipeline = redis.pipeline();
    for (let index = from; index < from + 10_000; index += 1) {
      const time = Math.floor(first + index * step);
      const json = encodeEvent(alertOf(index, time));
      pipeline.xadd(keys.log, `${time}-0`, 'type', 'health_alert', 'incident', '', 'json', json);
    }
    await pipeline.exec();
  }
  const pipeline = redis.pipeline();
  for (let minute = Math.floor(first / 60_000); minute <= now / 60_000; minute += 1) {
    const hour = Math.floor(minute / 60);
    for (const type of ['health_alert', 'remediation_complete', 'false_alarm', 'container_recovered']) {
      pipeline.hincrby(keys.minuteCounts(hour), `${minute % 60}|${type}`, 46);
      pipeline.hincrby(keys.hourCounts(Math.floor(hour / 24)), `${hour % 24}|${type}`, 46);
    }
  }
  await pipeline.exec();
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const started = performance.now();
  const value = await work();
  return { ms: performance.now() - started, value };
}

/** Times of many runs; the first tenth only warms up. */
async function rounds(count: number, work: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const { ms } = await timed(async () => work(round));
    if (round >= count / 10) {
      times.push(ms);
    }
  }
  return times;
}

async function asked(core: Core, query: Partial<HemostatQuery>, range: TimeRange): Promise<Frame> {
  const request: QueryRequest = { query: querySchema.parse(query), range, maxDataPoints: 1000, intervalMs: 1000 };
  const answer = await core.query(request, CALLER, never);
  if (!answer.ok || !answer.frames[0]) {
    throw new Error(answer.ok ? 'No frame.' : answer.failure.message);
  }
  return answer.frames[0];
}

const cursorOf = (frame: Frame) => (frame.meta?.custom as { cursor?: string } | undefined)?.cursor ?? '';
const randomRange = (now: number): TimeRange => ({ from: now - 15 * DAY_MS, to: now - Math.floor(Math.random() * 14 * DAY_MS) });

async function pages(core: Core, redis: Redis, log: HemostatLog, now: number): Promise<Figure[]> {
  const key = log.partition(0).log;
  const raw = await rounds(ROUNDS, async () => redis.xrevrange(key, randomRange(now).to, '-', 'COUNT', PAGE));
  const first = await rounds(ROUNDS, async () => asked(core, { limit: PAGE }, randomRange(now)));
  const all: TimeRange = { from: now - 15 * DAY_MS, to: now };
  const walk: number[] = [];
  let cursor = '';
  for (let page = 1; page <= 1000; page += 1) {
    const { ms, value } = await timed(async () => asked(core, { limit: PAGE, cursor }, all));
    walk.push(ms);
    cursor = cursorOf(value);
  }
  const early = median(walk.slice(50, 150));
  const late = median(walk.slice(-100));
  return [
    plain(GROUP, 'raw XREVRANGE, 100 of 1,000,000 events, p99', percentile(raw, 99), 'ms', `p50 ${median(raw).toFixed(2)} ms`),
    under(GROUP, 'first page of 1,000,000 events, any time, p99', percentile(first, 99), 'ms', 8, `p50 ${median(first).toFixed(2)} ms`),
    under(GROUP, 'pages 900 to 1,000 over pages 50 to 150, medians', late / early, 'times', 1.25, `${late.toFixed(2)} ms and ${early.toFixed(2)} ms`),
  ];
}

async function frequency(core: Core, now: number): Promise<Figure[]> {
  const range = { from: now - 15 * DAY_MS, to: now };
  const long = await rounds(60, async () => asked(core, { queryType: 'frequency' }, range));
  const day = await rounds(60, async () => asked(core, { queryType: 'frequency' }, { from: now - DAY_MS, to: now }));
  return [
    under(GROUP, 'frequency over 15 days, p99', percentile(long, 99), 'ms', 20, `p50 ${median(long).toFixed(2)} ms`),
    plain(GROUP, 'frequency over a day by minutes, p99', percentile(day, 99), 'ms', `p50 ${median(day).toFixed(2)} ms`),
  ];
}

async function rawRange(redis: Redis, key: string): Promise<number> {
  let from = '-';
  let read = 0;
  while (read < READ) {
    const reply = await redis.xrange(key, from, '+', 'COUNT', 10_000);
    read += reply.length;
    from = `(${reply.at(-1)?.[0] ?? ''}`;
  }
  return read;
}

async function coreRange(core: Core, now: number, encode: (frame: Frame) => Uint8Array): Promise<number> {
  let cursor = '';
  let bytes = 0;
  for (let read = 0; read < READ; read += 10_000) {
    const frame = await asked(core, { limit: 10_000, direction: 'forward', cursor }, { from: now - 15 * DAY_MS, to: now });
    cursor = cursorOf(frame);
    bytes += encode(frame).length;
  }
  return bytes;
}

/** How long it takes to read the JSON alone with the contract, of the same events: the part that no reader can leave out. */
async function decodeOnly(redis: Redis, key: string): Promise<number> {
  const reply = await redis.xrange(key, '-', '+', 'COUNT', READ);
  return (await timed(async () => reply.map(([, fields]) => decodeEvent(fields[5] ?? '', '')))).ms;
}

async function reading(core: Core, redis: Redis, log: HemostatLog, now: number): Promise<Figure[]> {
  const arrow = await loadArrow();
  const key = log.partition(0).log;
  const raw: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    raw.push((await timed(async () => rawRange(redis, key))).ms);
    ours.push((await timed(async () => coreRange(core, now, (frame) => encodeFrame(arrow, frame)))).ms);
  }
  const decode = await decodeOnly(redis, key);
  return [
    plain(GROUP, 'raw XRANGE of 100,000 events', median(raw), 'ms'),
    plain(GROUP, '100,000 events read, decoded and encoded', median(ours), 'ms', `decoding by the contract alone ${decode.toFixed(0)} ms`),
    under(GROUP, 'read, decoded and encoded over raw XRANGE', median(ours) / median(raw), 'times', 3),
  ];
}

async function encoding(): Promise<Figure[]> {
  const arrow = await loadArrow();
  const frame: Frame = {
    name: 'rows',
    refId: 'A',
    fields: [
      { name: 'time', type: 'time', values: Float64Array.from({ length: READ }, (_, index) => 1_700_000_000_000 + index) },
      { name: 'value', type: 'number', values: Float64Array.from({ length: READ }, (_, index) => index / 7) },
      { name: 'text', type: 'string', values: Array.from({ length: READ }, (_, index) => `row ${index}`) },
    ],
  };
  const times = await rounds(40, async () => encodeFrame(arrow, frame));
  return [under(GROUP, 'from arrays to an encoded frame of 100,000 rows, p50', median(times), 'ms', 30, `p99 ${percentile(times, 99).toFixed(1)} ms`)];
}

async function live(core: Core, log: HemostatLog): Promise<Figure[]> {
  const channel = await core.live('events', CALLER);
  const over = new AbortController();
  const sent = new Map<string, number>();
  const times: number[] = [];
  const listening = (async () => {
    for await (const frame of channel?.updates(over.signal) ?? []) {
      const at = performance.now();
      const ids = frame.fields.find((field) => field.name === 'id')?.values ?? [];
      Array.from<unknown>(ids as ArrayLike<unknown>).forEach((id) => times.push(at - (sent.get(String(id)) ?? at)));
    }
  })();
  await sleep(200);
  for (let index = 0; index < 300; index += 1) {
    const event = alertOf(index, Date.now());
    sent.set(event.id, performance.now());
    await log.append([event]);
    await sleep(3);
  }
  await sleep(200);
  over.abort();
  await listening;
  return [under(GROUP, 'event appended to frame on a live channel, p99', times.length === 0 ? undefined : percentile(times, 99), 'ms', 100, `${times.length} of 300 events, p50 ${times.length === 0 ? '-' : median(times).toFixed(2)} ms`)];
}

async function cachedQueries(settings: CoreSettings, now: number): Promise<Figure[]> {
  const core = createCore({ ...settings, cacheMs: 5000 });
  const range = { from: now - DAY_MS, to: now };
  try {
    const times = await rounds(5000, async () => asked(core, { limit: PAGE }, range));
    return [plain(GROUP, 'the same query again from the cache, p50', median(times), 'ms', `p99 ${percentile(times, 99).toFixed(2)} ms`)];
  } finally {
    await core.close();
  }
}

async function growth(core: Core, now: number): Promise<Figure[]> {
  const run = async (count: number) => {
    for (let done = 0; done < count; done += 20) {
      await Promise.all(Array.from({ length: 20 }, async (_, lane) => asked(core, lane % 2 === 0 ? { limit: 10 } : { queryType: 'statistics' }, { from: now - 3_600_000 - lane, to: now - done })));
    }
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage().heapUsed / 1_048_576;
  };
  const before = await run(5000);
  const after = await run(20_000);
  return [plain(GROUP, 'growth of the heap over 20,000 queries', after - before, 'MB', (globalThis as { gc?: unknown }).gc ? undefined : 'without --expose-gc: garbage included')];
}

/**
 * The figures of the core on a Redis of the bench's own; everything is under the key prefix hemostat-bench, which is removed afterwards.
 * @param redisPort on 127.0.0.1
 */
export async function benchCore(redisPort: number): Promise<Figure[]> {
  const base = readSettings(redisSettings, { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redisPort), HEMOSTAT_KEY_PREFIX: PREFIX, HEMOSTAT_LEGACY_MIRROR: 'false' });
  const settings: CoreSettings = { ...base, cacheMs: 0 };
  const redis = connectRedis(base, 'bench');
  if (!(redis instanceof Redis)) {
    throw new TypeError('The bench runs on one Redis.');
  }
  const log = new HemostatLog(redis, { prefix: PREFIX, partitions: 1, legacyMirror: false, retentionDays: 15, address: `127.0.0.1:${redisPort}` });
  const core = createCore(settings);
  const now = Date.now();
  try {
    await fill(redis, log, now);
    return [
      ...(await pages(core, redis, log, now)),
      ...(await frequency(core, now)),
      ...(await reading(core, redis, log, now)),
      ...(await encoding()),
      ...(await live(core, log)),
      ...(await cachedQueries(settings, now)),
      ...(await growth(core, now)),
    ];
  } finally {
    await core.close();
    await removeAll(redis);
    redis.disconnect();
  }
}

async function removeAll(redis: Redis): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${PREFIX}:*`, 'COUNT', 1000);
    cursor = next;
    if (keys.length > 0) {
      await redis.unlink(...keys);
    }
  } while (cursor !== '0');
}
