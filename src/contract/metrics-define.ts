export type MetricType = 'counter' | 'gauge' | 'histogram';

/** What one unit of the value is. `percent` only where the Python original's names demand it (0..100); `ratio` is 0..1. */
export type MetricUnit = 'count' | 'seconds' | 'milliseconds' | 'bytes' | 'percent' | 'ratio' | 'usd' | 'timestamp' | 'flag';

/** One metric: everything that a reader of its name needs to know. */
export interface MetricDefinition<N extends string = string, L extends readonly string[] = readonly string[]> {
  name: N;
  type: MetricType;
  /** The HELP line. */
  help: string;
  labels: L;
  unit: MetricUnit;
  /** Upper bounds of a histogram's buckets, without +Inf. */
  buckets?: readonly number[];
  /** The requirement that names it, where one does. */
  requirement?: string;
}

type Extra = Pick<MetricDefinition, 'requirement'> & { unit?: MetricUnit };

export const counter = <const N extends string, const L extends readonly string[]>(name: N, labels: L, help: string, extra: Extra = {}) =>
  ({ name, type: 'counter', help, labels, unit: 'count', ...extra }) satisfies MetricDefinition<N, L> as MetricDefinition<N, L>;

export const gauge = <const N extends string, const L extends readonly string[]>(name: N, labels: L, help: string, extra: Extra = {}) =>
  ({ name, type: 'gauge', help, labels, unit: 'count', ...extra }) satisfies MetricDefinition<N, L> as MetricDefinition<N, L>;

export const histogram = <const N extends string, const L extends readonly string[]>(name: N, labels: L, buckets: readonly number[], help: string, extra: Extra = {}) =>
  ({ name, type: 'histogram', help, labels, buckets, unit: 'seconds', ...extra }) satisfies MetricDefinition<N, L> as MetricDefinition<N, L>;
