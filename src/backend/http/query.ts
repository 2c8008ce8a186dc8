import { z } from 'zod';
import { errorText } from '../../../agents/runtime/errors';
import { QUERY_TYPES } from '../../contract/query';
import { frameJson } from '../core/frames/json';
import { readQuery } from '../core/read-query';
import { ResourceError } from '../core/resources/errors';
import type { Caller, QueryAnswer, QueryFailure, TimeRange } from '../core/types';
import type { Door } from './door';
import { queryBodySchema } from './schemas';

type Body = z.infer<typeof queryBodySchema>;
type OneQuery = Body['queries'][number];
type Result = { status: number; frames: unknown[] } | { status: number; error: string; errorSource: QueryFailure['source'] };

/** Queries of one request that are answered at the same time. */
const LANES = 8;

function instantOf(value: number | string, name: string): number {
  const ms = typeof value === 'number' ? value : /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  if (!Number.isFinite(ms)) {
    throw new ResourceError('bad_request', `range.${name}: ${JSON.stringify(value)} is no time.`, 'Give milliseconds since 1970, or a time such as 2030-01-31T22:00:00Z.');
  }
  return ms;
}

/** @throws ResourceError 400 */
export function readQueryBody(value: unknown): Body & { range: TimeRange } {
  const parsed = queryBodySchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
    throw new ResourceError('bad_request', `The queries cannot be read: ${problems.join('; ')}.`, 'Send {"queries": [...], "range": {"from": ..., "to": ...}}.');
  }
  const names = parsed.data.queries.map(({ refId }) => refId);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ResourceError('bad_request', `Two queries have the refId ${JSON.stringify(twice.slice(0, 50))}.`, 'Give each its own.');
  }
  const { from, to } = parsed.data.range;
  return { ...parsed.data, range: { from: instantOf(from, 'from'), to: instantOf(to, 'to') } };
}

function failed({ status, message, source }: QueryFailure): Result {
  return { status, error: message || 'The query failed without a reason.', errorSource: source };
}

/** One of the types that exist: anything else would make endless series. */
function typeOf(query: OneQuery): string {
  return QUERY_TYPES.find((type) => type === (query.queryType || 'events')) ?? 'invalid';
}

async function answerOf(door: Door, query: OneQuery, body: ReturnType<typeof readQueryBody>, caller: Caller, signal: AbortSignal): Promise<QueryAnswer> {
  const read = readQuery(query);
  if (!read.ok) {
    return read;
  }
  const { maxDataPoints = body.maxDataPoints, intervalMs = body.intervalMs } = query;
  return door.core.query({ query: read.query, range: body.range, maxDataPoints, intervalMs }, caller, signal);
}

async function resultOf(door: Door, query: OneQuery, body: ReturnType<typeof readQueryBody>, caller: Caller, signal: AbortSignal): Promise<Result> {
  const count = (outcome: string) => door.metrics.queries.inc({ type: typeOf(query), outcome });
  try {
    const answer = await answerOf(door, query, body, caller, signal);
    count(answer.ok ? 'ok' : 'error');
    return answer.ok ? { status: 200, frames: answer.frames.map((frame) => frameJson({ ...frame, refId: query.refId })) } : failed(answer.failure);
  } catch (cause) {
    count('error');
    door.logger.error({ refId: query.refId, error: errorText(cause) }, 'a query failed');
    return failed({ status: 500, message: 'The query failed. The log of the API says why.', source: 'plugin' });
  }
}

/** Every query by its refId; one that fails does not fail the others. */
export async function answerQueries(door: Door, value: unknown, caller: Caller, signal: AbortSignal): Promise<{ results: Record<string, Result> }> {
  const body = readQueryBody(value);
  const results: Array<[string, Result]> = [];
  const queue = body.queries.values();
  const lane = async () => {
    for (const query of queue) {
      results.push([query.refId, await resultOf(door, query, body, caller, signal)]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, body.queries.length) }, lane));
  return { results: Object.fromEntries(results) };
}
