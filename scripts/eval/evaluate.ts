import { analyse } from '../../agents/updater/analysis';
import { analyzerSettings } from '../../agents/runtime/settings/analyzer';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';
import { INSIGHT_KINDS } from '../../src/contract/events';
import { DEVELOPMENT_SERIES } from '../../tests/eval/development-series';
import { prepare, type Label, type Recipe } from '../../tests/eval/generator';
import { HELD_OUT_SERIES } from '../../tests/eval/held-out-series';
import { RECORDED_INCIDENTS, type RecordedIncident } from '../../tests/eval/incidents';
import { atLeast, plain, under, type Figure } from '../bench/figures';
import { judgeIncident, type IncidentVerdict } from './incidents';
import { modelFor, OwnBudget } from './model';
import { judgeSeries, scoreOf, type SeriesVerdict } from './series';
import { judgeWording } from './wording';

/** What must be reached without a model. */
const LEAST = 0.9;
const KINDS: ReadonlyArray<Label['what']> = ['outlier', 'level_shift', 'trend', 'season', 'gap', 'counter_reset'];
/** Insights that a model words. */
const WORDED = 12;
const CYCLE = { dashboards: 200, series: 3, seconds: 60 };

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const percentOf = (share: number) => share * 100;

/** What is wrong in words, for a person who wants to see it. */
export type Complaint = string;

export interface Evaluation {
  figures: Figure[];
  complaints: Complaint[];
}

function complaintsOf({ name, missed, invented, forecast }: SeriesVerdict): Complaint[] {
  return [
    ...missed.map(({ what, from }) => `${name}: ${what}${from === undefined ? '' : ` at step ${from}`} was not found`),
    ...invented.map(({ what, from }) => `${name}: ${what}${from === undefined ? '' : ` at step ${from}`} was found and is not there`),
    ...(forecast && forecast.error >= forecast.naive ? [`${name}: the forecast (error ${forecast.error.toPrecision(3)}) is no better than the seasonal naive one (${forecast.naive.toPrecision(3)})`] : []),
  ];
}

/** Precision and recall over labelled series, and forecasts against the seasonal naive one. @param realisations of each seasonal series */
export async function evaluateSeries(title: string, recipes: readonly Recipe[], realisations: number): Promise<Evaluation> {
  const verdicts: SeriesVerdict[] = [];
  for (const recipe of recipes) {
    verdicts.push(await judgeSeries(recipe, realisations));
  }
  const all = scoreOf(verdicts);
  const forecasts = verdicts.flatMap(({ forecast }) => (forecast ? [forecast] : []));
  const better = forecasts.filter(({ error, naive }) => error < naive).length;
  const kinds = KINDS.map((kind) => ({ kind, score: scoreOf(verdicts, kind) }));
  return {
    complaints: verdicts.flatMap(complaintsOf),
    figures: [
      plain(title, 'series', recipes.length, ''),
      atLeast(title, 'precision', all.precision, '', LEAST, `${all.hits} of ${all.hits + all.invented} findings are true`),
      atLeast(title, 'recall', all.recall, '', LEAST, `${all.hits} of ${all.hits + all.missed} labels were found`),
      ...kinds.map(({ kind, score }) => plain(title, `${kind}: precision`, score.precision, '', `recall ${score.recall.toFixed(2)}, of ${score.hits + score.missed}`)),
      atLeast(title, 'seasonal series with a better forecast than the naive one', percentOf(better / Math.max(1, forecasts.length)), '%', 100, `${better} of ${forecasts.length}`),
      under(title, 'forecast error over that of the naive forecast, mean', mean(forecasts.map(({ error, naive }) => error / naive)), '', 1),
      plain(title, 'values inside of the 95 % interval', percentOf(mean(forecasts.map(({ inside }) => inside))), '%'),
    ],
  };
}

/** Right actions and named causes over recorded incidents; by the rules where the environment names no model. */
export async function evaluateIncidents(title: string, incidents: readonly RecordedIncident[], environment: Environment): Promise<Evaluation> {
  const budget = new OwnBudget();
  const verdicts: IncidentVerdict[] = [];
  for (const incident of incidents) {
    verdicts.push(await judgeIncident(incident, environment, budget));
  }
  const share = (pick: (verdict: IncidentVerdict) => boolean) => percentOf(verdicts.filter(pick).length / Math.max(1, verdicts.length));
  return {
    complaints: verdicts.flatMap(({ name, action, right, by, fallback }) => [...(right ? [] : [`${name}: "${action}" by the ${by} is not right`]), ...(fallback === undefined ? [] : [`${name}: the model did not judge: ${fallback}`])]),
    figures: [
      plain(title, 'incidents', verdicts.length, ''),
      plain(title, 'right actions', share(({ right }) => right), '%'),
      plain(title, 'something would be done where nothing helps, or the wrong thing', share(({ rash }) => rash), '%'),
      plain(title, 'the root cause names what was wrong', share(({ explained }) => explained), '%'),
      plain(title, 'judged by the model', share(({ by }) => by === 'model'), '%'),
      plain(title, 'tokens used', budget.used, ''),
    ],
  };
}

/** How long one cycle of many dashboards takes on one core. */
export async function evaluateSpeed(dashboards = CYCLE.dashboards): Promise<Evaluation> {
  const title = `One cycle: ${dashboards} dashboards of ${CYCLE.series} series, a week each, every 5 min, every kind in turn`;
  const seasonal = DEVELOPMENT_SERIES.filter(({ length }) => length === 2016);
  const inputs = seasonal.map((recipe) => prepare(recipe).series);
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let at = 0; at < dashboards; at += 1) {
    const series = Array.from({ length: CYCLE.series }, (_, one) => inputs[(at * CYCLE.series + one) % inputs.length] ?? { name: '', times: [], values: [] });
    await analyse({ dashboard: `d${at}`, kind: INSIGHT_KINDS[at % INSIGHT_KINDS.length] ?? 'forecast', series, now: series[0]?.times.at(-1) ?? 0 });
  }
  const wall = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { complaints: [], figures: [under(title, 'processor time', (user + system) / 1e6, 's', (CYCLE.seconds * dashboards) / CYCLE.dashboards, 'of all threads; what one core needs that does nothing else'), plain(title, 'seconds on this machine, with what else ran', wall, 's')] };
}

async function withModel(environment: Environment): Promise<Evaluation[]> {
  const settings = readSettings(analyzerSettings, environment);
  const open = modelFor(settings, new OwnBudget());
  if (!open) {
    return [];
  }
  const verdicts = await judgeWording(HELD_OUT_SERIES, open, WORDED);
  const accepted = verdicts.filter((one) => one.accepted).length;
  const title = `Insights worded by ${open.model.name}`;
  return [
    await evaluateIncidents(`Recorded incidents, judged with ${open.model.name}`, RECORDED_INCIDENTS, environment),
    {
      complaints: verdicts.flatMap(({ name, fallback }) => (fallback === undefined ? [] : [`${name}: ${fallback}`])),
      figures: [plain(title, 'asked', verdicts.length, ''), plain(title, 'words that stand: of the form, and without an invented figure', percentOf(accepted / Math.max(1, verdicts.length)), '%')],
    },
  ];
}

export const PARTS: Record<string, (environment: Environment) => Promise<Evaluation[]>> = {
  series: async () => [await evaluateSeries('Development series (the statistics were set by them)', DEVELOPMENT_SERIES, 4), await evaluateSeries('Held-out series (other forms, noise and seeds)', HELD_OUT_SERIES, 4)],
  incidents: async () => [await evaluateIncidents('Recorded incidents, judged by the rules', RECORDED_INCIDENTS, {})],
  speed: async () => [await evaluateSpeed()],
  model: withModel,
};
