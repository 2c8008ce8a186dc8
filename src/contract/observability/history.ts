import { meanOf } from '../health-score';
import { round } from '../weighted';
import type { StatusPayload } from './payloads';
import type { HistoryPoint } from './schemas';
import { utcTime } from './time-range';

/** The history of the system's health (R159 to R167). Pure. */

export const HISTORY_HOURS = 24;
/** Points that a chart gets, at most (R166). */
export const HISTORY_POINTS = 100;

const HOUR_MS = 3_600_000;

/** At most so many points, at an even step counted back from the newest, which stays. */
export function thin<T>(points: readonly T[], most: number = HISTORY_POINTS): T[] {
  const step = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_point, index) => (points.length - 1 - index) % step === 0);
}

/** Oldest first, at most 24 hours old (R161), all times in one form. A time that cannot be read belongs nowhere: its point is left out. */
function readable(points: readonly HistoryPoint[], now: number): HistoryPoint[] {
  return points
    .map((point) => ({ point, at: utcTime(point.timestamp) }))
    .filter(({ at }) => at >= now - HISTORY_HOURS * HOUR_MS)
    .toSorted((a, b) => a.at - b.at)
    .map(({ point, at }) => ({ ...point, timestamp: new Date(at).toISOString() }));
}

/** Hours from the first to the last point, two decimals, at most 24 (R164 as settled). */
function coveredHours(points: readonly HistoryPoint[]): number {
  const first = points[0];
  const last = points[points.length - 1];
  return first && last ? Math.min(HISTORY_HOURS, round((utcTime(last.timestamp) - utcTime(first.timestamp)) / HOUR_MS, 2)) : 0;
}

/** What a chart shows, and means over all points, with what is unknown left out (R163 to R167). @param now milliseconds */
export function historical(points: readonly HistoryPoint[], now: number): StatusPayload['historical'] {
  const kept = readable(points, now);
  return {
    data: thin(kept),
    summary: {
      points: kept.length,
      timespan_hours: coveredHours(kept),
      avg_health_score: meanOf(kept.map((point) => point.health_score)),
      avg_availability: meanOf(kept.map(({ availability }) => availability)),
      avg_response_time: meanOf(kept.map((point) => point.response_time)),
    },
  };
}

/** R167. */
export const noHistory = (): StatusPayload['historical'] => historical([], 0);
