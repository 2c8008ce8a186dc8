import { readFile, statfs } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import type { Resources } from '../../src/contract/observability/schemas';
import { waitMs, within } from '../runtime/wait';

const MEGABYTE = 1_048_576;
const GIGABYTE = 1_073_741_824;
/** A file system answers within this time, or its figures are unknown. */
const PATIENCE_MS = 1000;
/** The first look measures so long, so that there is a figure at once. */
const FIRST_SPAN_MS = 200;
/** CPU is the mean of so long: what a program does for a moment is no load, and a point of the history tells of all the time since the one before. */
export const CPU_SPAN_MS = 30_000;

const round = (value: number, digits = 1) => Number(value.toFixed(digits));

/** CPU time since the machine started, in any unit. */
interface CpuTimes {
  busy: number;
  all: number;
}
interface CpuSample extends CpuTimes {
  /** Milliseconds, on a clock that cannot jump. */
  at: number;
}

function cpuTimes(): CpuTimes {
  return cpus().reduce(
    ({ busy, all }, { times: { user, nice, sys, idle, irq } }) => ({ busy: busy + user + nice + sys + irq, all: all + user + nice + sys + irq + idle }),
    { busy: 0, all: 0 }
  );
}

/** Percent of all processors between two moments; null when no time passed. Pure. */
export function cpuPercent(before: CpuTimes, after: CpuTimes): number | null {
  const all = after.all - before.all;
  return all > 0 ? round(Math.min(100, Math.max(0, (100 * (after.busy - before.busy)) / all))) : null;
}

/** Of samples in the order of time: the last one that is old enough, and those after it. Pure. */
export function keptSamples<T extends { at: number }>(samples: readonly T[], spanMs = CPU_SPAN_MS): T[] {
  const last = samples.at(-1)?.at ?? 0;
  return samples.slice(Math.max(0, samples.findLastIndex(({ at }) => last - at >= spanMs)));
}

type Memory = Pick<Resources, 'memory_percent' | 'memory_used_mb' | 'memory_total_mb'>;
type Disk = Pick<Resources, 'disk_percent' | 'disk_used_gb' | 'disk_total_gb'>;

const NO_MEMORY: Memory = { memory_percent: null, memory_used_mb: null, memory_total_mb: null };
const NO_DISK: Disk = { disk_percent: null, disk_used_gb: null, disk_total_gb: null };

/** Memory from /proc/meminfo, which counts in KiB: what programs cannot have any more is used. Pure. */
export function memoryOf(meminfo: string): Memory {
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? NaN) * 1024;
  const [total, available] = [field('MemTotal'), field('MemAvailable')];
  if (!(total > 0) || Number.isNaN(available)) {
    return NO_MEMORY;
  }
  const used = Math.max(0, total - available);
  return { memory_percent: round((100 * used) / total), memory_used_mb: round(used / MEGABYTE), memory_total_mb: round(total / MEGABYTE) };
}

/** The disk as `df` tells it: what is kept back for root counts neither as used nor as free. Pure. */
export function diskOf({ blocks, bfree, bavail, bsize }: { blocks: number; bfree: number; bavail: number; bsize: number }): Disk {
  const used = (blocks - bfree) * bsize;
  const room = used + bavail * bsize;
  return room > 0 ? { disk_percent: round((100 * used) / room), disk_used_gb: round(used / GIGABYTE, 2), disk_total_gb: round((blocks * bsize) / GIGABYTE, 2) } : NO_DISK;
}

/** CPU, memory, disk and load of the machine (R119 to R123). What cannot be read is null, never 0. */
export class ResourceReader {
  private samples: CpuSample[] = [];
  private disk: Disk = NO_DISK;
  private sizing: Promise<void> | undefined;

  /**
   * @param places.procDir the machine's /proc
   * @param places.rootDir the machine's root directory
   */
  constructor(private readonly places: { procDir: string; rootDir: string }) {}

  async read(signal: AbortSignal): Promise<Resources> {
    const cpu = await this.readCpu(signal);
    const meminfo = await readFile(path.join(this.places.procDir, 'meminfo'), 'utf8').catch(() => '');
    const disk = await this.readDisk(signal);
    const load = loadavg().map((value) => round(value, 2));
    return { cpu_percent: cpu, ...memoryOf(meminfo), ...disk, load_average: process.platform === 'win32' ? [] : load };
  }

  /** True when the last figure of CPU covers as long as it should: one of a moment is shown, but says nothing about the load. */
  get cpuSettled(): boolean {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    return first !== undefined && last !== undefined && last.at - first.at >= CPU_SPAN_MS;
  }

  private async readCpu(signal: AbortSignal): Promise<number | null> {
    if (this.samples.length === 0) {
      this.samples = [{ ...cpuTimes(), at: performance.now() }];
      await waitMs(FIRST_SPAN_MS, signal);
    }
    const now: CpuSample = { ...cpuTimes(), at: performance.now() };
    this.samples = keptSamples([...this.samples, now]);
    return cpuPercent(this.samples[0] ?? now, now);
  }

  /** A hanging network file system never answers: it is asked once at a time, and waited for shortly. */
  private async readDisk(signal: AbortSignal): Promise<Disk> {
    this.sizing ??= statfs(this.places.rootDir)
      .then((stats) => {
        this.disk = diskOf(stats);
      })
      .catch(() => {
        this.disk = NO_DISK;
      })
      .finally(() => {
        this.sizing = undefined;
      });
    const inTime = await within(this.sizing, PATIENCE_MS, signal);
    return inTime ? this.disk : NO_DISK;
  }
}
