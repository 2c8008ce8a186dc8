import type { HemostatLog } from './log';
import { redactText } from '../../src/contract/redact';

/** An entry that could not be handled. `raw` is as it was read, so that it can be tried again. */
export interface DeadLetter {
  /** Entry id in the log; empty when it never got there. */
  streamId: string;
  /** The group that gave up, or the channel that it came from. */
  group: string;
  error: string;
  deliveries: number;
  raw: string;
}

/** Dead letters that are kept for each partition. */
export const MAX_DEAD_LETTERS = 10_000;
/** Characters of one that are kept. */
const MAX_RAW = 1_048_576;

/** Keeps what could not be handled, with its error. Never throws away: the oldest go only beyond the limit. */
export async function keepDeadLetter(log: HemostatLog, partition: number, letter: DeadLetter): Promise<void> {
  await log.redis.xadd(
    log.partition(partition).dead,
    'MAXLEN',
    '~',
    MAX_DEAD_LETTERS,
    '*',
    'id',
    letter.streamId,
    'group',
    letter.group,
    'error',
    redactText(letter.error).text.slice(0, 2000),
    'deliveries',
    letter.deliveries,
    'raw',
    letter.raw.slice(0, MAX_RAW)
  );
}
