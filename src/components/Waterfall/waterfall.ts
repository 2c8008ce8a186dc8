import type { Span, Trace } from '../../contract/observability/schemas';
import type { Row } from '../../hooks/rows';

/** One bar of the waterfall. */
export interface Bar {
  id: string;
  name: string;
  service: string;
  /** Milliseconds since 1970. */
  start: number;
  /** Milliseconds. */
  duration: number;
  /** 0 not set, 1 well, 2 error. */
  status: number;
  message: string;
  /** How deep it stands below the incident; its own steps are 0. */
  depth: number;
  /** How many stand below it. */
  below: number;
  /** The one it belongs to. */
  parent: string;
}

type Step = Omit<Bar, 'depth' | 'below'>;

const stepOfRow = (row: Row): Step => ({
  id: row.text('spanID'),
  parent: row.text('parentSpanID'),
  name: row.text('operationName'),
  service: row.text('serviceName'),
  start: row.number('startTime') ?? 0,
  duration: row.number('duration') ?? 0,
  status: row.number('statusCode') ?? 0,
  message: row.text('statusMessage'),
});

export interface Waterfall {
  /** Milliseconds since 1970. */
  start: number;
  /** Milliseconds. */
  length: number;
  /** Parents before what stands below them, else by their begin. The incident itself is not among them. */
  bars: Bar[];
}

/** What stands below a step, by the id of the step above it; by their begin. */
function childrenOf(steps: readonly Step[]): (id: string) => Step[] {
  const children = new Map<string, Step[]>();
  steps.forEach((step) => children.set(step.parent, [...(children.get(step.parent) ?? []), step]));
  return (id) => (children.get(id) ?? []).toSorted((a, b) => a.start - b.start);
}

/** Steps in the order in which they are read: each one, then what stands below it. */
function walked(first: readonly Step[], below: (id: string) => Step[], seen: Set<string>, depth = 0): Bar[] {
  return first.flatMap((step) => {
    // What refers to itself must not go round for ever.
    if (seen.has(step.id)) {
      return [];
    }
    seen.add(step.id);
    const own = below(step.id);
    return [{ ...step, depth, below: own.length }, ...walked(own, below, seen, depth + 1)];
  });
}

/** The spans of the query `trace` as a tree that is read from top to bottom. */
export function waterfallOf(rows: readonly Row[]): Waterfall | undefined {
  const steps = rows.map(stepOfRow);
  const root = steps.find(({ parent }) => parent === '');
  if (!root) {
    return undefined;
  }
  const below = childrenOf(steps.filter((step) => step !== root));
  return { start: root.start, length: Math.max(1, root.duration), bars: walked(below(root.id), below, new Set([root.id])) };
}

const STATUS: Readonly<Record<Span['status'], number>> = { unset: 0, ok: 1, error: 2 };

const stepOfSpan = (span: Span): Step => ({
  id: span.span_id,
  parent: span.parent_span_id,
  name: span.name,
  service: span.service,
  start: Date.parse(span.start_time) || 0,
  duration: span.duration_ms,
  status: STATUS[span.status] ?? 0,
  message: span.status_message ?? '',
});

/** A trace of the agents. Steps whose parent was trimmed, or was never told, stand at the edge. */
export function traceWaterfall({ spans }: Pick<Trace, 'spans'>): Waterfall {
  const steps = spans.map(stepOfSpan);
  const ids = new Set(steps.map(({ id }) => id));
  const below = childrenOf(steps);
  const byStart = steps.toSorted((a, b) => a.start - b.start);
  const seen = new Set<string>();
  const bars = walked(byStart.filter(({ parent }) => !ids.has(parent)), below, seen);
  // Those that refer to each other in a ring have no begin: none of them may be missing.
  bars.push(...walked(byStart, below, seen));
  const start = byStart[0]?.start ?? 0;
  const end = steps.reduce((latest, step) => Math.max(latest, step.start + step.duration), start);
  return { start, length: Math.max(1, end - start), bars };
}

/** Where a moment stands: 0 at the begin, 1 at the end. */
export type Scale = (offsetMs: number) => number;

/** Steps of milliseconds and of minutes are both to be seen only where short ones are drawn larger. */
export function scaleOf(length: number, enlarged: boolean): Scale {
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  return enlarged ? (offset) => clamp(Math.log1p(Math.max(0, offset)) / Math.log1p(length)) : (offset) => clamp(offset / length);
}

const DECADES = [1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000];
const PARTS = 5;

/** Share of the width that a label needs. */
const LABEL = 0.11;

/** Moments that the axis names, milliseconds since the begin; none so near to another that the labels touch. */
export function ticksOf(length: number, enlarged: boolean): number[] {
  if (!enlarged) {
    return Array.from({ length: PARTS + 1 }, (_, index) => (length * index) / PARTS);
  }
  const scale = scaleOf(length, true);
  const ticks = [0];
  for (const decade of DECADES) {
    if (scale(decade) - scale(ticks.at(-1) ?? 0) >= LABEL && 1 - scale(decade) >= LABEL) {
      ticks.push(decade);
    }
  }
  return [...ticks, length];
}

/** What is seen: guards are many, so only those that refuse are shown until they are asked for. */
export function shownBars(bars: readonly Bar[], all: boolean): Bar[] {
  return bars.filter(({ name, status }) => all || !name.startsWith('guard ') || status === 2);
}
