import { MINUTE_MS } from '../../../src/contract/observability/aggregate';
import type { Distribution, MinuteFigures, Range } from '../../../src/contract/observability/schemas';
import { telemetryKeys } from '../../../src/contract/telemetry-keys';
import type { HemostatLog } from '../log';
import { parseJson } from '../queries';
import { batch, cutNotices, fromRedis, Unreadable } from './redis-source';
import type { Collector, MinuteRow, Questions } from './types';

const HOUR_MS = 3_600_000;
/** Hours that one question may span: two years, so that a wrong time cannot ask for millions of keys. */
const MAX_HOURS = 17_520;
/** Hours read in one round trip. */
const HOURS_A_BATCH = 48;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function isDistribution(value: unknown): value is Distribution {
  if (!isRecord(value) || !isNumber(value.count) || !isNumber(value.sum) || !isNumber(value.min) || !isNumber(value.max) || !isRecord(value.buckets)) {
    return false;
  }
  for (const bucket in value.buckets) {
    if (!isNumber(value.buckets[bucket])) {
      return false;
    }
  }
  return true;
}

const isAbsentOr = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);

/** Checked by hand: a day has more than ten thousand of them, and a schema takes several times as long. */
function isFigures(value: unknown): value is MinuteFigures {
  return (
    isRecord(value) &&
    isNumber(value.requests) &&
    isNumber(value.errors) &&
    isAbsentOr(value.latency, isDistribution) &&
    isAbsentOr(value.tokens, isDistribution) &&
    isAbsentOr(value.tokens_input, isNumber) &&
    isAbsentOr(value.tokens_output, isNumber) &&
    isAbsentOr(value.cost_usd, isNumber)
  );
}

/** A script of Redis writes an empty table as [] where an object is meant. */
function mended(value: unknown): unknown {
  if (isRecord(value)) {
    for (const name of ['latency', 'tokens']) {
      const distribution = value[name];
      if (isRecord(distribution) && Array.isArray(distribution.buckets) && distribution.buckets.length === 0) {
        distribution.buckets = {};
      }
    }
  }
  return value;
}

function hoursOf({ from, to }: Range): number[] {
  const first = Math.floor(from / HOUR_MS);
  const last = Math.floor(to / HOUR_MS);
  const count = Math.min(MAX_HOURS, Math.max(0, last - first + 1));
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

/** Figures by the minute out of Redis: those of every minute that the range touches. */
export class RedisMetrics implements Collector<'metrics'> {
  readonly source = 'metrics';
  readonly from = 'redis';

  constructor(private readonly log: HemostatLog) {}

  async collect(range: Range, { agent }: Questions['metrics'], signal: AbortSignal): Promise<{ data: MinuteRow[]; notices: string[] }> {
    const rows: MinuteRow[] = [];
    const unreadable = new Unreadable();
    const hours = hoursOf(range);
    for (let at = 0; at < hours.length; at += HOURS_A_BATCH) {
      const some = hours.slice(at, at + HOURS_A_BATCH);
      const hashes = await fromRedis(this.log, signal, () => this.read(some));
      some.forEach((hour, index) => rowsOf(hour, hashes[index] ?? {}, { range, agent, rows, unreadable }));
    }
    rows.sort((a, b) => a.minute - b.minute || (a.agent < b.agent ? -1 : 1));
    const cut = await fromRedis(this.log, signal, () => cutNotices(this.log, 'minutes', range));
    return { data: rows, notices: [...cut, ...unreadable.notices('figures of a minute')] };
  }

  private async read(hours: readonly number[]): Promise<Array<Record<string, string>>> {
    const keys = telemetryKeys(this.log.options.prefix);
    return (await batch(this.log, (pipeline) => hours.forEach((hour) => pipeline.hgetall(keys.minutes(hour))))) as Array<Record<string, string>>;
  }
}

interface Reading {
  range: Range;
  agent: string | undefined;
  rows: MinuteRow[];
  unreadable: Unreadable;
}

function rowsOf(hour: number, hash: Record<string, string>, { range, agent: wanted, rows, unreadable }: Reading): void {
  for (const field in hash) {
    const split = field.indexOf('|');
    const ofHour = split > 0 ? Number(field.slice(0, split)) : NaN;
    const agent = field.slice(split + 1);
    const minute = hour * HOUR_MS + ofHour * MINUTE_MS;
    if (!Number.isInteger(ofHour) || ofHour < 0 || ofHour > 59) {
      unreadable.add();
    } else if (minute + MINUTE_MS > range.from && minute <= range.to && (wanted === undefined || agent === wanted)) {
      const figures = mended(parseJson(hash[field]));
      if (isFigures(figures)) {
        rows.push({ minute, agent, figures });
      } else {
        unreadable.add();
      }
    }
  }
}
