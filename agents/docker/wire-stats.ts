import type { StatsReading } from './types';

type Fields = Record<string, unknown>;
const object = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {});
const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined);

/** Read some ten times a second for every container, so without a schema library. */
function cpu(value: unknown): { total: number; system: number; online: number } {
  const stats = object(value);
  const usage = object(stats.cpu_usage);
  const perCpu = Array.isArray(usage.percpu_usage) ? usage.percpu_usage.length : 0;
  return { total: number(usage.total_usage) ?? 0, system: number(stats.system_cpu_usage) ?? 0, online: number(stats.online_cpus) || perCpu || 1 };
}

/** Page cache that the kernel drops when memory is short: cgroup v1 and v2 name it differently. */
function cache(stats: Fields): number {
  return number(stats.total_inactive_file) ?? number(stats.inactive_file) ?? 0;
}

function networks(value: unknown): Pick<StatsReading, 'networkRx' | 'networkTx'> {
  const all = Object.values(object(value)).map(object);
  const sum = (name: string) => all.reduce((total, one) => total + (number(one[name]) ?? 0), 0);
  return all.length === 0 ? {} : { networkRx: sum('rx_bytes'), networkTx: sum('tx_bytes') };
}

function blockIo(value: unknown): Pick<StatsReading, 'blkioRead' | 'blkioWrite'> {
  const entries = object(value).io_service_bytes_recursive;
  if (!Array.isArray(entries)) {
    return {};
  }
  const sum = (word: string) => entries.map(object).reduce((total, one) => (String(one.op).toLowerCase() === word ? total + (number(one.value) ?? 0) : total), 0);
  return { blkioRead: sum('read'), blkioWrite: sum('write') };
}

function time(value: unknown): number {
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  // Go's zero time lies before 1970.
  return Number.isFinite(parsed) && parsed > 0 ? parsed : 0;
}

/** One answer of `stats`, streamed or one-shot. Never throws: what is missing stays absent. */
export function readStats(containerId: string, value: unknown): StatsReading {
  const stats = object(value);
  const now = cpu(stats.cpu_stats);
  const before = cpu(stats.precpu_stats);
  const beforeAt = time(stats.preread);
  const memory = object(stats.memory_stats);
  const usage = number(memory.usage);
  const limit = number(memory.limit);
  return {
    containerId,
    readAt: time(stats.read),
    cpuTotal: now.total,
    cpuSystem: now.system,
    onlineCpus: now.online,
    ...(beforeAt > 0 && before.system > 0 ? { previous: { readAt: beforeAt, cpuTotal: before.total, cpuSystem: before.system } } : {}),
    ...(usage === undefined ? {} : { memoryUsage: usage }),
    memoryCache: cache(object(memory.stats)),
    ...(limit ? { memoryLimit: limit } : {}),
    ...networks(stats.networks),
    ...blockIo(stats.blkio_stats),
  };
}
