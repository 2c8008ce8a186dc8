import fc from 'fast-check';
import { percentile } from './aggregate';
import { bucketOf, distributionOf, HISTOGRAM_BOUNDS, mergeAll, mergeDistributions, mergeFigures, quantile, withValue } from './histogram';
import type { Distribution, MinuteFigures } from './schemas';

const value = fc.oneof(fc.integer({ min: 0, max: 2_000_000 }), fc.double({ min: 0, max: 2_000_000, noNaN: true }), fc.constantFrom(...HISTOGRAM_BOUNDS));
const values = fc.array(value, { minLength: 1, maxLength: 200 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const of = (given: readonly number[]): Distribution => distributionOf(given) as Distribution;

test('R406: the bounds rise, by a quarter or so, and have the limits among them', () => {
  expect(HISTOGRAM_BOUNDS).toHaveLength(71);
  expect([HISTOGRAM_BOUNDS[0], HISTOGRAM_BOUNDS.at(-1)]).toEqual([0.1, 1_000_000]);
  expect([500, 1000, 2000, 5000, 100_000].filter((limit) => !HISTOGRAM_BOUNDS.includes(limit))).toEqual([]);
  const ratios = HISTOGRAM_BOUNDS.slice(1).map((bound, index) => bound / (HISTOGRAM_BOUNDS[index] ?? 0));
  expect(ratios.every((ratio) => ratio > 1.2 && ratio < 1.3)).toBe(true);
});

test('a value lies under its bound and above the one before', () => {
  fc.assert(
    fc.property(value, (given) => {
      const bucket = bucketOf(given);
      return given <= (HISTOGRAM_BOUNDS[bucket] ?? Infinity) && (bucket === 0 || given > (HISTOGRAM_BOUNDS[bucket - 1] ?? 0));
    })
  );
  expect([bucketOf(0), bucketOf(0.1), bucketOf(1_000_000), bucketOf(1_000_001)]).toEqual([0, 0, 70, 71]);
});

test('R390 R394: a percentile lies in the same bucket as the exact one, within the smallest and the largest value', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0, 1, 29, 50, 57, 90, 99, 100), (given, p) => {
      const told = quantile(of(given), p / 100) ?? NaN;
      const exact = percentile(given, p);
      const bucket = bucketOf(exact);
      return told >= Math.min(...given) && told <= Math.max(...given) && told >= (HISTOGRAM_BOUNDS[bucket - 1] ?? 0) && told <= (HISTOGRAM_BOUNDS[bucket] ?? Infinity);
    })
  );
});

test('a higher percentile is never smaller', () => {
  fc.assert(fc.property(values, share, share, (given, a, b) => (quantile(of(given), Math.max(a, b)) ?? 0) >= (quantile(of(given), Math.min(a, b)) ?? 0)));
});

test('one value is told exactly, and nothing is told of nothing', () => {
  fc.assert(fc.property(value, share, (given, q) => quantile(of([given]), q) === given));
  expect([quantile(undefined, 0.5), quantile({ count: 0, sum: 0, min: 0, max: 0, buckets: {} }, 0.5), distributionOf([]), distributionOf([NaN, Infinity])]).toEqual([null, null, undefined, undefined]);
});

test('values above all bounds keep a percentile', () => {
  const told = quantile(of([2_000_000, 3_000_000]), 0.5) ?? 0;
  expect(told).toBeGreaterThanOrEqual(2_000_000);
  expect(told).toBeLessThanOrEqual(3_000_000);
});

test('merged is the same as counted together, in any order', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const whole = of([...a, ...b]);
      const merged = mergeDistributions(of(a), of(b)) as Distribution;
      expect({ ...merged, sum: 0 }).toEqual({ ...whole, sum: 0 });
      expect(merged.sum).toBeCloseTo(whole.sum, 3);
      expect(mergeAll([of(b), undefined, of(a)])).toEqual({ ...merged, sum: expect.any(Number) });
    })
  );
  expect([mergeDistributions(undefined, undefined), mergeDistributions(undefined, of([1])), mergeAll([])]).toEqual([undefined, of([1]), undefined]);
});

test('merging and adding change nothing that was given', () => {
  const before = Object.freeze({ ...of([1]), buckets: Object.freeze({ ...of([1]).buckets }) });
  expect(withValue(before, 2)?.count).toBe(2);
  expect(mergeDistributions(before, of([3]))?.count).toBe(2);
  expect(before.count).toBe(1);
});

test('figures add up, and what neither side tells stays unknown', () => {
  const a: MinuteFigures = { requests: 2, errors: 1, latency: of([10, 20]), tokens_input: 5 };
  const b: MinuteFigures = { requests: 3, errors: 0, tokens: of([100]), tokens_output: 7, tokens_input: 1 };
  expect(mergeFigures(a, b)).toEqual({ requests: 5, errors: 1, latency: of([10, 20]), tokens: of([100]), tokens_input: 6, tokens_output: 7 });
});
