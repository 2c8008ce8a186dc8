import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findRun, readRunFile, RUN_FOLDER, withRun, type RunFile } from './run-file';

const run: RunFile = { pid: process.pid, mark: '', started_at: '', redis: { host: '127.0.0.1', port: 6380 }, docker_host: 'unix:///demo.sock', demo: true, mode: 'auto', settings: { HEMOSTAT_MODE: 'auto' } };

describe('the file of a running npm start', () => {
  let root: string;
  const write = (text: string) => writeFileSync(path.join(root, RUN_FOLDER, 'run.json'), text);

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'hemostat-run-file-'));
    mkdirSync(path.join(root, RUN_FOLDER));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is found from a folder below, and from a file', () => {
    write(JSON.stringify(run));
    expect(findRun([path.join(root, 'a', 'b')])).toEqual(run);
    expect(findRun([path.join(root, 'script.mjs')])).toEqual(run);
  });

  it.each(['', '{', '[]', '{"pid":"x"}', 'null'])('counts as absent when it reads %j', (text) => {
    write(text);
    expect(readRunFile(root)).toBeUndefined();
  });

  it('counts as absent when that npm start is gone', () => {
    write(JSON.stringify({ ...run, pid: 2 ** 22 - 1 }));
    expect(findRun([root])).toBeUndefined();
  });

  it('gives way to the environment', () => {
    expect(withRun({}, run)).toEqual({ REDIS_HOST: '127.0.0.1', REDIS_PORT: '6380', DOCKER_HOST: 'unix:///demo.sock', HEMOSTAT_MODE: 'auto' });
    expect(withRun({ HEMOSTAT_MODE: 'observe', REDIS_HOST: '' }, run)).toMatchObject({ REDIS_HOST: '127.0.0.1', HEMOSTAT_MODE: 'observe' });
    expect(withRun({ REDIS_URL: 'redis://x', DOCKER_HOST: 'tcp://y' }, run)).toEqual({ REDIS_URL: 'redis://x', DOCKER_HOST: 'tcp://y' });
    expect(withRun({ A: '1' }, undefined)).toEqual({ A: '1' });
  });
});
