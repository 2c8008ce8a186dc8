import { eventually } from '../../tests/support/eventually';
import { processMark } from './process-mark';
import { Supervised, type SupervisedOptions } from './supervised';

describe('a supervised process', () => {
  const said: string[] = [];
  const written: string[] = [];
  const running: Supervised[] = [];
  const run = (code: string, options: Partial<SupervisedOptions> = {}) => {
    const child = new Supervised({ name: 'The child', command: process.execPath, args: ['-e', code], env: process.env, onLine: (line) => written.push(line), say: (line) => said.push(line), firstWaitMs: 10, ...options });
    running.push(child);
    child.start();
    return child;
  };
  beforeEach(() => {
    said.length = 0;
    written.length = 0;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((child) => child.stop(1000)));
  });

  it('is started again when it dies, and that is said', async () => {
    const child = run(`console.log('begun'); setInterval(() => {}, 1000)`);
    await eventually(() => expect(written).toEqual(['begun']));
    const first = child.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await eventually(() => expect(written).toEqual(['begun', 'begun']));
    expect(child.pid).not.toBe(first);
    expect(said).toEqual(['The child was ended by SIGKILL; it is started again in 0.01 s.']);
  });

  it('is started again with growing waits', async () => {
    run('process.exit(3)');
    await eventually(() => expect(said.length).toBeGreaterThanOrEqual(3));
    expect(said.slice(0, 3).map((line) => /again in (.*) s/.exec(line)?.[1])).toEqual(['0.01', '0.02', '0.04']);
  });

  it('is not started again after a final code', async () => {
    const codes: number[] = [];
    run('process.exit(2)', { finalCodes: [2], onFinal: (code) => codes.push(code) });
    await eventually(() => expect(codes).toEqual([2]));
    expect(said[0]).toMatch(/starting again would not help/);
  });

  it('says when there is no such program', async () => {
    run('', { command: '/nowhere/program' });
    await eventually(() => expect(said[0]).toMatch(/cannot be started.*ENOENT/));
  });

  it('ends when it is asked, by force when it does not listen', async () => {
    const polite = run(`process.on('SIGTERM', () => process.exit(0)); console.log('ready'); setInterval(() => {}, 1000)`);
    await eventually(() => expect(written).toContain('ready'));
    await polite.stop(10_000);
    const deaf = run(`process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)`);
    await eventually(() => expect(written).toContain('deaf'));
    const pid = deaf.pid ?? 0;
    await deaf.stop(50);
    await deaf.stop(50);
    expect(processMark(pid)).toBeUndefined();
    expect(said).toEqual([]);
  });
});

it('a mark tells a process from others', () => {
  expect(processMark(process.pid)).toBe(processMark(process.pid));
  expect(processMark(2 ** 22 - 1)).toBeUndefined();
});
