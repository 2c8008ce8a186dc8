import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { VERSION } from '../runtime/version';
import type { Exposition } from './registry';

export interface ServerParts {
  /** @param accept what the client can read */
  metrics: (accept: string) => Promise<Exposition>;
  /** Undefined when ready, else what is missing. */
  notReady: () => string | undefined;
  /** Told of each answer, with a path of those that are known. */
  answered: (path: string) => void;
}

const PATHS = ['/', '/metrics', '/-/healthy', '/-/ready'];

const LANDING = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>HemoStat exporter</title></head>
<body>
<h1>HemoStat exporter ${VERSION}</h1>
<ul>
<li><a href="/metrics">/metrics</a>: the metrics, for Prometheus</li>
<li><a href="/-/healthy">/-/healthy</a>: this process runs</li>
<li><a href="/-/ready">/-/ready</a>: it has read the figures that it serves</li>
</ul>
</body>
</html>
`;

const TEXT = 'text/plain; charset=utf-8';

function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(response.req.method === 'HEAD' ? '' : body);
}

async function answer(parts: ServerParts, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/metrics': {
      const { body, contentType, release } = await parts.metrics(request.headers.accept ?? '');
      // After the last byte, or when the client is gone.
      response.once('close', release);
      send(response, 200, contentType, body);
      return;
    }
    case '/-/healthy':
      send(response, 200, TEXT, 'The exporter is healthy.\n');
      return;
    case '/-/ready': {
      const missing = parts.notReady();
      send(response, missing ? 503 : 200, TEXT, `${missing ?? 'The exporter is ready.'}\n`);
      return;
    }
    case '/':
      send(response, 200, 'text/html; charset=utf-8', LANDING);
      return;
    default:
      send(response, 404, TEXT, `There is nothing here. There are ${PATHS.join(', ')}.\n`);
  }
}

async function handle(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  parts.answered(PATHS.includes(path) ? path : 'other');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    send(response, 405, TEXT, 'Only GET and HEAD are answered.\n');
    return;
  }
  try {
    await answer(parts, path, request, response);
  } catch (cause) {
    send(response, 500, TEXT, `The metrics cannot be written: ${cause instanceof Error ? cause.message : 'unknown'}\n`);
  }
}

/** The HTTP side of the exporter; the caller makes it listen and closes it. */
export function metricsServer(parts: ServerParts): Server {
  return createServer({ requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => void handle(parts, request, response));
}
