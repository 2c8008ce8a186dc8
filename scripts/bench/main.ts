import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem, loadavg } from 'node:os';
import { execFileSync } from 'node:child_process';
import { startDockerd } from '../../tests/support/docker';
import { startRedis } from '../../tests/support/servers';
import { chain } from './chain';
import { benchCore } from './core';
import { containers } from './containers';
import { benchDashboard } from './dashboard';
import { benchExporter } from './exporter';
import { faults } from './faults';
import { plain, table, type Figure } from './figures';
import { labLog } from './lab';
import { benchPages } from './pages';
import { benchPlugin } from './plugin';
import { redisLimits } from './redis-limits';
import { benchTelemetry } from './telemetry';

/** Limits that let the machine be the limit, for thousands of made-up containers. */
const OPEN_LIMITS = {
  cooldown_seconds: 0,
  attempts_per_hour: 1_000_000,
  start_grace_seconds: 0,
  manual_grace_seconds: 0,
  blast_radius: { containers_per_hour: 1_000_000, per_project_per_hour: 1_000_000, fleet_share: 1, fleet_share_min: 1_000_000 },
};

function version(command: string, ...words: string[]): string {
  try {
    return execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n')[0] ?? '';
  } catch {
    return 'absent';
  }
}

function machine(): Record<string, string> {
  return {
    processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    'load before': loadavg().map((one) => one.toFixed(2)).join(' '),
    node: process.version,
    redis: version('redis-server', '--version'),
    docker: version('dockerd', '--version'),
  };
}

async function original(port: number): Promise<Figure[]> {
  const group = 'The Python original on this machine';
  const checkout = process.env.HEMOSTAT_ORIGINAL_DIR;
  const python = process.env.HEMOSTAT_ORIGINAL_PYTHON;
  if (!checkout || !python) {
    return [plain(group, 'HEMOSTAT_ORIGINAL_DIR and HEMOSTAT_ORIGINAL_PYTHON', undefined, '', 'set both to measure it')];
  }
  // @ts-expect-error plain JavaScript beside us
    const { benchOriginal } = (await import('./original.mjs')) as { benchOriginal(options: Record<string, string>): Promise<Record<string, unknown>> };
  const result = await benchOriginal({ checkout, python, redisUrl: `redis://127.0.0.1:${port}` });
  if (typeof result.reason === 'string') {
    return [plain(group, 'the original', undefined, '', result.reason)];
  }
  // What was asked of it is in its own shape; only what came out is a figure.
  return flatten(result).filter(([name]) => !name.startsWith('shape.')).map(([name, value]) => plain(group, name, value, ''));
}

function flatten(value: Record<string, unknown>, prefix = ''): Array<[string, number]> {
  return Object.entries(value).flatMap(([key, inner]): Array<[string, number]> => {
    const name = prefix ? `${prefix}.${key}` : key;
    if (typeof inner === 'number') {
      return [[name, inner]];
    }
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? flatten(inner as Record<string, unknown>, name) : [];
  });
}

async function part(name: string, work: () => Promise<Figure[]>): Promise<Figure[]> {
  process.stderr.write(`measuring: ${name}\n`);
  try {
    return await work();
  } catch (cause) {
    return [plain(name, 'failed', undefined, '', cause instanceof Error ? cause.message : String(cause))];
  }
}

async function limitsOf(port: number, how: string): Promise<Figure[]> {
  const log = labLog(port);
  try {
    return await redisLimits(log, how);
  } finally {
    log.redis.disconnect();
  }
}

async function main(): Promise<void> {
  const facts = machine();
  const redis = await startRedis({ aof: true });
  mkdirSync('build', { recursive: true });
  const policyFile = 'build/bench-policy.json';
  writeFileSync(policyFile, JSON.stringify({ defaults: OPEN_LIMITS }));
  const environment = { HEMOSTAT_POLICY_FILE: policyFile };
  const wanted = process.argv.slice(2);
  const wants = (name: string) => wanted.length === 0 || wanted.includes(name);
  const figures: Figure[] = [];
  try {
    if (wants('redis')) {
      figures.push(...(await part('redis', () => limitsOf(redis.port, 'append-only file on'))));
      const plainRedis = await startRedis();
      figures.push(...(await part('redis without append-only file', () => limitsOf(plainRedis.port, 'no append-only file'))));
      await plainRedis.stop();
    }
    if (wants('chain')) {
      figures.push(...(await part('chain', () => chain(redis.port, environment))));
    }
    if (wants('faults')) {
      figures.push(...(await part('faults', () => faults(redis, environment))));
    }
    if (wants('containers')) {
      const docker = await startDockerd();
      try {
        figures.push(...(await part('containers', () => containers(docker, redis.port, environment))));
      } finally {
        await docker.stop();
      }
    }
    const small = {
      core: async () => benchCore(redis.port),
      telemetry: async () => benchTelemetry(redis.port),
      dashboard: benchDashboard,
      exporter: benchExporter,
      plugin: async () => benchPlugin(redis.port),
      pages: benchPages,
    };
    for (const [name, bench] of Object.entries(small)) {
      if (wants(name)) {
        figures.push(...(await part(name, bench)));
      }
    }
    if (wants('original')) {
      figures.push(...(await part('original', () => original(redis.port))));
    }
  } finally {
    await redis.stop();
  }
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(12)} ${value}`);
  process.stdout.write(`${lines.join('\n')}\n${table(figures)}\n\nRedis runs with its append-only file on where nothing else is said; medians.\n`);
  writeFileSync('build/bench.json', JSON.stringify({ machine: facts, at: new Date().toISOString(), figures }, undefined, 2));
  process.stdout.write('Also written to build/bench.json\n');
}

void main().then(
  () => process.exit(0),
  (cause: unknown) => {
    process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`);
    process.exit(1);
  }
);
