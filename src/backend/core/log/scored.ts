import { QueryError } from '../failure';
import type { Source } from '../source';
import type { TimeRange } from '../types';

/** A member of a sorted set whose score is a time in server milliseconds. */
export interface Scored {
  partition: number;
  member: string;
  ms: number;
}

/** Newest first; at equal times by member, as Redis orders them. */
function comesBefore(a: Pick<Scored, 'ms' | 'member'>, b: Pick<Scored, 'ms' | 'member'>): boolean {
  return a.ms !== b.ms ? a.ms > b.ms : Buffer.compare(Buffer.from(a.member), Buffer.from(b.member)) > 0;
}

/** Where a page of a sorted set ended. */
export interface ScoredCursor {
  ms: number;
  member: string;
}

export const encodeScored = ({ ms, member }: ScoredCursor): string => `z_${ms.toString(36)}_${Buffer.from(member).toString('base64url')}`;

/** @throws QueryError 400 when it is no such cursor. */
export function decodeScored(text: string): ScoredCursor | undefined {
  if (text === '') {
    return undefined;
  }
  const match = /^z_([0-9a-z]{1,10})_([A-Za-z0-9_-]*)$/.exec(text);
  if (!match) {
    throw new QueryError(400, 'The cursor cannot be used here: give the one from the answer to the page before, for the same query, or none.');
  }
  return { ms: Number.parseInt(match[1] ?? '', 36), member: Buffer.from(match[2] ?? '', 'base64url').toString('utf8') };
}

/** One partition's sorted set, newest first, piece by piece. */
class ScoredLane {
  private items: Scored[] = [];
  private at = 0;
  private ended = false;

  constructor(
    private readonly source: Source,
    private readonly partition: number,
    private readonly key: string,
    private readonly range: TimeRange,
    private after: ScoredCursor | undefined,
    private piece: number
  ) {}

  get head(): Scored | undefined {
    return this.items[this.at];
  }

  consume(): void {
    this.at += 1;
  }

  /** Reads on until there is a head or the set ends. By place and not by count, since members move up meanwhile. */
  async fill(signal: AbortSignal): Promise<void> {
    while (this.at >= this.items.length && !this.ended) {
      const max = Math.min(Math.floor(this.range.to), this.after?.ms ?? Infinity);
      const flat = await this.source.ask(signal, async (redis) => redis.zrevrangebyscore(this.key, max, Math.floor(this.range.from), 'WITHSCORES', 'LIMIT', 0, this.piece));
      this.ended = flat.length / 2 < this.piece;
      this.items = this.beyond(flat);
      this.at = 0;
      this.after = this.items.at(-1) ?? this.after;
      // A whole piece of one and the same time, all of it seen: only a longer one leads on.
      this.piece *= this.items.length === 0 ? 4 : 1;
    }
  }

  private beyond(flat: readonly string[]): Scored[] {
    const items: Scored[] = [];
    for (let index = 0; index + 1 < flat.length; index += 2) {
      const item = { partition: this.partition, member: flat[index] ?? '', ms: Number(flat[index + 1]) };
      if (!this.after || comesBefore(this.after, item)) {
        items.push(item);
      }
    }
    return items;
  }
}

/**
 * Members of one sorted set of each partition, newest first over all, read piece by piece.
 * @param keyOf the key in a partition
 */
export async function* newestFirst(
  source: Source,
  keyOf: (partition: number) => string,
  options: { range: TimeRange; after?: ScoredCursor | undefined; piece: number },
  signal: AbortSignal
): AsyncGenerator<Scored> {
  const lanes = source.log.partitions.map((_, partition) => new ScoredLane(source, partition, keyOf(partition), options.range, options.after, options.piece));
  for (;;) {
    await Promise.all(lanes.map((lane) => lane.fill(signal)));
    let next: ScoredLane | undefined;
    for (const lane of lanes) {
      if (lane.head && (!next?.head || comesBefore(lane.head, next.head))) {
        next = lane;
      }
    }
    const item = next?.head;
    if (!next || !item) {
      return;
    }
    next.consume();
    yield item;
  }
}
