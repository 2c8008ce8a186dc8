import { attempt, type Augurs } from './augurs';
import { autocorrelation, filled, isKnown, median, quantile, sigmaOf, slidingMedian } from './robust';
import { theilSen } from './trend';

export interface Season {
  /** Steps of one cycle. */
  period: number;
  /** Share of the variation that the other cycles foretell, 0..1. */
  strength: number;
  /** Deviation from the level at each phase, in the unit of the series; about 0 in the middle. */
  profile: number[];
}

const HOUR_MS = 3_600_000;
/** What people live by, and what machines are therefore likely to follow. */
const CALENDAR_MS = [HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS, 168 * HOUR_MS];
const MIN_PERIOD = 4;
/** Cycles that must have been seen before one is believed. */
const MIN_CYCLES = 3;
/** Least share of the variation that a season must foretell in a cycle that it was not made of. */
const MIN_STRENGTH = 0.3;
const MIN_AUTOCORRELATION = 0.25;
/** Cycles are cycles twice over as well: a period so many times as long as a shorter one must foretell so much more. */
const LONGER = 1.5;
const LONGER_IS_BETTER_BY = 0.05;
const MAX_CANDIDATES = 8;

/** Values without a level that moves slower than one cycle, and without what sticks out. */
function around(values: readonly number[], period: number): number[] {
  const level = slidingMedian(values, Math.ceil(period / 2));
  const rest = values.map((value, at) => value - (level[at] ?? Number.NaN));
  const [low, high] = [quantile(rest, 0.01), quantile(rest, 0.99)];
  return rest.map((value) => (isKnown(value) ? Math.min(high, Math.max(low, value)) : value));
}

function phases(values: readonly number[], period: number): number[][] {
  const found = Array.from({ length: period }, (): number[] => []);
  values.forEach((value, at) => found[at % period]?.push(value));
  return found;
}

/** How well each cycle is foretold by the mean of the others: 1 for perfectly, 0 or less for not at all. */
function foretold(values: readonly number[], period: number): number {
  let [errors, all] = [0, 0];
  for (const phase of phases(values, period)) {
    const known = phase.filter(isKnown);
    const sum = known.reduce((total, value) => total + value, 0);
    if (known.length >= 2) {
      known.forEach((value) => {
        errors += (value - (sum - value) / (known.length - 1)) ** 2;
        all += value ** 2;
      });
    }
  }
  return all === 0 ? 0 : 1 - errors / all;
}

function candidates(values: readonly number[], step: number, augurs: Augurs): number[] {
  const longest = Math.floor(values.length / MIN_CYCLES);
  const calendar = CALENDAR_MS.map((span) => span / step).filter((period) => Math.abs(period - Math.round(period)) < 0.02 * period).map(Math.round);
  // A moving level and single spikes drown a cycle in the periodogram.
  const flat = filled(around(values, Math.max(MIN_PERIOD, Math.floor(values.length / 3))));
  const minPeriod = MIN_PERIOD;
  const seen = longest < MIN_PERIOD ? undefined : attempt(() => augurs.seasons.seasonalities(Float64Array.from(flat), { minPeriod, maxPeriod: longest, threshold: 0.9 }));
  // The periodogram knows long periods only roughly.
  const near = [...(seen ?? [])].slice(0, MAX_CANDIDATES).flatMap((period) => peakNear(flat, period));
  return [...new Set([...calendar, ...near])].filter((period) => period >= MIN_PERIOD && period <= longest).sort((a, b) => a - b);
}

/** The period within a tenth of this one at which the series is most like itself. */
function peakNear(values: readonly number[], period: number): number[] {
  const reach = Math.min(40, Math.ceil(period / 10));
  const stride = Math.max(1, Math.floor(reach / 10));
  const around = Array.from({ length: 2 * Math.floor(reach / stride) + 1 }, (_, at) => period + (at - Math.floor(reach / stride)) * stride).filter((one) => one >= MIN_PERIOD);
  const best = around.map((one) => ({ one, likeness: autocorrelation(values, one) })).sort((a, b) => b.likeness - a.likeness)[0];
  return best ? [best.one] : [];
}

/** The median of each phase, centred. */
export function profileOf(values: readonly number[], period: number): number[] {
  const level = slidingMedian(values, Math.ceil(period / 2));
  const raw = filled(phases(values.map((value, at) => value - (level[at] ?? Number.NaN)), period).map((phase) => median(phase)));
  const centre = median(raw);
  return raw.map((value) => (isKnown(value) ? value - centre : 0));
}

/**
 * The cycle that a series goes through, if it goes through one: augurs' periodogram and the calendar name candidates, and one is
 * believed only when it foretells cycles that it was not made of.
 * @param values NaN for unknown
 * @param step milliseconds
 */
export function findSeason(values: readonly number[], step: number, augurs: Augurs): Season | undefined {
  const known = values.filter(isKnown);
  if (known.length < MIN_PERIOD * MIN_CYCLES || sigmaOf(known) === 0) {
    return undefined;
  }
  let best: { period: number; strength: number } | undefined;
  for (const period of candidates(values, step, augurs)) {
    const rest = around(values, period);
    const strength = foretold(rest, period);
    const least = best ? best.strength + (period >= LONGER * best.period ? LONGER_IS_BETTER_BY : 0) : 0;
    if (strength >= MIN_STRENGTH && strength > least && autocorrelation(rest, period) >= MIN_AUTOCORRELATION) {
      best = { period, strength };
    }
  }
  const sharp = best && sharpened(values, best);
  return sharp && { ...sharp, profile: profileOf(values, sharp.period) };
}

/** Steps that a period is mended by, at most: the periodogram knows long ones to about a twentieth. */
const MAX_MENDS = 20;

/** A step too long or too short adds up over the cycles: from neighbour to neighbour, up to the one that foretells most. */
function sharpened(values: readonly number[], found: { period: number; strength: number }): { period: number; strength: number } {
  // A sliding level leans on half a cycle at the ends, which pulls towards shorter periods; a line does not.
  const line = theilSen(values) ?? { level: 0, slope: 0 };
  const rest = values.map((value, at) => value - line.level - line.slope * at);
  let best = { ...found, strength: foretold(rest, found.period) };
  for (let mend = 0; mend < MAX_MENDS; mend += 1) {
    const { period } = best;
    const near = [period - 2, period - 1, period + 1, period + 2].filter((one) => one >= MIN_PERIOD && one * MIN_CYCLES <= values.length + 2);
    const better = near.map((one) => ({ period: one, strength: foretold(rest, one) })).reduce((most, one) => (one.strength > most.strength ? one : most), best);
    if (better === best) {
      break;
    }
    best = better;
  }
  return { period: best.period, strength: Math.max(found.strength, best.strength) };
}

/** The series without its season. */
export function deseasoned(values: readonly number[], season: Season | undefined): number[] {
  return season ? values.map((value, at) => value - (season.profile[at % season.period] ?? 0)) : [...values];
}
