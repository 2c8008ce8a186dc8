import fc from 'fast-check';
import { distributionOf } from './histogram';
import { agentsVariables, agentVariables, breakerVariables, componentVariables, DEFAULT_RULES, defaultRules, mergeRules, RULE_VARIABLES, systemVariables, variableNames, type RuleValues } from './rules';
import { alertRuleSchema, RULE_SCOPES, type AlertRule, type Breaker, type Component, type Observed } from './schemas';

const RANGE = { from: 0, to: 60_000 };
const COMPONENT: Component = { name: 'redis', kind: 'redis', status: 'unhealthy', response_time_ms: null, last_check: '', has_error: true, error_message: null, mend: null, critical: true };
const BREAKER: Breaker = { name: 'web', kind: 'container', state: 'closed', failure_count: 0, success_rate: 0.7, avg_response_time: null, total_calls: 10, free_at: null };
const OBSERVED: Pick<Observed, 'components' | 'breakers' | 'resources' | 'waiting'> = {
  components: [COMPONENT, { ...COMPONENT, name: 'grafana', critical: false, status: 'degraded', response_time_ms: 10 }],
  breakers: [BREAKER, { ...BREAKER, state: 'open' }],
  resources: { cpu_percent: 1, memory_percent: null, disk_percent: 3, memory_used_mb: null, memory_total_mb: null, disk_used_gb: null, disk_total_gb: null, load_average: [] },
  waiting: 5,
};

test('R098 to R102, R440, R452 to R456: the rules that HemoStat comes with', () => {
  expect(DEFAULT_RULES.map(({ name, severity, type, threshold, enabled }) => [name, severity, type, threshold, enabled])).toEqual([
    ['high_error_rate', 'critical', 'reliability', 5, true],
    ['high_latency', 'warning', 'performance', 2000, true],
    ['low_throughput', 'warning', 'capacity', 0.5, false],
    ['high_token_usage', 'info', 'cost', 100_000, true],
    ['system_unhealthy', 'critical', 'system_health', undefined, true],
    ['system_degraded', 'warning', 'system_health', undefined, true],
    ['high_cpu_usage', 'warning', 'resource_usage', 80, true],
    ['high_memory_usage', 'warning', 'resource_usage', 85, true],
    ['high_disk_usage', 'critical', 'resource_usage', 90, true],
    ['slow_response_times', 'warning', 'performance', 5000, true],
    ['critical_component_unhealthy', 'critical', 'system_health', undefined, true],
    ['component_unhealthy', 'error', 'system_health', undefined, true],
    ['circuit_breaker_open', 'critical', 'circuit_breaker', undefined, true],
    ['circuit_breaker_testing', 'info', 'circuit_breaker', undefined, true],
    ['high_breaker_failure_rate', 'warning', 'performance', 0.1, true],
    ['high_agent_failure_rate', 'warning', 'performance', 0.1, true],
  ]);
  const labels = Object.fromEntries(DEFAULT_RULES.map((rule) => [rule.name, rule.labels]));
  expect(labels.high_error_rate).toEqual({ component: 'agent', type: 'reliability' });
  expect(DEFAULT_RULES.map((rule) => alertRuleSchema.parse(rule))).toEqual(DEFAULT_RULES);
  expect(DEFAULT_RULES.find(({ name }) => name === 'high_token_usage')?.window_minutes).toBe(60);
  expect(DEFAULT_RULES.filter(({ cooldown_minutes: minutes }) => minutes !== 5).map(({ name }) => name)).toEqual(['critical_component_unhealthy', 'component_unhealthy']);
  expect(DEFAULT_RULES.filter(({ notify }) => !notify).map(({ name }) => name)).toEqual(['system_unhealthy', 'system_degraded', 'circuit_breaker_testing']);
});

test('R098 to R102, R454: limits are set by the environment', () => {
  const rules = new Map(defaultRules({ cpu: 1, memory: 2, disk: 3, responseMs: 4, failureRate: 0.5, lowThroughput: true }).map((rule) => [rule.name, rule]));
  expect(['high_cpu_usage', 'high_memory_usage', 'high_disk_usage', 'slow_response_times', 'high_breaker_failure_rate', 'high_agent_failure_rate'].map((name) => rules.get(name)?.threshold)).toEqual([1, 2, 3, 4, 0.5, 0.5]);
  expect(rules.get('low_throughput')?.enabled).toBe(true);
});

test('R441: stored rules change the defaults or stand beside them', () => {
  const changed: AlertRule = { ...(DEFAULT_RULES[0] as AlertRule), threshold: 9 };
  const own: AlertRule = { ...changed, name: 'own_rule' };
  const merged = mergeRules(DEFAULT_RULES, [own, changed]);
  expect(merged[0]).toEqual({ ...changed, from: 'changed' });
  expect(merged.at(-1)).toEqual({ ...own, from: 'own' });
  expect(merged).toHaveLength(DEFAULT_RULES.length + 1);
  expect(mergeRules(DEFAULT_RULES, []).every(({ from }) => from === 'default')).toBe(true);
});

test('every scope names exactly the variables that it fills', () => {
  const values: Record<string, RuleValues> = { agents: agentsVariables([], RANGE), agent: agentVariables('a', [], RANGE), system: systemVariables(OBSERVED), component: componentVariables(COMPONENT), breaker: breakerVariables(BREAKER) };
  for (const scope of RULE_SCOPES) {
    expect(['threshold', ...Object.keys(values[scope] ?? {})].toSorted()).toEqual(variableNames(scope).toSorted());
    const types = Object.entries(values[scope] ?? {}).filter(([, value]) => value !== null).map(([name, value]) => [name, typeof value === 'boolean' ? 'bool' : typeof value]);
    expect(types).toEqual(types.map(([name]) => [name, (RULE_VARIABLES[scope] as Record<string, { type: string }>)[name ?? '']?.type]));
  }
});

test('R446 R393: an idle system has figures of 0, one that cannot be read has none', () => {
  expect(agentsVariables([], RANGE)).toEqual({ requests: 0, errors: 0, error_rate: 0, latency: 0, latency_p99: 0, throughput: 0, tokens: 0, tokens_input: 0, tokens_output: 0, cost_usd: 0 });
  expect(new Set(Object.values(agentsVariables(undefined, RANGE)))).toEqual(new Set([null]));
  expect(agentVariables('a', undefined, RANGE)).toMatchObject({ name: 'a', failure_rate: null, requests: null });
});

test('R446: figures of all agents, and of each', () => {
  const rows = [
    { minute: 0, agent: 'a', figures: { requests: 3, errors: 1, latency: distributionOf([10, 30]), tokens: distributionOf([100]), tokens_input: 60, tokens_output: 40, cost_usd: 0.5 } },
    { minute: 0, agent: 'b', figures: { requests: 3, errors: 0 } },
  ];
  expect(agentsVariables(rows, RANGE)).toMatchObject({ requests: 6, errors: 1, error_rate: 16.67, latency: 20, throughput: 0.1, tokens: 100, tokens_input: 60, tokens_output: 40, cost_usd: 0.5 });
  expect(agentVariables('a', rows, RANGE)).toMatchObject({ requests: 3, failure_rate: 0.333333333 });
  expect(agentVariables('b', rows, RANGE)).toMatchObject({ requests: 3, failure_rate: 0, latency: 0 });
});

test('R146 to R153: values of the system, a component and a breaker', () => {
  expect(systemVariables(OBSERVED)).toEqual({ overall_status: 'unhealthy', cpu_percent: 1, memory_percent: null, disk_percent: 3, response_time_ms: 10, components_total: 2, components_degraded: 1, components_unhealthy: 1, critical_unhealthy: 'redis', not_healthy: 'redis, grafana', breakers_open: 1, breakers_half_open: 0, waiting: 5 });
  expect(componentVariables(COMPONENT)).toMatchObject({ error_message: 'redis is unhealthy', critical: true });
  expect([breakerVariables(BREAKER).failure_rate, breakerVariables({ ...BREAKER, success_rate: null }).failure_rate]).toEqual([0.3, null]);
});

test('R102 R154: a share is never above its limit by floating point alone', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(10_000), (total, failed) => Number(breakerVariables({ ...BREAKER, success_rate: 1 - Math.min(failed, total) / total }).failure_rate) <= Math.min(failed, total) / total + 5e-10));
});
