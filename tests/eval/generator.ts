import type { SeriesInput } from '../../agents/updater/analysis';
import { seededRandom } from '../../scripts/demo-fleet/random';

/** Something that stands in a series, and that the statistics should find. Steps are of the grid. */
export interface Label {
  what: 'outlier' | 'level_shift' | 'trend' | 'season' | 'gap' | 'counter_reset';
  from?: number;
  to?: number;
  /** Of a season. */
  period?: number;
}

export interface LabelledSeries {
  name: string;
  /** What it is made of, for the table. */
  form: string;
  series: SeriesInput;
  labels: Label[];
  /** Milliseconds. */
  step: number;
  /** The values of the next period, that the forecast does not see; only of series with a season. */
  future?: number[];
}

export type Noise = { kind: 'normal' | 'student' | 'lognormal' | 'poisson' | 'uniform'; sigma: number } | { kind: 'ar'; sigma: number; memory: number };
export type Shape = 'sine' | 'office' | 'saw' | 'peaks' | 'two_humps';

export type Part =
  | { kind: 'spike'; at: number; height: number; length?: number }
  | { kind: 'shift'; at: number; height: number }
  /** From a step on, to this height at the end. */
  | { kind: 'leak'; from?: number; height: number }
  | { kind: 'season'; period: number; height: number; shape?: Shape }
  | { kind: 'gap'; at: number; length: number }
  | { kind: 'reset'; at: number };

export interface Recipe {
  name: string;
  form: string;
  seed: number;
  length: number;
  minutes: number;
  base: number;
  noise: Noise;
  parts: Part[];
  counter?: boolean;
  unit?: string;
  /** Decimals that are measured. */
  decimals?: number;
}

const START = Date.UTC(2026, 0, 5);

/** Numbers of the standard normal distribution (Box and Muller). */
function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function poisson(random: () => number, rate: number): number {
  const limit = Math.exp(-rate);
  let [count, product] = [0, random()];
  while (product > limit) {
    count += 1;
    product *= random();
  }
  return count;
}

/** Student's t with 4 degrees of freedom, scaled to a standard deviation of 1. */
function student(gauss: () => number): number {
  const chi = Array.from({ length: 4 }, gauss).reduce((sum, value) => sum + value * value, 0);
  return gauss() / Math.sqrt(chi / 4) / Math.SQRT2;
}

function noiseOf(noise: Noise, random: () => number): (level: number) => number {
  const gauss = normal(random);
  let last = 0;
  switch (noise.kind) {
    case 'normal':
      return () => noise.sigma * gauss();
    case 'uniform':
      return () => noise.sigma * Math.sqrt(12) * (random() - 0.5);
    case 'student':
      return () => noise.sigma * student(gauss);
    case 'lognormal':
      // In shares of the level, about a median of none.
      return (level) => level * (Math.exp(noise.sigma * gauss()) - 1);
    case 'poisson':
      return (level) => poisson(random, Math.max(0, level)) - level;
    case 'ar':
      return () => {
        last = noise.memory * last + Math.sqrt(1 - noise.memory ** 2) * gauss();
        return noise.sigma * last;
      };
  }
}

const SHAPES: Record<Shape, (share: number) => number> = {
  sine: (share) => Math.sin(2 * Math.PI * share) / 2,
  office: (share) => (share > 0.375 && share < 0.75 ? 0.5 : -0.5),
  saw: (share) => share - 0.5,
  peaks: (share) => Math.exp(-(((share - 0.5) / 0.08) ** 2)) - 0.3,
  two_humps: (share) => (Math.exp(-(((share - 0.35) / 0.07) ** 2)) + Math.exp(-(((share - 0.8) / 0.05) ** 2)) * 0.7) - 0.3,
};

/** Share of a leak that has happened at a step, 0..1. */
function leaked(from: number, at: number, length: number): number {
  return at <= from ? 0 : (at - from) / (length - 1 - from);
}

function added(part: Part, at: number, length: number): number {
  switch (part.kind) {
    case 'spike':
      return at >= part.at && at < part.at + (part.length ?? 1) ? part.height : 0;
    case 'shift':
      return at >= part.at ? part.height : 0;
    case 'leak':
      return part.height * leaked(part.from ?? 0, at, length);
    case 'season':
      return part.height * SHAPES[part.shape ?? 'sine']((at % part.period) / part.period);
    default:
      return 0;
  }
}

function labelOf(part: Part): Label {
  switch (part.kind) {
    case 'spike':
      return { what: 'outlier', from: part.at, to: part.at + (part.length ?? 1) - 1 };
    case 'shift':
      return { what: 'level_shift', from: part.at };
    case 'leak':
      return { what: 'trend' };
    case 'season':
      return { what: 'season', period: part.period };
    case 'gap':
      return { what: 'gap', from: part.at, to: part.at + part.length - 1 };
    case 'reset':
      return { what: 'counter_reset', from: part.at };
  }
}

/** Sums up the increases; at a reset it begins anew. */
function counted(values: readonly number[], resets: ReadonlySet<number>): number[] {
  let total = 1000;
  return values.map((value, at) => {
    total = (resets.has(at) ? 0 : total) + Math.max(0, value);
    return total;
  });
}

/** The same recipe always gives the same series. */
export function prepare(recipe: Recipe): LabelledSeries {
  const { name, form, seed, length, minutes, base, noise, parts, counter = false, unit, decimals } = recipe;
  const add = noiseOf(noise, seededRandom(seed * 7919 + 17));
  const season = parts.find((part) => part.kind === 'season');
  const ahead = season?.period ?? 0;
  const all = Array.from({ length: length + ahead }, (_, at) => {
    const level = base + parts.reduce((sum, part) => sum + added(part, at, length), 0);
    const value = level + add(level);
    return decimals === undefined ? value : Number(value.toFixed(decimals));
  });
  const hidden = parts.filter((part) => part.kind === 'gap');
  const isHidden = (at: number) => hidden.some((gap) => at >= gap.at && at < gap.at + gap.length);
  const measured = counter ? counted(all, new Set(parts.flatMap((part) => (part.kind === 'reset' ? [part.at] : [])))) : all;
  const step = minutes * 60_000;
  // Prometheus leaves out what it does not know.
  const steps = Array.from({ length }, (_, at) => at).filter((at) => !isHidden(at));
  return {
    name,
    form,
    step,
    series: { name, counter, ...(unit === undefined ? {} : { unit }), times: steps.map((at) => START + at * step), values: steps.map((at) => measured[at] ?? null) },
    labels: parts.map(labelOf),
    ...(season ? { future: all.slice(length) } : {}),
  };
}
