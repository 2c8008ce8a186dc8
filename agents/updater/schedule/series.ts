import type { InsightKind } from '../../../src/contract/events';
import { spanOf, type DashboardConfig, type MetricConfig } from '../config/schema';
import type { OwnFigures } from '../own/figures';
import { MAX_POINTS, seriesName, type PrometheusClient, type PrometheusSeries } from '../prometheus/client';
import type { Seen } from '../store';
import type { SeriesInput } from '../analysis';

export interface SeriesSources {
  prometheus: PrometheusClient;
  own: OwnFigures;
}

/** History that is looked at where the entry does not say. */
const DEFAULT_SPANS: Readonly<Record<InsightKind, string>> = { anomaly_detection: '24h', trend_analysis: '7d', forecast: '30d' };
/** Series of one dashboard, at most. */
const MAX_SERIES = 100;

const isOwn = (metric: MetricConfig): metric is Extract<MetricConfig, { source: 'hemostat' }> => typeof metric === 'object' && 'source' in metric;

/** What Prometheus writes by `_total` only grows. */
const looksLikeCounter = (expression: string) => /^[a-zA-Z_:][\w:]*_total(?:\{[^{}]*\})?$/.test(expression.trim());

function toInput(metric: Exclude<MetricConfig, { source: 'hemostat' }>, { labels, times, values }: PrometheusSeries): SeriesInput {
  const { expr, name, unit, counter } = typeof metric === 'string' ? { expr: metric, name: undefined, unit: undefined, counter: undefined } : metric;
  return {
    name: seriesName(name ?? expr, name === undefined ? labels : { ...labels, __name__: name }),
    ...(unit === undefined ? {} : { unit }),
    counter: counter ?? looksLikeCounter(expr),
    times,
    values: values.map((value) => (Number.isFinite(value) ? value : null)),
  };
}

async function ofMetric(sources: SeriesSources, metric: MetricConfig, range: { from: number; to: number }, signal: AbortSignal): Promise<SeriesInput[]> {
  if (isOwn(metric)) {
    const { times, values } = await sources.own.series(metric.figure, range.from, range.to);
    return [{ name: metric.name ?? metric.figure, unit: 'events', times, values }];
  }
  const found = await sources.prometheus.queryRange(typeof metric === 'string' ? metric : metric.expr, range, signal);
  return found.map((one) => toInput(metric, { ...one, times: one.times.slice(-MAX_POINTS), values: one.values.slice(-MAX_POINTS) }));
}

/** The series of an entry over its time range (R311, R318). @throws PrometheusError, or the reason of the signal */
export async function seriesOf(sources: SeriesSources, entry: DashboardConfig, kind: InsightKind, now: number, signal: AbortSignal): Promise<SeriesInput[]> {
  const range = { from: now - (spanOf(entry.time_range ?? DEFAULT_SPANS[kind]) ?? 0), to: now };
  const lists = await Promise.all(entry.metrics.map(async (metric) => ofMetric(sources, metric, range, signal)));
  return lists.flat().slice(0, MAX_SERIES);
}

/** The newest value of each series. */
export function newestOf(series: readonly SeriesInput[]): Seen {
  return Object.fromEntries(
    series.flatMap(({ name, values, counter }): Array<[string, number]> => {
      const value = values.at(-1);
      // A counter grows by itself: that is no change.
      return typeof value === 'number' && !counter ? [[name, value]] : [];
    })
  );
}

/** The values now of what Prometheus has, under the names of `newestOf`. Counters are left out. */
export async function valuesNow(sources: SeriesSources, entry: DashboardConfig, signal: AbortSignal): Promise<Seen> {
  const asked = entry.metrics.flatMap((metric) => (isOwn(metric) ? [] : [metric]));
  const lists = await Promise.all(
    asked.map(async (metric) => {
      const found = await sources.prometheus.query(typeof metric === 'string' ? metric : metric.expr, signal);
      return found.map((one) => toInput(metric, one));
    })
  );
  return newestOf(lists.flat());
}
