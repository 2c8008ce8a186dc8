import type { AgentAlert } from '../events/observer';
import { availabilityPercent, breakerPercent, healthScore, meanOf, type HealthScore } from '../health-score';
import { redactText } from '../redact';
import { plainText } from '../story/plain-text';
import { round } from '../weighted';
import { activeAlerts } from './alerts';
import { historical, noHistory } from './history';
import type { StatusPayload } from './payloads';
import type { Breaker, Component, ComponentState, HistoryPoint, Observed, Resources } from './schemas';

/** How the whole system is (R090 to R172 as settled), from what the observer saw last. Pure. */

export const DASHBOARD_VERSION = '1.0.0';

/** Alerts of these types tell of the system, the others of the work of its agents (R146 to R156). */
export const STATUS_ALERT_TYPES: readonly string[] = ['system_health', 'resource_usage', 'performance', 'circuit_breaker'];

const UNKNOWN_RESOURCES: Resources = { cpu_percent: null, memory_percent: null, disk_percent: null, memory_used_mb: null, memory_total_mb: null, disk_used_gb: null, disk_total_gb: null, load_average: [] };

type Overall = StatusPayload['overview']['overall_status'];

const countOf = (components: readonly Component[], state: ComponentState): number => components.filter(({ status }) => status === state).length;
const breakdownOf = (components: readonly Component[]) => ({ healthy: countOf(components, 'healthy'), degraded: countOf(components, 'degraded'), unhealthy: countOf(components, 'unhealthy') });

/** Unhealthy when a critical component is, degraded when any component is not healthy (R103, R146, R147). */
export function overallStatus(components: readonly Component[]): Exclude<Overall, 'error'> {
  if (components.length === 0) {
    return 'unknown';
  }
  if (components.some(({ critical, status }) => critical && status === 'unhealthy')) {
    return 'unhealthy';
  }
  return components.every(({ status }) => status === 'healthy') ? 'healthy' : 'degraded';
}

/** Percent, one decimal; 0 when there is none (R104). */
export function healthPercentage(components: readonly Component[]): number {
  return components.length === 0 ? 0 : round((100 * countOf(components, 'healthy')) / components.length, 1);
}

type Seen = Pick<Observed, 'components' | 'breakers' | 'resources'>;

interface Measures {
  availability: number;
  breakers: number;
  response: number | null;
  score: HealthScore;
}

/** R124 to R127. Without components nothing was looked at, so availability and breakers are no part of the score. */
function measuresOf({ components, breakers: all, resources }: Seen): Measures {
  const looked = components.length > 0;
  const availability = availabilityPercent(breakdownOf(components));
  const breakers = breakerPercent(all.filter(({ state }) => state === 'closed').length, all.length);
  const response = meanOf(components.map(({ response_time_ms: ms }) => ms));
  const score = healthScore({ availability: looked ? availability : null, breakers: looked ? breakers : null, cpu: resources.cpu_percent, memory: resources.memory_percent, response });
  return { availability, breakers, response, score };
}

/** R159, R160. */
export function historyPointOf(observed: Observed): HistoryPoint {
  const { availability, breakers, response, score } = measuresOf(observed);
  return {
    timestamp: observed.at,
    health_score: score.score,
    availability,
    response_time: response,
    cpu_usage: observed.resources.cpu_percent,
    memory_usage: observed.resources.memory_percent,
    circuit_breaker_health: breakers,
  };
}

const inState = (breakers: readonly Breaker[], state: Breaker['state']): number => breakers.filter((breaker) => breaker.state === state).length;

/** R128 to R133. */
function metricsOf(seen: Seen): StatusPayload['metrics'] {
  const { availability, breakers, response, score } = measuresOf(seen);
  const { cpu_percent, memory_percent, disk_percent } = seen.resources;
  return {
    availability_percentage: availability,
    average_response_time_ms: response,
    circuit_breaker_health: breakers,
    system_health_score: score.score,
    score_parts: score.parts,
    resource_utilization: { cpu_percent, memory_percent, disk_percent },
    performance_indicators: {
      total_components: seen.components.length,
      available_components: seen.components.filter(({ status }) => status !== 'unhealthy').length,
      response_times_collected: seen.components.filter(({ response_time_ms: ms }) => ms !== null).length,
      circuit_breakers_closed: inState(seen.breakers, 'closed'),
      circuit_breakers_total: seen.breakers.length,
    },
  };
}

/** R156, R157 as settled. The summary knows no errors: they count as critical, so that none of them is missed. */
function alertsOf(alerts: readonly AgentAlert[], checked: string): StatusPayload['alerts'] {
  const mine = activeAlerts(alerts).filter(({ type }) => STATUS_ALERT_TYPES.includes(type));
  const severe = (...severities: string[]) => mine.filter(({ severity }) => severities.includes(severity)).length;
  return {
    alerts: mine.map((alert) => ({ severity: alert.severity, type: alert.type, title: alert.name, message: alert.message, timestamp: alert.triggered_at, alert_id: alert.alert_id, status: alert.status })),
    summary: { total_alerts: mine.length, critical: severe('critical', 'error'), warning: severe('warning'), info: severe('info'), last_check: checked },
  };
}

const breakersOf = (breakers: readonly Breaker[]): StatusPayload['circuit_breakers'] => ({
  total_breakers: breakers.length,
  by_state: { closed: inState(breakers, 'closed'), open: inState(breakers, 'open'), half_open: inState(breakers, 'half_open') },
  breakers: [...breakers],
});

export interface StatusParts {
  /** Undefined while no observer has looked yet. */
  observed: Observed | undefined;
  alerts: readonly AgentAlert[];
  history: readonly HistoryPoint[];
  /** Milliseconds. */
  now: number;
  refreshSeconds: number;
  /** What was seen longer ago is stale. */
  staleAfterMs: number;
}

/** Stands for what no observer has written yet. */
const NOTHING_SEEN: Observed = { at: '', since: '', version: '', instance: '', components: [], breakers: [], resources: UNKNOWN_RESOURCES, waiting: 0, dropped: {}, telemetry_bytes: 0, telemetry_max_bytes: 0 };

/** Whole seconds; 0 when the time is not known (R107). */
const secondsSince = (time: string, now: number): number => Math.max(0, Math.floor((now - Date.parse(time)) / 1000)) || 0;

function overviewOf({ components, since, version }: Observed, now: number): StatusPayload['overview'] {
  return {
    overall_status: overallStatus(components),
    health_percentage: healthPercentage(components),
    total_components: components.length,
    component_breakdown: breakdownOf(components),
    uptime_seconds: secondsSince(since, now),
    version: version || 'unknown',
  };
}

/** The whole payload (R093). */
export function statusPayload({ observed: given, alerts, history, now, refreshSeconds, staleAfterMs }: StatusParts): StatusPayload {
  const observed = given ?? NOTHING_SEEN;
  return {
    overview: overviewOf(observed, now),
    components: [...observed.components],
    circuit_breakers: breakersOf(observed.breakers),
    resources: observed.resources,
    metrics: metricsOf(observed),
    alerts: alertsOf(alerts, observed.at || new Date(now).toISOString()),
    historical: historical(history, now),
    telemetry: { bytes: observed.telemetry_bytes, max_bytes: observed.telemetry_max_bytes, dropped: observed.dropped },
    metadata: {
      last_updated: observed.at || null,
      uptime_seconds: secondsSince(observed.since, now),
      dashboard_version: DASHBOARD_VERSION,
      auto_refresh_interval: refreshSeconds,
      // A time that cannot be read is stale too.
      stale: !(now - Date.parse(observed.at) <= staleAfterMs),
    },
  };
}

/** What is answered when the payload cannot be made (R158, R168 to R172). @param error redacted and bounded here, since it may come from anywhere */
export function errorStatusPayload(error: unknown, now: number, refreshSeconds = 30): StatusPayload {
  const text = plainText(redactText(error instanceof Error ? error.message : String(error)).text) || 'unknown error';
  const at = new Date(now).toISOString();
  const empty = statusPayload({ observed: undefined, alerts: [], history: [], now, refreshSeconds, staleAfterMs: 0 });
  return {
    ...empty,
    overview: { ...empty.overview, overall_status: 'error', health_percentage: 0, error: text },
    alerts: {
      alerts: [{ severity: 'critical', type: 'dashboard_error', title: 'Dashboard Error', message: `The status of the system cannot be told: ${text}`, timestamp: at, alert_id: '', status: 'firing' }],
      summary: { total_alerts: 1, critical: 1, warning: 0, info: 0, error: text, last_check: at },
    },
    historical: noHistory(),
    metadata: { ...empty.metadata, last_updated: at, error: true },
  };
}
