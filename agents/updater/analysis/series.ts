import { isKnown, filled, mean, median } from './robust';
import type { SeriesInput } from './types';

/** A run of steps. `to` is the last step of it. */
export interface Run {
  from: number;
  to: number;
}

/** A series on a regular grid. NaN is unknown. */
export interface Series {
  name: string;
  unit: string;
  /** Milliseconds since 1970 of the first step. */
  start: number;
  /** Milliseconds. */
  step: number;
  /** What was measured; of a counter, its increase within each step. */
  values: number[];
  /** The same with short gaps bridged by straight lines. For fitting: nothing is found there. */
  bridged: number[];
  /** Steps of which nothing is known, of more than one step each. */
  gaps: Run[];
  /** Steps before which a counter began anew. */
  resets: number[];
  /** The last value as it was measured, for a counter too. */
  current?: { value: number; time: number };
}

/** Steps that are looked at, at most; a longer series is averaged down to so many. */
const MAX_STEPS = 4096;
/** Unknown steps in a row that are bridged for fitting. */
const SHORT_GAP = 3;

/** Names by which Prometheus' clients mark what only grows. */
const COUNTER_NAME = /^[a-zA-Z_:][\w:]*_(?:total|count|sum|bucket)$/;

interface Sample {
  time: number;
  value: number;
}

function samplesOf({ times, values }: SeriesInput): Sample[] {
  return times
    .map((time, at) => ({ time, value: values[at] ?? Number.NaN }))
    .filter(({ time, value }) => Number.isFinite(time) && (isKnown(value) ? Number.isFinite(value) : true))
    .sort((a, b) => a.time - b.time);
}

function stepOf(samples: readonly Sample[]): number {
  const steps = samples.slice(1).map(({ time }, at) => time - (samples[at]?.time ?? time)).filter((step) => step > 0);
  const span = (samples.at(-1)?.time ?? 0) - (samples[0]?.time ?? 0);
  return steps.length === 0 ? 1 : Math.max(median(steps), span / (MAX_STEPS - 1));
}

/** Increases between neighbours, as `increase()` of Prometheus counts them: after a reset, what was counted since it. */
function increases(values: readonly number[]): { values: number[]; resets: number[] } {
  // How much of an increase fell into a step is not known where the step before is missing.
  const counted = values.map((value, at) => value - (value < (values[at - 1] ?? Number.NaN) ? 0 : (values[at - 1] ?? Number.NaN)));
  return { values: counted.slice(1), resets: resetsIn(values).map((at) => at - 1) };
}

/** Steps before which a counter fell; it may also have done so while nobody looked. */
function resetsIn(values: readonly number[]): number[] {
  const found: number[] = [];
  let last = Number.NaN;
  values.forEach((value, at) => {
    if (value < last) {
      found.push(at);
    }
    last = isKnown(value) ? value : last;
  });
  return found;
}

function gapsIn(values: readonly number[]): Run[] {
  const gaps: Run[] = [];
  values.forEach((value, at) => {
    const last = gaps.at(-1);
    if (isKnown(value)) {
      return;
    }
    if (last?.to === at - 1) {
      last.to = at;
    } else {
      gaps.push({ from: at, to: at });
    }
  });
  return gaps.filter(({ from, to }) => to > from);
}

function onGrid(samples: readonly Sample[], step: number, join: (values: number[]) => number): number[] {
  const start = samples[0]?.time ?? 0;
  const slots: number[][] = [];
  for (const { time, value } of samples) {
    if (isKnown(value)) {
      const slot = Math.round((time - start) / step);
      slots[slot] = [...(slots[slot] ?? []), value];
    }
  }
  const length = samples.length === 0 ? 0 : Math.round(((samples.at(-1)?.time ?? start) - start) / step) + 1;
  return Array.from({ length }, (_, slot) => (slots[slot] ? join(slots[slot]) : Number.NaN));
}

/** Silence from the last sample until now is a gap; one or two steps of it are the delay of the measurement. */
function untilNow(raw: number[], start: number, step: number, now: number | undefined): number[] {
  const silent = now === undefined || raw.length < 2 ? 0 : Math.min(MAX_STEPS, Math.floor((now - start) / step) - raw.length);
  return silent > 2 ? [...raw, ...Array.from({ length: silent }, () => Number.NaN)] : raw;
}

/**
 * Puts what was measured on a regular grid. Gaps stay unknown; a counter becomes its increase in each step.
 * @param now milliseconds since 1970: silence from the last sample until then is a gap too
 */
export function toSeries(input: SeriesInput, now?: number): Series {
  const samples = samplesOf(input);
  const step = stepOf(samples);
  const counter = input.counter ?? COUNTER_NAME.test(input.name);
  const raw = onGrid(samples, step, counter ? (values) => values.at(-1) ?? Number.NaN : mean);
  const start = samples[0]?.time ?? 0;
  const measured = untilNow(raw, start, step, now);
  const { values, resets } = counter ? increases(measured) : { values: measured, resets: [] };
  const last = samples.findLast(({ value }) => isKnown(value));
  return {
    name: input.name,
    unit: input.unit ?? '',
    start: counter ? start + step : start,
    step,
    values,
    bridged: filled(values, SHORT_GAP),
    gaps: gapsIn(values),
    resets,
    ...(last ? { current: last } : {}),
  };
}

/** Milliseconds since 1970 of a step. */
export const timeOf = (series: Pick<Series, 'start' | 'step'>, at: number): number => Math.round(series.start + at * series.step);

export const knownCount = (series: Series): number => series.values.filter(isKnown).length;
