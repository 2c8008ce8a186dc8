import { parseInfo } from '../../runtime/redis-info';
import type { HemostatLog } from '../../runtime/log';
import type { Finding } from './component';

/** Share of maxmemory above which a Redis that evicts nothing counts as full. */
const FULL_SHARE = 0.98;
const MEGABYTE = 1_048_576;

const megabytes = (bytes: number) => `${Math.round(bytes / MEGABYTE)} MB`;

/** What INFO tells of memory, as a state. Pure. */
export function judgeRedis(info: Readonly<Record<string, string>>): Pick<Finding, 'status' | 'error' | 'mend'> {
  const used = Number(info.used_memory ?? 0);
  const max = Number(info.maxmemory ?? 0);
  const policy = info.maxmemory_policy ?? 'noeviction';
  if (max > 0 && policy !== 'noeviction') {
    return { status: 'degraded', error: `Redis throws keys away when memory is short (maxmemory-policy ${policy}).`, mend: 'Set `maxmemory-policy noeviction` in redis.conf: HemoStat trims its log by itself.' };
  }
  if (max > 0 && used >= max * FULL_SHARE) {
    return { status: 'degraded', error: `Redis is full: ${megabytes(used)} of ${megabytes(max)}.`, mend: 'Raise maxmemory, or lower HEMOSTAT_RETENTION_DAYS, HEMOSTAT_LOG_MAX_MB or HEMOSTAT_TELEMETRY_MAX_MB.' };
  }
  return { status: 'healthy' };
}

/** How fast Redis answers, and whether it has room. @throws when it does not answer: then nothing can be observed. */
export async function probeRedis(log: HemostatLog): Promise<Finding> {
  const began = performance.now();
  await log.redis.ping();
  const ms = performance.now() - began;
  // A user of Redis may lack the right to ask; that it answers is known all the same.
  const info = await log.redis.info('memory').then(parseInfo, () => ({}));
  return { name: 'redis', kind: 'redis', critical: true, ms, ...judgeRedis(info) };
}
