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

interface Span extends Omit<Bar, 'depth' | 'below'> {}

const spanOf = (row: Row): Span => ({
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

/** The spans of the query `trace` as a tree that is read from top to bottom. */
export function waterfallOf(rows: readonly Row[]): Waterfall | undefined {
  const spans = rows.map(spanOf);
  const root = spans.find(({ parent }) => parent === '');
  if (!root) {
    return undefined;
  }
  const children = new Map<string, Span[]>();
  spans.forEach((span) => span !== root && children.set(span.parent, [...(children.get(span.parent) ?? []), span]));
  const below = (id: string): Span[] => [...(children.get(id) ?? [])].sort((a, b) => a.start - b.start);
  const seen = new Set<string>();
  const walk = (id: string, depth: number): Bar[] => {
    // What refers to itself must not go round for ever.
    if (seen.has(id)) {
      return [];
    }
    seen.add(id);
    return below(id).flatMap((span) => [{ ...span, depth, below: below(span.id).length }, ...walk(span.id, depth + 1)]);
  };
  return { start: root.start, length: Math.max(1, root.duration), bars: walk(root.id, 0) };
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
