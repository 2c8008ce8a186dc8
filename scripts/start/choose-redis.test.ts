import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/contract/policy';
import { banner, whereToLook } from './banner';
import { chooseRedis } from './choose-redis';
import { demoEnvironment } from './demo';
import { findRedisServer } from './embedded-redis';

describe('which Redis is used', () => {
  let taken: Server;
  let port: number;
  beforeEach(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  afterEach(() => new Promise((resolve) => taken.close(resolve)));

  it.each([['REDIS_URL'], ['REDIS_HOST'], ['HEMOSTAT_REDIS_CLUSTER'], ['HEMOSTAT_REDIS_SENTINELS']])("the user's own where %s names it", async (name) => {
    expect(await chooseRedis({ [name]: 'x' }, port)).toEqual({ own: false });
  });

  it('our own on the next free port when the usual one is taken, and says so', async () => {
    const choice = await chooseRedis({}, port);
    expect(choice).toMatchObject({ own: true, note: expect.stringMatching(new RegExp(`Port ${port} is taken by .*REDIS_PORT`)) });
    expect(choice.own && choice.port).toBeGreaterThan(port);
  });

  it('none when REDIS_PORT names a taken port', async () => {
    await expect(chooseRedis({ REDIS_PORT: String(port) }, port)).rejects.toThrow(`Port ${port} (REDIS_PORT) is taken by`);
  });
});

describe('the demo', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hemostat-demo-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('sets only what the user does not', () => {
    expect(demoEnvironment({}, folder)).toMatchObject({ HEMOSTAT_MODE: 'auto' });
    expect(demoEnvironment({ HEMOSTAT_MODE: 'approve', HEMOSTAT_POLICY_FILE: 'mine.yaml' }, folder)).toEqual({ RESPONDER_COOLDOWN_SECONDS: '60', RESPONDER_MAX_RETRIES_PER_HOUR: '20' });
  });

  it('has a policy that can be used', () => {
    const { HEMOSTAT_POLICY_FILE: file = '' } = demoEnvironment({}, folder);
    expect(parsePolicy(parse(readFileSync(file, 'utf8')))).toMatchObject({ ok: true, document: { defaults: { blast_radius: { fleet_share: 1 } } } });
  });
});

it('the banner says that the containers are a demo, and every line fits', () => {
  const lines = [...banner({ containers: 16, forced: false, settings: { HEMOSTAT_MODE: 'auto' } }), ...whereToLook({ pid: 1, mark: '', started_at: '', docker_host: '', demo: true, mode: 'auto', settings: {} })];
  expect(lines.join('\n')).toMatch(/DEMO: these are demo containers, not yours/);
  expect(lines.join('\n')).toContain('HEMOSTAT_MODE=auto');
});

it('a Redis server is looked for on the search path', () => {
  expect(findRedisServer('')).toBeUndefined();
  expect(findRedisServer('/nowhere:/also/nowhere')).toBeUndefined();
});
