import fc from 'fast-check';
import { agentsVariables, agentVariables, breakerVariables, componentVariables, defaultRules, systemVariables, type RuleValues } from '../../../src/contract/observability/rules';
import { alertRuleSchema, type AlertRule, type Breaker, type Component, type Resources, type RuleScope } from '../../../src/contract/observability/schemas';
import { compile, type CompiledRule } from './expression';
import { render } from './render';

const RANGE = { from: 0, to: 300_000 };
const rule = (condition: string, more: Partial<AlertRule> = {}): AlertRule =>
  alertRuleSchema.parse({ name: 'test_rule', title: 'Test', scope: 'agents', condition, severity: 'warning', type: 'performance', message_template: 'Test', ...more });

function compiled(given: AlertRule, report?: (words: string) => void): CompiledRule {
  const made = compile(given, report);
  if (!made.ok) {
    throw new Error(made.error);
  }
  return made;
}
const evaluate = (condition: string, values: RuleValues, more: Partial<AlertRule> = {}) => compiled(rule(condition, more)).evaluate(values);
const errorOf = (condition: string, more: Partial<AlertRule> = {}): string => {
  const made = compile(rule(condition, more));
  return made.ok ? '' : made.error;
};

test.each([
  ['error_rate > 5', { error_rate: 6 }, true],
  ['error_rate > 5.0', { error_rate: 6 }, true],
  ['error_rate > 5', { error_rate: 5.5 }, true],
  ['5 < error_rate', { error_rate: 5.5 }, true],
  ['latency * 2 > 1000', { latency: 600 }, true],
  ['2 * latency + 1 >= 1201', { latency: 600 }, true],
  ['requests == 5', { requests: 5 }, true],
  ['requests != 5', { requests: 5 }, false],
  ['requests in [1, 5, 7]', { requests: 5 }, true],
  ['requests in [1, 7.0]', { requests: 5 }, false],
  // Whole numbers of CEL would make 0 of it.
  ['errors / requests > 1 / 10', { errors: 2, requests: 10 }, true],
  ['errors / requests > 1 / 10', { errors: 1, requests: 10 }, false],
  ['-latency < -500', { latency: 600 }, true],
  ['latency > 1 ? errors > 0 : requests > 0', { latency: 2, errors: 0, requests: 3 }, false],
  ['(latency > 1 || errors > 0) && !(requests < 3)', { latency: 2, errors: 0, requests: 3 }, true],
] as const)('R449: %s with %j is %s', (condition, values, expected) => {
  expect(evaluate(condition, values)).toBe(expected);
});

test('R449: texts are compared, and asked for a part', () => {
  const values = { name: 'host-1/web', kind: 'container', state: 'open', status: 'unhealthy', critical: true };
  expect(evaluate('name.startsWith("host-1/") && name.contains("we") && name.endsWith("web")', values, { scope: 'breaker' })).toBe(true);
  expect(evaluate('kind in ["model", "container"] && state != "closed"', values, { scope: 'breaker' })).toBe(true);
  expect(evaluate('status == "unhealthy" && critical', values, { scope: 'component' })).toBe(true);
});

test('R154: comparisons are strict, whatever the threshold', () => {
  const number = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  const above = compiled(rule('latency > threshold', { threshold: 7 })).rule;
  fc.assert(
    fc.property(number, number, (value, threshold) => {
      const { evaluate: holds } = compiled({ ...above, threshold });
      return holds({ latency: value }) === value > threshold && holds({ latency: threshold }) === false;
    }),
    { numRuns: 50 }
  );
});

test('what is not known is unknown, unless the known part decides', () => {
  expect(evaluate('latency > 5', { latency: null })).toBeUndefined();
  expect(evaluate('latency > 5', {})).toBeUndefined();
  expect(evaluate('latency > 5', { latency: Number.NaN })).toBeUndefined();
  expect(evaluate('latency > 5 && requests > 0', { latency: null, requests: 0 })).toBe(false);
  expect(evaluate('requests > 0 && latency > 5', { latency: null, requests: 0 })).toBe(false);
  expect(evaluate('latency > 5 || requests > 0', { latency: null, requests: 1 })).toBe(true);
  expect(evaluate('latency > 5 && requests > 0', { latency: null, requests: 1 })).toBeUndefined();
});

test('R449: an evaluation that fails is false and reported', () => {
  const reports: string[] = [];
  const { evaluate: holds } = compiled(rule('latency > 5'), (words) => reports.push(words));
  expect(holds({ latency: 'much' })).toBe(false);
  expect(reports).toEqual([expect.stringContaining('test_rule failed and counts as false')]);
  expect(holds({ latency: 6 })).toBe(true);
  expect(reports).toHaveLength(1);
});

test.each<[string, string]>([
  ['error_rate >', 'at character 13'],
  ['error_rate > > 5', 'at character 14'],
  ['nothing > 5', 'uses nothing, which the scope agents does not have. It has threshold, requests,'],
  ['constructor > 5', 'uses constructor'],
  ['__proto__ > 5', 'Reserved identifier: __proto__'],
  ['error_rate', 'is a number, not true or false'],
  ['"text"', 'is a string, not true or false'],
  ['error_rate > threshold', 'set threshold to a number'],
  ['error_rate > "much"', 'these cannot be put together: number > string'],
  ['error_rate % 2 == 1', 'uses %'],
  ['latency == null', 'neither a number, nor a text'],
  ['cel.bind(x, 1, x > 0)', 'bind()'],
  ['[1, 2].exists(x, x > 1)', 'exists()'],
  ['[1, 2].map(x, x).size() > 1', 'calls size(), which a condition cannot: it knows contains()'],
  ['has(latency.x)', 'has()'],
  ['size("abc") > 2', 'size()'],
  ['{"a": 1}["a"] > 0', 'cannot be read'],
  ['[1, 2][0] > 0', 'uses []'],
  ['latency.constructor == 1', 'uses .'],
  ['timestamp("2026-01-01T00:00:00Z").getHours() > 1', 'getHours()'],
  ['dyn(latency) > "x"', 'dyn()'],
  ['b"abc" == b"abc"', 'neither a number, nor a text'],
])('R449: %s is an error of the rule when it is loaded', (condition, words) => {
  expect(errorOf(condition)).toContain(words);
});

test('patterns are no part of a condition, so none can hang', () => {
  expect(errorOf('name.matches("(a+)+$")', { scope: 'breaker' })).toContain('calls matches(), which a condition cannot');
});

test('the position of an error is that of what was written, behind whole numbers too', () => {
  const condition = '1 < 2 && latency > "x"';
  expect(errorOf(condition)).toContain(`at character ${condition.indexOf('latency') + 1}`);
});

test('a condition is bounded', () => {
  const long = Array.from({ length: 100 }, () => 'latency > 1').join(' || ');
  expect(compile({ ...rule('latency > 1'), condition: long })).toEqual({ ok: false, error: expect.stringContaining('Exceeded maxAstNodes') });
  expect(errorOf(`${'('.repeat(100)}latency > 1${')'.repeat(100)}`)).toContain('cannot be read');
  expect(alertRuleSchema.safeParse({ ...rule('latency > 1'), condition: 'latency > 1 '.repeat(50) }).success).toBe(false);
});

test('hostile text never throws, and never gives anything but a rule or an error', () => {
  const piece = fc.constantFrom('latency', 'error_rate', ' > ', ' && ', '(', ')', '5', '1.5', '"', "'", 'matches', '.', '[', ']', '{', '}', ',', '!', '-', '0x10', '5u', 'null', 'true', '\\', '\u0000', '//', '\n', '?', ':', 'in');
  fc.assert(
    fc.property(fc.oneof(fc.string({ minLength: 1, maxLength: 80 }), fc.array(piece, { minLength: 1, maxLength: 20 }).map((pieces) => pieces.join(''))), (condition) => {
      const made = compile({ ...rule('latency > 1'), condition });
      return made.ok ? [true, false, undefined].includes(made.evaluate({ latency: 1, error_rate: 2 })) : made.error.length > 0 && made.error.length < 1000;
    }),
    { numRuns: 500 }
  );
});

test('what a rule measures is what it compares with its threshold', () => {
  const { measured } = compiled(rule('requests > 0 && threshold < latency', { threshold: 5 }));
  expect([measured({ latency: 7, requests: 3 }), measured({ latency: null }), compiled(rule('requests > 0')).measured({ requests: 3 })]).toEqual([7, undefined, undefined]);
});

const BY_NAME = new Map(defaultRules({ lowThroughput: true }).map((one) => [one.name, one]));
const named = (name: string) => compiled(BY_NAME.get(name) as AlertRule);
const row = (agent: string, requests: number, errors: number, extra = {}) => ({ minute: 0, agent, figures: { requests, errors, ...extra } });
const latency = (ms: number) => ({ latency: { count: 1, sum: ms, min: ms, max: ms, buckets: {} } });
const RESOURCES: Resources = { cpu_percent: 10, memory_percent: 10, disk_percent: 10, memory_used_mb: 1, memory_total_mb: 2, disk_used_gb: 1, disk_total_gb: 2, load_average: [] };
const component = (more: Partial<Component>): Component => ({ name: 'redis', kind: 'redis', status: 'healthy', response_time_ms: 1, last_check: '', has_error: false, error_message: null, mend: null, critical: true, ...more });
const system = (components: Component[], resources: Partial<Resources> = {}) => systemVariables({ components, breakers: [], resources: { ...RESOURCES, ...resources }, waiting: 0 });
const breaker = (more: Partial<Breaker>): Breaker => ({ name: 'web', kind: 'container', state: 'closed', failure_count: 0, success_rate: null, avg_response_time: null, total_calls: 0, free_at: null, ...more });

test('R456: every default rule can be read', () => {
  expect(defaultRules().map((one) => compile(one)).filter(({ ok }) => !ok)).toEqual([]);
});

test('R452 R453 R454 R455: rules of the agents, strict at their thresholds', () => {
  const of = (name: string, rows: Parameters<typeof agentsVariables>[0], range = RANGE) => named(name).evaluate(agentsVariables(rows, range));
  expect([of('high_error_rate', [row('a', 100, 5)]), of('high_error_rate', [row('a', 100, 6)]), of('high_error_rate', []), of('high_error_rate', undefined)]).toEqual([false, true, false, undefined]);
  expect([of('high_latency', [row('a', 1, 0, latency(2000))]), of('high_latency', [row('a', 1, 0, latency(2001))]), of('high_latency', [row('a', 1, 0)])]).toEqual([false, true, false]);
  // 300 seconds: 150 requests are 0.5 a second.
  expect([of('low_throughput', [row('a', 150, 0)]), of('low_throughput', [row('a', 147, 0)]), of('low_throughput', [])]).toEqual([false, true, false]);
  const tokens = (sum: number) => [row('a', 1, 0, { tokens: { count: 1, sum, min: sum, max: sum, buckets: {} } })];
  expect([of('high_token_usage', tokens(100_000)), of('high_token_usage', tokens(100_001))]).toEqual([false, true]);
});

test('R146 to R151: rules of the system, strict at their thresholds', () => {
  const of = (name: string, components: Component[], resources: Partial<Resources> = {}) => named(name).evaluate(system(components, resources));
  expect([of('system_unhealthy', [component({ status: 'unhealthy' })]), of('system_unhealthy', [component({ status: 'unhealthy', critical: false })]), of('system_unhealthy', [])]).toEqual([true, false, undefined]);
  expect([of('system_degraded', [component({ status: 'unhealthy' })]), of('system_degraded', [component({ status: 'unhealthy', critical: false })]), of('system_degraded', [component({})])]).toEqual([false, true, false]);
  expect([80, 80.01, null].map((cpu_percent) => of('high_cpu_usage', [], { cpu_percent }))).toEqual([false, true, undefined]);
  expect([85, 85.01].map((memory_percent) => of('high_memory_usage', [], { memory_percent }))).toEqual([false, true]);
  expect([90, 90.01].map((disk_percent) => of('high_disk_usage', [], { disk_percent }))).toEqual([false, true]);
  expect([5000, 5000.5, null].map((response_time_ms) => of('slow_response_times', [component({ response_time_ms })]))).toEqual([false, true, undefined]);
});

test('R102 R152 R153: rules of breakers and of each agent', () => {
  const of = (name: string, more: Partial<Breaker>) => named(name).evaluate(breakerVariables(breaker(more)));
  expect([of('circuit_breaker_open', { state: 'open' }), of('circuit_breaker_open', { state: 'half_open' }), of('circuit_breaker_testing', { state: 'half_open' })]).toEqual([true, false, true]);
  expect([0.9, 0.89, null].map((success_rate) => of('high_breaker_failure_rate', { success_rate, total_calls: 10 }))).toEqual([false, true, undefined]);
  expect(of('high_breaker_failure_rate', { success_rate: null, total_calls: 0 })).toBe(false);
  // One failure of few calls is no rate.
  expect([4, 5].map((total_calls) => of('high_breaker_failure_rate', { success_rate: 0.5, total_calls }))).toEqual([false, true]);
  const agent = (rows: Parameters<typeof agentVariables>[1]) => named('high_agent_failure_rate').evaluate(agentVariables('a', rows, RANGE));
  expect([agent([row('a', 10, 1), row('b', 1, 1)]), agent([row('a', 10, 2)]), agent([row('a', 9, 9)]), agent([]), agent(undefined)]).toEqual([false, true, false, false, undefined]);
});

test('R155 R450: messages name the value and the threshold', () => {
  const message = (name: string, values: RuleValues) => {
    const { rule: one } = named(name);
    return `${render(one.title, { ...values })} / ${render(one.message_template, { ...values, threshold: one.threshold ?? null })}`;
  };
  expect(message('slow_response_times', system([component({ response_time_ms: 5432.16 })]))).toBe('Slow Response Times / Mean response time of the components is 5432.2 ms, above the threshold of 5000 ms.');
  expect(message('high_cpu_usage', system([], { cpu_percent: 91.234 }))).toBe('High CPU Usage / CPU usage is 91.23%, above the threshold of 80%.');
  expect(message('high_error_rate', agentsVariables([row('a', 3, 1)], RANGE))).toBe('High Error Rate / Error rate of the agents is 33.33%, above the threshold of 5%.');
  expect(message('system_unhealthy', system([component({ status: 'unhealthy' }), component({ name: 'x', status: 'degraded' })]))).toContain('At least one critical component is unhealthy: redis.');
  expect(message('system_degraded', system([component({ name: 'x', status: 'degraded' })]))).toContain('Functionality is reduced: x.');
  expect(message('critical_component_unhealthy', componentVariables(component({ name: 'analyzer', status: 'unhealthy', error_message: 'Nothing was heard of it for 20 s.' })))).toBe('analyzer is down / Nothing was heard of it for 20 s.');
  expect(message('circuit_breaker_open', breakerVariables(breaker({ name: 'h/web', failure_count: 3 })))).toBe('Circuit Breaker Open: h/web / Circuit breaker h/web is open after 3 failures in a row: it refuses all calls.');
});

test('every scope has a variable of its own that a condition can use', () => {
  const conditions: Record<RuleScope, string> = { agents: 'cost_usd > 1', agent: 'name == "x"', system: 'waiting > 5', component: 'kind == "store"', breaker: 'total_calls > 1' };
  for (const [scope, condition] of Object.entries(conditions)) {
    expect(errorOf(condition, { scope: scope as RuleScope })).toBe('');
  }
});
