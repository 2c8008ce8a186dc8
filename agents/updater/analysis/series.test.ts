import fc from 'fast-check';
import { filled, isKnown, median, quantile, sigmaOf, slidingMedian } from './robust';
import { timeOf, toSeries } from './series';
import type { SeriesInput } from './types';

const MINUTE = 60_000;
const START = Date.UTC(2026, 4, 4);
const given = (values: ReadonlyArray<number | null>, more: Partial<SeriesInput> = {}): SeriesInput => ({ name: 'one', times: values.map((_, at) => START + at * MINUTE), values, ...more });
const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('the grid', () => {
  test('what is left out is a gap, and stays unknown', () => {
    const input = { name: 'one', times: [0, 1, 2, 6, 7, 8].map((at) => START + at * MINUTE), values: [1, 2, 3, 7, 8, 9] };
    const { values: grid, bridged, gaps, step } = toSeries(input);
    expect(step).toBe(MINUTE);
    expect(gaps).toEqual([{ from: 3, to: 5 }]);
    expect(grid.slice(3, 6).every(Number.isNaN)).toBe(true);
    // Three steps are short enough to be bridged for fitting.
    expect(bridged).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('a long gap is bridged nowhere', () => {
    const { bridged } = toSeries(given([1, 1, 1, null, null, null, null, 1, 1, 1]));
    expect(bridged.filter(Number.isNaN)).toHaveLength(4);
  });

  test('one missing value is no gap', () => {
    expect(toSeries(given([1, null, 1, 1])).gaps).toEqual([]);
  });

  test('silence until now is a gap, the delay of a measurement is none', () => {
    expect(toSeries(given([1, 2, 3]), START + 10 * MINUTE).gaps).toEqual([{ from: 3, to: 9 }]);
    expect(toSeries(given([1, 2, 3]), START + 4 * MINUTE).gaps).toEqual([]);
  });

  test('neither order nor infinite values nor two values at a time break it', () => {
    const { values: grid } = toSeries({ name: 'one', times: [2, 0, 1, 1, 3].map((at) => START + at * MINUTE), values: [3, 1, 2, 4, Infinity] });
    expect(grid).toEqual([1, 3, 3]);
  });

  test('nothing at all gives nothing', () => {
    expect(toSeries({ name: 'none', times: [], values: [] })).toMatchObject({ values: [], gaps: [], resets: [] });
    expect(toSeries(given([null, null])).current).toBeUndefined();
  });

  test('a series of a year is averaged down, and keeps its times', () => {
    const long = toSeries(given(Array.from({ length: 20_000 }, (_, at) => at)));
    expect(long.values.length).toBeLessThanOrEqual(4096);
    expect(timeOf(long, long.values.length - 1)).toBeCloseTo(START + 19_999 * MINUTE, -5);
  });

  test('known values come back as they were', () => {
    fc.assert(fc.property(values, (list) => expect(toSeries(given(list)).values.map((value) => value + 0)).toEqual(list.map((value) => value + 0))));
  });
});

describe('counters', () => {
  test('increases as Prometheus counts them, the reset told', () => {
    const { values: grid, resets, current } = toSeries(given([100, 110, 125, 5, 20], { counter: true }));
    expect(grid).toEqual([10, 15, 5, 15]);
    expect(resets).toEqual([2]);
    expect(current).toEqual({ value: 20, time: START + 4 * MINUTE });
  });

  test('a reset that nobody saw is told, and its increase is unknown', () => {
    const { values: grid, resets } = toSeries(given([100, 110, null, null, 5, 20], { counter: true }));
    expect(resets).toEqual([3]);
    expect(grid.map((value) => (isKnown(value) ? value : null))).toEqual([10, null, null, null, 15]);
  });

  test('the name tells a counter where nobody says so', () => {
    expect(toSeries(given([1, 5, 2], { name: 'http_requests_total' })).resets).toEqual([1]);
    expect(toSeries(given([1, 5, 2], { name: 'http_requests_total', counter: false })).resets).toEqual([]);
    expect(toSeries(given([1, 5, 2], { name: 'rate(http_requests_total[5m])' })).resets).toEqual([]);
  });

  test('no increase is below zero, and all of them add up to what was counted', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 50 }), (steps) => {
        const totals = steps.map((_, at) => steps.slice(0, at + 1).reduce((sum, step) => sum + step, 0));
        const { values: grid, resets } = toSeries(given(totals, { counter: true }));
        expect(resets).toEqual([]);
        expect(grid).toEqual(steps.slice(1));
      })
    );
  });
});

describe('robust figures', () => {
  test('one wild value moves neither median nor scatter', () => {
    const calm = [1, 2, 3, 4, 5, 6, 7];
    expect(median([...calm, 1e12])).toBeLessThan(6);
    expect(sigmaOf([...calm, 1e12])).toBeLessThan(4);
  });

  test('unknown values are left out, and nothing known is unknown', () => {
    expect(median([Number.NaN, 3])).toBe(3);
    expect(median([])).toBeNaN();
    expect(quantile([Number.NaN], 0.5)).toBeNaN();
    expect(filled([Number.NaN, Number.NaN]).every(Number.isNaN)).toBe(true);
  });

  test('the sliding median is the median of each window', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), (list, half) => {
        slidingMedian(list, half).forEach((value, at) => expect(value).toBeCloseTo(median(list.slice(Math.max(0, at - half), at + half + 1)), 6));
      })
    );
  });
});
