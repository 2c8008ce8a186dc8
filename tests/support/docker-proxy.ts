import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { removeFolder, temporaryFolder } from './processes';

/** What stands between a caller and the engine. */
export interface Obstacle {
  /** Milliseconds before the call reaches the engine. */
  delayMs?: number;
  /** Milliseconds by which the engine's answer is held back. */
  answerLateMs?: number;
  /** Answered so in place of the engine. */
  status?: number;
}

export interface ProxiedCall {
  method: string;
  /** Without API version and query: `/containers/<id>/restart`. */
  path: string;
}

export interface DockerProxy {
  readonly dockerHost: string;
  readonly calls: readonly ProxiedCall[];
  /** From now on; undefined lets a call through as it is. */
  obstruct(rule: (call: ProxiedCall) => Obstacle | undefined): void;
  clear(): void;
  listen(): Promise<void>;
  stop(): Promise<void>;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Calls go on to the engine at this socket as they are, unless an obstacle is set. It listens from `listen` on. */
export function dockerProxy(socketPath: string): DockerProxy {
  const folder = temporaryFolder('proxy');
  const own = path.join(folder, 'docker.sock');
  const calls: ProxiedCall[] = [];
  let rule: (call: ProxiedCall) => Obstacle | undefined = () => undefined;

  const forward = (incoming: IncomingMessage, response: ServerResponse, lateMs: number) => {
    const { method, url, headers } = incoming;
    const onward = request({ socketPath, method, path: url, headers }, (answer) => {
      void pause(lateMs).then(() => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        // A stream that has nothing to say yet still has an answer.
        response.flushHeaders();
        answer.on('error', () => response.destroy()).pipe(response);
      });
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };

  const take = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = incoming;
    const call = { method, path: url.replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '') };
    calls.push(call);
    const { delayMs = 0, answerLateMs = 0, status } = rule(call) ?? {};
    await pause(delayMs);
    if (status === undefined) {
      forward(incoming, response, answerLateMs);
    } else {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message: 'the test says so' }));
    }
  };
  const server = createServer((incoming, response) => void take(incoming, response));
  return {
    dockerHost: `unix://${own}`,
    calls,
    obstruct: (next) => {
      rule = next;
    },
    clear: () => {
      rule = () => undefined;
    },
    listen: () => new Promise((resolve) => server.listen(own, resolve)),
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      removeFolder(folder);
    },
  };
}
