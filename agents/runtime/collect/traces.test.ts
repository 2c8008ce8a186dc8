import fc from 'fast-check';
import type { Span } from '../../../src/contract/observability/schemas';
import { fitsTrace, traceOf } from './traces';

const AT = Date.parse('2026-08-01T12:00:00Z');
const span = (span_id: string, parent_span_id: string, more: Partial<Span> = {}): Span => ({ span_id, parent_span_id, name: span_id, service: 'monitor', kind: 'internal', start_time: new Date(AT).toISOString(), duration_ms: 1, status: 'ok', attributes: {}, ...more });

describe('a trace out of its spans', () => {
  it('has parents before their children, though all begin in one millisecond and come in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }), fc.infiniteStream(fc.nat()), (parents, keys) => {
        // Each step lies under one of those before it; the first under one that is not there.
        const spans = parents.map((parent, index) => span(`s${index}`, index === 0 ? 'lost' : `s${parent % index}`));
        const shuffled = spans.map((one) => ({ one, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key).map(({ one }) => one);
        const trace = traceOf('t', [...shuffled, ...shuffled.slice(0, 3)]);
        const places = new Map(trace?.spans.map((one, index) => [one.span_id, index]));
        expect(trace).toMatchObject({ root_span: 's0', span_count: spans.length });
        trace?.spans.slice(1).forEach((one) => expect(places.get(one.parent_span_id)).toBeLessThan(places.get(one.span_id) ?? -1));
      })
    );
  });

  it('takes rings, chains of thousands and spans that are their own parent', () => {
    expect(traceOf('t', [span('a', 'b'), span('b', 'a'), span('c', 'c'), span('d', 'a')])?.spans).toHaveLength(4);
    const chain = Array.from({ length: 20_000 }, (_, index) => span(`s${index}`, `s${index - 1}`)).reverse();
    expect(traceOf('t', chain)).toMatchObject({ root_span: 's0', span_count: 20_000 });
    expect(traceOf('t', [])).toBeUndefined();
  });

  it('is told by the store where its first step is not kept', () => {
    const kept = [span('b', 'a', { start_time: new Date(AT + 5).toISOString(), service: 'analyzer' })];
    expect(traceOf('t', kept, { start: AT, end: AT + 20, dropped: 2, failed: true, root: 'first', agent: 'monitor' })).toMatchObject({ root_span: 'first', agent_id: 'monitor', span_count: 3, status: 'error', duration_ms: 20, start_time: new Date(AT).toISOString() });
    expect(traceOf('t', kept, { start: AT + 5.7, end: AT + 6.7, root: 'last', agent: 'other' })).toMatchObject({ root_span: 'b', agent_id: 'analyzer', duration_ms: 1 });
  });

  it('belongs to an incident when a step says so', () => {
    const incident = (value: string | number) => traceOf('t', [span('a', ''), span('b', 'a', { attributes: { 'hemostat.incident_id': value } })])?.incident_id;
    expect([incident('i1'), incident(''), incident(7)]).toEqual(['i1', undefined, undefined]);
  });

  it('fits an agent that took part in it, a status, and a length that is not shorter', () => {
    const trace = traceOf('t', [span('a', ''), span('b', 'a', { service: 'analyzer', status: 'error' })]);
    const fits = (question: Parameters<typeof fitsTrace>[1]) => trace && fitsTrace(trace, question);
    expect([fits({}), fits({ agent: 'analyzer' }), fits({ agent: 'responder' }), fits({ status: 'ok' }), fits({ minDurationMs: 1 }), fits({ minDurationMs: 1.001 })]).toEqual([true, true, false, false, true, false]);
  });
});
