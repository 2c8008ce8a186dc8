import type { SpanKind } from '@opentelemetry/api';
import type { HemostatEvent } from '../../../src/contract/events';
import { newSpanId } from './ids';
import { MAX_VALUE, safeAttributes, safeName, safeText } from './safe';
import type { Scope } from './scope';
import type { AgentTelemetry, Attributes, StepSpan } from './types';

/** A span that is over, with nothing in it that may not be kept. */
export interface FinishedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: SpanKind;
  /** Milliseconds since 1970. */
  start: number;
  end: number;
  error?: Failure;
  attributes: Record<string, string | number | boolean>;
}

/** Of a span. */
export interface Ids {
  traceId: string;
  spanId: string;
}

export interface Failure {
  type: string;
  message: string;
}

/** A handling while it runs. */
export class Handling implements Scope {
  readonly parent = undefined;
  touched = false;
  readonly began = performance.now();
  readonly spanId: string;

  constructor(
    readonly telemetry: AgentTelemetry,
    readonly event: HemostatEvent,
    readonly traceId: string,
    readonly parentSpanId: string,
    readonly kept: boolean,
    readonly start: number
  ) {
    // What is not kept passes its parent on, so that the next step is still found under it.
    this.spanId = kept ? newSpanId() : parentSpanId;
  }

  get incidentId(): string {
    return this.event.incident_id;
  }
}

/** One step while it runs. */
export class Step implements Scope, StepSpan {
  touched = false;
  readonly began = performance.now();
  failure: Failure | undefined;
  readonly traceId: string;
  readonly spanId: string;
  /** It has a span. */
  readonly own: boolean;
  readonly kept: boolean;
  private readonly attributes: Record<string, string | number | boolean | undefined>;

  constructor(
    readonly telemetry: AgentTelemetry,
    readonly parent: Scope | undefined,
    ids: Ids,
    { own, kept }: { own: boolean; kept: boolean },
    readonly start: number,
    attributes: Attributes
  ) {
    this.traceId = ids.traceId;
    this.spanId = ids.spanId;
    this.own = own;
    this.kept = kept;
    this.attributes = { ...attributes };
  }

  get incidentId(): string {
    return this.parent?.incidentId ?? '';
  }

  get allAttributes(): Attributes {
    return this.attributes;
  }

  set(attributes: Attributes): void {
    Object.assign(this.attributes, attributes);
  }

  fail(message: string, type: string): void {
    this.failure = { type: safeName(type), message: safeText(message, MAX_VALUE) };
  }
}

/** What is kept of how it ended. */
export function outcome(failure: Failure | undefined, attributes: Attributes): Pick<FinishedSpan, 'error' | 'attributes'> {
  return failure ? { error: failure, attributes: safeAttributes({ ...attributes, 'error.type': failure.type }) } : { attributes: safeAttributes(attributes) };
}

export const isEvents = (value: unknown): value is readonly HemostatEvent[] => Array.isArray(value);

/** Events say which step they came out of, so that whoever handles them goes on in the same trace. */
export function stamped<T>({ event, spanId, traceId }: Handling, result: T): T {
  if (!isEvents(result) || spanId === '') {
    return result;
  }
  const own = event.trace_id || event.incident_id;
  const wants = (one: HemostatEvent) => one.span_id === undefined && own !== '' && one.trace_id === own && traceId !== '';
  return result.some(wants) ? (result.map((one) => (wants(one) ? { ...one, span_id: spanId } : one)) as T) : result;
}
