import { clamp, rescaled, round, weightedMean } from '../weighted';
import type { AgentHealth } from './payloads';

/** How well the agents are, in one figure from 0 to 100 (R405 to R415 as settled). Pure. */

/** R405 to R407: percent, milliseconds, a count. */
export const AGENT_HEALTH_LIMITS = { error_rate: { warning: 1, critical: 5 }, latency_p99: { warning: 1000, critical: 5000 }, active_alerts: { warning: 1, critical: 3 } } as const;
/** R408. */
export const AGENT_HEALTH_WEIGHTS = { error_rate: 0.4, latency: 0.4, alerts: 0.2 } as const;

/** Null is unknown: it is left out, and the weights of the rest are scaled up (R123). */
export interface AgentHealthInputs {
  /** Percent. */
  errorRate: number | null;
  /** Milliseconds that 99 of 100 requests stay under. */
  latencyP99: number | null;
  /** Active ones of severity critical and error (R412). */
  activeAlerts: number | null;
}

/** 100 up to `warning`, 50 at `critical`, a straight line between, and on from there down to 0 (R409 to R411). */
export function componentScore(value: number, { warning, critical }: { warning: number; critical: number }): number {
  if (value <= warning) {
    return 100;
  }
  return value <= critical ? 100 - (50 * (value - warning)) / (critical - warning) : clamp(50 - (50 * (value - critical)) / critical);
}

/** Under this a component is an issue (R413). */
const ISSUE_SCORE = 70;

/** R414, of the rounded score (R415 as settled). */
export function agentHealthStatus(score: number): AgentHealth['status'] {
  if (score >= 90) {
    return 'healthy';
  }
  return score >= 70 ? 'degraded' : 'critical';
}

const known = (value: number | null): number | null => (value === null || !Number.isFinite(value) ? null : value);

interface Part {
  part: keyof typeof AGENT_HEALTH_WEIGHTS;
  score: number | null;
  weight: number;
  issue: string;
}

function part(name: Part['part'], value: number | null, limits: { warning: number; critical: number }, issue: (value: number) => string): Part {
  const measured = known(value);
  return { part: name, score: measured === null ? null : componentScore(measured, limits), weight: AGENT_HEALTH_WEIGHTS[name], issue: measured === null ? '' : issue(measured) };
}

/** Rounded first, then judged: what is shown and what is said of it agree. Nothing known at all is critical, since nobody can tell that all is well. */
export function agentHealth({ errorRate, latencyP99, activeAlerts }: AgentHealthInputs): AgentHealth {
  const parts = rescaled([
    part('error_rate', errorRate, AGENT_HEALTH_LIMITS.error_rate, (value) => `High error rate: ${value.toFixed(2)}%`),
    part('latency', latencyP99, AGENT_HEALTH_LIMITS.latency_p99, (value) => `High latency: ${Math.round(value)}ms (p99)`),
    part('alerts', activeAlerts, AGENT_HEALTH_LIMITS.active_alerts, (value) => `Active alerts: ${value}`),
  ]);
  const mean = weightedMean(parts);
  const score = round(clamp(mean ?? 0));
  const scoreOf = (name: Part['part']): number | null => {
    const found = parts.find((one) => one.part === name)?.score ?? null;
    return found === null ? null : round(found);
  };
  return {
    score,
    status: agentHealthStatus(score),
    issues: mean === null ? ['Nothing is known of the agents'] : parts.filter((one) => one.score !== null && round(one.score) < ISSUE_SCORE).map(({ issue }) => issue),
    components: { error_rate: scoreOf('error_rate'), latency: scoreOf('latency'), alerts: scoreOf('alerts') },
  };
}
