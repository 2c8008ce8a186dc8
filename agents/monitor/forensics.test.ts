import { DockerError, type Engine } from '../docker/engine';
import { captureForensics } from './forensics';
import { someDetails } from './test-support';

const gone = new DockerError('docker_not_found', 'Docker: No such container', 'See docker ps -a.');

function engine(changes: Partial<Engine> = {}): Engine {
  return {
    logs: () => Promise.resolve({ lines: ['hello'], truncated: false }),
    inspect: () => Promise.resolve(someDetails()),
    top: () => Promise.resolve({ titles: ['PID', 'CMD'], processes: [['1', 'nginx']] }),
    ...changes,
  } as Engine;
}

const RULE = { timeoutMs: 2000, lines: 100 };

describe('forensics', () => {
  it('has logs, inspect and top', async () => {
    const captured = await captureForensics(engine(), someDetails(), RULE);
    expect(captured).toMatchObject({ logs: ['hello'], logs_truncated: false, missing: [], redactions: 0, top: { titles: ['PID', 'CMD'], processes: [['1', 'nginx']] }, container_id: 'a'.repeat(12) });
    expect(captured.inspect).toMatchObject({ image: 'nginx:1', status: 'running', restart_count: 0 });
  });

  it('names what could not be had, and has the rest', async () => {
    const captured = await captureForensics(engine({ logs: () => Promise.reject(gone), inspect: () => Promise.reject(gone) }), someDetails({ exitCode: 7 }), RULE);
    expect(captured.missing.map((one) => one.part)).toEqual(['logs', 'inspect']);
    expect(captured.inspect).toMatchObject({ exit_code: 7 });
    expect(captured.top).toBeDefined();
  });

  it('asks for no processes of a container that does not run', async () => {
    const captured = await captureForensics(engine(), someDetails({ running: false, status: 'exited' }), RULE);
    expect(captured.top).toBeUndefined();
    expect(captured.missing).toEqual([]);
  });

  it('gives every call the time limit', async () => {
    const limits: unknown[] = [];
    const noted = <T>(value: T) => (_id: string, options?: { timeoutMs?: number }) => {
      limits.push(options?.timeoutMs);
      return Promise.resolve(value);
    };
    await captureForensics(engine({ logs: noted({ lines: [], truncated: false }), inspect: noted(someDetails()), top: noted({ titles: [], processes: [] }) }), someDetails(), RULE);
    expect(limits).toEqual([2000, 2000, 2000]);
  });

  it('lets no secret through: not in logs, arguments, processes or health checks', async () => {
    const secret = 'hunter2hunter2';
    const details = someDetails({
      command: ['--password', secret, `--db=postgres://user:${secret}@db/x`],
      healthLog: [{ at: '', exitCode: 1, output: `token=${secret}` }],
    });
    const captured = await captureForensics(
      engine({
        logs: () => Promise.resolve({ lines: [`password=${secret}`, `connecting to redis://:${secret}@host`], truncated: false }),
        inspect: () => Promise.resolve(details),
        top: () => Promise.resolve({ titles: ['CMD'], processes: [[`app --api-key=${secret}`]] }),
      }),
      details,
      RULE
    );
    expect(JSON.stringify(captured)).not.toContain(secret);
    expect(captured.redactions).toBeGreaterThanOrEqual(5);
  });

  it('stays under 64 kB, whatever the container wrote', async () => {
    const long = 'ü'.repeat(20_000);
    const captured = await captureForensics(
      engine({
        logs: () => Promise.resolve({ lines: Array.from({ length: 1000 }, () => long), truncated: false }),
        inspect: () => Promise.resolve(someDetails({ command: Array.from({ length: 500 }, () => long), error: long, volumes: Array.from({ length: 500 }, () => long), healthLog: Array.from({ length: 50 }, () => ({ at: '', exitCode: 1, output: long })) })),
        top: () => Promise.resolve({ titles: [long], processes: Array.from({ length: 500 }, () => [long, long]) }),
      }),
      someDetails(),
      RULE
    );
    expect(Buffer.byteLength(JSON.stringify(captured))).toBeLessThan(65_536);
    expect(captured.logs_truncated).toBe(true);
  });
});
