import { seriesOf, type FigureRow } from './aggregate';
import type { Chart, CHART_TYPES, DashboardPayload } from './payloads';
import { METRIC_AGGREGATION, type MetricType, type Point, type Range } from './schemas';
import { utcTime } from './time-range';

/** The charts of the agents, and their form for a chart library (R416 to R427). Pure. */

export type ChartType = (typeof CHART_TYPES)[number];
type Series = Chart['series'][number];

/** Blue, green, amber, red, purple, cyan, in turn (R419). */
export const CHART_COLORS = ['#3b82f6', '#10b981', '#f59e0b', '#ef4444', '#8b5cf6', '#06b6d4'] as const;
export const chartColor = (index: number): string => CHART_COLORS[index % CHART_COLORS.length] ?? CHART_COLORS[0];

export interface SeriesInput {
  name: string;
  data: Point[];
  color?: string;
  type?: ChartType;
}
export interface ChartInput {
  title: string;
  series: SeriesInput[];
  xLabel?: string;
  yLabel?: string;
  showLegend?: boolean;
  showGrid?: boolean;
  /** Pixels. */
  height?: number;
}

/** Chart libraries draw an area as a filled line. */
const drawnAs = (type: ChartType): string => (type === 'area' ? 'line' : type);

/** The value of a series at each label, null for gaps (R422). */
function aligned(series: Series, labels: readonly string[]): Array<number | null> {
  const values = new Map(series.data.map(({ timestamp, value }) => [timestamp, Number.isFinite(value) ? value : null]));
  return labels.map((label) => values.get(label) ?? null);
}

/** R420, R421. */
function configOf({ title, type, series, xLabel, yLabel, showLegend, showGrid }: Omit<Chart, 'config'>): Chart['config'] {
  const labels = [...new Set(series.flatMap(({ data }) => data.map(({ timestamp }) => timestamp)))].toSorted((a, b) => utcTime(a) - utcTime(b));
  const axis = (text: string) => ({ display: true, title: { display: true, text }, grid: { display: showGrid } });
  return {
    type: drawnAs(type),
    data: {
      labels,
      datasets: series.map((one) => ({ label: one.name, data: aligned(one, labels), type: drawnAs(one.type), borderColor: one.color, backgroundColor: one.color, tension: 0.4, fill: one.type === 'area' })),
    },
    options: { responsive: true, plugins: { title: { display: true, text: title }, legend: { display: showLegend } }, scales: { x: axis(xLabel), y: axis(yLabel) } },
  };
}

/** A chart with what R417 to R419 set where nothing else is said. Its type is that of its first series. */
export function makeChart({ title, series: given, xLabel = 'Time', yLabel = 'Value', showLegend = true, showGrid = true, height = 300 }: ChartInput): Chart {
  const series = given.map(({ name, data, color, type }, index): Series => ({ name, data, color: color ?? chartColor(index), type: type ?? 'line' }));
  const chart = { title, type: series[0]?.type ?? 'line', series, xLabel, yLabel, showLegend, showGrid, height };
  return { ...chart, config: configOf(chart) };
}

interface Form {
  metric: MetricType;
  title: string;
  name: string;
  type: ChartType;
  color: string;
  yLabel: string;
}
type ChartName = keyof DashboardPayload['charts'];

/** R423 to R426. */
export const AGENT_CHARTS: Readonly<Record<ChartName, Form>> = {
  latency: { metric: 'latency', title: 'Request Latency', name: 'Average Latency', type: 'line', color: '#3b82f6', yLabel: 'Latency (ms)' },
  throughput: { metric: 'requests', title: 'Request Throughput', name: 'Requests', type: 'area', color: '#10b981', yLabel: 'Requests' },
  errors: { metric: 'errors', title: 'Errors Over Time', name: 'Errors', type: 'bar', color: '#ef4444', yLabel: 'Error Count' },
  tokens: { metric: 'tokens', title: 'Token Usage', name: 'Tokens', type: 'area', color: '#8b5cf6', yLabel: 'Token Count' },
};

/** A chart without data is there and empty (R427). */
export function agentCharts(rows: readonly FigureRow[], range: Range, stepMs: number): DashboardPayload['charts'] {
  const chart = (name: ChartName): Chart => {
    const { metric, title, yLabel, ...series } = AGENT_CHARTS[name];
    return makeChart({ title, yLabel, series: [{ ...series, data: seriesOf(rows, metric, METRIC_AGGREGATION[metric], range, stepMs) }] });
  };
  return { latency: chart('latency'), throughput: chart('throughput'), errors: chart('errors'), tokens: chart('tokens') };
}
