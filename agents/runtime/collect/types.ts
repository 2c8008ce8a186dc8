import type { AgentAlert, AlertSeverity } from '../../../src/contract/events';
import type { LogEntry, LogLevel, MetricType, MinuteFigures, Range, SourceName, SourceState, Trace } from '../../../src/contract/observability/schemas';

/** What narrows one question. */
export interface LogQuestion {
  /** This level and above. */
  level?: LogLevel;
  agent?: string;
  trace?: string;
  /** Part of the message, case ignored. */
  text?: string;
  /** Newest first; 1000 at most (R371). */
  limit: number;
}
export interface TraceQuestion {
  status?: 'ok' | 'error';
  agent?: string;
  /** Inclusive, milliseconds. */
  minDurationMs?: number;
  /** Newest first. */
  limit: number;
}
export interface ErrorQuestion {
  agent?: string;
  limit: number;
}
export interface AlertQuestion {
  severity?: AlertSeverity;
}

/** Figures of one agent in one minute. */
export interface MinuteRow {
  /** Milliseconds since 1970, the begin of the minute. */
  minute: number;
  agent: string;
  figures: MinuteFigures;
}

/** What each source answers. */
export interface Collected {
  logs: LogEntry[];
  traces: Trace[];
  metrics: MinuteRow[];
  /** Log lines that are errors, newest first: they are grouped by `groupErrors` of the contract. */
  errors: LogEntry[];
  alerts: AgentAlert[];
}
export interface Questions {
  logs: LogQuestion;
  traces: TraceQuestion;
  metrics: { types?: readonly MetricType[]; agent?: string };
  errors: ErrorQuestion;
  alerts: AlertQuestion;
}

/** Reads one source over a range of time (R364). */
export interface Collector<S extends SourceName = SourceName> {
  readonly source: S;
  /** redis, loki, tempo, jaeger or prometheus. */
  readonly from: string;
  /**
   * @returns the data, and in words what it leaves out
   * @throws when the source cannot be read: the caller tells it beside the data of the others
   */
  collect(range: Range, question: Questions[S], signal: AbortSignal): Promise<{ data: Collected[S]; notices: string[] }>;
}
/** One trace by its id, where the store can do that. */
export interface TraceFinder {
  find(traceId: string, signal: AbortSignal): Promise<Trace | undefined>;
}

/** What became of asking. Data of a failing source is empty, and its state says why. */
export interface Collection {
  data: Partial<Collected>;
  states: SourceState[];
}
