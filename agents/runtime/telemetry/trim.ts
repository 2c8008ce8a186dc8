import { telemetryKeys, type TelemetryKeys } from '../../../src/contract/telemetry-keys';
import type { HemostatLog } from '../log';
import { ceilingBytes, shareOf, type TelemetrySettings } from './shares';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Traces that are removed in one step, so that Redis is never kept busy for long. */
const ROUND = 200;
const SAMPLES = 24;
/** What is trimmed to, so that not every round has to. */
const SLACK = 0.9;
/** Writers that are silent for so long have ended. */
const FORGET_WRITER_MS = DAY_MS;

type Retention = Pick<TelemetrySettings, 'telemetryMaxMegabytes' | 'telemetryLogHours' | 'telemetryTraceHours' | 'telemetryMetricHours'>;

interface Place {
  log: HemostatLog;
  keys: TelemetryKeys;
}

/** What each kind takes, in bytes, about. */
interface Sizes {
  logs: number;
  errors: number;
  traces: number;
  minutes: number;
}

const usage = async ({ log }: Place, key: string, samples = 10): Promise<number> => (await log.redis.memory('USAGE', key, 'SAMPLES', samples)) ?? 0;

/** Items at even steps, the first and the last among them. */
function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, (items.length - 1) / Math.max(1, most - 1));
  return Array.from({ length: Math.min(items.length, most) }, (_, at) => items[Math.round(at * step)]).filter((item) => item !== undefined);
}

/** Mean of some of them, times their number. */
async function total(place: Place, count: number, sampled: readonly string[]): Promise<number> {
  const sizes = await Promise.all(sampled.map((key) => usage(place, key, 5)));
  const found = sizes.filter((size) => size > 0);
  return found.length === 0 ? 0 : (found.reduce((sum, size) => sum + size, 0) / found.length) * count;
}

async function traceBytes(place: Place): Promise<number> {
  const { log, keys } = place;
  const count = await log.redis.zcard(keys.traces);
  const ranks = spread(Array.from({ length: count }, (_, rank) => rank), SAMPLES);
  const ids = (await Promise.all(ranks.map((rank) => log.redis.zrange(keys.traces, String(rank), String(rank))))).flat();
  return (await total(place, count, ids.map((id) => keys.trace(id)))) + (await usage(place, keys.traces));
}

const hoursBack = (settings: Pick<Retention, 'telemetryMetricHours'>, now: number): number[] => {
  const last = Math.floor(now / HOUR_MS);
  return Array.from({ length: Math.ceil(settings.telemetryMetricHours) + 2 }, (_, back) => last - back);
};

async function minuteBytes(place: Place, settings: Pick<Retention, 'telemetryMetricHours'>, now: number): Promise<number> {
  const { log, keys } = place;
  const all = hoursBack(settings, now).map((hour) => keys.minutes(hour));
  const count = await log.redis.exists(...all);
  return (await total(place, count, [...new Set([...all.slice(0, SAMPLES / 2), ...spread(all, SAMPLES / 2)])])) + (await usage(place, keys.totals));
}

async function sizesOf(place: Place, settings: Pick<Retention, 'telemetryMetricHours'>, now: number): Promise<Sizes> {
  const { keys } = place;
  const [logs, errors, traces, minutes] = await Promise.all([usage(place, keys.logs), usage(place, keys.errors), traceBytes(place), minuteBytes(place, settings, now)]);
  return { logs, errors, traces, minutes };
}

const sum = (sizes: Sizes) => Math.round(sizes.logs + sizes.errors + sizes.traces + sizes.minutes);

/** How long figures are kept when nobody says otherwise: what older hours take is then counted as well. */
const LONGEST_HOURS = 168;

/** Bytes that telemetry takes in Redis, about: a part of it is measured. */
export async function telemetryBytes(log: HemostatLog, now: number = Date.now()): Promise<number> {
  return sum(await sizesOf({ log, keys: telemetryKeys(log.options.prefix) }, { telemetryMetricHours: LONGEST_HOURS }, now));
}

/** Tells readers since when less is there than the retention promises. */
async function noteCut({ log, keys }: Place, what: keyof Sizes, before: number): Promise<void> {
  // A full Redis refuses it, but lets us remove: that must go on.
  await log.redis.hset(keys.cut, what, Math.floor(before)).catch(() => undefined);
}

async function trimStream(place: Place, what: 'logs' | 'errors', bytes: number, limit: number, oldest: number): Promise<void> {
  const { log, keys } = place;
  await log.redis.xtrim(keys[what], 'MINID', '~', Math.floor(oldest));
  if (bytes <= limit) {
    return;
  }
  const length = await log.redis.xlen(keys[what]);
  await log.redis.xtrim(keys[what], 'MAXLEN', '~', Math.floor((length * limit * SLACK) / bytes));
  const [first] = await log.redis.xrange(keys[what], '-', '+', 'COUNT', 1);
  await noteCut(place, what, Number(first?.[0].split('-')[0] ?? Date.now()));
}

async function removeTraces({ log, keys }: Place, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) {
    await log.redis.del(...ids.map((id) => keys.trace(id)));
    await log.redis.zrem(keys.traces, ...ids);
  }
}

async function trimTraces(place: Place, bytes: number, limit: number, oldest: number): Promise<void> {
  const { log, keys } = place;
  for (let ids = await old(place, oldest); ids.length > 0; ids = await old(place, oldest)) {
    await removeTraces(place, ids);
  }
  const count = await log.redis.zcard(keys.traces);
  let surplus = bytes > limit ? count - Math.floor((count * limit * SLACK) / bytes) : 0;
  while (surplus > 0) {
    const gone = await log.redis.zrange(keys.traces, '0', String(Math.min(surplus, ROUND) - 1), 'WITHSCORES');
    if (gone.length === 0) {
      return;
    }
    await removeTraces(place, gone.filter((_, at) => at % 2 === 0));
    await noteCut(place, 'traces', Number(gone.at(-1)) + 1);
    surplus -= gone.length / 2;
  }
}

const old = async ({ log, keys }: Place, oldest: number) => log.redis.zrangebyscore(keys.traces, '-inf', `(${oldest}`, 'LIMIT', 0, ROUND);

async function trimMinutes(place: Place, bytes: number, limit: number, hours: readonly number[]): Promise<void> {
  if (bytes <= limit) {
    return;
  }
  const { log, keys } = place;
  const exists = await Promise.all(hours.map((hour) => log.redis.exists(keys.minutes(hour))));
  const there = hours.filter((_, at) => exists[at] === 1).reverse();
  // The hour that is being written stays, whatever it takes.
  const gone = there.slice(0, Math.min(Math.ceil(there.length * (1 - (limit * SLACK) / bytes)), there.length - 1));
  const last = gone.at(-1);
  if (last !== undefined) {
    await log.redis.del(...gone.map((hour) => keys.minutes(hour)));
    await noteCut(place, 'minutes', (last + 1) * HOUR_MS);
  }
}

async function forgetWriters({ log, keys }: Place, now: number): Promise<void> {
  const written = Object.entries(await log.redis.hgetall(keys.written));
  const ended = written.filter(([, number]) => now - Number(number) > FORGET_WRITER_MS).map(([writer]) => writer);
  if (ended.length > 0) {
    await log.redis.hdel(keys.written, ...ended);
  }
}

/**
 * Removes what is older than it shall be kept, and the oldest of each kind that takes more than its share of the ceiling. Several copies may do
 * it at once: it changes nothing twice.
 * @param now milliseconds
 * @returns bytes that telemetry takes afterwards, about
 * @throws what Redis throws
 */
export async function trimTelemetry(log: HemostatLog, settings: Retention, now: number): Promise<number> {
  const place = { log, keys: telemetryKeys(log.options.prefix) };
  const before = await sizesOf(place, settings, now);
  const since = (hours: number) => now - hours * HOUR_MS;
  await trimStream(place, 'logs', before.logs, shareOf(settings, 'logs'), since(settings.telemetryLogHours));
  await trimStream(place, 'errors', before.errors, shareOf(settings, 'errors'), since(settings.telemetryLogHours));
  await trimTraces(place, before.traces, shareOf(settings, 'traces'), since(settings.telemetryTraceHours));
  await trimMinutes(place, before.minutes, shareOf(settings, 'figures'), hoursBack(settings, now));
  await forgetWriters(place, now);
  return sum(sum(before) > 0.5 * ceilingBytes(settings) ? await sizesOf(place, settings, now) : before);
}
