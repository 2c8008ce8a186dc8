import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FailingService {
  /** host:port, for Prometheus. */
  target: string;
  /** Share of the requests that fail from now on, 0..1. */
  failShare: number;
  /** Label of those that fail. */
  container: string;
  stop(): Promise<void>;
}

/** A service that counts its requests for Prometheus: 100 a second, of which a share fails. The test stops it. */
export async function startFailingService(container = 'shop-web-1'): Promise<FailingService> {
  const counts = { ok: 0, failed: 0 };
  const state = { failShare: 0, container };
  const label = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  const work = setInterval(() => {
    counts.failed += 10 * state.failShare;
    counts.ok += 10 * (1 - state.failShare);
  }, 100);
  const server = createServer((_request, response) => {
    const lines = [
      '# TYPE test_requests_total counter',
      `test_requests_total{code="200",container="${label(state.container)}"} ${counts.ok}`,
      `test_requests_total{code="500",container="${label(state.container)}"} ${counts.failed}`,
      '# TYPE test_queue gauge',
      `test_queue ${Math.round(counts.ok) % 7}`,
    ];
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(`${lines.join('\n')}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      clearInterval(work);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
