import { z } from 'zod';
import { ENVELOPE_VERSION, EVENT_DATA, envelopeSchema, type EventType, type HemostatEvent } from './events';

export const MAX_EVENT_BYTES = 1_048_576;

export type DecodeErrorCode = 'too_large' | 'not_json' | 'not_an_object' | 'unknown_version' | 'unknown_type' | 'bad_envelope' | 'bad_data';

/** Why some bytes are no event. Keeps the input, so that nothing is lost. */
export interface DecodeError {
  code: DecodeErrorCode;
  message: string;
  raw: string;
}
export type Decoded<T> = { ok: true; value: T } | { ok: false; error: DecodeError };

export function failure(code: DecodeErrorCode, message: string, raw: string): { ok: false; error: DecodeError } {
  return { ok: false, error: { code, message, raw } };
}

/** Reads JSON text that must be an object. Never throws. */
export function decodeObject(raw: string): Decoded<Record<string, unknown>> {
  if (raw.length > MAX_EVENT_BYTES) {
    return failure('too_large', `The event has ${raw.length} characters; ${MAX_EVENT_BYTES} are allowed.`, raw);
  }
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (cause) {
    return failure('not_json', `The event is not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}`, raw);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failure('not_an_object', 'The event is JSON, but not an object.', raw);
  }
  return { ok: true, value: value as Record<string, unknown> };
}

export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(EVENT_DATA, type);
}

/** The first thing that does not fit, with its path. */
export function issueText(error: z.ZodError): string {
  const first = error.issues[0];
  return first ? `${first.path.join('.') || 'event'}: ${first.message}` : 'unreadable';
}

/**
 * Reads one of our events from the JSON of a log entry. Unknown extra fields are dropped, missing optional ones filled.
 * @param incidentId the entry's own `incident` field: the log, not the writer, decides to which incident an event belongs.
 */
export function decodeEvent(raw: string, incidentId?: string): Decoded<HemostatEvent> {
  const object = decodeObject(raw);
  if (!object.ok) {
    return object;
  }
  const { type, v, data } = object.value;
  if (v !== ENVELOPE_VERSION) {
    return failure('unknown_version', `Envelope version ${String(v).slice(0, 20)} is not known; this program knows ${ENVELOPE_VERSION}.`, raw);
  }
  if (!isEventType(type)) {
    return failure('unknown_type', `Event type ${String(type).slice(0, 60)} is not known.`, raw);
  }
  const envelope = envelopeSchema.safeParse(object.value);
  if (!envelope.success) {
    return failure('bad_envelope', issueText(envelope.error), raw);
  }
  if (Number.isNaN(Date.parse(envelope.data.time))) {
    return failure('bad_envelope', `time: ${envelope.data.time.slice(0, 40)} is not a time.`, raw);
  }
  const parsed = EVENT_DATA[type].safeParse(data);
  if (!parsed.success) {
    return failure('bad_data', `data.${issueText(parsed.error)}`, raw);
  }
  const incident = incidentId ? { incident_id: incidentId, trace_id: envelope.data.trace_id || incidentId } : {};
  return { ok: true, value: { ...envelope.data, ...incident, type, data: parsed.data } as HemostatEvent };
}

/**
 * Writes one event as JSON, one form only.
 * @throws z.ZodError when the event does not fit its schema: a mistake of the program, not of the user.
 */
export function encodeEvent(event: HemostatEvent): string {
  const envelope = envelopeSchema.parse(event);
  const data = EVENT_DATA[event.type].parse(event.data);
  return JSON.stringify({ ...envelope, type: event.type, data });
}
