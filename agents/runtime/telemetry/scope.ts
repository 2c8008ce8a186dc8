import { ROOT_CONTEXT, TraceFlags, context, createContextKey, trace, type Context } from '@opentelemetry/api';
import type { AgentTelemetry } from './types';

/*
 * What runs now, carried by the context of OpenTelemetry through everything that is awaited. Needs the interface of
 * OpenTelemetry only: where no agents run in the process, nothing ever runs in a scope.
 */

export interface Scope {
  readonly telemetry: AgentTelemetry;
  /** 32 hex characters; empty outside of every trace. */
  readonly traceId: string;
  /** The nearest step that is kept; empty when there is none. */
  readonly spanId: string;
  readonly incidentId: string;
  /** False when too much goes on: then the steps inside are not kept either. */
  readonly kept: boolean;
  readonly parent: Scope | undefined;
  /** Something refers to its span, so it must be kept although nothing came out of it. */
  touched: boolean;
}

const KEY = createContextKey('hemostat scope');

export function currentScope(): Scope | undefined {
  return context.active().getValue(KEY) as Scope | undefined;
}

/** A context that holds a scope. What others of OpenTelemetry look for in it is made when it is asked for: thousands of handlings a second never are. */
class ScopeContext implements Context {
  constructor(private readonly scope: Scope) {}

  getValue(key: symbol): unknown {
    return key === KEY ? this.scope : this.whole().getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.whole().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.whole().deleteValue(key);
  }

  private whole(): Context {
    const { kept, spanId, traceId } = this.scope;
    const own = ROOT_CONTEXT.setValue(KEY, this.scope);
    return kept && spanId ? trace.setSpanContext(own, { traceId, spanId, traceFlags: TraceFlags.SAMPLED }) : own;
  }
}

/** Runs work inside of a scope, with everything that it awaits. */
export function inScope<T>(scope: Scope, work: () => T): T {
  return context.with(new ScopeContext(scope), work);
}

/** Runs work that serves many, such as a queue: it belongs to none of those who wait for it. */
export function outside<T>(work: () => T): T {
  return currentScope() ? context.with(ROOT_CONTEXT, work) : work();
}

/** The function as it would run here, whoever calls it later: for what waits in a queue. */
export function bound<F extends (...parts: never[]) => unknown>(work: F): F {
  return currentScope() ? context.bind(context.active(), work) : work;
}

export function touch(scope: Scope | undefined): void {
  for (let at = scope; at && !at.touched; at = at.parent) {
    at.touched = true;
  }
}

/** The fields by which a log line is found beside its trace. */
export function scopeFields(): { trace_id?: string; span_id?: string; incident_id?: string } {
  const scope = currentScope();
  if (!scope?.traceId) {
    return {};
  }
  touch(scope);
  return { trace_id: scope.traceId, ...(scope.spanId ? { span_id: scope.spanId } : {}), ...(scope.incidentId ? { incident_id: scope.incidentId } : {}) };
}

/** The step that an event of this trace comes out of; undefined when none runs, or one of another trace. */
export function spanFor(traceId: string): string | undefined {
  const scope = currentScope();
  if (!scope || !traceId || scope.traceId !== traceIdOf(traceId)) {
    return undefined;
  }
  touch(scope);
  return scope.spanId || undefined;
}

/** Ids of incidents are made of 32 hex characters; those of the original may hold dashes, or be of another form. */
export function traceIdOf(id: string): string {
  const hex = id.includes('-') ? id.replaceAll('-', '') : id;
  return /^[0-9a-f]{32}$/.test(hex) && !/^0+$/.test(hex) ? hex : '';
}
