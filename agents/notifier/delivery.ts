import type { ReadableStream } from 'node:stream/web';
import {
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  retry,
  type IBackoff,
  type IRetryBackoffContext,
} from 'cockatiel';
import { redactText } from '../../src/contract/redact';
import { plainText } from '../../src/contract/story';
import { errorText, HemostatError } from '../runtime/errors';

/** Longest wait that a channel's Retry-After can impose, in milliseconds. */
export const MAX_RETRY_AFTER_MS = 120_000;
/** What is read of an answer, in bytes. */
const MAX_ANSWER_BYTES = 2000;

/** A message did not get through. The text names no address and no secret. */
export class DeliveryError extends HemostatError {
  readonly statusCode: number | undefined;
  /** Milliseconds that the channel asks us to wait. */
  readonly retryAfterMs: number | undefined;
  /** Set by `deliver`. */
  attempts = 1;

  constructor(
    message: string,
    options: { retryable: boolean; statusCode?: number; retryAfterMs?: number; cause?: unknown }
  ) {
    super('delivery', message, { retryable: options.retryable, cause: options.cause });
    this.statusCode = options.statusCode;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Text of a stranger without the secrets that we know. */
export function scrub(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length);
  const bare = known.reduce((current, secret) => current.replaceAll(secret, '[redacted]'), text);
  return plainText(redactText(bare).text, 200);
}

/** Percent signs that encode nothing stay as they are. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The parts of a URL by which it, or the right to use it, could be known. */
export function secretsOfUrl(url: string): string[] {
  if (!URL.canParse(url)) {
    return [url];
  }
  const { pathname, search, searchParams, username, password, href } = new URL(url);
  const whole = [url, href, pathname, search.slice(1), username, password, decoded(password)];
  return [...whole, ...searchParams.values(), ...pathname.split('/').filter((part) => part.length > 8)];
}

/** True for answers that may be different next time: timeouts, too many requests, and the server's own faults. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Retry-After as seconds or as an HTTP date, in milliseconds, capped. */
export function parseRetryAfter(header: string | null | undefined, now: number): number | undefined {
  if (!header) {
    return undefined;
  }
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), MAX_RETRY_AFTER_MS);
}

/** fetch refuses addresses with a password in them; it belongs into a header. */
function splitCredentials(url: string): { address: string; headers: Record<string, string> } {
  const parsed = new URL(url);
  const { username, password } = parsed;
  if (!username && !password) {
    return { address: url, headers: {} };
  }
  parsed.username = '';
  parsed.password = '';
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { address: parsed.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** The beginning of an answer; the rest is not awaited. */
async function beginning(response: Response): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (reader && length < MAX_ANSWER_BYTES) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    parts.push(value);
    length += value.length;
  }
  await reader?.cancel().catch(() => undefined);
  return Buffer.concat(parts).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

function networkError(cause: unknown, timeoutMs: number, secrets: readonly string[]): DeliveryError {
  if (field(cause, 'name') === 'TimeoutError') {
    return new DeliveryError(`no answer within ${timeoutMs / 1000} s`, { retryable: true, cause });
  }
  // fetch says only "fetch failed"; the system's word is one level below.
  const inner = field(cause, 'cause') ?? cause;
  const code = field(inner, 'code');
  const word = typeof code === 'string' ? code : errorText(inner);
  return new DeliveryError(`cannot be reached: ${scrub(word, secrets)}`, { retryable: true, cause });
}

export interface PostOptions {
  /** POST by default. */
  method?: 'POST' | 'DELETE';
  headers?: Record<string, string>;
  timeoutMs: number;
  signal: AbortSignal;
  /** Further texts that must not stand in an error. */
  secrets?: readonly string[];
}

/**
 * Posts JSON once, or deletes.
 * @returns the beginning of the answer
 * @throws DeliveryError for every answer but 2xx; redirections are not followed, since they would carry the notice elsewhere.
 */
export async function postJson(url: string, body: string, options: PostOptions): Promise<string> {
  const { address, headers } = splitCredentials(url);
  const secrets = [...secretsOfUrl(url), ...(options.secrets ?? [])];
  let response: Response;
  let answer: string;
  try {
    response = await fetch(address, {
      method: options.method ?? 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'hemostat', ...headers, ...options.headers },
      ...(body ? { body } : {}),
      redirect: 'manual',
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
    });
    answer = await beginning(response);
  } catch (cause) {
    throw networkError(cause, options.timeoutMs, secrets);
  }
  if (!response.ok) {
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
    const said = scrub(answer, secrets);
    throw new DeliveryError(`answered HTTP ${response.status}${said ? `: ${said}` : ''}`, {
      retryable: isRetryableStatus(response.status),
      statusCode: response.status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return answer;
}

export interface DeliverOptions {
  attempts: number;
  /** Milliseconds before the second attempt, about; doubles with each. */
  firstDelayMs: number;
  signal: AbortSignal;
}

/** After this no further attempt is begun, in milliseconds: an entry must not be held so long that another copy takes it over. */
const MAX_DELIVERY_MS = 300_000;

/** We are closing: the notice stays pending in the log, and the next copy sends it. */
export class ClosingError extends HemostatError {
  constructor() {
    super('closing', 'The notifier is closing; the notice is sent by the next copy.', { retryable: true });
  }
}

function backoffOf(firstDelayMs: number): DelegateBackoff<IRetryBackoffContext<unknown>> {
  const exponential = new ExponentialBackoff({ initialDelay: firstDelayMs, maxDelay: 30_000 });
  let step: IBackoff<unknown> | undefined;
  return new DelegateBackoff(({ result }) => {
    step = step ? step.next(undefined) : exponential.next();
    const error = 'error' in result ? result.error : undefined;
    return Math.max(step.duration, error instanceof DeliveryError ? (error.retryAfterMs ?? 0) : 0);
  });
}

function rejectOn(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = () => undefined as void;
  const promise = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(new ClosingError());
    signal.addEventListener('abort', abort, { once: true });
    stop = () => signal.removeEventListener('abort', abort);
  });
  promise.catch(() => undefined);
  return { promise, stop };
}

/**
 * Tries until it works, within reason: growing waits with jitter, or what Retry-After says; errors that cannot heal end it at once.
 * @returns the result and the number of attempts
 * @throws DeliveryError of the last attempt, with `attempts`; ClosingError when the signal comes first.
 */
export async function deliver<T>(
  send: (signal: AbortSignal) => Promise<T>,
  options: DeliverOptions
): Promise<{ result: T; attempts: number }> {
  const { signal } = options;
  const began = performance.now();
  const again = (error: unknown) =>
    error instanceof DeliveryError && error.retryable && performance.now() - began < MAX_DELIVERY_MS;
  let attempts = 0;
  const attempt = () => {
    if (signal.aborted) {
      throw new ClosingError();
    }
    attempts += 1;
    return send(signal);
  };
  // Unreferenced: a wait for a slow channel must not keep a closing process alive.
  const policy = retry(handleWhen(again), {
    maxAttempts: options.attempts - 1,
    backoff: backoffOf(options.firstDelayMs),
  }).dangerouslyUnref();
  const closing = rejectOn(signal);
  try {
    const result = await Promise.race([policy.execute(attempt), closing.promise]);
    return { result, attempts };
  } catch (cause) {
    if (signal.aborted) {
      throw new ClosingError();
    }
    if (cause instanceof DeliveryError) {
      cause.attempts = attempts;
    }
    throw cause;
  } finally {
    closing.stop();
  }
}
