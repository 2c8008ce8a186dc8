import { clamp, rescaled, round, weightedMean } from './weighted';

/**
 * The system health score (R124 to R145 as settled): how well the healer and what it watches are, in one figure from 0 to 100.
 * Pure. What is not known is null: it is left out, and the weights of the rest are scaled up to 1 (R123).
 */

export type HealthPart = 'availability' | 'breakers' | 'cpu' | 'memory' | 'response';

/** Share of each part when all are known (R134 to R138); they add up to 1. */
export const HEALTH_WEIGHTS: Readonly<Record<HealthPart, number>> = { availability: 0.3, breakers: 0.25, cpu: 0.2, memory: 0.15, response: 0.1 };
export const HEALTH_PARTS = Object.keys(HEALTH_WEIGHTS) as HealthPart[];

/** Response times from here on score less than 100, milliseconds (R142). */
const FAST_MS = 100;
/** Response times from here on score 0, milliseconds (R143, R144). */
const SLOW_MS = 1000;

/** What was measured; null is unknown. */
export interface HealthInputs {
  /** Percent of the components that are there, 0 to 100. */
  availability: number | null;
  /** Percent of the circuit breakers that are closed, 0 to 100. */
  breakers: number | null;
  /** CPU in use, percent; more than 100 counts as 100. */
  cpu: number | null;
  /** Memory in use, percent. */
  memory: number | null;
  /** Mean response time, milliseconds. */
  response: number | null;
}

export interface HealthPartScore {
  part: HealthPart;
  /** What was measured, in its own unit. */
  measured: number | null;
  /** 0 to 100; null when it was not measured. */
  score: number | null;
  /** Share in the score, 0 to 1, after scaling up; 0 when it was not measured. */
  weight: number;
}

export interface HealthScore {
  /** 0 to 100 with one decimal (R127); null when nothing is known. */
  score: number | null;
  parts: HealthPartScore[];
}

/** 0 to 100 for a response time: 100 up to 100 ms, then a straight line down to 0 at 1000 ms and beyond (R142 to R144). @param ms milliseconds */
export function responseScore(ms: number): number {
  return ms >= SLOW_MS ? 0 : clamp(100 - Math.max(0, ms - FAST_MS) / ((SLOW_MS - FAST_MS) / 100));
}

const free = (percent: number): number => clamp(100 - percent);

/** What each measure is worth (R139 to R144). */
const SCORES: Readonly<Record<HealthPart, (measured: number) => number>> = { availability: clamp, breakers: clamp, cpu: free, memory: free, response: responseScore };

/** A figure that is no number was not measured. */
const measuredOf = (value: number | null): number | null => (value === null || !Number.isFinite(value) ? null : value);

/** The score and its parts, in the order of their weight. */
export function healthScore(inputs: HealthInputs): HealthScore {
  const parts = rescaled(
    HEALTH_PARTS.map((part): HealthPartScore => {
      const measured = measuredOf(inputs[part]);
      return { part, measured, score: measured === null ? null : SCORES[part](measured), weight: HEALTH_WEIGHTS[part] };
    })
  );
  const score = weightedMean(parts);
  return { score: score === null ? null : round(clamp(score), 1), parts };
}

export interface ComponentCounts {
  healthy: number;
  /** There, but with trouble: still available. */
  degraded: number;
  unhealthy: number;
}

/** Percent of components that are there, two decimals; 0 when there is none (R124). */
export function availabilityPercent({ healthy, degraded, unhealthy }: ComponentCounts): number {
  const total = healthy + degraded + unhealthy;
  return total === 0 ? 0 : round((100 * (healthy + degraded)) / total, 2);
}

/** Percent of breakers that are closed, two decimals; 100 when there is none (R126). */
export function breakerPercent(closed: number, total: number): number {
  return total === 0 ? 100 : round((100 * closed) / total, 2);
}

/** Mean of what is known, two decimals; null when nothing is (R125, with unknown kept apart from 0 as in R123). */
export function meanOf(values: ReadonlyArray<number | null | undefined>): number | null {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  return known.length === 0 ? null : round(known.reduce((sum, value) => sum + value, 0) / known.length, 2);
}
