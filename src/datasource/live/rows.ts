import type { DataFrame, Field } from '@grafana/data';

/** Rows by column, as they come from a live channel. */
export interface Packet {
  /** Names of the columns; absent when they are those of the last schema. */
  names?: readonly string[];
  values: ReadonlyArray<readonly unknown[]>;
}

type Row = readonly unknown[];

/** The column that tells a row that is there already from a new one. */
const KEY = 'stream_id';
const TIME = 'timestamp';
/** Updates that wait for the first answer. What is let go, the next answer brings. */
const MAX_EARLY = 100;

/** `1/1700000000000-3`: partition, milliseconds, sequence. */
function compareKeys(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}

/**
 * The newest log lines of one query. Takes in whole answers and live updates in any order and any overlap:
 * a row counts once, by its place in the log.
 */
export class LiveRows {
  private columns: ReadonlyArray<Omit<Field, 'values'>> = [];
  private names: readonly string[] = [];
  private rows = new Map<string, Row>();
  private frame: Omit<DataFrame, 'fields' | 'length'> = {};
  private dropped = false;
  /** Heard before the first answer, which brings the columns to put them into. */
  private early: Packet[] = [];

  /** @param capacity rows that are kept, the newest ones. */
  constructor(private readonly capacity: number) {}

  /** Milliseconds by the clock of the log; undefined without a row. */
  get newest(): number | undefined {
    return this.sorted()[0]?.[this.at(TIME)] as number | undefined;
  }

  get size(): number {
    return this.rows.size;
  }

  /** An answer to the query, which also says how the columns are shown. @returns true when a row was new. */
  takeFrame(frame: DataFrame): boolean {
    const { fields, length, ...rest } = frame;
    this.frame = rest;
    this.columns = fields.map(({ values: _, ...column }) => column);
    const early = this.early.splice(0);
    const packet = { names: fields.map(({ name }) => name), values: fields.map(({ values }) => values as unknown[]) };
    return [packet, ...early].map((one) => this.takePacket(one)).includes(true);
  }

  /** An update. @returns true when a row was new. */
  takePacket({ names = this.names, values }: Packet): boolean {
    this.names = names;
    const keys = values[names.indexOf(KEY)] ?? [];
    if (this.columns.length === 0) {
      this.early = [...this.early, { names, values }].slice(-MAX_EARLY);
      return false;
    }
    const sources = this.columns.map(({ name }) => names.indexOf(name));
    const before = this.rows.size;
    keys.forEach((key, index) => {
      if (!this.rows.has(String(key))) {
        this.rows.set(String(key), sources.map((source) => values[source]?.[index] ?? null));
      }
    });
    const grown = this.rows.size > before;
    this.trim();
    return grown;
  }

  /** Rows older than this are let go. @param from milliseconds by the clock of the log. */
  forgetBefore(from: number): void {
    const at = this.at(TIME);
    for (const [key, row] of this.rows) {
      if (Number(row[at]) < from) {
        this.rows.delete(key);
      }
    }
  }

  /** What is held now, newest first; undefined before the first answer. */
  toFrame(): DataFrame | undefined {
    if (this.columns.length === 0) {
      return undefined;
    }
    const rows = this.sorted();
    const fields = this.columns.map((column, index): Field => ({ ...column, values: rows.map((row) => row[index]) }));
    const { channel: _, ...meta } = this.frame.meta ?? {};
    const custom = { ...meta.custom, more: this.dropped || Boolean((meta.custom as { more?: boolean } | undefined)?.more) };
    return { ...this.frame, meta: { ...meta, custom }, fields, length: rows.length };
  }

  private at(name: string): number {
    return this.columns.findIndex((column) => column.name === name);
  }

  private sorted(): Row[] {
    const [time, key] = [this.at(TIME), this.at(KEY)];
    return [...this.rows.values()].sort((left, right) => Number(right[time]) - Number(left[time]) || compareKeys(String(right[key]), String(left[key])));
  }

  private trim(): void {
    if (this.rows.size <= this.capacity) {
      return;
    }
    const key = this.at(KEY);
    this.dropped = true;
    this.rows = new Map(this.sorted().slice(0, this.capacity).map((row) => [String(row[key]), row]));
  }
}
