import type { Sheet } from '../sheet';

/** Linux counts CPU time in hundredths of a second for every program, whatever its own tick is. */
const TICKS = 100;
/** /proc/diskstats counts in sectors of this many bytes on every disk. */
const SECTOR = 512;
const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
/** Partitions and RAM disks are left out, as node_exporter does. */
const IGNORED_DISKS = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
const words = (line: string) => line.trim().split(/\s+/);
const scaled = (text: string | undefined, factor: number) => (text === undefined || text === '' ? undefined : Number(text) * factor);

const STAT = {
  ctxt: 'node_context_switches_total',
  btime: 'node_boot_time_seconds',
  processes: 'node_forks_total',
  procs_running: 'node_procs_running',
  procs_blocked: 'node_procs_blocked',
  intr: 'node_intr_total',
} as const;

/** /proc/stat */
export function statFigures(sheet: Sheet, text: string): void {
  for (const line of lines(text)) {
    const [name = '', ...values] = words(line);
    const cpu = /^cpu(\d+)$/.exec(name)?.[1];
    if (cpu !== undefined) {
      CPU_MODES.forEach((mode, index) => sheet.set('node_cpu_seconds_total', { cpu, mode }, scaled(values[index], 1 / TICKS)));
    } else if (Object.hasOwn(STAT, name)) {
      sheet.set(STAT[name as keyof typeof STAT], {}, scaled(values[0], 1));
    }
  }
}

/** /proc/loadavg */
export function loadFigures(sheet: Sheet, text: string): void {
  const [one, five, fifteen] = words(text);
  sheet.set('node_load1', {}, scaled(one, 1));
  sheet.set('node_load5', {}, scaled(five, 1));
  sheet.set('node_load15', {}, scaled(fifteen, 1));
}

const MEMORY = {
  MemTotal: 'node_memory_MemTotal_bytes',
  MemFree: 'node_memory_MemFree_bytes',
  MemAvailable: 'node_memory_MemAvailable_bytes',
  Buffers: 'node_memory_Buffers_bytes',
  Cached: 'node_memory_Cached_bytes',
  SReclaimable: 'node_memory_SReclaimable_bytes',
  Shmem: 'node_memory_Shmem_bytes',
  SwapTotal: 'node_memory_SwapTotal_bytes',
  SwapFree: 'node_memory_SwapFree_bytes',
  SwapCached: 'node_memory_SwapCached_bytes',
  Active: 'node_memory_Active_bytes',
  Inactive: 'node_memory_Inactive_bytes',
  Dirty: 'node_memory_Dirty_bytes',
  Slab: 'node_memory_Slab_bytes',
} as const;

/** /proc/meminfo, which counts in KiB. */
export function memoryFigures(sheet: Sheet, text: string): void {
  for (const line of lines(text)) {
    const [, field = '', value] = /^(\w+):\s+(\d+)/.exec(line) ?? [];
    if (Object.hasOwn(MEMORY, field)) {
      sheet.set(MEMORY[field as keyof typeof MEMORY], {}, scaled(value, 1024));
    }
  }
}

/** Columns of /proc/diskstats behind the name of the device. */
const DISK = [
  ['node_disk_reads_completed_total', 0, 1],
  ['node_disk_read_bytes_total', 2, SECTOR],
  ['node_disk_read_time_seconds_total', 3, 0.001],
  ['node_disk_writes_completed_total', 4, 1],
  ['node_disk_written_bytes_total', 6, SECTOR],
  ['node_disk_write_time_seconds_total', 7, 0.001],
  ['node_disk_io_now', 8, 1],
  ['node_disk_io_time_seconds_total', 9, 0.001],
] as const;

/** /proc/diskstats */
export function diskFigures(sheet: Sheet, text: string): void {
  for (const line of lines(text)) {
    const [, , device = '', ...values] = words(line);
    if (!IGNORED_DISKS.test(device)) {
      DISK.forEach(([name, column, factor]) => sheet.set(name, { device }, scaled(values[column], factor)));
    }
  }
}

/** Columns of /proc/net/dev behind the colon. */
const NETWORK = [
  ['node_network_receive_bytes_total', 0],
  ['node_network_receive_packets_total', 1],
  ['node_network_receive_errs_total', 2],
  ['node_network_receive_drop_total', 3],
  ['node_network_transmit_bytes_total', 8],
  ['node_network_transmit_packets_total', 9],
  ['node_network_transmit_errs_total', 10],
  ['node_network_transmit_drop_total', 11],
] as const;

/** /proc/net/dev, whose first two lines are titles. */
export function networkFigures(sheet: Sheet, text: string): void {
  for (const line of lines(text).slice(2)) {
    const at = line.indexOf(':');
    const device = line.slice(0, at).trim();
    const values = words(line.slice(at + 1));
    NETWORK.forEach(([name, column]) => sheet.set(name, { device }, scaled(values[column], 1)));
  }
}
