import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { errorText } from '../../../agents/runtime/errors';
import type { HemostatQuery } from '../../contract/query';
import { readQuery } from '../core/read-query';
import type { Caller, Core, QueryAnswer, QueryFailure, QueryRequest } from '../core/types';
import { callerOf } from './caller';
import { during, inLanes, writeSlowly } from './calls';
import type { Door } from './door';
import { failureOf } from './failure';
import type { WireChunk, WireQuery, WireQueryRequest, WireQueryResult } from './transport/wire';

/** Queries of one request that are answered at the same time. */
const LANES = 8;
/** Where Grafana does not say how wide the panel is. */
const DEFAULT_POINTS = 1000;
const MAX_QUERY_BYTES = 1_000_000;

type Parsed = { ok: true; request: QueryRequest } | { ok: false; failure: QueryFailure };

function refused(message: string): { ok: false; failure: QueryFailure } {
  return { ok: false, failure: { status: 400, message, source: 'plugin' } };
}

function readJson(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? {} : JSON.parse(Buffer.from(bytes).toString('utf8'));
}

function withType(value: object, { refId, queryType }: WireQuery): object {
  return { ...value, refId, queryType: 'queryType' in value ? value.queryType : queryType };
}

function requestOf(query: HemostatQuery, { timeRange, maxDataPoints, intervalMS }: WireQuery): Parsed {
  if (!timeRange || timeRange.fromEpochMS > timeRange.toEpochMS) {
    return refused('The time range is missing, or ends before it begins. Choose one with the time picker.');
  }
  const range = { from: timeRange.fromEpochMS, to: timeRange.toEpochMS };
  return { ok: true, request: { query, range, maxDataPoints: maxDataPoints > 0 ? maxDataPoints : DEFAULT_POINTS, intervalMs: Math.max(1, intervalMS) } };
}

/** The one place where the JSON of a query is read. */
export function parseQuery(query: WireQuery): Parsed {
  if (query.json.length > MAX_QUERY_BYTES) {
    return refused(`The query is longer than ${MAX_QUERY_BYTES} bytes.`);
  }
  let value: unknown;
  try {
    value = readJson(query.json);
  } catch (cause) {
    return refused(`The query is not JSON: ${errorText(cause)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('The query is not a JSON object.');
  }
  const read = readQuery(withType(value, query));
  return read.ok ? requestOf(read.query, query) : read;
}

/** The frames of one query, each with the way it is encoded still open. A failure to encode is the query's alone. */
async function answer(core: Core, query: WireQuery, caller: Caller, signal: AbortSignal): Promise<QueryAnswer> {
  const parsed = parseQuery(query);
  return parsed.ok ? core.query(parsed.request, caller, signal) : parsed;
}

function failed({ status, message, source }: QueryFailure): Omit<WireQueryResult, 'frames'> {
  // An empty text would count as no error.
  return { error: message || 'The query failed without a reason.', status, errorSource: source };
}

interface Asked {
  door: Door;
  core: Core;
  query: WireQuery;
  caller: Caller;
  signal: AbortSignal;
}

async function framesOf({ door, core, query, caller, signal }: Asked): Promise<{ ok: true; frames: Uint8Array[] } | { ok: false; failure: QueryFailure }> {
  try {
    const answered = await answer(core, query, caller, signal);
    if (!answered.ok) {
      door.counter.count('query', 'error');
      return answered;
    }
    const frames: Uint8Array[] = [];
    for (const frame of answered.frames) {
      frames.push(await door.encodeArrow({ ...frame, refId: query.refId }));
    }
    door.counter.count('query', 'ok');
    return { ok: true, frames };
  } catch (cause) {
    const failure = failureOf(cause, signal);
    door.counter.count('query', signal.aborted ? 'cancelled' : 'error');
    if (!signal.aborted) {
      door.logger.error('a query failed', { refId: query.refId, queryType: query.queryType, error: errorText(cause), stack: cause instanceof Error ? cause.stack : undefined });
    }
    return { ok: false, failure };
  }
}

/** Works with the core of the request's data source; settings that cannot be used fail every query with the same words. */
async function withCore<R>(door: Door, request: WireQueryRequest, signal: AbortSignal, work: (core: Core) => Promise<R>, otherwise: (failure: QueryFailure) => R): Promise<R> {
  try {
    return await door.instances.use(request.pluginContext, work);
  } catch (cause) {
    return otherwise(failureOf(cause, signal));
  }
}

export async function queryData(door: Door, request: WireQueryRequest, signal: AbortSignal): Promise<Record<string, WireQueryResult>> {
  const caller = callerOf(request.pluginContext, request.headers);
  const results = await withCore<WireQueryResult[]>(
    door,
    request,
    signal,
    (core) =>
      inLanes(request.queries, LANES, async (query) => {
        const answered = await framesOf({ door, core, query, caller, signal });
        return answered.ok ? { frames: answered.frames, status: 200 } : failed(answered.failure);
      }),
    (failure) => request.queries.map(() => failed(failure))
  );
  return Object.fromEntries(request.queries.map((query, index) => [query.refId, results[index] ?? failed({ status: 500, message: 'No answer.', source: 'plugin' })]));
}

/** The same answers, each frame by itself. */
async function sendChunks(door: Door, call: ServerWritableStream<WireQueryRequest, WireChunk>, signal: AbortSignal): Promise<void> {
  const { request } = call;
  const caller = callerOf(request.pluginContext, request.headers);
  const send = (chunk: WireChunk) => writeSlowly(call, chunk, signal);
  const failure = await withCore<QueryFailure | undefined>(
    door,
    request,
    signal,
    async (core) => {
      for (const query of request.queries) {
        const answered = await framesOf({ door, core, query, caller, signal });
        const chunks: WireChunk[] = answered.ok
          ? answered.frames.map((frame, index) => ({ refId: query.refId, frameId: `${query.refId}-${index}`, frame, status: 200 }))
          : [{ refId: query.refId, ...failed(answered.failure) }];
        for (const chunk of chunks) {
          await send(chunk);
        }
      }
      return undefined;
    },
    (reason) => reason
  );
  for (const query of failure ? request.queries : []) {
    await send({ refId: query.refId, ...failed(failure ?? { status: 500, message: '', source: 'plugin' }) });
  }
}

export function dataHandlers(door: Door) {
  return {
    queryData: (call: ServerUnaryCall<WireQueryRequest, unknown>, respond: sendUnaryData<{ responses: Record<string, WireQueryResult> }>) => {
      during(call, async (signal) => queryData(door, call.request, signal)).then(
        (responses) => respond(null, { responses }),
        (cause: unknown) => respond(cause instanceof Error ? cause : new Error(errorText(cause)))
      );
    },
    queryChunkedData: (call: ServerWritableStream<WireQueryRequest, WireChunk>) => {
      during(call, async (signal) => sendChunks(door, call, signal)).then(
        () => call.end(),
        (cause: unknown) => call.emit('error', cause instanceof Error ? cause : new Error(errorText(cause)))
      );
    },
  };
}
