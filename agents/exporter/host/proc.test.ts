import { Sheet } from '../sheet';
import { diskFigures, loadFigures, memoryFigures, networkFigures, statFigures } from './proc';

/** What a reading gives: series and figure. */
function read(figures: (sheet: Sheet, text: string) => void, text: string): Record<string, number> {
  const sheet = new Sheet();
  figures(sheet, text);
  const found: Record<string, number> = {};
  sheet.values.forEach((family, name) => family((labels, value) => (found[`${name}{${labels}}`] = value)));
  return found;
}

describe('reading /proc', () => {
  it('gives CPU time by processor and mode in seconds, and leaves out the sum of all', () => {
    const found = read(statFigures, 'cpu  300 0 0 0 0 0 0 0 0 0\ncpu0 100 2 30 4000 5 0 7 8 9 10\ncpu1 200 0 0 0 0 0 0 0 0 0\n');
    expect(found).toMatchObject({
      'node_cpu_seconds_total{cpu="0",mode="user"}': 1,
      'node_cpu_seconds_total{cpu="0",mode="nice"}': 0.02,
      'node_cpu_seconds_total{cpu="0",mode="system"}': 0.3,
      'node_cpu_seconds_total{cpu="0",mode="idle"}': 40,
      'node_cpu_seconds_total{cpu="0",mode="iowait"}': 0.05,
      'node_cpu_seconds_total{cpu="0",mode="irq"}': 0,
      'node_cpu_seconds_total{cpu="0",mode="softirq"}': 0.07,
      'node_cpu_seconds_total{cpu="0",mode="steal"}': 0.08,
      'node_cpu_seconds_total{cpu="1",mode="user"}': 2,
    });
    expect(Object.keys(found)).toHaveLength(16);
  });

  it('gives the single figures of /proc/stat; of the interrupts their sum', () => {
    expect(read(statFigures, 'intr 900 1 2 3\nctxt 12\nbtime 1700000000\nprocesses 34\nprocs_running 2\nprocs_blocked 1\nsoftirq 5 6\n')).toEqual({
      'node_intr_total{}': 900,
      'node_context_switches_total{}': 12,
      'node_boot_time_seconds{}': 1_700_000_000,
      'node_forks_total{}': 34,
      'node_procs_running{}': 2,
      'node_procs_blocked{}': 1,
    });
  });

  it('leaves out what an older kernel does not tell: unknown is absent, never 0', () => {
    const found = read(statFigures, 'cpu0 1 2 3 4\nctxt\n');
    expect(Object.keys(found).map((series) => /mode="(\w+)"/.exec(series)?.[1])).toEqual(['user', 'nice', 'system', 'idle']);
  });

  it('gives the load', () => {
    expect(read(loadFigures, '0.50 1.25 2.00 3/456 7890\n')).toEqual({ 'node_load1{}': 0.5, 'node_load5{}': 1.25, 'node_load15{}': 2 });
  });

  it('gives memory in bytes', () => {
    expect(read(memoryFigures, 'MemTotal:       16000 kB\nMemFree:         1000 kB\nHugePages_Total:       7\nActive(anon):    5 kB\nActive:          9 kB\n')).toEqual({
      'node_memory_MemTotal_bytes{}': 16_384_000,
      'node_memory_MemFree_bytes{}': 1_024_000,
      'node_memory_Active_bytes{}': 9216,
    });
  });

  it('gives disks in bytes and seconds, without their partitions, loops and RAM disks', () => {
    const counts = '10 1 20 3000 40 2 50 6000 7 8000 9000';
    const devices = ['sda', 'sda1', 'nvme0n1', 'nvme0n1p2', 'loop0', 'ram1', 'zram0', 'dm-0', 'vdb3'];
    const found = read(diskFigures, devices.map((device) => `   8       0 ${device} ${counts}`).join('\n'));
    expect(new Set(Object.keys(found).map((series) => /device="([^"]+)"/.exec(series)?.[1]))).toEqual(new Set(['sda', 'nvme0n1', 'dm-0']));
    expect(Object.fromEntries(Object.entries(found).filter(([series]) => series.includes('"sda"')))).toEqual({
      'node_disk_reads_completed_total{device="sda"}': 10,
      'node_disk_read_bytes_total{device="sda"}': 20 * 512,
      'node_disk_read_time_seconds_total{device="sda"}': 3,
      'node_disk_writes_completed_total{device="sda"}': 40,
      'node_disk_written_bytes_total{device="sda"}': 50 * 512,
      'node_disk_write_time_seconds_total{device="sda"}': 6,
      'node_disk_io_now{device="sda"}': 7,
      'node_disk_io_time_seconds_total{device="sda"}': 8,
    });
  });

  it('gives network devices, also where no blank stands behind the colon', () => {
    const titles = 'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n';
    expect(read(networkFigures, `${titles}  eth0:100 2 3 4 0 0 0 0 500 6 7 8 0 0 0 0\n`)).toEqual({
      'node_network_receive_bytes_total{device="eth0"}': 100,
      'node_network_receive_packets_total{device="eth0"}': 2,
      'node_network_receive_errs_total{device="eth0"}': 3,
      'node_network_receive_drop_total{device="eth0"}': 4,
      'node_network_transmit_bytes_total{device="eth0"}': 500,
      'node_network_transmit_packets_total{device="eth0"}': 6,
      'node_network_transmit_errs_total{device="eth0"}': 7,
      'node_network_transmit_drop_total{device="eth0"}': 8,
    });
  });

  it.each([statFigures, loadFigures, memoryFigures, diskFigures, networkFigures])('gives nothing for an empty file (%p)', (figures) => {
    expect(read(figures, '')).toEqual({});
  });
});
