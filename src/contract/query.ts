import { z } from 'zod';
import { ACTIONS, EVENT_TYPES, SEVERITIES, type EventType } from './events';
import { INCIDENT_STATES } from './incident';
import { AGGREGATIONS } from './observability/schemas';

export const QUERY_TYPES = [
  'events',
  'frequency',
  'incidents',
  'remediations',
  'containers',
  'statistics',
  'trace',
  'dependents',
  'container_metrics',
  'shadow',
  'what_if',
  'insights',
  'annotations',
  'system_status',
  'components',
  'breakers',
  'health_history',
  'agent_series',
  'agent_summary',
  'agent_alerts',
  'error_groups',
  'agent_logs',
  'agent_traces',
] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

/** Figures of the agents over time, for `agent_series`. Latency in ms, error_rate in percent, throughput in requests a second, cost in US dollars. */
export const AGENT_SERIES = ['latency', 'tokens', 'errors', 'requests', 'error_rate', 'throughput', 'cost'] as const;
export type AgentSeries = (typeof AGENT_SERIES)[number];

/** Entries on one page when nothing is said, and at most. */
export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 10_000;

const many = (item: z.ZodType<string> = z.string().max(255)) => z.array(item).max(200).default([]);

/** What narrows an answer. An empty list means "any". */
export const queryFiltersSchema = z.object({
  types: many(),
  containers: many(),
  hosts: many(),
  projects: many(),
  severities: many(),
  statuses: many(),
  actions: many(),
  agents: many(),
  incidents: many(),
  /** Part of the text of an event, case ignored. */
  text: z.string().max(200).default(''),
});
export type QueryFilters = z.infer<typeof queryFiltersSchema>;

/** Ad-hoc filters as Grafana sends them. */
export const adhocFilterSchema = z.object({ key: z.string().max(100), operator: z.enum(['=', '!=', '=~', '!~', '<', '>', '=|', '!=|']), value: z.string().max(1000), values: z.array(z.string()).optional() });

/** One query as the browser and other clients send it. Unknown fields are dropped. */
export const querySchema = z.object({
  refId: z.string().max(100).default('A'),
  queryType: z.enum(QUERY_TYPES).default('events'),
  /** Only for `events`: as log lines or as a table. */
  format: z.enum(['logs', 'table']).default('logs'),
  filters: queryFiltersSchema.default(queryFiltersSchema.parse({})),
  adhoc: z.array(adhocFilterSchema).max(50).default([]),
  limit: z.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  /** Where the page before ended, as its answer said. */
  cursor: z.string().max(8192).default(''),
  /** Newest first unless ascending. */
  direction: z.enum(['backward', 'forward']).default('backward'),
  /** For `trace`, `dependents` and `container_metrics`: incident id or container key. For `agent_traces`: id of the one trace to draw. */
  target: z.string().max(255).default(''),
  /** For `container_metrics`: which figures; for `containers`: `network_rx_rate` and `network_tx_rate` as well, which cost a read each. For `agent_series`: some of AGENT_SERIES. */
  metrics: many(),
  /** For `agent_series`: how the values of one step are put together. Without it as fits the figure: the mean of latency, the sum of counts. */
  aggregation: z.enum(AGGREGATIONS).optional(),
  /** For `what_if`: a policy document to compare with the one in force. */
  policy: z.record(z.string(), z.unknown()).optional(),
  /** For `annotations`: what is marked; `both` is remediations and incidents, `errors` are times of high error rates. */
  annotate: z.enum(['remediations', 'incidents', 'both', 'errors', 'all']).default('both'),
  /** Ask for live updates of this query. */
  live: z.boolean().default(false),
});
export type HemostatQuery = z.infer<typeof querySchema>;

/** What each filter may hold, for editors and for checks. */
export const FILTER_VALUES = {
  types: EVENT_TYPES as readonly EventType[],
  severities: SEVERITIES,
  actions: ACTIONS,
  statuses: [...INCIDENT_STATES, 'success', 'failed', 'rejected', 'not_applicable', 'dry_run'] as const,
};
