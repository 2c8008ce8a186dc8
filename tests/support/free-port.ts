import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the range from which the kernel takes ports for outgoing connections (32768 and up), so that a server that
// was killed finds its port still free when it starts again.
const LOWEST = 15_000;
const HIGHEST = 29_999;
const TRIES = 50;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A TCP port of 127.0.0.1 that nobody listens on. Another process may still take it first: start again with a new one then. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error(`No free port found between ${LOWEST} and ${HIGHEST} in ${TRIES} tries.`);
}
