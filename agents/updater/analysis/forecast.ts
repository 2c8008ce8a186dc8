import { attempt, type Augurs } from './augurs';
import { filled, isKnown, mean, median, quantileOf, sigmaOf, sorted } from './robust';
import { deseasoned, type Season } from './season';
import type { Shift } from './shifts';
import { theilSen } from './trend';

export interface Point {
  value: number;
  /** 95 of 100 values are expected between them. */
  lower: number;
  upper: number;
}

export interface Forecast {
  /** One for each step of `step` milliseconds after the last known one. */
  points: Point[];
  /** Milliseconds: longer than that of the series where it has very many. */
  step: number;
  /** Milliseconds since 1970 of the last step that the forecast knows. */
  last: number;
  /** The method in words. */
  method: string;
  /** Mean absolute error in the backtest, in the unit of the series, and that of the naive forecast. */
  error: number;
  naiveError: number;
  /** 100 minus the error as a percentage of what was measured, 0..100; absent where what was measured is 0. */
  accuracy?: number;
}

type Method = (known: readonly number[], horizon: number) => number[] | undefined;

/** Values of the series that are looked at, and values of the forecast. */
const MAX_POINTS = 720;
const MAX_AHEAD = 96;
const MAX_SMOOTHED = 240;
const MIN_KNOWN = 24;
/** Ends of the series that are foretold from what was before them. */
const ORIGINS = 3;
const INSIDE = 0.95;
/** Distances within a block that stand for all. */
const SPREAD = 60;
/** Days of a steady rise go on, but nothing rises forever: each further step adds so much of the one before. */
const DAMPING = 0.99;
/** How much better a method must be than the naive one before it is trusted with the future. */
const BETTER_BY = 0.98;
/** A method this much worse than the best one at one end is given up. */
const HOPELESS = 1.4;

function seasonalNaive(period: number): Method {
  return (known, horizon) => Array.from({ length: horizon }, (_, ahead) => known[known.length - period + (ahead % period)] ?? known.at(-1) ?? Number.NaN);
}

/** Values by which the last level is told: a whole number of cycles, or at least one. */
const levelWindow = (length: number, period: number) => period * Math.max(1, Math.floor(length / 8 / period));

/** Mean of each phase over the level of its own cycle, upon the level of the last cycle. */
function profiled(season: Season, windowOf: number): Method {
  return (known, horizon) => {
    const { period } = season;
    const cycles = Math.floor(known.length / period);
    if (cycles < 2) {
      return undefined;
    }
    const recent = known.slice(known.length - cycles * period);
    const levels = Array.from({ length: cycles }, (_, cycle) => mean(recent.slice(cycle * period, (cycle + 1) * period)));
    const shape = Array.from({ length: period }, (_, phase) => trimmed(levels.map((level, cycle) => (recent[cycle * period + phase] ?? level) - level)));
    const smooth = smoothed(shape, windowOf);
    const level = median(recent.slice(-levelWindow(known.length, period)).map((value, at) => value - (smooth[at % period] ?? 0)));
    return Array.from({ length: horizon }, (_, ahead) => level + (smooth[ahead % period] ?? 0));
  };
}

/** Mean without the highest and the lowest, where there are enough. */
function trimmed(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  return mean(ordered.length >= 5 ? ordered.slice(1, -1) : ordered);
}

/** Mean over neighbouring phases, around the cycle. */
function smoothed(shape: readonly number[], half: number): number[] {
  return half === 0 ? [...shape] : shape.map((_, at) => mean(Array.from({ length: 2 * half + 1 }, (__, near) => shape[(at + near - half + shape.length) % shape.length] ?? 0)));
}

/** @param lag steps by which the level of `base` is older than the last value, of so many values */
function rising(base: Method, period: number, lag: (length: number) => number): Method {
  return (known, horizon) => {
    const line = theilSen(meanOfCycles(known, period));
    return base(known, horizon)?.map((value, ahead) => value + (line?.slope ?? 0) * (lag(known.length) + (1 - DAMPING ** (ahead + 1)) / (1 - DAMPING)));
  };
}

/** Means over one cycle each: what is left is the level. */
function meanOfCycles(values: readonly number[], period: number): number[] {
  let sum = 0;
  return values.flatMap((value, at) => {
    sum += value - (at >= period ? (values[at - period] ?? 0) : 0);
    return at >= period - 1 ? [sum / period] : [];
  });
}

function exponential(augurs: Augurs): Method {
  return (known, horizon) =>
    attempt(() => {
      const model = new augurs.ets.AutoETS(1, 'ZZN');
      // What is long past has little weight, and each value costs.
      model.fit(Float64Array.from(known.slice(-MAX_SMOOTHED)));
      const { point } = model.predict(horizon);
      model.free();
      return point;
    });
}

function decomposed(augurs: Augurs, period: number): Method {
  return (known, horizon) =>
    attempt(() => {
      const model = augurs.mstl.MSTL.ets([period]);
      model.fit(Float64Array.from(known));
      const { point } = model.predict(horizon);
      model.free();
      return point;
    });
}

const lastEighth = (length: number) => Math.max(5, Math.round(length / 8));

const lastLevel: Method = (known, horizon) => Array.from({ length: horizon }, () => median(known.slice(-lastEighth(known.length))));

interface Named {
  name: string;
  foretell: Method;
}

/** The naive one first, the dearest last. */
function methodsFor(season: Season | undefined, augurs: Augurs): Named[] {
  if (!season) {
    return [
      { name: 'the last value (naive)', foretell: seasonalNaive(1) },
      { name: 'the median of the last eighth', foretell: lastLevel },
      { name: 'the last level with a damped trend (Theil-Sen)', foretell: rising(lastLevel, 1, (length) => lastEighth(length) / 2) },
      { name: 'exponential smoothing (AutoETS)', foretell: exponential(augurs) },
    ];
  }
  const { period } = season;
  const smooth = Math.floor(period / 32);
  return [
    { name: 'the last cycle (seasonal naive)', foretell: seasonalNaive(period) },
    { name: 'the mean cycle upon the last level', foretell: profiled(season, 0) },
    ...(smooth > 0 ? [{ name: 'the smoothed mean cycle upon the last level', foretell: profiled(season, smooth) }] : []),
    { name: 'the mean cycle upon the last level with a damped trend (Theil-Sen)', foretell: rising(profiled(season, smooth), period, (length) => levelWindow(length, period) / 2) },
    { name: 'seasonal decomposition with exponential smoothing (MSTL, AutoETS)', foretell: decomposed(augurs, period) },
  ];
}

interface Tried extends Named {
  /** Foretold minus measured at each end of the series that it did not see. */
  errors: number[][];
  error: number;
}

interface Trial {
  known: readonly number[];
  /** The same without what was filled in: nothing is judged by that. */
  measured: readonly number[];
  horizon: number;
  origins: readonly number[];
}

function errorsAt(origin: number, foretell: Method, { known, measured, horizon }: Trial): number[] | undefined {
  const told = foretell(known.slice(0, origin), horizon);
  return told?.every(Number.isFinite) ? told.map((value, ahead) => value - (measured[origin + ahead] ?? Number.NaN)).filter(isKnown) : undefined;
}

/** @returns undefined where it has no answer, or is so far behind at one end that the others need not be asked */
function backtest(method: Named, best: Tried | undefined, trial: Trial): Tried | undefined {
  const errors: number[][] = [];
  for (const [at, origin] of trial.origins.entries()) {
    const found = errorsAt(origin, method.foretell, trial);
    const rival = best?.errors[at];
    if (!found || (rival && rival.length > 0 && meanAbsolute(found) > HOPELESS * meanAbsolute(rival))) {
      return undefined;
    }
    errors.push(found);
  }
  const all = errors.flat();
  return all.length === 0 ? undefined : { ...method, errors, error: meanAbsolute(all) };
}

/** The method that foretold the ends best, and the naive one, which is kept where no other is better. */
function choose(methods: readonly Named[], trial: Trial): { best: Tried; naive: Tried } | undefined {
  const [first, ...others] = methods;
  const naive = first && backtest(first, undefined, trial);
  if (!naive) {
    return undefined;
  }
  let best = naive;
  for (const method of others) {
    const tried = backtest(method, best, trial);
    best = tried && tried.error < Math.min(best.error, naive.error * BETTER_BY) ? tried : best;
  }
  return { best, naive };
}

export const meanAbsolute = (errors: readonly number[]): number => mean(errors.map(Math.abs));

interface Grid {
  /** The mean of each block. */
  values: number[];
  /** First step of each block, and the step after the last one. */
  edges: number[];
  /** Steps of the series in a block, on average: a cycle is a whole number of blocks, a block need not be one of steps. */
  size: number;
  season?: Season;
}

/** A coarser grid where the series or its cycle has very many steps. Its blocks end with the series, so that the last one is whole. */
function gridOf(values: readonly number[], season: Season | undefined): Grid {
  const period = season && Math.ceil(season.period / Math.ceil(season.period / MAX_AHEAD));
  const size = season && period ? season.period / period : Math.max(1, Math.ceil(values.length / MAX_POINTS));
  const count = Math.min(MAX_POINTS, Math.floor(values.length / size));
  const edges = Array.from({ length: count + 1 }, (_, at) => values.length - Math.round((count - at) * size));
  const means = edges.slice(1).map((edge, at) => mean(values.slice(edges[at], edge).filter(isKnown)));
  return { values: means, edges, size, ...(season && period ? { season: { ...season, period } } : {}) };
}

/** One cycle, or as many as an eighth of what is known holds. */
function horizonOf({ values, season }: Grid): number {
  const most = Math.max(1, Math.min(MAX_AHEAD, Math.round(values.length / 8)));
  return season ? season.period * Math.max(1, Math.floor(most / season.period)) : most;
}

/** Where the backtest may begin: after what the season needs to be known, and after the last change of level where that leaves enough. */
function originsFor(length: number, horizon: number, least: number): number[] {
  return Array.from({ length: ORIGINS }, (_, back) => length - horizon * (back + 1)).filter((origin) => origin >= least);
}

/**
 * What is to be expected next: of several methods the one that foretold the ends of the series best, and never one that the naive
 * forecast beats there. The interval is that of the errors in the backtest.
 * @param values NaN for unknown
 * @param start milliseconds since 1970, @param step milliseconds
 * @returns undefined where too little is known
 */
export function foretell({ values: all, start, step }: { values: readonly number[]; start: number; step: number }, season: Season | undefined, shifts: readonly Shift[], augurs: Augurs): Forecast | undefined {
  const end = all.findLastIndex(isKnown) + 1;
  const values = all.slice(0, end);
  const grid = gridOf(values, season);
  if (grid.values.filter(isKnown).length < MIN_KNOWN) {
    return undefined;
  }
  const period = grid.season?.period ?? 1;
  const horizon = horizonOf(grid);
  const known = completed(levelledGrid(grid, shifts), grid.season);
  const measured = known.map((value, at) => (isKnown(grid.values[at] ?? Number.NaN) ? value : Number.NaN));
  const origins = originsFor(known.length, horizon, Math.max(2 * period, MIN_KNOWN / 2));
  const methods = methodsFor(grid.season, augurs);
  const chosen = choose(sigmaOf(known) === 0 ? methods.slice(0, 1) : methods, { known, measured, horizon, origins });
  if (!chosen) {
    return undefined;
  }
  const told = [chosen.best, chosen.naive].map((one) => ({ ...one, points: one.foretell(known, horizon) })).find(({ points }) => points?.every(Number.isFinite));
  if (!told?.points) {
    return undefined;
  }
  const [low, high] = intervalOf(told.errors.flat(), within(values, grid));
  const size = meanAbsolute(origins.flatMap((origin) => measured.slice(origin, origin + horizon)).filter(isKnown));
  return {
    points: told.points.map((value) => ({ value, lower: value - Math.max(0, high), upper: value - Math.min(0, low) })),
    step: step * grid.size,
    last: start + (end - 1) * step,
    method: `${told.name}, chosen of ${methods.length} by a backtest over ${origins.length} held-out ${origins.length === 1 ? 'end' : 'ends'}`,
    error: told.error,
    naiveError: chosen.naive.error,
    ...(size > 0 ? { accuracy: Math.max(0, Math.min(100, 100 * (1 - told.error / size))) } : {}),
  };
}

/** Distances of the values from the means of their blocks: the forecast is of means, the interval is of values. */
function within(values: readonly number[], { values: means, edges, size }: Grid): number[] {
  return size === 1 ? [] : means.flatMap((one, block) => values.slice(edges[block], edges[block + 1]).map((value) => one - value)).filter(isKnown);
}

/** Lowest and highest error to be expected: each error of the means with some of the distances within a block. */
function intervalOf(errors: readonly number[], distances: readonly number[]): [number, number] {
  const stride = Math.max(1, Math.floor(distances.length / SPREAD));
  const spread = distances.filter((_, at) => at % stride === 0);
  const all = spread.length === 0 ? errors : errors.flatMap((error) => spread.map((distance) => error + distance));
  const ordered = sorted(all);
  return [quantileOf(ordered, (1 - INSIDE) / 2), quantileOf(ordered, (1 + INSIDE) / 2)];
}

/** Raised or lowered to the last level, so that a jump in the past does not spoil what is expected. */
function levelledGrid(grid: Grid, shifts: readonly Shift[]): number[] {
  return grid.values.map((value, at) => shifts.reduce((sum, shift) => ((grid.edges[at] ?? 0) + grid.size / 2 < shift.at ? sum + shift.after - shift.before : sum), value));
}

/** Without gaps: what is missing is taken from the season upon a straight line. */
function completed(values: readonly number[], season: Season | undefined): number[] {
  if (!season) {
    return filled(values);
  }
  const { period } = season;
  const shape = Array.from({ length: period }, (_, phase) => median(values.filter((_value, at) => at % period === phase)));
  const centre = median(shape);
  const local = { ...season, profile: shape.map((value) => (isKnown(value) ? value - centre : 0)) };
  return filled(deseasoned(values, local)).map((value, at) => value + (local.profile[at % period] ?? 0));
}
