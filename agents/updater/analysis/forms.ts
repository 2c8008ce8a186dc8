import { z } from 'zod';
import type { InsightFinding as Finding, InsightKind } from '../../../src/contract/events';
import { median, quantile } from './robust';
import { deseasoned } from './season';
import { timeOf } from './series';
import type { Study } from './study';
import { changeOf, isoTime, levelRank, rounded, type Level } from './words';

/* The results in the original's forms, field by field. What the statistics do not know is null. */

const level = z.enum(['low', 'medium', 'high']);
const known = z.number().nullable();

/** Figures of one series for a visual (R311, R316). */
const chartSeriesSchema = z.object({
  name: z.string(),
  unit: z.string(),
  current: known,
  /** Of the current value, ISO 8601 UTC. */
  timestamp: z.string().nullable(),
  /** Half of the values are below it, and 98 % between the other two. */
  median: known,
  low: known,
  high: known,
  outliers: z.array(z.object({ timestamp: z.string(), value: z.number(), expected: z.number() })),
});

export const alertSchema = z.object({
  series: z.string(),
  type: z.string(),
  severity: level,
  text: z.string(),
  /** In the model's words, where a model was asked. */
  explanation: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  actual: z.number().optional(),
  expected: z.number().optional(),
});

/** R317, of the answer in R313 to R316. */
export const anomalyResultSchema = z.object({
  dashboard_id: z.string(),
  panel_updates: z.object({ series: z.array(chartSeriesSchema) }),
  alerts: z.array(alertSchema),
  severity: level.default('low'),
  recommendations: z.array(z.string()),
  timestamp: z.string(),
});

const predictionSchema = z.object({ timestamp: z.string(), value: z.number(), lower: z.number(), upper: z.number() });

const directionSchema = z.enum(['up', 'down', 'stable']);
export type Direction = z.infer<typeof directionSchema>;

const seriesTrendSchema = z.object({
  series: z.string(),
  unit: z.string(),
  trend_direction: directionSchema,
  /** Percent from the beginning of the range to its end; null where it began at about nothing. */
  growth_rate: known,
  /** Predicted values for the next period. */
  forecast: z.array(predictionSchema),
});

/** R323, of the answer in R319 to R322. The fields at the top are those of the series that changes most. */
export const trendResultSchema = z.object({
  dashboard_id: z.string(),
  trend_data: seriesTrendSchema.extend({ insights: z.array(z.string()), recommendations: z.array(z.string()), series_trends: z.array(seriesTrendSchema) }),
  timestamp: z.string(),
});

const seriesForecastSchema = z.object({
  series: z.string(),
  unit: z.string(),
  predictions: z.array(predictionSchema),
  model_used: z.string(),
  /** Percent; null where no backtest was possible. */
  accuracy_estimate: known,
});

/** R328, of the answer in R325 to R327. The fields at the top are those of the first series. */
export const forecastResultSchema = z.object({
  dashboard_id: z.string(),
  forecast: seriesForecastSchema.extend({ recommendations: z.array(z.string()), series_forecasts: z.array(seriesForecastSchema) }),
  timestamp: z.string(),
});

export const RESULT_SCHEMAS = { anomaly_detection: anomalyResultSchema, trend_analysis: trendResultSchema, forecast: forecastResultSchema } as const;

/** Kinds of findings that are told as an alert (R313); a season or a forecast alerts nobody. */
const ALERTING = new Set(['outlier', 'level_shift', 'trend', 'gap', 'counter_reset']);

/** The three words of R314: what is critical elsewhere is high here. */
export function levelOf(findings: readonly Finding[]): Level {
  const rank = Math.max(0, ...findings.filter(({ what }) => ALERTING.has(what)).map(({ severity }) => (severity === 'critical' ? 2 : levelRank(severity))));
  return level.options[rank] ?? 'low';
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? rounded(value) : null);

function chartOf({ series, outliers }: Study): z.infer<typeof chartSeriesSchema> {
  const { name, unit, current, values } = series;
  return {
    name,
    unit,
    current: current?.value ?? null,
    timestamp: current ? isoTime(current.time) : null,
    median: orNull(median(values)),
    low: orNull(quantile(values, 0.01)),
    high: orNull(quantile(values, 0.99)),
    outliers: outliers.slice(-20).map(({ at, actual, expected }) => ({ timestamp: isoTime(timeOf(series, at)), value: actual, expected: rounded(expected) })),
  };
}

function predictionsOf({ forecast }: Study): Array<z.infer<typeof predictionSchema>> {
  return (forecast?.points ?? []).map(({ value, lower, upper }, ahead) => ({
    timestamp: isoTime(Math.round((forecast?.last ?? 0) + (ahead + 1) * (forecast?.step ?? 0))),
    value: rounded(value),
    lower: rounded(lower),
    upper: rounded(upper),
  }));
}

/** Level at both ends of the range: that of the line where there is a trend, else the medians of the first and last quarter. */
function endsOf({ series, season, trend, shifts }: Study): [number, number] {
  if (trend && shifts.length === 0) {
    return [trend.from, trend.to];
  }
  const level = deseasoned(series.values, season);
  const quarter = Math.ceil(level.length / 4);
  return [median(level.slice(0, quarter)), median(level.slice(-quarter))];
}

function trendOf(study: Study): z.infer<typeof seriesTrendSchema> & { change: number } {
  const { series, trend, shifts } = study;
  const [from, to] = endsOf(study);
  const moved = trend !== undefined || shifts.length > 0;
  const growth = changeOf(from, to);
  const direction = !moved || to === from ? 'stable' : to > from ? 'up' : 'down';
  return { series: series.name, unit: series.unit, trend_direction: direction, growth_rate: growth === undefined ? null : rounded(growth), forecast: predictionsOf(study), change: moved ? Math.abs(growth ?? 0) : -1 };
}

const NO_METHOD = 'none: too few values are known';

function forecastOf(study: Study): z.infer<typeof seriesForecastSchema> {
  const { series, forecast } = study;
  return { series: series.name, unit: series.unit, predictions: predictionsOf(study), model_used: forecast?.method ?? NO_METHOD, accuracy_estimate: forecast?.accuracy === undefined ? null : rounded(forecast.accuracy) };
}

export interface FormInput {
  dashboard: string;
  studies: readonly Study[];
  findings: readonly Finding[];
  recommendations: readonly string[];
  now: number;
}

function alertsOf(findings: readonly Finding[]): Array<z.infer<typeof alertSchema>> {
  return findings.filter(({ what }) => ALERTING.has(what)).map(({ what, severity, ...rest }) => ({ ...rest, type: what, severity: severity === 'critical' ? 'high' : severity }));
}

const FORMS: Record<InsightKind, (input: FormInput) => Record<string, unknown>> = {
  anomaly_detection: ({ dashboard, studies, findings, recommendations, now }) =>
    anomalyResultSchema.parse({ dashboard_id: dashboard, panel_updates: { series: studies.map(chartOf) }, alerts: alertsOf(findings), severity: levelOf(findings), recommendations: [...recommendations], timestamp: isoTime(now) }),
  trend_analysis: ({ dashboard, studies, findings, recommendations, now }) => {
    const trends = studies.map(trendOf);
    const [first] = trends;
    const most = trends.reduce((best, one) => (best && best.change >= one.change ? best : one), first);
    const top = most ?? { series: '', unit: '', trend_direction: 'stable', growth_rate: null, forecast: [] };
    return trendResultSchema.parse({ dashboard_id: dashboard, trend_data: { ...top, insights: findings.map(({ text }) => text), recommendations: [...recommendations], series_trends: trends }, timestamp: isoTime(now) });
  },
  forecast: ({ dashboard, studies, recommendations, now }) => {
    const forecasts = studies.map(forecastOf);
    const top = forecasts[0] ?? { series: '', unit: '', predictions: [], model_used: NO_METHOD, accuracy_estimate: null };
    return forecastResultSchema.parse({ dashboard_id: dashboard, forecast: { ...top, recommendations: [...recommendations], series_forecasts: forecasts }, timestamp: isoTime(now) });
  },
};

/** The result in the form of its kind, filled by the statistics. */
export function resultOf(kind: InsightKind, input: FormInput): Record<string, unknown> {
  return FORMS[kind](input);
}
