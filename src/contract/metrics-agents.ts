import { counter, gauge, histogram } from './metrics-define';

const AGENT = ['agent'] as const;

/** Some of the bounds by which agents count how long they took (`HISTOGRAM_BOUNDS`): enough for a percentile, few enough for Prometheus. */
const LATENCY_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 31_500];

/** What the agents measure of themselves, under the names that OpenTelemetry's own rules make of `agent.requests.count` and so on. Here an agent has its own name, not the original's. */
export const AGENT_METRICS = [
  counter('agent_requests_count_total', AGENT, 'Handlings and rounds of an agent since the beginning.', { requirement: 'R377' }),
  counter('agent_errors_count_total', AGENT, 'Those of them that failed.', { requirement: 'R376' }),
  counter('agent_tokens_total', [...AGENT, 'direction'], 'Tokens that an agent sent to (input) and got from (output) language models.', { requirement: 'R375' }),
  histogram('agent_request_latency_milliseconds', AGENT, LATENCY_MS, 'Milliseconds that handlings and rounds took; what waits by design is left out.', { requirement: 'R374', unit: 'milliseconds' }),
] as const;

/** What the observer sees, and what telemetry takes. */
export const HEALER_METRICS = [
  gauge('hemostat_observer_last_look_timestamp_seconds', [], 'When the observer last looked at every part; absent while it never did.', { unit: 'timestamp' }),
  gauge('hemostat_component_healthy', ['component', 'kind'], 'Health of a part of the system as the observer saw it: 1 healthy, 0.5 degraded, 0 unhealthy.', { requirement: 'R110', unit: 'ratio' }),
  gauge('hemostat_health_score', [], 'Health of the whole system, 0 to 100; absent when it is not known.', { requirement: 'R127' }),
  gauge('hemostat_agent_alerts', ['severity', 'status'], 'Alerts about HemoStat itself that are not resolved.', { requirement: 'R443' }),
  gauge('hemostat_telemetry_bytes', [], 'Memory that logs, traces and figures of the agents take in Redis, about.', { unit: 'bytes' }),
  gauge('hemostat_telemetry_max_bytes', [], 'Memory that they may take there.', { unit: 'bytes' }),
  counter('hemostat_telemetry_dropped_total', ['what'], 'Log lines, spans and figures of the agents that were left out, because there were too many or Redis was away.'),
] as const;
