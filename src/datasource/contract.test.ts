import * as contract from '../contract/query';
import { AGGREGATIONS } from '../contract/observability/schemas';
import { AGGREGATE, KINDS, SERIES } from './components/kinds';
import { EXAMPLES } from './components/QueryEditorHelp';
import { DEFAULT_LIMIT, LIST_FILTERS, MAX_LIMIT, NEVER_LIVE } from './query-model';

// The browser half does not load the contract, which would bring its schemas along: here both are compared.
describe('the browser half and the contract', () => {
  it('have the same query types', () => {
    expect(Object.keys(KINDS).sort()).toEqual([...contract.QUERY_TYPES].sort());
  });

  it('have the same figures of agents and the same aggregations', () => {
    expect(SERIES.map(({ value }) => value).sort()).toEqual([...contract.AGENT_SERIES].sort());
    expect(AGGREGATE.map(({ value }) => value).sort()).toEqual([...AGGREGATIONS].sort());
  });

  it('offer live updates for what can be live', () => {
    expect(Object.entries(KINDS).filter(([, { live }]) => !live).map(([type]) => type).sort()).toEqual([...NEVER_LIVE].sort());
  });

  it('have the same limits', () => {
    expect({ DEFAULT_LIMIT, MAX_LIMIT }).toEqual({ DEFAULT_LIMIT: contract.DEFAULT_LIMIT, MAX_LIMIT: contract.MAX_LIMIT });
  });

  it('have the same filters', () => {
    expect([...LIST_FILTERS, 'text'].sort()).toEqual(Object.keys(contract.queryFiltersSchema.shape).sort());
  });

  it.each(EXAMPLES.map(({ title, query }) => [title, query] as const))('agree that the example "%s" is a query', (_, query) => {
    const parsed = contract.querySchema.parse({ refId: 'A', ...query });
    expect(parsed).toMatchObject(query);
    const { types, severities, statuses, actions } = contract.FILTER_VALUES;
    const own = Object.values(KINDS[query.queryType ?? 'events'].words ?? {}).flat();
    const known = new Set<string>([...types, ...severities, ...statuses, ...actions, ...own]);
    expect(Object.values(query.filters ?? {}).flat().filter((value) => !known.has(value))).toEqual([]);
  });
});
