import type { Caller, Core, Dashboard, Frame, Health, LiveChannel, QueryAnswer, QueryRequest, ResourceRequest, ResourceResponse } from '../../src/backend/core/types';

/** A core without Redis: answers what it is told to, and remembers what it was asked. */
export class MemoryCore implements Core {
  readonly asked: Array<{ kind: 'query' | 'resource' | 'live'; caller: Caller; request: QueryRequest | ResourceRequest | string; signal?: AbortSignal }> = [];
  closed = 0;
  answer: (request: QueryRequest, signal: AbortSignal) => Promise<QueryAnswer> = async ({ query }) => ({ ok: true, frames: [memoryFrame(query.refId)] });
  respond: (request: ResourceRequest) => Promise<ResourceResponse> = async ({ path }) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ path }) });
  healthy: Health = { ok: true, message: 'Redis answers.', checks: [{ name: 'redis', ok: true, message: 'answers' }] };
  /** Given one after the other to whoever follows the path `events`. */
  readonly rows = new Rows();

  async query(request: QueryRequest, caller: Caller, signal: AbortSignal): Promise<QueryAnswer> {
    this.asked.push({ kind: 'query', caller, request, signal });
    return this.answer(request, signal);
  }

  async resource(request: ResourceRequest, caller: Caller, signal: AbortSignal): Promise<ResourceResponse> {
    this.asked.push({ kind: 'resource', caller, request, signal });
    return this.respond(request);
  }

  async health(): Promise<Health> {
    return this.healthy;
  }

  readonly dashboard = memoryDashboard();

  async live(path: string, caller: Caller): Promise<LiveChannel | undefined> {
    this.asked.push({ kind: 'live', caller, request: path });
    return path === 'events' ? { schema: memoryFrame('', 0), updates: (signal) => this.rows.follow(signal) } : undefined;
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** A dashboard that was never made. */
export function memoryDashboard(): Dashboard {
  return { state: () => Promise.resolve({ initialized: false, lastRefresh: null, sources: {} }), start: () => undefined, stop: () => Promise.resolve(), subscribe: () => () => undefined };
}

/** Frames that wait until somebody takes them. */
class Rows {
  private readonly waiting: Frame[] = [];
  private wake: () => void = () => undefined;
  failure: Error | undefined;

  push(frame: Frame): void {
    this.waiting.push(frame);
    this.wake();
  }

  fail(failure: Error): void {
    this.failure = failure;
    this.wake();
  }

  async *follow(signal: AbortSignal): AsyncGenerator<Frame> {
    while (!signal.aborted) {
      const next = this.waiting.shift();
      if (next) {
        yield next;
      } else if (this.failure) {
        throw this.failure;
      } else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    }
  }
}

/** Times, numbers, texts and truths, with one unknown value in each column where there are two rows or more. */
export function memoryFrame(refId: string, rows = 3): Frame {
  const column = <T>(value: (row: number) => T) => Array.from({ length: rows }, (_, row) => (row === 1 ? null : value(row)));
  return {
    name: 'memory',
    refId,
    fields: [
      { name: 'time', type: 'time', values: column((row) => 1_700_000_000_000 + row) },
      { name: 'value', type: 'number', values: column((row) => row + 0.5), config: { unit: 'ms' } },
      { name: 'text', type: 'string', values: column((row) => `row ${row} ✓`) },
      { name: 'truth', type: 'boolean', values: column((row) => row === 0) },
    ],
  };
}
