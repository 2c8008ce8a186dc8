import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Watches for connections that were opened ahead and never used: Node does not count them as idle, so one of them would hold up
 * a service that stops for a minute.
 * @returns what cuts them.
 */
export function watchUnused(server: Pick<Server, 'on'>): () => void {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request: IncomingMessage) => unused.delete(request.socket));
  return () => unused.forEach((socket) => socket.destroy());
}
