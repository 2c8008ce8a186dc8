import { LEGACY, LEGACY_EVENT_TYPE, LEGACY_STORED } from '../../src/contract/streams';
import type { RedisClient } from '../runtime/redis';

/** Entries read at once: one may be a megabyte long. */
const SLICE = 10;

/** The lists in which the original keeps events. The one for all comes last: the others name the type. */
export const LISTS: readonly string[] = [...LEGACY_STORED.map((type) => LEGACY.eventsOf(LEGACY_EVENT_TYPE[type] ?? type)), LEGACY.allEvents];

/** What the original keeps in a list, oldest first. */
export async function readList(redis: RedisClient, key: string): Promise<string[]> {
  const found: string[] = [];
  for (let from = 0; from < LEGACY.maxEvents; from += SLICE) {
    const slice = await redis.lrange(key, from, from + SLICE - 1);
    found.push(...slice);
    if (slice.length < SLICE) {
      break;
    }
  }
  return found.reverse();
}
