import fc from 'fast-check';
import { prepare, type Noise, type Part, type Recipe } from '../../../tests/eval/generator';
import { study, type Study } from './study';
import type { SeriesInput } from './types';

const recipe = (parts: Part[], more: Partial<Recipe> = {}): Recipe => ({ name: 'one', form: '', seed: 1, length: 600, minutes: 5, base: 100, noise: { kind: 'normal', sigma: 3 }, parts, ...more });
const studyOf = async (series: SeriesInput, ahead = false): Promise<Study> => study(series, series.times.at(-1) ?? 0, ahead);
const made = async (parts: Part[], more: Partial<Recipe> = {}, ahead = false) => studyOf(prepare(recipe(parts, more)).series, ahead);
const changed = (series: SeriesInput, factor: number, add: number): SeriesInput => ({ ...series, values: series.values.map((value) => (value === null ? null : value * factor + add)) });
const RUNS = { numRuns: 12, seed: 20260504 };
const seeds = fc.integer({ min: 1, max: 1_000_000 });

describe('noise alone', () => {
  test.each<[string, Noise]>([
    ['normal', { kind: 'normal', sigma: 3 }],
    ['uniform', { kind: 'uniform', sigma: 3 }],
    ['with a long tail', { kind: 'lognormal', sigma: 0.4 }],
    ['of counts', { kind: 'poisson', sigma: 0 }],
    ['that resembles its neighbours', { kind: 'ar', sigma: 3, memory: 0.8 }],
  ])('%s holds nothing', async (_name, noise) => {
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const { outliers, shifts, trend, season } = await made([], { seed, noise });
        expect({ outliers, shifts, trend, season }).toEqual({ outliers: [], shifts: [], trend: undefined, season: undefined });
      }),
      RUNS
    );
  });

  test.each([0, 7, -3e9])('a series that is always %p holds nothing', async (base) => {
    const { outliers, shifts, trend, season, forecast } = await made([], { base, noise: { kind: 'normal', sigma: 0 } }, true);
    expect({ outliers, shifts, trend, season }).toEqual({ outliers: [], shifts: [], trend: undefined, season: undefined });
    expect(forecast?.points.every(({ value, lower, upper }) => value === base && lower === base && upper === base)).toBe(true);
  });
});

const DAY: Part = { kind: 'season', period: 96, height: 60 };
const ALL: Part[] = [DAY, { kind: 'spike', at: 200, height: 60, length: 2 }, { kind: 'shift', at: 400, height: 50 }];

const shape = ({ outliers, shifts, trend, season, series }: Study) => ({
  outliers: outliers.map(({ from, to }) => [from, to]),
  shifts: shifts.map(({ at }) => at),
  trend: trend?.first,
  season: season?.period,
  gaps: series.gaps,
});

describe('what is in a series', () => {
  test('is found: season, spike and jump of one series, and each in its place', async () => {
    const found = await made(ALL);
    expect(shape(found)).toMatchObject({ outliers: [[200, 201]], season: 96, trend: undefined });
    expect(found.shifts).toHaveLength(1);
    expect(Math.abs((found.shifts[0]?.at ?? 0) - 400)).toBeLessThanOrEqual(3);
    expect(found.season?.strength).toBeGreaterThan(0.8);
  });

  test('does not hang on the unit: scaled and moved, the same is found', async () => {
    const { series } = prepare(recipe(ALL));
    const before = shape(await studyOf(series));
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 1e-4, max: 1e5, noNaN: true }), fc.double({ min: -1e4, max: 1e4, noNaN: true }), async (factor, add) => {
        expect(shape(await studyOf(changed(series, factor, add)))).toEqual(before);
      }),
      RUNS
    );
  });

  test('upside down, the same places are found', async () => {
    const { series } = prepare(recipe(ALL));
    expect(shape(await studyOf(changed(series, -1, 0)))).toEqual(shape(await studyOf(series)));
  });

  test('is told by what was measured: actual, expected, before and after', async () => {
    const { outliers, shifts } = await made([{ kind: 'spike', at: 200, height: 60 }, { kind: 'shift', at: 400, height: 50 }]);
    expect(outliers[0]?.actual).toBeGreaterThan(150);
    expect(outliers[0]?.expected).toBeGreaterThan(90);
    expect(outliers[0]?.expected).toBeLessThan(110);
    expect(shifts[0]?.before).toBeCloseTo(100, -1);
    expect(shifts[0]?.after).toBeCloseTo(150, -1);
  });

  test('a steady rise is a trend and no jump', async () => {
    const { trend, shifts, outliers } = await made([{ kind: 'leak', height: 40 }]);
    expect({ shifts, outliers }).toEqual({ shifts: [], outliers: [] });
    expect(trend).toMatchObject({ first: 0 });
    expect((trend?.slope ?? 0) * 599).toBeCloseTo(40, -1);
  });

  test('a leak that began with the last quarters is found there', async () => {
    const { trend } = await made([{ kind: 'leak', from: 380, height: 30 }]);
    expect(trend?.slope).toBeGreaterThan(0);
  });

  test('nothing is found where nothing is known', async () => {
    const { outliers, shifts, series } = await made([{ kind: 'gap', at: 250, length: 60 }]);
    expect({ outliers, shifts }).toEqual({ outliers: [], shifts: [] });
    expect(series.gaps).toEqual([{ from: 250, to: 309 }]);
  });

  test('too few values say nothing', async () => {
    expect(await made([], { length: 23 }, true)).toMatchObject({ known: 23, outliers: [], shifts: [] });
    expect((await made([], { length: 23 }, true)).forecast).toBeUndefined();
  });

  test('any numbers at all are borne', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.double({ noDefaultInfinity: false, noNaN: false })), { maxLength: 80 }), fc.boolean(), async (list, counter) => {
        const found = await studyOf({ name: 'any', counter, times: list.map((_, at) => at * 60_000), values: list }, true);
        expect(found.known).toBeLessThanOrEqual(list.length);
      }),
      { numRuns: 60, seed: 7 }
    );
  });
});

describe('forecast', () => {
  test('is better in the backtest than the naive one, or is the naive one', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom<Part[]>([], [DAY], [{ kind: 'leak', height: 30 }], ALL), async (seed, parts) => {
        const { forecast } = await made(parts, { seed }, true);
        expect(forecast?.error).toBeLessThanOrEqual(forecast?.naiveError ?? 0);
        expect(forecast?.points.every(({ value, lower, upper }) => lower <= value && value <= upper)).toBe(true);
        expect(forecast?.points.length).toBeLessThanOrEqual(96);
      }),
      RUNS
    );
  });

  test('a season goes on, and a past jump and a past spike do not come again', async () => {
    const labelled = prepare(recipe(ALL));
    const { forecast } = await studyOf(labelled.series, true);
    const errors = (labelled.future ?? []).map((actual, ahead) => Math.abs(actual - (forecast?.points[ahead]?.value ?? Number.NaN)));
    expect(errors).toHaveLength(96);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(4);
    expect(forecast?.last).toBe(labelled.series.times.at(-1));
  });

  test('most of what comes lies within the interval', async () => {
    const inside: number[] = [];
    for (let seed = 1; seed <= 8; seed += 1) {
      const labelled = prepare(recipe([DAY], { seed }));
      const { forecast } = await studyOf(labelled.series, true);
      (labelled.future ?? []).forEach((actual, ahead) => {
        const point = forecast?.points[ahead];
        inside.push(point && actual >= point.lower && actual <= point.upper ? 1 : 0);
      });
    }
    const share = inside.reduce((sum, one) => sum + one, 0) / inside.length;
    expect(share).toBeGreaterThan(0.88);
    expect(share).toBeLessThan(0.995);
  });

  test('a cycle that cannot be parted evenly is foretold as well', async () => {
    const { season, forecast } = await made([{ kind: 'season', period: 283, height: 60 }], { length: 1800 }, true);
    expect(Math.abs((season?.period ?? 0) - 283)).toBeLessThanOrEqual(1);
    expect(forecast?.error).toBeLessThan(forecast?.naiveError ?? 0);
  });
});
