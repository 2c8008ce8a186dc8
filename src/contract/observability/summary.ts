import { round } from '../weighted';
import type { FigureRow } from './aggregate';
import { mergeAllFigures } from './histogram';
import type { TREND_DIRECTIONS, SummaryMetric } from './payloads';
import { METRIC_TYPES, type MetricType, type MinuteFigures, type Range } from './schemas';
import { isoRange, secondsOf } from './time-range';

/** What a range comes to, and where it is going (R395 to R404). Pure. */

export type TrendDirection = (typeof TREND_DIRECTIONS)[number];
export interface Trend {
  /** Percent, two decimals; null where there is nothing to compare with (R402). */
  trend: number | null;
  trend_direction: TrendDirection | null;
}

/** Changes up to this many percent are none (R399 to R401). */
const STABLE_PERCENT = 5;
const NO_TREND: Trend = { trend: null, trend_direction: null };

function directionOf(trend: number): TrendDirection {
  if (trend > STABLE_PERCENT) {
    return 'up';
  }
  return trend < -STABLE_PERCENT ? 'down' : 'stable';
}

/** The change in percent. Rounded first, so that what is shown and its direction agree, and 105 after 100 is 5 % exactly. */
export function trendOf(now: number | null, before: number | null): Trend {
  if (now === null || !before || !Number.isFinite(now) || !Number.isFinite(before)) {
    return NO_TREND;
  }
  const trend = round((100 * (now - before)) / Math.abs(before), 2);
  return { trend, trend_direction: directionOf(trend) };
}

type Counts = Pick<MinuteFigures, 'requests' | 'errors'>;
const errorShare = ({ errors, requests }: Counts): number => (requests > 0 ? (100 * errors) / requests : 0);
const perSecond = (requests: number, range: Range): number => (secondsOf(range) > 0 ? requests / secondsOf(range) : 0);

/** Errors over requests in percent, two decimals; 0 without requests (R403). */
export const errorRate = (figures: Counts): number => round(errorShare(figures), 2);

/** Requests a second, two decimals; 0 for an empty range (R404). */
export const throughput = (requests: number, range: Range): number => round(perSecond(requests, range), 2);

/** Mean latency in milliseconds; null when nothing was measured. */
export const meanLatency = ({ latency }: MinuteFigures): number | null => (latency?.count ? latency.sum / latency.count : null);

/** What a period comes to; null when it has no data of this type. */
function valueOf(figures: MinuteFigures, type: MetricType): number | null {
  if (type === 'latency') {
    return meanLatency(figures);
  }
  return type === 'tokens' ? (figures.tokens?.sum ?? null) : figures[type];
}

/** All of some rows together; undefined when there is no row, which is not the same as nothing done. */
export const totalOf = (rows: readonly FigureRow[]): MinuteFigures | undefined => (rows.length === 0 ? undefined : mergeAllFigures(rows.map(({ figures }) => figures)));

/**
 * Latency as the mean, the others as a sum (R396), each with its trend, then error rate and throughput. A type without data gets none (R397).
 * The trend compares means (R398); for what is summed, sums do, since both periods are equally long.
 * @param before of the period of equal length just before
 */
export function summaries(figures: MinuteFigures | undefined, before: MinuteFigures | undefined, range: Range): SummaryMetric[] {
  const metric = (name: string, value: number, unit: string, trend: Trend): SummaryMetric => ({ name, value, unit, ...trend, time_range: isoRange(range) });
  const series = METRIC_TYPES.flatMap((type) => {
    const value = figures ? valueOf(figures, type) : null;
    return value === null ? [] : [metric(type, round(value, 2), type === 'latency' ? 'ms' : 'count', trendOf(value, before ? valueOf(before, type) : null))];
  });
  const now: Counts = figures ?? { requests: 0, errors: 0 };
  const earlier = before ?? { requests: 0, errors: 0 };
  return [
    ...series,
    metric('error_rate', errorRate(now), '%', figures ? trendOf(errorShare(now), errorShare(earlier)) : NO_TREND),
    metric('throughput', throughput(now.requests, range), 'req/s', figures ? trendOf(perSecond(now.requests, range), perSecond(earlier.requests, range)) : NO_TREND),
  ];
}
