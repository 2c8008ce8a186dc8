import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isPortFree } from '../../agents/cli/ports';
import { readRunFile } from '../../agents/cli/run-file';
import type { Environment } from '../../agents/runtime/settings/define';
import { start } from '../../scripts/start/main';
import { processMark } from '../../scripts/start/process-mark';
import { runningHere } from '../../scripts/start/run-folder';
import { cli } from '../support/cli';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { removeFolder, temporaryFolder } from '../support/processes';

const checkout = path.join(__dirname, '../..');

/** The command line as `npm start` runs it; bundled by the very script, which jest cannot load. */
function bundledCli(): string {
  const script = `import { bundle } from './scripts/bundle.mjs'; console.log(await bundle({ entry: 'agents/cli/main.ts', out: 'build/hemostat.mjs', sources: ['agents', 'src/contract', 'scripts/demo-fleet', 'package.json'] }));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: checkout, encoding: 'utf8' }).trim();
}

/** Process ids of our children whose command line fits. */
function children(fits: RegExp): number[] {
  const table = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => (fits.test(line) ? [Number(line.trim().split(' ')[0])] : []));
}

describe('npm start', () => {
  let root: string;
  let port: number;
  let stop: AbortController;
  let printed: string[];
  let code: Promise<number> | undefined;
  const environment = (more: Environment = {}): Environment => ({ PATH: process.env.PATH, HOME: root, REDIS_PORT: String(port), HEMOSTAT_DEMO: 'on', ...more });
  const run = (more?: Environment) => start({ root, environment: environment(more), cli: bundledCli(), print: (line) => printed.push(line), signal: stop.signal });
  const shows = (pattern: RegExp) => eventually(() => expect(printed.join('\n')).toMatch(pattern), 60_000);
  const look = async (...argv: string[]) => JSON.parse((await cli({}, [...argv, '--json'], { folders: [root] })).out) as Record<string, unknown>;

  beforeEach(async () => {
    root = temporaryFolder('start');
    port = await freePort();
    stop = new AbortController();
    printed = [];
    code = undefined;
  });
  afterEach(async () => {
    stop.abort();
    await code;
    removeFolder(root);
  });

  it('heals a demo container, survives the death of what it started, and stops all of it', async () => {
    code = run();
    await shows(/DEMO: these are demo containers, not yours/);
    await shows(/\[ALERT\] \[HIGH\] \S+\/shop-cart-1/);
    await shows(/shop-cart-1: restart needed/);
    await shows(/shop-cart-1: restart done/);
    await shows(/shop-cart-1: helped after/);

    const told = await look('explain', 'shop-cart-1');
    expect(told.incident).toMatchObject({ state: 'resolved' });
    const status = await look('status');
    expect(status).toMatchObject({ ok: true, mode: 'auto', redis: { append_only: true, policy: 'noeviction' } });
    expect((status.agents as Array<{ agent: string; leading: boolean }>).find(({ agent }) => agent === 'observer')).toMatchObject({ leading: true });
    expect((await look('doctor')).ok).toBe(true);

    expect(runningHere(root, -1)?.pid).toBe(process.pid);
    const [agents = 0] = children(/agent all/);
    process.kill(agents, 'SIGKILL');
    await shows(/The process of the agents was ended by SIGKILL; it is started again in 1 s/);
    const [redis = 0] = children(/redis-server/);
    process.kill(redis, 'SIGKILL');
    await shows(/Redis was ended by SIGKILL; it is started again in 1 s/);
    await eventually(async () => expect((await look('status')).ok).toBe(true), 30_000);
    expect((await look('explain', 'shop-cart-1')).incident).toMatchObject({ state: 'resolved' });

    const pids = [...children(/agent all/), ...children(/redis-server/)];
    expect(pids).toHaveLength(2);
    stop.abort();
    expect(await code).toBe(0);
    expect(pids.map(processMark)).toEqual([undefined, undefined]);
    expect(await isPortFree(port)).toBe(true);
    expect(readRunFile(root)).toBeUndefined();
    expect(existsSync(path.join(root, '.hemostat', 'docker.sock'))).toBe(false);
  });

  it('says what is wrong and starts nothing', async () => {
    expect(await run({ HEMOSTAT_DEMO: 'off', DOCKER_HOST: 'unix:///nowhere/docker.sock' })).toBe(1);
    expect(printed.join('\n')).toMatch(/DOCKER_HOST names \/nowhere\/docker.sock, and no Docker engine answers there/);
    expect(await run({ REDIS_PORT: 'many' })).toBe(2);
    expect(printed.join('\n')).toMatch(/REDIS_PORT: "many" is not a number/);
    expect(await run({ PATH: '' })).toBe(1);
    expect(printed.join('\n')).toMatch(/No redis-server is on the path/);
    expect(await isPortFree(port)).toBe(true);
  });

  it('ends when the agents refuse their settings', async () => {
    expect(await run({ HEMOSTAT_MODE: 'bold' })).toBe(2);
    expect(printed.join('\n')).toMatch(/HEMOSTAT_MODE: "bold" is not one of observe, approve, auto/);
    expect(await run({ HEMOSTAT_START_AGENTS: 'all, obsever' })).toBe(2);
    expect(printed.join('\n')).toMatch(/HEMOSTAT_START_AGENTS: names "obsever", which there is not/);
  });

  it('keeps its data out of version control', async () => {
    await run({ DOCKER_HOST: 'unix:///nowhere/docker.sock', HEMOSTAT_DEMO: 'off' });
    expect(readFileSync(path.join(root, '.hemostat', '.gitignore'), 'utf8')).toBe('*\n');
  });
});
