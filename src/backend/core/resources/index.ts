import { HemostatLog } from '../../../../agents/runtime/log';
import { DeadlineError } from '../failure';
import type { QueryFailure, ResourceRequest, ResourceResponse } from '../types';
import { demandRight } from './access';
import { ResourceError, type ErrorCode } from './errors';
import { RouteTable, type Parts } from './route';
import { ROUTES } from './routes';
import type { CreateResources, ResourceDependencies } from './types';

/** Longest body, in bytes: a large policy fits many times. */
export const MAX_BODY_BYTES = 1_000_000;
/** A call that takes longer is given up. */
const DEADLINE_MS = 15_000;

/** The one table of all resources. */
export const RESOURCES = new RouteTable(ROUTES);

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function json(status: number, value: unknown): ResourceResponse {
  return { status, headers: { ...HEADERS }, body: JSON.stringify(value) };
}

function refusal(error: ErrorCode, status: number, message: string, mend?: string): ResourceResponse {
  return json(status, { error, message, ...(mend ? { mend } : {}) });
}

/** Redis may have taken what it did not confirm any more. */
const UNCERTAIN = 'Look whether the action stands in the log before you repeat it: Redis may have taken it and failed to say so.';

/** The answer to any error. Downstream trouble is 503: the same call may succeed later. */
function answerTo(cause: unknown, failureOf: (cause: unknown) => QueryFailure, acted: boolean): ResourceResponse {
  if (cause instanceof ResourceError) {
    return refusal(cause.code, cause.status, cause.message, cause.mend);
  }
  const { status, message, source } = failureOf(cause);
  if (source === 'downstream') {
    return refusal('unavailable', 503, message, acted ? UNCERTAIN : undefined);
  }
  return status === 499 ? refusal('cancelled', 499, message) : refusal('internal', 500, message);
}

function queryOf(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    })
  );
}

/** @throws ResourceError 400 or 413 */
function bodyOf(body: Uint8Array): unknown {
  if (body.byteLength > MAX_BODY_BYTES) {
    throw new ResourceError('too_large', `The body has ${body.byteLength} bytes; at most ${MAX_BODY_BYTES} are taken.`);
  }
  if (body.byteLength === 0) {
    return {};
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    throw new ResourceError('bad_request', 'The body is not JSON in UTF-8.', 'Send a JSON object.');
  }
}

/** Lets go of the timer as soon as the work is done. */
async function withDeadline<T>(signal: AbortSignal, address: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const leave = () => stop.abort(signal.reason);
  const timer = setTimeout(() => stop.abort(new DeadlineError(address, DEADLINE_MS)), DEADLINE_MS);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) {
    leave();
  }
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

/** An open log would wait until Redis is back, and write an order hours late. This one appends at once, or throws why it cannot. */
function writerOf({ log }: ResourceDependencies): HemostatLog {
  return new HemostatLog(log.redis, { ...log.options, waitWhileAway: false });
}

/**
 * Answers the resource API. Never throws: every error is an answer, in the form `{error, message, mend?}`.
 * Path, method, role and form are checked in this order, before anything is read from Redis.
 */
export const createResources: CreateResources = (dependencies) => {
  const parts: Parts = { ...dependencies, writer: writerOf(dependencies), whatIfs: new Set() };

  async function answer({ method, path, query, body }: ResourceRequest, caller: Parameters<typeof demandRight>[1], signal: AbortSignal): Promise<ResourceResponse> {
    const { route, params } = RESOURCES.find(method, path);
    demandRight(route, caller);
    const input = { query: queryOf(query), body: route.body ? bodyOf(body) : undefined };
    const value = await withDeadline(signal, parts.address, async (limited) => route.run({ ...input, params, caller, signal: limited }, parts));
    if (route.acts) {
      parts.forget();
    }
    return json(200, value);
  }

  return {
    handle: async (request, caller, signal) => {
      try {
        return await answer(request, caller, signal);
      } catch (cause) {
        // Whatever fails once the caller has gone, failed by that.
        return signal.aborted && !(cause instanceof ResourceError) ? refusal('cancelled', 499, 'The call was cancelled.') : answerTo(cause, parts.failureOf, RESOURCES.at(request.path).some(({ route }) => route.acts && route.method === request.method));
      }
    },
  };
};
