import { tableFromIPC, type Table } from 'apache-arrow';
import type { Frame } from '../types';
import { frameToArrow } from './arrow';

const MS = 1_700_000_000_123;

const frame: Frame = {
  name: 'all kinds',
  refId: 'A',
  meta: { type: 'log-lines', typeVersion: [0, 0], preferredVisualisationType: 'logs', notices: [{ severity: 'warning', text: '2 left out' }] },
  fields: [
    { name: 'time', type: 'time', values: [MS, null, 0] },
    { name: 'value', type: 'number', values: [1.5, null, Number.NaN], labels: { type: 'health_alert' }, config: { unit: 'ms', displayName: 'Ünit' } },
    { name: 'odd', type: 'number', values: [Infinity, -0, 3] },
    { name: 'text', type: 'string', values: ['plain', null, 'naïve ☕ 𝒳'] },
    { name: 'flag', type: 'boolean', values: [true, false, null] },
    { name: 'labels', type: 'json', values: [{ a: '1' }, null, [1, 2]] },
  ],
};

const read = async (given: Frame): Promise<Table> => tableFromIPC(await frameToArrow(given));
const column = (table: Table, index: number): unknown[] => Array.from({ length: table.numRows }, (_, row) => table.getChildAt(index)?.get(row) as unknown);

describe('a frame as an Arrow file', () => {
  it('is a file, not a stream', async () => {
    const bytes = Buffer.from(await frameToArrow(frame));
    expect(bytes.subarray(0, 6).toString()).toBe('ARROW1');
    expect(bytes.subarray(-6).toString()).toBe('ARROW1');
  });

  it('has types, nullability and metadata as Grafana reads them', async () => {
    const { schema } = await read(frame);
    expect(schema.fields.map(({ name }) => name)).toEqual(['time', 'value', 'odd', 'text', 'flag', 'labels']);
    expect(schema.fields.map(({ type }) => String(type))).toEqual(['Timestamp<NANOSECOND>', 'Float64', 'Float64', 'Utf8', 'Bool', 'Binary']);
    expect(schema.fields.map(({ nullable }) => nullable)).toEqual([true, true, false, true, true, false]);
    expect(schema.fields.map(({ metadata }) => metadata.get('tstype'))).toEqual(['time', 'number', 'number', 'string', 'boolean', 'other']);
    expect(JSON.parse(schema.fields[1]?.metadata.get('labels') ?? '')).toEqual({ type: 'health_alert' });
    expect(JSON.parse(schema.fields[1]?.metadata.get('config') ?? '')).toEqual({ unit: 'ms', displayName: 'Ünit' });
    expect(schema.metadata.get('name')).toBe('all kinds');
    expect(schema.metadata.get('refId')).toBe('A');
    expect(JSON.parse(schema.metadata.get('meta') ?? '')).toEqual(frame.meta);
  });

  it('keeps every value, null and character', async () => {
    const table = await read(frame);
    const nanos = table.getChildAt(0)?.data[0]?.values as BigInt64Array;
    expect([...nanos].map(String)).toEqual([String(BigInt(MS) * 1_000_000n), '0', '0']);
    expect(column(table, 0)[1]).toBeNull();
    expect(column(table, 1)).toEqual([1.5, null, Number.NaN]);
    expect(column(table, 2)).toEqual([Infinity, -0, 3]);
    expect(column(table, 3)).toEqual(['plain', null, 'naïve ☕ 𝒳']);
    expect(column(table, 4)).toEqual([true, false, null]);
    expect(column(table, 5).map((bytes) => JSON.parse(Buffer.from(bytes as Uint8Array).toString()) as unknown)).toEqual([{ a: '1' }, null, [1, 2]]);
  });

  it('holds nanoseconds exactly, before 1970 and between milliseconds too', async () => {
    const values = [MS, MS + 0.25, -1, -86_400_000.5, 8_640_000_000_000, 4_102_444_799_999, 65_535, 65_536, 4_294_967_295];
    const table = await read({ ...frame, fields: [{ name: 'time', type: 'time', values }] });
    const nanos = table.getChildAt(0)?.data[0]?.values as BigInt64Array;
    expect([...nanos].map(String)).toEqual(values.map((ms) => String(BigInt(Math.floor(ms)) * 1_000_000n + BigInt(Math.round((ms - Math.floor(ms)) * 1e6)))));
  });

  it('keeps fields of one name apart, as a wide series has them', async () => {
    const table = await read({ name: 'wide', refId: 'A', fields: [{ name: 'value', type: 'number', values: [1, null] }, { name: 'value', type: 'number', values: [3, 4] }] });
    expect([column(table, 0), column(table, 1)]).toEqual([[1, null], [3, 4]]);
  });

  it('takes typed arrays as they are', async () => {
    const table = await read({ name: 'wide', refId: 'A', fields: [{ name: 'time', type: 'time', values: Float64Array.of(MS, MS + 1) }, { name: 'a', type: 'number', values: Float64Array.of(1, Number.NaN) }] });
    expect(column(table, 1)).toEqual([1, Number.NaN]);
    expect(table.schema.fields.map(({ nullable }) => nullable)).toEqual([false, false]);
  });

  it('writes frames without rows, and without fields', async () => {
    const empty = await read({ ...frame, fields: frame.fields.map((field) => ({ ...field, values: [] })) });
    expect(empty.numRows).toBe(0);
    expect(empty.schema.fields).toHaveLength(6);
    const bare = await read({ name: '', refId: 'B', fields: [] });
    expect(bare.schema.fields).toHaveLength(0);
    expect(bare.schema.metadata.get('refId')).toBe('B');
    expect(bare.schema.metadata.has('meta')).toBe(false);
  });

  it('makes a time that is no number unknown', async () => {
    const table = await read({ name: 't', refId: 'A', fields: [{ name: 'time', type: 'time', values: [Number.NaN, 1] }] });
    expect(column(table, 0)[0]).toBeNull();
  });

  it('refuses fields of unequal length', async () => {
    await expect(frameToArrow({ name: 'odd', refId: 'A', fields: [{ name: 'a', type: 'number', values: [1] }, { name: 'b', type: 'number', values: [] }] })).rejects.toThrow('Field b of frame odd has 0 values');
  });

  it('is exact for many rows of every length', async () => {
    for (const length of [1, 7, 8, 9, 63, 64, 65, 1000]) {
      const flags = Array.from({ length }, (_, index) => (index % 3 === 0 ? null : index % 2 === 0));
      const texts = flags.map((flag, index) => (flag === null ? null : `é${index}`));
      const table = await read({ name: 'n', refId: 'A', fields: [{ name: 'flag', type: 'boolean', values: flags }, { name: 'text', type: 'string', values: texts }] });
      expect(column(table, 0)).toEqual(flags);
      expect(column(table, 1)).toEqual(texts);
    }
  });
});
