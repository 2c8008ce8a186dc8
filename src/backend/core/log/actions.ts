import { actionRecordSchema, type ActionRecord } from '../../../contract/history';
import { decodeEvent } from '../../../contract/codec';
import type { HemostatEvent } from '../../../contract/events';
import { parseJson } from '../../../../agents/runtime/queries';
import type { Source } from '../source';
import type { TimeRange } from '../types';
import { entriesOf } from './entry';
import { newestFirst, type Scored, type ScoredCursor } from './scored';

/** One line of the record of actions with its place. */
export interface StoredAction extends Scored {
  record: ActionRecord | undefined;
}

const PIECE = 500;
/** Entries of one millisecond that are looked through for one event. */
const SAME_MS = 1000;

/** The record of actions, newest first. `record` is undefined where a line cannot be read. */
export async function* actionsNewestFirst(source: Source, range: TimeRange, after: ScoredCursor | undefined, signal: AbortSignal, piece = PIECE): AsyncGenerator<StoredAction> {
  for await (const item of newestFirst(source, (partition) => source.log.partition(partition).actions, { range, after, piece }, signal)) {
    const parsed = actionRecordSchema.safeParse(parseJson(item.member));
    yield { ...item, record: parsed.success ? parsed.data : undefined };
  }
}

/**
 * Events by their ids, found by the index of ids. Those that retention has removed, or that cannot be read, are missing.
 * @param ids with the partition that each is in
 */
export async function eventsById(source: Source, ids: ReadonlyArray<{ partition: number; id: string }>, signal: AbortSignal): Promise<Map<string, HemostatEvent>> {
  const found = new Map<string, HemostatEvent>();
  const ofPartition = async (partition: number) => {
    const wanted = ids.filter((one) => one.partition === partition).map((one) => one.id);
    const keys = source.log.partition(partition);
    const scores = await source.batch(signal, (pipeline) => wanted.forEach((id) => pipeline.zscore(keys.ids, id)));
    const times = [...new Set(scores.flatMap((score) => (typeof score === 'string' ? [score] : [])))];
    const replies = await source.batch(signal, (pipeline) => times.forEach((ms) => pipeline.xrange(keys.log, ms, ms, 'COUNT', SAME_MS)));
    const names = new Set(wanted);
    for (const entry of replies.flatMap((reply) => entriesOf(partition, reply))) {
      const decoded = decodeEvent(entry.json, entry.incident);
      if (decoded.ok && names.has(decoded.value.id)) {
        found.set(decoded.value.id, decoded.value);
      }
    }
  };
  await Promise.all(source.log.partitions.map((_, partition) => ofPartition(partition)));
  return found;
}
