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

/** A sample that is older says nothing of now. */
const FRESH_MS = 300_000;
/** Containers that are asked for at the same time. */
const AT_ONCE = 500;

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

/** A figure of a sample; NaN when it is not there. */
export function figureOf({ fields }: Sample, name: string): number {
  const text = fields.get(name);
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

/** How fast a counter grew from one sample to the next, a second; NaN when unknown: a counter that falls began anew with the container. */
export function rateOf(counter: string, sample: Sample, before: Sample | undefined): number {
  const seconds = before ? (entryTime(sample) - entryTime(before)) / 1000 : 0;
  const grown = before ? figureOf(sample, counter) - figureOf(before, counter) : Number.NaN;
  return seconds > 0 && grown >= 0 ? grown / seconds : Number.NaN;
}

/** What a container receives and sends, bytes a second. */
export interface NetworkRates {
  received: number;
  sent: number;
}

async function ratesNow(source: Source, key: string, now: number, signal: AbortSignal): Promise<NetworkRates | undefined> {
  const container = key.slice(key.lastIndexOf('/') + 1);
  const stream = source.log.keysOf(container).samples(key);
  const reply = (await source.ask(signal, async (redis) => redis.xrevrange(stream, '+', String(Math.floor(now - FRESH_MS)), 'COUNT', 2))) as Array<[string, string[] | null]>;
  const [newest, before] = reply.flatMap(sampleOf);
  return newest && before ? { received: rateOf('network_rx_bytes', newest, before), sent: rateOf('network_tx_bytes', newest, before) } : undefined;
}

/** Network rates between the two newest samples of each container; none where they are older than some minutes. @param now milliseconds, by the clock of Redis */
export async function networkRates(source: Source, keys: readonly string[], now: number, signal: AbortSignal): Promise<Map<string, NetworkRates>> {
  const rates = new Map<string, NetworkRates>();
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    const piece = keys.slice(start, start + AT_ONCE);
    const found = await Promise.all(piece.map(async (key) => ratesNow(source, key, now, signal)));
    found.forEach((one, index) => one && rates.set(piece[index] ?? '', one));
  }
  return rates;
}
