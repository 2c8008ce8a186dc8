import { ENVELOPE_VERSION, type EventType, type HemostatEvent } from '../../src/contract/events';
import { decodeLegacy, type LegacyMessage } from '../../src/contract/legacy';
import { LEGACY } from '../../src/contract/streams';
import { canonicalJson, derivedId } from '../runtime/ids';

/** What a message of the original means for our log. */
export type Translation =
  /** One of our own, coming back. */
  | { kind: 'own'; id: string }
  | { kind: 'foreign'; event: HemostatEvent }
  | { kind: 'malformed'; id: string; error: string };

/** Who publishes what: the original's alert agent stores it under its own name, and some of its forms name nobody. */
const PUBLISHER: Partial<Record<EventType, string>> = {
  health_alert: 'monitor',
  remediation_needed: 'analyzer',
  remediation_complete: 'responder',
  false_alarm: 'analyzer',
  vulnerability_alert: 'vulnscanner',
};

/** What a channel or list stands for, for messages that do not name their type. */
const TYPE_OF = new Map(
  (Object.keys(LEGACY.channels) as Array<keyof typeof LEGACY.channels>).flatMap((type): Array<[string, EventType]> => [
    [LEGACY.channels[type], type],
    [LEGACY.eventsOf(type), type],
  ])
);

const NEVER = new Date(0);

/**
 * The id under which a foreign message enters the log. The original stores a message again in its lists, with another
 * envelope around the same timestamp (in microseconds) and data; both give the same id, so it is taken in once.
 */
function foreignId(raw: string, message: LegacyMessage): string {
  const timestamp = /"timestamp"\s*:\s*"([^"]*)"/.exec(raw)?.[1];
  return message.time === NEVER.toISOString() || timestamp === undefined
    ? derivedId('legacy', message.type, raw)
    : derivedId('legacy', message.type, timestamp, message.container, canonicalJson(message.data));
}

/**
 * Reads one message of the original. Pure; never throws.
 * @param where the channel or list in which it was found
 * @param now used as the time of a message that names none
 */
export function translate(raw: string, where: string, now: Date): Translation {
  const decoded = decodeLegacy(raw, NEVER, TYPE_OF.get(where));
  if (!decoded.ok) {
    return { kind: 'malformed', id: derivedId('legacy-malformed', where, raw), error: decoded.error.message };
  }
  const message = decoded.value;
  if (message.ownId) {
    return { kind: 'own', id: message.ownId };
  }
  const event = {
    v: ENVELOPE_VERSION,
    id: foreignId(raw, message),
    time: message.time === NEVER.toISOString() ? now.toISOString() : message.time,
    type: message.type,
    agent: (['alert', 'unknown'].includes(message.agent) ? PUBLISHER[message.type] : undefined) ?? message.agent,
    host: '',
    container: message.container,
    incident_id: '',
    cause_id: '',
    trace_id: '',
    policy_version: '',
    data: message.data,
  };
  // `decodeLegacy` has checked `data` against the schema of `type`.
  return { kind: 'foreign', event: event as HemostatEvent };
}
