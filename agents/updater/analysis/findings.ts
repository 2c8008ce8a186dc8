import type { InsightFinding as Finding } from '../../../src/contract/events';
import { durationText } from '../../../src/contract/story/time';
import type { Outlier } from './outliers';
import { timeOf, type Series } from './series';
import type { Shift } from './shifts';
import type { Study } from './study';
import { changeOf, changeText, figureText, isoTime, levelRank, nameText, rounded, whenText, type Level } from './words';

/** What is told of one series, at most, for each kind of finding. */
const MAX_OF_A_KIND = 5;
/** What ended longer ago than this share of the range is history. */
const RECENT_SHARE = 0.1;
/** Distances from the expected, in standard deviations of the scatter. */
const FAR = 12;
const HIGH_SHIFT = 8;
/** Percent by which a level has changed from end to end. */
const MARKED_CHANGE = 25;
const MANY_RESETS = 3;
const FULL_PERCENT = 100;

interface Ranked {
  finding: Finding;
  /** Among findings of the same severity: the higher, the more it matters. */
  weight: number;
}

interface Teller {
  study: Study;
  now: number;
}

function isRecent({ values }: Series, at: number): boolean {
  return at >= values.length * (1 - RECENT_SHARE) - 1;
}

/** How far it is off in words; a series that never moved has no scatter to compare with. */
const scoreText = (score: number) => (Number.isFinite(score) ? `${rounded(score)} times the usual scatter` : 'it had been constant');

const finiteWeight = (score: number) => Math.min(score, 1000);

function ofOutlier({ study: { series }, now }: Teller, { from, to, at, actual, expected, score }: Outlier): Ranked {
  const severity: Level = !isRecent(series, to) ? 'low' : score >= FAR ? 'high' : 'medium';
  const long = to > from ? `, for ${durationText((to - from + 1) * series.step)}` : '';
  return {
    weight: finiteWeight(score),
    finding: {
      series: series.name,
      what: 'outlier',
      text: `${nameText(series.name)} was ${figureText(actual, series.unit)} at ${whenText(timeOf(series, at), now)}${long}; ${figureText(expected, series.unit)} was to be expected (${scoreText(score)}).`,
      severity,
      from: isoTime(timeOf(series, from)),
      to: isoTime(timeOf(series, to)),
      actual,
      expected,
    },
  };
}

function ofShift({ study: { series }, now }: Teller, { at, before, after, score }: Shift): Ranked {
  const severity: Level = !isRecent(series, at) ? 'medium' : score >= HIGH_SHIFT ? 'high' : 'medium';
  const change = changeText(before, after);
  return {
    weight: finiteWeight(score),
    finding: {
      series: series.name,
      what: 'level_shift',
      text: `${nameText(series.name)} went from a level of ${figureText(before, series.unit)} to ${figureText(after, series.unit)} at ${whenText(timeOf(series, at), now)} and stayed there${change && ` (${change})`}.`,
      severity,
      from: isoTime(timeOf(series, at)),
      actual: after,
      expected: before,
    },
  };
}

/** When a percentage that rises will have reached 100; undefined where it is none, or not within four times the range seen. */
function fullAt({ series, trend }: Study): number | undefined {
  if (series.unit !== '%' || !trend || trend.slope <= 0 || trend.to >= FULL_PERCENT) {
    return undefined;
  }
  const steps = (FULL_PERCENT - trend.to) / trend.slope;
  return steps > 4 * series.values.length ? undefined : timeOf(series, series.values.length - 1 + steps);
}

function ofTrend({ study, now }: Teller): Ranked[] {
  const { series, trend } = study;
  if (!trend) {
    return [];
  }
  const full = fullAt(study);
  const change = changeOf(trend.from, trend.to);
  const span = durationText((series.values.length - 1 - trend.first) * series.step);
  const severity: Level = full !== undefined ? 'high' : change === undefined || Math.abs(change) >= MARKED_CHANGE ? 'medium' : 'low';
  const hourly = (trend.slope * 3_600_000) / series.step;
  return [
    {
      weight: finiteWeight(trend.score),
      finding: {
        series: series.name,
        what: 'trend',
        text: `${nameText(series.name)} ${trend.slope > 0 ? 'rises' : 'falls'} steadily: from ${figureText(trend.from, series.unit)} to ${figureText(trend.to, series.unit)} within ${span}${change === undefined ? '' : ` (${changeText(trend.from, trend.to)})`}, ${figureText(hourly, series.unit)} an hour.${full === undefined ? '' : ` At this pace it reaches ${FULL_PERCENT} % at ${whenText(full, now)}.`}`,
        severity,
        from: isoTime(timeOf(series, trend.first)),
        actual: trend.to,
        expected: trend.from,
      },
    },
  ];
}

function ofSeason({ study: { series, season } }: Teller): Ranked[] {
  if (!season) {
    return [];
  }
  const height = Math.max(...season.profile) - Math.min(...season.profile);
  const text = `${nameText(series.name)} follows a cycle of ${durationText(season.period * series.step)} that explains ${rounded(season.strength * 100)} % of its variation, ${figureText(height, series.unit)} from low to high.`;
  return [{ weight: season.strength, finding: { series: series.name, what: 'season', text, severity: 'low' } }];
}

function ofGaps({ study: { series }, now }: Teller): Ranked[] {
  return series.gaps.map(({ from, to }) => {
    const goesOn = to === series.values.length - 1;
    const length = (to - from + 1) * series.step;
    const text = goesOn
      ? `Nothing is known of ${nameText(series.name)} since ${whenText(timeOf(series, from), now)}, for ${durationText(length)}.`
      : `Nothing is known of ${nameText(series.name)} from ${whenText(timeOf(series, from), now)} to ${whenText(timeOf(series, to), now)}, for ${durationText(length)}.`;
    return {
      weight: to - from + 1,
      finding: { series: series.name, what: 'gap', text, severity: goesOn ? ('medium' as const) : ('low' as const), from: isoTime(timeOf(series, from)), ...(goesOn ? {} : { to: isoTime(timeOf(series, to)) }) },
    };
  });
}

function ofResets({ study: { series }, now }: Teller): Ranked[] {
  return series.resets.map((at) => ({
    weight: at,
    finding: {
      series: series.name,
      what: 'counter_reset',
      text: `The counter ${nameText(series.name)} began anew at ${whenText(timeOf(series, at), now)}: what counts was started again.`,
      severity: series.resets.length >= MANY_RESETS ? ('medium' as const) : ('low' as const),
      from: isoTime(timeOf(series, at)),
      to: isoTime(timeOf(series, at)),
    },
  }));
}

function ofForecast({ study: { series, forecast }, now }: Teller): Ranked[] {
  const last = forecast?.points.at(-1);
  if (!forecast || !last) {
    return [];
  }
  const at = forecast.last + forecast.points.length * forecast.step;
  const accuracy = forecast.accuracy === undefined ? '' : `, accuracy ${rounded(forecast.accuracy)} % in the backtest`;
  return [
    {
      weight: 0,
      finding: {
        series: series.name,
        what: 'forecast',
        text: `${nameText(series.name)} is expected to be ${figureText(last.value, series.unit)} at ${whenText(at, now)} (95 % between ${figureText(last.lower, series.unit)} and ${figureText(last.upper, series.unit)}${accuracy}).`,
        severity: 'low',
        from: isoTime(forecast.last + forecast.step),
        to: isoTime(at),
        expected: last.value,
      },
    },
  ];
}

const worstFirst = (a: Ranked, b: Ranked) => levelRank(b.finding.severity) - levelRank(a.finding.severity) || b.weight - a.weight;

/** What the statistics found, in words with figures and units, the most severe first. */
export function findingsOf(studies: readonly Study[], now: number): Finding[] {
  return studies
    .flatMap((study) => {
      const teller = { study, now };
      const kinds = [study.outliers.map((one) => ofOutlier(teller, one)), study.shifts.map((one) => ofShift(teller, one)), ofTrend(teller), ofSeason(teller), ofGaps(teller), ofResets(teller), ofForecast(teller)];
      return kinds.flatMap((found) => found.sort(worstFirst).slice(0, MAX_OF_A_KIND));
    })
    .sort(worstFirst)
    .map(({ finding }) => finding);
}
