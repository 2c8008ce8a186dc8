import type { Distribution, MinuteFigures } from './schemas';

/**
 * How values are kept so that percentiles of any range can be told later: counted by the bound that they lie under (R390, R406). Pure.
 */

/** Preferred numbers (R10 of ISO 3): each is about a quarter more than the one before, so a percentile is never further off than that. */
const STEPS = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8];
const DECADES = [-1, 0, 1, 2, 3, 4, 5];

/** Upper bounds, each included: 0.1 to 1,000,000, milliseconds or tokens. Limits such as 1000 and 5000 are among them. */
export const HISTOGRAM_BOUNDS: readonly number[] = [...DECADES.flatMap((decade) => STEPS.map((step) => Number(`${step}e${decade}`))), 1_000_000];

/** Index of the bound that a value is not above; the number of bounds when it is above all of them. */
export function bucketOf(value: number): number {
  let low = 0;
  let high = HISTOGRAM_BOUNDS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (HISTOGRAM_BOUNDS[middle] ?? Infinity)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** The distribution with one more value. What is no number changes nothing. */
export function withValue(before: Distribution | undefined, value: number): Distribution | undefined {
  if (!Number.isFinite(value)) {
    return before;
  }
  return mergeDistributions(before, { count: 1, sum: value, min: value, max: value, buckets: { [bucketOf(value)]: 1 } });
}

/** Of some values; undefined when there is none. */
export function distributionOf(values: readonly number[]): Distribution | undefined {
  return values.reduce<Distribution | undefined>(withValue, undefined);
}

/** All together; undefined when none has a value. */
export function mergeAll(distributions: ReadonlyArray<Distribution | undefined>): Distribution | undefined {
  const known = distributions.filter((one): one is Distribution => one !== undefined && one.count > 0);
  if (known.length < 2) {
    return known[0];
  }
  const all: Distribution = { count: 0, sum: 0, min: Infinity, max: -Infinity, buckets: {} };
  for (const { count, sum, min, max, buckets } of known) {
    all.count += count;
    all.sum += sum;
    all.min = Math.min(all.min, min);
    all.max = Math.max(all.max, max);
    for (const [bucket, held] of Object.entries(buckets)) {
      all.buckets[bucket] = (all.buckets[bucket] ?? 0) + held;
    }
  }
  return all;
}

/** Both together; undefined when neither has a value. */
export const mergeDistributions = (a: Distribution | undefined, b: Distribution | undefined): Distribution | undefined => mergeAll([a, b]);

const COUNTS = ['tokens_input', 'tokens_output', 'cost_usd'] as const;

/** What several minutes, agents or copies did together. A count that none of them tells stays away, so that unknown is not 0. */
export function mergeAllFigures(figures: readonly MinuteFigures[]): MinuteFigures {
  const merged: MinuteFigures = { requests: 0, errors: 0 };
  for (const one of figures) {
    merged.requests += one.requests;
    merged.errors += one.errors;
    for (const name of COUNTS) {
      const value = one[name];
      if (value !== undefined) {
        merged[name] = (merged[name] ?? 0) + value;
      }
    }
  }
  const latency = mergeAll(figures.map((one) => one.latency));
  const tokens = mergeAll(figures.map((one) => one.tokens));
  return { ...merged, ...(latency && { latency }), ...(tokens && { tokens }) };
}

export const mergeFigures = (a: MinuteFigures, b: MinuteFigures): MinuteFigures => mergeAllFigures([a, b]);

/** The buckets that hold values, lowest first. */
function filled(distribution: Distribution): Array<[bucket: number, count: number]> {
  return Object.entries(distribution.buckets)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .filter(([bucket, count]) => Number.isInteger(bucket) && count > 0)
    .toSorted(([a], [b]) => a - b);
}

/**
 * The value at a share of all values, as by R394 (the one at position floor(n × q), at most the last), told as closely as the bounds allow: on a
 * straight line through its bucket, within the smallest and the largest value.
 * @param q 0 to 1
 * @returns null when there is no value
 */
export function quantile(distribution: Distribution | undefined, q: number): number | null {
  const buckets = distribution ? filled(distribution) : [];
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  if (!distribution || total === 0) {
    return null;
  }
  // 0.57 * 100 is a little less than 57 in binary.
  const position = Math.min(Math.max(0, Math.floor(total * q + 1e-9)), total - 1);
  let before = 0;
  for (const [bucket, count] of buckets) {
    if (position < before + count) {
      const low = Math.max(HISTOGRAM_BOUNDS[bucket - 1] ?? 0, distribution.min);
      const high = Math.min(HISTOGRAM_BOUNDS[bucket] ?? Infinity, distribution.max);
      // The middle of the value's own share of the bucket: as often too low as too high.
      const value = low + ((high - low) * (position - before + 0.5)) / count;
      return Math.min(distribution.max, Math.max(distribution.min, value));
    }
    before += count;
  }
  return distribution.max;
}
