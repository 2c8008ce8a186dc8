import type { EventData } from '../../src/contract/events';
import { MODEL, POLICY, type Refusal, type Tale } from './recorded-day-tale';

export { MODEL, POLICY };

interface Act {
  /** Milliseconds that Docker took. */
  took?: number;
  order?: readonly string[];
  by?: string;
  attempt?: number;
}

const iso = (tale: Tale, after: number) => new Date(tale.began + after).toISOString();

type Complete = EventData<'remediation_complete'>;

function complete(tale: Tale, after: number, own: Partial<Complete> & Pick<Complete, 'result'>, refusal?: Refusal): void {
  const { plan, digest, guards, reason, confidence, mode, dry_run, ...project } = tale.decision(after, own.plan?.order.slice(1) ?? [], refusal);
  tale.say(after, 'responder', 'remediation_complete', { action: plan.action, dry_run, reason, confidence, mode, digest, guards, plan, alerted_at: iso(tale, 0), authorised_by: 'policy', ...project, ...own });
}

/** It is acted on. @returns when the action was over */
export function acts(tale: Tale, after: number, { took = 420, order = [], by = 'policy', attempt = 1 }: Act = {}): number {
  const decision = tale.decision(after, order);
  tale.say(after, 'responder', 'remediation_started', { ...decision, attempt, authorised_by: by });
  const steps = decision.plan.order.map((target) => ({ target, action: 'restart', ok: true, detail: `running since ${iso(tale, after + took)}`, duration_seconds: took / 1000 / decision.plan.order.length }));
  complete(tale, after + took, { result: { status: 'success', steps }, plan: decision.plan, duration_seconds: took / 1000, attempt, authorised_by: by });
  tale.restarted(after + took);
  return after + took;
}

/** Compares before and after, a minute after the action. */
function verified(tale: Tale, done: number, verdict: EventData<'remediation_verified'>['verdict'], reason: string): number {
  const at = done + 60_000;
  const sick = tale.illness.condition(tale.member);
  const after = verdict === 'helped' ? tale.side(done, at) : tale.side(done, at, verdict === 'worse' ? { status: 'exited', health: 'unknown', exitCode: 1 } : sick);
  const { project } = tale.member;
  tale.say(at, 'responder', 'remediation_verified', { action: tale.illness.action, verdict, reason, before: tale.side(-60_000, 0, sick), after, duration_seconds: 60, ...(project ? { project } : {}) });
  return at;
}

/** It helped: well again within seconds. */
export function helps(tale: Tale, after: number, act: Act = {}): Tale {
  const done = acts(tale, after, act);
  tale.notice(done + 80, 'acted');
  tale.illUntil(done + 2600);
  tale.say(done + 2600, 'monitor', 'container_recovered', { container_id: tale.decision(0).plan.container_id.slice(0, 12), reason: 'well', health_status: tale.member.checked ? 'healthy' : 'unknown', metrics: tale.side(done, done + 2600).metrics, episode: tale.incident, ill_for_seconds: (done + 2600) / 1000 });
  const at = verified(tale, done, 'helped', 'It is well again, and its figures are as they were before it fell ill.');
  return tale.notice(at + 90, 'resolved');
}

/** It did not help. @param verdict no_change or worse */
export function isOfNoUse(tale: Tale, after: number, verdict: 'no_change' | 'worse', act: Act = {}): Tale {
  const done = acts(tale, after, act);
  const at = verified(tale, done, verdict, verdict === 'worse' ? 'It ran before and does not run now.' : 'It is as ill as before.');
  return tale.notice(at + 90, 'gave_up');
}

/** Docker could not do it. */
export function fails(tale: Tale, after: number, error: string): Tale {
  const decision = tale.decision(after);
  tale.say(after, 'responder', 'remediation_started', { ...decision, attempt: 1, authorised_by: 'policy' });
  complete(tale, after + 10_200, { result: { status: 'failed', error, retry_count: 3 }, plan: decision.plan, duration_seconds: 10.2, attempt: 1 });
  return tale.notice(after + 10_300, 'failed');
}

/** A guard refused it. */
export function isRefused(tale: Tale, after: number, refusal: Refusal): Tale {
  complete(tale, after, { result: { status: 'rejected', reason: refusal.guard, ...(refusal.freeInMs === undefined ? {} : { remaining_seconds: Math.round(refusal.freeInMs / 1000) }) }, duration_seconds: 0 }, refusal);
  return tale.notice(after + 60, 'refused');
}

/** Mode observe: it is only written down. */
export function isObserved(tale: Tale, after: number): Tale {
  const decision = { ...tale.decision(after), mode: 'observe' as const, dry_run: true };
  tale.say(after, 'responder', 'remediation_started', { ...decision, attempt: 1, authorised_by: 'policy' });
  complete(tale, after + 4, { result: { status: 'success' }, plan: decision.plan, mode: 'observe', dry_run: true, duration_seconds: 0 });
  return tale;
}

/** Nothing can be done by a machine. */
export function isLeftToAPerson(tale: Tale, after: number): Tale {
  complete(tale, after, { action: 'none', result: { status: 'not_applicable', reason: tale.illness.reason }, duration_seconds: 0 });
  return tale.notice(after + 60, 'refused');
}

/** It asks. @returns the digest of the action */
export function asksForApproval(tale: Tale, after: number, order: readonly string[] = []): string {
  const decision = { ...tale.decision(after, order), mode: 'approve' as const };
  tale.say(after, 'responder', 'approval_requested', { ...decision, expires_at: iso(tale, after + 3_600_000) });
  tale.notice(after + 150, 'approval');
  return decision.digest;
}

/** A person (or the clock) answers. */
export function isAnswered(tale: Tale, after: number, digest: string, decision: EventData<'approval_decided'>['decision'], user: string, reason = ''): void {
  const words = reason ? { reason } : {};
  if (decision === 'approved' || decision === 'rejected') {
    tale.command(after, { command: decision === 'approved' ? 'approve' : 'reject', digest, user, ...words });
  }
  tale.say(after + 3, 'responder', 'approval_decided', { digest, decision, user, ...words });
}

/** It gets well without us. */
export function recoversAlone(tale: Tale, after: number, reason: EventData<'container_recovered'>['reason'] = 'well'): Tale {
  tale.illUntil(after);
  tale.say(after, 'monitor', 'container_recovered', { container_id: tale.decision(0).plan.container_id.slice(0, 12), reason, health_status: tale.member.checked ? 'healthy' : 'unknown', metrics: tale.side(after - 1000, after).metrics, episode: tale.incident, ill_for_seconds: after / 1000 });
  return tale.notice(after + 90, 'resolved');
}
