import type { Field, Frame } from '../types';

/** Positions of what JSON cannot hold. */
interface Entities {
  NaN?: number[];
  Inf?: number[];
  NegInf?: number[];
}

interface JsonData {
  values: unknown[][];
  nanos?: Array<number[] | null>;
  entities?: Array<Entities | null>;
}

const TYPES: Record<Field['type'], { type: string; frame: string }> = {
  time: { type: 'time', frame: 'time.Time' },
  number: { type: 'number', frame: 'float64' },
  string: { type: 'string', frame: 'string' },
  boolean: { type: 'boolean', frame: 'bool' },
  json: { type: 'other', frame: 'json.RawMessage' },
};

function schemaField({ name, type, labels, config, values }: Field): Record<string, unknown> {
  const { type: tstype, frame } = TYPES[type];
  const nullable = type !== 'json' && values.some((value: unknown) => value === null || value === undefined);
  return { name, type: tstype, typeInfo: { frame, ...(nullable ? { nullable: true } : {}) }, ...(labels ? { labels } : {}), ...(config ? { config } : {}) };
}

function numbers(values: Iterable<number | null>): { values: Array<number | null>; entities: Entities | null } {
  const entities: Entities = {};
  let strange = false;
  const plain = Array.from(values, (value, index) => {
    if (value === null || value === undefined || Number.isFinite(value)) {
      return value ?? null;
    }
    strange = true;
    const kind = Number.isNaN(value) ? 'NaN' : value > 0 ? 'Inf' : 'NegInf';
    (entities[kind] ??= []).push(index);
    return null;
  });
  return { values: plain, entities: strange ? entities : null };
}

/** Whole milliseconds, and the nanoseconds beyond them where there are any. */
function times(values: Iterable<number | null>): { values: Array<number | null>; nanos: number[] | null } {
  const list = Array.from(values, (value) => (value === null || value === undefined || !Number.isFinite(value) ? null : value));
  if (list.every((value) => value === null || Number.isInteger(value))) {
    return { values: list, nanos: null };
  }
  const whole = list.map((value) => (value === null ? null : Math.floor(value)));
  return { values: whole, nanos: list.map((value) => (value === null ? 0 : Math.round((value - Math.floor(value)) * 1e6))) };
}

function dataOf(fields: readonly Field[]): JsonData {
  const nanos: Array<number[] | null> = [];
  const entities: Array<Entities | null> = [];
  const values = fields.map((field): unknown[] => {
    nanos.push(null);
    entities.push(null);
    if (field.type === 'time') {
      const read = times(field.values);
      nanos[nanos.length - 1] = read.nanos;
      return read.values;
    }
    if (field.type === 'number') {
      const read = numbers(field.values);
      entities[entities.length - 1] = read.entities;
      return read.values;
    }
    return Array.from<unknown, unknown>(field.values as ArrayLike<unknown>, (value) => value ?? null);
  });
  return { values, ...(nanos.some(Boolean) ? { nanos } : {}), ...(entities.some(Boolean) ? { entities } : {}) };
}

/** The value of a frame that is turned into JSON: schema and data in the form of Grafana's data frames. */
export interface FrameJson {
  schema?: { name: string; refId: string; meta?: unknown; fields: Array<Record<string, unknown>> };
  data?: JsonData;
}

/**
 * A frame in the form of Grafana's data frame JSON. NaN and infinities become null, with their places in `entities`.
 * @param include `schema` for a frame without rows that opens a live channel, `data` for updates that follow, `all` otherwise.
 */
export function frameJson(frame: Frame, include: 'all' | 'schema' | 'data' = 'all'): FrameJson {
  const { name, refId, meta, fields } = frame;
  return {
    ...(include === 'data' ? {} : { schema: { name, refId, ...(meta ? { meta } : {}), fields: fields.map(schemaField) } }),
    ...(include === 'schema' ? {} : { data: dataOf(fields) }),
  };
}
