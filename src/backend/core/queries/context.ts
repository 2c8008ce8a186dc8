import type { HemostatQuery } from '../../../contract/query';
import type { Links } from '../frames/build';
import type { SharedDashboard } from '../observability/shared-dashboard';
import type { Source } from '../source';
import type { Frame, Notice, TimeRange } from '../types';

/** What a query is answered with. */
export interface QueryContext {
  source: Source;
  query: HemostatQuery;
  /** Server milliseconds, both ends included. */
  range: TimeRange;
  /** How many points a time series need have. */
  maxDataPoints: number;
  signal: AbortSignal;
  /** Milliseconds. */
  now: number;
  links: Links;
  dashboard: SharedDashboard;
}
export type RunQuery = (context: QueryContext) => Promise<Frame[]>;

const count = (value: number, one: string, many: string) => `${value.toLocaleString('en-US')} ${value === 1 ? one : many}`;

/** R070: what cannot be read is left out, but counted. */
export function unreadableNotice(unreadable: number, what = 'entry', many = 'entries'): Notice[] {
  return unreadable > 0 ? [{ severity: 'warning', text: `${count(unreadable, what, many)} of the log could not be read and ${unreadable === 1 ? 'is' : 'are'} left out.` }] : [];
}

export function moreNotice(shown: number, what: string, direction: 'backward' | 'forward' = 'backward'): Notice {
  return { severity: 'info', text: `Only the ${direction === 'backward' ? 'newest' : 'oldest'} ${shown.toLocaleString('en-US')} ${what} of this time range are shown; there are more. Raise the limit, narrow the filters, or load the next page.` };
}

export function budgetNotice(examined: number, what: string): Notice {
  return { severity: 'warning', text: `Looked at ${examined.toLocaleString('en-US')} ${what} and stopped there: the answer is not complete. Narrow the time range, or load the next page to go on.` };
}
