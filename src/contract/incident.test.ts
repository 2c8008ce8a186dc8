import fc from 'fast-check';
import type { EventData, HemostatEvent } from './events';
import { ENDED_STATES, foldIncident, INCIDENT_STATES, nextState, patchOf, TRANSITIONS, type Effect } from './incident';

const base = { v: 1, agent: 'a', host: 'h', container: 'c', incident_id: 'i', cause_id: '', trace_id: 'i', policy_version: '' } as const;
const alert = { container_id: 'x', image: 'i', status: 'running', health_status: 'unhealthy', exit_code: 0, restart_count: 0, metrics: {}, anomalies: [] };
const analysis: EventData<'false_alarm'> = { reason: 'r', confidence: 0.9, analysis_method: 'rule_based', evidence: [], model_calls: [], duration_seconds: 0 };
const plan = { action: 'restart', target: 'h/c', order: ['h/c'] } as const;
const decision = { plan: { ...plan, order: ['h/c'] }, digest: 'd', mode: 'auto', guards: [], reason: 'r', confidence: 0.9 } as const;
const side = { from: '', to: '', samples: 1, status: 'running', health_status: 'healthy', metrics: {} };

type Body = { [T in HemostatEvent['type']]?: Array<Extract<HemostatEvent, { type: T }>['data']> };
const BODIES: Body = {
  health_alert: [alert, { ...alert, repeat: true }],
  analysis_started: [{ model: 'm', provider: 'p' }],
  remediation_needed: [{ ...analysis, action: 'restart', metrics: {} }],
  false_alarm: [analysis],
  approval_requested: [{ ...decision, guards: [], plan: { ...decision.plan, order: [] }, dry_run: false, expires_at: 'x' }],
  approval_decided: [
    { digest: 'd', decision: 'approved', user: 'u' },
    { digest: 'd', decision: 'expired', user: 'u' },
  ],
  remediation_started: [{ ...decision, guards: [], plan: { ...decision.plan, order: [] }, dry_run: false, attempt: 1, authorised_by: 'policy' }],
  remediation_complete: (['success', 'failed', 'rejected', 'not_applicable'] as const).map((status) => ({ action: 'restart', result: { status }, dry_run: false, reason: 'r', confidence: 1 })),
  remediation_verified: (['helped', 'no_change', 'worse'] as const).map((verdict) => ({ action: 'restart', verdict, reason: 'r', before: side, after: side, duration_seconds: 1 })),
  container_recovered: [{ container_id: 'x', reason: 'well', health_status: 'healthy', metrics: {} }],
  command: [
    { command: 'acknowledge', user: 'u' },
    { command: 'resolve', user: 'u' },
  ],
  notification_sent: [{ channel: 'slack', kind: 'ill', key: 'k', attempts: 1, duration_seconds: 0 }],
};
const bodies = Object.entries(BODIES).flatMap(([type, list]) => (list as unknown[]).map((data) => ({ type, data })));

const anyEvents = fc
  .array(fc.constantFrom(...bodies), { maxLength: 30 })
  .map((list) => list.map((body, index) => ({ ...base, ...body, id: `e${index}`, time: new Date(1_700_000_000_000 + index).toISOString() }) as HemostatEvent));

describe('the fold of an incident', () => {
  it('gives the same state for the same prefix, whatever is replayed', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(30), (events, cut) => {
        const prefix = events.slice(0, cut);
        expect(foldIncident('i', prefix)).toEqual(foldIncident('i', [...prefix]));
        expect(foldIncident('i', [...events, ...events])).toEqual(foldIncident('i', events));
      })
    );
  });

  it('is the same as going step by step through the table, as the log does on the server', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const stepped = events.reduce<ReturnType<typeof nextState>>((state, event) => nextState(state, patchOf(event).effect), undefined);
        expect(foldIncident('i', events).state).toBe(stepped ?? 'open');
      })
    );
  });

  it('is always in a state that exists, and has an end time exactly when it ended', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const incident = foldIncident('i', events);
        expect(INCIDENT_STATES).toContain(incident.state);
        expect(incident.fields.ended_at !== undefined).toBe(ENDED_STATES.includes(incident.state));
      })
    );
  });

  it('never ends by anything but a verdict, a recovery, a false alarm or a person', () => {
    const ending: Effect[] = ['false_alarm', 'helped', 'recovered', 'closed_by_user'];
    for (const [effect, moves] of Object.entries(TRANSITIONS)) {
      const ends = Object.values(moves).some((state) => ENDED_STATES.includes(state));
      expect(ends).toBe(ending.includes(effect as Effect));
    }
  });

  it('tells the whole way of a restart that helped', () => {
    const types: Array<[HemostatEvent['type'], number]> = [
      ['health_alert', 0],
      ['remediation_needed', 0],
      ['remediation_started', 0],
      ['remediation_complete', 0],
      ['remediation_verified', 0],
    ];
    const events = types.map(([type, which], index) => ({ ...base, type, data: (BODIES[type] as unknown[])[which], id: `${index}`, time: new Date(index).toISOString() }) as HemostatEvent);
    const states = events.map((_, index) => foldIncident('i', events.slice(0, index + 1)).state);
    expect(states).toEqual(['open', 'analyzing', 'remediating', 'verifying', 'resolved']);
    expect(foldIncident('i', events).fields).toMatchObject({ verdict: 'helped', action: 'restart', container: 'c', host: 'h' });
  });
});
