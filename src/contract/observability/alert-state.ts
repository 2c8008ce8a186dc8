import { MINUTE_MS } from './aggregate';
import type { AgentAlert, ALERT_CHANGES } from '../events/observer';
import { SILENCE_MINUTES } from '../minutes';

/**
 * How an alert about HemoStat itself changes (R437, R444 to R448 as settled): pure functions that give the alert as it is after the change.
 * Whoever writes them keeps one alert a condition that is not resolved, and compares revisions.
 */

export type AlertChange = (typeof ALERT_CHANGES)[number];
/** What happened, and the alert after it; or why it makes no sense now. */
export type AlertTransition = { ok: true; change: AlertChange; alert: AgentAlert } | { ok: false; message: string };

/** What a rule says of one thing at the moment at which it fires. */
export type AlertFacts = Pick<AgentAlert, 'condition' | 'rule' | 'name' | 'type' | 'severity' | 'message' | 'labels' | 'value' | 'threshold' | 'notify'>;

/** What an alert stands for: at most one of a condition is not resolved. @param item what the rule is about; empty where it is about the whole */
export const conditionKey = (rule: string, item = ''): string => (item === '' ? rule : `${rule}|${item}`);

export const isResolved = (alert: AgentAlert): boolean => alert.status === 'resolved';
/** People are to look at it (R442). */
export const isActive = (alert: AgentAlert): boolean => alert.status === 'firing' || alert.status === 'acknowledged';

const iso = (at: number): string => new Date(at).toISOString();
const changed = (change: AlertChange, alert: AgentAlert, next: Partial<AgentAlert>): AlertTransition => ({ ok: true, change, alert: { ...alert, ...next, revision: alert.revision + 1 } });
const refused = (message: string): AlertTransition => ({ ok: false, message });
const ended = (alert: AgentAlert): AlertTransition => refused(`Alert ${alert.alert_id} is resolved already, since ${alert.resolved_at ?? 'some time'}: nothing is left to be done about it.`);

/** A new alert. @param id UUID @param now milliseconds, as everywhere here */
export function fire(facts: AlertFacts, id: string, now: number): AlertTransition & { ok: true } {
  return { ok: true, change: 'fired', alert: { ...facts, alert_id: id, revision: 1, status: 'firing', triggered_at: iso(now), resolved_at: null } };
}

/** Someone looks after it (R444). One that was silenced comes back into sight. */
export function acknowledge(alert: AgentAlert, { user, comment }: { user: string; comment?: string }, now: number): AlertTransition {
  if (isResolved(alert)) {
    return ended(alert);
  }
  const { silenced_by: _by, silenced_until: _until, ...rest } = alert;
  return changed('acknowledged', rest, { status: 'acknowledged', acknowledged_by: user, acknowledged_at: iso(now), ...(comment ? { comment } : {}) });
}

/**
 * Says nothing until a moment (R445), 24 hours away at most: a later one is brought forward, since the clock of whoever asks may run ahead.
 * A later silence takes the place of an earlier one.
 * @param until ISO 8601 UTC
 */
export function silenceUntil(alert: AgentAlert, { user, until }: { user: string; until: string }, now: number): AlertTransition {
  const end = Date.parse(until);
  if (isResolved(alert)) {
    return ended(alert);
  }
  if (!(end > now)) {
    return refused(`A silence until ${until} is not possible: it is ${iso(now)} already. Give a later end.`);
  }
  return changed('silenced', alert, { status: 'silenced', silenced_by: user, silenced_until: iso(Math.min(end, now + SILENCE_MINUTES.max * MINUTE_MS)) });
}

/** @param minutes 5 to 1440 (R481) */
export function silence(alert: AgentAlert, { user, minutes }: { user: string; minutes: number }, now: number): AlertTransition {
  const { min, max } = SILENCE_MINUTES;
  return minutes >= min && minutes <= max
    ? silenceUntil(alert, { user, until: iso(now + minutes * MINUTE_MS) }, now)
    : refused(`${minutes} minutes of silence are not possible: give ${min} to ${max}.`);
}

/** Over for good: the same condition makes a new alert. @param user who resolved it by hand; undefined when its condition ended */
export function resolve(alert: AgentAlert, user: string | undefined, now: number): AlertTransition {
  return isResolved(alert) ? ended(alert) : changed('resolved', alert, { status: 'resolved', resolved_at: iso(now), ...(user ? { resolved_by: user } : {}) });
}

/** The silence is over and the condition still holds: the same alert fires again (R445 as settled). */
export function endSilence(alert: AgentAlert): AlertTransition {
  const { silenced_by: _by, silenced_until: _until, ...rest } = alert;
  return alert.status === 'silenced' ? changed('ended_silence', rest, { status: 'firing' }) : refused(`Alert ${alert.alert_id} is ${alert.status}, not silenced.`);
}

/** What is known of one condition at one look. */
export interface ConditionState {
  /** Undefined is unknown, which changes nothing. */
  holds: boolean | undefined;
  /** True when the thing that the rule is about is gone: then nothing can hold any more. */
  vanished?: boolean;
  now: number;
  /** When this condition fired last; undefined when it never did. */
  lastFired?: number;
  /** After it fired it does not fire again for so long (R448). */
  cooldownMs: number;
  /** Since when it has held without an alert, as the last step gave it. */
  pendingSince?: number;
  /** So long it must hold before it fires. */
  forMs: number;
}
export interface AlertStep {
  do: 'fire' | 'resolve' | 'end_silence' | 'nothing';
  /** For the next step. */
  pendingSince?: number;
}

const NOTHING: AlertStep = { do: 'nothing' };

/** A silence is kept until its end, even if the condition ends and comes back meanwhile: else it would fire anew within it. */
function stepOfAlert(alert: AgentAlert, holds: boolean | undefined, now: number): AlertStep {
  const silenced = alert.status === 'silenced';
  if (holds === undefined || (silenced && now < Date.parse(alert.silenced_until ?? ''))) {
    return NOTHING;
  }
  if (!holds) {
    return { do: 'resolve' };
  }
  return silenced ? { do: 'end_silence' } : NOTHING;
}

function stepOfNone(holds: boolean | undefined, { now, lastFired, cooldownMs, pendingSince, forMs }: ConditionState): AlertStep {
  if (holds === undefined && pendingSince !== undefined) {
    return { do: 'nothing', pendingSince };
  }
  if (!holds) {
    return NOTHING;
  }
  const since = pendingSince ?? now;
  const cooling = lastFired !== undefined && now - lastFired < cooldownMs;
  return now - since < forMs || cooling ? { do: 'nothing', pendingSince: since } : { do: 'fire' };
}

/**
 * What to do about one condition now (R445, R447, R448).
 * @param alert the one of this condition that is not resolved
 */
export function step(alert: AgentAlert | undefined, state: ConditionState): AlertStep {
  const holds = state.vanished ? false : state.holds;
  return alert && !isResolved(alert) ? stepOfAlert(alert, holds, state.now) : stepOfNone(holds, state);
}
