import type { MinuteRow } from '../../../../agents/runtime/collect/types';
import { MINUTE_MS, seriesOf, stepFor } from '../../../contract/observability/aggregate';
import { METRIC_AGGREGATION, METRIC_TYPES, type Aggregation, type MetricType, type Range } from '../../../contract/observability/schemas';
import { AGENT_SERIES, type AgentSeries } from '../../../contract/query';
import { QueryError } from '../failure';
import { NO_FACTS } from '../filter/facts';
import type { Field, FieldConfig, Frame, Notice } from '../types';
import type { QueryContext } from './context';
import { matcherOfSome, sourceNotices } from './sources';

/** Agents that get a line of their own, at most. */
const MAX_AGENTS = 20;
const BY_DEFAULT: readonly AgentSeries[] = ['latency', 'requests', 'errors', 'tokens'];
/** Of no value these make 0; the others make none. */
const COUNTING: readonly Aggregation[] = ['sum', 'count', 'rate'];

const LABELS: Readonly<Record<AgentSeries, string>> = { latency: 'Latency', tokens: 'Tokens', errors: 'Errors', requests: 'Requests', error_rate: 'Error rate', throughput: 'Throughput', cost: 'Cost' };
const CONFIGS: Readonly<Record<AgentSeries, FieldConfig>> = {
  latency: { unit: 'ms', min: 0, description: 'Time that handling an event or a request took.' },
  tokens: { unit: 'short', min: 0, description: 'Tokens of model calls, in and out.' },
  errors: { unit: 'short', min: 0, description: 'Requests that failed.' },
  requests: { unit: 'short', min: 0, description: 'Events and requests that were handled.' },
  error_rate: { unit: 'percent', min: 0, max: 100, description: 'Errors over requests; no value without a request.' },
  throughput: { unit: 'reqps', min: 0, description: 'Requests a second.' },
  cost: { unit: 'currencyUSD', min: 0, description: 'Cost of model calls, where prices are set.' },
};
const UNIT_OF: Partial<Record<Aggregation, string>> = { count: 'short', rate: 'cps' };

interface Steps {
  first: number;
  step: number;
  length: number;
  /** The first one of which anything is known; what lies before is unknown, not 0. */
  known: number;
  range: Range;
}

type Values = Array<number | null>;

function stepsOf(rows: readonly MinuteRow[], range: Range, maxDataPoints: number, now: number): Steps {
  const shown = { from: range.from, to: Math.min(range.to, now) };
  const step = stepFor(shown, maxDataPoints, MINUTE_MS);
  const first = Math.floor(shown.from / step) * step;
  const length = Math.max(0, Math.floor((shown.to - first) / step) + 1);
  const oldest = rows.reduce((least, { minute }) => Math.min(least, minute), Infinity);
  return { first, step, length, known: Math.floor((oldest - first) / step), range: shown };
}

const isMetric = (name: AgentSeries): name is MetricType => METRIC_TYPES.some((type) => type === name);

/** Points at their steps; where there is none, `otherwise` from where on anything is known. */
function placed(points: ReadonlyArray<[at: number, value: number]>, { first, step, length, known }: Steps, otherwise: number | null): Values {
  const values: Values = Array.from({ length }, (_, index) => (index >= known ? otherwise : null));
  for (const [at, value] of points) {
    const index = Math.floor((at - first) / step);
    if (index >= 0 && index < length) {
      values[index] = value;
    }
  }
  return values;
}

function metricValues(rows: readonly MinuteRow[], type: MetricType, kind: Aggregation, steps: Steps): Values {
  const points = seriesOf(rows, type, kind, steps.range, steps.step).map(({ timestamp, value }): [number, number] => [Date.parse(timestamp), value]);
  return placed(points, steps, COUNTING.includes(kind) ? 0 : null);
}

function costValues(rows: readonly MinuteRow[], steps: Steps): Values {
  const sums = new Map<number, number>();
  for (const { minute, figures } of rows) {
    if (figures.cost_usd !== undefined) {
      const at = Math.floor(minute / steps.step) * steps.step;
      sums.set(at, (sums.get(at) ?? 0) + figures.cost_usd);
    }
  }
  // Where no price is set nothing is known of the cost.
  return placed([...sums], steps, sums.size > 0 ? 0 : null);
}

function valuesOf(rows: readonly MinuteRow[], name: AgentSeries, kind: Aggregation | undefined, steps: Steps): Values {
  if (isMetric(name)) {
    return metricValues(rows, name, kind ?? METRIC_AGGREGATION[name], steps);
  }
  if (name === 'cost') {
    return costValues(rows, steps);
  }
  const requests = metricValues(rows, 'requests', 'sum', steps);
  if (name === 'throughput') {
    return requests.map((count) => (count === null ? null : count / (steps.step / 1000)));
  }
  const errors = metricValues(rows, 'errors', 'sum', steps);
  return requests.map((count, index) => (count ? (100 * (errors[index] ?? 0)) / count : null));
}

function seriesAsked(asked: readonly string[]): AgentSeries[] {
  const known = AGENT_SERIES.filter((name) => asked.includes(name));
  if (asked.length > 0 && known.length === 0) {
    throw new QueryError(400, `No such figure: ${asked.join(', ').slice(0, 200)}. There are ${AGENT_SERIES.join(', ')}.`);
  }
  return known.length > 0 ? known : [...BY_DEFAULT];
}

function configOf(name: AgentSeries, aggregation: Aggregation | undefined, displayName: string, step: number): FieldConfig {
  const { unit, ...config } = CONFIGS[name];
  return { ...config, unit: (isMetric(name) && aggregation && UNIT_OF[aggregation]) || (unit ?? 'short'), displayNameFromDS: displayName, custom: { interval: step } };
}

/** Figures of the agents over time: one line for all together, or one for each that is named. */
export async function agentSeries(context: QueryContext): Promise<Frame[]> {
  const { query, dashboard, range, signal, now, maxDataPoints } = context;
  const names = seriesAsked(query.metrics);
  const matcher = matcherOfSome(query, ['agents'], []);
  const { data, states } = await dashboard.collect(range, { metrics: {} }, signal);
  const rows = (data.metrics ?? []).filter(({ agent }) => matcher.test({ ...NO_FACTS, agent }));
  const steps = stepsOf(rows, range, maxDataPoints, now);
  const agents: Array<string | undefined> = query.filters.agents.length > 0 ? [...new Set(query.filters.agents)].slice(0, MAX_AGENTS) : [undefined];
  const left = new Set(query.filters.agents).size - MAX_AGENTS;
  const notices: Notice[] = left > 0 ? [{ severity: 'warning', text: `${MAX_AGENTS} agents are shown, ${left} are left out. Choose fewer.` }] : [];
  const fields: Field[] = [{ name: 'time', type: 'time', values: Float64Array.from({ length: steps.length }, (_, index) => steps.first + index * steps.step), config: { description: 'Begin of each step.' } }];
  for (const agent of agents) {
    const own = agent === undefined ? rows : rows.filter((row) => row.agent === agent);
    for (const name of names) {
      const shown = agent === undefined ? LABELS[name] : names.length === 1 ? agent : `${agent} ${LABELS[name].toLowerCase()}`;
      fields.push({ name, type: 'number', values: valuesOf(own, name, query.aggregation, steps), ...(agent === undefined ? {} : { labels: { agent } }), config: configOf(name, query.aggregation, shown, steps.step) });
    }
  }
  const meta = { type: 'timeseries-wide' as const, typeVersion: [0, 1] as [number, number], preferredVisualisationType: 'graph' as const, notices: [...sourceNotices({ states }), ...matcher.notices, ...notices], custom: { stepMs: steps.step } };
  return [{ name: 'agent series', refId: query.refId, meta, fields }];
}
