import { costText } from '../../components/cost';
import { eventsOf, lastGuards } from '../../components/IncidentActions/incident';
import { detail, incident, stored } from '../../components/testing/incidents';
import { pathOf } from './EffectChart';
import { aroundAction, commentsOf, effectOf, totalsOf } from './Incident.utils';

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
