import { modified } from './modify';

const query = { refId: 'A', cursor: 'x', filters: { types: ['a'] } };

describe('a click on a log line', () => {
  it('adds a label to the filter of its kind, once', () => {
    const once = modified(query, { type: 'ADD_FILTER', options: { key: 'type', value: 'b' } });
    expect(once).toEqual({ refId: 'A', cursor: undefined, filters: { types: ['a', 'b'] } });
    expect(modified(once, { type: 'ADD_FILTER', options: { key: 'type', value: 'b' } })).toEqual(once);
  });

  it('adds a filter of its own where there is none of the kind, also for names that every object has', () => {
    expect(modified(query, { type: 'ADD_FILTER', options: { key: 'level', value: 'error' } }).adhoc).toEqual([{ key: 'level', operator: '=', value: 'error' }]);
    expect(modified(query, { type: 'ADD_FILTER', options: { key: 'constructor', value: 'x' } }).adhoc).toEqual([{ key: 'constructor', operator: '=', value: 'x' }]);
  });

  it('leaves a label out, and texts too', () => {
    expect(modified({ ...query, adhoc: [{ key: 'type', operator: '=', value: 'b' }] }, { type: 'ADD_FILTER_OUT', options: { key: 'type', value: 'b' } }).adhoc).toEqual([
      { key: 'type', operator: '!=', value: 'b' },
    ]);
    expect(modified(query, { type: 'ADD_STRING_FILTER', options: { value: 'exit' } }).filters).toEqual({ types: ['a'], text: 'exit' });
    expect(modified(query, { type: 'ADD_STRING_FILTER_OUT', options: { value: 'a.b' } }).adhoc).toEqual([{ key: 'text', operator: '!~', value: '.*a\\.b.*' }]);
  });

  it('changes nothing that it does not know', () => {
    expect(modified(query, { type: 'HISTOGRAM' })).toBe(query);
  });
});
