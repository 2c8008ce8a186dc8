import type { EventType, GuardVerdict, HemostatEvent } from './events';
import { containerKey } from './events';
import { ENDED_STATES, SETTLED_STATES, type IncidentState } from './incident-states';

export { ENDED_STATES, INCIDENT_STATES, SETTLED_STATES, type IncidentState } from './incident-states';

/** What an event means for the state of its incident. */
export type Effect =
  | 'none'
  | 'alert'
  | 'analysis_started'
  | 'needed'
  | 'false_alarm'
  | 'approval_requested'
  | 'approved'
  | 'declined'
  | 'started'
  | 'done'
  | 'failed'
  | 'refused'
  | 'helped'
  | 'not_helped'
  | 'recovered'
  | 'closed_by_user';

const WAITING = ['open', 'analyzing', 'awaiting_approval', 'failed', 'suppressed'] as const;
const from = (states: readonly IncidentState[], to: IncidentState) => Object.fromEntries(states.map((state) => [state, to]));

/**
 * effect -> state before -> state after. A pair that is not listed changes nothing.
 * The log's append script and the fold below both go by this one table.
 */
export const TRANSITIONS: Record<Exclude<Effect, 'none'>, Partial<Record<IncidentState | 'new', IncidentState>>> = {
  alert: { new: 'open', ...from([...SETTLED_STATES, ...ENDED_STATES], 'open') },
  analysis_started: from(['open'], 'analyzing'),
  needed: { new: 'analyzing', ...from(['open'], 'analyzing') },
  false_alarm: { new: 'false_alarm', ...from(['open', 'analyzing', ...SETTLED_STATES], 'false_alarm') },
  approval_requested: from(['open', 'analyzing', ...SETTLED_STATES], 'awaiting_approval'),
  approved: from(['awaiting_approval'], 'remediating'),
  declined: from(['awaiting_approval'], 'suppressed'),
  started: { new: 'remediating', ...from(WAITING, 'remediating') },
  done: { new: 'verifying', ...from([...WAITING, 'remediating'], 'verifying') },
  failed: { new: 'failed', ...from([...WAITING, 'remediating', 'verifying'], 'failed') },
  refused: { new: 'suppressed', ...from(['open', 'analyzing', 'remediating', ...SETTLED_STATES], 'suppressed') },
  helped: from(['verifying', 'remediating', ...SETTLED_STATES], 'resolved'),
  not_helped: from(['verifying', 'remediating'], 'failed'),
  recovered: from(WAITING, 'recovered_alone'),
  closed_by_user: from(['open', 'analyzing', 'awaiting_approval', 'remediating', 'verifying', ...SETTLED_STATES], 'resolved'),
};

/** What one event writes into the projection of its incident. All values are text, as Redis keeps them. */
export interface Patch {
  effect: Effect;
  /** Last writer wins. */
  set: Record<string, string>;
  /** First writer wins. */
  once: Record<string, string>;
}

type Of<T extends EventType> = Extract<HemostatEvent, { type: T }>;
type Reading<R> = { [T in EventType]?: (event: Of<T>) => R };

/** The types are tied together in the table, which TypeScript cannot see at the call. */
function read<R>(table: Reading<R>, event: HemostatEvent): R | undefined {
  const reader = table[event.type] as ((one: HemostatEvent) => R) | undefined;
  return reader?.(event);
}

const RESULT_EFFECTS = { success: 'done', failed: 'failed', rejected: 'refused', not_applicable: 'refused' } as const;

const EFFECTS: Reading<Effect> = {
  health_alert: () => 'alert',
  analysis_started: () => 'analysis_started',
  remediation_needed: () => 'needed',
  false_alarm: () => 'false_alarm',
  approval_requested: () => 'approval_requested',
  approval_decided: (event) => (event.data.decision === 'approved' ? 'approved' : 'declined'),
  remediation_started: (event) => (event.data.dry_run ? 'none' : 'started'),
  remediation_complete: (event) => (event.data.dry_run ? 'refused' : RESULT_EFFECTS[event.data.result.status]),
  remediation_verified: (event) => (event.data.verdict === 'helped' ? 'helped' : 'not_helped'),
  container_recovered: () => 'recovered',
  command: (event) => (event.data.command === 'resolve' ? 'closed_by_user' : 'none'),
};

const NO_REFUSAL: Record<string, string> = { guard: '', guard_reason: '', guard_limit: '', guard_measured: '', free_at: '' };

function refusal(guards: readonly GuardVerdict[] | undefined): Record<string, string> {
  const refused = guards?.find((guard) => !guard.allowed);
  if (!refused) {
    return NO_REFUSAL;
  }
  const { guard, reason, limit = '', measured = '', free_at: freeAt = '' } = refused;
  return { guard, guard_reason: reason, guard_limit: limit, guard_measured: measured, free_at: freeAt };
}

function commandFields(event: Of<'command'>): Record<string, string> {
  const { data } = event;
  switch (data.command) {
    case 'acknowledge':
      return { acknowledged_by: data.user, acknowledged_at: event.time };
    case 'silence':
      return { silenced_by: data.user, silenced_until: data.until };
    case 'unsilence':
      return { silenced_by: '', silenced_until: '' };
    case 'resolve':
      return { resolved_by: data.user };
    default:
      return {};
  }
}

function verdictFields({ data }: Of<'remediation_needed' | 'false_alarm'>, action: string): Record<string, string> {
  return { cause: data.root_cause ?? data.reason, reason: data.reason, confidence: String(data.confidence), method: data.analysis_method, evidence: String(data.evidence.length), action };
}

/** Fields of the projection that an event sets, besides the state. */
const FIELDS: Reading<Record<string, string>> = {
  health_alert: ({ data }) => ({
    image: data.image,
    project: data.project ?? '',
    illness: data.anomalies[0]?.type ?? 'unknown',
    illness_detail: data.anomalies[0]?.detail ?? '',
  }),
  remediation_needed: (event) => verdictFields(event, event.data.action),
  false_alarm: (event) => verdictFields(event, 'none'),
  forensics_captured: (event) => ({ forensics_id: event.id }),
  approval_requested: ({ data }) => ({ digest: data.digest, expires_at: data.expires_at, action: data.plan.action, ...refusal(undefined) }),
  approval_decided: ({ data }) => ({ decision: data.decision, decided_by: data.user }),
  remediation_started: ({ data, time }) => ({ action: data.plan.action, started_at: time, digest: data.digest }),
  remediation_complete: ({ data, time }) => ({
    result: data.dry_run ? 'dry_run' : data.result.status,
    action: data.action,
    acted_at: time,
    ...refusal(data.guards),
  }),
  remediation_verified: ({ data }) => ({ verdict: data.verdict, verdict_reason: data.reason }),
  container_recovered: ({ data }) => ({ recovery: data.reason }),
  command: commandFields,
};

function worstSeverity(event: HemostatEvent): string {
  if (event.type !== 'health_alert') {
    return '';
  }
  const order = ['critical', 'high', 'medium', 'low'];
  return order.find((severity) => event.data.anomalies.some((anomaly) => anomaly.severity === severity)) ?? 'low';
}

/** What an event adds to its incident. Pure, and the same wherever it is called. */
export function patchOf(event: HemostatEvent): Patch {
  const severity = worstSeverity(event);
  return {
    effect: read(EFFECTS, event) ?? 'none',
    set: { ...read(FIELDS, event), ...(severity ? { severity } : {}), updated_at: event.time },
    once: { container: event.container, host: event.host, key: containerKey(event), opened_at: event.time },
  };
}

/** The projection of an incident: what lists and cards show without reading its events. */
export interface IncidentSummary {
  id: string;
  state: IncidentState;
  /** Every text field that events have set. */
  fields: Record<string, string>;
  /** Number of events. */
  events: number;
}

/** The next state, or the same one where the event changes nothing. */
export function nextState(state: IncidentState | undefined, effect: Effect): IncidentState | undefined {
  return effect === 'none' ? state : (TRANSITIONS[effect][state ?? 'new'] ?? state);
}

/**
 * Rebuilds an incident from its events in log order. The same events always give the same incident;
 * an event that stands twice counts once.
 */
export function foldIncident(id: string, events: readonly HemostatEvent[]): IncidentSummary {
  const seen = new Set<string>();
  let state: IncidentState | undefined;
  let fields: Record<string, string> = {};
  for (const event of events) {
    if (seen.has(event.id)) {
      continue;
    }
    seen.add(event.id);
    const patch = patchOf(event);
    state = nextState(state, patch.effect);
    fields = { ...patch.once, ...fields, ...patch.set };
    if (state && ENDED_STATES.includes(state) && !fields.ended_at) {
      fields.ended_at = event.time;
    }
    if (state && !ENDED_STATES.includes(state)) {
      delete fields.ended_at;
    }
  }
  return { id, state: state ?? 'open', fields, events: seen.size };
}
