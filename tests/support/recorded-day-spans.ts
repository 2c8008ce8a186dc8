import { derivedId } from '../../agents/runtime/ids';
import type { HemostatEvent, ModelCall } from '../../src/contract/events';
import type { LogEntry, Span } from '../../src/contract/observability/schemas';
import { eventText } from '../../src/contract/story/event-text';
import type { Tale } from './recorded-day-tale';

const iso = (ms: number) => new Date(ms).toISOString();
const spanId = (...parts: Array<string | number>): string => derivedId('recorded span', ...parts).replaceAll('-', '').slice(0, 16);

const failedWith = (event: HemostatEvent): string | undefined => {
  if (event.type === 'notification_failed') {
    return event.data.error;
  }
  return event.type === 'remediation_complete' && event.data.result.status === 'failed' ? (event.data.result.error ?? 'it failed') : undefined;
};

/** The calls of a model that an event tells of. */
export function callsOf(event: HemostatEvent): readonly ModelCall[] {
  return 'model_calls' in event.data && Array.isArray(event.data.model_calls) ? event.data.model_calls : [];
}

function modelSpan(call: ModelCall, parent: string, service: string): Span {
  const failed = call.outcome === 'ok' ? {} : { status_message: call.error ?? call.outcome };
  return {
    span_id: spanId(parent, call.started_at),
    parent_span_id: parent,
    name: `chat ${call.model}`,
    service,
    kind: 'client',
    start_time: call.started_at,
    duration_ms: call.duration_seconds * 1000,
    status: call.outcome === 'ok' ? 'ok' : 'error',
    ...failed,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': call.provider,
      'gen_ai.request.model': call.model,
      'gen_ai.response.model': call.model,
      'gen_ai.usage.input_tokens': call.input_tokens,
      'gen_ai.usage.output_tokens': call.output_tokens,
      'gen_ai.response.finish_reasons': call.finish_reason,
      ...(call.cost_usd === undefined ? {} : { 'hemostat.cost_usd': call.cost_usd }),
      'hemostat.prompt_hash': call.prompt_hash,
    },
  };
}

interface Step {
  span: Span;
  end: number;
}

/** What each agent waits for; the others tell of everything. */
const READS: Readonly<Record<string, readonly string[]>> = { analyzer: ['health_alert'], responder: ['remediation_needed', 'command', 'remediation_complete'] };
/** What the monitor does by itself, by what comes of it. */
const BY_ITSELF: Readonly<Record<string, string>> = { forensics_captured: 'save forensics', container_recovered: 'see it recover' };

/** The event that an agent was at when it made another one; undefined for what nobody asked for. */
function causeOf(events: readonly HemostatEvent[], index: number): HemostatEvent | undefined {
  const { agent } = events[index] ?? {};
  const before = events.slice(0, index);
  const wanted = READS[agent ?? ''];
  return before.findLast((one) => (wanted ? wanted.includes(one.type) : one.agent !== agent)) ?? before.at(-1);
}

/** The step of an agent at an event, before it is known what came of it. */
function stepFor(tale: Tale, event: HemostatEvent, cause: HemostatEvent, parent: string): Step {
  const from = Date.parse(cause.time) + 2;
  const own = BY_ITSELF[event.type];
  const attributes = { 'hemostat.incident_id': tale.incident, 'hemostat.event_id': cause.id, 'hemostat.host': event.host, 'hemostat.container': event.container };
  const span: Span = { span_id: spanId(tale.name, event.agent, cause.id, own ?? ''), parent_span_id: parent, name: own ?? `handle ${cause.type}`, service: event.agent, kind: own ? 'internal' : 'consumer', start_time: iso(from), duration_ms: 1, status: 'ok', attributes };
  return { span, end: from };
}

/** What an incident looks like as a trace: its detection, then every agent's handling of what it reads, with its calls of the model. */
export function spansOf(tale: Tale, now: number): Span[] {
  const events = tale.events.filter(({ time }) => Date.parse(time) <= now);
  const root: Span = { span_id: spanId(tale.name, 'root'), parent_span_id: '', name: 'detect illness', service: 'monitor', kind: 'internal', start_time: iso(tale.began - 40), duration_ms: 40, status: 'ok', attributes: { 'hemostat.incident_id': tale.incident, 'hemostat.host': tale.member.host, 'hemostat.container': tale.member.container, 'hemostat.illness': tale.illness.rule } };
  const steps = new Map<string, Step>();
  /** The step that an event came out of. */
  const madeBy = new Map<string, string>();
  const calls: Span[] = [];
  events.forEach((event, index) => {
    const cause = causeOf(events, index);
    if (!cause || event.type === 'health_alert' || event.agent === 'operator') {
      madeBy.set(event.id, root.span_id);
      return;
    }
    const name = `${event.agent} ${cause.id} ${BY_ITSELF[event.type] ?? ''}`;
    const step = steps.get(name) ?? stepFor(tale, event, cause, madeBy.get(cause.id) ?? root.span_id);
    const error = failedWith(event);
    step.end = Math.max(step.end + 1, Date.parse(event.time));
    Object.assign(step.span, { duration_ms: step.end - Date.parse(step.span.start_time), ...(error === undefined ? {} : { status: 'error', status_message: error }) });
    step.span.attributes['hemostat.outcome'] = event.type;
    steps.set(name, step);
    madeBy.set(event.id, step.span.span_id);
    calls.push(...callsOf(event).map((call) => modelSpan(call, step.span.span_id, event.agent)));
  });
  return [root, ...[...steps.values()].map(({ span }) => span), ...calls];
}

/** A line for each event of an incident, as the agent that made it would have written it. */
export function linesOf(tale: Tale, now: number): LogEntry[] {
  return tale.events
    .filter(({ time, agent }) => Date.parse(time) <= now && agent !== 'operator')
    .map((event): LogEntry => {
      const error = failedWith(event);
      const slow = callsOf(event).find(({ outcome }) => outcome !== 'ok');
      return {
        timestamp: event.time,
        level: error !== undefined ? 'error' : slow ? 'warn' : 'info',
        message: error !== undefined ? `${event.type}: ${error}` : slow ? `the model gave no answer: ${slow.error ?? slow.outcome}` : eventText(event),
        agent_id: event.agent,
        trace_id: tale.incident,
        incident_id: tale.incident,
        attributes: { instance: 'rack-1-410', event: event.type, ...(error === undefined ? (slow ? { error_type: 'ModelTimeout' } : {}) : { error_type: event.type === 'notification_failed' ? 'SlackError' : 'DockerError' }) },
      };
    });
}
