import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import Docker from 'dockerode';

import { Play, type Recording } from '../../tests/contract/docker-shapes/play';
import { differences, shapeOf } from '../../tests/contract/docker-shapes/shape';
import { serve, type ApiServer } from './api/server';
import { Engine } from './engine/engine';
import type { ContainerSpec } from './engine/types';
import { socketFolder } from './test-harness';

const GOLDEN = path.join(__dirname, '../../tests/contract/docker-shapes/engine-20.10.json');
const SPEED = 8;

const common: Omit<ContainerSpec, 'name' | 'restartPolicy' | 'launch'> = {
  image: 'sh:1',
  command: ['/bin/sh', '-c', 'true'],
  env: ['NODE_ENV=production'],
  labels: { 'com.docker.compose.project': 'shop' },
  memoryBytes: 67_108_864,
  nanoCpus: 1_000_000_000,
  networkMode: 'shop_default',
};

const sh = (script: string): ContainerSpec['launch'] => {
  return () => ({ file: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' } });
};

const service: ContainerSpec = {
  ...common,
  name: 'service',
  restartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
  launch: sh('trap "exit 143" TERM; while true; do sleep 1 & wait $!; done'),
  healthcheck: {
    test: ['CMD-SHELL', 'true'],
    intervalMs: 500,
    timeoutMs: 1000,
    startPeriodMs: 1000,
    retries: 2,
    probe: () => Promise.resolve({ exitCode: 0, output: '' }),
  },
};
const loop: ContainerSpec = {
  ...common,
  name: 'loop',
  restartPolicy: { Name: 'always', MaximumRetryCount: 0 },
  launch: sh('exit 1'),
};

/** One play on the demo's engine, compared with the one recorded from a real Docker engine. */
describe('the demo engine beside a real Docker engine', () => {
  const folder = socketFolder();
  const engine = new Engine(folder, SPEED);
  const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Recording;
  let server: ApiServer;
  let here: Recording;

  beforeAll(async () => {
    const socketPath = path.join(folder, 'docker.sock');
    server = await serve(engine, socketPath);
    await engine.create(service).start();
    await engine.create(loop).start();
    here = await new Play(new Docker({ socketPath, version: 'v1.41' }), { service: 'service', loop: 'loop' }).run();
  });

  afterAll(async () => {
    await engine.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('plays the same scenes', () => {
    expect(Object.keys(here.shapes).sort()).toEqual(Object.keys(golden.shapes).sort());
  });

  test.each(Object.keys(golden.shapes))('answers with the same keys and kinds: %s', (name) => {
    expect(differences(golden.shapes[name] ?? {}, here.shapes[name] ?? {})).toEqual([]);
  });

  test('refuses with the same status and words', () => {
    expect(here.answers).toEqual(golden.answers);
  });

  test('tells the same events in the same order', () => {
    expect(here.events).toEqual(golden.events);
  });
});

describe('comparing shapes', () => {
  test('reports missing and surplus keys and other kinds', () => {
    const found = differences(shapeOf({ a: 1, b: { c: 'x' } }), shapeOf({ a: '1', b: {}, d: true }));
    expect(found).toEqual(['missing b.c', 'surplus d', 'a: number in Docker, string here']);
  });

  test('lets an empty list or null stand for any content', () => {
    expect(differences(shapeOf({ list: [{ x: 1 }], map: null }), shapeOf({ list: [], map: {} }))).toEqual([]);
  });
});
