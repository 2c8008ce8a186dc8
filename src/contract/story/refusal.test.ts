import type { GuardVerdict } from '../events';
import { refusalText } from './refusal';

const AT = '2026-03-02T14:03:07Z';
const text = (verdict: Partial<GuardVerdict>) =>
  refusalText({ guard: 'cooldown', allowed: false, reason: '', ...verdict }, AT);

test.each<[Partial<GuardVerdict>, string]>([
  [
    { limit: '3600 s', measured: '2880 s', free_at: '2026-03-02T14:15:07Z' },
    'refused by cooldown: 3600 s between actions, last one 48 min ago, free at 14:15:07 (in 12 min)',
  ],
  [
    { guard: 'attempts_per_hour', limit: '3 an hour', measured: '3', free_at: '2026-03-03T14:15:07Z' },
    'refused by attempts per hour: limit 3 an hour, 3 done, free at Mar 3, 2:15 PM UTC (in 1 d)',
  ],
  [
    { guard: 'circuit_breaker', limit: '3 in 3600 s', measured: '4' },
    'refused by circuit breaker: opens at 3 in 3600 s, 4 failed or did not help',
  ],
  [
    { guard: 'blast_radius_hour', limit: '5 containers an hour', measured: '5 touched within the hour, 1 planned' },
    'refused by blast radius hour: limit 5 containers an hour, 5 touched within the hour, 1 planned',
  ],
  [
    { guard: 'confirmation', limit: '30 s', measured: '4 s' },
    'refused by confirmation: must be ill for 30 s, ill for 4 s',
  ],
  [
    { guard: 'min_confidence', limit: '0.7', measured: '0.65' },
    'refused by min confidence: needs 0.7, confidence is 0.65',
  ],
  [
    { guard: 'start_grace', limit: '60 s', measured: 'starting' },
    'refused by start grace: its health check still says starting',
  ],
  [{ guard: 'stale', limit: '300 s', measured: '400 s' }, 'refused by stale: at most 300 s old, seen 6 min 40 s ago'],
  [
    { guard: 'own_container', limit: 'hemostat-*', measured: 'hemostat-redis', reason: 'It is our own.' },
    'refused by own container: It is our own',
  ],
  [{ guard: 'new_guard', limit: '5 m', measured: '7 m' }, 'refused by new guard: 5 m, 7 m'],
  [{ free_at: 'never' }, 'refused by cooldown'],
  [{ free_at: '2026-03-02T14:00:00Z' }, 'refused by cooldown: free at 14:00:00'],
])('%j', (verdict, expected) => {
  expect(text(verdict)).toBe(expected);
});
