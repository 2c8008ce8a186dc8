import { EVENT_TYPES, type EventType } from '../../../contract/events';
import type { Source } from '../source';
import type { TimeRange } from '../types';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Whether counts come from the hashes of hours (one field a minute) or of days (one field an hour). */
export interface Grain {
  /** Length of one count. */
  ms: number;
  /** Counts in one hash. */
  perHash: number;
}
export const MINUTES: Grain = { ms: MINUTE_MS, perHash: 60 };
export const HOURS: Grain = { ms: HOUR_MS, perHash: 24 };

/** Counts of one type: start of the minute or hour in milliseconds -> number. */
export type Counts = Map<EventType, Map<number, number>>;

const KNOWN = new Set<string>(EVENT_TYPES);

function add(counts: Counts, grain: Grain, hash: number, fields: Readonly<Record<string, string>>): void {
  for (const [field, value] of Object.entries(fields)) {
    const bar = field.indexOf('|');
    const type = field.slice(bar + 1);
    const number = Number(value);
    if (!KNOWN.has(type) || !Number.isFinite(number)) {
      continue;
    }
    const start = (hash * grain.perHash + Number(field.slice(0, bar))) * grain.ms;
    const ofType = counts.get(type as EventType) ?? new Map<number, number>();
    ofType.set(start, (ofType.get(start) ?? 0) + number);
    counts.set(type as EventType, ofType);
  }
}

/**
 * Reads how many events were appended, by type and minute or hour, over all partitions. What it costs depends on the
 * length of the range alone, never on the number of events.
 */
export async function readCounts(source: Source, range: TimeRange, grain: Grain, signal: AbortSignal): Promise<Counts> {
  const span = grain.ms * grain.perHash;
  const [first, last] = [Math.floor(range.from / span), Math.floor(range.to / span)];
  const hashes = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const counts: Counts = new Map();
  const readPartition = async (partition: number) => {
    const keys = source.log.partition(partition);
    const replies = await source.batch(signal, (pipeline) => {
      hashes.forEach((hash) => pipeline.hgetall(grain === MINUTES ? keys.minuteCounts(hash) : keys.hourCounts(hash)));
    });
    replies.forEach((fields, index) => add(counts, grain, hashes[index] ?? 0, fields as Record<string, string>));
  };
  await Promise.all(source.log.partitions.map((_, partition) => readPartition(partition)));
  return counts;
}

/** Sum of one type over minutes or hours that begin in the range. */
export function sumOf(counts: Counts, type: EventType, range: TimeRange, grain: Grain): number {
  let sum = 0;
  for (const [start, number] of counts.get(type) ?? []) {
    sum += start + grain.ms > range.from && start <= range.to ? number : 0;
  }
  return sum;
}
