import type { EventData, EventOf, EventType, HemostatEvent } from '../../src/contract/events';
import { ENVELOPE_VERSION } from '../../src/contract/events';
import { derivedId, newId } from './ids';
import { spanFor } from './telemetry/scope';

type Origin = Partial<Pick<EventOf<EventType>, 'id' | 'time' | 'host' | 'container' | 'incident_id' | 'policy_version' | 'span_id'>>;

/** The step that runs now, so that whoever handles the event goes on in its trace. Absent when none runs. */
function spanOf(traceId: string, given?: string): { span_id?: string } {
  const spanId = given ?? spanFor(traceId);
  return spanId === undefined ? {} : { span_id: spanId };
}

/** An event that was observed, not derived from another one. Without `id` it gets a random one. */
export function observed<T extends EventType>(type: T, agent: string, origin: Origin, data: EventData<T>): EventOf<T> {
  return {
    v: ENVELOPE_VERSION,
    id: origin.id ?? newId(),
    time: origin.time ?? new Date().toISOString(),
    type,
    agent,
    host: origin.host ?? '',
    container: origin.container ?? '',
    incident_id: origin.incident_id ?? '',
    cause_id: '',
    trace_id: origin.incident_id ?? '',
    ...spanOf(origin.incident_id ?? '', origin.span_id),
    policy_version: origin.policy_version ?? '',
    data,
  };
}

/**
 * An event that follows from another one. Its id is computed from the cause, the agent, the type and `part`,
 * so that a cause that is handled twice yields the same event, which the log drops.
 * @param part tells apart several events of one type from one cause.
 */
export function derived<T extends EventType>(
  cause: HemostatEvent,
  type: T,
  agent: string,
  data: EventData<T>,
  options: { part?: string; policyVersion?: string; time?: string } = {}
): EventOf<T> {
  return {
    v: ENVELOPE_VERSION,
    id: derivedId(cause.id, agent, type, options.part ?? ''),
    time: options.time ?? new Date().toISOString(),
    type,
    agent,
    host: cause.host,
    container: cause.container,
    incident_id: cause.incident_id,
    cause_id: cause.id,
    trace_id: cause.trace_id || cause.incident_id,
    ...spanOf(cause.trace_id || cause.incident_id),
    policy_version: options.policyVersion ?? cause.policy_version,
    data,
  };
}
