import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { z } from 'zod';
import type { EngineAddress } from './address';
import { CallLimit } from './call-limit';
import { DockerError, dockerError, type CallInfo } from './errors';
import type { CallOptions } from './types';

export interface Call extends CallOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Without version and query. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: object;
  /** Most bytes that are read of the answer; default 8 MiB. */
  maxBytes?: number;
}

/** Newest API version that this adapter was written against; older engines are spoken to in theirs. */
const NEWEST_API = '1.47';
const MAX_BYTES = 8 * 1024 * 1024;
const versionSchema = z.object({ ApiVersion: z.string(), MinAPIVersion: z.string().optional() });

function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

/** The version that both sides know: ours, unless the engine is older, or so new that it has dropped ours. */
export function negotiate({ ApiVersion: newest, MinAPIVersion: oldest }: z.infer<typeof versionSchema>): string {
  if (oldest && compareVersions(oldest, NEWEST_API) > 0) {
    return oldest;
  }
  return compareVersions(newest, NEWEST_API) < 0 ? newest : NEWEST_API;
}

/**
 * Calls of the engine, each with a time limit, over kept connections.
 *
 * Node's own client, not dockerode: that one loads SSH and gRPC (33 MB resident, a quarter of what the monitor may use), and prints
 * the options of every call for a debug log that nobody reads (14 ms of CPU a call once it holds an agent with 50 sockets).
 */
export class DockerTransport {
  private readonly agent: HttpAgent;
  private readonly request: typeof httpRequest;
  private readonly closing = new AbortController();
  private version: Promise<string> | undefined;

  constructor(
    readonly address: EngineAddress,
    private readonly timeoutMs: number
  ) {
    const options = { keepAlive: true, maxFreeSockets: 128, timeout: 0 };
    this.agent = address.secure ? new HttpsAgent(options) : new HttpAgent(options);
    this.request = address.secure ? httpsRequest : httpRequest;
  }

  /** The API version in use, `1.41`. */
  apiVersion(): Promise<string> {
    this.version ??= this.askVersion().catch((cause: unknown) => {
      this.version = undefined;
      throw cause;
    });
    return this.version;
  }

  /** The engine may have been replaced by another version. */
  forgetVersion(): void {
    this.version = undefined;
  }

  /** The answer's JSON; undefined when it is empty. */
  async json(call: Call): Promise<unknown> {
    const text = (await this.bytes(call)).data.toString('utf8');
    if (text.trim() === '') {
      return undefined;
    }
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw this.named(cause, call, { timedOut: false, aborted: false });
    }
  }

  /** The answer's bytes, cut at `maxBytes`. What was read before the time was up is lost, unless `keepPart`. */
  async bytes(call: Call, keepPart = false): Promise<{ data: Buffer; truncated: boolean; timedOut: boolean }> {
    const limit = new CallLimit(call.timeoutMs ?? this.timeoutMs, [call.signal, this.closing.signal]);
    const chunks: Buffer[] = [];
    try {
      const response = await this.dial(call, await this.pathOf(call), limit.signal);
      const truncated = await collect(response, chunks, call.maxBytes ?? MAX_BYTES);
      // An answer that ends with its connection looks whole when we ourselves have cut it.
      limit.signal.throwIfAborted();
      return { data: Buffer.concat(chunks), truncated, timedOut: false };
    } catch (cause) {
      if (keepPart && limit.timedOut && !limit.aborted) {
        return { data: Buffer.concat(chunks), truncated: true, timedOut: true };
      }
      throw this.named(cause, call, limit);
    } finally {
      limit.done();
    }
  }

  /** Lines of a long answer. Ends with the signal; when it is `endless`, throws when the engine ends it. */
  async *lines(call: Call & { signal: AbortSignal; endless: boolean }, onOpen: () => void = () => undefined): AsyncGenerator<string> {
    const limit = new CallLimit(this.timeoutMs, [call.signal, this.closing.signal]);
    let response: IncomingMessage | undefined;
    try {
      if (limit.aborted) {
        return;
      }
      response = await this.dial(call, await this.pathOf(call), limit.signal);
      limit.noMoreTime();
      onOpen();
      yield* splitLines(response);
      if (!call.endless) {
        return;
      }
      throw new DockerError('docker_unreachable', `Docker at ${this.address.text} ended ${call.path}.`, 'It is asked again by itself.', { retryable: true });
    } catch (cause) {
      if (!limit.aborted) {
        throw this.named(cause, call, limit);
      }
    } finally {
      limit.done();
      response?.destroy();
    }
  }

  close(): void {
    this.closing.abort();
    this.agent.destroy();
  }

  private async pathOf(call: Call): Promise<string> {
    return `/v${await this.apiVersion()}${call.path}`;
  }

  private async askVersion(): Promise<string> {
    // Not ended by one caller's signal, since all callers wait for the one answer.
    const limit = new CallLimit(this.timeoutMs, [this.closing.signal]);
    const call: Call = { path: '/version' };
    try {
      const chunks: Buffer[] = [];
      await collect(await this.dial(call, call.path, limit.signal), chunks, MAX_BYTES);
      return negotiate(versionSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
    } catch (cause) {
      throw this.named(cause, call, limit);
    } finally {
      limit.done();
    }
  }

  private dial(call: Call, path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const query = new URLSearchParams(Object.entries(call.query ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])));
    const body = call.body === undefined ? '' : JSON.stringify(call.body);
    const target = query.size > 0 ? `${path}?${query.toString()}` : path;
    const headers = { Host: this.address.hostHeader, ...(body ? { 'Content-Type': 'application/json' } : {}), 'Content-Length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const request = this.request({ ...this.address.options, agent: this.agent, method: call.method ?? 'GET', path: target, headers, signal });
      request.on('error', reject);
      request.on('response', (response) => {
        answered(response).then(resolve, reject);
      });
      request.end(body);
    });
  }

  private named(cause: unknown, call: Call, { timedOut, aborted }: Pick<CallInfo, 'timedOut' | 'aborted'>): DockerError {
    return dockerError(cause, { call: `${call.method ?? 'GET'} ${call.path}`, address: this.address.text, timeoutMs: call.timeoutMs ?? this.timeoutMs, timedOut, aborted });
  }
}

/** Reads into `chunks` and gives the connection up when there is more than allowed. */
async function collect(response: IncomingMessage, chunks: Buffer[], maxBytes: number): Promise<boolean> {
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, maxBytes - size));
    size += chunk.length;
    if (size > maxBytes) {
      response.destroy();
      return true;
    }
  }
  return false;
}

/** The engine's own error, with the status that it is told by. */
export class RefusedCall extends Error {
  constructor(
    readonly statusCode: number,
    message: string
  ) {
    super(message);
  }
}

const MAX_ERROR_BYTES = 16_384;
const errorSchema = z.object({ message: z.string() });

/** 304 is well: what was asked for is so already. */
async function answered(response: IncomingMessage): Promise<IncomingMessage> {
  const status = response.statusCode ?? 0;
  if ((status >= 200 && status < 300) || status === 304) {
    return response;
  }
  const chunks: Buffer[] = [];
  await collect(response, chunks, MAX_ERROR_BYTES);
  const text = Buffer.concat(chunks).toString('utf8');
  throw new RefusedCall(status, wordsOf(text));
}

function wordsOf(text: string): string {
  try {
    return errorSchema.parse(JSON.parse(text)).message;
  } catch {
    return text;
  }
}

/** A line longer than this is no message of the engine. */
const MAX_LINE = 1_048_576;

async function* splitLines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_LINE) {
      rest = '';
    }
    for (const part of parts) {
      if (part.trim()) {
        yield part;
      }
    }
  }
  if (rest.trim()) {
    yield rest;
  }
}
