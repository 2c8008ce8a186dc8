import type { Span } from '../../contract/observability/schemas';
import { rowsOf } from '../../hooks/rows';
import { frameOf } from '../testing/incidents';
import { scaleOf, shownBars, ticksOf, traceWaterfall, waterfallOf } from './waterfall';

describe('the waterfall', () => {
  const span = (spanID: string, parentSpanID: string, startTime: number, operationName = spanID, statusCode = 1) => ({ spanID, parentSpanID, operationName, serviceName: 's', startTime, duration: 5, statusCode, statusMessage: '' });
  const rows = (...spans: Array<ReturnType<typeof span>>) => rowsOf(frameOf('trace', spans, []));

  it('has parents before their steps, in the order of time', () => {
    const drawn = waterfallOf(rows(span('root', '', 0), span('late', 'root', 20), span('early', 'root', 10), span('child', 'early', 12)));
    expect(drawn?.bars.map(({ id, depth, below }) => [id, depth, below])).toEqual([
      ['early', 0, 1],
      ['child', 1, 0],
      ['late', 0, 0],
    ]);
    expect(waterfallOf([])).toBeUndefined();
  });

  it('ends although a span says that it belongs to itself', () => {
    expect(waterfallOf(rows(span('root', '', 0), span('a', 'root', 1), span('a', 'a', 2)))?.bars).toHaveLength(1);
  });

  it('shows of the guards only those that refuse, until all are asked for', () => {
    const bars = waterfallOf(rows(span('root', '', 0), span('g1', 'root', 1, 'guard cooldown', 2), span('g2', 'root', 1, 'guard stale', 1), span('act', 'root', 2)))?.bars ?? [];
    expect(shownBars(bars, false).map(({ id }) => id)).toEqual(['g1', 'act']);
    expect(shownBars(bars, true)).toHaveLength(3);
  });

  it.each([true, false])('goes from 0 to 1 and never back, short steps enlarged: %s', (enlarged) => {
    const scale = scaleOf(60_000, enlarged);
    const places = [-5, 0, 1, 10, 1000, 59_999, 60_000, 70_000].map(scale);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect([places[0], places.at(-1)]).toEqual([0, 1]);
    const ticks = ticksOf(60_000, enlarged).map(scale);
    expect(ticks.slice(1).every((tick, index) => tick - (ticks[index] ?? 0) >= 0.1)).toBe(true);
  });
});

describe('the waterfall of a trace of the agents', () => {
  const step = (span_id: string, parent_span_id: string, start: number, change: Partial<Span> = {}): Span => ({ span_id, parent_span_id, name: span_id, service: 'analyzer', kind: 'internal', start_time: new Date(start).toISOString(), duration_ms: 10, status: 'ok', attributes: {}, ...change });

  it('R373: keeps steps whose parent was trimmed, and begins with the first of all', () => {
    const drawn = traceWaterfall({ spans: [step('late', 'gone', 200), step('root', '', 100, { duration_ms: 50, status: 'error', status_message: 'it broke' }), step('child', 'root', 120, { status: 'unset' })] });
    expect(drawn).toMatchObject({ start: 100, length: 110 });
    expect(drawn.bars.map(({ id, depth, status }) => [id, depth, status])).toEqual([
      ['root', 0, 2],
      ['child', 1, 0],
      ['late', 0, 1],
    ]);
  });

  it('shows each step once, also those that refer to each other in a ring, and bears none at all', () => {
    expect(traceWaterfall({ spans: [step('a', 'b', 1), step('b', 'a', 2), step('c', 'c', 3)] }).bars.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect(traceWaterfall({ spans: [] })).toEqual({ start: 0, length: 1, bars: [] });
  });
});
