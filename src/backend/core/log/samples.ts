import type { Source } from '../source';
import type { TimeRange } from '../types';

/** Figures of a container at one moment. */
export interface Sample {
  id: string;
  fields: ReadonlyMap<string, string>;
}

/** Samples of one container that are read, at most. */
export const SAMPLE_BUDGET = 20_000;
const PIECE = 2000;

export const entryTime = ({ id }: Sample): number => Number(id.slice(0, id.indexOf('-')));

function sampleOf([id, flat]: [string, string[] | null]): Sample[] {
  return flat ? [{ id, fields: new Map(Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => [flat[index * 2] ?? '', flat[index * 2 + 1] ?? ''])) }] : [];
}

/**
 * Samples of one container, oldest first; where there are too many, the newest.
 * @param key host and container
 */
export async function readSamples(source: Source, key: string, range: TimeRange, signal: AbortSignal): Promise<{ samples: Sample[]; cutShort: boolean }> {
  const container = key.slice(key.lastIndexOf('/') + 1);
  const stream = source.log.keysOf(container).samples(key);
  const from = String(Math.floor(range.from));
  let to = String(Math.floor(range.to));
  const samples: Sample[] = [];
  let more = true;
  while (more && samples.length < SAMPLE_BUDGET) {
    const upTo = to;
    const reply = (await source.ask(signal, async (redis) => redis.xrevrange(stream, upTo, from, 'COUNT', PIECE))) as Array<[string, string[] | null]>;
    samples.push(...reply.flatMap(sampleOf));
    more = reply.length === PIECE;
    to = `(${reply.at(-1)?.[0] ?? '0'}`;
  }
  return { samples: samples.reverse(), cutShort: more };
}
