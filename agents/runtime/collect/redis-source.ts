import type { ChainableCommander } from 'ioredis';
import type { z } from 'zod';
import type { Range } from '../../../src/contract/observability/schemas';
import { plainText } from '../../../src/contract/story/plain-text';
import { telemetryKeys } from '../../../src/contract/telemetry-keys';
import { errorText } from '../errors';
import type { HemostatLog } from '../log';
import { parseJson } from '../queries';
import { redisTrouble } from '../redis-errors';
import { untilAborted } from '../wait';
import { CollectError } from './collect-error';

/** What ioredis says when it gave up for those who wait; why is not in it. */
const GAVE_UP = 'MaxRetriesPerRequestError';
const START_REDIS = 'Start Redis, or set REDIS_HOST and REDIS_PORT (or REDIS_URL) to where it is.';

function failureOf(cause: unknown, address: string): CollectError {
  const trouble = redisTrouble(cause, address);
  if (trouble) {
    return new CollectError('redis', trouble.message, trouble.mend, cause);
  }
  if (cause instanceof Error && cause.name === GAVE_UP) {
    return new CollectError('unreachable', `Redis at ${address} cannot be reached.`, START_REDIS, cause);
  }
  const mend = errorText(cause).startsWith('WRONGTYPE') ? 'A key of the telemetry is of another type: another program uses the same key prefix (HEMOSTAT_KEY_PREFIX).' : 'See the log of Redis.';
  return new CollectError('redis', `Redis at ${address} answers: ${plainText(errorText(cause), 200)}`, mend, cause);
}

/**
 * Reads from Redis, and waits no longer than the signal lets: a connection that is away keeps its commands for ever.
 * @throws CollectError, or the reason of the signal
 */
export async function fromRedis<T>(log: HemostatLog, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await untilAborted(work(), signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof CollectError ? cause : failureOf(cause, log.options.address);
  }
}

/** Several commands in one round trip. @throws the first error among the answers */
export async function batch(log: HemostatLog, fill: (pipeline: ChainableCommander) => void): Promise<unknown[]> {
  const pipeline = log.redis.pipeline();
  fill(pipeline);
  const answers = pipeline.length === 0 ? [] : ((await pipeline.exec()) ?? []);
  return answers.map(([error, value]) => {
    if (error) {
      throw error;
    }
    return value;
  });
}

/** JSON of one of our keys in its form, or undefined when it cannot be read. */
export function readAs<T>(schema: z.ZodType<T>, json: string | null | undefined): T | undefined {
  const parsed = schema.safeParse(parseJson(json));
  return parsed.success ? parsed.data : undefined;
}

/** Counts what cannot be read, and tells it. */
export class Unreadable {
  private count = 0;

  add(count = 1): void {
    this.count += count;
  }

  /** @param what such as `log lines` */
  notices(what: string): string[] {
    return this.count === 0 ? [] : [`${this.count} ${what} cannot be read and are left out.`];
  }
}

/** Tells when the memory ceiling has removed a part of the range. */
export async function cutNotices(log: HemostatLog, kind: 'logs' | 'errors' | 'traces' | 'minutes', range: Range): Promise<string[]> {
  const before = Number(await log.redis.hget(telemetryKeys(log.options.prefix).cut, kind));
  return before > range.from && before <= 8.64e15 ? [`What is older than ${new Date(before).toISOString()} was removed to keep telemetry within its memory (HEMOSTAT_TELEMETRY_MAX_MB).`] : [];
}
