import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorText } from '../runtime/errors';
import type { UpdaterConfig } from './config/schema';

export interface WebhookParts {
  config: () => UpdaterConfig;
  /** Empty: nobody is asked for one. */
  token: string;
  /** Asks for an early update. @returns when it is done at the earliest, milliseconds */
  want: (dashboard: string) => Promise<number>;
}

const sameText = (a: string, b: string) => timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

function send(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(text);
}

async function update(parts: WebhookParts, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    send(response, 405, { error: 'Only POST starts an update.' });
    return;
  }
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (parts.token && !sameText(given, parts.token)) {
    send(response, 401, { error: 'The token is missing or wrong.', mend: 'Send Authorization: Bearer with the value of HEMOSTAT_UPDATER_TOKEN.' });
    return;
  }
  // A browser of somebody who only visits another page must not start anything here.
  if (!parts.token && request.headers.origin !== undefined) {
    send(response, 403, { error: 'Pages of a browser may not start updates.', mend: 'Set HEMOSTAT_UPDATER_TOKEN and send it.' });
    return;
  }
  const { dashboards } = parts.config();
  const asked = url.searchParams.getAll('id');
  const unknown = asked.find((id) => !dashboards.some((entry) => entry.id === id));
  if (unknown !== undefined) {
    send(response, 404, { error: `There is no dashboard "${unknown.slice(0, 80)}" in the configuration.`, dashboards: dashboards.map(({ id }) => id).slice(0, 100) });
    return;
  }
  const ids = asked.length > 0 ? asked : dashboards.map(({ id }) => id);
  const at = await Promise.all(ids.map(async (id) => [id, new Date(await parts.want(id)).toISOString()] as const));
  send(response, 202, { accepted: Object.fromEntries(at), note: 'Each is updated at the time given, or soon after.' });
}

async function handle(parts: WebhookParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Nothing of the body is needed.
  request.resume();
  try {
    const url = new URL(request.url ?? '/', 'http://updater');
    if (url.pathname === '/api/update') {
      await update(parts, url, request, response);
    } else if (url.pathname === '/-/healthy') {
      send(response, 200, { status: 'healthy' });
    } else {
      send(response, 404, { error: 'There is nothing here. There are POST /api/update?id=<dashboard> and GET /-/healthy.' });
    }
  } catch (cause) {
    send(response, 503, { error: `The update cannot be asked for: ${errorText(cause)}` });
  }
}

/** The webhook (R304); the caller makes it listen and closes it. */
export function webhookServer(parts: WebhookParts): Server {
  return createServer({ requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => void handle(parts, request, response));
}
