import type { EventOf, HemostatEvent, ModelCall } from '../../contract/events';
import { lastOf } from '../../components/IncidentActions/incident';
import { spanMs } from '../../contract/story/time';

/** What was done, when, and what came of it. */
export interface Effect {
  /** ISO 8601: the end of the action. */
  actedAt: string;
  complete: EventOf<'remediation_complete'>;
  verified: EventOf<'remediation_verified'> | undefined;
}

/** The last action that really touched the container, with its verdict where there is one. */
export function effectOf(events: readonly HemostatEvent[]): Effect | undefined {
  const complete = lastOf(events, 'remediation_complete', ({ data }) => data.result.status === 'success' && !data.dry_run);
  if (!complete) {
    return undefined;
  }
  const after = events.slice(events.indexOf(complete));
  return { actedAt: complete.time, complete, verified: lastOf(after, 'remediation_verified') };
}

const AROUND_MS = 5 * 60_000;
const ROUND_MS = 10_000;

/** The time that the charts show: the action in the middle; the end stands still, or moves in steps while it is in the future. @param now milliseconds */
export function aroundAction(actedAt: string, now: number): { from: number; to: number } | undefined {
  const at = Date.parse(actedAt);
  if (Number.isNaN(at)) {
    return undefined;
  }
  const rounded = Math.ceil(now / ROUND_MS) * ROUND_MS;
  return { from: at - AROUND_MS, to: Math.max(at + ROUND_MS, Math.min(at + AROUND_MS, rounded)) };
}

export const modelCallsOf = (events: readonly HemostatEvent[]): ModelCall[] => events.flatMap((event) => (event.type === 'remediation_needed' || event.type === 'false_alarm' ? event.data.model_calls : []));

export interface Comment {
  id: string;
  time: string;
  user: string;
  text: string;
}

export const commentsOf = (events: readonly HemostatEvent[]): Comment[] =>
  events.flatMap((event) => (event.type === 'command' && event.data.command === 'comment' ? [{ id: event.id, time: event.time, user: event.data.user, text: event.data.text }] : []));

export interface Totals {
  input: number;
  output: number;
  /** US dollars; undefined when no call has a price. */
  cost: number | undefined;
}

export function totalsOf(calls: readonly ModelCall[]): Totals {
  const priced = calls.flatMap(({ cost_usd: cost }) => (cost === undefined ? [] : [cost]));
  return {
    input: calls.reduce((sum, call) => sum + call.input_tokens, 0),
    output: calls.reduce((sum, call) => sum + call.output_tokens, 0),
    cost: priced.length === 0 ? undefined : priced.reduce((sum, cost) => sum + cost, 0),
  };
}

/** `+1.2 s` since the first event; `-3 ms` where clocks differ. */
export function offsetMs(first: string | undefined, time: string): number | undefined {
  return spanMs(first, time);
}
