import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';

import type { Engine } from '../engine/engine';
import { ApiError, badRequest, notFound } from '../engine/errors';
import { sendJson, type Route } from './http';
import { containerRoutes } from './routes-containers';
import { eventRoutes } from './routes-events';
import { execRoutes, RAW_STREAM } from './routes-exec';
import { streamRoutes } from './routes-streams';
import { API_VERSION, SERVER_VERSION, systemRoutes } from './routes-system';

const ROUTES: Route[] = [...systemRoutes, ...containerRoutes, ...streamRoutes, ...eventRoutes, ...execRoutes];
const MAX_BODY_BYTES = 1_048_576;
/** The kernel's limit for the path of a unix socket, its closing zero byte left out. */
const MAX_SOCKET_PATH = 107;

export interface ApiServer {
  close(): Promise<void>;
}

function stripVersion(pathname: string): string {
  const match = /^\/v(\d+)\.(\d+)(\/.*)$/.exec(pathname);
  if (match === null) {
    return pathname;
  }
  const [, major, minor, rest] = match;
  const [, newest] = API_VERSION.split('.').map(Number);
  if (Number(major) > 1 || Number(minor) > (newest ?? 0)) {
    throw badRequest(`client version ${major}.${minor} is too new. Maximum supported API version is ${API_VERSION}`);
  }
  return rest ?? '/';
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw badRequest('the body of the request is larger than 1 MiB');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://docker');
  const pathname = stripVersion(url.pathname);
  for (const route of ROUTES) {
    const match = route.method === request.method ? route.pattern.exec(pathname) : null;
    if (match !== null) {
      const params = match.slice(1).map((part) => decodeURIComponent(part));
      const body = await readBody(request);
      await route.handle({ engine, request, response, query: url.searchParams, params, body });
      return;
    }
  }
  throw notFound('page not found');
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = error instanceof ApiError ? error.status : 500;
  if (status === 304) {
    response.writeHead(304).end();
    return;
  }
  sendJson(response, { message: error instanceof Error ? error.message : String(error) }, status);
}

function setHeaders(response: ServerResponse): void {
  response.setHeader('Api-Version', API_VERSION);
  response.setHeader('Docker-Experimental', 'false');
  response.setHeader('Ostype', 'linux');
  response.setHeader('Server', `Docker/${SERVER_VERSION} (linux)`);
}

/** Exec with `hijack`: the client asks to leave HTTP, gets 101, then the raw stream. Input is not read. */
async function upgrade(engine: Engine, request: IncomingMessage, socket: Duplex): Promise<void> {
  socket.on('error', () => socket.destroy());
  const pathname = stripVersion(new URL(request.url ?? '/', 'http://docker').pathname);
  const id = /^\/exec\/([^/]+)\/start$/.exec(pathname)?.[1];
  try {
    const exec = engine.findExec(id ?? '');
    exec.container.mustRun();
    socket.write(`HTTP/1.1 101 UPGRADED\r\nContent-Type: ${RAW_STREAM}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
    await exec.start((chunk) => socket.write(chunk));
    socket.end();
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 500;
    const body = JSON.stringify({ message: error instanceof Error ? error.message : String(error) });
    socket.end(
      `HTTP/1.1 ${status} Error\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
    );
  }
}

/** A socket file that nobody answers on is left over from a killed run and may go. */
async function clearStaleSocket(socketPath: string): Promise<void> {
  if (!existsSync(socketPath)) {
    return;
  }
  const inUse = await new Promise<boolean>((resolve) => {
    const probe = net.connect(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (inUse) {
    throw new Error(
      `The socket ${socketPath} of the demo fleet is in use: another fleet runs there; stop it or give another path.`
    );
  }
  rmSync(socketPath, { force: true });
}

function listen(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      // Whoever may write to this socket may run programs as this user.
      chmodSync(socketPath, 0o600);
      resolve();
    });
  });
}

/** Serves the engine on a unix socket. Rejects when the path is too long or in use. */
export async function serve(engine: Engine, socketPath: string): Promise<ApiServer> {
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH) {
    throw new Error(
      `The path of the demo fleet's socket has ${Buffer.byteLength(socketPath)} bytes, at most ${MAX_SOCKET_PATH} are possible: ${socketPath}`
    );
  }
  await clearStaleSocket(socketPath);
  const sockets = new Set<Duplex>();
  const server = createServer((request, response) => {
    setHeaders(response);
    response.on('error', () => response.destroy());
    answer(engine, request, response).catch((error: unknown) => fail(response, error));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket) => {
    void upgrade(engine, request, socket);
  });
  await listen(server, socketPath);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          rmSync(socketPath, { force: true });
          resolve();
        });
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
