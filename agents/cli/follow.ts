import type { Redis } from 'ioredis';
import { decodeEvent } from '../../src/contract/codec';
import { rawEntries } from '../runtime/consumer';
import type { HemostatLog } from '../runtime/log';
import type { CommonSettings } from '../runtime/logger';
import { compareStreamIds, type StoredEvent } from '../runtime/queries';
import { connectRedis } from '../runtime/redis';
import { unlessAborted, waitMs } from '../runtime/wait';

const BLOCK_MS = 1000;
const COUNT = 500;
/** On a cluster partitions live on different nodes, so they are asked in turn. */
const POLL_MS = 250;

/** Entry ids to read after, one a partition. */
export type Positions = string[];

/** Where the log ends now. */
export async function endOfLog(log: HemostatLog): Promise<Positions> {
  return Promise.all(
    log.partitions.map(async (keys) => {
      const last = (await log.redis.xrevrange(keys.log, '+', '-', 'COUNT', 1)) as Array<[string, string[]]>;
      return last[0]?.[0] ?? '0-0';
    })
  );
}

type Read = (positions: Positions) => Promise<Array<[number, unknown]>>;

function blockingRead(log: HemostatLog, connection: Redis): Read {
  const keys = log.partitions.map((partition) => partition.log);
  return async (positions) => {
    const reply = (await connection.xread('COUNT', COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...positions)) as Array<[string, unknown]> | null;
    return (reply ?? []).map(([key, entries]) => [keys.indexOf(key), entries]);
  };
}

function pollingRead(log: HemostatLog, signal: AbortSignal): Read {
  return async (positions) => {
    await waitMs(POLL_MS, signal);
    return Promise.all(
      log.partitions.map(async (keys, partition): Promise<[number, unknown]> => {
        const reply = (await log.redis.xread('COUNT', COUNT, 'STREAMS', keys.log, positions[partition] ?? '0-0')) as Array<[string, unknown]> | null;
        return [partition, reply?.[0]?.[1] ?? []];
      })
    );
  };
}

/**
 * Events as they are appended, until the signal. Reading blocks a connection of its own.
 * @param from see `endOfLog`; it is moved along.
 */
export async function* followLog(log: HemostatLog, settings: CommonSettings, from: Positions, signal: AbortSignal): AsyncGenerator<StoredEvent> {
  const connection = connectRedis(settings, 'tail');
  const stop = () => connection.disconnect();
  signal.addEventListener('abort', stop, { once: true });
  const read = connection.isCluster ? pollingRead(log, signal) : blockingRead(log, connection as Redis);
  try {
    while (!signal.aborted) {
      const replies = await unlessAborted(read(from), signal);
      yield* inOrder(replies ?? [], from);
    }
  } catch (cause) {
    if (!signal.aborted) {
      throw cause;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    connection.disconnect();
  }
}

function inOrder(replies: ReadonlyArray<[number, unknown]>, positions: Positions): StoredEvent[] {
  const found: StoredEvent[] = [];
  for (const [partition, reply] of replies) {
    for (const entry of rawEntries(reply)) {
      positions[partition] = entry.id;
      const decoded = decodeEvent(entry.json, entry.incident);
      if (decoded.ok) {
        found.push({ streamId: entry.id, partition, event: decoded.value });
      }
    }
  }
  return found.sort((a, b) => compareStreamIds(a.streamId, b.streamId));
}
