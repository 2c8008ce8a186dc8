import type { MetricDefinition } from './metrics-define';
import { ANALYSIS_RESULTS, EVENT_METRICS } from './metrics-events';
import { HOST_METRICS } from './metrics-host';
import { STATE_METRICS } from './metrics-state';

export type { MetricDefinition, MetricType, MetricUnit } from './metrics-define';
export { ANALYSIS_RESULTS, EVENT_METRICS, HOST_METRICS, STATE_METRICS };
export { AGENT_METRICS } from './metrics-agents';

/** Every metric that the exporter serves, besides what prom-client tells of the exporter's own process (`process_`, `nodejs_`). */
export const METRICS: readonly MetricDefinition[] = [...EVENT_METRICS, ...STATE_METRICS, ...HOST_METRICS];

type One = (typeof EVENT_METRICS)[number] | (typeof STATE_METRICS)[number] | (typeof HOST_METRICS)[number];
export type MetricName = One['name'];
export type EventMetricName = (typeof EVENT_METRICS)[number]['name'];
export type StateMetricName = (typeof STATE_METRICS)[number]['name'];
export type HostMetricName = (typeof HOST_METRICS)[number]['name'];
/** The values of a metric's labels. */
export type LabelsOf<N extends MetricName> = Record<Extract<One, { name: N }>['labels'][number], string>;

/** The value that a label gets where its own is not among those that are allowed, so that nobody can fill Prometheus with series. */
export const OTHER = 'other';

const BY_NAME = new Map(METRICS.map((metric) => [metric.name, metric]));

/** The metric that a series belongs to; the series of a histogram end in _bucket, _sum and _count. */
export function metricOfSeries(series: string): MetricDefinition | undefined {
  const found = BY_NAME.get(series);
  if (found) {
    return found;
  }
  const base = BY_NAME.get(series.replace(/_(bucket|sum|count)$/, ''));
  return base?.type === 'histogram' ? base : undefined;
}
