import type { IncidentAnswer, StatusAnswer } from '../../contract/api';
import { availabilityPercent, breakerPercent, meanOf, type ComponentCounts, type HealthInputs } from '../../contract/health-score';
import { NEEDED_AGENTS } from '../FirstRun/steps';
import type { FleetMember } from '../Fleet/fleet';

type Agent = StatusAnswer['agents'][number];
type Component = keyof ComponentCounts;

function stateOf(copies: readonly Agent[]): Component {
  const alive = copies.filter((one) => one.alive);
  return alive.length === 0 ? 'unhealthy' : alive.some((one) => one.troubles.length === 0) ? 'healthy' : 'degraded';
}

/** The agents, one component for all copies of each, and Redis. */
export function componentsOf({ agents, redis }: Pick<StatusAnswer, 'agents' | 'redis'>): ComponentCounts {
  const names = new Set<string>([...NEEDED_AGENTS, ...agents.map(({ agent }) => agent)]);
  const states = [...names].map((name) => stateOf(agents.filter(({ agent }) => agent === name)));
  // It answered, else there would be no status.
  states.push(redis?.full ? 'degraded' : 'healthy');
  const count = (state: Component) => states.filter((one) => one === state).length;
  return { healthy: count('healthy'), degraded: count('degraded'), unhealthy: count('unhealthy') };
}

/** Containers whose breaker refuses actions now. */
function openBreakers(incidents: readonly IncidentAnswer[], now: number): number {
  const open = incidents.filter(({ fields }) => fields.guard === 'circuit_breaker' && !(Date.parse(fields.free_at ?? '') <= now));
  return new Set(open.map(({ fields }) => fields.key ?? fields.container)).size;
}

/**
 * What the health score is made of, from what the page has read anyway.
 * @param incidents that have not ended
 * @param now milliseconds since 1970
 */
export function measureHealth(status: StatusAnswer, members: readonly FleetMember[], incidents: readonly IncidentAnswer[], now: number): HealthInputs {
  const running = members.filter((one) => one.status === 'running');
  // One breaker a container.
  const open = openBreakers(incidents, now);
  return {
    availability: availabilityPercent(componentsOf(status)),
    breakers: breakerPercent(Math.max(0, members.length - open), members.length),
    cpu: meanOf(running.map(({ cpu }) => cpu)),
    memory: meanOf(running.map(({ memory }) => memory)),
    response: status.redis?.response_ms ?? null,
  };
}
