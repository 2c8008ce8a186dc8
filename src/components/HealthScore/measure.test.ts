import type { FleetMember } from '../Fleet/fleet';
import { agentAnswer, incidentAnswer, statusAnswer } from '../testing/answers';
import { componentsOf, measureHealth } from './measure';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const member = (key: string, status: string, cpu?: number, memory?: number): FleetMember => ({ key, name: key, host: 'h', project: '', condition: 'well', status, health: '', cpu, memory, seen: undefined, incident: '' });

test('an agent is there when one copy is well, degraded when all living copies have trouble, else gone; Redis counts as well', () => {
  const trouble = [{ part: 'Docker', message: 'no', mend: 'yes', since: '' }];
  const agents = [agentAnswer('monitor', { alive: false }), agentAnswer('monitor'), agentAnswer('analyzer', { troubles: trouble }), agentAnswer('notifier', { alive: false })];
  // The responder was never seen, and is needed.
  expect(componentsOf(statusAnswer({ agents }))).toEqual({ healthy: 2, degraded: 1, unhealthy: 2 });
  const { redis } = statusAnswer();
  expect(componentsOf(statusAnswer({ redis: redis && { ...redis, full: true } }))).toEqual({ healthy: 4, degraded: 1, unhealthy: 0 });
});

test('breakers that refuse now are open, figures are means of what runs, and what is unknown is null', () => {
  const incidents = [
    incidentAnswer('a', 'suppressed', { guard: 'circuit_breaker', free_at: '2026-01-01T02:00:00Z' }),
    incidentAnswer('b', 'suppressed', { guard: 'circuit_breaker', free_at: '2026-01-01T00:30:00Z' }),
    incidentAnswer('c', 'suppressed', { guard: 'cooldown', free_at: '2026-01-01T02:00:00Z' }),
  ];
  const members = [member('a', 'running', 10, 20), member('b', 'running', 30), member('c', 'exited', 99, 99), member('d', 'running')];
  expect(measureHealth(statusAnswer(), members, incidents, NOW)).toEqual({ availability: 100, breakers: 75, cpu: 20, memory: 20, response: 2 });
  expect(measureHealth(statusAnswer({ redis: null }), [], [], NOW)).toEqual({ availability: 100, breakers: 100, cpu: null, memory: null, response: null });
});
