import { cpuPercent, diskOf, keptSamples, memoryOf, ResourceReader } from './resources';
import { resourcesSchema } from '../../src/contract/observability/schemas';

describe('resources (R119 to R123)', () => {
  it('tells CPU as the share between two moments, and null when no time passed', () => {
    expect(cpuPercent({ busy: 100, all: 1000 }, { busy: 125, all: 1100 })).toBe(25);
    expect(cpuPercent({ busy: 100, all: 1000 }, { busy: 100, all: 1000 })).toBeNull();
  });

  it('tells CPU over half a minute, once there is so much', () => {
    const at = (...seconds: number[]) => seconds.map((second) => ({ at: second * 1000 }));
    expect(keptSamples(at(0, 5, 10))).toEqual(at(0, 5, 10));
    expect(keptSamples(at(0, 5, 10, 30))).toEqual(at(0, 5, 10, 30));
    expect(keptSamples(at(0, 5, 10, 36))).toEqual(at(5, 10, 36));
  });

  it('tells memory without what programs can still have', () => {
    expect(memoryOf('MemTotal:        2048000 kB\nMemFree: 1 kB\nMemAvailable:     512000 kB\n')).toEqual({ memory_percent: 75, memory_used_mb: 1500, memory_total_mb: 2000 });
    expect(memoryOf('')).toEqual({ memory_percent: null, memory_used_mb: null, memory_total_mb: null });
    expect(memoryOf('MemTotal: 5 kB\n')).toMatchObject({ memory_percent: null });
  });

  it('tells the disk as df does', () => {
    const gigabyte = 1_073_741_824;
    expect(diskOf({ blocks: 100, bfree: 40, bavail: 20, bsize: gigabyte })).toEqual({ disk_percent: 75, disk_used_gb: 60, disk_total_gb: 100 });
    expect(diskOf({ blocks: 0, bfree: 0, bavail: 0, bsize: 4096 })).toEqual({ disk_percent: null, disk_used_gb: null, disk_total_gb: null });
  });

  it('reads this machine, CPU at the very first look', async () => {
    const found = await new ResourceReader({ procDir: '/proc', rootDir: '/' }).read(new AbortController().signal);
    expect(resourcesSchema.parse(found)).toEqual(found);
    expect(found.cpu_percent).toEqual(expect.any(Number));
    expect(found.memory_percent).toBeGreaterThan(0);
    expect(found.disk_percent).toBeGreaterThanOrEqual(0);
    expect(found.load_average).toHaveLength(3);
  });

  it('says null, not 0, where the machine does not tell', async () => {
    const found = await new ResourceReader({ procDir: '/nowhere', rootDir: '/nowhere' }).read(new AbortController().signal);
    expect(found).toMatchObject({ memory_percent: null, memory_used_mb: null, disk_percent: null, disk_total_gb: null });
  });
});
