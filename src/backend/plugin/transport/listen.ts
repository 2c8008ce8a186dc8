import { randomBytes } from 'node:crypto';
import { readdirSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ServerCredentials, type Server } from '@grpc/grpc-js';
import { HemostatError } from '../../../../agents/runtime/errors';
import type { PluginEnvironment } from '../environment';

/** Where the process can be dialled. */
export interface Address {
  network: 'unix' | 'tcp';
  /** A path, or `host:port`. */
  address: string;
}

/** The shortest limit of the systems that we run on (macOS: 104 with the closing zero). */
const MAX_SOCKET_PATH = 103;
const SOCKET = /^hemostat-[0-9a-f]{12}\.sock$/;
const GRAFANA_PROTOCOL = 2;

/** go-plugin's first line: its own version, Grafana's, the address, `grpc`, no certificate. */
export function handshakeLine({ network, address }: Address): string {
  return `1|${GRAFANA_PROTOCOL}|${network}|${address}|grpc|\n`;
}

function bind(server: Server, target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, ServerCredentials.createInsecure(), (cause, port) => (cause ? reject(cause) : resolve(port)));
  });
}

/** Whoever can open the socket can read the secrets of every data source, so nobody but us (and root) may. */
async function bindSocket(server: Server, file: string): Promise<Address> {
  if (Buffer.byteLength(file) > MAX_SOCKET_PATH) {
    throw new HemostatError('settings', `The socket path ${file} is longer than ${MAX_SOCKET_PATH} bytes. Set PLUGIN_UNIX_SOCKET_DIR to a shorter folder.`);
  }
  const before = process.umask(0o177);
  try {
    await bind(server, `unix:${file}`);
  } finally {
    process.umask(before);
  }
  return { network: 'unix', address: file };
}

async function bindInRange(server: Server, { minPort, maxPort }: PluginEnvironment): Promise<Address> {
  for (let port = minPort; port <= maxPort; port += 1) {
    try {
      await bind(server, `127.0.0.1:${port}`);
      return { network: 'tcp', address: `127.0.0.1:${port}` };
    } catch {
      // Taken: the next one.
    }
  }
  throw new HemostatError('settings', `No port from ${minPort} to ${maxPort} of 127.0.0.1 is free. Free one, or widen PLUGIN_MIN_PORT and PLUGIN_MAX_PORT.`);
}

/** True when a program answers on the socket; false when the file is what a dead one left. */
function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file);
    socket.once('connect', () => resolve(true));
    // Only a refusal tells that nobody is there: any other error may be a lack of rights.
    socket.once('error', (cause: NodeJS.ErrnoException) => resolve(cause.code !== 'ECONNREFUSED'));
    socket.once('close', () => resolve(true));
    socket.once('connect', () => socket.destroy());
  });
}

async function removeDead(file: string): Promise<void> {
  if (!(await answers(file))) {
    try {
      unlinkSync(file);
    } catch {
      // Somebody else's, or gone already.
    }
  }
}

async function bindFixed(server: Server, listen: string): Promise<Address> {
  const file = /^(?:unix:(?:\/\/(?=\/))?)?(\/.+)$/.exec(listen)?.[1];
  if (file) {
    await removeDead(file);
    return bindSocket(server, file);
  }
  if (!/^[^/\s]+:\d{1,5}$/.test(listen)) {
    throw new HemostatError('settings', `GF_PLUGIN_BACKEND_LISTEN: "${listen}" is neither host:port nor unix:/path. Write 127.0.0.1:9999 or unix:/run/hemostat/backend.sock.`);
  }
  const port = await bind(server, listen);
  return { network: 'tcp', address: `${listen.slice(0, listen.lastIndexOf(':'))}:${port}` };
}

/** Sockets that killed processes left in the folder. */
async function sweep(folder: string, own: string): Promise<void> {
  const files = readdirSync(folder).filter((name) => SOCKET.test(name) && name !== own);
  await Promise.all(files.map((name) => removeDead(path.join(folder, name))));
}

/**
 * Binds the server: to the fixed address of a service, else to a new socket (on Windows to a free port).
 * @throws HemostatError `settings` when nothing can be bound as the environment says; the error of the system otherwise.
 */
export async function listen(server: Server, environment: PluginEnvironment, platform: NodeJS.Platform = process.platform): Promise<Address> {
  if (environment.listen) {
    return bindFixed(server, environment.listen);
  }
  if (platform === 'win32') {
    return bindInRange(server, environment);
  }
  const folder = environment.socketDir || tmpdir();
  const name = `hemostat-${randomBytes(6).toString('hex')}.sock`;
  const address = await bindSocket(server, path.join(folder, name));
  sweep(folder, name).catch(() => undefined);
  return address;
}

/** Removes the socket file, which a closed server may leave. */
export function removeSocket({ network, address }: Address): void {
  if (network === 'unix') {
    try {
      unlinkSync(address);
    } catch {
      // Node removed it already.
    }
  }
}
