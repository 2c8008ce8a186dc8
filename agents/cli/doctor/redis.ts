import { errorText } from '../../runtime/errors';
import { newId } from '../../runtime/ids';
import type { CommonSettings } from '../../runtime/logger';
import { connectRedis, redisAddress, type RedisClient } from '../../runtime/redis';
import { redisTrouble } from '../../runtime/redis-errors';
import { waitMs } from '../../runtime/wait';
import { readInfo, redisStateOf, type RedisState } from '../redis-state';
import { clockCheck, compareVersions, fail, ok, warn, type Check } from './check';

/** XPENDING by idle time and LMOVE came with it. */
const OLDEST_REDIS = '6.2';
const CONNECT_MS = 4000;

function versionCheck(state: RedisState): Check {
  return compareVersions(state.version, OLDEST_REDIS) >= 0
    ? ok('Redis version', state.version)
    : fail('Redis version', state.version, `Update to Redis ${OLDEST_REDIS} or later, or Valkey.`);
}

function persistenceCheck(state: RedisState): Check {
  return state.append_only
    ? ok('Redis persistence', 'append-only file is on')
    : warn('Redis persistence', 'append-only file is off: what was appended since the last snapshot is lost when Redis dies', 'Set `appendonly yes` in redis.conf, or `redis-cli config set appendonly yes`.');
}

function memoryChecks(state: RedisState): Check[] {
  const mend = 'Set `maxmemory-policy noeviction` in redis.conf: HemoStat trims its log by itself.';
  const policy =
    state.policy === 'noeviction'
      ? ok('Redis memory policy', state.policy)
      : state.max_bytes > 0
        ? fail('Redis memory policy', `${state.policy} throws events away when memory is short`, mend)
        : warn('Redis memory policy', `${state.policy}; harmless while there is no maxmemory`, mend);
  const room = state.full
    ? fail('Redis memory', `full: ${state.memory}`, 'Raise maxmemory, or lower HEMOSTAT_RETENTION_DAYS or HEMOSTAT_LOG_MAX_MB.')
    : ok('Redis memory', state.memory);
  return [policy, room];
}

/** Does once, on a key of its own, what the log does. */
async function rightsCheck(redis: RedisClient, settings: CommonSettings): Promise<Check> {
  const key = `${settings.keyPrefix}:{0}:doctor:${newId()}`;
  const tries: Array<[string, () => Promise<unknown>]> = [
    ['XADD', () => redis.xadd(key, '*', 'doctor', '1')],
    ['XGROUP', () => redis.xgroup('CREATE', key, 'doctor', '0')],
    ['XINFO', () => redis.xinfo('GROUPS', key)],
    ['EVAL', () => redis.eval("return redis.call('EXPIRE', KEYS[1], 60)", 1, key)],
    ['DEL', () => redis.del(key)],
    ...(settings.legacyMirror ? ([['PUBLISH', () => redis.publish('hemostat:doctor', '')]] as Array<[string, () => Promise<unknown>]>) : []),
  ];
  for (const [name, attempt] of tries) {
    try {
      await attempt();
    } catch (cause) {
      const trouble = redisTrouble(cause, redisAddress(settings));
      return fail('Redis rights', `${name}: ${errorText(cause).slice(0, 200)}`, trouble?.mend ?? 'See the error of Redis.');
    }
  }
  return ok('Redis rights', `${settings.redisUser || 'the default user'} may do all that is needed`);
}

async function clockOf(redis: RedisClient): Promise<Check> {
  const sent = Date.now();
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  return clockCheck('Redis clock', seconds * 1000 + micros / 1000, sent, Date.now());
}

async function connected(redis: RedisClient, address: string): Promise<Check | undefined> {
  const refused = new Promise<Check>((resolve) => {
    redis.on('error', (cause: unknown) => {
      const trouble = redisTrouble(cause, address);
      resolve(fail('Redis', trouble?.message ?? errorText(cause), trouble?.mend ?? 'See the error.'));
    });
  });
  const answered = redis.ping().then(
    () => undefined,
    (cause: unknown) => {
      const trouble = redisTrouble(cause, address);
      return fail('Redis', trouble?.message ?? errorText(cause), trouble?.mend ?? 'See the error.');
    }
  );
  const done = new AbortController();
  const silent = waitMs(CONNECT_MS, done.signal).then(() => fail('Redis', `${address} does not answer within ${CONNECT_MS / 1000} s`, 'Start Redis (or npm start), or set REDIS_HOST and REDIS_PORT (or REDIS_URL).'));
  try {
    return await Promise.race([refused, answered, silent]);
  } finally {
    done.abort();
  }
}

/** Reachability, password, version, persistence, memory, rights and clock of Redis. Never throws. */
export async function checkRedis(settings: CommonSettings): Promise<Check[]> {
  const address = redisAddress(settings);
  const redis = connectRedis(settings, 'doctor');
  try {
    const trouble = await connected(redis, address);
    if (trouble) {
      return [trouble];
    }
    const state = redisStateOf(await readInfo(redis));
    return [ok('Redis', `answers at ${address}`), versionCheck(state), await rightsCheck(redis, settings), persistenceCheck(state), ...memoryChecks(state), await clockOf(redis)];
  } catch (cause) {
    const trouble = redisTrouble(cause, address);
    return [fail('Redis', trouble?.message ?? errorText(cause), trouble?.mend ?? 'See the error of Redis.')];
  } finally {
    redis.disconnect();
  }
}
