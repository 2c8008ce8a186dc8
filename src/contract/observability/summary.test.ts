import fc from 'fast-check';
import { distributionOf } from './histogram';
import type { MinuteFigures } from './schemas';
import { errorRate, summaries, throughput, totalOf, trendOf } from './summary';

const RANGE = { from: 0, to: 60_000 };
const counts = (requests: number, errors = 0, latencies: number[] = []): MinuteFigures => ({ requests, errors, ...(latencies.length > 0 && { latency: distributionOf(latencies) }) });
const find = (name: string, now: MinuteFigures | undefined, before?: MinuteFigures) => summaries(now, before, RANGE).find((metric) => metric.name === name);

test.each([
  [105, 100, 5, 'stable'],
  [105.01, 100, 5.01, 'up'],
  [95, 100, -5, 'stable'],
  [94.99, 100, -5.01, 'down'],
  [1.05, 1, 5, 'stable'],
  [0.95, 1, -5, 'stable'],
  [2.1, 2, 5, 'stable'],
  [100, 100, 0, 'stable'],
  [0, 100, -100, 'down'],
] as const)('R398 to R401: %d after %d is %d %%, %s', (now, before, trend, direction) => {
  expect(trendOf(now, before)).toEqual({ trend, trend_direction: direction });
});

test('R399 R400 R401: the direction is that of the figure that is shown', () => {
  const mean = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(mean, mean, (now, before) => {
      const { trend, trend_direction: direction } = trendOf(now, before);
      if (trend === null) {
        return before === 0 && direction === null;
      }
      return direction === (trend > 5 ? 'up' : trend < -5 ? 'down' : 'stable');
    })
  );
});

test('R398: at an equal length and more requests the trend never falls', () => {
  const count = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(fc.property(count, count, fc.integer({ min: 1, max: 1_000_000 }), (a, b, before) => (trendOf(Math.max(a, b), before).trend ?? 0) >= (trendOf(Math.min(a, b), before).trend ?? 0)));
});

test('R402: no trend when the earlier period is empty or 0', () => {
  const none = { trend: null, trend_direction: null };
  expect([trendOf(5, null), trendOf(5, 0), trendOf(null, 5), trendOf(Number.NaN, 5)]).toEqual([none, none, none, none]);
  expect(find('requests', counts(5))).toMatchObject(none);
  expect(find('errors', counts(5, 1), counts(5, 0))).toMatchObject(none);
});

test('R395 R396: latency as the mean in milliseconds, the others as a sum', () => {
  const now = { ...counts(6, 2, [100, 110]), tokens: distributionOf([40, 60]) };
  const before = { ...counts(4, 2, [50]), tokens: distributionOf([200]) };
  expect(summaries(now, before, RANGE)).toEqual([
    { name: 'latency', value: 105, unit: 'ms', trend: 110, trend_direction: 'up', time_range: { from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:01:00.000Z' } },
    expect.objectContaining({ name: 'tokens', value: 100, unit: 'count', trend: -50, trend_direction: 'down' }),
    expect.objectContaining({ name: 'errors', value: 2, unit: 'count', trend: 0, trend_direction: 'stable' }),
    expect.objectContaining({ name: 'requests', value: 6, unit: 'count', trend: 50, trend_direction: 'up' }),
    expect.objectContaining({ name: 'error_rate', value: 33.33, unit: '%', trend: -33.33, trend_direction: 'down' }),
    expect.objectContaining({ name: 'throughput', value: 0.1, unit: 'req/s', trend: 50, trend_direction: 'up' }),
  ]);
});

test('R397: a series without data gets no summary', () => {
  expect(summaries(counts(3), undefined, RANGE).map(({ name }) => name)).toEqual(['errors', 'requests', 'error_rate', 'throughput']);
  expect(summaries(undefined, counts(3, 1), RANGE).map(({ name, value, trend }) => [name, value, trend])).toEqual([['error_rate', 0, null], ['throughput', 0, null]]);
  expect([totalOf([]), totalOf([{ minute: 0, agent: 'a', figures: counts(0) }])]).toEqual([undefined, counts(0)]);
});

test('R403: error rate in percent, two decimals, 0 without requests, within 0 and 100 for errors of requests', () => {
  expect([errorRate(counts(3, 1)), errorRate(counts(0, 0)), errorRate(counts(0, 4)), errorRate(counts(8, 8))]).toEqual([33.33, 0, 0, 100]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (errors, more) => {
      const rate = errorRate(counts(errors + more, errors));
      return rate >= 0 && rate <= 100 && Math.abs(rate * 100 - Math.round(rate * 100)) < 1e-6 && errorRate(counts(errors + more + 1, errors + 1)) >= rate;
    })
  );
});

test('R404: requests over the seconds of the range, 0 for an empty range', () => {
  expect([throughput(100, RANGE), throughput(5, { from: 7, to: 7 }), throughput(5, { from: 8, to: 7 }), throughput(0, RANGE)]).toEqual([1.67, 0, 0, 0]);
});
