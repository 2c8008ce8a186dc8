import type { Source } from '../source';
import type { TimeRange } from '../types';
import type { Cursor, Place } from './cursor';
import { compareEntries, entriesOf, type Entry } from './entry';

/** What an entry gives: a row, nothing, or that it cannot be read. */
export type Taken<T> = { row: T } | 'passed' | 'unreadable';

export interface ScanOptions<T> {
  /** Server milliseconds, both ends included. */
  range: TimeRange;
  direction: Cursor['direction'];
  cursor: Cursor | undefined;
  /** Rows wanted. */
  want: number;
  /** Entries looked at, at most. */
  budget: number;
  take(entry: Entry): Taken<T>;
  /** True when most entries give no row: larger pieces are read then. */
  selective: boolean;
}

export interface Scanned<T> {
  rows: T[];
  /** Where to go on. Undefined when nothing was looked at, or backward when nothing is left. */
  cursor: Cursor | undefined;
  /** Nothing is left in the range. */
  done: boolean;
  examined: number;
  unreadable: number;
  /** The budget ended before the page was full. */
  cutShort: boolean;
}

/** Entries read at once, at most: bounds memory and how long Redis is kept busy. */
const MAX_PIECE = 1000;
const FIRST_PIECE = 200;
/** Characters that one read should bring, about: entries may be up to a megabyte each. */
const PIECE_CHARACTERS = 4_000_000;

/** One partition, read piece by piece. */
class Lane {
  private entries: Entry[] = [];
  private at = 0;
  private from: string;
  private readonly to: string;
  private ended = false;
  private piece: number;
  private coming: Promise<Entry[]> | undefined;
  last: Place | undefined;

  constructor(
    private readonly source: Source,
    private readonly partition: number,
    private readonly backward: boolean,
    bounds: { from: string; to: string },
    firstPiece: number
  ) {
    this.from = bounds.from;
    this.to = bounds.to;
    this.piece = Math.max(1, Math.min(firstPiece, MAX_PIECE));
  }

  get head(): Entry | undefined {
    return this.entries[this.at];
  }

  get needsMore(): boolean {
    return this.at >= this.entries.length && (!this.ended || this.coming !== undefined);
  }

  get left(): boolean {
    return this.at < this.entries.length || !this.ended || this.coming !== undefined;
  }

  consume(): void {
    const entry = this.entries[this.at];
    if (entry) {
      this.last = { ms: entry.ms, seq: entry.seq };
      this.at += 1;
    }
  }

  async refill(signal: AbortSignal, ahead: boolean): Promise<void> {
    const entries = await (this.coming ?? this.read(signal));
    this.coming = undefined;
    this.entries = entries;
    this.at = 0;
    if (ahead && !this.ended) {
      // The next piece comes while this one is looked at.
      this.coming = this.read(signal);
      this.coming.catch(() => undefined);
    }
  }

  private async read(signal: AbortSignal): Promise<Entry[]> {
    const { log } = this.source.log.partition(this.partition);
    const count = this.piece;
    const reply = await this.source.ask(signal, async (redis): Promise<unknown> => (this.backward ? redis.xrevrange(log, this.from, this.to, 'COUNT', count) : redis.xrange(log, this.from, this.to, 'COUNT', count)));
    const size = (reply as unknown[]).length;
    const entries = entriesOf(this.partition, reply);
    const lastId = (reply as Array<[string]>)[size - 1]?.[0];
    this.ended = size < count || lastId === undefined;
    this.from = `(${lastId ?? '0'}`;
    const characters = entries.reduce((sum, entry) => sum + entry.json.length, 0);
    this.piece = Math.max(1, Math.min(MAX_PIECE, count * 4, Math.floor(PIECE_CHARACTERS / (characters / Math.max(1, size) || 1))));
    return entries;
  }
}

function backwardBounds(range: TimeRange, cursor: Extract<Cursor, { direction: 'backward' }> | undefined, partition: number): { from: string; to: string } {
  const to = String(Math.max(0, Math.floor(range.from)));
  if (!cursor || cursor.place.ms > range.to) {
    return { from: String(Math.max(0, Math.floor(range.to))), to };
  }
  // At equal ids the lower partition came after the higher one, as newest first goes through them downwards.
  const open = partition >= cursor.partition ? '(' : '';
  return { from: `${open}${cursor.place.ms}-${cursor.place.seq}`, to };
}

function forwardBounds(range: TimeRange, place: Place | undefined): { from: string; to: string } {
  const to = String(Math.max(0, Math.floor(range.to)));
  return place && place.ms >= range.from ? { from: `(${place.ms}-${place.seq}`, to } : { from: String(Math.max(0, Math.floor(range.from))), to };
}

function lanesOf(source: Source, { range, cursor, direction, want, selective }: Pick<ScanOptions<unknown>, 'range' | 'cursor' | 'direction' | 'want' | 'selective'>): Lane[] {
  const partitions = source.log.partitions.length;
  const share = selective ? FIRST_PIECE : Math.ceil((want + 1) / partitions) + (partitions > 1 ? 8 : 0);
  return source.log.partitions.map((_, partition) => {
    const bounds =
      direction === 'backward'
        ? backwardBounds(range, cursor?.direction === 'backward' ? cursor : undefined, partition)
        : forwardBounds(range, cursor?.direction === 'forward' ? cursor.places[partition] : undefined);
    return new Lane(source, partition, direction === 'backward', bounds, share);
  });
}

function nextLane(lanes: readonly Lane[], sign: number): Lane | undefined {
  let best: Lane | undefined;
  let head: Entry | undefined;
  for (const lane of lanes) {
    const other = lane.head;
    if (other && (!head || sign * compareEntries(other, head) < 0)) {
      best = lane;
      head = other;
    }
  }
  return best;
}

function cursorAfter(options: Pick<ScanOptions<unknown>, 'direction' | 'cursor'>, lanes: readonly Lane[], last: Entry | undefined): Cursor | undefined {
  if (options.direction === 'backward') {
    return last ? { direction: 'backward', place: { ms: last.ms, seq: last.seq }, partition: last.partition } : options.cursor;
  }
  const before = options.cursor?.direction === 'forward' ? options.cursor.places : [];
  return { direction: 'forward', places: lanes.map((lane, partition) => lane.last ?? before[partition]) };
}

/**
 * Goes through the log in order over all partitions, piece by piece, until enough rows are found, the range or the budget ends.
 * The cursor of the answer leads on exactly: no entry comes twice, none is left out, whatever is appended meanwhile.
 * @throws what Redis answers, or the reason of the signal.
 */
export async function scan<T>(source: Source, options: ScanOptions<T>, signal: AbortSignal): Promise<Scanned<T>> {
  const lanes = lanesOf(source, options);
  const sign = options.direction === 'backward' ? -1 : 1;
  const scanned: Scanned<T> = { rows: [], cursor: undefined, done: false, examined: 0, unreadable: 0, cutShort: false };
  let last: Entry | undefined;
  const ahead = () => options.selective || options.want - scanned.rows.length > MAX_PIECE;
  while (scanned.rows.length < options.want && scanned.examined < options.budget) {
    const empty = lanes.filter((lane) => lane.needsMore);
    if (empty.length > 0) {
      await Promise.all(empty.map((lane) => lane.refill(signal, ahead())));
      continue;
    }
    const lane = nextLane(lanes, sign);
    const entry = lane?.head;
    if (!lane || !entry) {
      break;
    }
    lane.consume();
    last = entry;
    scanned.examined += 1;
    collect(scanned, options.take(entry));
  }
  scanned.done = lanes.every((lane) => !lane.left);
  scanned.cutShort = !scanned.done && scanned.rows.length < options.want;
  scanned.cursor = cursorAfter(options, lanes, last);
  return scanned;
}

function collect<T>(scanned: Scanned<T>, taken: Taken<T>): void {
  if (taken === 'unreadable') {
    scanned.unreadable += 1;
  } else if (taken !== 'passed') {
    scanned.rows.push(taken.row);
  }
}
