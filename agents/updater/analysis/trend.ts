import { autocorrelation, blocks, isKnown, median, sigmaOf } from './robust';

export interface Trend {
  /** Step at which the part begins in which it was found: 0 for the whole series. */
  first: number;
  /** Change a step, in the unit of the series. */
  slope: number;
  /** Level at that step and at the last one, on the line. */
  from: number;
  to: number;
  /** How far the count of rising pairs is from that of no trend, in standard deviations. */
  significance: number;
  /** Change from end to end in standard deviations of the scatter about the line. */
  score: number;
}

/** A line through what is known. */
export interface Line {
  slope: number;
  /** Level at step 0. */
  level: number;
}

/** Points of a line are compared pair by pair: so many of them at most. */
const MAX_POINTS = 96;
const MIN_POINTS = 12;
/** One series without a trend in 1000 passes it (two-sided normal distribution). */
const MIN_SIGNIFICANCE = 3.29;
/** Least change from end to end, in standard deviations of the scatter about the line. */
const MIN_SCORE = 1.5;
/** Correlation of neighbours beyond which they tell nothing new: the number of independent points would be below one. */
const MAX_CORRELATION = 0.97;

/** A line by the median of the slopes of all pairs (Theil and Sen): up to 29 % of the values may be anything. @param maxPoints the work grows with their square */
export function theilSen(values: readonly number[], maxPoints = MAX_POINTS): Line | undefined {
  const size = Math.max(1, Math.ceil(values.length / maxPoints));
  const points = blocks(values, size, (known) => median(known));
  const slopes: number[] = [];
  points.forEach((value, at) => {
    if (isKnown(value)) {
      for (let later = at + 1; later < points.length; later += 1) {
        const other = points[later] ?? Number.NaN;
        if (isKnown(other)) {
          slopes.push((other - value) / ((later - at) * size));
        }
      }
    }
  });
  if (slopes.length === 0) {
    return undefined;
  }
  const slope = median(slopes);
  const middle = (size - 1) / 2;
  return { slope, level: median(points.map((value, at) => value - slope * (at * size + middle))) };
}

/**
 * The z value of Mann and Kendall: rising less falling pairs over their standard deviation, which is widened for values that resemble
 * their neighbours: the variance by (1 + r) / (1 - r), the number of values over the number of independent ones in an AR(1) process.
 * @param likeness r, of what is left about the line
 */
function mannKendall(points: readonly number[], likeness: number): number {
  const known = points.filter(isKnown);
  let sum = 0;
  known.forEach((value, at) => {
    for (let later = at + 1; later < known.length; later += 1) {
      sum += Math.sign((known[later] ?? value) - value);
    }
  });
  const count = known.length;
  const ties = new Map<number, number>();
  known.forEach((value) => ties.set(value, (ties.get(value) ?? 0) + 1));
  const tied = [...ties.values()].reduce((total, size) => total + size * (size - 1) * (2 * size + 5), 0);
  const r = Math.min(MAX_CORRELATION, Math.max(0, likeness));
  const variance = ((count * (count - 1) * (2 * count + 5) - tied) / 18) * ((1 + r) / (1 - r));
  return variance <= 0 ? 0 : Math.max(0, Math.abs(sum) - 1) / Math.sqrt(variance);
}

/** Parts of a series that are looked at, to its end: a leak may have begun with the last deployment. */
const PARTS = [1, 1 / 2, 1 / 4];
/** Each further part is one more chance for chance. */
const STRICTER_BY = 0.5;

/**
 * A lasting rise or fall, such as a slow leak; undefined where chance would explain it.
 * @param values deseasoned; NaN for unknown
 */
export function findTrend(values: readonly number[]): Trend | undefined {
  for (const [at, part] of PARTS.entries()) {
    const first = Math.round(values.length * (1 - part));
    const found = trendIn(values.slice(first), MIN_SIGNIFICANCE + at * STRICTER_BY, at === 0 ? MIN_SCORE : 2 * MIN_SCORE);
    if (found) {
      return { first, ...found };
    }
  }
  return undefined;
}

function trendIn(values: readonly number[], leastSignificance: number, leastScore: number): Omit<Trend, 'first'> | undefined {
  const size = Math.max(1, Math.ceil(values.length / MAX_POINTS));
  const points = blocks(values, size, (known) => median(known));
  const line = points.filter(isKnown).length < MIN_POINTS ? undefined : theilSen(values);
  if (!line || line.slope === 0) {
    return undefined;
  }
  const rest = points.map((value, at) => value - line.level - line.slope * (at * size + (size - 1) / 2));
  const change = line.slope * (values.length - 1);
  const sigma = sigmaOf(rest.filter(isKnown));
  const score = sigma === 0 ? Infinity : Math.abs(change) / sigma;
  const significance = mannKendall(points, autocorrelation(rest, 1));
  return significance >= leastSignificance && score >= leastScore ? { slope: line.slope, from: line.level, to: line.level + change, significance, score } : undefined;
}
