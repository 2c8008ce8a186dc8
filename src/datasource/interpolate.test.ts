import type { AdHocVariableFilter } from '@grafana/data';
import { adhocOf, expand, interpolate } from './interpolate';
import { LIST_FILTERS } from './query-model';
import { fakeTemplates } from './testing/templates';
import type { HemostatDataQuery } from './types';

const templates = fakeTemplates({
  one: { value: 'web-1' },
  many: { value: ['a', 'b'] },
  number: { value: ['1', '2'] },
  all: { value: ['a', 'b', 'c'], text: 'All' },
  allByHand: { value: [], allValue: '.*' },
  none: { value: [] },
  onlyAll: { value: ['All'], text: 'All' },
  strange: { value: ['a,b', 'x|y', '$many'] },
});
const query = (change: Partial<HemostatDataQuery>): HemostatDataQuery => ({ refId: 'A', ...change });

describe('a text with variables', () => {
  it.each([
    ['web-1', ['web-1']],
    ['$one', ['web-1']],
    ['$many', ['a', 'b']],
    ['web-$number', ['web-1', 'web-2']],
    ['${many}-$number', ['a-1', 'a-2', 'b-1', 'b-2']],
    ['x-$all', ['x-a', 'x-b', 'x-c']],
    ['$unknown', ['$unknown']],
    ['$onlyAll', ['All']],
    ['$strange', ['a,b', 'x|y', '$many']],
  ])('%s stands for %j', (text, values) => {
    expect(expand(text, templates)).toEqual(values);
  });

  it.each(['$all', '$allByHand', '$none', ''])('"%s" stands for anything', (text) => {
    expect(expand(text, templates)).toBeUndefined();
  });

  it('stands for no more values than a query may hold', () => {
    const big = fakeTemplates({ big: { value: Array.from({ length: 500 }, (_, index) => `v${index}`) } });
    expect(expand('$big', big)).toHaveLength(200);
  });
});

describe('a query with variables', () => {
  it.each(LIST_FILTERS)('has every chosen value of a variable in the filter %s', (name) => {
    expect(interpolate(query({ filters: { [name]: ['$many', 'c'] } }), templates).filters).toEqual({ [name]: ['a', 'b', 'c'] });
  });

  it('has no filter where the variable is set to all, even beside other values', () => {
    expect(interpolate(query({ filters: { containers: ['$all'], hosts: ['h', '$none'] } }), templates).filters).toEqual({});
  });

  it('looks for one text as it is, and for several by a pattern without meaning of its own', () => {
    expect(interpolate(query({ filters: { text: 'exit $one' } }), templates).filters).toEqual({ text: 'exit web-1' });
    const several = interpolate(query({ filters: { text: '$strange' } }), templates);
    expect(several.filters).toEqual({});
    expect(several.adhoc).toEqual([{ key: 'text', operator: '=~', value: '.*(?:a,b|x\\|y|\\$many).*' }]);
  });

  it('is about one incident, and about any number of containers', () => {
    expect(interpolate(query({ queryType: 'trace', target: '$many' }), templates)).toMatchObject({ target: 'a', filters: {} });
    expect(interpolate(query({ queryType: 'container_metrics', target: '$many', filters: { containers: ['c'] } }), templates)).toMatchObject({
      target: '',
      filters: { containers: ['a', 'b', 'c'] },
    });
  });

  it('takes the filters of the dashboard over, but for operators that we do not know', () => {
    const filters = [
      { key: 'container', operator: '=|', value: 'a', values: ['a', 'b'] },
      { key: 'type', operator: '!=', value: 'command' },
      { key: 'type', operator: 'like', value: 'x' },
      { key: '', operator: '=', value: 'x' },
    ] as AdHocVariableFilter[];
    const expected = [
      { key: 'container', operator: '=|', value: 'a', values: ['a', 'b'] },
      { key: 'type', operator: '!=', value: 'command' },
    ];
    expect(adhocOf(filters)).toEqual(expected);
    const own = { key: 'level', operator: '=' as const, value: '$one' };
    expect(interpolate(query({ adhoc: [own] }), templates, {}, filters).adhoc).toEqual([{ ...own, value: 'web-1' }, ...expected]);
  });
});
