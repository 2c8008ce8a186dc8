import { createHash } from 'node:crypto';
import { containerKey, type EventOf, type GuardVerdict, type HemostatEvent, type ModelCall } from '../../../contract/events';
import type { IncidentSummary } from '../../../contract/incident';
import { headlineText } from '../../../contract/story';
import { wordsOf } from './event-row';

export interface Span {
  id: string;
  parent: string;
  operation: string;
  service: string;
  /** Milliseconds since 1970. */
  start: number;
  /** Milliseconds. */
  duration: number;
  /** 0 not set, 1 well, 2 error. */
  status: 0 | 1 | 2;
  message: string;
  tags: Record<string, string | number | boolean>;
  /** As OpenTelemetry has it; internal when not said. */
  kind?: string;
  logs: Array<{ timestamp: number; name: string; text: string }>;
}

const WELL = 1;
const ERROR = 2;

/** Sixteen hex characters, the same for the same parts. */
const spanId = (...parts: string[]) => createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16);
const at = (text: string | undefined, otherwise: number) => {
  const ms = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? otherwise : ms;
};
const timeOf = (event: HemostatEvent) => at(event.time, 0);

type Analysis = EventOf<'remediation_needed'> | EventOf<'false_alarm'>;
type Decision = EventOf<'remediation_started'> | EventOf<'approval_requested'> | EventOf<'remediation_complete'>;

class SpanList {
  readonly spans: Span[] = [];

  constructor(readonly root: string) {}

  add(event: HemostatEvent, operation: string, service: string, span: Partial<Span>): Span {
    const made: Span = {
      id: spanId(this.root, event.id, operation),
      parent: this.root,
      operation,
      service,
      start: timeOf(event),
      duration: 0,
      status: 0,
      message: '',
      logs: [],
      ...span,
      tags: { 'event.id': event.id, 'event.type': event.type, ...span.tags },
    };
    made.duration = Math.max(0, made.duration);
    this.spans.push(made);
    return made;
  }
}

function detect(list: SpanList, event: EventOf<'health_alert'>): void {
  const end = timeOf(event);
  const start = at(event.data.ill_since, end);
  list.add(event, event.data.repeat ? 'still ill' : 'detect', 'monitor', {
    start: Math.min(start, end),
    duration: event.data.repeat ? 0 : end - start,
    ...(event.data.repeat ? { start: end } : {}),
    message: wordsOf(event),
    tags: { image: event.data.image, status: event.data.status, health: event.data.health_status, anomalies: event.data.anomalies.map((one) => one.type).join(', ') },
  });
}

function modelCall(list: SpanList, event: Analysis, parent: string, call: ModelCall, index: number): void {
  list.add(event, `model ${call.model}`, call.provider, {
    id: spanId(list.root, event.id, 'model', String(index)),
    parent,
    start: at(call.started_at, timeOf(event)),
    duration: call.duration_seconds * 1000,
    status: call.outcome === 'ok' ? WELL : ERROR,
    message: call.error ?? '',
    tags: {
      'gen_ai.request.model': call.model,
      'gen_ai.usage.input_tokens': call.input_tokens,
      'gen_ai.usage.output_tokens': call.output_tokens,
      outcome: call.outcome,
      finish_reason: call.finish_reason,
      prompt_hash: call.prompt_hash,
      ...(call.cost_usd === undefined ? {} : { cost_usd: call.cost_usd }),
    },
  });
}

function analyse(list: SpanList, event: Analysis): void {
  const { data } = event;
  const took = data.duration_seconds * 1000;
  const span = list.add(event, 'analyse', 'analyzer', {
    start: timeOf(event) - took,
    duration: took,
    status: WELL,
    message: wordsOf(event),
    tags: { method: data.analysis_method, rule: data.rule ?? '', confidence: data.confidence, verdict: event.type, evidence: data.evidence.length, ...(data.fallback ? { fallback: data.fallback } : {}) },
  });
  data.model_calls.forEach((call, index) => modelCall(list, event, span.id, call, index));
}

function guard(list: SpanList, event: Decision, parent: string, verdict: GuardVerdict, index: number): void {
  list.add(event, `guard ${verdict.guard}`, 'responder', {
    id: spanId(list.root, event.id, 'guard', String(index)),
    parent,
    status: verdict.allowed ? WELL : ERROR,
    message: verdict.reason,
    tags: { guard: verdict.guard, allowed: verdict.allowed, limit: verdict.limit ?? '', measured: verdict.measured ?? '', free_at: verdict.free_at ?? '' },
  });
}

function guards(list: SpanList, event: Decision, verdicts: readonly GuardVerdict[]): void {
  if (verdicts.length === 0) {
    return;
  }
  const refused = verdicts.filter((verdict) => !verdict.allowed);
  const span = list.add(event, 'guards', 'responder', {
    status: refused.length > 0 ? ERROR : WELL,
    message: refused[0]?.reason ?? 'All guards allow it.',
    tags: { allowed: verdicts.length - refused.length, refused: refused.length, ...('mode' in event.data ? { mode: event.data.mode ?? '' } : {}) },
  });
  verdicts.forEach((verdict, index) => guard(list, event, span.id, verdict, index));
}

function act(list: SpanList, event: EventOf<'remediation_complete'>, started: EventOf<'remediation_started'> | undefined): void {
  const { data } = event;
  const end = timeOf(event);
  const attempted = data.result.status === 'success' || data.result.status === 'failed';
  if (!started) {
    guards(list, event, data.guards ?? []);
  }
  const start = started ? timeOf(started) : end - (data.duration_seconds ?? 0) * 1000;
  const span = list.add(event, `${attempted ? 'act' : 'refuse'} ${data.action}`, 'responder', {
    start: Math.min(start, end),
    duration: end - start,
    status: data.result.status === 'success' ? WELL : ERROR,
    message: wordsOf(event),
    tags: { action: data.action, result: data.result.status, dry_run: data.dry_run, attempt: data.attempt ?? '', authorised_by: data.authorised_by ?? '' },
  });
  let from = span.start;
  (data.result.steps ?? []).forEach((step, index) => {
    const duration = step.duration_seconds * 1000;
    list.add(event, `${step.action} ${step.target}`, 'docker', { id: spanId(list.root, event.id, 'step', String(index)), parent: span.id, start: from, duration, status: step.ok ? WELL : ERROR, message: step.detail, tags: { target: step.target } });
    from += duration;
  });
}

function verify(list: SpanList, event: EventOf<'remediation_verified'>): void {
  const took = event.data.duration_seconds * 1000;
  list.add(event, 'verify', 'responder', {
    start: timeOf(event) - took,
    duration: took,
    status: event.data.verdict === 'helped' ? WELL : ERROR,
    message: wordsOf(event),
    tags: { verdict: event.data.verdict, action: event.data.action, health_before: event.data.before.health_status, health_after: event.data.after.health_status },
  });
}

function notify(list: SpanList, event: EventOf<'notification_sent'> | EventOf<'notification_failed'>): void {
  const took = event.type === 'notification_sent' ? event.data.duration_seconds * 1000 : 0;
  list.add(event, `notify ${event.data.channel}`, 'notifier', {
    start: timeOf(event) - took,
    duration: took,
    status: event.type === 'notification_sent' ? WELL : ERROR,
    message: wordsOf(event),
    tags: { channel: event.data.channel, kind: event.data.kind, attempts: event.data.attempts },
  });
}

function approval(list: SpanList, event: EventOf<'approval_decided'>, asked: EventOf<'approval_requested'> | undefined): void {
  const start = asked ? timeOf(asked) : timeOf(event);
  list.add(event, 'approval', 'operator', { start, duration: timeOf(event) - start, status: event.data.decision === 'approved' ? WELL : ERROR, message: wordsOf(event), tags: { decision: event.data.decision, user: event.data.user } });
}

function other(list: SpanList, event: HemostatEvent): void {
  if (event.type === 'forensics_captured') {
    const took = event.data.duration_seconds * 1000;
    list.add(event, 'save evidence', 'monitor', { start: timeOf(event) - took, duration: took, status: WELL, message: wordsOf(event) });
    return;
  }
  list.add(event, event.type, event.agent, { message: wordsOf(event) });
}

function lastOf<T extends HemostatEvent['type']>(events: readonly HemostatEvent[], type: T, fits: (event: Extract<HemostatEvent, { type: T }>) => boolean): Extract<HemostatEvent, { type: T }> | undefined {
  return events.findLast((event): event is Extract<HemostatEvent, { type: T }> => event.type === type && fits(event as Extract<HemostatEvent, { type: T }>));
}

/** The spans of one event, made with the events before it. */
function spansOf(list: SpanList, event: HemostatEvent, before: readonly HemostatEvent[]): void {
  switch (event.type) {
    case 'health_alert':
      return detect(list, event);
    case 'remediation_needed':
    case 'false_alarm':
      return analyse(list, event);
    case 'approval_requested':
    case 'remediation_started':
      return guards(list, event, event.data.guards);
    case 'approval_decided':
      return approval(list, event, lastOf(before, 'approval_requested', (asked) => asked.data.digest === event.data.digest));
    case 'remediation_complete':
      return act(list, event, lastOf(before, 'remediation_started', (started) => !event.data.digest || started.data.digest === event.data.digest));
    case 'remediation_verified':
      return verify(list, event);
    case 'notification_sent':
    case 'notification_failed':
      return notify(list, event);
    default:
      return other(list, event);
  }
}

const ROOT_STATUS: Partial<Record<IncidentSummary['state'], Span['status']>> = { resolved: WELL, recovered_alone: WELL, false_alarm: WELL, failed: ERROR, suppressed: ERROR };

/**
 * The story of an incident as spans: detect, save evidence, analyse with each model call, guards one by one, approval, act with
 * each step, verify, notify. The first span is the incident itself and holds all others.
 * @param events of the incident, in log order
 */
export function incidentSpans(incident: IncidentSummary, events: readonly HemostatEvent[]): Span[] {
  const list = new SpanList(spanId('incident', incident.id));
  const seen = new Set<string>();
  events.forEach((event, index) => {
    if (!seen.has(event.id)) {
      seen.add(event.id);
      spansOf(list, event, events.slice(0, index));
    }
  });
  const start = list.spans.reduce((least, span) => Math.min(least, span.start), at(incident.fields.opened_at, Infinity));
  const end = list.spans.reduce((most, span) => Math.max(most, span.start + span.duration), Number.isFinite(start) ? start : 0);
  const first = events[0];
  const root: Span = {
    id: list.root,
    parent: '',
    operation: `incident ${first?.container || incident.fields.container || incident.id}`,
    service: 'hemostat',
    start: Number.isFinite(start) ? start : end,
    duration: Number.isFinite(start) ? end - start : 0,
    status: ROOT_STATUS[incident.state] ?? 0,
    message: headlineText(incident, events),
    tags: { incident: incident.id, state: incident.state, container: first ? containerKey(first) : (incident.fields.key ?? ''), severity: incident.fields.severity ?? '' },
    logs: events.map((event) => ({ timestamp: timeOf(event), name: event.type, text: wordsOf(event) })),
  };
  return [root, ...list.spans];
}
