import { readFile, readdir, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Every port of the system: who listens there, and the variable that changes it. */
export const PORTS = [
  { port: 3000, what: 'Grafana or preview host', variable: 'GRAFANA_PORT' },
  { port: 9090, what: 'exporter', variable: 'METRICS_PORT' },
  { port: 9091, what: 'Prometheus', variable: 'PROMETHEUS_PORT' },
  { port: 9093, what: 'Alertmanager', variable: 'ALERTMANAGER_PORT' },
  { port: 8080, what: 'HTTP API', variable: 'HEMOSTAT_API_PORT' },
  { port: 8090, what: 'webhook of the updater', variable: 'HEMOSTAT_UPDATER_PORT' },
  { port: 6379, what: 'Redis', variable: 'REDIS_PORT' },
] as const;

/** True when this program could listen on the port of this machine. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The next free port from `port` on. @throws Error when there is none within 200. */
export async function nextFreePort(port: number): Promise<number> {
  for (let candidate = port; candidate < Math.min(port + 200, 65_536); candidate += 1) {
    if (await isPortFree(candidate)) {
      return candidate;
    }
  }
  throw new Error(`No free port between ${port} and ${port + 199}.`);
}

/** Inodes of the sockets that listen on the port, from Linux' own tables. */
async function listeningInodes(port: number): Promise<Set<string>> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      // 0A is LISTEN.
      if (state === '0A' && local.endsWith(`:${hex}`) && inode) {
        inodes.add(inode);
      }
    }
  }
  return inodes;
}

async function holds(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const file of files) {
    const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode && inodes.has(inode)) {
      return true;
    }
  }
  return false;
}

/** Who listens on a port, as `name (pid 12)`; undefined when that cannot be seen (other users, other systems). */
export async function portOwner(port: number): Promise<string | undefined> {
  const inodes = await listeningInodes(port);
  if (inodes.size === 0) {
    return undefined;
  }
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await holds(pid, inodes)) {
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process');
      return `${name.trim()} (pid ${pid})`;
    }
  }
  return undefined;
}
