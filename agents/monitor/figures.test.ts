import type { StatsReading } from '../docker/engine';
import { readStats } from '../docker/wire-stats';
import { cpuPercent, measure } from './figures';

const reading = (changes: Partial<StatsReading> = {}): StatsReading => ({ containerId: 'c', readAt: 2000, cpuTotal: 1_500, cpuSystem: 20_000, onlineCpus: 4, memoryCache: 0, ...changes });

describe('figures', () => {
  it('computes CPU as Docker does: its part of all CPU time, times the CPUs', () => {
    expect(cpuPercent(reading(), { readAt: 1000, cpuTotal: 500, cpuSystem: 10_000 })).toBe(40);
  });

  it('passes 100 percent on many CPUs', () => {
    expect(cpuPercent(reading({ cpuTotal: 8_500 }), { readAt: 1000, cpuTotal: 500, cpuSystem: 10_000 })).toBe(320);
  });

  it.each([
    ['there is no earlier reading', reading(), undefined],
    ['the counter fell, since the container was started anew', reading(), { readAt: 1000, cpuTotal: 9000, cpuSystem: 10_000 }],
    ['no time went by', reading(), { readAt: 2000, cpuTotal: 1000, cpuSystem: 20_000 }],
  ])('tells no CPU when %s', (_why, now, earlier) => {
    expect(cpuPercent(now, earlier)).toBeUndefined();
    expect(measure(now, earlier && { ...now, ...earlier }, undefined)).not.toHaveProperty('cpuShare');
  });

  it('judges a limited container by the share of what it may use', () => {
    const { figures, cpuShare } = measure(reading(), reading({ cpuTotal: 500, cpuSystem: 10_000 }), 0.5);
    expect(figures.cpu_percent).toBe(40);
    expect(cpuShare).toBe(80);
  });

  it('prefers the earlier reading that the engine sent along', () => {
    const previous = { readAt: 1000, cpuTotal: 500, cpuSystem: 10_000 };
    expect(measure(reading({ previous }), reading({ cpuTotal: 1400, cpuSystem: 19_999 }), undefined).figures.cpu_percent).toBe(40);
  });

  it('leaves page cache out, and never tells more than the limit', () => {
    expect(measure(reading({ memoryUsage: 300, memoryCache: 100, memoryLimit: 400 }), undefined, undefined).figures).toMatchObject({ memory_usage: 200, memory_limit: 400, memory_percent: 50 });
    expect(measure(reading({ memoryUsage: 500, memoryCache: 0, memoryLimit: 400 }), undefined, undefined).figures.memory_percent).toBe(100);
  });

  it('keeps the usage when the kernel counts more cache than usage', () => {
    expect(measure(reading({ memoryUsage: 300, memoryCache: 400, memoryLimit: 400 }), undefined, undefined).figures.memory_usage).toBe(300);
  });

  it('tells nothing of what is not known', () => {
    expect(measure(reading(), undefined, undefined).figures).toEqual({});
  });
});

describe('readStats', () => {
  const wire = {
    read: '2026-01-01T00:00:02Z',
    preread: '2026-01-01T00:00:01Z',
    cpu_stats: { cpu_usage: { total_usage: 1500 }, system_cpu_usage: 20_000, online_cpus: 4 },
    precpu_stats: { cpu_usage: { total_usage: 500 }, system_cpu_usage: 10_000 },
    memory_stats: { usage: 300, limit: 400, stats: { inactive_file: 100 } },
    networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
    blkio_stats: { io_service_bytes_recursive: [{ op: 'Read', value: 5 }, { op: 'read', value: 1 }, { op: 'Write', value: 7 }, { op: 'Total', value: 13 }] },
  };

  it('reads cgroup v2 and sums networks and block I/O', () => {
    expect(measure(readStats('c', wire), undefined, undefined).figures).toEqual({
      cpu_percent: 40,
      memory_usage: 200,
      memory_limit: 400,
      memory_percent: 50,
      network_rx_bytes: 11,
      network_tx_bytes: 22,
      blkio_read_bytes: 6,
      blkio_write_bytes: 7,
    });
  });

  it('reads cgroup v1, where page cache has another name', () => {
    expect(readStats('c', { memory_stats: { usage: 300, stats: { total_inactive_file: 250, inactive_file: 1 } } }).memoryCache).toBe(250);
  });

  it('counts CPUs where an old engine does not', () => {
    expect(readStats('c', { cpu_stats: { cpu_usage: { percpu_usage: [1, 2, 3] } } }).onlineCpus).toBe(3);
  });

  it.each([[null], [undefined], ['text'], [[]], [{ cpu_stats: null, memory_stats: 'x', networks: [1], blkio_stats: { io_service_bytes_recursive: null } }], [{ read: '0001-01-01T00:00:00Z' }]])('never throws: %j', (value) => {
    expect(readStats('c', value)).toMatchObject({ containerId: 'c', readAt: 0 });
  });
});
