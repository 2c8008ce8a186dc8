import type { Figures } from '../../src/contract/events';
import type { StatsReading } from '../docker/engine';

/** Counters to judge by, with what is told to others. */
export interface Measured {
  figures: Figures;
  /** Percent of the CPU that it may use; the same as `cpu_percent` where it is not limited. */
  cpuShare?: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** What a reading is compared with: the one that the engine sent along, or our own last one. */
type Earlier = NonNullable<StatsReading['previous']>;

/**
 * Docker's own formula: the container's part of all CPU time between two readings, times the number of CPUs.
 * @returns undefined when there are no two readings of one run (counters that fall belong to a new run).
 */
export function cpuPercent(reading: StatsReading, earlier: Earlier | undefined): number | undefined {
  if (!earlier) {
    return undefined;
  }
  const used = reading.cpuTotal - earlier.cpuTotal;
  const all = reading.cpuSystem - earlier.cpuSystem;
  return used >= 0 && all > 0 ? round((used / all) * reading.onlineCpus * 100) : undefined;
}

function memory(reading: StatsReading): Pick<Figures, 'memory_usage' | 'memory_limit' | 'memory_percent'> {
  const { memoryUsage, memoryCache, memoryLimit } = reading;
  if (memoryUsage === undefined) {
    return {};
  }
  // The kernel may count more cache than usage for a moment.
  const usage = memoryCache < memoryUsage ? memoryUsage - memoryCache : memoryUsage;
  return memoryLimit ? { memory_usage: usage, memory_limit: memoryLimit, memory_percent: round(Math.min(100, (usage / memoryLimit) * 100)) } : { memory_usage: usage };
}

function known(values: Record<string, number | undefined>): Partial<Figures> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/**
 * Figures from one reading and the one before it.
 * @param cpuLimit CPUs that the container may use; absent when not limited
 */
export function measure(reading: StatsReading, earlier: StatsReading | undefined, cpuLimit: number | undefined): Measured {
  const cpu = cpuPercent(reading, reading.previous ?? earlier);
  const share = cpu !== undefined && cpuLimit ? round(cpu / cpuLimit) : cpu;
  return {
    figures: {
      ...known({ cpu_percent: cpu }),
      ...memory(reading),
      ...known({
        network_rx_bytes: reading.networkRx,
        network_tx_bytes: reading.networkTx,
        blkio_read_bytes: reading.blkioRead,
        blkio_write_bytes: reading.blkioWrite,
      }),
    },
    ...(share === undefined ? {} : { cpuShare: share }),
  };
}
