import type { ContainerState } from '../../src/contract/containers';
import type { EventData, EventOf, Figures, GuardVerdict, HemostatEvent, PlannedAction } from '../../src/contract/events';
import type { EffectivePolicy } from '../../src/contract/policy';
import { canonicalJson, derivedId, sha256 } from '../runtime/ids';
import { derived } from '../runtime/new-event';

export const AGENT = 'responder';

/** One thing to decide on, with all that was known when it was looked at. */
export interface Case {
  /** What the written events follow from: the verdict, the request for approval, or the order of a person. */
  cause: HemostatEvent;
  /** Container key of the target; its host may be known although the cause does not name it. */
  key: string;
  host: string;
  container: string;
  project: string;
  policy: EffectivePolicy;
  policyVersion: string;
  plan: PlannedAction;
  state?: ContainerState;
  confidence: number;
  reason: string;
  metrics: Figures;
  /** ISO 8601 UTC */
  alertedAt?: string;
  forensicsPending: boolean;
  authorisedBy: string;
}

/** What an approval is bound to: SHA-256 of the exact plan and its incident. */
export function digestOf(plan: PlannedAction, incidentId: string): string {
  return sha256(canonicalJson({ plan, incident: incidentId }));
}

export const startedIdOf = (cause: { id: string }): string => derivedId(cause.id, AGENT, 'remediation_started', '');
export const completeIdOf = (cause: { id: string }): string => derivedId(cause.id, AGENT, 'remediation_complete', '');
export const decidedIdOf = (cause: { id: string }): string => derivedId(cause.id, AGENT, 'approval_decided', '');

function decisionData(one: Case, guards: GuardVerdict[]) {
  return {
    plan: one.plan,
    digest: digestOf(one.plan, one.cause.incident_id),
    mode: one.policy.mode,
    dry_run: one.policy.mode === 'observe',
    guards,
    reason: one.reason,
    confidence: one.confidence,
    ...(one.project ? { project: one.project } : {}),
  };
}

const stamp = (one: Case, now: number) => ({ policyVersion: one.policyVersion, time: new Date(now).toISOString() });

export function startedEvent(one: Case, guards: GuardVerdict[], attempt: number, now: number): EventOf<'remediation_started'> {
  return derived(one.cause, 'remediation_started', AGENT, { ...decisionData(one, guards), attempt, authorised_by: one.authorisedBy }, stamp(one, now));
}

type Result = EventData<'remediation_complete'>['result'];
interface Completion {
  result: Result;
  /** Left out where the intent carries them. */
  guards?: GuardVerdict[];
  /** Seconds. */
  duration: number;
  attempt?: number;
  now: number;
}

export function completeEvent(one: Case, { result, guards, duration, attempt, now }: Completion): EventOf<'remediation_complete'> {
  const data = {
    action: one.plan.action,
    result,
    dry_run: one.policy.mode === 'observe',
    reason: one.reason,
    confidence: one.confidence,
    mode: one.policy.mode,
    digest: digestOf(one.plan, one.cause.incident_id),
    ...(guards ? { guards } : {}),
    duration_seconds: duration,
    authorised_by: one.authorisedBy,
    metrics: one.metrics,
    plan: one.plan,
    ...(attempt === undefined ? {} : { attempt }),
    ...(one.alertedAt ? { alerted_at: one.alertedAt } : {}),
    ...(one.project ? { project: one.project } : {}),
  };
  return derived(one.cause, 'remediation_complete', AGENT, data, stamp(one, now));
}

/** The original's words where it has any. */
function rejection(refusal: GuardVerdict, now: number): Result {
  const free = refusal.free_at ? { remaining_seconds: Math.max(0, Math.ceil((Date.parse(refusal.free_at) - now) / 1000)) } : {};
  if (refusal.guard === 'cooldown') {
    return { status: 'rejected', reason: 'cooldown_active', ...free };
  }
  if (refusal.guard === 'circuit_breaker') {
    return { status: 'rejected', reason: 'circuit_breaker_open', retry_count: Number(refusal.measured ?? 0), ...free };
  }
  return { status: 'rejected', reason: refusal.guard, ...free };
}

export function rejectedEvent(one: Case, guards: GuardVerdict[], refusal: GuardVerdict, now: number, error?: string): EventOf<'remediation_complete'> {
  return completeEvent(one, { result: { ...rejection(refusal, now), ...(error ? { error } : {}) }, guards, duration: 0, now });
}

export function notApplicableEvent(one: Case, guards: GuardVerdict[], reason: string, now: number): EventOf<'remediation_complete'> {
  return completeEvent(one, { result: { status: 'not_applicable', reason }, guards, duration: 0, now });
}

export function approvalRequestedEvent(one: Case, guards: GuardVerdict[], now: number): EventOf<'approval_requested'> {
  const expires_at = new Date(now + one.policy.approval_ttl_seconds * 1000).toISOString();
  return derived(one.cause, 'approval_requested', AGENT, { ...decisionData(one, guards), expires_at }, stamp(one, now));
}

export function decidedEvent(
  requested: EventOf<'approval_requested'>,
  answer: Pick<EventData<'approval_decided'>, 'decision' | 'user' | 'reason'>,
  now: number
): EventOf<'approval_decided'> {
  // One id for any answer to one request: the log itself lets the first one win.
  return derived(requested, 'approval_decided', AGENT, { digest: requested.data.digest, ...answer }, { time: new Date(now).toISOString() });
}
