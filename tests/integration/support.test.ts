import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { Cluster, Redis } from 'ioredis';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { startRedis, startRedisCluster, startSentinel } from '../support/servers';

const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

describe('eventually', () => {
  it('gives what the assertion returns once it holds', async () => {
    let tries = 0;
    const value = await eventually(() => {
      tries += 1;
      expect(tries).toBeGreaterThan(2);
      return 'held';
    });
    expect(value).toBe('held');
  });

  it('says what never held', async () => {
    await expect(eventually(() => expect(1).toBe(2), 60)).rejects.toThrow(/did not hold within 0\.06 s[^]*Expected/);
  });
});

describe('a free port', () => {
  it('has no listener', async () => {
    const port = await freePort();
    const code = await new Promise((resolve) => {
      connect(port, '127.0.0.1').once('error', (cause: NodeJS.ErrnoException) => resolve(cause.code));
    });
    expect(code).toBe('ECONNREFUSED');
  });
});

describe('Redis alone', () => {
  it('keeps what was accepted over SIGKILL with the append-only file on', async () => {
    const server = await startRedis({ aof: true, password: 'pa:ss@word' });
    const client = server.connect();
    await client.set('a', '1');
    const { pid, port } = server;
    await server.kill('SIGKILL');
    expect(isAlive(pid)).toBe(false);
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    expect(await client.get('a')).toBe('1');
    const byUrl = new Redis(server.url, { protocol: 2 });
    expect(await byUrl.get('a')).toBe('1');
    byUrl.disconnect();
    const stranger = server.connect({ password: undefined });
    await expect(stranger.get('a')).rejects.toThrow(/NOAUTH/);
    expect(await server.info('server')).toContain('redis_version:7');
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(server.dataDir)).toBe(false);
  });

  it('refuses writes above its memory limit', async () => {
    const server = await startRedis({ maxmemory: '3mb' });
    const fill = async () => {
      for (let i = 0; i < 100; i += 1) {
        await server.connect().set(`key-${i}`, 'x'.repeat(100_000));
      }
    };
    await expect(fill()).rejects.toThrow(/^OOM/);
    await server.stop();
  });

  it('freezes with SIGSTOP and goes on with SIGCONT', async () => {
    const server = await startRedis();
    const client = server.connect();
    await client.set('a', '1');
    await server.kill('SIGSTOP');
    const answer = client.get('a');
    await server.kill('SIGCONT');
    expect(await answer).toBe('1');
    await server.stop();
  });

  it('ends when the process that started it is killed', async () => {
    const arguments_ = ['--pdeathsig', 'KILL', 'redis-server', '--port', String(await freePort()), '--save', ''];
    const script = `
      const child = require('node:child_process').spawn('setpriv', ${JSON.stringify(arguments_)});
      child.stdout.on('data', (text) => String(text).includes('Ready') && console.log(child.pid));`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(String(text)))));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });
});

describe('Redis with TLS and ACL', () => {
  it('speaks TLS only, and lets a user do what its rule says', async () => {
    const server = await startRedis({
      tls: { clientCertificates: true },
      acl: ['default off', 'healer on >secret ~hemostat:* &hemostat:* +@all'],
    });
    const healer = server.connect({ username: 'healer', password: 'secret' });
    expect(await healer.set('hemostat:a', '1')).toBe('OK');
    await expect(healer.set('other', '1')).rejects.toThrow(/NOPERM/);
    await expect(server.connect({ username: 'healer', password: 'wrong', maxRetriesPerRequest: 0 }).ping()).rejects.toThrow(
      /WRONGPASS/
    );
    const plain = server.connect({ tls: undefined, maxRetriesPerRequest: 0, retryStrategy: () => null });
    await expect(plain.ping()).rejects.toThrow();
    expect(server.url).toMatch(/^rediss:/);
    expect(execFileSync('openssl', ['verify', '-CAfile', server.certificates?.caFile ?? '', server.certificates?.serverCertFile ?? '']).toString()).toContain('OK');
    await server.stop();
  });
});

describe('Redis Cluster', () => {
  it('serves keys of every slot', async () => {
    const cluster = await startRedisCluster();
    const client = new Cluster(cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })));
    for (let i = 0; i < 50; i += 1) {
      await client.set(`{${i}}:a`, String(i));
    }
    expect(await client.get('{49}:a')).toBe('49');
    const sizes = await Promise.all(cluster.nodes.map((node) => node.connect().dbsize()));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    client.disconnect();
    await cluster.stop();
  });
});

describe('Sentinel', () => {
  it('makes the replica master when the master is killed', async () => {
    const { sentinels, name, master, replica, stop } = await startSentinel();
    const client = new Redis({ sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })), name, protocol: 2 });
    client.on('error', () => undefined);
    await client.set('a', '1');
    await client.wait(1, 5000);
    await master.kill('SIGKILL');
    await eventually(async () => expect(await replica.info('replication')).toContain('role:master'), 60_000);
    expect(await client.get('a')).toBe('1');
    await client.set('a', '2');
    client.disconnect();
    await stop();
  });
});
