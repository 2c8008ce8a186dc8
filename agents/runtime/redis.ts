import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { ConnectionOptions } from 'node:tls';
import { HemostatError } from './errors';
import type { SettingsOf } from './settings/define';
import type { redisSettings } from './settings/common';

/** TLS for those whose settings do not come from the environment: PEM text in place of files. */
export interface RedisTlsText {
  redisCaPem?: string;
  redisCertPem?: string;
  redisKeyPem?: string;
  /** Name that the certificate must bear, where it differs from the host. */
  redisServerName?: string;
  /** Takes any certificate: encrypts, but proves nothing. */
  redisTlsSkipVerify?: boolean;
}
export type RedisSettings = SettingsOf<typeof redisSettings> & RedisTlsText;
export type RedisClient = Redis | Cluster;

/** Longest wait between two tries to connect, in milliseconds. */
const MAX_RECONNECT_MS = 2000;

function readPem(name: string, file: string): Buffer | undefined {
  if (!file) {
    return undefined;
  }
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new HemostatError('settings', `${name}: the file ${file} cannot be read. Name an existing PEM file, or unset ${name}.`, { cause });
  }
}

function tlsOptions(settings: RedisSettings): ConnectionOptions | undefined {
  if (!settings.redisTls && !settings.redisUrl.startsWith('rediss:')) {
    return undefined;
  }
  return {
    ca: settings.redisCaPem || readPem('HEMOSTAT_REDIS_CA_FILE', settings.redisCaFile),
    cert: settings.redisCertPem || readPem('HEMOSTAT_REDIS_CERT_FILE', settings.redisCertFile),
    key: settings.redisKeyPem || readPem('HEMOSTAT_REDIS_KEY_FILE', settings.redisKeyFile),
    ...(settings.redisServerName ? { servername: settings.redisServerName } : {}),
    ...(settings.redisTlsSkipVerify ? { rejectUnauthorized: false } : {}),
  };
}

function parseNodes(name: string, nodes: string): Array<{ host: string; port: number }> {
  return nodes.split(',').map((node) => {
    const match = /^\s*\[?([^\]]+?)\]?:(\d+)\s*$/.exec(node);
    if (!match?.[1]) {
      throw new HemostatError('settings', `${name}: "${node}" is not host:port.`);
    }
    return { host: match[1], port: Number(match[2]) };
  });
}

function baseOptions(settings: RedisSettings, name: string): RedisOptions {
  const tls = tlsOptions(settings);
  return {
    connectionName: `hemostat-${name}`,
    username: settings.redisUser || undefined,
    password: settings.redisPassword || undefined,
    ...(tls ? { tls } : {}),
    // RESP2 keeps the shape of stream replies as they have always been.
    protocol: 2,
    connectTimeout: 5000,
    keepAlive: 10_000,
    // Every connection of ours speaks at least once a second, so a silent one is dead.
    socketTimeout: 15_000,
    // A command waits for the connection to come back; appending twice is harmless, losing is not.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS),
    lazyConnect: true,
  };
}

function single(settings: RedisSettings, base: RedisOptions): Redis {
  if (settings.redisSentinels) {
    return new Redis({
      ...base,
      sentinels: parseNodes('HEMOSTAT_REDIS_SENTINELS', settings.redisSentinels),
      name: settings.redisSentinelName,
      sentinelPassword: settings.redisSentinelPassword || undefined,
      sentinelRetryStrategy: () => MAX_RECONNECT_MS,
      db: settings.redisDb,
    });
  }
  if (settings.redisUrl) {
    // A password or user set on its own wins over the one in the URL only when it is really set.
    const own = Object.fromEntries(Object.entries(base).filter(([, value]) => value !== undefined));
    return new Redis(settings.redisUrl, own);
  }
  return new Redis({ ...base, host: settings.redisHost, port: settings.redisPort, db: settings.redisDb });
}

function clusterNodeOptions({ retryStrategy: _retry, lazyConnect: _lazy, ...rest }: RedisOptions): Omit<RedisOptions, 'retryStrategy' | 'readOnly' | 'enableOfflineQueue' | 'host' | 'port' | 'path' | 'sentinels' | 'himportFieldsets'> {
  const { replyMapping: _mapping, ...options } = rest as RedisOptions & { replyMapping?: unknown };
  return options;
}

/**
 * A new connection; it connects at the first command. The caller closes it.
 * @param name appears in CLIENT LIST.
 * @throws HemostatError `settings` when a file or address cannot be used.
 */
export function connectRedis(settings: RedisSettings, name: string): RedisClient {
  const base = baseOptions(settings, name);
  const client = settings.redisClusterNodes
    ? new Cluster(parseNodes('HEMOSTAT_REDIS_CLUSTER', settings.redisClusterNodes), {
        redisOptions: clusterNodeOptions(base),
        clusterRetryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS),
        lazyConnect: true,
        slotsRefreshTimeout: 3000,
      })
    : single(settings, base);
  // Without a listener ioredis writes every failed attempt to the console.
  client.on('error', () => undefined);
  return client;
}

/** Where Redis is, for messages: never with a password. */
export function redisAddress(settings: RedisSettings): string {
  if (settings.redisClusterNodes) {
    return `the cluster ${settings.redisClusterNodes}`;
  }
  if (settings.redisSentinels) {
    return `the sentinels ${settings.redisSentinels}`;
  }
  if (settings.redisUrl) {
    const url = new URL(settings.redisUrl);
    return `${url.hostname}:${url.port || 6379}`;
  }
  return `${settings.redisHost}:${settings.redisPort}`;
}
