import { SILENCE_MINUTES, byWhom, incidentCommand, type CommandOptions, type IncidentCommand } from './commands';
import { ENDED_STATES, INCIDENT_STATES, type IncidentState, type IncidentSummary } from './incident';

const now = Date.parse('2026-11-21T08:00:00.000Z');
const digest = 'd1'.repeat(32);
const anna = { user: 'anna' };

function incident(state: IncidentState, fields: Record<string, string> = {}): IncidentSummary {
  return { id: 'i1', state, fields: { digest, expires_at: '2026-11-21T09:00:00.000Z', ...fields }, events: 3 };
}
const make = (name: IncidentCommand, one: IncidentSummary, options: CommandOptions = {}) => incidentCommand(name, one, options, anna, now);

describe('commands about an incident', () => {
  test.each(['approve', 'reject'] as const)('%s carries the digest of the action that waits', (name) => {
    expect(make(name, incident('awaiting_approval'), { digest })).toEqual({ ok: true, command: { command: name, digest, user: 'anna' } });
  });

  test.each([
    ['another digest', incident('awaiting_approval'), 'd2'.repeat(32), 'other_digest'],
    ['only the beginning of the digest', incident('awaiting_approval'), digest.slice(0, 12), 'other_digest'],
    ['no digest', incident('awaiting_approval'), undefined, 'other_digest'],
    ['a request that has expired', incident('awaiting_approval', { expires_at: '2026-11-21T08:00:00.000Z' }), digest, 'expired'],
    ['an incident that waits for nothing', incident('verifying'), digest, 'not_waiting'],
  ])('approval of %s is refused', (_name, one, given, code) => {
    expect(make('approve', one, given === undefined ? {} : { digest: given })).toMatchObject({ ok: false, refusal: { code } });
  });

  test.each(['acknowledge', 'silence', 'resolve'] as const)('%s is for incidents that have not ended', (name) => {
    for (const state of INCIDENT_STATES) {
      expect(make(name, incident(state)).ok).toBe(!ENDED_STATES.includes(state));
    }
  });

  test('a silence ends after its minutes, an hour by default', () => {
    expect(make('silence', incident('open'), { minutes: SILENCE_MINUTES.max })).toMatchObject({ command: { until: '2026-11-22T08:00:00.000Z' } });
    expect(make('silence', incident('open'))).toMatchObject({ command: { until: '2026-11-21T09:00:00.000Z' } });
  });

  test('only a silenced incident can be unsilenced', () => {
    expect(make('unsilence', incident('open'))).toMatchObject({ refusal: { code: 'not_silenced' } });
    expect(make('unsilence', incident('open', { silenced_until: '2026-11-21T09:00:00.000Z' })).ok).toBe(true);
  });

  test('secrets in comments and reasons are blacked out', () => {
    const text = JSON.stringify([make('comment', incident('resolved'), { text: 'password=hunter2secret' }), byWhom({ user: 'anna', reason: 'token: ghp_0123456789abcdefghijklmnopqrstuvwxyz' })]);
    expect(text).not.toMatch(/hunter2secret|ghp_0123456789/);
  });

  test('an empty reason is left out', () => {
    expect(byWhom({ user: 'anna', reason: '  ' })).toEqual(anna);
  });
});
