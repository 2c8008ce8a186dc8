import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** One answer of a store. Without a status it is 200. */
export interface RecordedAnswer {
  status?: number;
  body?: string;
  /** In tests/contract/stores. */
  file?: string;
  headers?: Record<string, string>;
  /** Never answers. */
  silent?: boolean;
}

export interface RecordedRequest {
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

export interface RecordedStore {
  readonly url: string;
  readonly port: number;
  readonly requests: RecordedRequest[];
  /** Path -> answer; `*` for every other path. May be changed while it runs. */
  answers: Record<string, RecordedAnswer | ((request: RecordedRequest) => RecordedAnswer)>;
  stop(): Promise<void>;
}

export const recorded = (file: string): string => readFileSync(path.join(__dirname, '../contract/stores', file), 'utf8');

/** Answers as a store does, from recorded files, and keeps what it was asked. The test stops it. */
export async function startRecordedStore(answers: RecordedStore['answers'] = {}): Promise<RecordedStore> {
  const requests: RecordedRequest[] = [];
  const store = { answers, requests };
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://store');
    const request = { path: url.pathname, query: url.searchParams, headers: incoming.headers };
    requests.push(request);
    const found = store.answers[url.pathname] ?? store.answers['*'] ?? { status: 404, body: '404 page not found' };
    const answer = typeof found === 'function' ? found(request) : found;
    if (!answer.silent) {
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(answer.file ? recorded(answer.file) : (answer.body ?? ''));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(store, {
    port,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
