/** Where an entry stands in the merged log. */
export interface LogPlace {
  partition: number;
  /** Server milliseconds. */
  ms: number;
  seq: number;
}

/** Reads `1/1700000000000-3`, the column `stream_id` of events; undefined when it is none. */
export function readPlace(text: string): LogPlace | undefined {
  const [, partition, ms, seq] = /^(\d{1,6})\/(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return partition === undefined ? undefined : { partition: Number(partition), ms: Number(ms), seq: Number(seq) };
}

/**
 * The cursor of the query `events` that leads on to what is older than this entry, in a log with any number of partitions.
 * It holds only letters, digits, `_` and `-`, so that it may stand in a Live channel.
 */
export const cursorBefore = ({ partition, ms, seq }: LogPlace): string => `b_${ms.toString(36)}-${seq.toString(36)}_${partition.toString(36)}`;

/** Newest first: less than 0 when `left` is newer. At equal ids the higher partition counts as the newer one. */
export const newerFirst = (left: LogPlace, right: LogPlace): number => right.ms - left.ms || right.seq - left.seq || right.partition - left.partition;
