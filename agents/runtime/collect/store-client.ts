import type { z } from 'zod';
import { redactText } from '../../../src/contract/redact';
import { plainText } from '../../../src/contract/story/plain-text';
import { ask, splitLogin, type Answer } from '../http';
import { parseJson } from '../queries';
import { CollectError, type CollectErrorCode } from './collect-error';

const MAX_BYTES = 50_000_000;

export interface StoreOptions {
  /** What it is called in messages: Loki. */
  name: string;
  /** The setting that holds its address. */
  variable: string;
  /** May hold user and password. */
  url: string;
  timeoutMs: number;
  maxBytes?: number;
}

export type Parameters = Readonly<Record<string, string | number>>;

const STATUS_KINDS: Readonly<Record<number, CollectErrorCode>> = { 400: 'bad_query', 401: 'refused', 403: 'refused', 404: 'not_found', 405: 'not_found', 413: 'too_long', 414: 'bad_query', 422: 'bad_query', 429: 'busy', 503: 'busy', 504: 'timeout' };

function kindOf(status: number): CollectErrorCode {
  return STATUS_KINDS[status] ?? (status >= 500 ? 'server_error' : 'bad_reply');
}

/** GET requests to one store. Every failure is a CollectError that names the address, what was answered, and the mend. */
export class StoreClient {
  readonly base: string;
  private readonly headers: Record<string, string>;
  private readonly secrets: string[];

  constructor(private readonly options: StoreOptions) {
    const { base, headers } = splitLogin(options.url);
    this.base = base;
    this.headers = headers;
    const { password } = new URL(options.url);
    this.secrets = [password, headers.authorization?.replace('Basic ', '') ?? ''].filter((secret) => secret !== '');
  }

  /**
   * The answer in its form.
   * @param absent true where 404 means that there is no such thing
   * @returns undefined only when `absent` and the store answers 404
   * @throws CollectError, or the reason of the signal
   */
  async json<T>(path: string, parameters: Parameters, schema: z.ZodType<T>, signal: AbortSignal, { absent = false } = {}): Promise<T | undefined> {
    const answer = this.answered(await this.ask(path, parameters, signal), path);
    if (absent && answer.status === 404) {
      return undefined;
    }
    if (answer.status !== 200) {
      throw this.statusError(path, answer);
    }
    const body = parseJson(answer.text);
    if (body === undefined) {
      throw this.error('bad_reply', `${this.options.name} at ${this.base} does not answer ${path} with JSON, but with: ${this.said(answer.text) || 'nothing'}`);
    }
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      throw this.error('bad_reply', `${this.options.name} at ${this.base} answers ${path} in a form that is not known (${parsed.error.issues[0]?.path.join('.') || 'top'}).`);
    }
    return parsed.data;
  }

  /** Status and text of any answer. @throws CollectError when there is none, or the reason of the signal */
  async text(path: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    return this.answered(await this.ask(path, {}, signal), path);
  }

  statusError(path: string, { status, text }: { status: number; text: string }): CollectError {
    const said = this.said(text);
    return this.error(kindOf(status), `${this.options.name} at ${this.base} answers ${status} to ${path}${said ? `: ${said}` : ''}`);
  }

  error(kind: CollectErrorCode, message: string): CollectError {
    return new CollectError(kind, message, this.mendOf(kind));
  }

  private async ask(path: string, parameters: Parameters, signal: AbortSignal): Promise<Answer> {
    const query = new URLSearchParams(Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)])).toString();
    const { timeoutMs, maxBytes = MAX_BYTES } = this.options;
    return ask(`${this.base}${path}${query ? `?${query}` : ''}`, { headers: this.headers, timeoutMs, maxBytes, signal });
  }

  private answered(answer: Answer, path: string): { status: number; text: string } {
    const { name, timeoutMs } = this.options;
    switch (answer.kind) {
      case 'answered':
        return answer;
      case 'unreachable':
        throw this.error('unreachable', `${name} at ${this.base} cannot be reached (${plainText(answer.why, 100)}).`);
      case 'timeout':
        throw this.error('timeout', `${name} at ${this.base} did not answer ${path} within ${timeoutMs / 1000} s.`);
      case 'too_long':
        throw this.error('too_long', `The answer of ${name} at ${this.base} to ${path} is longer than ${Math.round((this.options.maxBytes ?? MAX_BYTES) / 1e6)} MB.`);
    }
  }

  /** What a store says of itself may hold anything, also what it was sent. */
  private said(text: string): string {
    const bare = this.secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text.slice(0, 2000));
    return plainText(redactText(bare).text, 200);
  }

  private mendOf(kind: CollectErrorCode): string {
    const { name, variable } = this.options;
    switch (kind) {
      case 'unreachable':
        return `Start ${name}, or set ${variable} to where it is; unset it to read from Redis.`;
      case 'refused':
        return `Give ${variable} a user and password that may read: https://user:password@host.`;
      case 'not_found':
      case 'bad_reply':
        return `Check that ${variable} is the address of ${name}, without a path of its API.`;
      case 'timeout':
      case 'too_long':
        return `Ask for a shorter range or for less, or see what keeps ${name} busy.`;
      case 'bad_query':
        return `This ${name} does not know the question: update ${name}, or unset ${variable} to read from Redis.`;
      default:
        return `See the log of ${name}.`;
    }
  }
}

/** Works on all of them, so many at the same time; results in the order of the things. */
export async function inParallel<T, R>(things: readonly T[], atOnce: number, work: (thing: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < things.length; at += atOnce) {
    results.push(...(await Promise.all(things.slice(at, at + atOnce).map(work))));
  }
  return results;
}
