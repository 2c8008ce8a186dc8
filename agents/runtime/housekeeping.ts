import { GROUPS } from '../../src/contract/streams';
import { ENDED_STATES } from '../../src/contract/incident';
import { errorText } from './errors';
import { forgetGoneAgents } from './heartbeat';
import type { HemostatLog } from './log';
import type { CommonSettings, Logger } from './logger';
import { trimTelemetry } from './telemetry/trim';
import { waitMs } from './wait';

const EVERY_MS = 30_000;
/** Incidents that are removed in one round, so that Redis is never kept busy for long. */
const ROUND = 500;

export interface Trimmed {
  /** Entries that were removed from the stream, about. */
  entries: number;
  incidents: number;
  /** Why less was trimmed than the ceiling asks for. */
  held?: string;
}

const millisOf = (streamId: string) => Number(streamId.split('-')[0]);

/**
 * The oldest entry that a group still needs, in milliseconds: nothing that was not handled is trimmed for want of memory.
 * @returns Infinity when nobody waits for anything.
 */
async function oldestNeeded(log: HemostatLog, partition: number): Promise<number> {
  const { log: key } = log.partition(partition);
  let oldest = Infinity;
  const groups = (await log.redis.xinfo('GROUPS', key).catch(() => [])) as unknown[][];
  for (const group of groups) {
    const named = new Map(Array.from({ length: group.length / 2 }, (_, index) => [String(group[index * 2]), group[index * 2 + 1]]));
    if (!(GROUPS as readonly string[]).includes(String(named.get('name')))) {
      continue;
    }
    const pending = (await log.redis.xpending(key, String(named.get('name')))) as [number, string | null];
    oldest = Math.min(oldest, millisOf(String(named.get('last-delivered-id'))), pending[1] ? millisOf(pending[1]) : Infinity);
  }
  return oldest;
}

/** Entries that fit under the memory ceiling, or undefined when all do. */
async function entriesThatFit(log: HemostatLog, partition: number, maxBytes: number): Promise<number | undefined> {
  const { log: key } = log.partition(partition);
  const bytes = await log.redis.memory('USAGE', key, 'SAMPLES', 20);
  const length = await log.redis.xlen(key);
  return bytes && bytes > maxBytes ? Math.floor((length * maxBytes * 0.9) / bytes) : undefined;
}

/** The time before which the ceiling wants entries gone, or undefined. */
async function ceilingBoundary(log: HemostatLog, partition: number, maxBytes: number): Promise<number | undefined> {
  const fit = await entriesThatFit(log, partition, maxBytes);
  if (fit === undefined) {
    return undefined;
  }
  const { ids } = log.partition(partition);
  // The index of ids is in time order: the fit-th newest tells the time to cut at.
  const [, score] = await log.redis.zrevrange(ids, fit, fit, 'WITHSCORES');
  return score === undefined ? undefined : Number(score);
}

async function removeIncidents(log: HemostatLog, partition: number, before: number): Promise<number> {
  const keys = log.partition(partition);
  const old = await log.redis.zrangebyscore(keys.incidents, '-inf', `(${before}`, 'LIMIT', 0, ROUND);
  let removed = 0;
  for (const id of old) {
    const state = await log.redis.hget(keys.incident(id), 'state');
    const key = await log.redis.hget(keys.incident(id), 'key');
    const current = key ? await log.redis.hget(keys.open, key) : null;
    if (current === id && !ENDED_STATES.some((ended) => ended === state)) {
      continue;
    }
    await log.redis.del(keys.incident(id), keys.incidentLog(id));
    await log.redis.zrem(keys.incidents, id);
    removed += 1;
  }
  return removed;
}

/**
 * Trims one partition by time and by memory, approximately.
 * @param now milliseconds
 */
export async function trimPartition(log: HemostatLog, partition: number, options: { retentionDays: number; maxBytes: number; now: number }): Promise<Trimmed> {
  const keys = log.partition(partition);
  const byTime = options.now - options.retentionDays * 86_400_000;
  const byMemory = await ceilingBoundary(log, partition, options.maxBytes);
  const needed = byMemory === undefined ? Infinity : await oldestNeeded(log, partition);
  const boundary = Math.floor(Math.max(byTime, Math.min(byMemory ?? 0, needed)));
  const entries = await log.redis.xtrim(keys.log, 'MINID', '~', boundary);
  // An id is forgotten only with its entry: `~` may keep entries that are older than the boundary.
  const [first] = await log.redis.xrange(keys.log, '-', '+', 'COUNT', 1);
  const oldest = Math.min(boundary, first ? millisOf(first[0]) : boundary);
  await log.redis.zremrangebyscore(keys.ids, '-inf', `(${oldest}`);
  await log.redis.zremrangebyscore(keys.actions, '-inf', `(${Math.min(oldest, options.now - 2 * 86_400_000)}`);
  const incidents = await removeIncidents(log, partition, oldest);
  const held = byMemory !== undefined && needed < byMemory ? `An agent has not read entries since ${new Date(needed).toISOString()}; they are kept beyond the memory ceiling.` : undefined;
  return { entries, incidents, ...(held ? { held } : {}) };
}

/** Trims all partitions now and then. Several copies may do it at once: it changes nothing twice. */
export async function keepHouse(log: HemostatLog, options: { settings: CommonSettings; logger: Logger }, signal: AbortSignal): Promise<void> {
  const { settings, logger } = options;
  const maxBytes = (settings.logMaxMegabytes * 1_048_576) / log.partitions.length;
  while (!signal.aborted) {
    await waitMs(EVERY_MS * (0.75 + Math.random() / 2), signal);
    for (let partition = 0; partition < log.partitions.length && !signal.aborted; partition += 1) {
      try {
        const trimmed = await trimPartition(log, partition, { retentionDays: settings.retentionDays, maxBytes, now: Date.now() });
        if (trimmed.held) {
          logger.warn(trimmed.held);
        }
      } catch (cause) {
        logger.debug({ error: errorText(cause) }, 'trimming failed; the next round tries again');
      }
    }
    await trimTelemetry(log, settings, Date.now()).catch((cause: unknown) => logger.debug({ error: errorText(cause) }, 'telemetry could not be trimmed; the next round tries again'));
    await forgetGoneAgents(log, Date.now()).catch(() => undefined);
  }
}
