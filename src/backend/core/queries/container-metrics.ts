import { containerKey } from '../../../contract/events';
import { QueryError } from '../failure';
import { entryTime, figureOf, rateOf, readSamples, type Sample } from '../log/samples';
import type { Field, FieldConfig, Frame, Notice } from '../types';
import { readFleet } from './containers';
import type { QueryContext } from './context';

/** A gap of this length is a gap; a shorter one is drawn over. */
const SPAN_NULLS_MS = 30_000;
/** Containers in one answer. */
const MAX_CONTAINERS = 50;

interface Metric {
  config: FieldConfig;
  /** A counter is shown as its rate a second. */
  counter?: string;
  /** A word of the sample, such as its health, as a figure; words that are not listed are unknown. */
  word?: { field: string; values: Readonly<Record<string, number>> };
}
const gauge = (description: string, config: FieldConfig): Metric => ({ config: { description, ...config } });
const rate = (counter: string, description: string): Metric => ({ config: { description, unit: 'Bps', min: 0 }, counter });

/** Every figure of a container that can be asked for, by name. */
export const CONTAINER_METRICS: Readonly<Record<string, Metric>> = {
  cpu_percent: gauge('CPU, percent of one core.', { unit: 'percent', min: 0 }),
  memory_percent: gauge('Memory, percent of the limit, page cache left out.', { unit: 'percent', min: 0, max: 100 }),
  memory_usage: gauge('Memory, page cache left out.', { unit: 'bytes', min: 0 }),
  memory_limit: gauge('Memory limit.', { unit: 'bytes', min: 0 }),
  network_rx_rate: rate('network_rx_bytes', 'Received a second.'),
  network_tx_rate: rate('network_tx_bytes', 'Sent a second.'),
  blkio_read_rate: rate('blkio_read_bytes', 'Read from disk a second.'),
  blkio_write_rate: rate('blkio_write_bytes', 'Written to disk a second.'),
  network_rx_bytes: gauge('Received since the container started.', { unit: 'bytes', min: 0 }),
  network_tx_bytes: gauge('Sent since the container started.', { unit: 'bytes', min: 0 }),
  blkio_read_bytes: gauge('Read from disk since the container started.', { unit: 'bytes', min: 0 }),
  blkio_write_bytes: gauge('Written to disk since the container started.', { unit: 'bytes', min: 0 }),
  restarts: gauge("Docker's count of restarts.", { unit: 'short', min: 0, decimals: 0 }),
  healthy: { ...gauge('1 while the health check says healthy, 0 while it says unhealthy.', { unit: 'short', min: 0, max: 1 }), word: { field: 'health', values: { healthy: 1, unhealthy: 0 } } },
  running: { ...gauge('1 while the container runs, 0 while it does not.', { unit: 'short', min: 0, max: 1 }), word: { field: 'status', values: { running: 1, exited: 0, dead: 0, created: 0, restarting: 0, paused: 0 } } },
};
const BY_DEFAULT = ['cpu_percent', 'memory_percent', 'memory_usage', 'network_rx_rate', 'network_tx_rate'];

function valueOf(name: string, { counter, word }: Metric, sample: Sample, before: Sample | undefined): number {
  if (word) {
    return word.values[sample.fields.get(word.field) ?? ''] ?? Number.NaN;
  }
  return counter ? rateOf(counter, sample, before) : figureOf(sample, name);
}

/** Means of the known values in each step; null where there is none. */
function meansOf(samples: readonly Sample[], name: string, metric: Metric, first: number, step: number, length: number): Array<number | null> {
  const sums = new Float64Array(length);
  const counts = new Uint32Array(length);
  samples.forEach((sample, index) => {
    const value = valueOf(name, metric, sample, samples[index - 1]);
    const at = Math.floor((entryTime(sample) - first) / step);
    if (Number.isFinite(value) && at >= 0 && at < length) {
      sums[at] = (sums[at] ?? 0) + value;
      counts[at] = (counts[at] ?? 0) + 1;
    }
  });
  return Array.from(sums, (sum, at) => ((counts[at] ?? 0) > 0 ? sum / (counts[at] ?? 1) : null));
}

/** Milliseconds between samples, as most of them lie. */
function usualGap(samples: readonly Sample[]): number {
  const gaps = samples.slice(1).map((sample, index) => entryTime(sample) - entryTime(samples[index] ?? sample));
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
}

function stepFor(samples: readonly Sample[], maxDataPoints: number): { first: number; step: number; length: number } {
  const [from, to] = [samples[0], samples.at(-1)].map((sample) => (sample ? entryTime(sample) : 0)) as [number, number];
  // A step shorter than the gap between samples leaves mostly holes, and the graph falls into dots.
  const finest = Math.max((to - from + 1) / Math.max(1, maxDataPoints), usualGap(samples));
  const step = Math.max(1000, Math.ceil(finest / 1000) * 1000);
  const first = Math.floor(from / step) * step;
  return { first, step, length: samples.length === 0 ? 0 : Math.floor((to - first) / step) + 1 };
}

function framesOf(context: QueryContext, key: string, samples: readonly Sample[], names: readonly string[], alone: boolean, notices: Notice[]): Frame[] {
  const { first, step, length } = stepFor(samples, context.maxDataPoints);
  const time = (): Field => ({ name: 'time', type: 'time', values: Float64Array.from({ length }, (_, index) => first + index * step) });
  const slash = key.lastIndexOf('/');
  const labels = { container: key.slice(slash + 1), host: slash < 0 ? '' : key.slice(0, slash) };
  const fields = names.flatMap((name): Field[] => {
    const metric = CONTAINER_METRICS[name];
    return metric ? [{ name, type: 'number', values: meansOf(samples, name, metric, first, step, length), labels, config: { ...metric.config, custom: { spanNulls: SPAN_NULLS_MS }, displayNameFromDS: alone ? name : `${key} ${name}` } }] : [];
  });
  const { refId } = context.query;
  const meta = { typeVersion: [0, 1] as [number, number], preferredVisualisationType: 'graph' as const, notices };
  return alone ? [{ name: key, refId, meta: { ...meta, type: 'timeseries-wide' }, fields: [time(), ...fields] }] : fields.map((field) => ({ name: `${key} ${field.name}`, refId, meta: { ...meta, type: 'timeseries-multi' as const }, fields: [time(), field] }));
}

async function keysOf(context: QueryContext): Promise<string[]> {
  const { query, source, signal } = context;
  const wanted = new Set([query.target, ...query.filters.containers].filter(Boolean));
  if (wanted.size === 0) {
    throw new QueryError(400, 'Say which container: set "target", or choose containers in the filters.');
  }
  const hosts = new Set(query.filters.hosts);
  const known = (await readFleet(source, signal)).containers.map(({ state }) => state);
  const fitting = known.filter((state) => (wanted.has(state.container) || wanted.has(containerKey(state))) && (hosts.size === 0 || hosts.has(state.host))).map(containerKey);
  // A container that is gone may still have samples under its full key.
  const unknown = [...wanted].filter((name) => !known.some((state) => state.container === name || containerKey(state) === name));
  return [...new Set([...fitting, ...unknown])];
}

/** Figures of one or more containers over time, from the samples that the monitor keeps for some hours. */
export async function containerMetrics(context: QueryContext): Promise<Frame[]> {
  const { query, source, range, signal } = context;
  const asked = query.metrics.length > 0 ? query.metrics : BY_DEFAULT;
  const names = [...new Set(asked)].filter((name) => Object.hasOwn(CONTAINER_METRICS, name));
  if (names.length === 0) {
    throw new QueryError(400, `No such metric: ${asked.join(', ').slice(0, 200)}. There are ${Object.keys(CONTAINER_METRICS).join(', ')}.`);
  }
  const keys = await keysOf(context);
  const notices: Notice[] = keys.length > MAX_CONTAINERS ? [{ severity: 'warning', text: `${MAX_CONTAINERS} of ${keys.length} containers are shown. Choose fewer.` }] : [];
  const shown = keys.slice(0, MAX_CONTAINERS);
  const frames: Frame[] = [];
  for (const key of shown) {
    const { samples, cutShort } = await readSamples(source, key, range, signal);
    const cut: Notice[] = cutShort ? [{ severity: 'warning', text: `Only the newest ${samples.length} samples of ${key} were read. Narrow the time range.` }] : [];
    const empty: Notice[] = samples.length === 0 ? [{ severity: 'info', text: `There are no samples of ${key} in this time range; the monitor keeps them for some hours.` }] : [];
    frames.push(...framesOf(context, key, samples, names, shown.length === 1, [...notices, ...cut, ...empty]));
  }
  return frames;
}
