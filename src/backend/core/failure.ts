import { z } from 'zod';
import { CollectError } from '../../../agents/runtime/collect/collect-error';
import { HemostatError, errorText } from '../../../agents/runtime/errors';
import { redisTrouble, type RedisTrouble } from '../../../agents/runtime/redis-errors';
import { redactText } from '../../contract/redact';
import type { QueryFailure } from './types';

/** A query that cannot be answered, with the HTTP status that fits. */
export class QueryError extends HemostatError {
  constructor(
    readonly status: number,
    message: string,
    readonly source: QueryFailure['source'] = 'plugin'
  ) {
    super('query', message);
  }
}

/** Redis did not answer in time. */
export class DeadlineError extends HemostatError {
  constructor(address: string, ms: number) {
    super('deadline', `Redis at ${address} did not answer within ${ms / 1000} s.`, { retryable: true });
  }
}

const STATUS: Record<RedisTrouble['code'], number> = {
  unreachable: 502,
  wrong_password: 502,
  no_right: 502,
  full: 503,
  loading: 503,
  read_only: 502,
  cluster_down: 503,
  wrong_database: 502,
  busy: 503,
};

/** For a data source the mend lies in its settings, not in the environment of an agent. */
const MEND: Partial<Record<RedisTrouble['code'], string>> = {
  unreachable: 'Start Redis, or correct its address in the settings of the data source (REDIS_HOST, REDIS_PORT or REDIS_URL for the HTTP service).',
  wrong_password: 'Correct user and password in the settings of the data source (REDIS_USERNAME and REDIS_PASSWORD for the HTTP service).',
  wrong_database: 'Correct the database in the settings of the data source (REDIS_DB for the HTTP service); on a cluster it is 0.',
  no_right: 'Give the Redis user the rights ~<key prefix>:* +@read +@connection +eval +evalsha +time +info, and +@write for actions from Grafana.',
};

export const mendOf = (trouble: RedisTrouble): string => MEND[trouble.code] ?? trouble.mend;

const CANCELLED: QueryFailure = { status: 499, message: 'The query was cancelled.', source: 'plugin' };

function ownFailure(cause: unknown): QueryFailure | undefined {
  if (cause instanceof QueryError) {
    return { status: cause.status, message: cause.message, source: cause.source };
  }
  if (cause instanceof DeadlineError) {
    return { status: 504, message: `${cause.message} Ask for a shorter time range, or see what keeps Redis busy (redis-cli slowlog get).`, source: 'downstream' };
  }
  if (cause instanceof CollectError) {
    return { status: cause.kind === 'timeout' ? 504 : 502, message: `${cause.message} ${cause.mend}`, source: 'downstream' };
  }
  if (cause instanceof z.ZodError) {
    const [first] = cause.issues;
    return { status: 400, message: `The query cannot be read: ${first ? `${first.path.join('.') || 'query'}: ${first.message}` : 'unknown form'}.`, source: 'plugin' };
  }
  return undefined;
}

function redisFailure(cause: unknown, address: string): QueryFailure | undefined {
  const trouble = redisTrouble(cause, address);
  if (trouble) {
    return { status: STATUS[trouble.code], message: `${trouble.message}. ${mendOf(trouble)}`, source: 'downstream' };
  }
  const text = errorText(cause);
  if (!/^(MOVED|ASK|CROSSSLOT|WRONGTYPE) /.test(text)) {
    return undefined;
  }
  const mend = text.startsWith('WRONGTYPE')
    ? 'A key of the log is of another type: another program uses the same key prefix.'
    : 'This Redis is part of a cluster: name its nodes in the settings of the data source.';
  return { status: 502, message: `Redis at ${address} answers: ${text.slice(0, 200)}. ${mend}`, source: 'downstream' };
}

/**
 * Any error as status and words for a user, without secrets.
 * @param signal of the caller: once given, whatever failed was cancelled.
 */
export function failureOf(cause: unknown, address: string, signal?: AbortSignal): QueryFailure {
  if (signal?.aborted || (cause instanceof Error && cause.name === 'AbortError')) {
    return CANCELLED;
  }
  return ownFailure(cause) ?? redisFailure(cause, address) ?? { status: 500, message: `The query failed: ${redactText(errorText(cause)).text.slice(0, 300)}`, source: 'plugin' };
}
