import type { AgentSeries, Aggregation, ListFilter, QueryType, ValueKind } from '../types';

export type FieldName = ListFilter | 'text' | 'target' | 'metrics' | 'series' | 'aggregation' | 'policy' | 'annotate';

export interface Kind {
  label: string;
  description: string;
  /** Always shown. */
  fields: readonly FieldName[];
  /** Shown under "Options". */
  more: readonly FieldName[];
  /** Pages by `limit`. */
  paged: boolean;
  /** Can be kept up to date. */
  live: boolean;
  /** What a filter may hold here, where that is not what it holds elsewhere. */
  words?: Partial<Record<ListFilter, readonly string[]>>;
}

/** Every query type as the editor offers it, in this order: from the question that is asked most often. */
export const KINDS: Readonly<Record<QueryType, Kind>> = {
  events: {
    label: 'Events',
    description: 'What happened, line by line',
    fields: ['containers', 'types', 'text'],
    more: ['hosts', 'projects', 'severities', 'statuses', 'actions', 'agents', 'incidents'],
    paged: true,
    live: true,
  },
  frequency: { label: 'Event counts', description: 'How many over time, by type', fields: ['types'], more: [], paged: false, live: true },
  incidents: {
    label: 'Incidents',
    description: 'State, cause and action of each',
    fields: ['containers', 'statuses', 'severities'],
    more: ['hosts', 'projects', 'actions', 'incidents', 'text'],
    paged: true,
    live: true,
  },
  remediations: {
    label: 'Remediations',
    description: 'What was done, and did it help',
    fields: ['containers', 'actions', 'statuses'],
    more: ['hosts', 'projects', 'incidents', 'text'],
    paged: true,
    live: true,
  },
  statistics: {
    label: 'Statistics',
    description: 'Totals and success rate',
    fields: ['containers', 'projects'],
    more: ['hosts', 'actions'],
    paged: false,
    live: true,
  },
  containers: {
    label: 'Containers',
    description: 'The fleet as it is now',
    fields: ['hosts', 'projects', 'statuses'],
    more: ['containers', 'text'],
    paged: true,
    live: true,
  },
  container_metrics: {
    label: 'Container metrics',
    description: 'CPU, memory, network, disk',
    fields: ['containers', 'metrics'],
    more: ['hosts'],
    paged: false,
    live: true,
  },
  trace: { label: 'Incident trace', description: 'One incident as a waterfall', fields: ['target'], more: [], paged: false, live: true },
  dependents: { label: 'Dependents', description: 'What hangs together', fields: ['target', 'projects'], more: ['hosts'], paged: false, live: true },
  shadow: {
    label: 'Shadow statistics',
    description: 'What mode observe would have done',
    fields: ['containers', 'projects'],
    more: ['hosts', 'actions'],
    paged: false,
    live: true,
  },
  what_if: { label: 'What if', description: 'Past decisions, another policy', fields: ['policy', 'containers'], more: ['hosts', 'projects'], paged: true, live: false },
  insights: {
    label: 'Insights',
    description: 'Analyses of dashboards, high error rates',
    fields: ['severities', 'text'],
    more: [],
    paged: true,
    live: true,
  },
  annotations: {
    label: 'Annotations',
    description: 'Marks on a time axis',
    fields: ['annotate', 'containers', 'projects'],
    more: ['hosts', 'severities', 'statuses', 'actions'],
    paged: true,
    live: false,
  },
  system_status: { label: 'System status', description: 'HemoStat itself in one row: score, parts, alerts', fields: [], more: [], paged: false, live: false },
  components: {
    label: 'Components',
    description: 'Every part of HemoStat as it is now',
    fields: ['statuses', 'text'],
    more: [],
    paged: false,
    live: false,
    words: { statuses: ['healthy', 'degraded', 'unhealthy'] },
  },
  breakers: {
    label: 'Circuit breakers',
    description: 'Of containers and models, as they are now',
    fields: ['statuses', 'containers'],
    more: ['hosts', 'text'],
    paged: false,
    live: false,
    words: { statuses: ['closed', 'open', 'half_open', 'unknown'] },
  },
  health_history: { label: 'Health history', description: 'Score and its parts over the last day', fields: [], more: [], paged: false, live: false },
  agent_series: {
    label: 'Agent figures',
    description: 'Latency, tokens, errors, cost over time',
    fields: ['series', 'aggregation', 'agents'],
    more: [],
    paged: false,
    live: false,
  },
  agent_summary: { label: 'Agent summary', description: 'Health, latency, error rate, throughput', fields: ['agents'], more: [], paged: false, live: false },
  agent_alerts: {
    label: 'Agent alerts',
    description: 'Alerts about HemoStat itself',
    fields: ['statuses', 'severities', 'text'],
    more: [],
    paged: true,
    live: false,
    words: { statuses: ['firing', 'acknowledged', 'silenced', 'resolved'], severities: ['critical', 'error', 'warning', 'info'] },
  },
  error_groups: {
    label: 'Agent errors',
    description: 'What failed how often',
    fields: ['agents', 'severities', 'text'],
    more: ['incidents'],
    paged: true,
    live: false,
    words: { severities: ['critical', 'error', 'warning', 'info'] },
  },
  agent_logs: {
    label: 'Agent logs',
    description: 'What HemoStat’s own agents log',
    fields: ['agents', 'severities', 'text'],
    more: ['incidents'],
    paged: true,
    live: false,
    words: { severities: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] },
  },
  agent_traces: {
    label: 'Agent traces',
    description: 'Steps, model calls, tokens, cost',
    fields: ['target', 'agents', 'statuses'],
    more: ['incidents', 'text'],
    paged: true,
    live: false,
    words: { statuses: ['ok', 'error'] },
  },
};

export interface FilterFacts {
  label: string;
  /** What the process half offers for it. */
  values: ValueKind;
  placeholder: string;
  /** True: only the words offered have a meaning, besides variables. */
  closed: boolean;
}

export const FILTERS: Readonly<Record<ListFilter, FilterFacts>> = {
  containers: { label: 'Container', values: 'containers', placeholder: 'Any container', closed: false },
  types: { label: 'Event type', values: 'types', placeholder: 'Any type', closed: true },
  hosts: { label: 'Host', values: 'hosts', placeholder: 'Any host', closed: false },
  projects: { label: 'Project', values: 'projects', placeholder: 'Any project', closed: false },
  severities: { label: 'Severity', values: 'severities', placeholder: 'Any severity', closed: true },
  statuses: { label: 'Status', values: 'statuses', placeholder: 'Any status', closed: false },
  actions: { label: 'Action', values: 'actions', placeholder: 'Any action', closed: true },
  agents: { label: 'Agent', values: 'agents', placeholder: 'Any agent', closed: false },
  incidents: { label: 'Incident', values: 'incidents', placeholder: 'Any incident', closed: false },
};

/** Figures that the monitor keeps. Without a choice the first five are shown. */
export const METRICS = [
  { value: 'cpu_percent', label: 'CPU', description: 'Percent of one core.' },
  { value: 'memory_percent', label: 'Memory', description: 'Percent of the limit.' },
  { value: 'memory_usage', label: 'Memory in bytes' },
  { value: 'network_rx_rate', label: 'Received a second' },
  { value: 'network_tx_rate', label: 'Sent a second' },
  { value: 'blkio_read_rate', label: 'Read from disk a second' },
  { value: 'blkio_write_rate', label: 'Written to disk a second' },
  { value: 'memory_limit', label: 'Memory limit' },
  { value: 'restarts', label: 'Restarts' },
  { value: 'healthy', label: 'Healthy', description: '1 while the health check says healthy, else 0.' },
  { value: 'running', label: 'Running', description: '1 while the container runs, else 0.' },
  { value: 'network_rx_bytes', label: 'Received since start' },
  { value: 'network_tx_bytes', label: 'Sent since start' },
  { value: 'blkio_read_bytes', label: 'Read from disk since start' },
  { value: 'blkio_write_bytes', label: 'Written to disk since start' },
];

/** Figures of the agents. Without a choice the first four are shown. */
export const SERIES: ReadonlyArray<{ value: AgentSeries; label: string; description?: string }> = [
  { value: 'latency', label: 'Latency', description: 'Time that handling took.' },
  { value: 'requests', label: 'Requests' },
  { value: 'errors', label: 'Errors' },
  { value: 'tokens', label: 'Tokens', description: 'Of model calls, in and out.' },
  { value: 'error_rate', label: 'Error rate', description: 'Percent of requests.' },
  { value: 'throughput', label: 'Throughput', description: 'Requests a second.' },
  { value: 'cost', label: 'Cost', description: 'Of model calls, where prices are set.' },
];

/** How the values of one step are put together. */
export const AGGREGATE: ReadonlyArray<{ value: Aggregation; label: string }> = [
  { value: 'avg', label: 'Mean' },
  { value: 'sum', label: 'Sum' },
  { value: 'min', label: 'Smallest' },
  { value: 'max', label: 'Largest' },
  { value: 'count', label: 'Count' },
  { value: 'rate', label: 'Count a second' },
  { value: 'p50', label: 'Median' },
  { value: 'p90', label: '90th percentile' },
  { value: 'p99', label: '99th percentile' },
];

export const ANNOTATE = [
  { value: 'both' as const, label: 'Both' },
  { value: 'remediations' as const, label: 'Remediations' },
  { value: 'incidents' as const, label: 'Incidents' },
  { value: 'errors' as const, label: 'High error rates' },
  { value: 'all' as const, label: 'All' },
];
