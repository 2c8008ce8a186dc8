import { definitionOf, labelText, splitKey } from './names';

/** The event behind the last observation of a bucket. */
export interface Exemplar {
  traceId: string;
  value: number;
  /** Seconds. */
  timestamp: number;
}

/** One counted series. */
export interface Series {
  readonly key: string;
  readonly name: string;
  /** As they are written. */
  readonly labels: string;
  /** A counter: its value. A histogram: the sum, then the count of each bucket by itself, +Inf last. */
  readonly numbers: number[];
  /** By the place in `numbers`. Lost at a restart: they only point to examples. */
  exemplars: Array<Exemplar | undefined> | undefined;
}

export function emptySeries(key: string): Series {
  const { name, labels } = splitKey(key);
  const { buckets } = definitionOf(name);
  return { key, name, labels: labelText(labels), numbers: new Array<number>(buckets ? buckets.length + 2 : 1).fill(0), exemplars: undefined };
}

/** A copy that can be changed. */
export const copyOf = (series: Series): Series => ({ ...series, numbers: [...series.numbers], exemplars: series.exemplars && [...series.exemplars] });

/** Adds one observation (histogram) or some more (counter), in place. */
export function observe(series: Series, value: number, exemplar: Exemplar | undefined): void {
  const { numbers } = series;
  const { buckets } = definitionOf(series.name);
  let place = 0;
  if (buckets) {
    const bucket = buckets.findIndex((bound) => value <= bound);
    place = 1 + (bucket < 0 ? buckets.length : bucket);
    numbers[place] = (numbers[place] ?? 0) + 1;
  }
  numbers[0] = (numbers[0] ?? 0) + value;
  if (exemplar) {
    series.exemplars ??= new Array<Exemplar | undefined>(numbers.length).fill(undefined);
    series.exemplars[place] = exemplar;
  }
}

/**
 * Makes `kept` equal to its changed copy. In place: a thousand containers' series change every moment, and those that take their
 * place would grow old before they die, which is what fills the heap.
 */
export function takeOver(kept: Series, changed: Series): Series {
  changed.numbers.forEach((number, place) => (kept.numbers[place] = number));
  if (kept.exemplars && changed.exemplars) {
    const { exemplars } = kept;
    changed.exemplars.forEach((exemplar, place) => (exemplars[place] = exemplar));
  } else {
    kept.exemplars = changed.exemplars;
  }
  return kept;
}

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
  const exemplars = a.exemplars && b.exemplars ? a.exemplars.map((one, place) => b.exemplars?.[place] ?? one) : (a.exemplars ?? b.exemplars);
  return { ...a, numbers: a.numbers.map((one, place) => one + (b.numbers[place] ?? 0)), exemplars };
}
