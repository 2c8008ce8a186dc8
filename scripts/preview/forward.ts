import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { errorText } from '../../agents/runtime/errors';
import type { PreviewDoor } from './door';
import type { PreviewRole } from './visitor';

const MAX_BODY_BYTES = 2_000_000;
const PASSED_ON = ['content-type', 'cache-control', 'retry-after', 'x-accel-buffering'];

export type Json = Record<string, unknown>;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

/** @throws Error when it is too long */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_BODY_BYTES) {
      throw new Error(`The body is longer than ${MAX_BODY_BYTES} bytes.`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** @returns undefined when it is no JSON object */
export async function readJson(request: IncomingMessage): Promise<Json | undefined> {
  try {
    const value: unknown = JSON.parse((await readBody(request)).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

export interface Forwarding {
  door: Pick<PreviewDoor, 'url' | 'tokens'>;
  role: PreviewRole;
  /** At the door, with its query string. */
  path: string;
  method?: string;
  body?: string | Buffer;
}

/** Asks the door in the name of a role, and gives up when the browser does. */
export async function askDoor(response: ServerResponse, { door, role, path, method = 'GET', body }: Forwarding, headers: Record<string, string> = {}): Promise<Response> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return fetch(`${door.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${door.tokens[role]}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
    signal: gone.signal,
  });
}

async function* piecesOf(body: NonNullable<Response['body']>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      yield piece.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Answers with what the door answers, as it comes: live updates too. */
export async function forward(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding): Promise<void> {
  const last = request.headers['last-event-id'];
  try {
    const answer = await askDoor(response, forwarding, typeof last === 'string' ? { 'last-event-id': last } : {});
    const headers = PASSED_ON.flatMap((name): Array<[string, string]> => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    response.writeHead(answer.status, Object.fromEntries(headers));
    if (answer.body) {
      await pipeline(piecesOf(answer.body), response);
    } else {
      response.end();
    }
  } catch (cause) {
    // The browser left, or the door went away in the middle of an answer: there is nobody or nothing to tell.
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    sendJson(response, 502, { message: `The HTTP door of the preview does not answer: ${errorText(cause)}` });
  }
}
