import { ALERT_COMMANDS, SILENCE_MINUTES, alertCommand, byWhom, incidentCommand, type CommandOptions, type IncidentCommand } from './commands';
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

describe('commands about an alert about HemoStat itself', () => {
  const alert = { alert_id: '0123abcd-0000-0000-0000-000000000000', name: 'High Latency', status: 'firing' as const };

  test('R444, R445, R463: name the alert, who did it, and why or until when', () => {
    expect(alertCommand('acknowledge', alert, { text: ' on it ' }, anna, now)).toEqual({ ok: true, command: { command: 'alert_acknowledge', alert: alert.alert_id, comment: 'on it', user: 'anna' } });
    expect(alertCommand('silence', alert, { minutes: 5 }, anna, now)).toEqual({ ok: true, command: { command: 'alert_silence', alert: alert.alert_id, until: '2026-11-21T08:05:00.000Z', user: 'anna' } });
    expect(alertCommand('resolve', alert, { text: 'mended' }, anna, now)).toEqual({ ok: true, command: { command: 'alert_resolve', alert: alert.alert_id, user: 'anna', reason: 'mended' } });
  });

  test.each(ALERT_COMMANDS)('%s makes no sense for one that is resolved', (name) => {
    expect(alertCommand(name, { ...alert, status: 'resolved' }, {}, anna, now)).toEqual({ ok: false, refusal: { code: 'ended', message: 'Alert 0123abcd (High Latency) is resolved already.' } });
    expect(alertCommand(name, { ...alert, status: 'silenced' }, {}, anna, now).ok).toBe(true);
  });

  test.each(['acknowledge', 'resolve'] as const)('a secret in the words of %s is taken out', (name) => {
    const made = alertCommand(name, alert, { text: 'password=hunter2hunter2' }, anna, now);
    expect(made.ok).toBe(true);
    expect(JSON.stringify(made)).not.toContain('hunter2');
  });
});
