import { MINUTE_MS } from '../../../src/contract/observability/aggregate';
import { z } from 'zod';
import { HISTOGRAM_BOUNDS } from '../../../src/contract/observability/histogram';
import type { Distribution, MetricType, MinuteFigures, Range } from '../../../src/contract/observability/schemas';
import { quoted } from './quoted';
import type { StoreClient } from './store-client';
import type { Collector, MinuteRow, Questions } from './types';

/** What the exporter calls the figures of agents. Counters with the label `agent`. */
export const FIGURE_SERIES = {
  requests: 'agent_requests_count_total',
  errors: 'agent_errors_count_total',
  /** Also by `direction`: input or output. */
  tokens: 'agent_tokens_total',
  /** A histogram, milliseconds. */
  latencyBucket: 'agent_request_latency_milliseconds_bucket',
  latencySum: 'agent_request_latency_milliseconds_sum',
} as const;

// Samples by themselves: a schema for each of a million of them takes longer than asking for them.
const seriesSchema = z.object({ metric: z.record(z.string(), z.string()), values: z.array(z.unknown()).optional(), value: z.unknown().optional() });
const answerSchema = z.object({ status: z.literal('success'), data: z.object({ resultType: z.enum(['matrix', 'vector']), result: z.array(seriesSchema) }), warnings: z.array(z.string()).optional() });
type Labels = Readonly<Record<string, string>>;
type Series = z.infer<typeof seriesSchema>;
type Values = ReadonlyMap<string, number>;

const NO_FIGURES = 'Prometheus has no figures of agents here: check that it scrapes the exporter of HemoStat.';
const NO_CALLS = 'Prometheus keeps no tokens of single model calls: all of a minute count as one value.';

function selector(types: readonly MetricType[] | undefined, agent: string | undefined): string {
  const wants = (type: MetricType) => types === undefined || types.includes(type);
  const { requests, errors, tokens, latencyBucket, latencySum } = FIGURE_SERIES;
  const names = [requests, errors, ...(wants('tokens') ? [tokens] : []), ...(wants('latency') ? [latencyBucket, latencySum] : [])];
  return `{__name__=~${quoted(names.join('|'))}${agent === undefined ? '' : `,agent=${quoted(agent)}`}}`;
}

/** Copies of the exporter show the same totals: each counts once. */
const once = (expression: string): string => `max by (__name__, agent, direction, le) (${expression})`;

/** A series without labels beside them, there whenever Prometheus knew any agent: whoever appears after it began at 0. */
const withWatch = (figures: string, agents: string): string => `${figures} or count(${agents})`;
const isWatch = ({ metric }: Series): boolean => Object.keys(metric).length === 0;

const keyOf = ({ __name__ = '', agent = '', direction = '', le = '' }: Labels): string => JSON.stringify([__name__, agent, direction, le]);

/** Time in milliseconds and value of one sample: [seconds, text]. */
function sampleOf(sample: unknown): [number, number] | undefined {
  const [time, text] = Array.isArray(sample) ? (sample as unknown[]) : [];
  const value = typeof text === 'string' ? Number(text) : NaN;
  return typeof time === 'number' && Number.isFinite(value) ? [Math.round(time * 1000), value] : undefined;
}

/**
 * By how much a counter rose in each minute, out of its value at the end of each. A counter that falls was begun anew, at 0.
 * @param before its value before the first minute; 0 when the series did not exist then
 * @returns begin of the minute -> how much, only where it rose
 */
export function increases(samples: ReadonlyArray<readonly [time: number, value: number]>, before: number): Map<number, number> {
  const found = new Map<number, number>();
  let last = before;
  for (const [time, value] of samples) {
    const rise = value >= last ? value - last : value;
    last = value;
    if (rise > 0) {
      found.set(time - MINUTE_MS, rise);
    }
  }
  return found;
}

/** What is known of one agent in one minute, before it is put together. */
interface Parts {
  requests: number;
  errors: number;
  input: number;
  output: number;
  latencySum: number;
  /** Upper bound -> values that are not above it. */
  upTo: Map<number, number>;
}

const boundOf = (le: string): number => (le === '+Inf' ? Infinity : Number(le));

/** Index of the first bound of ours that is not below; the exporter may have fewer bounds, but no others. */
function indexOf(bound: number): number {
  const index = HISTOGRAM_BOUNDS.findIndex((one) => one >= bound * (1 - 1e-9));
  return index < 0 ? HISTOGRAM_BOUNDS.length : index;
}

/** Smallest and largest value are not told; they lie within the outermost buckets that hold any. @param bounds of the exporter, lowest first */
function distributionOf({ upTo, latencySum }: Parts, bounds: readonly number[]): Distribution | undefined {
  const distribution: Distribution = { count: 0, sum: latencySum, min: 0, max: 0, buckets: {} };
  let below = 0;
  let lower = 0;
  for (const bound of bounds) {
    const count = upTo.get(bound) ?? 0;
    const held = count - below;
    if (held > 0) {
      const upper = Number.isFinite(bound) ? bound : lower;
      distribution.min = distribution.count === 0 ? lower : distribution.min;
      distribution.max = upper;
      distribution.count += held;
      distribution.buckets[indexOf(bound)] = held;
      below = count;
    }
    lower = Number.isFinite(bound) ? bound : lower;
  }
  return distribution.count > 0 ? distribution : undefined;
}

function tokensOf({ input, output }: Parts): Partial<MinuteFigures> {
  const sum = input + output;
  return sum === 0 ? {} : { tokens_input: input, tokens_output: output, tokens: { count: 1, sum, min: sum, max: sum, buckets: { [indexOf(sum)]: 1 } } };
}

function figuresOf(parts: Parts, bounds: readonly number[]): MinuteFigures {
  const latency = distributionOf(parts, bounds);
  return { requests: parts.requests, errors: parts.errors, ...(latency && { latency }), ...tokensOf(parts) };
}

function add(parts: Parts, { __name__, direction, le = '' }: Labels, rise: number): void {
  switch (__name__) {
    case FIGURE_SERIES.requests:
      parts.requests += rise;
      break;
    case FIGURE_SERIES.errors:
      parts.errors += rise;
      break;
    case FIGURE_SERIES.tokens:
      parts[direction === 'output' ? 'output' : 'input'] += rise;
      break;
    case FIGURE_SERIES.latencySum:
      parts.latencySum += rise;
      break;
    default:
      parts.upTo.set(boundOf(le), rise);
  }
}

function rowsOf(series: readonly Series[], before: Values, first: number): MinuteRow[] {
  const rows = new Map<string, { minute: number; agent: string; parts: Parts }>();
  for (const { metric, values = [] } of series) {
    const agent = metric.agent ?? '';
    const samples = values.flatMap((value) => {
      const sample = sampleOf(value);
      return sample && sample[0] > first ? [sample] : [];
    });
    for (const [minute, rise] of increases(samples, before.get(keyOf(metric)) ?? 0)) {
      const key = `${minute} ${agent}`;
      const row = rows.get(key) ?? { minute, agent, parts: { requests: 0, errors: 0, input: 0, output: 0, latencySum: 0, upTo: new Map<number, number>() } };
      rows.set(key, row);
      add(row.parts, metric, rise);
    }
  }
  const bounds = [...new Set(series.flatMap(({ metric }) => (metric.le === undefined ? [] : boundOf(metric.le))))].sort((a, b) => a - b);
  return [...rows.values()].map(({ minute, agent, parts }) => ({ minute, agent, figures: figuresOf(parts, bounds) })).sort((a, b) => a.minute - b.minute || (a.agent < b.agent ? -1 : 1));
}

const valuesOf = (series: readonly Series[]): Values => new Map(series.filter((one) => !isWatch(one)).map(({ metric, value }) => [keyOf(metric), sampleOf(value)?.[1] ?? 0]));

/** What the counters had at the very first sight of any; those that appear later began at 0. Copies of the exporter are not asked at the same moment: the first counts. */
function firstValuesOf(series: readonly Series[]): Values {
  const samples = series.flatMap(({ metric, values = [] }) => {
    const sample = sampleOf(values[0]);
    return sample ? [{ key: keyOf(metric), time: sample[0], value: sample[1] }] : [];
  });
  const begin = samples.reduce((least, { time }) => Math.min(least, time), Infinity);
  return new Map(samples.filter(({ time }) => time === begin).map(({ key, value }) => [key, value]));
}

/** Figures by the minute out of a Prometheus that scrapes the exporter. They are as fresh and as fine as it scrapes. */
export class PrometheusMetrics implements Collector<'metrics'> {
  readonly source = 'metrics';
  readonly from = 'prometheus';

  constructor(private readonly client: StoreClient) {}

  async collect(range: Range, { types, agent }: Questions['metrics'], signal: AbortSignal): Promise<{ data: MinuteRow[]; notices: string[] }> {
    const wanted = selector(types, agent);
    const first = Math.floor(range.from / MINUTE_MS) * MINUTE_MS;
    const end = Math.floor(range.to / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const [rising, before] = await Promise.all([
      this.client.json('/api/v1/query_range', { query: withWatch(once(wanted), FIGURE_SERIES.requests), start: first / 1000, end: end / 1000, step: MINUTE_MS / 1000 }, answerSchema, signal),
      // Not only at the moment: a scrape that failed just then must not make a whole counter look new.
      this.at(first, withWatch(once(`last_over_time(${wanted}[1d])`), `last_over_time(${FIGURE_SERIES.requests}[1d])`), signal),
    ]);
    const all = rising?.data.result ?? [];
    const series = all.filter((one) => !isWatch(one));
    const held = before.some(isWatch) ? valuesOf(before) : await this.atFirstSight(selector(types, undefined), all.find(isWatch), signal);
    const rows = rowsOf(series, held, first);
    const notices = [...(series.length === 0 ? [NO_FIGURES] : []), ...(rows.some(({ figures }) => figures.tokens) ? [NO_CALLS] : []), ...(rising?.warnings ?? []).slice(0, 5)];
    return { data: rows, notices };
  }

  private async at(time: number, query: string, signal: AbortSignal): Promise<Series[]> {
    return (await this.client.json('/api/v1/query', { query, time: time / 1000 }, answerSchema, signal))?.data.result ?? [];
  }

  /** Where Prometheus began to watch within the range: what every counter had then. That was counted before, and is no news. */
  private async atFirstSight(wanted: string, watch: Series | undefined, signal: AbortSignal): Promise<Values> {
    const [since] = sampleOf(watch?.values?.[0]) ?? [];
    return since === undefined ? new Map() : firstValuesOf(await this.at(since, `${wanted}[1m]`, signal));
  }
}
