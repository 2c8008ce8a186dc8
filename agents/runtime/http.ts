import { errorText } from './errors';

export interface Request {
  method?: 'GET' | 'POST' | 'PATCH';
  headers?: Record<string, string>;
  body?: unknown;
  timeoutMs: number;
  signal: AbortSignal;
  /** Longer answers are an error: nobody needs them, and they would fill the memory. */
  maxBytes?: number;
}

export type Answer =
  | { kind: 'answered'; status: number; headers: Headers; text: string }
  | { kind: 'timeout' }
  | { kind: 'too_long' }
  /** @param why the system's word: ECONNREFUSED */
  | { kind: 'unreachable'; why: string };

const MAX_BYTES = 50_000_000;

async function bounded(response: Response, maxBytes: number): Promise<string | undefined> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true as const, value: undefined };
    if (done) {
      return Buffer.concat(parts).toString('utf8');
    }
    length += value.length;
    if (length > maxBytes) {
      await reader?.cancel().catch(() => undefined);
      return undefined;
    }
    parts.push(value);
  }
}

const field = (of: unknown, name: string): unknown => (typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined);

function whyOf(cause: unknown): string {
  // fetch says only "fetch failed"; the system's word is one level below.
  const inner = field(cause, 'cause') ?? cause;
  const code = field(inner, 'code');
  return typeof code === 'string' ? code : errorText(inner);
}

/**
 * One request, once. Redirections are not followed: they would carry the token elsewhere.
 * @throws only the reason of the signal.
 */
export async function ask(address: string, request: Request): Promise<Answer> {
  const { method = 'GET', headers = {}, body, timeoutMs, signal, maxBytes = MAX_BYTES } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(address, {
      method,
      headers: { accept: 'application/json', 'user-agent': 'hemostat', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    const text = await bounded(response, maxBytes);
    return text === undefined ? { kind: 'too_long' } : { kind: 'answered', status: response.status, headers: response.headers, text };
  } catch (cause) {
    signal.throwIfAborted();
    return timeout.aborted ? { kind: 'timeout' } : { kind: 'unreachable', why: whyOf(cause) };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone % in a password that nobody encoded.
    return part;
  }
}

/** An address and the login that it carries, which fetch takes only as a header. */
export function splitLogin(address: string): { base: string; headers: Record<string, string> } {
  const parsed = new URL(address);
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  const base = parsed.href.replace(/\/+$/, '');
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { base, headers: username || password ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {} };
}
