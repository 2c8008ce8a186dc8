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

/** What an incident looks like as a trace: its detection, then every agent's handling of the event before, with its calls of the model. */
export function spansOf(tale: Tale, now: number): Span[] {
  const events = tale.events.filter(({ time, agent }) => Date.parse(time) <= now && agent !== 'operator');
  const root: Span = { span_id: spanId(tale.name, 'root'), parent_span_id: '', name: 'detect illness', service: 'monitor', kind: 'internal', start_time: iso(tale.began - 40), duration_ms: 40, status: 'ok', attributes: { 'hemostat.incident_id': tale.incident, 'hemostat.container': tale.key, 'hemostat.illness': tale.illness.rule } };
  const steps = new Map<string, Step>();
  /** The step that an event came out of. */
  const madeBy = new Map<string, string>();
  const byId = new Map(tale.events.map((event) => [event.id, event]));
  const calls: Span[] = [];
  for (const event of events) {
    const cause = byId.get(event.cause_id);
    const at = Date.parse(event.time);
    if (!cause || event.type === 'health_alert') {
      madeBy.set(event.id, root.span_id);
      continue;
    }
    const name = `${event.agent} ${cause.id}`;
    const error = failedWith(event);
    const from = Date.parse(cause.time);
    const step = steps.get(name) ?? {
      end: at,
      span: { span_id: spanId(tale.name, name), parent_span_id: madeBy.get(cause.id) ?? root.span_id, name: `handle ${cause.type}`, service: event.agent, kind: 'consumer' as const, start_time: iso(from + 2), duration_ms: 1, status: 'ok' as const, attributes: { 'hemostat.incident_id': tale.incident, 'hemostat.event_id': cause.id, 'hemostat.host': event.host, 'hemostat.container': event.container, 'hemostat.outcome': event.type } },
    };
    step.end = Math.max(step.end, at);
    step.span.duration_ms = Math.max(1, step.end - from - 2);
    if (error !== undefined) {
      step.span.status = 'error';
      step.span.status_message = error;
    }
    steps.set(name, step);
    madeBy.set(event.id, step.span.span_id);
    calls.push(...callsOf(event).map((call) => modelSpan(call, step.span.span_id, event.agent)));
  }
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
