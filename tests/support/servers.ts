import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { makeCertificates, type Certificates } from './certificates';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { removeFolder, start, temporaryFolder, type Running } from './processes';

const READY = /Ready to accept connections|Sentinel ID is/;
const PORT_TRIES = 5;

export interface RedisOptionsForTest {
  password?: string;
  /** Append-only file on, so that a restart finds everything that was accepted. */
  aof?: boolean;
  /** Such as `4mb`; writes are refused above it (policy noeviction). */
  maxmemory?: string;
  /** Only TLS is spoken on the port; client certificates are asked for, not demanded, unless `clientCertificates`. */
  tls?: boolean | { clientCertificates: true };
  /** ACL rules, one user each: `hemostat on >secret ~hemostat:* &* +@all`. */
  acl?: readonly string[];
  port?: number;
  /** More arguments, as redis-server takes them: `['--hz', '100']`. */
  args?: readonly string[];
  /** Runs a sentinel with these lines of configuration in place of a server. */
  sentinel?: readonly string[];
}

export interface RedisServer {
  readonly port: number;
  /** With the password, when there is one. */
  readonly url: string;
  readonly dataDir: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Only with `tls`. */
  readonly certificates: Certificates | undefined;
  /** Signals the process; with SIGKILL and SIGTERM it also waits for its end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again (after ending it, when it runs) on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
  /** The answer of INFO. */
  info(section?: string): Promise<string>;
  /** A new connection as the default user; `stop` closes it. */
  connect(options?: RedisOptions): Redis;
}

function tlsArguments(options: RedisOptionsForTest, certificates: Certificates | undefined, port: number): string[] {
  if (!certificates) {
    return ['--port', String(port)];
  }
  return [
    ...['--port', '0', '--tls-port', String(port), '--tls-ca-cert-file', certificates.caFile],
    ...['--tls-cert-file', certificates.serverCertFile, '--tls-key-file', certificates.serverKeyFile],
    ...['--tls-auth-clients', typeof options.tls === 'object' ? 'yes' : 'optional'],
  ];
}

function serverArguments(options: RedisOptionsForTest, dataDir: string): string[] {
  if (options.sentinel) {
    // A sentinel keeps what it learns in its own configuration file.
    const file = path.join(dataDir, 'sentinel.conf');
    writeFileSync(file, options.sentinel.join('\n') + '\n');
    return [file, '--sentinel', '--bind', '127.0.0.1', '--dir', dataDir];
  }
  return [
    ...['--bind', '127.0.0.1', '--dir', dataDir, '--save', '', '--daemonize', 'no', '--loglevel', 'notice'],
    ...['--appendonly', options.aof ? 'yes' : 'no'],
    ...(options.password ? ['--requirepass', options.password] : []),
    ...(options.maxmemory ? ['--maxmemory', options.maxmemory, '--maxmemory-policy', 'noeviction'] : []),
    ...(options.acl ?? []).flatMap((rule) => ['--user', ...rule.split(' ')]),
    ...(options.args ?? []),
  ];
}

async function startOnFreePort(fixed: number | undefined, run: (port: number) => Running): Promise<{ port: number; running: Running }> {
  for (let tries = 1; ; tries += 1) {
    const port = fixed ?? (await freePort());
    const running = run(port);
    try {
      await running.waitFor(READY);
      return { port, running };
    } catch (cause) {
      await running.end('SIGKILL');
      if (fixed !== undefined || tries === PORT_TRIES || !/Address already in use/.test(running.output())) {
        throw cause;
      }
    }
  }
}

/** A real redis-server with a data folder of its own, on a free port of 127.0.0.1. The caller stops it. */
export async function startRedis(options: RedisOptionsForTest = {}): Promise<RedisServer> {
  const dataDir = temporaryFolder('redis');
  const certificates = options.tls ? makeCertificates(dataDir) : undefined;
  const clients = new Set<Redis>();
  const run = (port: number) =>
    start('redis-server', [...serverArguments(options, dataDir), ...tlsArguments(options, certificates, port)]);
  const first = await startOnFreePort(options.port, run);
  const { port } = first;
  let { running } = first;

  const connect = (more: RedisOptions = {}) => {
    const client = new Redis({
      host: '127.0.0.1',
      port,
      protocol: 2,
      ...(options.password ? { password: options.password } : {}),
      ...(certificates ? { tls: clientTls(certificates) } : {}),
      ...more,
    });
    // Without a listener ioredis writes each refused connection to the console.
    client.on('error', () => undefined);
    clients.add(client);
    return client;
  };
  const login = options.password ? `:${encodeURIComponent(options.password)}@` : '';
  return {
    port,
    url: `${certificates ? 'rediss' : 'redis'}://${login}127.0.0.1:${port}`,
    dataDir,
    certificates,
    get pid() {
      return running.pid;
    },
    connect,
    async info(section = 'everything') {
      const client = connect();
      try {
        return await client.info(section);
      } finally {
        clients.delete(client);
        client.disconnect();
      }
    },
    async kill(signal = 'SIGKILL') {
      if (signal === 'SIGKILL' || signal === 'SIGTERM') {
        await running.end(signal);
      } else {
        process.kill(running.pid, signal);
      }
    },
    async restart() {
      await running.end('SIGTERM');
      running = (await startOnFreePort(port, run)).running;
    },
    async stop() {
      clients.forEach((client) => client.disconnect());
      await running.end('SIGKILL');
      removeFolder(dataDir);
    },
  };
}

function clientTls(certificates: Certificates) {
  return {
    ca: readFileSync(certificates.caFile),
    cert: readFileSync(certificates.clientCertFile),
    key: readFileSync(certificates.clientKeyFile),
  };
}

export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  stop(): Promise<void>;
}

const SLOTS = 16_384;

/** Three masters that share the slots, without replicas; ready when every node says that the cluster is well. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const busPorts = await Promise.all([freePort(), freePort(), freePort()]);
  const nodes = await Promise.all(
    busPorts.map((busPort) =>
      startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '2000'] })
    )
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    const clients = nodes.map((node) => node.connect());
    await Promise.all(
      clients.map((client, index) => {
        const from = Math.floor((SLOTS * index) / nodes.length);
        const to = Math.floor((SLOTS * (index + 1)) / nodes.length) - 1;
        return client.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
      })
    );
    for (const [index, node] of nodes.entries()) {
      await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', node.port, busPorts[index] ?? 0);
    }
    for (const client of clients) {
      await eventually(async () => {
        const state = String(await client.call('CLUSTER', 'INFO'));
        if (!state.includes('cluster_state:ok') || !state.includes(`cluster_known_nodes:${nodes.length}`)) {
          throw new Error(state);
        }
      });
    }
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { nodes, stop };
}

export interface RedisSentinels {
  /** Name of the master, as sentinels are asked for it. */
  readonly name: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly sentinels: readonly RedisServer[];
  stop(): Promise<void>;
}

/** A master, a replica and three sentinels (two must agree) that see a dead master after a second. */
export async function startSentinel(name = 'mymaster'): Promise<RedisSentinels> {
  const started: RedisServer[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const keep = async (server: Promise<RedisServer>) => {
    const ready = await server;
    started.push(ready);
    return ready;
  };
  try {
    const master = await keep(startRedis());
    const replica = await keep(startRedis({ args: ['--replicaof', `127.0.0.1 ${master.port}`] }));
    const watching = replica.connect();
    await eventually(async () => {
      const state = await watching.info('replication');
      if (!state.includes('master_link_status:up')) {
        throw new Error(state);
      }
    });
    const rules = [
      `sentinel monitor ${name} 127.0.0.1 ${master.port} 2`,
      `sentinel down-after-milliseconds ${name} 1000`,
      `sentinel failover-timeout ${name} 5000`,
    ];
    const sentinels = await Promise.all([1, 2, 3].map(() => keep(startRedis({ sentinel: rules }))));
    await Promise.all(sentinels.map((sentinel) => untilAllAreKnown(sentinel.connect(), name)));
    return { name, master, replica, sentinels, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** A failover needs all three sentinels and the replica to know of each other. */
async function untilAllAreKnown(sentinel: Redis, name: string): Promise<void> {
  await eventually(async () => {
    const quorum = String(await sentinel.call('SENTINEL', 'CKQUORUM', name));
    const replicas = await sentinel.call('SENTINEL', 'REPLICAS', name);
    if (!quorum.startsWith('OK 3') || !Array.isArray(replicas) || replicas.length !== 1) {
      throw new Error(`The sentinel says: ${quorum}`);
    }
  }, 30_000);
}
