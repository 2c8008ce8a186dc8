import type { QueryFixAction } from '@grafana/data';
import { withFilter } from './query-model';
import type { HemostatDataQuery, ListFilter } from './types';

/** What a click on a label or on marked text of a log line can do. */
export const MODIFICATIONS = ['ADD_FILTER', 'ADD_FILTER_OUT', 'ADD_STRING_FILTER', 'ADD_STRING_FILTER_OUT'] as const;

const FILTER_OF: Readonly<Record<string, ListFilter>> = {
  type: 'types',
  container: 'containers',
  host: 'hosts',
  project: 'projects',
  severity: 'severities',
  status: 'statuses',
  action: 'actions',
  agent: 'agents',
  incident: 'incidents',
};
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function without(query: HemostatDataQuery, key: string, value: string): HemostatDataQuery {
  const adhoc = (query.adhoc ?? []).filter((one) => one.key !== key || one.value !== value);
  return { ...query, adhoc: [...adhoc, { key, operator: '!=', value }], cursor: undefined };
}

function including(query: HemostatDataQuery, key: string, value: string): HemostatDataQuery {
  const filter = Object.hasOwn(FILTER_OF, key) ? FILTER_OF[key] : undefined;
  if (!filter) {
    return { ...query, adhoc: [...(query.adhoc ?? []), { key, operator: '=', value }], cursor: undefined };
  }
  return withFilter(query, { [filter]: [...new Set([...(query.filters?.[filter] ?? []), value])] });
}

/** The query narrowed as Explore asks for it; unchanged when the action is not known. */
export function modified(query: HemostatDataQuery, { type, options = {} }: QueryFixAction): HemostatDataQuery {
  const { key = '', value = '' } = options;
  switch (type) {
    case 'ADD_FILTER':
      return key ? including(query, key, value) : query;
    case 'ADD_FILTER_OUT':
      return key ? without(query, key, value) : query;
    case 'ADD_STRING_FILTER':
      return withFilter(query, { text: value });
    case 'ADD_STRING_FILTER_OUT':
      return { ...query, adhoc: [...(query.adhoc ?? []), { key: 'text', operator: '!~', value: `.*${escaped(value)}.*` }], cursor: undefined };
    default:
      return query;
  }
}
