import { isPortFree, nextFreePort, portOwner } from '../../agents/cli/ports';
import type { Environment } from '../../agents/runtime/settings/define';

/** A clear word for the user; `npm start` ends with it. */
export class StartError extends Error {
  constructor(
    message: string,
    readonly mend: string
  ) {
    super(message);
  }
}

export type RedisChoice = { own: false } | { own: true; port: number; note?: string };

const NAMED_BY = ['REDIS_URL', 'REDIS_HOST', 'HEMOSTAT_REDIS_CLUSTER', 'HEMOSTAT_REDIS_SENTINELS'];

/**
 * Which Redis to use: the user's own when a variable names its host, else one that we start.
 * @param port REDIS_PORT, or its default
 * @throws StartError when REDIS_PORT names a port that is taken.
 */
export async function chooseRedis(environment: Environment, port: number): Promise<RedisChoice> {
  if (NAMED_BY.some((name) => Boolean(environment[name]))) {
    return { own: false };
  }
  if (await isPortFree(port)) {
    return { own: true, port };
  }
  const owner = (await portOwner(port)) ?? 'another process';
  if (environment.REDIS_PORT) {
    throw new StartError(`Port ${port} (REDIS_PORT) is taken by ${owner}.`, `Set REDIS_PORT to a free port. To use the Redis that listens there, set REDIS_HOST=127.0.0.1 as well.`);
  }
  const free = await nextFreePort(port + 1);
  const note = `Port ${port} is taken by ${owner}; our own Redis listens on ${free} (REDIS_PORT changes it; REDIS_HOST=127.0.0.1 uses the one on ${port}).`;
  return { own: true, port: free, note };
}
