import type { Frame } from '../types';
import { frameJson } from './json';

const frame: Frame = {
  name: 'all kinds',
  refId: 'A',
  meta: { notices: [{ severity: 'info', text: 'more' }] },
  fields: [
    { name: 'time', type: 'time', values: [1_700_000_000_123, null] },
    { name: 'value', type: 'number', values: [1.5, null], labels: { type: 'x' }, config: { unit: 'ms' } },
    { name: 'odd', type: 'number', values: [Number.NaN, -Infinity] },
    { name: 'text', type: 'string', values: ['a', null] },
    { name: 'flag', type: 'boolean', values: [true, false] },
    { name: 'labels', type: 'json', values: [{ a: '1' }, null] },
  ],
};

describe('a frame as JSON', () => {
  it('has schema and values in the form of Grafana', () => {
    expect(frameJson(frame)).toEqual({
      schema: {
        name: 'all kinds',
        refId: 'A',
        meta: { notices: [{ severity: 'info', text: 'more' }] },
        fields: [
          { name: 'time', type: 'time', typeInfo: { frame: 'time.Time', nullable: true } },
          { name: 'value', type: 'number', typeInfo: { frame: 'float64', nullable: true }, labels: { type: 'x' }, config: { unit: 'ms' } },
          { name: 'odd', type: 'number', typeInfo: { frame: 'float64' } },
          { name: 'text', type: 'string', typeInfo: { frame: 'string', nullable: true } },
          { name: 'flag', type: 'boolean', typeInfo: { frame: 'bool' } },
          { name: 'labels', type: 'other', typeInfo: { frame: 'json.RawMessage' } },
        ],
      },
      data: {
        values: [[1_700_000_000_123, null], [1.5, null], [null, null], ['a', null], [true, false], [{ a: '1' }, null]],
        entities: [null, null, { NaN: [0], NegInf: [1] }, null, null, null],
      },
    });
  });

  it('keeps what lies between milliseconds as nanoseconds', () => {
    const { data } = frameJson({ name: 't', refId: '', fields: [{ name: 'time', type: 'time', values: Float64Array.of(5.25, 6) }] });
    expect(data).toEqual({ values: [[5, 6]], nanos: [[250_000, 0]] });
  });

  it('gives the schema alone, and data alone, for live channels', () => {
    expect(Object.keys(frameJson(frame, 'schema'))).toEqual(['schema']);
    expect(Object.keys(frameJson(frame, 'data'))).toEqual(['data']);
  });

  it('is plain JSON, also without rows and without fields', () => {
    const empty = frameJson({ ...frame, fields: frame.fields.map((field) => ({ ...field, values: [] })) });
    expect(JSON.parse(JSON.stringify(empty))).toEqual(empty);
    expect(empty.data?.values).toEqual([[], [], [], [], [], []]);
    expect(frameJson({ name: '', refId: '', fields: [] })).toEqual({ schema: { name: '', refId: '', fields: [] }, data: { values: [] } });
  });
});
