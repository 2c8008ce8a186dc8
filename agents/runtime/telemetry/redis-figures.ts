import { ExportResultCode, hrTimeToMilliseconds, type ExportResult } from '@opentelemetry/core';
import { AggregationTemporality, DataPointType, MetricReader, type DataPoint, type Histogram, type MetricData, type PushMetricExporter, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { MINUTE_MS } from '../../../src/contract/observability/aggregate';
import { mergeFigures } from '../../../src/contract/observability/histogram';
import type { Distribution, MinuteFigures } from '../../../src/contract/observability/schemas';
import type { Dropped, Droppable } from './dropped';
import { FIGURE } from './figures';
import type { TelemetryStore } from './store';
import { BatchNumbers } from './writer';

const EVERY_MS = 10_000;
/** Minutes times agents that wait for Redis, at most: three hours of ten agents. */
const CAPACITY = 1800;

/** Figures of one minute of one agent. */
interface Row {
  minute: number;
  agent: string;
  figures: MinuteFigures;
}

interface FiguresBatch {
  number: number;
  rows: readonly Row[];
  left: ReadonlyArray<[Droppable, number]>;
}

const rowKey = (minute: number, agent: string) => `${minute} ${agent}`;

/** Only the bounds that hold values: most do not. */
function distributionOf({ count, sum = 0, min = 0, max = 0, buckets }: Histogram): Distribution {
  const filled = buckets.counts.flatMap((number, bucket): Array<[string, number]> => (number > 0 ? [[String(bucket), number]] : []));
  return { count, sum, min, max, buckets: Object.fromEntries(filled) };
}

type Part = (point: DataPoint<never>) => Partial<MinuteFigures>;
const sum = (name: 'requests' | 'errors' | 'cost_usd'): Part => ({ value }) => ({ [name]: value });
const tokens: Part = ({ value, attributes }) => ({ [attributes.direction === 'input' ? 'tokens_input' : 'tokens_output']: value as number });
const distribution = (name: 'latency' | 'tokens'): Part => ({ value }) => ({ [name]: distributionOf(value) });

const PARTS: Record<string, Part> = {
  [FIGURE.requests]: sum('requests'),
  [FIGURE.errors]: sum('errors'),
  [FIGURE.cost]: sum('cost_usd'),
  [FIGURE.tokens]: tokens,
  [FIGURE.latency]: distribution('latency'),
  [FIGURE.tokensOfCall]: distribution('tokens'),
};

const isEmpty = ({ dataPointType, dataPoints }: MetricData, at: number): boolean => {
  const value: unknown = dataPoints[at]?.value;
  return dataPointType === DataPointType.HISTOGRAM ? (value as Histogram).count === 0 : value === 0;
};

/** What OpenTelemetry measured in one interval, by minute and agent. */
export function rowsOf({ scopeMetrics }: ResourceMetrics): Row[] {
  const rows = new Map<string, Row>();
  for (const metric of scopeMetrics.flatMap((scope) => scope.metrics)) {
    const part = PARTS[metric.descriptor.name];
    metric.dataPoints.forEach((point, at) => {
      if (!part || isEmpty(metric, at)) {
        return;
      }
      // The middle of the interval: one that begins on the minute ends a moment after the next one begins.
      const minute = Math.floor((hrTimeToMilliseconds(point.startTime) + hrTimeToMilliseconds(point.endTime)) / 2 / MINUTE_MS);
      const { agent: named } = point.attributes;
      const agent = typeof named === 'string' ? named : 'hemostat';
      const key = rowKey(minute, agent);
      const before = rows.get(key)?.figures ?? { requests: 0, errors: 0 };
      rows.set(key, { minute, agent, figures: mergeFigures(before, { requests: 0, errors: 0, ...part(point as DataPoint<never>) }) });
    });
  }
  return [...rows.values()];
}

/** Adds figures to those of their minute in Redis. What could not be written is kept, within bounds, and goes with the next. */
export class RedisMetricExporter implements PushMetricExporter {
  private readonly waiting = new Map<string, Row>();
  private readonly numbers = new BatchNumbers();
  private current: FiguresBatch | undefined;
  private writing: Promise<boolean> | undefined;

  constructor(
    private readonly store: TelemetryStore,
    private readonly id: string,
    private readonly dropped: Dropped
  ) {}

  selectAggregationTemporality(): AggregationTemporality {
    return AggregationTemporality.DELTA;
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    rowsOf(metrics).forEach((row) => this.keep(row));
    void this.forceFlush();
    done({ code: ExportResultCode.SUCCESS });
  }

  async forceFlush(): Promise<void> {
    // A batch that failed before goes first, unchanged; then what came since.
    while ((await this.writeOnce()) && this.waiting.size > 0) {}
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
  }

  private keep(row: Row): void {
    const key = rowKey(row.minute, row.agent);
    const before = this.waiting.get(key);
    if (!before && this.waiting.size >= CAPACITY) {
      const [oldest = ''] = this.waiting.keys();
      this.waiting.delete(oldest);
      this.dropped.add('figures');
    }
    this.waiting.set(key, before ? { ...row, figures: mergeFigures(before.figures, row.figures) } : row);
  }

  private writeOnce(): Promise<boolean> {
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    return this.writing;
  }

  private async write(): Promise<boolean> {
    this.current ??= this.nextBatch();
    if (!this.current) {
      return false;
    }
    try {
      await this.send(this.current);
    } catch {
      return false;
    }
    this.current = undefined;
    return true;
  }

  private nextBatch(): FiguresBatch | undefined {
    const rows = [...this.waiting.values()];
    const left = this.dropped.take();
    this.waiting.clear();
    return rows.length + left.length > 0 ? { number: this.numbers.next(), rows, left } : undefined;
  }

  private send({ number, rows, left }: FiguresBatch): Promise<number> {
    const { keys, scripts, settings } = this.store;
    const hours = [...new Set(rows.map((row) => Math.floor(row.minute / 60)))];
    const words = rows.flatMap(({ minute, agent, figures }) => [hours.indexOf(Math.floor(minute / 60)) + 1, `${minute % 60}|${agent}`, agent, JSON.stringify(figures)]);
    const keptMs = Math.ceil((settings.telemetryMetricHours + 1) * 3_600_000);
    return scripts.hemostatFigures(3 + hours.length, keys.written, keys.totals, keys.dropped, ...hours.map((hour) => keys.minutes(hour)), `${this.id}:figures`, number, keptMs, left.length, ...left.flat(), ...words);
  }
}

/** Hands on what was measured, on every tenth second of the clock, so that no interval lies in two minutes. */
export class ClockReader extends MetricReader {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly exporter: PushMetricExporter,
    private readonly everyMs = EVERY_MS
  ) {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
  }

  protected override onInitialized(): void {
    this.plan();
  }

  protected async onForceFlush(): Promise<void> {
    await this.read();
    await this.exporter.forceFlush();
  }

  protected async onShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.onForceFlush();
    await this.exporter.shutdown();
  }

  private plan(): void {
    this.timer = setTimeout(() => {
      void this.read();
      this.plan();
    }, this.everyMs - (Date.now() % this.everyMs));
    this.timer.unref();
  }

  private async read(): Promise<void> {
    const { resourceMetrics } = await this.collect();
    this.exporter.export(resourceMetrics, () => undefined);
  }
}
