import { SpanKind } from '@opentelemetry/api';
import type { HemostatEvent } from '../../../src/contract/events';
import type { LogEntry } from '../../../src/contract/observability/schemas';
import type { Bucket } from './bucket';
import type { Dropped } from './dropped';
import type { Figures } from './figures';
import { newSpanId, newTraceId, rootOf } from './ids';
import { Handling, Step, isEvents, outcome, stamped, type Failure, type FinishedSpan, type Ids } from './running';
import { isGivenUp, safeAttributes, safeError, safeName, safeText, MAX_MESSAGE, MAX_VALUE } from './safe';
import { currentScope, inScope, touch, traceIdOf, type Scope } from './scope';
import type { AgentTelemetry, Attributes, RecordedSpan, StepOptions, StepSpan, TokenUse } from './types';

/** What all agents of a process share. */
export interface Shared {
  bucket: Bucket;
  dropped: Dropped;
  figures: Figures;
  /** Takes one log line, whatever its level. */
  line: (entry: LogEntry) => void;
  now: () => number;
}

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT, server: SpanKind.SERVER } as const;
const SPAN_ID = /^[0-9a-f]{16}$/;

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/** Measures, records and counts for one agent. */
export class LiveTelemetry implements AgentTelemetry {
  private readonly who: { agent: string };
  /** Errors that were told: one that passes through several steps is told once. */
  private readonly told = new WeakSet<object>();

  constructor(
    private readonly name: string,
    private readonly instance: string,
    private readonly shared: Shared,
    private readonly emit: (span: FinishedSpan) => void
  ) {
    this.who = { agent: name };
  }

  handling<T>(event: HemostatEvent, work: () => T, options: { waits?: boolean } = {}): T {
    const handling = this.begin(event);
    let result: T;
    try {
      result = inScope(handling, work);
    } catch (cause) {
      this.handled(handling, options, undefined, cause);
      throw cause;
    }
    if (!isPromise(result)) {
      this.handled(handling, options, result);
      return stamped(handling, result);
    }
    return result.then(
      (outputs) => {
        this.handled(handling, options, outputs);
        return stamped(handling, outputs);
      },
      (cause: unknown) => {
        this.handled(handling, options, undefined, cause);
        throw cause;
      }
    ) as T;
  }

  async step<T>(name: string, attributes: Attributes, work: (span: StepSpan) => Promise<T>, options: StepOptions = {}): Promise<T> {
    const step = this.beginStep(attributes, options);
    try {
      const result = await inScope(step, () => work(step));
      this.stepped(step, name, options, step.failure);
      return result;
    } catch (cause) {
      const givenUp = isGivenUp(cause);
      if (givenUp) {
        step.set({ 'hemostat.given_up': true });
      }
      this.stepped(step, name, options, givenUp ? undefined : (step.failure ?? safeError(cause)), cause);
      throw cause;
    }
  }

  spanId(): string {
    return newSpanId();
  }

  record({ traceId, spanId = newSpanId(), parentSpanId = '', name, start, end, error, attributes = {} }: RecordedSpan): void {
    const trace = traceIdOf(traceId);
    if (trace === '') {
      return;
    }
    if (!this.shared.bucket.take()) {
      this.shared.dropped.add('spans');
      return;
    }
    const failure = error === undefined ? {} : { error: { type: 'error', message: safeText(error, MAX_VALUE) } };
    this.emit({ traceId: trace, spanId, parentSpanId, name: safeName(name), kind: SpanKind.INTERNAL, start, end, ...failure, attributes: safeAttributes(attributes) });
  }

  tokens(call: TokenUse): void {
    this.shared.figures.call(this.who, call);
  }

  private begin(event: HemostatEvent): Handling {
    const known = traceIdOf(event.trace_id || event.incident_id);
    const kept = this.shared.bucket.take();
    const parent = known === '' ? '' : event.span_id !== undefined && SPAN_ID.test(event.span_id) ? event.span_id : rootOf(known);
    return new Handling(this, event, known || (kept ? newTraceId() : ''), parent, kept, this.shared.now());
  }

  private handled(handling: Handling, { waits }: { waits?: boolean }, outputs: unknown, cause?: unknown): void {
    const ms = performance.now() - handling.began;
    const failure = cause === undefined || isGivenUp(cause) ? undefined : safeError(cause);
    this.shared.figures.request(this.who, waits ? undefined : ms, failure !== undefined);
    const { event, kept } = handling;
    if (failure) {
      this.tellFailure(`handling ${event.type} failed: ${failure.message}`, failure, handling, { event: event.id, container: event.container || undefined }, cause);
    }
    if (!kept) {
      this.shared.dropped.add('spans');
      return;
    }
    const types = isEvents(outputs) ? outputs.map((one) => one.type) : [];
    if (!failure && types.length === 0 && !handling.touched) {
      // Nothing was to be done: a trace of such would hide those in which something was.
      this.shared.bucket.giveBack();
      return;
    }
    this.tellHandling(handling, ms, types, failure);
  }

  private tellHandling(handling: Handling, ms: number, types: readonly string[], failure: Failure | undefined): void {
    const { event, start, traceId, spanId, parentSpanId } = handling;
    const about = { 'hemostat.incident_id': event.incident_id || undefined, 'hemostat.event_id': event.id, 'hemostat.host': event.host || undefined, 'hemostat.container': event.container || undefined, 'hemostat.outcome': types.join(', ') || undefined };
    this.emit({ traceId, spanId, parentSpanId, name: `handle ${event.type}`, kind: SpanKind.CONSUMER, start, end: start + ms, ...outcome(failure, about) });
    if (!failure) {
      this.tell('info', `handled ${event.type}: ${types.join(', ') || 'done'}, ${Math.round(ms)} ms`, handling, { event: event.id, container: event.container || undefined, duration_ms: Math.round(ms * 1000) / 1000 });
    }
  }

  private beginStep(attributes: Attributes, { span = true }: StepOptions): Step {
    const parent = currentScope();
    const open = parent?.kept ?? true;
    const own = span && open && this.shared.bucket.take();
    if (span && !own) {
      this.shared.dropped.add('spans');
    }
    // What has no span of its own by choice hands on what it stands in.
    return new Step(this, parent, idsUnder(parent, own), { own, kept: span ? own : open }, this.shared.now(), attributes);
  }

  private stepped(step: Step, name: string, options: StepOptions, failure: Failure | undefined, cause?: unknown): void {
    const ms = performance.now() - step.began;
    if (options.request) {
      this.shared.figures.request(this.who, ms, failure !== undefined);
    }
    const ids = this.idsOf(step, options, failure !== undefined);
    if (ids) {
      touch(step.parent);
      this.emit({ ...ids, parentSpanId: step.parent?.spanId ?? '', name: safeName(name), kind: KINDS[options.kind ?? 'internal'], start: step.start, end: step.start + ms, ...outcome(failure, step.allAttributes) });
    }
    if (failure) {
      this.tellFailure(`${safeName(name)} failed: ${failure.message}`, failure, { ...(ids ?? step), incidentId: step.incidentId }, {}, cause);
    }
  }

  /** Under which ids a step is kept; undefined when it is not. One that is only measured is kept when it fails. */
  private idsOf(step: Step, { span = true }: StepOptions, failed: boolean): Ids | undefined {
    if (step.own) {
      return { traceId: step.traceId, spanId: step.spanId };
    }
    const late = !span && failed && step.kept && this.shared.bucket.take();
    return late ? { traceId: step.traceId || newTraceId(), spanId: newSpanId() } : undefined;
  }

  private tellFailure(message: string, failure: Failure, where: Pick<Scope, 'traceId' | 'spanId' | 'incidentId'>, attributes: Attributes, cause: unknown): void {
    if (typeof cause === 'object' && cause !== null) {
      if (this.told.has(cause)) {
        return;
      }
      this.told.add(cause);
    }
    this.tell('error', message, where, { ...attributes, error_type: failure.type });
  }

  private tell(level: LogEntry['level'], message: string, { traceId, spanId, incidentId }: Pick<Scope, 'traceId' | 'spanId' | 'incidentId'>, attributes: Attributes): void {
    this.shared.line({
      timestamp: new Date(this.shared.now()).toISOString(),
      level,
      message: safeText(message, MAX_MESSAGE),
      agent_id: this.name,
      trace_id: traceId,
      ...(spanId ? { span_id: spanId } : {}),
      ...(incidentId ? { incident_id: incidentId } : {}),
      attributes: safeAttributes({ instance: this.instance, ...attributes }),
    });
  }
}

function idsUnder(parent: Scope | undefined, own: boolean): Ids {
  const traceId = parent?.traceId ?? '';
  return own ? { traceId: traceId || newTraceId(), spanId: newSpanId() } : { traceId, spanId: parent?.spanId ?? '' };
}
