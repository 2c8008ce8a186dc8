import { containerKey, type EventOf, type EventType, type HemostatEvent } from '../../src/contract/events';
import type { IncidentState } from '../../src/contract/incident';
import { refusalsOf } from '../../src/contract/story';
import type { NoticeKind } from '../runtime/settings/notifier';

/** What is known of the incident at the moment of telling. */
export interface IncidentView {
  id: string;
  state: IncidentState | '';
  /** The projection, as `foldIncident` names its fields. */
  fields: Readonly<Record<string, string>>;
}

/** What an event gives people to know. */
export interface Draft {
  kind: NoticeKind;
  /** Together with channel, kind and container: what makes two notices the same. */
  scope: string;
  /** It repeats itself while nothing changes: told again only after HEMOSTAT_NOTIFY_REMIND. */
  repeats?: boolean;
  /** Told only when the incident is in this state now. */
  onlyIn?: IncidentState;
}

/** A notice on its way. */
export interface Notice extends Draft {
  event: HemostatEvent;
  incident: IncidentView;
  partition: number;
}

const ended = (event: HemostatEvent): Draft => ({ kind: 'resolved', scope: event.incident_id });

/**
 * The original's monitor repeats its alert every 30 s and knows no episodes: such alerts are one notice a container,
 * whatever incident they open.
 */
export const ILL_WITHOUT_EPISODE = 'illness';

function ill(event: EventOf<'health_alert'>): Draft | undefined {
  if (event.data.repeat) {
    return undefined;
  }
  return { kind: 'ill', scope: event.data.episode ? event.incident_id : ILL_WITHOUT_EPISODE, repeats: true };
}

function complete(event: EventOf<'remediation_complete'>): Draft {
  const { result, dry_run: dryRun, action } = event.data;
  if (result.status === 'failed') {
    return { kind: 'failed', scope: event.incident_id };
  }
  if (result.status === 'success') {
    return dryRun
      ? { kind: 'acted', scope: `${event.incident_id} dry run ${action}`, repeats: true }
      : { kind: 'acted', scope: event.incident_id };
  }
  const guards = result.status === 'rejected' ? refusalsOf(event).map((verdict) => verdict.guard) : ['not_applicable'];
  return { kind: 'refused', scope: `${event.incident_id} ${guards.join(' ')}`, repeats: true };
}

/** A person who acknowledged or silenced an alert knows of it. */
const TOLD_CHANGES: readonly string[] = ['fired', 'ended_silence', 'resolved'];

function healer({ data: { change, alert } }: EventOf<'agent_alert'>): Draft | undefined {
  return alert.notify && TOLD_CHANGES.includes(change) ? { kind: 'healer', scope: `${alert.alert_id} ${alert.revision}` } : undefined;
}

type Drafter<T extends EventType> = (event: EventOf<T>) => Draft | undefined;

const DRAFTERS: { [T in EventType]?: Drafter<T> } = {
  health_alert: ill,
  approval_requested: (event) => ({ kind: 'approval', scope: `${event.incident_id} ${event.data.digest}` }),
  remediation_complete: complete,
  remediation_verified: (event) =>
    event.data.verdict === 'helped' ? ended(event) : { kind: 'gave_up', scope: event.incident_id },
  // After an action it is the verification that tells.
  container_recovered: (event) => (event.incident_id ? { ...ended(event), onlyIn: 'recovered_alone' } : undefined),
  false_alarm: (event) => ({ kind: 'false_alarm', scope: event.data.rule ?? '', repeats: true }),
  command: (event) => (event.data.command === 'resolve' && event.incident_id ? ended(event) : undefined),
  agent_trouble: (event) => ({ kind: 'trouble', scope: `${event.agent} ${event.data.part} ${event.data.state}` }),
  dead_letter: (event) => ({ kind: 'trouble', scope: `${event.data.group} ${event.data.error}` }),
  vulnerability_alert: (event) => ({ kind: 'vulnerability', scope: event.data.target_url ?? '' }),
  agent_alert: healer,
};

/** What an event gives people to know; undefined when nothing. Pure. */
export function draftOf(event: HemostatEvent): Draft | undefined {
  const draft = DRAFTERS[event.type] as ((event: HemostatEvent) => Draft | undefined) | undefined;
  return draft?.(event);
}

/** The container of a notice, or the agent where it is about none; HemoStat where it is about the whole. */
export function subjectOf(event: HemostatEvent): string {
  if (event.type === 'agent_alert') {
    return 'HemoStat';
  }
  return containerKey(event) || `agent ${event.agent}`;
}

/** Until when an incident is silenced, in milliseconds; undefined when it is not. */
export function silencedUntil(incident: IncidentView, now: number): number | undefined {
  const until = Date.parse(incident.fields.silenced_until ?? '');
  return until > now ? until : undefined;
}
