import fc from 'fast-check';
import { demux } from './demux';
import { readDetails, readEvent, readSummaries, readTop } from './wire';

const inspected = (changes: { State?: object; Config?: object; HostConfig?: object } = {}) => ({
  Id: 'abc',
  Name: '/web',
  Image: 'sha256:1',
  Created: '2026-01-01T00:00:00.5Z',
  RestartCount: 2,
  State: { Status: 'running', Running: true, StartedAt: '2026-01-01T00:00:01Z', FinishedAt: '0001-01-01T00:00:00Z', ...changes.State },
  Config: { Image: 'nginx:1', Labels: { a: 'b' }, ...changes.Config },
  HostConfig: { NetworkMode: 'bridge', ...changes.HostConfig },
  Mounts: [{ Type: 'volume', Name: 'data' }, { Type: 'bind', Name: '' }],
});

describe('inspect', () => {
  it('reads a plain container', () => {
    expect(readDetails(inspected())).toMatchObject({
      id: 'abc',
      name: 'web',
      image: 'nginx:1',
      running: true,
      health: 'unknown',
      hasHealthCheck: false,
      restartPolicy: { name: 'no', maximumRetryCount: 0 },
      stopSignal: 'SIGTERM',
      volumes: ['data'],
      networkParent: '',
    });
    expect(readDetails(inspected())).not.toHaveProperty('finishedAt');
    expect(readDetails(inspected())).not.toHaveProperty('cpuLimit');
  });

  it('does not call a container running that only waits to be restarted', () => {
    expect(readDetails(inspected({ State: { Status: 'restarting', Running: true, Restarting: true } }))).toMatchObject({ running: false, restarting: true });
  });

  it.each([
    [{ NanoCpus: 1_500_000_000 }, 1.5],
    [{ CpuQuota: 50_000, CpuPeriod: 100_000 }, 0.5],
    [{ CpuQuota: 50_000 }, 0.5],
    [{ CpuQuota: -1 }, undefined],
  ])('reads the CPU limit %j', (HostConfig, expected) => {
    expect(readDetails(inspected({ HostConfig })).cpuLimit).toBe(expected);
  });

  it('reads network parent, limits and policy', () => {
    expect(readDetails(inspected({ HostConfig: { NetworkMode: 'container:def', Memory: 100, AutoRemove: true, RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } } }))).toMatchObject({
      networkParent: 'def',
      memoryLimit: 100,
      autoRemove: true,
      restartPolicy: { name: 'on-failure', maximumRetryCount: 3 },
    });
  });

  it('reads health checks, and null where Go has nothing', () => {
    const details = readDetails(inspected({ State: { Health: { Status: 'unhealthy', Log: [{ End: 'e', ExitCode: 1, Output: 'no' }] } }, Config: { Healthcheck: { Test: ['CMD', 'x'] }, Entrypoint: 'run', Cmd: null, Labels: null } }));
    expect(details).toMatchObject({ health: 'unhealthy', hasHealthCheck: true, healthLog: [{ at: 'e', exitCode: 1, output: 'no' }], entrypoint: ['run'], command: [], labels: {} });
    expect(readDetails({ ...inspected({ State: { Health: null } }), Mounts: null, NetworkSettings: null, HostConfig: null })).toMatchObject({ health: 'unknown', volumes: [], networks: [] });
    expect(readDetails(inspected({ Config: { Healthcheck: { Test: ['NONE'] } } })).hasHealthCheck).toBe(false);
  });
});

describe('a health check that Docker has stopped asking', () => {
  const healthAfter = (ExitCode: number) => readDetails(inspected({ State: { Health: { Status: 'unhealthy', Log: [{ End: 'e', ExitCode, Output: '' }] } } })).health;

  it('is waited for when its last answer was good: a pause makes it "unhealthy" without any answer', () => {
    expect(healthAfter(0)).toBe('starting');
  });

  it('stays unhealthy when its last answer was bad', () => {
    expect(healthAfter(1)).toBe('unhealthy');
  });
});

describe('lists', () => {
  it('takes a name of its own, not that of a link', () => {
    expect(readSummaries([{ Id: 'a', Names: ['/other/alias', '/web'], State: 'running', Created: 5, Labels: null }])[0]).toMatchObject({ name: 'web', createdAt: 5000, labels: {} });
  });

  it('reads processes', () => {
    expect(readTop({ Titles: ['PID'], Processes: null })).toEqual({ titles: ['PID'], processes: [] });
  });
});

describe('events', () => {
  const line = (changes: object = {}, attributes: object = {}) => JSON.stringify({ Type: 'container', Action: 'die', Actor: { ID: 'abc', Attributes: { name: 'web', image: 'nginx:1', exitCode: '137', 'hemostat.watch': 'false', ...attributes } }, time: 1_767_225_600, ...changes }).replace(/}$/, ',"timeNano":1767225600123456789}');

  it('keeps all nanoseconds, which do not fit into a number', () => {
    expect(readEvent(line())).toEqual({ action: 'die', containerId: 'abc', name: 'web', image: 'nginx:1', labels: { 'hemostat.watch': 'false' }, exitCode: 137, timeNano: '1767225600123456789', at: 1_767_225_600_123 });
  });

  it('is not fooled about its time by a label', () => {
    expect(readEvent(line({}, { timeNano: '5', other: '"timeNano":7' }))?.timeNano).toBe('1767225600123456789');
  });

  it('reads the word of a health check', () => {
    expect(readEvent(line({ Action: 'health_status: unhealthy' }))).toMatchObject({ action: 'health_status', health: 'unhealthy' });
  });

  it('reads the old form, which has no actor', () => {
    expect(readEvent('{"status":"stop","id":"abc","from":"nginx:1","time":1767225600}')).toMatchObject({ action: 'stop', containerId: 'abc', image: 'nginx:1', timeNano: '1767225600000000000' });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readEvent(text)));
    expect(readEvent('{"Action":"die"}')).toBeUndefined();
    expect(readEvent('not json')).toBeUndefined();
  });
});

describe('demux', () => {
  const frame = (stream: number, text: string) => Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, Buffer.byteLength(text)]), Buffer.from(text)]);

  it('joins the frames of both streams', () => {
    expect(demux(Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')])).toString()).toBe('out\nerr\n');
  });

  it('keeps as much of the last frame as came', () => {
    expect(demux(Buffer.concat([frame(1, 'out\n'), frame(1, 'cut off').subarray(0, 11)])).toString()).toBe('out\ncut');
  });

  it('lets the output of a terminal through', () => {
    expect(demux(Buffer.from('plain text of a terminal')).toString()).toBe('plain text of a terminal');
    expect(demux(Buffer.alloc(0))).toHaveLength(0);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void demux(Buffer.from(bytes))));
  });
});
