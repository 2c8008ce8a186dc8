import { z } from 'zod';
import { answers } from '../answers';
import { agentAlertSchema, alertRuleSchema, breakerSchema, COMPONENT_STATES, componentSchema, errorGroupSchema, historyPointSchema, logEntrySchema, METRIC_TYPES, AGGREGATIONS, pointSchema, resourcesSchema, sourceStateSchema, traceSchema } from './schemas';

/** What the resources `dashboard…` answer (R093, R472): written by the core of the data source, read by the pages and other clients. */

function answer<S extends z.ZodType>(id: string, schema: S): S {
  answers.add(schema, { id });
  return schema;
}

const severityCount = z.object({ critical: z.number(), error: z.number(), warning: z.number(), info: z.number() });

/** R157. */
export const statusAlertSummarySchema = z.object({ total_alerts: z.number(), critical: z.number(), warning: z.number(), info: z.number(), last_check: z.string(), error: z.string().optional() });

/** R163 to R166. Null is unknown. */
export const historySummarySchema = z.object({ points: z.number(), timespan_hours: z.number(), avg_health_score: z.number().nullable(), avg_availability: z.number().nullable(), avg_response_time: z.number().nullable() });

/** R093 to R172. */
export const statusPayloadSchema = answer(
  'SystemStatus',
  z.object({
    overview: z.object({
      overall_status: z.enum([...COMPONENT_STATES, 'unknown', 'error']),
      health_percentage: z.number(),
      total_components: z.number(),
      component_breakdown: z.object({ healthy: z.number(), degraded: z.number(), unhealthy: z.number() }),
      uptime_seconds: z.number(),
      version: z.string(),
      error: z.string().optional(),
    }),
    components: z.array(componentSchema),
    circuit_breakers: z.object({ total_breakers: z.number(), by_state: z.object({ closed: z.number(), open: z.number(), half_open: z.number() }), breakers: z.array(breakerSchema) }),
    resources: resourcesSchema,
    metrics: z.object({
      availability_percentage: z.number(),
      average_response_time_ms: z.number().nullable(),
      circuit_breaker_health: z.number(),
      system_health_score: z.number().nullable(),
      /** What the score is made of, with weights after unknown parts were left out. */
      score_parts: z.array(z.object({ part: z.string(), measured: z.number().nullable(), score: z.number().nullable(), weight: z.number() })),
      resource_utilization: z.object({ cpu_percent: z.number().nullable(), memory_percent: z.number().nullable(), disk_percent: z.number().nullable() }),
      performance_indicators: z.object({ total_components: z.number(), available_components: z.number(), response_times_collected: z.number(), circuit_breakers_closed: z.number(), circuit_breakers_total: z.number() }),
    }),
    alerts: z.object({ alerts: z.array(z.object({ severity: z.string(), type: z.string(), title: z.string(), message: z.string(), timestamp: z.string(), alert_id: z.string(), status: z.string() })), summary: statusAlertSummarySchema }),
    historical: z.object({ data: z.array(historyPointSchema), summary: historySummarySchema }),
    /** What telemetry holds and has left out. */
    telemetry: z.object({ bytes: z.number(), max_bytes: z.number(), dropped: z.record(z.string(), z.number()) }),
    metadata: z.object({
      last_updated: z.string().nullable(),
      uptime_seconds: z.number(),
      dashboard_version: z.string(),
      auto_refresh_interval: z.number(),
      error: z.boolean().optional(),
      /** True when the observer has not looked for a while: everything here is old. */
      stale: z.boolean(),
    }),
  })
);
export type StatusPayload = z.infer<typeof statusPayloadSchema>;

/** R096. */
export const statusMetadataSchema = answer('SystemStatusMetadata', z.object({ version: z.string(), last_updated: z.string().nullable(), uptime_seconds: z.number(), refresh_interval: z.number(), retention_hours: z.number() }));

export const TREND_DIRECTIONS = ['up', 'down', 'stable'] as const;
/** R395. `trend` in percent; null where there is nothing to compare with (R402). */
export const summaryMetricSchema = z.object({ name: z.string(), value: z.number(), unit: z.string(), trend: z.number().nullable(), trend_direction: z.enum(TREND_DIRECTIONS).nullable(), time_range: z.object({ from: z.string(), to: z.string() }) });
export type SummaryMetric = z.infer<typeof summaryMetricSchema>;

/** R415. Each component from 0 to 100; null is unknown, such as when its source cannot be read (R123). */
export const agentHealthSchema = answer(
  'AgentHealth',
  z.object({ score: z.number(), status: z.enum(['healthy', 'degraded', 'critical']), issues: z.array(z.string()), components: z.object({ error_rate: z.number().nullable(), latency: z.number().nullable(), alerts: z.number().nullable() }) })
);
export type AgentHealth = z.infer<typeof agentHealthSchema>;

/** R428. */
export const statCardSchema = z.object({ title: z.string(), value: z.string(), unit: z.string(), trend: z.number().nullable(), trendDirection: z.enum(TREND_DIRECTIONS).nullable(), status: z.enum(['normal', 'warning', 'critical']), icon: z.string() });
export type StatCard = z.infer<typeof statCardSchema>;

export const CHART_TYPES = ['line', 'bar', 'area', 'pie', 'scatter', 'heatmap'] as const;
/** R417, R418. */
export const chartSchema = z.object({
  title: z.string(),
  type: z.enum(CHART_TYPES),
  series: z.array(z.object({ name: z.string(), data: z.array(pointSchema), color: z.string(), type: z.enum(CHART_TYPES) })),
  xLabel: z.string(),
  yLabel: z.string(),
  showLegend: z.boolean(),
  showGrid: z.boolean(),
  height: z.number(),
  /** For a chart library (R420 to R422): values lie on the union of all timestamps, null for gaps. */
  config: z.looseObject({ type: z.string(), data: z.looseObject({ labels: z.array(z.string()), datasets: z.array(z.looseObject({ label: z.string(), data: z.array(z.number().nullable()) })) }) }),
});
export type Chart = z.infer<typeof chartSchema>;

/** R460. */
export const alertEntrySchema = z.object({
  id: z.string(),
  name: z.string(),
  severity: z.string(),
  status: z.string(),
  message: z.string(),
  triggeredAt: z.string(),
  /** R461: one figure with one unit, such as `5m`. */
  duration: z.string(),
  acknowledgedBy: z.string().nullable(),
  silencedUntil: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  actions: z.array(z.enum(['acknowledge', 'silence', 'resolve', 'view_details'])),
});
export type AlertEntry = z.infer<typeof alertEntrySchema>;

/** R443. */
export const agentAlertSummarySchema = z.object({ total: z.number(), by_severity: severityCount, by_status: z.object({ firing: z.number(), acknowledged: z.number() }) });

const sources = z.array(sourceStateSchema).describe('What became of asking each source: a failing one is told beside the data of the others.');
export const agentAlertsSchema = answer('AgentAlerts', z.object({ alerts: z.array(agentAlertSchema), summary: agentAlertSummarySchema, sources }));
export type AgentAlertsAnswer = z.infer<typeof agentAlertsSchema>;

/** R472. */
export const dashboardPayloadSchema = answer(
  'AgentDashboard',
  z.object({
    timeRange: z.object({ start: z.string(), end: z.string(), minutes: z.number() }),
    lastUpdated: z.string(),
    health: agentHealthSchema,
    statCards: z.array(statCardSchema),
    summaries: z.array(summaryMetricSchema),
    charts: z.object({ latency: chartSchema, throughput: chartSchema, errors: chartSchema, tokens: chartSchema }),
    alerts: z.object({ entries: z.array(alertEntrySchema), hidden: z.number().describe('How many more there are.'), summary: agentAlertSummarySchema }),
    logs: z.array(logEntrySchema),
    traces: z.array(traceSchema),
    errors: z.array(errorGroupSchema),
    sources,
  })
);
export type DashboardPayload = z.infer<typeof dashboardPayloadSchema>;

/** R477. */
export const metricAnswerSchema = answer('AgentMetric', z.object({ metric_type: z.enum(METRIC_TYPES), aggregation: z.enum(AGGREGATIONS), interval_seconds: z.number(), data_points: z.array(pointSchema), sources }));
export const agentLogsSchema = answer('AgentLogs', z.object({ logs: z.array(logEntrySchema), more: z.boolean(), sources }));
export type AgentLogsAnswer = z.infer<typeof agentLogsSchema>;
export const agentTracesSchema = answer('AgentTraces', z.object({ traces: z.array(traceSchema), more: z.boolean(), sources }));
export type AgentTracesAnswer = z.infer<typeof agentTracesSchema>;
export const agentTraceSchema = answer('AgentTrace', z.object({ trace: traceSchema, logs: z.array(logEntrySchema), sources }));
export type AgentTraceAnswer = z.infer<typeof agentTraceSchema>;
export const agentErrorsSchema = answer('AgentErrors', z.object({ errors: z.array(errorGroupSchema), more: z.boolean(), sources }));
export const alertRulesSchema = answer('AlertRules', z.object({ rules: z.array(alertRuleSchema.extend({ from: z.enum(['default', 'changed', 'own']) })), scopes: z.record(z.string(), z.array(z.string())).describe('The variables that a condition of each scope may use.') }));
export type AlertRulesAnswer = z.infer<typeof alertRulesSchema>;
/** R480, R481. */
export const alertDoneSchema = answer(
  'AlertDone',
  z.object({ status: z.enum(['acknowledged', 'silenced', 'resolved', 'rule_set', 'rule_removed']), alert_id: z.string().optional(), duration_minutes: z.number().optional(), until: z.string().optional(), rule: z.string().optional(), event_id: z.string(), next: z.string() })
);
export type AlertDoneAnswer = z.infer<typeof alertDoneSchema>;
