import type { Range, Span, Trace } from '../../../src/contract/observability/schemas';
import type { TraceFinder, TraceQuestion } from './types';

/** What the log and span attributes call the incident. */
export const INCIDENT_ATTRIBUTE = 'hemostat.incident_id';
/** Services of HemoStat are called so in other stores: `hemostat-monitor`. */
export const SERVICE_PREFIX = 'hemostat-';

/** A store of traces outside of Redis. */
export interface TraceStore extends TraceFinder {
  readonly name: string;
  collect(range: Range, question: TraceQuestion, signal: AbortSignal): Promise<{ data: Trace[]; notices: string[] }>;
}

/** Hexadecimal, with or without the zeros that it begins with. */
export const isTraceId = (id: string): boolean => /^[0-9a-f]{1,32}$/i.test(id);

export const agentOfService = (service: string): string => (service.startsWith(SERVICE_PREFIX) ? service.slice(SERVICE_PREFIX.length) : service);

const startOf = (span: Span): number => Date.parse(span.start_time);
/** Spans of one millisecond: the parent before its child. */
const byStart = (a: Span, b: Span): number => startOf(a) - startOf(b) || (a.span_id === b.parent_span_id ? -1 : b.span_id === a.parent_span_id ? 1 : 0);

/** What is known of a trace besides its spans, where the store tells it. */
export interface TraceSummary {
  start?: number;
  end?: number;
  /** Spans that are not kept. */
  dropped?: number;
  failed?: boolean;
  root?: string;
  agent?: string;
}

function incidentOf(spans: readonly Span[]): string | undefined {
  for (const { attributes } of spans) {
    const incident = attributes[INCIDENT_ATTRIBUTE];
    if (typeof incident === 'string' && incident !== '') {
      return incident;
    }
  }
  return undefined;
}

/** Each span once: some stores answer one twice. */
const once = (spans: readonly Span[]): Span[] => [...new Map(spans.map((span) => [span.span_id, span])).values()];

/** One trace out of its spans (R372). @returns undefined when there is none */
export function traceOf(traceId: string, all: readonly Span[], summary: TraceSummary = {}): Trace | undefined {
  const spans = once(all).sort(byStart);
  const [first] = spans;
  if (!first) {
    return undefined;
  }
  const start = summary.start ?? startOf(first);
  const end = summary.end ?? spans.reduce((latest, span) => Math.max(latest, startOf(span) + span.duration_ms), start);
  const failed = summary.failed ?? spans.some(({ status }) => status === 'error');
  const incident = incidentOf(spans);
  return {
    trace_id: traceId,
    root_span: summary.root ?? first.name,
    start_time: new Date(start).toISOString(),
    duration_ms: Math.max(0, end - start),
    span_count: spans.length + (summary.dropped ?? 0),
    status: failed ? 'error' : 'ok',
    agent_id: summary.agent ?? first.service,
    ...(incident === undefined ? {} : { incident_id: incident }),
    spans,
  };
}

export const newestFirst = (a: Trace, b: Trace): number => Date.parse(b.start_time) - Date.parse(a.start_time);

/** True for traces that the question asks for; an agent is in a trace when any step is its own. */
export function fitsTrace(trace: Trace, { status, agent, minDurationMs }: Omit<TraceQuestion, 'limit'>): boolean {
  return (
    (status === undefined || trace.status === status) &&
    (minDurationMs === undefined || trace.duration_ms >= minDurationMs) &&
    (agent === undefined || trace.agent_id === agent || trace.spans.some(({ service }) => service === agent))
  );
}

/** Lines are written shortly after what they tell, milliseconds. */
const AROUND_MS = 60_000;

/** The range in which the log lines of a trace lie. */
export function linesOfTrace({ start_time, duration_ms }: Pick<Trace, 'start_time' | 'duration_ms'>): Range {
  const start = Date.parse(start_time);
  return { from: start - AROUND_MS, to: start + duration_ms + AROUND_MS };
}
