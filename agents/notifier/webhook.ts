import { createHmac } from 'node:crypto';
import { derivedId } from '../runtime/ids';
import type { Channel, Message } from './channel';
import { postJson } from './delivery';
import type { IncidentView, Notice } from './notice';
import { messageTitle, newestOfEach, wordingOf } from './wording';

/** Version of the JSON that we post. It rises only when a receiver of the old form would break. */
export const WEBHOOK_VERSION = 1;
/** Notices in one body; the rest is counted in `more`. */
const MAX_LISTED = 200;

export interface WebhookOptions {
  url: string;
  secret: string;
  publicUrl: string;
  timeoutMs: number;
  now: () => number;
}

/** `sha256=` and the HMAC-SHA-256, hex, over the timestamp, a full stop and the body. A receiver computes the same and compares. */
export function signature(secret: string, timestamp: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

const INCIDENT_FIELDS = [
  'severity',
  'illness',
  'cause',
  'confidence',
  'action',
  'verdict',
  'opened_at',
  'ended_at',
] as const;

function incidentBody(incident: IncidentView): Record<string, string> | null {
  if (!incident.id) {
    return null;
  }
  const known = INCIDENT_FIELDS.flatMap((name) => (incident.fields[name] ? [[name, incident.fields[name]]] : []));
  return { id: incident.id, state: incident.state, ...(Object.fromEntries(known) as Record<string, string>) };
}

function noticeBody(notice: Notice, publicUrl: string) {
  const { title, text, details, link } = wordingOf(notice, publicUrl);
  return {
    kind: notice.kind,
    title,
    text,
    details,
    link,
    incident: incidentBody(notice.incident),
    event: notice.event,
  };
}

/** The body of a message: `version`, `style`, `title`, `sent_at`, `missed`, `notices`, `more`. */
export function webhookBody(message: Message, publicUrl: string, now: number): string {
  const notices = message.style === 'digest' ? newestOfEach(message.notices) : message.notices;
  const listed = notices.slice(0, MAX_LISTED).map((notice) => noticeBody(notice, publicUrl));
  return JSON.stringify({
    version: WEBHOOK_VERSION,
    source: 'hemostat',
    style: message.style,
    title: message.style === 'single' ? (listed[0]?.title ?? '') : messageTitle(message),
    sent_at: new Date(now).toISOString(),
    missed: message.missed,
    notices: listed,
    more: notices.length - listed.length,
  });
}

/** The same message always has the same key: the event's id, or one computed from all of them. */
export function idempotencyKey(message: Message, now: number): string {
  const ids = message.notices.map((notice) => notice.event.id);
  return ids.length === 1 ? (ids[0] ?? '') : derivedId('webhook', message.style, ...(ids.length > 0 ? ids : [now]));
}

/** Any HTTP service: versioned JSON, signed when a key is set. */
export class Webhook implements Channel {
  readonly name = 'webhook';
  readonly keepsState = false;
  /** A repeated attempt carries the same bytes. */
  private readonly bodies = new WeakMap<Message, string>();

  constructor(private readonly options: WebhookOptions) {}

  async send(message: Message, signal: AbortSignal): Promise<{ thread?: string }> {
    const { url, secret, timeoutMs, now } = this.options;
    const body = this.bodies.get(message) ?? webhookBody(message, this.options.publicUrl, now());
    this.bodies.set(message, body);
    const timestamp = Math.floor(now() / 1000);
    const signed: Record<string, string> = secret ? { 'x-hemostat-signature': signature(secret, timestamp, body) } : {};
    const headers = {
      'x-hemostat-timestamp': String(timestamp),
      // Ids of the original's events are free text; a header is not.
      'idempotency-key': idempotencyKey(message, now()).replace(/[^\x21-\x7e]/g, '_'),
      ...signed,
    };
    await postJson(url, body, { timeoutMs, signal, headers, secrets: [secret] });
    return {};
  }
}
