import { mergeAll, quantile } from './histogram';
import type { Aggregation, Distribution, MetricType, MinuteFigures, Point, Range } from './schemas';

/** Values put together (R390 to R394). Pure. */

export const MINUTE_MS = 60_000;

/** Figures of one agent in one minute, as the collectors give them. */
export interface FigureRow {
  /** Milliseconds since 1970, the begin of the minute. */
  minute: number;
  agent: string;
  figures: MinuteFigures;
}

/** Share of the values that each percentile leaves below it. */
const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;
type Percentile = keyof typeof PERCENTILES;
const isPercentile = (kind: Aggregation): kind is Percentile => Object.hasOwn(PERCENTILES, kind);

/** The value at position floor(n × p / 100) of the sorted values, at most the last one (R394). @param p 0 to 100 @returns 0 when there is none */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  // n * p first: 100 * 0.29 is 28.999… in binary.
  return sorted[Math.min(Math.max(0, Math.floor((sorted.length * p) / 100)), sorted.length - 1)] ?? 0;
}

/** What the aggregations other than percentiles need to know. */
type Totals = Pick<Distribution, 'count' | 'sum' | 'min' | 'max'>;

/** Not empty. @param seconds length of the interval; a rate over no time is 0 */
function ofTotals({ count, sum, min, max }: Totals, kind: Exclude<Aggregation, Percentile>, seconds: number): number {
  switch (kind) {
    case 'sum':
      return sum;
    case 'avg':
      return sum / count;
    case 'min':
      return min;
    case 'max':
      return max;
    case 'count':
      return count;
    case 'rate':
      return seconds > 0 ? count / seconds : 0;
  }
}

function totalsOf(values: readonly number[]): Totals {
  return values.reduce((all, value) => ({ count: all.count + 1, sum: all.sum + value, min: Math.min(all.min, value), max: Math.max(all.max, value) }), { count: 0, sum: 0, min: Infinity, max: -Infinity });
}

/**
 * The values of one interval in one figure (R390). No value gives 0 (R393).
 * @param seconds length of the interval that the values fell into: `rate` is how many there were a second (R391)
 */
export function aggregate(values: readonly number[], kind: Aggregation, seconds = 60): number {
  if (values.length === 0) {
    return 0;
  }
  return isPercentile(kind) ? percentile(values, PERCENTILES[kind] * 100) : ofTotals(totalsOf(values), kind, seconds);
}

/** Things by the interval that they fall into (R392), intervals in the order of time. */
function byInterval<T>(things: readonly T[], timeOf: (thing: T) => number, intervalMs: number): Array<[start: number, things: T[]]> {
  const intervals = new Map<number, T[]>();
  for (const thing of things) {
    const start = Math.floor(timeOf(thing) / intervalMs) * intervalMs;
    const held = intervals.get(start);
    if (held) {
      held.push(thing);
    } else {
      intervals.set(start, [thing]);
    }
  }
  return [...intervals].filter(([start]) => Number.isFinite(start)).toSorted(([a], [b]) => a - b);
}

const pointAt = (start: number, value: number): Point => ({ timestamp: new Date(start).toISOString(), value });

/** One point an interval that has any, at its begin, in the order of time (R392, R393). Points whose time cannot be read are left out. */
export function bucketize(points: readonly Point[], intervalMs: number, kind: Aggregation): Point[] {
  return byInterval(points, ({ timestamp }) => Date.parse(timestamp), intervalMs).map(([start, held]) => pointAt(start, aggregate(held.map(({ value }) => value), kind, intervalMs / 1000)));
}

/** The shortest step, a whole number of the smallest ones, by which a range has at most so many points. @param maxPoints 2 at least */
export function stepFor(range: Range, maxPoints: number, minimumMs: number): number {
  // A range of n steps can touch n + 1 of them.
  const gaps = Math.max(1, Math.floor(maxPoints) - 1);
  return Math.max(1, Math.ceil(Math.max(0, range.to - range.from) / (gaps * minimumMs))) * minimumMs;
}

type Counted = 'requests' | 'errors';
const isCounted = (type: MetricType): type is Counted => type === 'requests' || type === 'errors';

/** Every request and every error is a value of 1. */
function countedOf(figures: readonly MinuteFigures[], type: Counted): Totals {
  const count = figures.reduce((sum, one) => sum + one[type], 0);
  return { count, sum: count, min: 1, max: 1 };
}

/** Without the buckets, which most figures do not need: a day of them is long. */
function measuredOf(figures: readonly MinuteFigures[], type: Exclude<MetricType, Counted>): Totals {
  const all: Totals = { count: 0, sum: 0, min: Infinity, max: -Infinity };
  for (const { [type]: one } of figures) {
    if (one?.count) {
      all.count += one.count;
      all.sum += one.sum;
      all.min = Math.min(all.min, one.min);
      all.max = Math.max(all.max, one.max);
    }
  }
  return all;
}

/** The same aggregations over what is stored; percentiles are as close as the bounds allow. No value gives 0. @param seconds length of the interval */
export function aggregateFigures(figures: readonly MinuteFigures[], type: MetricType, kind: Aggregation, seconds = 60): number {
  const totals = isCounted(type) ? countedOf(figures, type) : measuredOf(figures, type);
  if (totals.count === 0) {
    return 0;
  }
  if (!isPercentile(kind)) {
    return ofTotals(totals, kind, seconds);
  }
  return isCounted(type) ? 1 : (quantile(mergeAll(figures.map((one) => one[type])), PERCENTILES[kind]) ?? 0);
}

/** A minute without a model call has no value of tokens; one without an error has an error count, of 0. */
const tells = (row: FigureRow, type: MetricType): boolean => isCounted(type) || (row.figures[type]?.count ?? 0) > 0;

/** One point a step that has data, in the order of time. @param stepMs a minute at least, since that is how figures are kept */
export function seriesOf(rows: readonly FigureRow[], type: MetricType, kind: Aggregation, range: Range, stepMs: number): Point[] {
  const step = Math.max(MINUTE_MS, stepMs);
  const wanted = rows.filter((row) => row.minute + MINUTE_MS > range.from && row.minute <= range.to && tells(row, type));
  return byInterval(wanted, ({ minute }) => minute, step).map(([start, held]) =>
    pointAt(
      start,
      aggregateFigures(
        held.map(({ figures }) => figures),
        type,
        kind,
        step / 1000
      )
    )
  );
}
