import { z } from 'zod';
import { modelCallSchema, severitySchema } from './common';
import { evidenceSchema } from './analyzer';

export const INSIGHT_KINDS = ['anomaly_detection', 'trend_analysis', 'forecast'] as const;
export const insightKindSchema = z.enum(INSIGHT_KINDS);
export type InsightKind = z.infer<typeof insightKindSchema>;

/** Something that the statistics found in one series. */
export const findingSchema = z.object({
  /** Name of the metric or PromQL expression, as configured. */
  series: z.string(),
  /** outlier, level_shift, trend, season, gap, counter_reset, forecast. */
  what: z.string(),
  /** One sentence with the figures and their units. */
  text: z.string(),
  severity: severitySchema,
  /** When it began, and ended where it has, ISO 8601 UTC. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** What was measured and what was to be expected, in the unit of the series. */
  actual: z.number().optional(),
  expected: z.number().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

const onDashboard = {
  /** `id` of the entry in the configuration. */
  dashboard: z.string(),
  kind: insightKindSchema,
};

/** A dashboard was analysed. */
export const insightMadeData = z.object({
  ...onDashboard,
  severity: severitySchema,
  /** What it comes to, in a few sentences. */
  summary: z.string(),
  recommendations: z.array(z.string()),
  findings: z.array(findingSchema),
  /** Who worded it: the statistics alone, or a model over what they found. */
  method: z.enum(['statistics', 'model']),
  /** Why no model worded it although one is set. */
  fallback: z.string().optional(),
  /** The result in the form of its kind (R317, R323, R328). */
  result: z.record(z.string(), z.unknown()),
  model_calls: z.array(modelCallSchema),
  /** Seconds. */
  duration_seconds: z.number(),
});

/** An analysis came to nothing. */
export const insightFailedData = z.object({
  dashboard: z.string(),
  /** As configured: it may be what is wrong. */
  kind: z.string(),
  error: z.string(),
  /** What to do. */
  mend: z.string().optional(),
});

/** Where an annotation stands, or would stand. */
export const annotationPlaceSchema = z.object({
  dashboard_uid: z.string(),
  /** 0 for the whole dashboard. */
  panel_id: z.number(),
  /** Grafana's id; absent as long as it stands only in the log. */
  annotation_id: z.number().optional(),
});
export type AnnotationPlace = z.infer<typeof annotationPlaceSchema>;

/** A watched error rate passed its limit, goes on to, or came back. */
export const errorRateEpisodeData = z.object({
  /** The same for all events of one episode. */
  episode: z.string(),
  state: z.enum(['began', 'goes_on', 'ended']),
  /** Name of the watched rate, as configured. */
  rate: z.string(),
  /** Share of failures, 0..1: now, and the highest of the episode. */
  value: z.number(),
  worst: z.number(),
  /** The limit that was passed, 0..1. */
  threshold: z.number(),
  /** Requests in the window of the measurement. */
  requests: z.number().optional(),
  /** ISO 8601 UTC. */
  began_at: z.string(),
  last_at: z.string(),
  ended_at: z.string().optional(),
  severity: severitySchema,
  cause: z.string(),
  /** 0..1 */
  confidence: z.number().min(0).max(1),
  method: z.enum(['statistics', 'model']),
  evidence: z.array(evidenceSchema),
  recommendations: z.array(z.string()),
  /** Incidents of HemoStat that it may come from, the likeliest first. */
  incidents: z.array(z.string()),
  /** The text of the annotation. */
  text: z.string(),
  places: z.array(annotationPlaceSchema),
  model_calls: z.array(modelCallSchema),
});

/** Something was written into Grafana, or could not be. */
export const dashboardPushedData = z.object({
  dashboard: z.string(),
  what: z.enum(['panel', 'annotation']),
  dashboard_uid: z.string(),
  panel_id: z.number(),
  /** The same for every try of one push. */
  update_id: z.string(),
  /** HTTP status; null when none was reached. */
  status_code: z.number().nullable(),
  error: z.string().optional(),
  mend: z.string().optional(),
});
