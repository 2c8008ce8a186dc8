import { study, type Study } from '../../agents/updater/analysis/study';
import { prepare, type Label, type LabelledSeries, type Recipe } from '../../tests/eval/generator';

export interface Found {
  what: Label['what'];
  from?: number;
  to?: number;
  period?: number;
}

export interface SeriesVerdict {
  name: string;
  form: string;
  /** Labels that were found, labels that were not, and findings without a label. */
  hit: Label[];
  missed: Label[];
  invented: Found[];
  /** Over the values that were kept back; only of series with a season. */
  forecast?: ForecastVerdict;
}

/** Mean absolute errors of the forecast and of the seasonal naive one, and the share of values inside of the interval, 0..1. */
export interface ForecastVerdict {
  error: number;
  naive: number;
  inside: number;
}

function foundIn({ outliers, shifts, trend, season, series }: Study): Found[] {
  return [
    ...outliers.map(({ from, to }) => ({ what: 'outlier' as const, from, to })),
    ...shifts.map(({ at }) => ({ what: 'level_shift' as const, from: at })),
    ...(trend ? [{ what: 'trend' as const }] : []),
    ...(season ? [{ what: 'season' as const, period: season.period }] : []),
    ...series.gaps.map(({ from, to }) => ({ what: 'gap' as const, from, to })),
    ...series.resets.map((from) => ({ what: 'counter_reset' as const, from })),
  ];
}

/** Least reach of a place in steps, and of a jump as a share of the series. */
const REACH = 2;
const JUMP_REACH = 0.01;

function isNear(label: Label, found: Found, length: number, shift: number): boolean {
  const [from, to] = [(label.from ?? 0) - shift, (label.to ?? label.from ?? 0) - shift];
  const reach = label.what === 'level_shift' ? Math.max(REACH + 1, length * JUMP_REACH) : REACH;
  return (found.from ?? 0) <= to + reach && (found.to ?? found.from ?? 0) >= from - reach;
}

/** The same kind at the same place; of a season, the same period. */
function isSame(label: Label, found: Found, length: number, shift: number): boolean {
  if (label.what !== found.what) {
    return false;
  }
  if (label.period !== undefined) {
    return Math.abs((found.period ?? 0) - label.period) <= Math.max(1, label.period * 0.02);
  }
  return label.from === undefined || isNear(label, found, length, shift);
}

function forecastVerdict({ forecast, season }: Study, { future, series, step, labels }: LabelledSeries): ForecastVerdict | undefined {
  const period = labels.find(({ what }) => what === 'season')?.period;
  if (!future || !period) {
    return undefined;
  }
  const increase = (values: ReadonlyArray<number | null>) => values.map((value, at) => (value ?? Number.NaN) - (values[at - 1] ?? Number.NaN));
  const values = series.counter ? increase(series.values) : series.values;
  // The naive forecast knows the true period: the value of one cycle before.
  const end = series.times.at(-1) ?? 0;
  const byTime = new Map(series.times.map((time, at) => [time, values[at] ?? Number.NaN]));
  const errors = future.flatMap((actual, ahead) => {
    const time = end + (ahead + 1) * step;
    const before = byTime.get(time - period * step) ?? Number.NaN;
    const at = forecast && Math.min(forecast.points.length - 1, Math.floor((ahead * step) / forecast.step));
    const point = at === undefined ? undefined : forecast?.points[at];
    return Number.isFinite(before) ? [{ naive: Math.abs(actual - before), own: Math.abs(actual - (point?.value ?? Number.NaN)), inside: point !== undefined && actual >= point.lower && actual <= point.upper }] : [];
  });
  const mean = (pick: (one: (typeof errors)[number]) => number) => errors.reduce((sum, one) => sum + pick(one), 0) / errors.length;
  return season && forecast ? { error: mean(({ own }) => own), naive: mean(({ naive }) => naive), inside: mean(({ inside }) => Number(inside)) } : { error: Infinity, naive: mean(({ naive }) => naive), inside: 0 };
}

const studied = async ({ series }: LabelledSeries) => study(series, series.times.at(-1) ?? 0, true);

/** Forecast errors over several realisations of one recipe: one short period says as much of its noise as of the forecast. */
async function forecastOver(recipe: Recipe, realisations: number, first: ForecastVerdict): Promise<ForecastVerdict> {
  const all = [first];
  for (let again = 1; again < realisations; again += 1) {
    const labelled = prepare({ ...recipe, seed: recipe.seed + 100_003 * again });
    all.push(forecastVerdict(await studied(labelled), labelled) ?? first);
  }
  const mean = (pick: (one: ForecastVerdict) => number) => all.reduce((sum, one) => sum + pick(one), 0) / all.length;
  return { error: mean(({ error }) => error), naive: mean(({ naive }) => naive), inside: mean(({ inside }) => inside) };
}

/** Runs the statistics over one labelled series and compares. @param realisations by which its forecast is judged */
export async function judgeSeries(recipe: Recipe, realisations = 1): Promise<SeriesVerdict> {
  const labelled = prepare(recipe);
  const found = await studied(labelled);
  // The first step of a counter has no increase, so that its grid begins one step later.
  const shift = labelled.series.counter ? 1 : 0;
  const open = foundIn(found);
  const verdict: SeriesVerdict = { name: labelled.name, form: labelled.form, hit: [], missed: [], invented: open };
  for (const label of labelled.labels) {
    const matching = open.filter((found) => isSame(label, found, recipe.length, shift));
    matching.forEach((found) => open.splice(open.indexOf(found), 1));
    (matching.length > 0 ? verdict.hit : verdict.missed).push(label);
  }
  const first = forecastVerdict(found, labelled);
  return { ...verdict, ...(first ? { forecast: await forecastOver(recipe, realisations, first) } : {}) };
}

export interface Score {
  precision: number;
  recall: number;
  hits: number;
  missed: number;
  invented: number;
}

const share = (part: number, rest: number) => (part + rest === 0 ? 1 : part / (part + rest));

/** @param pick only labels and findings of this kind count; all when it is left out */
export function scoreOf(verdicts: readonly SeriesVerdict[], pick?: Label['what']): Score {
  const count = (list: ReadonlyArray<{ what: Label['what'] }>) => list.filter(({ what }) => pick === undefined || what === pick).length;
  const sum = (part: (verdict: SeriesVerdict) => ReadonlyArray<{ what: Label['what'] }>) => verdicts.reduce((total, verdict) => total + count(part(verdict)), 0);
  const [hits, missed, invented] = [sum(({ hit }) => hit), sum((verdict) => verdict.missed), sum((verdict) => verdict.invented)];
  return { hits, missed, invented, precision: share(hits, invented), recall: share(hits, missed) };
}
