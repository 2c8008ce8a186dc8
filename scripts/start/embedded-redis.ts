import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { waitMs } from '../../agents/runtime/wait';
import { Supervised } from './supervised';

/** Valkey takes the same options. */
const SERVERS = ['redis-server', 'valkey-server'];
const READY_MS = 20_000;

/** Full path of a Redis server on the search path, or undefined. */
export function findRedisServer(searchPath: string): string | undefined {
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    for (const name of SERVERS) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

export interface EmbeddedRedisOptions {
  /** See `findRedisServer`. */
  server: string;
  port: number;
  /** For its data; made when it is missing. */
  folder: string;
  say: (line: string) => void;
  env: NodeJS.ProcessEnv;
}

export interface EmbeddedRedis {
  readonly port: number;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** True when a Redis without password answers there. */
export async function answersPing(port: number, host = '127.0.0.1'): Promise<boolean> {
  const client = new Redis({ host, port, lazyConnect: true, connectTimeout: 1000, commandTimeout: 1000, retryStrategy: () => null, maxRetriesPerRequest: 0, protocol: 2 });
  client.on('error', () => undefined);
  try {
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

/**
 * Starts a Redis of our own: for this machine only, everything kept, nothing evicted. It is started again when it dies.
 * @throws Error when it does not answer within 20 s.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const last: string[] = [];
  const args = ['--port', String(options.port), '--bind', '127.0.0.1', '--dir', options.folder];
  args.push('--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction', '--daemonize', 'no', '--loglevel', 'notice');
  const child = new Supervised({
    name: 'Redis',
    command: options.server,
    args,
    env: options.env,
    onLine: (line) => {
      last.push(line);
      last.splice(0, last.length - 5);
    },
    say: (line) => options.say(`${line}${last.length > 0 ? ` Its last words: ${last.slice(-2).join(' | ')}` : ''}`),
  });
  child.start();
  const until = performance.now() + READY_MS;
  while (!(await answersPing(options.port))) {
    if (performance.now() > until) {
      await child.stop(1000);
      throw new Error(`Redis does not answer on port ${options.port} within ${READY_MS / 1000} s. Its last words: ${last.join(' | ')}`);
    }
    await waitMs(100);
  }
  return {
    port: options.port,
    get pid() {
      return child.pid;
    },
    stop: () => child.stop(2000),
  };
}
