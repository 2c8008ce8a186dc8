import { cursorBefore } from '../../contract/log-place';
import type { EventRow } from './event-rows';

/** Rows of one read after the first page. */
export const PAGE_ROWS = 500;
/** Rows kept in memory on either side of what is in sight; what lies farther is read again when somebody comes near. */
const KEEP_ROWS = 2000;
/** Within so many rows of what is in sight everything is read. */
const NEAR_ROWS = 300;
/** While new rows come in at the top, so many are kept at most, and so many are left then. */
const MOST_FOLLOWED = 2000;
const LEFT_FOLLOWED = 500;
/** More than anybody goes through; small enough that keys are small whole numbers, which are looked up several times faster. */
const MOST_ROWS = 10_000_000;

interface Piece {
  /** Distinguishes pieces for good. */
  number: number;
  /** What this piece is read with; undefined for the first one, which is always kept. */
  cursor: string | undefined;
  size: number;
  rows: EventRow[] | undefined;
}

/** What has to be read. */
export interface Wanted {
  cursor: string;
  limit: number;
  /** Of the piece that is read again; undefined for the next one. */
  piece: number | undefined;
}

/**
 * The part of the log that somebody has gone through, newest first. Of any number of rows only those near to what is in sight
 * are held; of the others it is known how many there are and how they are read again.
 */
export class LogWindow {
  private pieces: Piece[] = [];
  private numbers = 0;
  private keys = new Set<string>();
  private starts: number[] = [];
  /** How many rows were put at the top, from a number on that differs whenever it has begun anew. */
  private before = 0;
  private readonly listeners = new Set<() => void>();
  /** Changes with every change. */
  version = 0;
  /** Leads on to older rows; empty at the end. */
  next = '';
  /** How often it has begun anew; 0 before the first page. */
  epoch = 0;

  /** Tells of every change. @returns stops it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get count(): number {
    const last = this.pieces.length - 1;
    return (this.starts[last] ?? 0) + (this.pieces[last]?.size ?? 0);
  }

  /** Rows in memory. */
  get held(): number {
    return this.pieces.reduce((sum, { rows }) => sum + (rows?.length ?? 0), 0);
  }

  get newest(): EventRow | undefined {
    return this.pieces[0]?.rows?.[0];
  }

  /** Begins anew with the first page. @param next cursor for the case that there is no row at all */
  start(rows: readonly EventRow[], next = ''): void {
    this.epoch += 1;
    // No row of before has one of the keys to come.
    this.before = -MOST_ROWS * this.epoch;
    this.pieces = [this.piece(undefined, [...rows])];
    this.keys = new Set(rows.map(({ key }) => key));
    this.next = this.behind(rows) ?? next;
    this.measure();
  }

  row(index: number): EventRow | undefined {
    const at = this.pieceAt(index);
    return this.pieces[at]?.rows?.[index - (this.starts[at] ?? 0)];
  }

  /** Stays with a row whatever is added before it or let go. Quick: a list asks for each of a million rows. */
  keyOf(index: number): number {
    return index - this.before;
  }

  /** Where an event stands among the rows that are held; -1 when it does not. */
  find(id: string): number {
    for (const [at, { rows }] of this.pieces.entries()) {
      const offset = rows?.findIndex((row) => row.id === id) ?? -1;
      if (offset >= 0) {
        return (this.starts[at] ?? 0) + offset;
      }
    }
    return -1;
  }

  /** Rows of the newest ones that are not here yet; `linked` is false when there may be others between them and ours. */
  fresh(head: readonly EventRow[]): { rows: EventRow[]; linked: boolean } {
    const rows = head.filter(({ key }) => !this.keys.has(key));
    return { rows, linked: rows.length < head.length || this.count === 0 };
  }

  /** Puts new rows at the top. */
  prepend(rows: readonly EventRow[]): void {
    const [first] = this.pieces;
    if (!first || rows.length === 0) {
      return;
    }
    first.rows = [...rows, ...(first.rows ?? [])];
    first.size = first.rows.length;
    this.before += rows.length;
    rows.forEach(({ key }) => this.keys.add(key));
    if (first.size > MOST_FOLLOWED) {
      const { before } = this;
      this.start(first.rows.slice(0, LEFT_FOLLOWED));
      // What is left are the same rows.
      this.before = before;
      return;
    }
    this.measure();
  }

  /** What is missing around the rows in sight, nearest first; at most one read at a time is worth while. */
  wanted(first: number, last: number): Wanted | undefined {
    for (let at = this.pieceAt(Math.max(0, first - NEAR_ROWS)); at <= this.pieceAt(Math.min(this.count - 1, last + NEAR_ROWS)); at += 1) {
      const piece = this.pieces[at];
      if (piece && !piece.rows && piece.cursor !== undefined) {
        return { cursor: piece.cursor, limit: piece.size, piece: piece.number };
      }
    }
    return this.next && last + NEAR_ROWS >= this.count ? { cursor: this.next, limit: PAGE_ROWS, piece: undefined } : undefined;
  }

  /** Takes in what was read. @param next cursor of the answer; empty at the end */
  take({ piece: number, cursor }: Pick<Wanted, 'piece' | 'cursor'>, rows: readonly EventRow[], next: string): void {
    if (number === undefined) {
      if (rows.length > 0) {
        this.pieces.push(this.piece(cursor, [...rows]));
      }
      this.next = next;
    } else {
      const piece = this.pieces.find((one) => one.number === number);
      if (piece) {
        piece.rows = [...rows];
        // Retention may have removed some of them meanwhile.
        piece.size = rows.length;
      }
    }
    this.measure();
  }

  /** Lets go of rows far from those in sight. */
  forgetFarFrom(first: number, last: number): void {
    let forgotten = false;
    for (const [at, piece] of this.pieces.entries()) {
      const start = this.starts[at] ?? 0;
      const far = start + piece.size < first - KEEP_ROWS || start > last + KEEP_ROWS;
      if (far && piece.rows && piece.cursor !== undefined) {
        piece.rows = undefined;
        forgotten = true;
      }
    }
    if (forgotten) {
      this.measure();
    }
  }

  private piece(cursor: string | undefined, rows: EventRow[]): Piece {
    this.numbers += 1;
    return { number: this.numbers, cursor, size: rows.length, rows };
  }

  private behind(rows: readonly EventRow[]): string | undefined {
    const last = rows.at(-1);
    return last && cursorBefore(last.place);
  }

  private measure(): void {
    let start = 0;
    this.starts = this.pieces.map(({ size }) => {
      start += size;
      return start - size;
    });
    this.version += 1;
    this.listeners.forEach((tell) => tell());
  }

  /** Which piece holds this index; the last one that begins at or before it. */
  private pieceAt(index: number): number {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return Math.max(0, low);
  }
}
