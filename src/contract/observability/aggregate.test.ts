import fc from 'fast-check';
import { aggregate, aggregateFigures, bucketize, MINUTE_MS, percentile, seriesOf, stepFor, type FigureRow } from './aggregate';
import { distributionOf } from './histogram';
import { AGGREGATIONS, type Aggregation, type MinuteFigures, type Point } from './schemas';
import { lastHours, lastMinutes, previousRange, secondsOf, utcTime } from './time-range';

const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
const values = fc.array(value, { minLength: 1, maxLength: 100 });
const kind = fc.constantFrom(...AGGREGATIONS);

test.each<[Aggregation, number]>([
  ['sum', 100],
  ['avg', 25],
  ['min', 10],
  ['max', 40],
  ['count', 4],
  ['p50', 30],
  ['p90', 40],
  ['p99', 40],
  ['rate', 4 / 30],
])('R390: %s of 40, 10, 20, 30 in 30 seconds', (by, expected) => {
  expect(aggregate([40, 10, 20, 30], by, 30)).toBe(expected);
});

test('R391: a rate is divided by the length of the interval, not by 60', () => {
  expect([aggregate([1, 1, 1], 'rate', 60), aggregate([1, 1, 1], 'rate', 3600), aggregate([5], 'rate', 0.5), aggregate([5], 'rate', 0)]).toEqual([0.05, 3 / 3600, 2, 0]);
});

test('R393: no value gives 0, whatever is asked', () => {
  fc.assert(fc.property(kind, fc.double({ min: 0, max: 1e6, noNaN: true }), (by, seconds) => aggregate([], by, seconds) === 0 && aggregateFigures([], 'latency', by, seconds) === 0 && aggregateFigures([], 'requests', by, seconds) === 0));
});

test('R394: the value at floor(n × p / 100), at most the last', () => {
  const hundred = Array.from({ length: 100 }, (_unused, index) => 100 - index);
  expect([percentile(hundred, 0), percentile(hundred, 50), percentile(hundred, 57), percentile(hundred, 99), percentile(hundred, 100), percentile([7], 99), percentile([], 50)]).toEqual([1, 51, 58, 100, 100, 7, 0]);
});

test('R394: percentiles are values that were given, and rise', () => {
  fc.assert(
    fc.property(values, (given) => {
      const [p50, p90, p99] = [aggregate(given, 'p50'), aggregate(given, 'p90'), aggregate(given, 'p99')];
      return p50 <= p90 && p90 <= p99 && [p50, p90, p99].every((one) => given.includes(one));
    })
  );
});

test('R390: mean and percentiles lie within the smallest and the largest value, in any order of the values', () => {
  fc.assert(
    fc.property(values, fc.constantFrom<Aggregation>('avg', 'p50', 'p90', 'p99'), (given, by) => {
      const told = aggregate(given, by);
      expect(told).toBeGreaterThanOrEqual(aggregate(given, 'min') - 1e-6);
      expect(told).toBeLessThanOrEqual(aggregate(given, 'max') + 1e-6);
      expect(aggregate(given.toReversed(), by)).toBeCloseTo(told, 5);
    })
  );
});

const time = fc.integer({ min: 0, max: 4e12 });
const points: fc.Arbitrary<Point[]> = fc.array(fc.record({ timestamp: time.map((at) => new Date(at).toISOString()), value }), { maxLength: 50 });
const interval = fc.constantFrom(1000, 15_000, 45_000, 60_000, 7 * 60_000, 3_600_000, 5 * 3_600_000, 86_400_000);

test('R392 R393: intervals begin at multiples of their length, in the order of time, each with a point, and hold every value once', () => {
  fc.assert(
    fc.property(points, interval, (given, length) => {
      const buckets = bucketize(given, length, 'count');
      const starts = buckets.map(({ timestamp }) => Date.parse(timestamp));
      expect(starts.every((start) => start % length === 0)).toBe(true);
      expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b));
      expect(buckets.reduce((sum, one) => sum + one.value, 0)).toBe(given.length);
      expect(buckets.every((one) => one.value > 0)).toBe(true);
    })
  );
  expect(bucketize([], 60_000, 'sum')).toEqual([]);
});

test('R392: under a minute and above an hour', () => {
  const at = (timestamp: string) => ({ timestamp, value: 1 });
  expect(bucketize([at('2026-01-01T00:00:14.999Z'), at('2026-01-01T00:00:15Z'), at('2026-01-01T00:00:29Z')], 15_000, 'sum')).toEqual([
    { timestamp: '2026-01-01T00:00:00.000Z', value: 1 },
    { timestamp: '2026-01-01T00:00:15.000Z', value: 2 },
  ]);
  expect(bucketize([at('2026-01-01T05:59:59Z'), at('2026-01-01T06:00:00Z')], 6 * 3_600_000, 'rate').map(({ timestamp }) => timestamp)).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T06:00:00.000Z']);
  expect(bucketize([at('yesterday')], 60_000, 'sum')).toEqual([]);
});

test('R348 R361: a range never has more points than are allowed, nor a step shorter than the smallest', () => {
  fc.assert(
    fc.property(time, fc.integer({ min: 0, max: 86_400_000 }), fc.integer({ min: 2, max: 1000 }), fc.constantFrom(1000, 60_000), (from, length, most, smallest) => {
      const step = stepFor({ from, to: from + length }, most, smallest);
      return step >= smallest && step % smallest === 0 && Math.floor((from + length) / step) - Math.floor(from / step) + 1 <= most;
    })
  );
  expect([stepFor(lastMinutes(60, 0), 500, MINUTE_MS), stepFor(lastHours(24, 0), 500, MINUTE_MS)]).toEqual([MINUTE_MS, 3 * MINUTE_MS]);
});

const figures = (requests: number, errors: number, latencies: number[] = []): MinuteFigures => ({ requests, errors, ...(latencies.length > 0 && { latency: distributionOf(latencies) }) });

test('R390: stored figures aggregate as their values do', () => {
  const latencies = fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 5 }), fc.constantFrom<Aggregation>('sum', 'avg', 'min', 'max', 'count', 'rate'), fc.integer({ min: 1, max: 3600 }), (minutes, by, seconds) => {
      const told = aggregateFigures(minutes.map((one) => figures(one.length, 0, one)), 'latency', by, seconds);
      const exact = aggregate(minutes.flat(), by, seconds);
      return Math.abs(told - exact) <= Math.abs(exact) * 1e-9;
    })
  );
});

test('R390: every request and every error is a value of 1', () => {
  const given = [figures(3, 1), figures(2, 0)];
  expect(AGGREGATIONS.map((by) => aggregateFigures(given, 'requests', by, 10))).toEqual([5, 1, 1, 1, 5, 1, 1, 1, 0.5]);
  expect(aggregateFigures(given, 'errors', 'sum')).toBe(1);
});

test('R374 to R378: a series has a point a step that has data, also where nothing failed', () => {
  const rows: FigureRow[] = [
    { minute: 5 * MINUTE_MS, agent: 'a', figures: figures(1, 0, [30]) },
    { minute: 0, agent: 'a', figures: figures(2, 1, [10, 20]) },
    { minute: MINUTE_MS, agent: 'b', figures: figures(4, 0) },
    { minute: 60 * MINUTE_MS, agent: 'b', figures: figures(9, 9) },
  ];
  const range = { from: 30_000, to: 10 * MINUTE_MS };
  const series = (type: 'latency' | 'requests' | 'errors' | 'tokens', stepMs: number) => seriesOf(rows, type, type === 'latency' ? 'avg' : 'sum', range, stepMs).map(({ timestamp, value: one }) => [Date.parse(timestamp) / MINUTE_MS, one]);
  expect(series('latency', MINUTE_MS)).toEqual([[0, 15], [5, 30]]);
  expect(series('requests', 5 * MINUTE_MS)).toEqual([[0, 6], [5, 1]]);
  expect(series('errors', MINUTE_MS)).toEqual([[0, 1], [1, 0], [5, 0]]);
  expect(series('tokens', MINUTE_MS)).toEqual([]);
  expect(seriesOf([], 'requests', 'sum', range, MINUTE_MS)).toEqual([]);
  // Kept by the minute, so a shorter step cannot be told.
  expect(seriesOf(rows, 'requests', 'rate', range, 1000)[0]?.value).toBe(2 / 60);
});

test('R345: the last minutes and hours, and the period of equal length before', () => {
  const range = lastMinutes(60, 10_000_000);
  expect(range).toEqual({ from: 6_400_000, to: 10_000_000 });
  expect(lastHours(1, 10_000_000)).toEqual(range);
  expect(secondsOf(range)).toBe(3600);
  const before = previousRange(range);
  expect([secondsOf(before), range.from - before.to]).toEqual([3600, 1]);
});

test('R162 R345: times are UTC with and without a trailing Z', () => {
  fc.assert(fc.property(time, (at) => utcTime(new Date(at).toISOString()) === at && utcTime(new Date(at).toISOString().slice(0, -1)) === at));
  expect([utcTime('2026-01-01T05:00:00+05:00'), utcTime('2026-01-01 00:00:00'), utcTime('2026-01-01')]).toEqual([Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1)]);
  expect(utcTime('soon')).toBeNaN();
});
