import { CoreApp } from '@grafana/data';
import type { HemostatDataQuery, ListFilter, QueryFilters, QueryType } from './types';

/** As in the contract, which is not loaded here: it would bring its schemas along. */
export const DEFAULT_LIMIT: typeof import('../contract/query').DEFAULT_LIMIT = 100;
export const MAX_LIMIT: typeof import('../contract/query').MAX_LIMIT = 10_000;

export const LIST_FILTERS: readonly ListFilter[] = [
  'types',
  'containers',
  'hosts',
  'projects',
  'severities',
  'statuses',
  'actions',
  'agents',
  'incidents',
];

/** Query types that cannot answer without what they are about. */
const NEEDS_TARGET: ReadonlySet<QueryType> = new Set(['trace', 'container_metrics']);

/** Types that cannot be kept up to date: what changes them does not stand in the log, or not with what narrows the query. */
export const NEVER_LIVE: ReadonlySet<QueryType> = new Set([
  'what_if',
  'annotations',
  'system_status',
  'components',
  'breakers',
  'health_history',
  'agent_series',
  'agent_summary',
  'agent_alerts',
  'error_groups',
  'agent_logs',
  'agent_traces',
]);

export const typeOf = (query: Pick<HemostatDataQuery, 'queryType'>): QueryType => query.queryType ?? 'events';

/** What a new query is: log lines, or counts where an alert rule needs numbers. */
export function defaultQueryFor(app: CoreApp): Partial<HemostatDataQuery> {
  const alerting: ReadonlySet<CoreApp> = new Set([CoreApp.CloudAlerting, CoreApp.UnifiedAlerting]);
  return alerting.has(app) ? { queryType: 'frequency' } : { queryType: 'events', format: 'logs', limit: DEFAULT_LIMIT };
}

function names(query: HemostatDataQuery): readonly string[] {
  const { containers = [], incidents = [] } = query.filters ?? {};
  return [query.target ?? '', ...(query.queryType === 'trace' ? incidents : containers)].filter(Boolean);
}

/** False for a query that is not finished: nothing is asked, and no error shown, while somebody is still writing it. */
export function isComplete(query: HemostatDataQuery): boolean {
  const type = typeOf(query);
  if (NEEDS_TARGET.has(type) && names(query).length === 0) {
    return false;
  }
  return type !== 'what_if' || query.policy !== undefined;
}

/** True when something other than the type of event narrows the query. */
export function isNarrowed({ filters = {}, adhoc = [] }: HemostatDataQuery, except: ListFilter): boolean {
  const used = Object.entries(filters).filter(([name, value]) => name !== except && value.length > 0);
  return used.length > 0 || adhoc.length > 0;
}

/** The query with one filter changed; an empty one is taken out. */
export function withFilter(query: HemostatDataQuery, change: Partial<QueryFilters>): HemostatDataQuery {
  const filters = Object.fromEntries(Object.entries({ ...query.filters, ...change }).filter(([, value]) => value.length > 0));
  return { ...query, filters, cursor: undefined };
}
