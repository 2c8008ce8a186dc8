import { DEFAULT_APP_PATH } from '../settings';
import type { Field, FieldConfig, Frame, FrameMeta } from '../types';

/** One column: its name, and how it is read from a row. */
export interface Column<R> {
  name: string;
  type: Field['type'];
  get: (row: R) => unknown;
  config?: FieldConfig;
  labels?: Record<string, string>;
}

type Maybe<T> = T | null | undefined;

export const columns = {
  /** Milliseconds since 1970. */
  time: <R>(name: string, get: (row: R) => Maybe<number>, description: string, config: FieldConfig = {}): Column<R> => ({ name, type: 'time', get: (row) => finite(get(row)), config: { description, ...config } }),
  /** Unknown is null, never 0. */
  number: <R>(name: string, get: (row: R) => Maybe<number>, description: string, config: FieldConfig = {}): Column<R> => ({ name, type: 'number', get: (row) => get(row) ?? null, config: { description, ...config } }),
  text: <R>(name: string, get: (row: R) => Maybe<string>, description: string, config: FieldConfig = {}): Column<R> => ({ name, type: 'string', get: (row) => get(row) ?? '', config: { description, ...config } }),
  flag: <R>(name: string, get: (row: R) => Maybe<boolean>, description: string, config: FieldConfig = {}): Column<R> => ({ name, type: 'boolean', get: (row) => get(row) ?? null, config: { description, ...config } }),
  json: <R>(name: string, get: (row: R) => unknown, description: string, config: FieldConfig = {}): Column<R> => ({ name, type: 'json', get, config: { description, ...config } }),
};

function finite(value: Maybe<number>): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : value;
}

/** Takes rows one by one and keeps only their values, so that a row itself may be forgotten at once. */
export class FrameBuilder<R> {
  private readonly values: unknown[][];

  constructor(private readonly list: ReadonlyArray<Column<R>>) {
    this.values = list.map(() => []);
  }

  add(row: R): void {
    for (let index = 0; index < this.list.length; index += 1) {
      this.values[index]?.push(this.list[index]?.get(row));
    }
  }

  build(name: string, refId: string, meta?: FrameMeta): Frame {
    const fields = this.list.map(
      ({ name: field, type, config, labels }, index) => ({ name: field, type, values: this.values[index] ?? [], ...(config ? { config } : {}), ...(labels ? { labels } : {}) }) as Field
    );
    return { name, refId, ...(meta ? { meta } : {}), fields };
  }
}

/** A frame from rows. */
export function frameOf<R>(name: string, refId: string, rows: readonly R[], list: ReadonlyArray<Column<R>>, meta?: FrameMeta): Frame {
  const builder = new FrameBuilder(list);
  rows.forEach((row) => builder.add(row));
  return builder.build(name, refId, meta);
}

/** A time of the contract (ISO 8601) in milliseconds; null when it is none. */
export function timeOf(text: string | undefined): number | null {
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** A number of a projection, which Redis keeps as text; null when it is none. */
export function numberOf(text: string | undefined): number | null {
  const value = text ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

/** Links from a value to the pages of the app. */
export function linksOf(appPath = DEFAULT_APP_PATH) {
  return {
    incident: [
      { title: 'Incident', url: `${appPath}/incidents/\${__value.raw}` },
      { title: 'Trace of the incident', url: `${appPath}/incidents/\${__value.raw}?view=trace` },
    ],
    /** For the key of a container, which holds a slash. */
    container: [{ title: 'Container', url: `${appPath}/containers?container=\${__value.raw:percentencode}` }],
    /** Of the agents; for incidents it has the id of the incident. */
    trace: [{ title: 'Trace', url: `${appPath}/agents?trace=\${__value.raw}` }],
    /** About HemoStat itself. */
    alert: [{ title: 'Alert', url: `${appPath}/agents?alert=\${__value.raw}` }],
    event: [{ title: 'Event in the timeline', url: `${appPath}/timeline?event=\${__value.raw}` }],
  };
}
export type Links = ReturnType<typeof linksOf>;
