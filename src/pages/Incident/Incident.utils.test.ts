import { eventsOf, lastGuards } from '../../components/IncidentActions/incident';
import { detail, frameOf, incident, stored } from '../../components/testing/incidents';
import { rowsOf } from '../../hooks/rows';
import { pathOf } from './EffectChart';
import { aroundAction, commentsOf, costText, effectOf, totalsOf } from './Incident.utils';
import { scaleOf, shownBars, ticksOf, waterfallOf } from './waterfall';

const of = (...events: Parameters<typeof detail>[1] & object) => eventsOf(detail(incident(), events));
const done = (time: string, dry = false) => stored('remediation_complete', { action: 'restart', dry_run: dry, result: { status: 'success' } }, time);

describe('the effect', () => {
  it('is that of the last action that touched the container, with the verdict that follows it', () => {
    const events = of(done('2026-11-21T10:00:00Z'), stored('remediation_verified', { verdict: 'no_change' }, '2026-11-21T10:01:00Z'), done('2026-11-21T10:02:00Z'), done('2026-11-21T10:03:00Z', true));
    expect(effectOf(events)).toMatchObject({ actedAt: '2026-11-21T10:02:00Z', verified: undefined });
    expect(effectOf(events.slice(0, 2))?.verified?.data.verdict).toBe('no_change');
    expect(effectOf(of(done('x', true)))).toBeUndefined();
  });

  it('is shown with the action in the middle, up to now', () => {
    const at = Date.parse('2026-11-21T10:00:00Z');
    expect(aroundAction('2026-11-21T10:00:00Z', at + 3_600_000)).toEqual({ from: at - 300_000, to: at + 300_000 });
    expect(aroundAction('2026-11-21T10:00:00Z', at + 61_234)).toEqual({ from: at - 300_000, to: at + 70_000 });
    expect(aroundAction('2026-11-21T10:00:00Z', at - 5000)).toEqual({ from: at - 300_000, to: at + 10_000 });
    expect(aroundAction('never', at)).toBeUndefined();
  });

  it('leaves gaps where nothing is known', () => expect(pathOf([[0, 1], [2, 3], null, [4, 5], [6, 7]])).toBe('M0.0 1.0 L2.0 3.0 M4.0 5.0 L6.0 7.0'));
});

describe('facts of the events', () => {
  it('are the guards of the last decision that had any, and the comments', () => {
    const guard = { guard: 'cooldown', allowed: true, reason: '' };
    expect(lastGuards(of(stored('remediation_started', { guards: [guard] }), stored('remediation_complete', { guards: [] })))).toEqual([guard]);
    expect(commentsOf(of(stored('command', { command: 'comment', user: 'vera', text: 'x' }), stored('command', { command: 'acknowledge', user: 'omar' })))).toMatchObject([{ user: 'vera', text: 'x' }]);
  });

  it('are tokens and cost, unknown where no call has a price', () => {
    const call = { model: 'm', provider: 'p', started_at: '', duration_seconds: 1, input_tokens: 10, output_tokens: 2, prompt_hash: 'h', finish_reason: 'stop', outcome: 'ok' as const };
    expect(totalsOf([call, { ...call, cost_usd: 0.0004 }])).toEqual({ input: 20, output: 4, cost: 0.0004 });
    expect(totalsOf([call]).cost).toBeUndefined();
    expect([costText(0.0004), costText(12)]).toEqual(['$0.00040', '$12.00']);
  });
});

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
    expect(waterfallOf(rows(span('root', '', 0), span('a', 'root', 1), span('a', 'a', 2)))?.bars).toHaveLength(2);
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
