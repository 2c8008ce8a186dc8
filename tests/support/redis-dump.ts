import type { Redis } from 'ioredis';

const READERS: Record<string, (redis: Redis, key: string) => Promise<unknown>> = {
  string: (redis, key) => redis.get(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  hash: (redis, key) => redis.hgetall(key),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};

/** Every key and every value of a Redis as one text, to look for what must not be there. */
export async function everythingIn(redis: Redis): Promise<string> {
  const found: string[] = [];
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key);
    const read = READERS[type];
    if (!read) {
      throw new Error(`The key ${key} is of the unknown type ${type}.`);
    }
    found.push(key, JSON.stringify(await read(redis, key)));
  }
  return found.join('\n');
}
