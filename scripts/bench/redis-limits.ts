import type { Redis } from 'ioredis';
import { encodeEvent } from '../../src/contract/codec';
import type { HemostatLog } from '../../agents/runtime/log';
import { atLeast, median, plain, type Figure } from './figures';
import { benchAlert } from './lab';

const EVENTS = 20_000;
const ROUNDS = 5;

async function rate(events: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (events / (performance.now() - began)) * 1000;
}

async function rawAppend(redis: Redis, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += 500) {
    const pipeline = redis.pipeline();
    texts.slice(from, from + 500).forEach((text) => pipeline.xadd('raw', '*', 'type', 'health_alert', 'incident', '', 'json', text));
    await pipeline.exec();
  }
}

async function rawConsume(redis: Redis, events: number): Promise<void> {
  for (let taken = 0; taken < events; ) {
    const reply = (await redis.xreadgroup('GROUP', 'g', 'c', 'COUNT', 256, 'STREAMS', 'raw', '>')) as Array<[string, Array<[string, string[]]>]> | null;
    const ids = (reply?.[0]?.[1] ?? []).map(([id]) => id);
    await redis.xack('raw', 'g', ...ids);
    taken += ids.length;
  }
}

/** What Redis itself gives on this machine, and what appending costs of it, measured in turns so that noise meets both. */
export async function redisLimits(log: HemostatLog, how: string): Promise<Figure[]> {
  const redis = log.redis as Redis;
  const raw: number[] = [];
  const ours: number[] = [];
  const consumed: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const events = Array.from({ length: EVENTS }, (_, index) => benchAlert(`bench-${round}-${index % 5000}`));
    const texts = events.map(encodeEvent);
    await redis.flushall();
    await redis.xgroup('CREATE', 'raw', 'g', '0', 'MKSTREAM');
    raw.push(await rate(EVENTS, () => rawAppend(redis, texts)));
    consumed.push(await rate(EVENTS, () => rawConsume(redis, EVENTS)));
    await redis.flushall();
    ours.push(await rate(EVENTS, () => Promise.all(events.map((event) => log.append([event])))));
  }
  await redis.flushall();
  const group = `Redis itself, and appending (${how})`;
  return [
    plain(group, 'raw pipelined XADD of the same bytes', median(raw), 'events/s'),
    plain(group, 'raw XREADGROUP + XACK', median(consumed), 'events/s'),
    atLeast(group, 'our append (incident, counts, history, mirror)', median(ours), 'events/s', median(raw) / 3, `${((median(ours) / median(raw)) * 100).toFixed(0)} % of raw`),
  ];
}
