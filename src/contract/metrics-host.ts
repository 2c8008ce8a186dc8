import { counter, gauge } from './metrics-define';

const MEMORY_FIELDS = ['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SReclaimable', 'Shmem', 'SwapTotal', 'SwapFree', 'SwapCached', 'Active', 'Inactive', 'Dirty', 'Slab'] as const;
export type MemoryField = (typeof MEMORY_FIELDS)[number];
export const memoryMetricName = <F extends MemoryField>(field: F) => `node_memory_${field}_bytes` as const;

const DISK = ['device'] as const;
const NETWORK = ['device'] as const;
const FILE_SYSTEM = ['device', 'fstype', 'mountpoint'] as const;

/**
 * Figures of the machine that the exporter runs on, under the names, labels and units of Prometheus' node_exporter, so that its
 * dashboards and rules work on them.
 */
export const HOST_METRICS = [
  counter('node_cpu_seconds_total', ['cpu', 'mode'], 'Seconds the CPUs spent in each mode.', { unit: 'seconds' }),
  gauge('node_load1', [], '1m load average.'),
  gauge('node_load5', [], '5m load average.'),
  gauge('node_load15', [], '15m load average.'),
  ...MEMORY_FIELDS.map((field) => gauge(memoryMetricName(field), [], `Memory information field ${field}_bytes.`, { unit: 'bytes' })),
  gauge('node_filesystem_size_bytes', FILE_SYSTEM, 'Filesystem size in bytes.', { unit: 'bytes' }),
  gauge('node_filesystem_free_bytes', FILE_SYSTEM, 'Filesystem free space in bytes.', { unit: 'bytes' }),
  gauge('node_filesystem_avail_bytes', FILE_SYSTEM, 'Filesystem space available to non-root users in bytes.', { unit: 'bytes' }),
  gauge('node_filesystem_files', FILE_SYSTEM, 'Filesystem total file nodes.'),
  gauge('node_filesystem_files_free', FILE_SYSTEM, 'Filesystem total free file nodes.'),
  gauge('node_filesystem_readonly', FILE_SYSTEM, 'Filesystem read-only status.', { unit: 'flag' }),
  counter('node_disk_reads_completed_total', DISK, 'The total number of reads completed successfully.'),
  counter('node_disk_writes_completed_total', DISK, 'The total number of writes completed successfully.'),
  counter('node_disk_read_bytes_total', DISK, 'The total number of bytes read successfully.', { unit: 'bytes' }),
  counter('node_disk_written_bytes_total', DISK, 'The total number of bytes written successfully.', { unit: 'bytes' }),
  counter('node_disk_read_time_seconds_total', DISK, 'The total number of seconds spent by all reads.', { unit: 'seconds' }),
  counter('node_disk_write_time_seconds_total', DISK, 'The total number of seconds spent by all writes.', { unit: 'seconds' }),
  counter('node_disk_io_time_seconds_total', DISK, 'Total seconds spent doing I/Os.', { unit: 'seconds' }),
  gauge('node_disk_io_now', DISK, 'The number of I/Os currently in progress.'),
  counter('node_network_receive_bytes_total', NETWORK, 'Network device statistic receive_bytes.', { unit: 'bytes' }),
  counter('node_network_transmit_bytes_total', NETWORK, 'Network device statistic transmit_bytes.', { unit: 'bytes' }),
  counter('node_network_receive_packets_total', NETWORK, 'Network device statistic receive_packets.'),
  counter('node_network_transmit_packets_total', NETWORK, 'Network device statistic transmit_packets.'),
  counter('node_network_receive_errs_total', NETWORK, 'Network device statistic receive_errs.'),
  counter('node_network_transmit_errs_total', NETWORK, 'Network device statistic transmit_errs.'),
  counter('node_network_receive_drop_total', NETWORK, 'Network device statistic receive_drop.'),
  counter('node_network_transmit_drop_total', NETWORK, 'Network device statistic transmit_drop.'),
  gauge('node_boot_time_seconds', [], 'Node boot time, in unixtime.', { unit: 'timestamp' }),
  gauge('node_time_seconds', [], 'System time in seconds since epoch (1970).', { unit: 'timestamp' }),
  gauge('node_uname_info', ['domainname', 'machine', 'nodename', 'release', 'sysname', 'version'], 'Labeled system information as provided by the uname system call.', { unit: 'flag' }),
  counter('node_context_switches_total', [], 'Total number of context switches.'),
  counter('node_intr_total', [], 'Total number of interrupts serviced.'),
  counter('node_forks_total', [], 'Total number of forks.'),
  gauge('node_procs_running', [], 'Number of processes in runnable state.'),
  gauge('node_procs_blocked', [], 'Number of processes blocked waiting for I/O to complete.'),
] as const;
