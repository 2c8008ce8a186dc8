import { z } from 'zod';
import { agentAlertSchema, alertSeveritySchema } from '../events/observer';

/**
 * What the agents tell of themselves, in the one form in which it is stored, collected, answered and drawn (R365): nobody who reads it knows whether
 * it came out of Redis, Loki, Tempo, Jaeger or Prometheus. Times are ISO 8601 UTC unless a name says otherwise.
 */

/** R390. */
export const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'p50', 'p90', 'p99', 'rate'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** R374 to R377. `latency` in milliseconds, the others are counts. */
export const METRIC_TYPES = ['latency', 'tokens', 'errors', 'requests'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** The name under which each is measured by OpenTelemetry. */
export const METRIC_NAMES: Readonly<Record<MetricType, string>> = { latency: 'agent.request.latency', tokens: 'agent.tokens.total', errors: 'agent.errors.count', requests: 'agent.requests.count' };
/** How the values of one step are put together when nothing else is asked for (R374 to R377). */
export const METRIC_AGGREGATION: Readonly<Record<MetricType, Aggregation>> = { latency: 'avg', tokens: 'sum', errors: 'sum', requests: 'sum' };

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** One log line of an agent (R370). Redacted before it is stored. */
export const logEntrySchema = z.object({
  timestamp: z.string(),
  level: z.enum(LOG_LEVELS),
  message: z.string(),
  agent_id: z.string(),
  /** Empty when the line belongs to no trace. For an incident the trace id is the incident's id. */
  trace_id: z.string(),
  span_id: z.string().optional(),
  incident_id: z.string().optional(),
  /** `error_type` tells what kind of error it is; `instance` which copy of the agent. */
  attributes,
});
export type LogEntry = z.infer<typeof logEntrySchema>;

export const SPAN_STATUSES = ['ok', 'error', 'unset'] as const;
/** One step of a trace (R373). Language model calls carry the `gen_ai.*` attributes of OpenTelemetry, and `hemostat.cost_usd` where prices are set. */
export const spanSchema = z.object({
  span_id: z.string(),
  /** Empty for the first one. Its parent may be missing: trimmed, or not told. */
  parent_span_id: z.string(),
  name: z.string(),
  /** The agent. */
  service: z.string(),
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  start_time: z.string(),
  duration_ms: z.number(),
  status: z.enum(SPAN_STATUSES),
  status_message: z.string().optional(),
  attributes,
});
export type Span = z.infer<typeof spanSchema>;

/** R372. `status` is `error` when any step failed. */
export const traceSchema = z.object({
  trace_id: z.string(),
  /** Name of the first span. */
  root_span: z.string(),
  start_time: z.string(),
  duration_ms: z.number(),
  span_count: z.number(),
  status: z.enum(['ok', 'error']),
  /** Agent of the first span. */
  agent_id: z.string(),
  /** The incident that it belongs to; absent for traces of no incident. */
  incident_id: z.string().optional(),
  /** In order of their start. */
  spans: z.array(spanSchema),
});
export type Trace = z.infer<typeof traceSchema>;

export const pointSchema = z.object({ timestamp: z.string(), value: z.number() });
export type Point = z.infer<typeof pointSchema>;
/** R378. */
export const metricSeriesSchema = z.object({ metric_type: z.enum(METRIC_TYPES), data_points: z.array(pointSchema) });
export type MetricSeries = z.infer<typeof metricSeriesSchema>;

/**
 * What one agent did in one minute: enough for every aggregation. `latency` and `tokens` keep how many values fell under each bound of
 * `HISTOGRAM_BOUNDS` (index -> count), so that a percentile is a real one, not the mean of means.
 */
export const distributionSchema = z.object({ count: z.number(), sum: z.number(), min: z.number(), max: z.number(), buckets: z.record(z.string(), z.number()) });
export type Distribution = z.infer<typeof distributionSchema>;
export const minuteFiguresSchema = z.object({
  requests: z.number(),
  errors: z.number(),
  /** Milliseconds. */
  latency: distributionSchema.optional(),
  /** Tokens of each model call. */
  tokens: distributionSchema.optional(),
  tokens_input: z.number().optional(),
  tokens_output: z.number().optional(),
  /** US dollars. */
  cost_usd: z.number().optional(),
});
export type MinuteFigures = z.infer<typeof minuteFiguresSchema>;

/** R380. */
export const errorGroupSchema = z.object({
  error_type: z.string(),
  message: z.string(),
  count: z.number(),
  first_seen: z.string(),
  last_seen: z.string(),
  sample_trace_id: z.string(),
  severity: alertSeveritySchema,
  agents: z.array(z.string()),
});
export type ErrorGroup = z.infer<typeof errorGroupSchema>;

/** R344. */
export const SOURCES = ['logs', 'traces', 'metrics', 'errors', 'alerts'] as const;
export type SourceName = (typeof SOURCES)[number];
/** What became of asking one source (R368): a failure never looks like "nothing". */
export const sourceStateSchema = z.object({
  source: z.enum(SOURCES),
  /** Who answered: redis, loki, tempo, jaeger, prometheus. */
  from: z.string(),
  ok: z.boolean(),
  error: z.string().optional(),
  mend: z.string().optional(),
  /** What the answer leaves out, in words. */
  notices: z.array(z.string()),
});
export type SourceState = z.infer<typeof sourceStateSchema>;

/** A range of time, milliseconds since 1970, both ends included (R345). */
export interface Range {
  from: number;
  to: number;
}

/** R110. */
export const COMPONENT_STATES = ['healthy', 'degraded', 'unhealthy'] as const;
export type ComponentState = (typeof COMPONENT_STATES)[number];
/** One part of the system (R109). */
export const componentSchema = z.object({
  /** Unique: `redis`, `docker:host-1`, `analyzer`, `prometheus`, `alertmanager`, `grafana`, `model`. */
  name: z.string(),
  kind: z.enum(['agent', 'redis', 'docker', 'prometheus', 'alertmanager', 'grafana', 'model', 'store']),
  status: z.enum(COMPONENT_STATES),
  /** Milliseconds; null when it was not measured. */
  response_time_ms: z.number().nullable(),
  last_check: z.string(),
  has_error: z.boolean(),
  error_message: z.string().nullable(),
  /** What to do about it. */
  mend: z.string().nullable(),
  /** True for those without which nothing is healed: Redis, monitor, analyzer, responder, Docker. */
  critical: z.boolean(),
});
export type Component = z.infer<typeof componentSchema>;

export const breakerSchema = z.object({
  /** Unique: the container's key, or `model (analyzer)`. */
  name: z.string(),
  kind: z.enum(['container', 'model']),
  state: z.enum(['closed', 'open', 'half_open', 'unknown']),
  /** Consecutive failures (R114). */
  failure_count: z.number(),
  /** 0 to 1; null while nothing was called (R115). */
  success_rate: z.number().nullable(),
  /** Milliseconds; null when it was not measured (R116). */
  avg_response_time: z.number().nullable(),
  total_calls: z.number(),
  /** When an open one lets go, ISO 8601 UTC; null when not known. */
  free_at: z.string().nullable(),
});
export type Breaker = z.infer<typeof breakerSchema>;

/** R119 to R122. Null is unknown (R123). */
export const resourcesSchema = z.object({
  cpu_percent: z.number().nullable(),
  memory_percent: z.number().nullable(),
  disk_percent: z.number().nullable(),
  memory_used_mb: z.number().nullable(),
  memory_total_mb: z.number().nullable(),
  disk_used_gb: z.number().nullable(),
  disk_total_gb: z.number().nullable(),
  /** 1, 5 and 15 minutes; empty when unknown. */
  load_average: z.array(z.number()),
});
export type Resources = z.infer<typeof resourcesSchema>;

/** Limits of the default alert rules. */
export const ruleLimitsSchema = z.object({
  /** Percent of the machine. */
  cpu: z.number().optional(),
  memory: z.number().optional(),
  disk: z.number().optional(),
  /** Milliseconds, mean of all components. */
  responseMs: z.number().optional(),
  /** Share, 0 to 1. */
  failureRate: z.number().optional(),
  /** Off by default: on a quiet system few requests are no fault (R454). */
  lowThroughput: z.boolean().optional(),
});
export type RuleLimits = z.infer<typeof ruleLimitsSchema>;

/** What the observer saw last: written into `observed` of the keys every few seconds. Everything else of the status page is computed from it. */
export const observedSchema = z.object({
  at: z.string(),
  /** When this system was first seen: uptime is counted from here. */
  since: z.string(),
  version: z.string(),
  /** Which copy looked. */
  instance: z.string(),
  components: z.array(componentSchema),
  breakers: z.array(breakerSchema),
  resources: resourcesSchema,
  /** Entries of the log that agents have not handled. */
  waiting: z.number(),
  /** What was left out of logs, spans and figures since the beginning. */
  dropped: z.record(z.string(), z.number()),
  /** Bytes in Redis that telemetry takes, about, and its ceiling. */
  telemetry_bytes: z.number(),
  telemetry_max_bytes: z.number(),
  /** Milliseconds between two looks: what is much older is stale. */
  looks_every_ms: z.number().optional(),
  /** The limits of the default rules as the observer's environment sets them, so that everybody shows the rules that are in force. */
  limits: ruleLimitsSchema.optional(),
});
export type Observed = z.infer<typeof observedSchema>;

/** R159. Null is unknown. */
export const historyPointSchema = z.object({
  timestamp: z.string(),
  health_score: z.number().nullable(),
  availability: z.number(),
  response_time: z.number().nullable(),
  cpu_usage: z.number().nullable(),
  memory_usage: z.number().nullable(),
  circuit_breaker_health: z.number(),
});
export type HistoryPoint = z.infer<typeof historyPointSchema>;

/** What a rule is evaluated over: the figures of the agents together, the system as a whole, or each component, breaker or agent by itself. */
export const RULE_SCOPES = ['agents', 'system', 'component', 'breaker', 'agent'] as const;
export type RuleScope = (typeof RULE_SCOPES)[number];

/** R440. The condition is an expression in CEL over the variables of its scope and `threshold`. */
export const alertRuleSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'is not made of small letters, digits and _ (at most 63, a letter first)'),
  /** What people read; may hold `{variable}`. */
  title: z.string().min(1).max(120),
  scope: z.enum(RULE_SCOPES),
  condition: z.string().min(1).max(500),
  threshold: z.number().optional(),
  severity: alertSeveritySchema,
  type: z.string().min(1).max(40),
  /** `{variable}` is filled with two decimals, `{variable:1}` with one (R450, R155). */
  message_template: z.string().min(1).max(500),
  /** Minutes that the same condition does not fire again after it fired (R448). */
  cooldown_minutes: z.number().min(0).max(1440).default(5),
  /** Seconds that the condition must hold before it fires. */
  for_seconds: z.number().min(0).max(3600).default(0),
  /** Minutes back that the figures of the scopes `agents` and `agent` are taken from. */
  window_minutes: z.number().min(1).max(1440).default(5),
  labels: z.record(z.string().max(60), z.string().max(200)).default({}),
  enabled: z.boolean().default(true),
  notify: z.boolean().default(true),
});
export type AlertRule = z.infer<typeof alertRuleSchema>;

export { agentAlertSchema };
