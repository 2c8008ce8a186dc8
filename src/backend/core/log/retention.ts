import type { Source } from '../source';
import { errorText } from '../../../../agents/runtime/errors';
import type { Notice, TimeRange } from '../types';

function fieldsOf(flat: readonly unknown[]): Map<string, unknown> {
  return new Map(Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => [String(flat[index * 2]), flat[index * 2 + 1]]));
}

/** Server milliseconds of the first entry that is left, where older ones were trimmed away; else undefined. */
async function cutOf(source: Source, partition: number, signal: AbortSignal): Promise<number | undefined> {
  let reply: unknown[];
  try {
    reply = (await source.ask(signal, async (redis) => redis.xinfo('STREAM', source.log.partition(partition).log))) as unknown[];
  } catch (cause) {
    if (/no such key|NOPERM/i.test(errorText(cause))) {
      return undefined;
    }
    throw cause;
  }
  const fields = fieldsOf(reply);
  const first = fields.get('first-entry') as [string, unknown] | null;
  // Before Redis 7 the number of entries ever added is not told; then nothing is said either.
  const trimmed = Number(fields.get('entries-added') ?? 0) > Number(fields.get('length') ?? 0);
  return trimmed ? Number(first?.[0].split('-')[0] ?? Number.NaN) : undefined;
}

/** Says so when a part of the range lies before what retention has left. Costs one small call a partition. */
export async function retentionNotice(source: Source, range: TimeRange, signal: AbortSignal): Promise<Notice[]> {
  const cuts = await Promise.all(source.log.partitions.map((_, partition) => cutOf(source, partition, signal)));
  const cut = Math.max(...cuts.map((one) => (one === undefined || Number.isNaN(one) ? -Infinity : one)));
  if (!Number.isFinite(cut) || range.from >= cut) {
    return [];
  }
  return [{ severity: 'info', text: `Events before ${new Date(cut).toISOString()} were removed by retention: this time range begins earlier.` }];
}
