import { z } from 'zod';
import { INSIGHT_KINDS } from '../../../src/contract/events';
import { OWN_FIGURES, OWN_RATES } from '../own/names';

/** The model that is asked when neither the file nor AI_MODEL names one (R289). */
export const DEFAULT_MODEL = 'llama3';
export const DEFAULT_REFRESH_MINUTES = 60;
const MAX_ENTRIES = 1000;

const id = z.string().min(1, 'must not be empty').max(80).regex(/^[\w.:-]+$/, 'may hold letters, digits and _ . : - only');
const name = z.string().min(1).max(200);
const expression = z.string().min(1, 'must not be empty').max(4000);

const SPAN = /^(\d+)(m|h|d|w)$/;
const SPAN_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `7d` in milliseconds; undefined when it is no span. */
export function spanOf(text: string): number | undefined {
  const [, count, unit] = SPAN.exec(text) ?? [];
  return count && unit ? Number(count) * (SPAN_MS[unit] ?? Number.NaN) : undefined;
}

const span = z.string().refine((text) => (spanOf(text) ?? 0) > 0 && (spanOf(text) ?? 0) <= 366 * 86_400_000, 'must be a span such as 30m, 12h, 7d or 4w, of a year at most');

/** Addresses of a panel in Grafana: where people copy them from (R297). */
const PANEL_URL = /\/(?:d|d-solo|dashboards\/uid)\/([A-Za-z0-9_-]{1,100})(?:\/|\?|$)/;

/** Uid and panel of an address as the browser shows it; undefined when it names no dashboard. */
export function panelOfUrl(text: string): { dashboard_uid: string; panel_id: number } | undefined {
  if (!URL.canParse(text, 'http://grafana')) {
    return undefined;
  }
  const { pathname, searchParams } = new URL(text, 'http://grafana');
  const uid = PANEL_URL.exec(pathname)?.[1];
  const panel = searchParams.get('viewPanel') ?? searchParams.get('panelId') ?? searchParams.get('editPanel') ?? /\/panels\/(\d+)/.exec(pathname)?.[1] ?? '0';
  // Grafana 11 and newer write viewPanel=panel-4.
  const id = Number(panel.replace(/^panel-/, ''));
  return uid ? { dashboard_uid: uid, panel_id: Number.isSafeInteger(id) && id >= 0 ? id : 0 } : undefined;
}

const panelUrl = z.string().max(2000).refine((text) => panelOfUrl(text) !== undefined, 'names no dashboard; copy the address of the panel from Grafana: https://grafana.example/d/<uid>/<name>?viewPanel=4');
const panelFields = {
  panel_url: panelUrl.optional(),
  dashboard_uid: z.string().min(1).max(100).optional(),
  panel_id: z.number().int().min(0).optional(),
};

const panelSchema = z.strictObject(panelFields).refine((panel) => panel.panel_url !== undefined || panel.dashboard_uid !== undefined, 'needs panel_url, or dashboard_uid and panel_id');

const metricSchema = z.union([
  expression,
  z.strictObject({
    /** Name of a metric, or PromQL. */
    expr: expression,
    name: name.optional(),
    unit: z.string().max(40).optional(),
    /** True for a value that only grows until its process starts anew. */
    counter: z.boolean().optional(),
  }),
  z.strictObject({ source: z.literal('hemostat'), figure: z.enum(OWN_FIGURES), name: name.optional() }),
], 'is neither a metric name or PromQL, nor {"expr": ...}, nor {"source": "hemostat", "figure": ...}');
export type MetricConfig = z.infer<typeof metricSchema>;

export const dashboardSchema = z
  .strictObject({
    id,
    /** One of INSIGHT_KINDS; another one is told as an error of this entry alone (R329). */
    type: z.string().max(60),
    metrics: z.array(metricSchema).min(1, 'must name at least one metric').max(50),
    /** History that is looked at. */
    time_range: span.optional(),
    refresh_minutes: z.number().positive().max(525_600).default(DEFAULT_REFRESH_MINUTES),
    platform: z.string().max(60).default('grafana'),
    ...panelFields,
    last_update: z.iso.datetime({ offset: true }).nullish(),
    /** Rewrite the panel with what was found. */
    push: z.boolean().default(false),
    /** Change of a value against the last update, as a share of it, that makes the dashboard due early; 0 for never. */
    significant_change: z.number().min(0).max(1000).default(0.5),
  })
  .refine((entry) => !entry.push || entry.panel_url !== undefined || (entry.dashboard_uid !== undefined && entry.panel_id !== undefined), {
    path: ['push'],
    message: 'is true, but no panel is named: give panel_url, or dashboard_uid and panel_id',
  });
export type DashboardConfig = z.infer<typeof dashboardSchema>;

const limits = {
  id,
  name: name.optional(),
  /** Share of failures, 0..1, above which an episode begins (R339). */
  threshold: z.number().gt(0).lt(1).default(0.05),
  /** The episode ends once the rate stayed below this for `ends_after_seconds`. Default: four fifths of the threshold. */
  ends_below: z.number().gt(0).lt(1).optional(),
  ends_after_seconds: z.number().min(0).max(86_400).default(30),
  /** Fewer requests in the window than this say nothing. */
  minimum_requests: z.number().min(0).default(20),
  /** Containers that it may come from: names with * and ?. */
  containers: z.array(z.string().min(1).max(255)).max(100).default([]),
  /** Panels that are annotated: these, and */
  panels: z.array(panelSchema).max(100).default([]),
  /** those of dashboards with this tag that query the same metrics (or the whole dashboard), and */
  dashboard_tag: z.string().min(1).max(100).optional(),
  /** those of any dashboard that query the same metrics. */
  find_panels: z.boolean().default(true),
};
const endsBelowThreshold = (rate: { threshold: number; ends_below?: number | undefined }) => rate.ends_below === undefined || rate.ends_below <= rate.threshold;
const ENDS_BELOW = { path: ['ends_below'], message: 'must not be above threshold' };

const prometheusRateSchema = z
  .strictObject({
    ...limits,
    /** PromQL of the share of failures, 0..1; or `errors` and `total`. */
    ratio: expression.optional(),
    errors: expression.optional(),
    total: expression.optional(),
    /** PromQL of the number of requests in the window; else it is computed from `total`. */
    requests: expression.optional(),
    /** What `errors` and `total` give: numbers a second (rate) or in the window (increase). */
    counts: z.enum(['per_second', 'in_window']).default('per_second'),
    window_seconds: z.number().positive().max(86_400).default(60),
  })
  .refine((rate) => (rate.ratio !== undefined) !== (rate.errors !== undefined && rate.total !== undefined), { path: ['id'], message: 'needs either ratio, or errors and total' })
  .refine(endsBelowThreshold, ENDS_BELOW);
export type PrometheusRateConfig = z.infer<typeof prometheusRateSchema>;

const ownRateSchema = z
  .strictObject({ ...limits, source: z.literal('hemostat'), figure: z.enum(OWN_RATES), minimum_requests: z.number().min(0).default(1), window_seconds: z.number().positive().max(3600).default(60) })
  .refine(endsBelowThreshold, ENDS_BELOW);
export type OwnRateConfig = z.infer<typeof ownRateSchema>;

export type RateConfig = PrometheusRateConfig | OwnRateConfig;

export const isOwnRate = (rate: RateConfig): rate is OwnRateConfig => 'source' in rate;

/** HemoStat's own figures, watched where the file names no others (R338). */
export const OWN_ERROR_RATES: readonly RateConfig[] = [
  ownRateSchema.parse({ id: 'hemostat_containers', name: 'ill containers', source: 'hemostat', figure: 'ill_time', dashboard_tag: 'hemostat' }),
  ownRateSchema.parse({ id: 'hemostat_remediations', name: 'failed remediations', source: 'hemostat', figure: 'failed_remediations', window_seconds: 600, minimum_requests: 3, dashboard_tag: 'hemostat' }),
  ownRateSchema.parse({ id: 'hemostat_agents', name: 'failed work of the agents', source: 'hemostat', figure: 'failed_work', window_seconds: 300, minimum_requests: 20, dashboard_tag: 'hemostat' }),
];

// A plain union would answer "invalid input" for every mistake in either form.
const rateSchema = z.record(z.string(), z.unknown()).pipe(
  z.transform((raw, context): RateConfig => {
    const parsed = ('source' in raw ? ownRateSchema : prometheusRateSchema).safeParse(raw);
    if (parsed.success) {
      return parsed.data;
    }
    parsed.error.issues.forEach((issue) => context.issues.push({ ...issue, input: raw, message: issue.message } as never));
    return z.NEVER;
  })
);

function noTwins(entries: ReadonlyArray<{ id: string }>, context: z.RefinementCtx): void {
  entries.forEach((entry, index) => {
    if (entries.findIndex((one) => one.id === entry.id) !== index) {
      context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${entry.id}" is used twice` });
    }
  });
}

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  model: z.string().min(1).max(200).optional(),
  dashboards: z.array(dashboardSchema).max(MAX_ENTRIES).superRefine(noTwins).default([]),
  error_rates: z.array(rateSchema).max(MAX_ENTRIES).superRefine(noTwins).optional(),
});

export interface UpdaterConfig {
  /** As the file says; absent when it does not. */
  model?: string;
  dashboards: readonly DashboardConfig[];
  errorRates: readonly RateConfig[];
}

export const isKnownKind = (type: string): type is (typeof INSIGHT_KINDS)[number] => INSIGHT_KINDS.some((kind) => kind === type);

/** Dashboard and panel of an entry, however they were given; undefined when none was. */
export function placeOf(entry: { panel_url?: string | undefined; dashboard_uid?: string | undefined; panel_id?: number | undefined }): { dashboard_uid: string; panel_id: number } | undefined {
  const named = entry.panel_url === undefined ? undefined : panelOfUrl(entry.panel_url);
  const uid = entry.dashboard_uid ?? named?.dashboard_uid;
  return uid === undefined ? undefined : { dashboard_uid: uid, panel_id: entry.panel_id ?? named?.panel_id ?? 0 };
}
