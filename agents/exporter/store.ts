import type { Redis } from 'ioredis';
import { errorText, FencedError } from '../runtime/errors';
import type { Fence, HemostatLog } from '../runtime/log';
import type { Book } from './book';

/** Where the book of a partition stands: the last entry that is in it. */
const POSITION = '@position';
export const START = '0-0';
const GROUP = 'exporter';

/**
 * Figures, position and the group's position in one step, by the leader only. All values are absolute, so that a commit whose
 * answer was lost can be repeated: it finds its own position and changes nothing.
 * KEYS: log, counters, lease. ARGV: token, position before, position after, entries read ('' when unknown), fields with their new
 * texts ('' to delete).
 */
const COMMIT = `
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return redis.error_reply('FENCED ' .. KEYS[3]) end
local at = redis.call('HGET', KEYS[2], '${POSITION}') or '${START}'
if at == ARGV[3] then return 'done' end
if at ~= ARGV[2] then return 'moved' end
for i = 5, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[i]) else redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
redis.call('HSET', KEYS[2], '${POSITION}', ARGV[3])
if ARGV[4] == '' then
  redis.pcall('XGROUP', 'SETID', KEYS[1], '${GROUP}', ARGV[3])
else
  redis.pcall('XGROUP', 'SETID', KEYS[1], '${GROUP}', ARGV[3], 'ENTRIESREAD', ARGV[4])
end
return 'done'`;

export interface Stored {
  position: string;
  fields: Record<string, string>;
}

/** What was committed of a partition. */
export async function loadCounters(log: HemostatLog, partition: number): Promise<Stored> {
  const { [POSITION]: position = START, ...fields } = await (log.redis as Redis).hgetall(log.partition(partition).counters);
  return { position, fields };
}

/** The position alone: whether there is anything new to load. */
export async function loadPosition(log: HemostatLog, partition: number): Promise<string> {
  return (await log.redis.hget(log.partition(partition).counters, POSITION)) ?? START;
}

/** The group holds what the agent has read, so that Redis tells its lag and nothing uncounted is trimmed for want of memory. */
export async function ensureGroup(log: HemostatLog, partition: number, position: string): Promise<void> {
  try {
    await log.redis.xgroup('CREATE', log.partition(partition).log, GROUP, position, 'MKSTREAM');
  } catch (cause) {
    if (!errorText(cause).startsWith('BUSYGROUP')) {
      throw cause;
    }
  }
}

/**
 * How many entries the group has read, as Redis knows it: what its lag is computed by.
 * @returns undefined where Redis cannot tell (before version 7, or after entries were deleted).
 */
export async function entriesRead(log: HemostatLog, partition: number, position: string): Promise<number | undefined> {
  const { log: key } = log.partition(partition);
  const [groups, stream] = (await Promise.all([log.redis.xinfo('GROUPS', key), log.redis.xinfo('STREAM', key)])) as [unknown[][], unknown[]];
  const field = (flat: unknown[], name: string) => (flat.includes(name) ? flat[flat.indexOf(name) + 1] : undefined);
  const own = groups.find((group) => field(group, 'name') === GROUP);
  const known = own && field(own, 'last-delivered-id') === position ? field(own, 'entries-read') : undefined;
  if (typeof known === 'number') {
    return known;
  }
  const [total, length] = [field(stream, 'entries-added'), field(stream, 'length')];
  return position === START && typeof total === 'number' && typeof length === 'number' ? total - length : undefined;
}

/**
 * Writes the draft of a book with its new position.
 * @returns false when the stored position is another one: somebody emptied Redis, and the book must be loaded anew.
 * @throws FencedError when another copy leads.
 */
export async function commitBook(log: HemostatLog, partition: number, fence: Fence, book: Book, move: { from: string; to: string; read: number | undefined }): Promise<boolean> {
  const keys = log.partition(partition);
  const fields = book.changes().flatMap(([field, text]) => [field, text ?? '']);
  try {
    const reply = await (log.redis as Redis).eval(COMMIT, 3, keys.log, keys.counters, keys.lease(fence.task), fence.token, move.from, move.to, move.read ?? '', ...fields);
    return reply === 'done';
  } catch (cause) {
    throw /FENCED /.test(errorText(cause)) ? new FencedError(fence.task) : cause;
  }
}
