import { decodeEvent } from '../../../contract/codec';
import { containerKey, type EventOf, type HemostatEvent } from '../../../contract/events';
import { eventMark, eventText, severityMark, subjectText, worstOf } from '../../../contract/story';
import { NO_FACTS, type Facts } from '../filter/facts';
import type { Matcher } from '../filter/matcher';
import type { Entry } from '../log/entry';
import type { Taken } from '../log/scan';

/** An event of the log with its place. */
export interface LoggedEvent {
  entry: Pick<Entry, 'partition' | 'id' | 'ms' | 'seq'>;
  event: HemostatEvent;
}

/** What became of an action; `dry_run` touched nothing. */
export function outcomeOf(event: EventOf<'remediation_complete'>): string {
  return event.data.dry_run && event.data.result.status === 'success' ? 'dry_run' : event.data.result.status;
}

export function actionOf(event: HemostatEvent): string {
  const { data } = event;
  if ('plan' in data && data.plan && typeof data.plan === 'object' && 'action' in data.plan) {
    return String(data.plan.action);
  }
  return event.type !== 'container_event' && 'action' in data && typeof data.action === 'string' ? data.action : '';
}

function statusOf(event: HemostatEvent): string {
  switch (event.type) {
    case 'remediation_complete':
      return outcomeOf(event);
    case 'remediation_verified':
      return event.data.verdict;
    case 'approval_decided':
      return event.data.decision;
    case 'container_recovered':
      return event.data.reason;
    case 'agent_trouble':
      return event.data.state;
    case 'command':
      return event.data.command;
    case 'error_rate_episode':
      return event.data.state;
    default:
      return '';
  }
}

/** How bad the writer holds it to be: low, medium, high, critical; empty where the event does not say. */
export function severityOf(event: HemostatEvent): string {
  switch (event.type) {
    case 'health_alert':
      return worstOf(event.data.anomalies);
    case 'insight_made':
    case 'error_rate_episode':
      return event.data.severity;
    default:
      return '';
  }
}

export function projectOf(event: HemostatEvent): string {
  return 'project' in event.data && typeof event.data.project === 'string' ? event.data.project : '';
}

const ALERT_LEVELS: Record<string, string> = { critical: 'critical', high: 'error', medium: 'warning', low: 'info' };
const STATUS_LEVELS: Record<string, string> = { failed: 'error', rejected: 'warning', not_applicable: 'warning', no_change: 'warning', worse: 'error', expired: 'warning', void: 'warning' };

type Leveled = { [T in HemostatEvent['type']]?: (event: Extract<HemostatEvent, { type: T }>) => string };

/** Where the type says more than the status. */
const LEVELS: Leveled = {
  health_alert: (event) => ALERT_LEVELS[severityOf(event)] ?? 'warning',
  notification_failed: () => 'error',
  notification_deduped: () => 'debug',
  dead_letter: () => 'error',
  vulnerability_alert: () => 'warning',
  agent_trouble: ({ data }) => (data.state === 'began' ? 'error' : 'info'),
  insight_failed: () => 'error',
  error_rate_episode: ({ data }) => (data.state === 'ended' ? 'info' : (ALERT_LEVELS[data.severity] ?? 'warning')),
  dashboard_pushed: ({ data }) => (data.error ? 'error' : 'info'),
  agent_alert: ({ data }) => (data.change === 'fired' || data.change === 'ended_silence' ? data.alert.severity : 'info'),
};

/** How bad an event is in the words of log lines: critical, error, warning, info, debug. */
export function levelOf(event: HemostatEvent): string {
  // The types are tied together in the table, which TypeScript cannot see at the call.
  const level = LEVELS[event.type] as ((one: HemostatEvent) => string) | undefined;
  return level?.(event) ?? STATUS_LEVELS[statusOf(event)] ?? 'info';
}

/** Names of containers made safe to print: there are far fewer of them than of events. */
const subjects = new Map<string, string>();
const MAX_SUBJECTS = 20_000;

function subjectOf(event: HemostatEvent): string {
  const key = `${event.host} ${event.container} ${event.agent}`;
  let subject = subjects.get(key);
  if (subject === undefined) {
    subject = subjectText(event);
    if (subjects.size >= MAX_SUBJECTS) {
      subjects.clear();
    }
    subjects.set(key, subject);
  }
  return subject;
}

/** One line for a person, without its time: `[ALERT] [HIGH] host-1/web-2: health check says unhealthy`. */
export function bodyOf(event: HemostatEvent): string {
  const mark = event.type === 'health_alert' && event.data.anomalies.length > 0 ? `${severityMark(severityOf(event))} ` : '';
  return `${eventMark(event.type)} ${mark}${subjectOf(event)}: ${eventText(event)}`;
}
export const wordsOf = (event: HemostatEvent): string => eventText(event);

export function factsOf(event: HemostatEvent): Facts {
  const status = statusOf(event);
  return {
    ...NO_FACTS,
    type: event.type,
    container: event.container,
    host: event.host,
    project: projectOf(event),
    severity: severityOf(event),
    status: status ? [status] : [],
    action: actionOf(event),
    agent: event.agent,
    incident: event.incident_id,
    text: () => bodyOf(event),
    more: { id: event.id, level: levelOf(event), cause_id: event.cause_id, trace_id: event.trace_id, policy_version: event.policy_version },
  };
}
export const EVENT_KEYS = ['id', 'level', 'cause_id', 'trace_id', 'policy_version'] as const;

/** The labels of a log line. Empty ones are left out. Written out, since it is done for every event of a page. */
export function labelsOf(event: HemostatEvent): Record<string, string> {
  const labels: Record<string, string> = { type: event.type, agent: event.agent };
  const put = (name: string, value: string) => {
    if (value) {
      labels[name] = value;
    }
  };
  put('host', event.host);
  put('container', event.container);
  put('incident', event.incident_id);
  put('project', projectOf(event));
  put('severity', severityOf(event));
  put('action', actionOf(event));
  put('status', statusOf(event));
  return labels;
}

export const keyOf = (event: HemostatEvent): string => containerKey(event);

/**
 * Reads entries as events that fit.
 * @param types when not empty, entries of other types are passed over unread
 * @param make what becomes of each
 */
export function takeEvents<T>(matcher: Matcher, types: readonly string[], make: (logged: LoggedEvent) => T): (entry: Entry) => Taken<T> {
  const wanted = new Set(types);
  return (entry) => {
    if (wanted.size > 0 && !wanted.has(entry.type)) {
      return 'passed';
    }
    const decoded = decodeEvent(entry.json, entry.incident);
    if (!decoded.ok) {
      return 'unreadable';
    }
    if (matcher.active && !matcher.test(factsOf(decoded.value))) {
      return 'passed';
    }
    return { row: make({ entry, event: decoded.value }) };
  };
}
