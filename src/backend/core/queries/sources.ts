import type { Collection } from '../../../../agents/runtime/collect/types';
import type { StatusPayload } from '../../../contract/observability/payloads';
import { QueryError } from '../failure';
import { matcherOf, type Matcher } from '../filter/matcher';
import { NOT_INITIALIZED, START_OBSERVER } from '../observability/shared-dashboard';
import type { HemostatQuery } from '../../../contract/query';
import type { Notice } from '../types';
import type { QueryContext } from './context';

/** What became of asking the sources, on the frame: a failing one never looks like "nothing" (R368). */
export function sourceNotices({ states }: Pick<Collection, 'states'>): Notice[] {
  return states.flatMap(({ source, from, ok, error = 'no reason given', mend = '', notices }): Notice[] =>
    ok ? notices.map((text) => ({ severity: 'info', text })) : [{ severity: 'error', text: `The ${source} cannot be read from ${from}: ${error} ${mend}`.trim() }]
  );
}

const NOTHING: HemostatQuery['filters'] = { types: [], containers: [], hosts: [], projects: [], severities: [], statuses: [], actions: [], agents: [], incidents: [], text: '' };

/** The filters of a query of which only some mean anything here; a notice names those that do not. */
export function matcherOfSome({ filters, adhoc }: Pick<HemostatQuery, 'filters' | 'adhoc'>, meant: ReadonlyArray<keyof HemostatQuery['filters']>, elsewhere: ReadonlyArray<keyof HemostatQuery['filters']>, more: readonly string[] = []): Matcher {
  const named = Object.keys(NOTHING) as Array<keyof HemostatQuery['filters']>;
  const kept = { ...NOTHING, ...Object.fromEntries(meant.map((name) => [name, filters[name]])) };
  const matcher = matcherOf({ filters: kept, adhoc }, more);
  const lost = named.filter((name) => filters[name].length > 0 && !meant.includes(name) && !elsewhere.includes(name));
  const notices: Notice[] = lost.length > 0 ? [{ severity: 'warning', text: `Not narrowed by ${lost.join(', ')}: that means nothing for this query.` }] : [];
  return { ...matcher, notices: [...matcher.notices, ...notices] };
}

/** @throws QueryError 503 until an observer has looked at the system for the first time (R485) */
export async function demandObserver({ dashboard, signal }: QueryContext): Promise<void> {
  if (!(await dashboard.initialized(signal))) {
    throw new QueryError(503, `${NOT_INITIALIZED}. ${START_OBSERVER}`, 'downstream');
  }
}

/** How the system is, with what there is to say of it. */
export async function statusWithNotices(context: QueryContext): Promise<{ status: StatusPayload; notices: Notice[] }> {
  await demandObserver(context);
  const status = await context.dashboard.status(context.signal);
  const { metadata, overview } = status;
  const notices: Notice[] = [];
  if (metadata.error) {
    notices.push({ severity: 'error', text: `The status of the system could not be made: ${overview.error ?? 'no reason given'}` });
  } else if (metadata.stale) {
    notices.push({ severity: 'warning', text: `The observer has not looked at the system since ${metadata.last_updated ?? 'it began'}: all of this is old. ${START_OBSERVER}` });
  }
  return { status, notices };
}
