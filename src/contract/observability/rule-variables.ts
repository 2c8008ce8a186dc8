import { meanOf } from '../health-score';
import { round } from '../weighted';
import type { FigureRow } from './aggregate';
import { quantile } from './histogram';
import type { Breaker, Component, MinuteFigures, Observed, Range, RuleScope } from './schemas';
import { overallStatus } from './status';
import { errorRate, meanLatency, throughput, totalOf } from './summary';

/** What the conditions and texts of alert rules may use, and where it comes from (R446, R450). Pure. */

export interface RuleVariable {
  type: 'number' | 'string' | 'bool';
  /** What it is, with its unit. */
  text: string;
}
/** Null is unknown. */
export type RuleValues = Readonly<Record<string, number | string | boolean | null>>;

const number = (text: string): RuleVariable => ({ type: 'number', text });
const string = (text: string): RuleVariable => ({ type: 'string', text });
const bool = (text: string): RuleVariable => ({ type: 'bool', text });

const THRESHOLD = { threshold: number('The threshold of the rule.') };
const FIGURES = {
  requests: number('Requests in the window.'),
  errors: number('Requests in the window that failed.'),
  error_rate: number('Errors over requests in percent; 0 without requests.'),
  latency: number('Mean latency in milliseconds; 0 when nothing was measured.'),
  latency_p99: number('Latency in milliseconds that 99 of 100 requests stay under; 0 when nothing was measured.'),
  throughput: number('Requests a second.'),
  tokens: number('Tokens that model calls took in the window.'),
  tokens_input: number('Those of them that were sent.'),
  tokens_output: number('Those of them that were answered.'),
  cost_usd: number('What the model calls cost, in US dollars; 0 where no price is set.'),
};

/** The variables of each scope, beside `threshold`. */
export const RULE_VARIABLES = {
  agents: { ...THRESHOLD, ...FIGURES },
  agent: { ...THRESHOLD, name: string('The agent.'), ...FIGURES, failure_rate: number('Errors over requests, 0 to 1; 0 without requests.') },
  system: {
    ...THRESHOLD,
    overall_status: string('healthy, degraded or unhealthy.'),
    cpu_percent: number('CPU of the machine in use, percent.'),
    memory_percent: number('Memory of the machine in use, percent.'),
    disk_percent: number('Disk of the machine in use, percent.'),
    response_time_ms: number('Mean response time of all components, milliseconds.'),
    components_total: number('Components that are looked at.'),
    components_degraded: number('Components that are degraded.'),
    components_unhealthy: number('Components that are unhealthy.'),
    critical_unhealthy: string('Names of the critical components that are unhealthy.'),
    not_healthy: string('Names of the components that are not healthy.'),
    breakers_open: number('Circuit breakers that are open.'),
    breakers_half_open: number('Circuit breakers that test recovery.'),
    waiting: number('Entries of the log that agents have not handled.'),
  },
  component: {
    ...THRESHOLD,
    name: string('The component.'),
    kind: string('What it is: agent, redis, docker, prometheus, alertmanager, grafana, model, store.'),
    status: string('healthy, degraded or unhealthy.'),
    response_time_ms: number('How long it took to answer, milliseconds.'),
    critical: bool('True when nothing is healed without it.'),
    error_message: string('What is wrong with it.'),
    mend: string('What to do about it.'),
  },
  breaker: {
    ...THRESHOLD,
    name: string('The circuit breaker.'),
    kind: string('container or model.'),
    state: string('closed, open, half_open or unknown.'),
    failure_count: number('Failures in a row.'),
    success_rate: number('Share of the calls that succeeded, 0 to 1.'),
    failure_rate: number('Share of the calls that failed, 0 to 1.'),
    avg_response_time: number('Mean response time, milliseconds.'),
    total_calls: number('Calls that it knows of.'),
    free_at: string('When an open one lets go.'),
  },
} as const satisfies Record<RuleScope, Record<string, RuleVariable>>;

/** The names of them, for those who choose. */
export const variableNames = (scope: RuleScope): string[] => Object.keys(RULE_VARIABLES[scope]);

/** Floating point makes 0.30000000000000004 of 1 - 0.7, which is not above 0.3. */
const share = (value: number): number => round(value, 9);

function figureValues(figures: MinuteFigures, range: Range): Record<keyof typeof FIGURES, number> {
  return {
    requests: figures.requests,
    errors: figures.errors,
    error_rate: errorRate(figures),
    latency: meanLatency(figures) ?? 0,
    latency_p99: quantile(figures.latency, 0.99) ?? 0,
    throughput: throughput(figures.requests, range),
    tokens: figures.tokens?.sum ?? 0,
    tokens_input: figures.tokens_input ?? 0,
    tokens_output: figures.tokens_output ?? 0,
    cost_usd: figures.cost_usd ?? 0,
  };
}

const IDLE: MinuteFigures = { requests: 0, errors: 0 };
const UNKNOWN_FIGURES: RuleValues = Object.fromEntries(Object.keys(FIGURES).map((name) => [name, null]));

/** Of all agents together. @param rows of the window; none is an idle system, undefined could not be read: then all is unknown */
export function agentsVariables(rows: readonly FigureRow[] | undefined, range: Range): RuleValues {
  return rows ? figureValues(totalOf(rows) ?? IDLE, range) : UNKNOWN_FIGURES;
}

/** Of one agent. @param rows of the window, of any agents; undefined when they could not be read */
export function agentVariables(name: string, rows: readonly FigureRow[] | undefined, range: Range): RuleValues {
  if (!rows) {
    return { name, ...UNKNOWN_FIGURES, failure_rate: null };
  }
  const figures = totalOf(rows.filter(({ agent }) => agent === name)) ?? IDLE;
  return { name, ...figureValues(figures, range), failure_rate: figures.requests > 0 ? share(figures.errors / figures.requests) : 0 };
}

const names = (components: readonly Component[]): string => components.map(({ name }) => name).join(', ');

export function systemVariables({ components, breakers, resources, waiting }: Pick<Observed, 'components' | 'breakers' | 'resources' | 'waiting'>): RuleValues {
  const overall = overallStatus(components);
  const inState = (state: Breaker['state']) => breakers.filter((breaker) => breaker.state === state).length;
  return {
    overall_status: overall === 'unknown' ? null : overall,
    cpu_percent: resources.cpu_percent,
    memory_percent: resources.memory_percent,
    disk_percent: resources.disk_percent,
    response_time_ms: meanOf(components.map(({ response_time_ms: ms }) => ms)),
    components_total: components.length,
    components_degraded: components.filter(({ status }) => status === 'degraded').length,
    components_unhealthy: components.filter(({ status }) => status === 'unhealthy').length,
    critical_unhealthy: names(components.filter(({ critical, status }) => critical && status === 'unhealthy')),
    not_healthy: names(components.filter(({ status }) => status !== 'healthy')),
    breakers_open: inState('open'),
    breakers_half_open: inState('half_open'),
    waiting,
  };
}

export function componentVariables({ name, kind, status, response_time_ms, critical, error_message: error, mend }: Component): RuleValues {
  return { name, kind, status, response_time_ms, critical, error_message: error || `${name} is ${status}`, mend: mend ?? '' };
}

export function breakerVariables({ name, kind, state, failure_count, success_rate: success, avg_response_time, total_calls, free_at }: Breaker): RuleValues {
  return { name, kind, state, failure_count, success_rate: success, failure_rate: success === null ? null : share(1 - success), avg_response_time, total_calls, free_at };
}
