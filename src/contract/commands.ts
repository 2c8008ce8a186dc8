import type { AgentAlert, Command } from './events';
import { ENDED_STATES, type IncidentSummary } from './incident';
import { SILENCE_MINUTES } from './minutes';
import { redactText } from './redact';

/** What a person can ask for about one incident. */
export const INCIDENT_COMMANDS = ['approve', 'reject', 'acknowledge', 'silence', 'unsilence', 'resolve', 'comment'] as const;
export type IncidentCommand = (typeof INCIDENT_COMMANDS)[number];

export { MAINTENANCE_MINUTES, SILENCE_MINUTES } from './minutes';

/** Who asks, and why. */
export interface By {
  user: string;
  reason?: string;
}

/** Why a command makes no sense as things stand now. The mend depends on where it was given. */
export interface Refusal {
  code: 'not_waiting' | 'other_digest' | 'expired' | 'ended' | 'not_silenced';
  message: string;
}
export type MadeCommand = { ok: true; command: Command } | { ok: false; refusal: Refusal };

export interface CommandOptions {
  /** For approve and reject: of the action that was looked at. */
  digest?: string;
  /** For silence. */
  minutes?: number;
  /** For comment, and why an alert is acknowledged or resolved. */
  text?: string;
}

const MINUTE_MS = 60_000;
const made = (command: Command): MadeCommand => ({ ok: true, command });
const refused = (code: Refusal['code'], message: string): MadeCommand => ({ ok: false, refusal: { code, message } });

/** What people write may hold a secret that they did not mean to publish. */
const clean = (text: string): string => redactText(text).text;

/** Who asks, as it stands in the command. */
export function byWhom({ user, reason }: By): By {
  const words = clean(reason ?? '').trim();
  return { user, ...(words ? { reason: words } : {}) };
}

/** When something that begins now ends, ISO 8601 UTC. */
export function untilIn(minutes: number, now: number): string {
  return new Date(now + minutes * MINUTE_MS).toISOString();
}

function answer(command: 'approve' | 'reject', incident: IncidentSummary, given: string | undefined, by: By, now: number): MadeCommand {
  const { digest = '', expires_at: expires = '' } = incident.fields;
  if (incident.state !== 'awaiting_approval' || digest === '') {
    return refused('not_waiting', `Incident ${incident.id} waits for no approval; it is ${incident.state}.`);
  }
  if (given !== digest) {
    return refused('other_digest', `The action that waits has the digest ${digest}, not ${given ?? 'none'}: it is not the one that was looked at.`);
  }
  if (Date.parse(expires) <= now) {
    return refused('expired', `The request expired at ${expires}.`);
  }
  return made({ command, digest, ...by });
}

function ofActive(incident: IncidentSummary, make: () => Command): MadeCommand {
  return ENDED_STATES.includes(incident.state) ? refused('ended', `Incident ${incident.id} has ended already: it is ${incident.state}.`) : made(make());
}

/**
 * Makes the command about an incident, or says why it makes no sense now. Pure.
 * @param now milliseconds
 */
export function incidentCommand(name: IncidentCommand, incident: IncidentSummary, options: CommandOptions, who: By, now: number): MadeCommand {
  const by = byWhom(who);
  switch (name) {
    case 'approve':
    case 'reject':
      return answer(name, incident, options.digest, by, now);
    case 'acknowledge':
    case 'resolve':
      return ofActive(incident, () => ({ command: name, ...by }));
    case 'silence':
      return ofActive(incident, () => ({ command: 'silence', until: untilIn(options.minutes ?? SILENCE_MINUTES.usual, now), ...by }));
    case 'unsilence':
      return incident.fields.silenced_until ? made({ command: 'unsilence', ...by }) : refused('not_silenced', `Incident ${incident.id} is not silenced.`);
    case 'comment':
      return made({ command: 'comment', text: clean(options.text ?? ''), ...by });
  }
}

/** What a person can ask for about one alert about HemoStat itself (R462, R463). */
export const ALERT_COMMANDS = ['acknowledge', 'silence', 'resolve'] as const;
export type AlertCommand = (typeof ALERT_COMMANDS)[number];

/**
 * The same about an alert about HemoStat itself. Pure.
 * @param now milliseconds
 */
export function alertCommand(name: AlertCommand, alert: Pick<AgentAlert, 'alert_id' | 'status' | 'name'>, options: CommandOptions, who: By, now: number): MadeCommand {
  if (alert.status === 'resolved') {
    return refused('ended', `Alert ${alert.alert_id.slice(0, 8)} (${alert.name}) is resolved already.`);
  }
  const about = { alert: alert.alert_id };
  const words = clean(options.text ?? '').trim();
  switch (name) {
    case 'acknowledge':
      return made({ command: 'alert_acknowledge', ...about, ...(words ? { comment: words } : {}), ...byWhom(who) });
    case 'silence':
      return made({ command: 'alert_silence', ...about, until: untilIn(options.minutes ?? SILENCE_MINUTES.usual, now), ...byWhom(who) });
    case 'resolve':
      return made({ command: 'alert_resolve', ...about, ...byWhom({ ...who, ...(words ? { reason: words } : {}) }) });
  }
}
