import type { EventOf, HemostatEvent } from '../../src/contract/events';
import {
  durationText,
  eventMark,
  eventText,
  planText,
  plainText,
  severityMark,
  worstOf,
} from '../../src/contract/story';
import type { NoticeKind } from '../runtime/settings/notifier';
import type { Message } from './channel';
import { healerLink } from './healer-alerts';
import type { Notice } from './notice';

/** A notice in words, the same on every channel. All parts are plain text of one line. */
export interface Wording {
  title: string;
  text: string;
  details: string[];
  /** Where to read on; empty when HEMOSTAT_PUBLIC_URL is not set or there is no page of it. */
  link: string;
}

/** The page of an incident. */
export function incidentLink(publicUrl: string, incidentId: string): string {
  if (!publicUrl || !incidentId) {
    return '';
  }
  return `${publicUrl.replace(/\/+$/, '')}/a/hemostat-monitor-app/incidents/${encodeURIComponent(plainText(incidentId, 64))}`;
}

/** The page of what an event is about. */
function linkOf(publicUrl: string, event: HemostatEvent): string {
  return event.type === 'agent_alert' ? healerLink(publicUrl, event.data.alert) : incidentLink(publicUrl, event.incident_id);
}

function healerTitle(event: HemostatEvent): string {
  if (event.type !== 'agent_alert') {
    return 'HemoStat';
  }
  const { change, alert, user } = event.data;
  const took = durationText(Date.parse(event.time) - Date.parse(alert.triggered_at));
  const words = {
    resolved: `is over after ${took}${user ? `, resolved by ${plainText(user, 60)}` : ''}`,
    ended_silence: 'holds still; its silence is over',
  };
  const what = change === 'resolved' || change === 'ended_silence' ? words[change] : `(${alert.severity})`;
  return `HemoStat: ${plainText(alert.name, 120)} ${what}`;
}

function nameOf(event: HemostatEvent): string {
  const host = plainText(event.host, 80);
  return `${plainText(event.container, 120) || plainText(event.agent, 60)}${host && event.container ? ` on ${host}` : ''}`;
}

function resolvedTitle({ event, incident }: Notice, name: string): string {
  const opened = Date.parse(incident.fields.opened_at ?? '');
  const took = Number.isNaN(opened) ? '' : ` after ${durationText(Date.parse(event.time) - opened)}`;
  return `${name} is well again${took}`;
}

const actionOf = (event: HemostatEvent) => (event.type === 'remediation_complete' ? event.data.action : 'action');

const TITLES: Record<NoticeKind, (notice: Notice, name: string) => string> = {
  ill: (_notice, name) => `${name} is ill`,
  approval: ({ event }, name) =>
    `approval wanted: ${event.type === 'approval_requested' ? planText(event.data.plan) : name}`,
  acted: ({ event }, name) =>
    `${name}: ${actionOf(event)} ${event.type === 'remediation_complete' && event.data.dry_run ? 'held back (dry run)' : 'done'}`,
  failed: ({ event }, name) => `${name}: ${actionOf(event)} failed`,
  refused: ({ event }, name) => `${name}: ${actionOf(event)} refused`,
  resolved: (notice, name) =>
    notice.event.type === 'command' ? `${name}: incident closed` : resolvedTitle(notice, name),
  gave_up: (_notice, name) => `${name} is still ill after the remedy`,
  false_alarm: (_notice, name) => `${name}: nothing to do`,
  trouble: ({ event }) =>
    event.type === 'agent_trouble' && event.data.state === 'ended'
      ? `HemoStat is well again: ${plainText(event.data.part, 60)}`
      : `HemoStat needs help: ${event.type === 'agent_trouble' ? plainText(event.data.part, 60) : 'an entry was put aside'}`,
  vulnerability: (_notice, name) => `critical vulnerabilities found by ${name}`,
  healer: ({ event }) => healerTitle(event),
};

function severityOf(event: HemostatEvent): string {
  return event.type === 'health_alert' && event.data.anomalies.length > 0
    ? `${severityMark(worstOf(event.data.anomalies))} `
    : '';
}

function approvalDetails(event: EventOf<'approval_requested'>): string[] {
  const id = plainText(event.incident_id, 64);
  return [
    `Why: ${plainText(event.data.reason, 200) || 'no reason given'}`,
    `To allow it: npx hemostat approve ${id}`,
    `To refuse it: npx hemostat reject ${id}`,
  ];
}

function details({ event, kind, incident }: Notice): string[] {
  if (event.type === 'approval_requested') {
    return approvalDetails(event);
  }
  const cause = plainText(incident.fields.cause ?? '', 200);
  return ['acted', 'failed', 'refused', 'gave_up'].includes(kind) && cause ? [`Cause: ${cause}`] : [];
}

/** Words for one notice. */
export function wordingOf(notice: Notice, publicUrl: string): Wording {
  const { event } = notice;
  return {
    title: plainText(`${eventMark(event.type)} ${severityOf(event)}${TITLES[notice.kind](notice, nameOf(event))}`, 250),
    text: plainText(eventText(event), 500),
    details: details(notice),
    link: linkOf(publicUrl, event),
  };
}

const KIND_WORDS: Record<NoticeKind, string> = {
  ill: 'fell ill',
  approval: 'wait for approval',
  acted: 'were acted on',
  failed: 'could not be remedied',
  refused: 'were not acted on',
  resolved: 'are well again',
  gave_up: 'are still ill after the remedy',
  false_alarm: 'had a false alarm',
  trouble: 'reports of trouble in HemoStat',
  vulnerability: 'reports of vulnerabilities',
  healer: 'alerts about HemoStat itself',
};

/** What a notice is about: several words on it are told as its newest. */
function topicOf({ id, incident_id: incident, ...event }: HemostatEvent): string {
  return event.type === 'agent_alert' ? event.data.alert.alert_id : incident || id;
}

/** Only the newest word on each incident or alert: what a digest tells. */
export function newestOfEach(notices: readonly Notice[]): Notice[] {
  const newest = new Map<string, Notice>();
  notices.forEach((notice) => {
    const key = topicOf(notice.event);
    newest.delete(key);
    newest.set(key, notice);
  });
  return [...newest.values()];
}

/** The first line of a message of several notices, or of a test. */
export function messageTitle(message: Message): string {
  const [first] = message.notices;
  if (message.style === 'test' || !first) {
    return 'HemoStat can reach this channel. This is only a test.';
  }
  const count = message.notices.length;
  if (message.style === 'digest') {
    return `Late: ${count} ${count === 1 ? 'notice' : 'notices'} that could not be sent in time, the newest word on each incident`;
  }
  const kinds = new Set(message.notices.map((notice) => notice.kind));
  if (kinds.size > 1) {
    return `${count} notices at once`;
  }
  const what = KIND_WORDS[first.kind];
  return ['trouble', 'vulnerability', 'healer'].includes(first.kind) ? `${count} ${what}` : `${count} containers ${what}`;
}

/** Said once after messages were lost; empty otherwise. */
export function missedText(missed: number): string {
  return missed > 0
    ? `${missed} earlier ${missed === 1 ? 'notice' : 'notices'} could not be delivered here; see the log of events.`
    : '';
}
