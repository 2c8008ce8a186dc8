import type { AlertRulesAnswer } from './payloads';
import type { AlertRule, RuleLimits } from './schemas';

export * from './rule-variables';
export type { RuleLimits } from './schemas';

/** The alert rules that HemoStat comes with (R098 to R102, R146 to R155, R452 to R456), and how those of the user go over them. Pure. */

/** With where it comes from: as HemoStat brings it, changed by the user, or the user's own. */
export type StoredRule = AlertRulesAnswer['rules'][number];

/** The component that is down has an alert of its own, and an agent in trouble says so: nobody is called twice for one thing. */
const TOLD_BY_ITS_PARTS = false;
/** So few calls or requests are no rate. */
const FEWEST_CALLS = 5;
const FEWEST_REQUESTS = 10;
/** A machine may be busy for a moment; nobody is to be woken for that, seconds. */
const BUSY_SECONDS = 60;

const DEFAULTS = { cooldown_minutes: 5, for_seconds: 0, window_minutes: 5, labels: {}, enabled: true, notify: true } satisfies Partial<AlertRule>;
type Given = Omit<AlertRule, keyof typeof DEFAULTS> & Partial<AlertRule>;
const rule = (given: Given): AlertRule => ({ ...DEFAULTS, ...given });

const AGENT_LABELS = { component: 'agent' };

/** R452 to R455. */
const agentRules = ({ lowThroughput = false }: RuleLimits): AlertRule[] => [
  rule({
    name: 'high_error_rate',
    title: 'High Error Rate',
    scope: 'agents',
    condition: 'error_rate > threshold',
    threshold: 5,
    severity: 'critical',
    type: 'reliability',
    message_template: 'Error rate of the agents is {error_rate}%, above the threshold of {threshold}%.',
    labels: { ...AGENT_LABELS, type: 'reliability' },
  }),
  rule({
    name: 'high_latency',
    title: 'High Latency',
    scope: 'agents',
    condition: 'latency > threshold',
    threshold: 2000,
    severity: 'warning',
    type: 'performance',
    message_template: 'Mean latency of the agents is {latency} ms, above the threshold of {threshold} ms.',
    labels: { ...AGENT_LABELS, type: 'performance' },
  }),
  rule({
    name: 'low_throughput',
    title: 'Low Throughput',
    scope: 'agents',
    condition: 'throughput < threshold && requests > 0',
    threshold: 0.5,
    severity: 'warning',
    type: 'capacity',
    message_template: 'Throughput of the agents is {throughput} requests a second, below the threshold of {threshold}.',
    labels: { ...AGENT_LABELS, type: 'capacity' },
    enabled: lowThroughput,
  }),
  rule({
    name: 'high_token_usage',
    title: 'High Token Usage',
    scope: 'agents',
    condition: 'tokens > threshold',
    threshold: 100_000,
    severity: 'info',
    type: 'cost',
    message_template: 'Model calls took {tokens} tokens in an hour, above the threshold of {threshold}.',
    window_minutes: 60,
    labels: { ...AGENT_LABELS, type: 'cost' },
  }),
];

/** R146 to R151. */
const systemRules = ({ cpu = 80, memory = 85, disk = 90, responseMs = 5000 }: RuleLimits): AlertRule[] => {
  const resource = (name: 'cpu' | 'memory' | 'disk', word: string, threshold: number, severity: AlertRule['severity'], seconds = 0) =>
    rule({
      name: `high_${name}_usage`,
      title: `High ${word} Usage`,
      scope: 'system',
      condition: `${name}_percent > threshold`,
      threshold,
      severity,
      type: 'resource_usage',
      message_template: `${word} usage is {${name}_percent}%, above the threshold of {threshold}%.`,
      for_seconds: seconds,
    });
  return [
    rule({
      name: 'system_unhealthy',
      title: 'System Unhealthy',
      scope: 'system',
      condition: 'overall_status == "unhealthy"',
      severity: 'critical',
      type: 'system_health',
      message_template: 'At least one critical component is unhealthy: {critical_unhealthy}.',
      notify: TOLD_BY_ITS_PARTS,
    }),
    rule({
      name: 'system_degraded',
      title: 'System Degraded',
      scope: 'system',
      condition: 'overall_status == "degraded"',
      severity: 'warning',
      type: 'system_health',
      message_template: 'Functionality is reduced: {not_healthy}.',
      notify: TOLD_BY_ITS_PARTS,
    }),
    resource('cpu', 'CPU', cpu, 'warning', BUSY_SECONDS),
    resource('memory', 'Memory', memory, 'warning'),
    resource('disk', 'Disk', disk, 'critical'),
    rule({
      name: 'slow_response_times',
      title: 'Slow Response Times',
      scope: 'system',
      condition: 'response_time_ms > threshold',
      threshold: responseMs,
      severity: 'warning',
      type: 'performance',
      message_template: 'Mean response time of the components is {response_time_ms:1} ms, above the threshold of {threshold} ms.',
    }),
  ];
};

/** Two rules for one thing, since the severity depends on the component. It is told at once each time, hence no cooldown. */
const componentRules = (): AlertRule[] => {
  const down = (name: string, condition: string, severity: AlertRule['severity']) =>
    rule({ name, title: '{name} is down', scope: 'component', condition, severity, type: 'system_health', message_template: '{error_message}', cooldown_minutes: 0 });
  return [down('critical_component_unhealthy', 'status == "unhealthy" && critical', 'critical'), down('component_unhealthy', 'status == "unhealthy" && !critical', 'error')];
};

/** R152, R153, and R102 as settled. */
const breakerRules = ({ failureRate = 0.1 }: RuleLimits): AlertRule[] => [
  rule({
    name: 'circuit_breaker_open',
    title: 'Circuit Breaker Open: {name}',
    scope: 'breaker',
    condition: 'state == "open"',
    severity: 'critical',
    type: 'circuit_breaker',
    message_template: 'Circuit breaker {name} is open after {failure_count:0} failures in a row: it refuses all calls.',
  }),
  rule({
    name: 'circuit_breaker_testing',
    title: 'Circuit Breaker Testing: {name}',
    scope: 'breaker',
    condition: 'state == "half_open"',
    severity: 'info',
    type: 'circuit_breaker',
    message_template: 'Circuit breaker {name} is half open: recovery is being tested.',
    // It gets better: to be seen, not to be called for.
    notify: false,
  }),
  rule({
    name: 'high_breaker_failure_rate',
    title: 'High Failure Rate: {name}',
    scope: 'breaker',
    condition: `total_calls >= ${FEWEST_CALLS} && failure_rate > threshold`,
    threshold: failureRate,
    severity: 'warning',
    type: 'performance',
    message_template: 'Failure rate of the circuit breaker {name} is {failure_rate}, above the threshold of {threshold}.',
  }),
  rule({
    name: 'high_agent_failure_rate',
    title: 'High Failure Rate: {name}',
    scope: 'agent',
    condition: `requests >= ${FEWEST_REQUESTS} && failure_rate > threshold`,
    threshold: failureRate,
    severity: 'warning',
    type: 'performance',
    message_template: 'Failure rate of the agent {name} is {failure_rate}, above the threshold of {threshold}.',
    labels: AGENT_LABELS,
  }),
];

/** The rules that HemoStat comes with. */
export const defaultRules = (limits: RuleLimits = {}): AlertRule[] => [...agentRules(limits), ...systemRules(limits), ...componentRules(), ...breakerRules(limits)];

export const DEFAULT_RULES: readonly AlertRule[] = defaultRules();

/** The defaults, each as the user changed it, then the user's own by name. @param stored what differs from the defaults */
export function mergeRules(defaults: readonly AlertRule[], stored: readonly AlertRule[]): StoredRule[] {
  const changes = new Map(stored.map((one) => [one.name, one]));
  const brought = defaults.map((one): StoredRule => {
    const changed = changes.get(one.name);
    return changed ? { ...changed, from: 'changed' } : { ...one, from: 'default' };
  });
  const known = new Set(defaults.map(({ name }) => name));
  const own = [...changes.values()].filter(({ name }) => !known.has(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [...brought, ...own.map((one): StoredRule => ({ ...one, from: 'own' }))];
}
