import os from 'node:os';

import { nowNs, rfc3339Nano, ZERO_TIME } from './clock';
import { NS_PER_TICK, sampleTree, systemCpuNs, type ProcSample } from './proc';

interface CpuStats {
  cpu_usage: {
    total_usage: number;
    percpu_usage?: number[];
    usage_in_kernelmode: number;
    usage_in_usermode: number;
  };
  system_cpu_usage?: number;
  online_cpus?: number;
  throttling_data: { periods: number; throttled_periods: number; throttled_time: number };
}

export interface StatsFrame {
  readTime: string;
  cpu: CpuStats;
  /** The rest of the body, in Docker's names. */
  rest: Record<string, unknown>;
}

export interface StatsSubject {
  id: string;
  name: string;
  /** Processes whose descendants count too; empty when the container does not run. */
  roots: number[];
  /** Bytes, 0 for none: then the machine's memory is the limit. */
  memoryBytes: number;
  hasNetwork: boolean;
}

const NO_CPU: CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

const BLKIO_KEYS = [
  'io_service_bytes_recursive',
  'io_serviced_recursive',
  'io_queue_recursive',
  'io_service_time_recursive',
  'io_wait_time_recursive',
  'io_merged_recursive',
  'io_time_recursive',
  'sectors_recursive',
];

function blkio(fill: unknown, serviceBytes: unknown): Record<string, unknown> {
  const entries = BLKIO_KEYS.map((key): [string, unknown] => [key, fill]);
  return { ...Object.fromEntries(entries), io_service_bytes_recursive: serviceBytes };
}

type Counted = 'userTicks' | 'systemTicks' | 'readChars' | 'writeChars' | 'readBytes' | 'writeBytes';
const COUNTED: Counted[] = ['userTicks', 'systemTicks', 'readChars', 'writeChars', 'readBytes', 'writeBytes'];

/**
 * Counters of one run of a container. A process that ends takes its figures out of /proc, so what it did is kept here:
 * the counters of a cgroup never go back.
 */
export class StatsMeter {
  private readonly last = new Map<number, ProcSample>();
  private readonly totals: Record<Counted, number> = {
    userTicks: 0,
    systemTicks: 0,
    readChars: 0,
    writeChars: 0,
    readBytes: 0,
    writeBytes: 0,
  };
  private maxUsage = 0;

  /** A new run has new counters, as a new cgroup. */
  reset(): void {
    this.last.clear();
    this.maxUsage = 0;
    for (const key of COUNTED) {
      this.totals[key] = 0;
    }
  }

  read(subject: StatsSubject): StatsFrame {
    const samples = sampleTree(subject.roots);
    if (samples.length === 0) {
      return emptyFrame(subject);
    }
    this.count(samples);
    const ns = nowNs();
    return {
      readTime: rfc3339Nano(ns),
      cpu: this.cpu(),
      rest: {
        pids_stats: { current: samples.reduce((sum, s) => sum + s.threads, 0) },
        blkio_stats: blkio([], this.serviceBytes()),
        num_procs: 0,
        storage_stats: {},
        memory_stats: this.memory(samples, subject.memoryBytes),
        name: `/${subject.name}`,
        id: subject.id,
        ...(subject.hasNetwork ? { networks: { eth0: this.network() } } : {}),
      },
    };
  }

  private count(samples: ProcSample[]): void {
    for (const sample of samples) {
      const before = this.last.get(sample.pid);
      for (const key of COUNTED) {
        this.totals[key] += Math.max(0, sample[key] - (before?.[key] ?? 0));
      }
      this.last.set(sample.pid, sample);
    }
  }

  private cpu(): CpuStats {
    const total = (this.totals.userTicks + this.totals.systemTicks) * NS_PER_TICK;
    const cores = os.cpus().length;
    const perCore = Array.from({ length: cores }, () => Math.floor(total / cores));
    return {
      cpu_usage: {
        total_usage: total,
        percpu_usage: perCore,
        usage_in_kernelmode: this.totals.systemTicks * NS_PER_TICK,
        usage_in_usermode: this.totals.userTicks * NS_PER_TICK,
      },
      system_cpu_usage: systemCpuNs(),
      online_cpus: cores,
      throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
    };
  }

  /** Network name spaces need root, so traffic is taken to be what the processes read and wrote: it moves as they work. */
  private network(): Record<string, number> {
    const { readChars, writeChars } = this.totals;
    return {
      rx_bytes: readChars,
      rx_packets: Math.ceil(readChars / 1400),
      rx_errors: 0,
      rx_dropped: 0,
      tx_bytes: writeChars,
      tx_packets: Math.ceil(writeChars / 1400),
      tx_errors: 0,
      tx_dropped: 0,
    };
  }

  private serviceBytes(): unknown[] {
    const { readBytes, writeBytes } = this.totals;
    if (readBytes + writeBytes === 0) {
      return [];
    }
    const total = readBytes + writeBytes;
    const ops: Array<[string, number]> = [
      ['Read', readBytes],
      ['Write', writeBytes],
      ['Sync', total],
      ['Async', 0],
      ['Discard', 0],
      ['Total', total],
    ];
    return ops.map(([op, value]) => ({ major: 8, minor: 0, op, value }));
  }

  private memory(samples: ProcSample[], limitBytes: number): Record<string, unknown> {
    const limit = limitBytes > 0 ? limitBytes : os.totalmem();
    const anon = Math.min(
      limit,
      samples.reduce((sum, s) => sum + s.anonBytes, 0)
    );
    // A cgroup drops page cache before it refuses memory, so cache fills only what is left.
    const cache = Math.min(
      limit - anon,
      samples.reduce((sum, s) => sum + s.fileBytes, 0)
    );
    const usage = anon + cache;
    this.maxUsage = Math.max(this.maxUsage, usage);
    return { usage, max_usage: this.maxUsage, stats: memoryDetail(anon, cache, limit), limit };
  }
}

/** The long list of cgroup version 1; every figure comes twice, plain and `total_`. */
function memoryDetail(anon: number, cache: number, limit: number): Record<string, number> {
  const own: Record<string, number> = {
    active_anon: anon,
    active_file: 0,
    cache,
    dirty: 0,
    inactive_anon: 0,
    inactive_file: cache,
    mapped_file: cache,
    pgfault: 0,
    pgmajfault: 0,
    pgpgin: 0,
    pgpgout: 0,
    rss: anon,
    rss_huge: 0,
    unevictable: 0,
    writeback: 0,
  };
  const totals = Object.entries(own).map(([key, value]): [string, number] => [`total_${key}`, value]);
  return {
    ...own,
    ...Object.fromEntries(totals),
    hierarchical_memory_limit: limit,
    hierarchical_memsw_limit: limit,
  };
}

/** What Docker answers for a container that does not run. */
function emptyFrame(subject: StatsSubject): StatsFrame {
  return {
    readTime: ZERO_TIME,
    cpu: NO_CPU,
    rest: {
      pids_stats: {},
      blkio_stats: blkio(null, null),
      num_procs: 0,
      storage_stats: {},
      memory_stats: {},
      name: `/${subject.name}`,
      id: subject.id,
    },
  };
}

/** The body of GET /containers/{id}/stats; without an earlier frame, precpu_stats is zero as in Docker. */
export function statsBody(now: StatsFrame, before: StatsFrame | undefined): Record<string, unknown> {
  const previous = now.readTime === ZERO_TIME ? undefined : before;
  return {
    read: now.readTime,
    preread: previous?.readTime ?? ZERO_TIME,
    cpu_stats: now.cpu,
    precpu_stats: previous?.cpu ?? NO_CPU,
    ...now.rest,
  };
}
