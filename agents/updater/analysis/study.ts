import { loadAugurs, type Augurs } from './augurs';
import { findOutliers, type Outlier } from './outliers';
import { foretell, type Forecast } from './forecast';
import { deseasoned, findSeason, type Season } from './season';
import { knownCount, timeOf, toSeries, type Series } from './series';
import { findShifts, levelled, type Shift } from './shifts';
import { findTrend, type Trend } from './trend';
import type { SeriesInput } from './types';

/** Everything that the statistics know of one series. */
export interface Study {
  series: Series;
  /** Values that are known. */
  known: number;
  season?: Season;
  outliers: Outlier[];
  shifts: Shift[];
  trend?: Trend;
  forecast?: Forecast;
}

/** Fewer known values than this say nothing. */
export const LEAST_KNOWN = 24;

/** Changes of level that are found, at most. A series with more of them has no level. */
const MAX_SHIFTS = 6;

interface Parts {
  season: Season | undefined;
  shifts: Shift[];
  trend: Trend | undefined;
}

/** Season, jumps and trend hide each other: the season is looked for again once the jumps are taken out. */
function partsOf(series: Series, augurs: Augurs): Parts {
  const { bridged, step } = series;
  const first = findSeason(bridged, step, augurs);
  const found = findShifts(deseasoned(bridged, first), augurs);
  const shifts = found.length > MAX_SHIFTS ? [] : found;
  const season = shifts.length > 0 ? findSeason(levelled(bridged, shifts), step, augurs) : first;
  return { season, shifts, trend: findTrend(deseasoned(levelled(bridged, shifts), season)) };
}

/** A jump begins where it is first seen, and its first values are no outliers. */
function skipped(series: Series, shifts: readonly Shift[]): Set<number> {
  return new Set([...series.resets, ...shifts.flatMap(({ at }) => [at - 1, at])]);
}

/**
 * @param now milliseconds since 1970
 * @param ahead true where a forecast is wanted
 * @throws Error when augurs is not installed
 */
export async function study(input: SeriesInput, now: number, ahead: boolean): Promise<Study> {
  const augurs = await loadAugurs();
  const series = toSeries(input, now);
  const known = knownCount(series);
  if (known < LEAST_KNOWN) {
    return { series, known, outliers: [], shifts: [] };
  }
  const { season, shifts, trend } = partsOf(series, augurs);
  const outliers = findOutliers(deseasoned(series.values, season), series.values, skipped(series, shifts));
  const calm = withoutOutliers(series.bridged, outliers);
  const forecast = ahead ? foretell({ values: calm, start: timeOf(series, 0), step: series.step }, season, shifts, augurs) : undefined;
  return { series, known, outliers, shifts, ...(season ? { season } : {}), ...(trend ? { trend } : {}), ...(forecast ? { forecast } : {}) };
}

/** A spike of the past is not expected to come again. */
function withoutOutliers(values: readonly number[], outliers: readonly Outlier[]): number[] {
  const out = [...values];
  outliers.forEach(({ from, to }) => out.fill(Number.NaN, from, to + 1));
  return out;
}
