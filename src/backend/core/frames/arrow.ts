import type * as Arrow from 'apache-arrow';
import type { Field, Frame } from '../types';

type ArrowLibrary = typeof Arrow;
type Values = ArrayLike<unknown>;

interface Column {
  data: Arrow.Data;
  field: Arrow.Field;
}

const TSTYPE: Record<Field['type'], string> = { time: 'time', number: 'number', string: 'string', boolean: 'boolean', json: 'other' };

/** Which values are there, one bit each; undefined when all are. */
function validity(values: Values): { bitmap: Uint8Array | undefined; nulls: number } {
  let bitmap: Uint8Array | undefined;
  let nulls = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value === null || value === undefined) {
      bitmap ??= new Uint8Array(Math.ceil(values.length / 8)).fill(0xff);
      bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) & ~(1 << (index & 7));
      nulls += 1;
    }
  }
  return { bitmap, nulls };
}

/** A time that is no number is unknown. */
function timesOf(values: Values): Values {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value !== null && value !== undefined && !Number.isFinite(value)) {
      return Array.from(values, (one) => (Number.isFinite(one) ? one : null));
    }
  }
  return values;
}

/**
 * Milliseconds as nanoseconds. Grafana reads nothing but nanoseconds, and a double cannot hold them, so milliseconds are
 * split: `ms = high * 65536 + low`, and each half is multiplied where it stays exact.
 */
function nanoseconds(values: Values): BigInt64Array {
  const target = new BigInt64Array(values.length);
  const words = new Uint32Array(target.buffer);
  for (let index = 0; index < values.length; index += 1) {
    const ms = (values[index] as number | null | undefined) ?? 0;
    if (ms < 0 || !Number.isInteger(ms)) {
      target[index] = BigInt(Math.floor(ms)) * 1_000_000n + BigInt(Math.round((ms - Math.floor(ms)) * 1e6));
      continue;
    }
    const high = Math.floor(ms / 65_536) * 1_000_000;
    const low = (ms % 65_536) * 1_000_000;
    const bottom = (high % 65_536) * 65_536 + low;
    words[index * 2] = bottom % 4_294_967_296;
    words[index * 2 + 1] = Math.floor(high / 65_536) + Math.floor(bottom / 4_294_967_296);
  }
  return target;
}

function doubles(values: Values): Float64Array {
  if (values instanceof Float64Array) {
    return values;
  }
  const target = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    target[index] = (values[index] as number | null | undefined) ?? 0;
  }
  return target;
}

function bits(values: Values): Uint8Array {
  const target = new Uint8Array(Math.ceil(values.length / 8));
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] === true) {
      target[index >> 3] = (target[index >> 3] ?? 0) | (1 << (index & 7));
    }
  }
  return target;
}

interface Texts {
  offsets: Int32Array;
  bytes: Uint8Array;
}

/** All texts behind one another in UTF-8, and where each begins. */
function utf8(values: Values, textOf: (value: unknown) => string): Texts {
  const offsets = new Int32Array(values.length + 1);
  const texts = new Array<string>(values.length);
  let length = 0;
  for (let index = 0; index < values.length; index += 1) {
    const text = textOf(values[index]);
    texts[index] = text;
    length += text.length;
    offsets[index + 1] = length;
  }
  const joined = texts.join('');
  const bytes = Buffer.from(joined, 'utf8');
  if (bytes.length === joined.length) {
    return { offsets, bytes };
  }
  // Not only ASCII: characters and bytes differ, so each text is written on its own.
  const target = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0));
  let at = 0;
  texts.forEach((text, index) => {
    at += target.write(text, at, 'utf8');
    offsets[index + 1] = at;
  });
  return { offsets, bytes: target };
}

const plainText = (value: unknown) => (typeof value === 'string' ? value : '');
const jsonText = (value: unknown) => JSON.stringify(value ?? null) ?? 'null';

function dataOf(arrow: ArrowLibrary, { type, values }: Field): Arrow.Data {
  const given: Values = type === 'time' ? timesOf(values) : values;
  const { bitmap, nulls } = type === 'json' || given instanceof Float64Array ? { bitmap: undefined, nulls: 0 } : validity(given);
  const common = { length: given.length, nullCount: nulls, ...(bitmap ? { nullBitmap: bitmap } : {}) };
  switch (type) {
    case 'time':
      return arrow.makeData({ ...common, type: new arrow.TimestampNanosecond(), data: nanoseconds(given) });
    case 'number':
      return arrow.makeData({ ...common, type: new arrow.Float64(), data: doubles(given) });
    case 'boolean':
      return arrow.makeData({ ...common, type: new arrow.Bool(), data: bits(given) });
    case 'string': {
      const { offsets, bytes } = utf8(given, plainText);
      return arrow.makeData({ ...common, type: new arrow.Utf8(), valueOffsets: offsets, data: bytes });
    }
    case 'json': {
      const { offsets, bytes } = utf8(given, jsonText);
      return arrow.makeData({ ...common, type: new arrow.Binary(), valueOffsets: offsets, data: bytes });
    }
  }
}

function columnOf(arrow: ArrowLibrary, field: Field): Column {
  const data = dataOf(arrow, field);
  const metadata = new Map([['tstype', TSTYPE[field.type]]]);
  if (field.labels) {
    metadata.set('labels', JSON.stringify(field.labels));
  }
  if (field.config) {
    metadata.set('config', JSON.stringify(field.config));
  }
  return { data, field: new arrow.Field(field.name, data.type, data.nullCount > 0, metadata) };
}

/**
 * A frame as the bytes of an Arrow IPC file, in the dialect that Grafana reads.
 * @throws RangeError when the fields differ in length: Grafana would not notice.
 */
export function encodeFrame(arrow: ArrowLibrary, frame: Frame): Uint8Array {
  const length = frame.fields[0]?.values.length ?? 0;
  const odd = frame.fields.find((field) => field.values.length !== length);
  if (odd) {
    throw new RangeError(`Field ${odd.name} of frame ${frame.name} has ${odd.values.length} values; the first field has ${length}.`);
  }
  const columns = frame.fields.map((field) => columnOf(arrow, field));
  const metadata = new Map([
    ['name', frame.name],
    ['refId', frame.refId],
  ]);
  if (frame.meta) {
    metadata.set('meta', JSON.stringify(frame.meta));
  }
  const fields = columns.map(({ field }) => field);
  const schema = new arrow.Schema(fields, metadata);
  // RecordBatch goes through `assign`, which merges fields of one name; in a wide series such fields are normal.
  schema.assign = (() => schema) as typeof schema.assign;
  const struct = arrow.makeData({ type: new arrow.Struct(fields), length, nullCount: 0, children: columns.map(({ data }) => data) });
  return arrow.tableToIPC(new arrow.Table(schema, [new arrow.RecordBatch(schema, struct)]), 'file');
}

let loading: Promise<ArrowLibrary> | undefined;

/** Loads the Arrow library once, at the first frame: it costs a third of the start-up time otherwise. */
export async function loadArrow(): Promise<ArrowLibrary> {
  loading ??= import('apache-arrow');
  return loading;
}

/** A frame as the bytes of an Arrow IPC file. @throws RangeError when the fields differ in length. */
export async function frameToArrow(frame: Frame): Promise<Uint8Array> {
  return encodeFrame(await loadArrow(), frame);
}
