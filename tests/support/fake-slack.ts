import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server does with one request in place of taking it. */
export interface Misdeed {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds before the answer. */
  delayMs?: number;
  /** Never answers. */
  hang?: boolean;
}

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** `performance.now()` when it was there. */
  at: number;
}

export interface Receiver {
  readonly url: string;
  /** Every request, also those that were answered badly. */
  readonly requests: Received[];
  /** Taken in order, one a request; when empty all is well. */
  readonly misdeeds: Misdeed[];
  stop(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** An HTTP server on a free port of 127.0.0.1 that keeps what it gets. The caller stops it. */
export async function startReceiver(
  answer: (received: Received) => Misdeed = () => ({ status: 200, body: 'ok' })
): Promise<Receiver> {
  const requests: Received[] = [];
  const misdeeds: Misdeed[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request);
    const { method = '', url = '', headers } = request;
    const received = { method, path: url, headers, body, at: performance.now() };
    requests.push(received);
    const deed = misdeeds.shift() ?? answer(received);
    if (!deed.hang) {
      setTimeout(() => response.writeHead(deed.status ?? 200, deed.headers).end(deed.body ?? ''), deed.delayMs ?? 0);
    }
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    misdeeds,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Text {
  type?: string;
  text?: string;
}
interface Block {
  type?: string;
  text?: Text;
  elements?: Text[];
  fields?: Text[];
}

export interface SlackPost {
  text: string;
  blocks: Block[];
  /** Every text of the blocks, one a line. */
  words: string;
  channel: string;
  thread: string;
  broadcast: boolean;
  ts: string;
}

/** What Slack says to blocks that break its rules; undefined when they keep them. */
export function blockProblem(blocks: readonly Block[]): string | undefined {
  if (blocks.length < 1 || blocks.length > 50) {
    return `invalid_blocks: ${blocks.length} blocks`;
  }
  const texts = blocks.flatMap((block) => [block.text, ...(block.elements ?? []), ...(block.fields ?? [])]);
  const bad = blocks.find(
    (block) =>
      !['section', 'context', 'divider', 'header'].includes(block.type ?? '') ||
      (block.type === 'header' && (block.text?.text?.length ?? 0) > 150) ||
      (block.elements?.length ?? 0) > 10
  );
  const long = texts.find((one) => one && ((one.text?.length ?? 0) < 1 || (one.text?.length ?? 0) > 3000));
  return bad || long ? `invalid_blocks: ${JSON.stringify(bad ?? long).slice(0, 200)}` : undefined;
}

/** Signs that call people or groups, wherever they stand. */
export const PING = /<!|<@|<#|@(channel|here|everyone)/i;

function parseBody({ headers, body }: Received): Record<string, unknown> {
  if (headers['content-type']?.startsWith('application/json')) {
    return JSON.parse(body) as Record<string, unknown>;
  }
  const form = Object.fromEntries(new URLSearchParams(body)) as Record<string, string>;
  return { ...form, ...(form.blocks ? { blocks: JSON.parse(form.blocks) as unknown } : {}) };
}

export interface FakeSlack extends Receiver {
  /** Messages that were taken. */
  readonly posts: SlackPost[];
  /** What was wrong with messages. */
  readonly problems: string[];
  readonly webhookUrl: string;
  readonly apiUrl: string;
  readonly token: string;
  /** Threads that Slack does not know any more. */
  readonly lostThreads: Set<string>;
}

const TOKEN = 'xoxb-1234567890-fake-bot-token';

const WEBHOOK_PATH = '/services/T000/B000/sEcReTpArT1234567890';

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const apiAnswer = (body: object): Misdeed => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

function accessProblem({ path, headers }: Received, api: boolean): string | undefined {
  if (!api) {
    return path === WEBHOOK_PATH ? undefined : 'no_service';
  }
  return headers.authorization === `Bearer ${TOKEN}` ? undefined : 'invalid_auth';
}

function messageProblem({ text, blocks }: Record<string, unknown>): string | undefined {
  return blockProblem((blocks ?? []) as Block[]) ?? (typeof text === 'string' ? undefined : 'no_text');
}

function threadProblem(message: Record<string, unknown>, lost: ReadonlySet<string>): string | undefined {
  return lost.has(textOf(message.thread_ts)) ? 'thread_not_found' : undefined;
}

function toPost(message: Record<string, unknown>, ts: string): SlackPost {
  const blocks = (message.blocks ?? []) as Block[];
  const texts = blocks.flatMap((block) => [block.text?.text, ...(block.elements ?? []).map((one) => one.text)]);
  return {
    text: textOf(message.text),
    blocks,
    words: texts.filter(Boolean).join('\n'),
    channel: textOf(message.channel),
    thread: textOf(message.thread_ts),
    broadcast: ['true', '1', true].includes(message.reply_broadcast as string | boolean),
    ts,
  };
}

/** Slack's incoming webhook and `chat.postMessage`, strict about the limits of Block Kit. */
export async function startFakeSlack(): Promise<FakeSlack> {
  const posts: SlackPost[] = [];
  const problems: string[] = [];
  const lostThreads = new Set<string>();
  const take = (received: Received): Misdeed => {
    const api = received.path === '/api/chat.postMessage';
    const message = parseBody(received);
    const error = accessProblem(received, api) ?? messageProblem(message) ?? threadProblem(message, lostThreads);
    if (error) {
      problems.push(error);
      return api ? apiAnswer({ ok: false, error }) : { status: error === 'no_service' ? 404 : 400, body: error };
    }
    const post = toPost(message, `1700000000.${String(posts.length + 1).padStart(6, '0')}`);
    posts.push(post);
    return api ? apiAnswer({ ok: true, ts: post.ts, channel: post.channel }) : { body: 'ok' };
  };
  const receiver = await startReceiver(take);
  return {
    ...receiver,
    posts,
    problems,
    lostThreads,
    token: TOKEN,
    webhookUrl: `${receiver.url}${WEBHOOK_PATH}`,
    apiUrl: `${receiver.url}/api/`,
  };
}
