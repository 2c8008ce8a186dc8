import { attempt, type Augurs } from './augurs';
import { blocks, filled, isKnown, median, quantile, sigmaOf } from './robust';
import { theilSen } from './trend';

export interface Shift {
  /** First step of the new level. */
  at: number;
  before: number;
  after: number;
  /** Height of the jump in standard deviations of the scatter about the two levels. */
  score: number;
}

/** Points that are handed to the change-point detection, whose work grows with their square. */
const MAX_POINTS = 168;
/** Points of the line on each side of a jump. */
const SIDE_POINTS = 40;
const MIN_KNOWN = 24;
/** Least height of a jump in standard deviations, */
const MIN_SCORE = 3;
/** and as a share of the range of the series, */
const MIN_EFFECT = 0.2;
/** and of the difference of the levels, with the slopes on both sides taken out: a steady rise has no jump anywhere. */
const MIN_JUMP = 0.6;
/** What lasts shorter than this share of the series is no level. */
const SHORTEST_SHARE = 1 / 24;

function scaled(values: readonly number[]): number[] {
  const centre = median(values);
  const sigma = sigmaOf(values.filter(isKnown)) || quantile(values, 0.98) - quantile(values, 0.02) || 1;
  return values.map((value) => Math.max(-8, Math.min(8, (value - centre) / sigma)));
}

/** Steps at which something may have changed: augurs' Bayesian detection, and where the two sides differ most. */
function candidates(values: readonly number[], augurs: Augurs): number[] {
  const size = Math.max(1, Math.ceil(values.length / MAX_POINTS));
  const points = filled(blocks(values, size, (known) => median(known)));
  const detector = augurs.changepoint.ChangepointDetector.normalGamma();
  const found = attempt(() => detector.detectChangepoints(Float64Array.from(scaled(points))).indices) ?? [];
  detector.free();
  const half = Math.max(3, Math.round(points.length / 24));
  const steps = points.map((_, at) => (at < half || at > points.length - half ? 0 : Math.abs(median(points.slice(at - half, at)) - median(points.slice(at, at + half)))));
  const limit = quantile(steps, 0.9);
  const peaks = steps.flatMap((height, at) => (height > limit && height >= Math.max(...steps.slice(Math.max(0, at - half), at + half)) ? [at] : []));
  return [...new Set([...found, ...peaks])].filter((at) => at > 0).sort((a, b) => a - b).map((at) => at * size);
}

/** The step near `at` that parts the values best: least sum of distances from the medians of both sides. */
function sharpened(values: readonly number[], at: number, reach: number): number {
  const [from, to] = [Math.max(0, at - 2 * reach), Math.min(values.length, at + 2 * reach)];
  const before = median(values.slice(from, Math.max(from + 1, at - reach)));
  const after = median(values.slice(Math.min(to - 1, at + reach), to));
  let [best, least, cost] = [at, Infinity, 0];
  for (let step = Math.max(from, at - reach); step < Math.min(to, at + reach); step += 1) {
    const value = values[step] ?? Number.NaN;
    if (cost < least) {
      [best, least] = [step, cost];
    }
    cost += isKnown(value) ? Math.abs(value - before) - Math.abs(value - after) : 0;
  }
  return best;
}

interface Judged extends Shift {
  jump: number;
}

function judge(values: readonly number[], from: number, at: number, to: number): Judged | undefined {
  const [left, right] = [values.slice(from, at), values.slice(at, to)];
  const [lineLeft, lineRight] = [theilSen(left, SIDE_POINTS), theilSen(right, SIDE_POINTS)];
  if (!lineLeft || !lineRight) {
    return undefined;
  }
  const [before, after] = [median(left), median(right)];
  const jump = lineRight.level - (lineLeft.level + lineLeft.slope * left.length);
  const sigma = Math.max(sigmaOf(left.filter(isKnown)), sigmaOf(right.filter(isKnown)));
  return { at, before, after, jump, score: sigma === 0 ? Infinity : Math.abs(after - before) / sigma };
}

function stands({ before, after, jump, score }: Judged, range: number): boolean {
  const height = Math.abs(after - before);
  return height > 0 && score >= MIN_SCORE && height >= MIN_EFFECT * range && Math.sign(jump) === Math.sign(after - before) && Math.abs(jump) >= MIN_JUMP * height;
}

/** Drops the weakest change until all that are left stand against their neighbours. */
function verified(values: readonly number[], at: readonly number[], range: number): Shift[] {
  const shortest = Math.max(6, Math.round(values.length * SHORTEST_SHARE));
  let kept = [...at].filter((step) => step >= shortest && step <= values.length - shortest);
  for (;;) {
    const judged = kept.map((step, index) => ({ step, found: judge(values, kept[index - 1] ?? 0, step, kept[index + 1] ?? values.length), close: step - (kept[index - 1] ?? -Infinity) < shortest }));
    const weak = judged.filter(({ found, close }) => close || !found || !stands(found, range)).sort((a, b) => (a.found?.score ?? 0) - (b.found?.score ?? 0))[0];
    if (!weak) {
      return judged.flatMap(({ found }) => (found ? [{ at: found.at, before: found.before, after: found.after, score: found.score }] : []));
    }
    kept = kept.filter((step) => step !== weak.step);
  }
}

/**
 * Places where the level jumped and stayed, by a robust test of the difference of both sides.
 * @param values deseasoned; NaN for unknown
 */
export function findShifts(values: readonly number[], augurs: Augurs): Shift[] {
  const known = values.filter(isKnown);
  const range = quantile(known, 0.98) - quantile(known, 0.02);
  if (known.length < MIN_KNOWN || range === 0) {
    return [];
  }
  const reach = Math.max(4, Math.round(values.length / 32));
  const sharp = candidates(values, augurs).map((at) => sharpened(values, at, reach));
  return verified(values, [...new Set(sharp)].sort((a, b) => a - b), range);
}

/** The series as if it had always been at its last level. */
export function levelled(values: readonly number[], shifts: readonly Shift[]): number[] {
  const out = [...values];
  for (const { at, before, after } of shifts) {
    for (let step = 0; step < at; step += 1) {
      out[step] = (out[step] ?? Number.NaN) + after - before;
    }
  }
  return out;
}
