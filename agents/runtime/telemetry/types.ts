import type { HemostatEvent } from '../../../src/contract/events';

/** What is known of a step. Undefined ones are left out; texts are redacted and cut before they are kept. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A step that runs. */
export interface StepSpan {
  set(attributes: Attributes): void;
  /** It ended badly, though nothing was thrown. @param type class or code of the error */
  fail(message: string, type: string): void;
}

export interface StepOptions {
  /** Counts it as a request of the agent, with its latency and its failure. */
  request?: boolean;
  /** False keeps no span of it unless it fails: for what happens every few seconds. */
  span?: boolean;
  kind?: 'internal' | 'client' | 'server';
}

/** A step that is over. Times are milliseconds since 1970. */
export interface RecordedSpan {
  traceId: string;
  /** 16 hex characters; random when absent. */
  spanId?: string;
  parentSpanId?: string;
  name: string;
  start: number;
  end: number;
  error?: string;
  attributes?: Attributes;
}

/** One call of a language model. */
export interface TokenUse {
  model: string;
  provider: string;
  input: number;
  output: number;
  /** US dollars. */
  costUsd?: number;
  /** Such as `chat`. */
  operation: string;
}

/** What one agent tells of its own work. None of these throws by itself, waits for Redis, or changes what the work gives. */
export interface AgentTelemetry {
  /**
   * Runs the handling of an event as a span that goes on in the event's trace, and counts a request, its latency and its failure. What is
   * synchronous stays so. Events that `work` returns say which span they came out of.
   * @param options.waits its time is not counted as latency: it waits on purpose
   */
  handling<T>(event: HemostatEvent, work: () => T, options?: { waits?: boolean }): T;
  /** A step inside of what runs now, or a trace of its own. */
  step<T>(name: string, attributes: Attributes, work: (span: StepSpan) => Promise<T>, options?: StepOptions): Promise<T>;
  /** The id of a span that is recorded later, so that an event can name it before; undefined where nothing is kept. */
  spanId(): string | undefined;
  /** A span after the fact, such as the detection of an illness. */
  record(span: RecordedSpan): void;
  /** Counts tokens and cost of one model call. */
  tokens(call: TokenUse): void;
}
