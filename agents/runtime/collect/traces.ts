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

/** How many steps lie above each one, by its id. Those of a ring have none. */
function depthsOf(spans: readonly Span[]): ReadonlyMap<string, number> {
  const parents = new Map(spans.map((span) => [span.span_id, span.parent_span_id]));
  const depths = new Map<string, number>();
  for (const { span_id } of spans) {
    const path = new Set<string>();
    let id = span_id;
    for (let parent = parents.get(id); parent !== undefined && !depths.has(id) && !path.has(id); parent = parents.get(id)) {
      path.add(id);
      id = parent;
    }
    let depth = depths.get(id) ?? -1;
    for (const below of [...path].reverse()) {
      depth += 1;
      depths.set(below, depth);
    }
  }
  return depths;
}

/** By start; of those that begin in the same millisecond, a parent stands before its children. */
function inOrder(spans: readonly Span[]): Span[] {
  const depths = depthsOf(spans);
  return spans.toSorted((a, b) => startOf(a) - startOf(b) || (depths.get(a.span_id) ?? 0) - (depths.get(b.span_id) ?? 0));
}

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

/** Begin and end, milliseconds. */
function timesOf(spans: readonly Span[], first: Span, summary: TraceSummary): { start: number; end: number } {
  const { start = startOf(first) } = summary;
  return { start, end: summary.end ?? spans.reduce((latest, span) => Math.max(latest, startOf(span) + span.duration_ms), start) };
}

/** What began first: a step that is not kept is known by the summary alone; of several kept ones, the writer saw the one that ended first. */
function rootOf(first: Span, start: number, { root = first.name, agent = first.service }: TraceSummary): Pick<Trace, 'root_span' | 'agent_id'> {
  return Math.floor(start) >= startOf(first) ? { root_span: first.name, agent_id: first.service } : { root_span: root, agent_id: agent };
}

/** One trace out of its spans (R372). @returns undefined when there is none */
export function traceOf(traceId: string, all: readonly Span[], summary: TraceSummary = {}): Trace | undefined {
  const spans = inOrder(once(all));
  const [first] = spans;
  if (!first) {
    return undefined;
  }
  const { start, end } = timesOf(spans, first, summary);
  const failed = summary.failed ?? spans.some(({ status }) => status === 'error');
  const incident = incidentOf(spans);
  return {
    trace_id: traceId,
    ...rootOf(first, start, summary),
    start_time: new Date(start).toISOString(),
    // Differences of such large numbers leave crumbs behind the microsecond.
    duration_ms: Math.max(0, Math.round((end - start) * 1000) / 1000),
    span_count: spans.length + (summary.dropped ?? 0),
    status: failed ? 'error' : 'ok',
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
