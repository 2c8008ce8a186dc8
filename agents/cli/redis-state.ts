import type { HemostatLog } from '../runtime/log';
import type { RedisClient } from '../runtime/redis';
import { parseInfo } from '../runtime/redis-info';
import { megabytes } from './output';

/** What Redis tells of itself. */
export interface RedisState {
  version: string;
  used_bytes: number;
  /** 0 when there is no limit. */
  max_bytes: number;
  policy: string;
  append_only: boolean;
  /** True when it refuses writes for want of memory, or soon will. */
  full: boolean;
  /** In words. */
  memory: string;
}

/** Share of maxmemory above which a Redis that evicts nothing counts as full. */
const FULL_SHARE = 0.98;

/** Reads the state out of INFO. A field that is not told counts as 0, or as unknown. */
export function redisStateOf(info: Record<string, string>): RedisState {
  const used = Number(info.used_memory ?? 0);
  const max = Number(info.maxmemory ?? 0);
  return {
    version: info.redis_version ?? info.valkey_version ?? 'of unknown version',
    used_bytes: used,
    max_bytes: max,
    policy: info.maxmemory_policy ?? 'unknown',
    append_only: info.aof_enabled === '1',
    full: max > 0 && used >= max * FULL_SHARE,
    memory: `${megabytes(used)} of ${max > 0 ? megabytes(max) : 'no limit'}, ${info.maxmemory_policy ?? 'policy unknown'}`,
  };
}

/** INFO of the node that answers; on a cluster of one of them. */
export async function readInfo(redis: RedisClient): Promise<Record<string, string>> {
  return parseInfo(await redis.info());
}

export async function readRedisState(log: HemostatLog): Promise<RedisState> {
  return redisStateOf(await readInfo(log.redis));
}
