import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Engine } from '../engine/engine';

/** What a route gets: the matched parts of the path, the query, the body as text. */
export interface Call {
  engine: Engine;
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  /** Decoded path parameters in the order of the pattern's groups. */
  params: string[];
  body: string;
}

export interface Route {
  method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  pattern: RegExp;
  handle: (call: Call) => void | Promise<void>;
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  const text = `${JSON.stringify(value)}\n`;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

export function sendEmpty(response: ServerResponse, status = 204): void {
  response.writeHead(status);
  response.end();
}

/** Docker reads "1", "true", "True" and the like as true; absent takes the default. */
export function flag(query: URLSearchParams, name: string, fallback = false): boolean {
  const value = query.get(name);
  if (value === null) {
    return fallback;
  }
  return !['', '0', 'no', 'false', 'none'].includes(value.trim().toLowerCase());
}

/** Runs `clean` once the client has gone or the answer is complete. */
export function onGone(response: ServerResponse, clean: () => void): void {
  response.once('close', clean);
}
