import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Environment } from '../runtime/settings/define';

/** What `npm start` leaves for other terminals: `.hemostat/run.json`. */
export const runFileSchema = z.object({
  /** Process id of `npm start`. */
  pid: z.number(),
  /** Tells that process from a later one of the same id; empty where the system does not tell. */
  mark: z.string(),
  started_at: z.string(),
  /** The Redis that it started itself; absent when it uses another one. */
  redis: z.object({ host: z.string(), port: z.number() }).optional(),
  /** DOCKER_HOST of the engine that is watched. */
  docker_host: z.string(),
  /** True when the containers are those of the demo fleet. */
  demo: z.boolean(),
  mode: z.string(),
  /** Settings that it runs with and that are no secrets, by variable. */
  settings: z.record(z.string(), z.string()).default({}),
});
export type RunFile = z.infer<typeof runFileSchema>;

export const RUN_FOLDER = '.hemostat';
export const RUN_FILE = 'run.json';

const REDIS_VARIABLES = ['REDIS_URL', 'REDIS_HOST', 'REDIS_PORT', 'HEMOSTAT_REDIS_CLUSTER', 'HEMOSTAT_REDIS_SENTINELS'];

/** True when the environment says where Redis is. */
export function namesRedis(environment: Environment): boolean {
  return REDIS_VARIABLES.some((name) => Boolean(environment[name]));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** @returns undefined when there is none, or it is not ours, or cannot be read. */
export function readRunFile(folder: string): RunFile | undefined {
  const file = path.join(folder, RUN_FOLDER, RUN_FILE);
  try {
    // Another user's file must not lead commands to another user's Redis.
    if (statSync(file).uid !== process.getuid?.()) {
      return undefined;
    }
    const parsed = runFileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The `npm start` that runs in one of the folders or above them, nearest first. */
export function findRun(folders: readonly string[]): RunFile | undefined {
  for (const start of folders) {
    for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
      const run = readRunFile(folder);
      if (run && isAlive(run.pid)) {
        return run;
      }
      if (path.dirname(folder) === folder) {
        break;
      }
    }
  }
  return undefined;
}

/** Settings with what a running `npm start` adds. The environment wins. */
export function withRun(environment: Environment, run: RunFile | undefined): Environment {
  if (!run) {
    return environment;
  }
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  // Another Redis holds another log: what this run was told says nothing about it.
  const settings = namesRedis(environment) ? {} : { ...run.settings, ...(run.redis ? { REDIS_HOST: run.redis.host, REDIS_PORT: String(run.redis.port) } : {}) };
  return { DOCKER_HOST: run.docker_host, ...settings, ...given };
}
