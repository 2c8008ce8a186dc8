import { isKnown, quantile, sigmaOf, slidingMedian } from './robust';
import type { Run } from './series';

export interface Outlier extends Run {
  /** The step that is furthest off. */
  at: number;
  actual: number;
  expected: number;
  /** Distance in standard deviations of the ordinary scatter. */
  score: number;
}

/** Distances beyond which a value is no ordinary scatter: of normal noise, one in 500 million passes the first. */
const MIN_SCORE = 6;
/** ... and multiple of the distance that 3 % pass on the same side: long-tailed scatter is ordinary too. */
const TAIL_FACTOR = 3.5;
const TAIL_SHARE = 0.97;
/** That distance over the one that a tenth passes: of normal noise 1.88 / 1.28 = 1.47. What lies further apart has a longer tail, */
const TENTH_SHARE = 0.9;
const NORMAL_RATIO = 1.52;
/** for which the multiple grows by this much with the ratio, up to a limit. */
const LONG_TAIL_FACTOR = 15;
const MAX_TAIL_FACTOR = 8;
/** Least distance, as a share of the range that 98 % of the values keep within. */
const MIN_EFFECT = 0.15;
/** Steps between two outliers of one event. */
const JOINED = 2;
const MIN_KNOWN = 20;
/** A run of more of the series than this is no outlier: see the level shifts. */
const LONGEST_SHARE = 1 / 20;

/** Half of the window whose median is the expected level: wider than a burst, narrower than what changes slowly. */
export function halfWindow(length: number): number {
  return Math.max(6, Math.min(72, Math.round(length / 24)));
}

/** How far scatter reaches on one side, whose shape is taken from its quantiles; 0 where too few values lie on that side. */
function tailOf(distances: readonly number[], count: number): number {
  if (distances.length < count / 4) {
    return 0;
  }
  // Half of all values lie on each side.
  const [near, far] = [quantile(distances, 2 * TENTH_SHARE - 1), quantile(distances, 2 * TAIL_SHARE - 1)];
  return far * Math.min(MAX_TAIL_FACTOR, TAIL_FACTOR + LONG_TAIL_FACTOR * Math.max(0, far / near - NORMAL_RATIO));
}

interface Limits {
  sigma: number;
  up: number;
  down: number;
}

function limitsOf(rest: readonly number[], range: number): Limits {
  const known = rest.filter(isKnown);
  // Where half of the values are equal, the scatter of the others is what is ordinary.
  const moved = known.filter((value) => value !== 0);
  const sigma = sigmaOf(known, 0) || (moved.length >= Math.max(5, known.length / 50) ? sigmaOf(moved, 0) : 0);
  const tail = (side: 1 | -1) => tailOf(known.map((value) => value * side).filter((value) => value > 0), known.length);
  const limit = (side: 1 | -1) => Math.max(MIN_SCORE * sigma, tail(side), MIN_EFFECT * range, Number.MIN_VALUE);
  return { sigma, up: limit(1), down: limit(-1) };
}

/**
 * Values far off what is to be expected at their time.
 * @param values deseasoned; NaN for unknown
 * @param original the same steps as measured, for what is told
 * @param skip steps that are not judged
 */
export function findOutliers(values: readonly number[], original: readonly number[], skip: ReadonlySet<number> = new Set()): Outlier[] {
  if (values.filter(isKnown).length < MIN_KNOWN) {
    return [];
  }
  const level = slidingMedian(values, halfWindow(values.length));
  const rest = values.map((value, at) => value - (level[at] ?? Number.NaN));
  const { sigma, up, down } = limitsOf(rest, quantile(values, 0.99) - quantile(values, 0.01));
  const found: Outlier[] = [];
  rest.forEach((distance, at) => {
    if (!isKnown(distance) || skip.has(at) || (distance <= up && -distance <= down)) {
      return;
    }
    const actual = original[at] ?? Number.NaN;
    const outlier = { from: at, to: at, at, actual, expected: actual - distance, score: sigma === 0 ? Infinity : Math.abs(distance) / sigma };
    const last = found.at(-1);
    if (last && at - last.to <= JOINED) {
      found[found.length - 1] = Math.abs(distance) > Math.abs(last.actual - last.expected) ? { ...outlier, from: last.from } : { ...last, to: at };
    } else {
      found.push(outlier);
    }
  });
  return found.filter(({ from, to }) => to - from + 1 <= Math.max(3, values.length * LONGEST_SHARE));
}
