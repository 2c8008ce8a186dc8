import { definitionOf, splitKey } from './names';
import type { Value } from './sheet';

/** The event behind the last observation of a bucket. */
export interface Exemplar {
  labelSet: { trace_id: string };
  value: number;
  /** Seconds. */
  timestamp: number;
}

/** One counted series. Never changed in place: a change makes a new one. */
export interface Series {
  name: string;
  /** The same object for the life of the series: the text that is made of it is kept. */
  labels: Record<string, string>;
  /** A counter: its value. A histogram: the sum, then the count of each bucket by itself, +Inf last. */
  numbers: readonly number[];
  /** By the place in `numbers`. Lost at a restart: they only point to examples. */
  exemplars?: ReadonlyMap<number, Exemplar>;
  /** As it is written; made when it is first asked for. */
  values?: readonly Value[];
}

export function emptySeries(key: string): Series {
  const { name, labels } = splitKey(key);
  const { buckets } = definitionOf(name);
  return { name, labels, numbers: new Array<number>(buckets ? buckets.length + 2 : 1).fill(0) };
}

/** The series with one observation (histogram) or some more (counter). */
export function added(series: Series, value: number, exemplar: Exemplar | undefined): Series {
  const { buckets } = definitionOf(series.name);
  const numbers = [...series.numbers];
  let place = 0;
  if (buckets) {
    const bucket = buckets.findIndex((bound) => value <= bound);
    place = 1 + (bucket < 0 ? buckets.length : bucket);
    numbers[place] = (numbers[place] ?? 0) + 1;
  }
  numbers[0] = (numbers[0] ?? 0) + value;
  const { name, labels, exemplars } = series;
  if (!exemplar) {
    return { name, labels, numbers, ...(exemplars ? { exemplars } : {}) };
  }
  return { name, labels, numbers, exemplars: new Map(exemplars).set(place, exemplar) };
}

/** A counter is one number; a histogram has its sum and two buckets at least. */
export const isHistogram = (series: Series): boolean => series.numbers.length > 1;

/** As text for Redis; JavaScript writes a number so that reading it gives the same again. */
export const seriesText = (series: Series): string => series.numbers.join(' ');

/** A series as Redis holds it; undefined when this program has no such metric, or other buckets. */
export function readSeries(key: string, text: string): Series | undefined {
  const numbers = text.split(' ').map(Number);
  try {
    const empty = emptySeries(key);
    return numbers.length === empty.numbers.length && numbers.every((one) => Number.isFinite(one)) ? { ...empty, numbers } : undefined;
  } catch {
    return undefined;
  }
}

/** Both together: the same series of two partitions. */
export function merged(a: Series, b: Series): Series {
  const exemplars = new Map([...(a.exemplars ?? []), ...(b.exemplars ?? [])]);
  return { name: a.name, labels: a.labels, numbers: a.numbers.map((one, index) => one + (b.numbers[index] ?? 0)), ...(exemplars.size > 0 ? { exemplars } : {}) };
}
