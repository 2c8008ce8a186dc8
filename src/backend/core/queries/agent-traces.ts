import type { LogEntry, Span, Trace } from '../../../contract/observability/schemas';
import { QueryError } from '../failure';
import { NO_FACTS, type Facts } from '../filter/facts';
import { columns, frameOf, timeOf, type Column, type Links } from '../frames/build';
import type { Frame, Notice } from '../types';
import { moreNotice, type QueryContext } from './context';
import { matcherOfSome, sourceNotices } from './sources';
import type { Span as Drawn } from './spans';
import { spanColumns } from './trace';

/** Each brings all of its steps. */
const MAX_TRACES = 200;
const TRACE_KEYS = ['trace_id', 'root_span', 'duration_ms', 'span_count'] as const;
const OK = ['ok', 'success', 'resolved'];
const FAILED = ['error', 'failed'];

const sumOf = (trace: Trace, name: string): number | null => {
  const values = trace.spans.map(({ attributes }) => attributes[name]).filter((value) => typeof value === 'number');
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
};
const modelCalls = ({ spans }: Trace): number => spans.filter(({ attributes }) => 'gen_ai.request.model' in attributes).length;
const agentsOf = ({ spans }: Trace): string[] => [...new Set(spans.map(({ service }) => service))];

function traceColumns(links: Links): Array<Column<Trace>> {
  const whole = { unit: 'short', decimals: 0, min: 0 };
  return [
    columns.time('time', (trace) => timeOf(trace.start_time), 'When it began.'),
    columns.text('trace', (trace) => trace.trace_id, 'Id of the trace; for an incident the id of the incident.', { links: links.trace }),
    columns.text('name', (trace) => trace.root_span, 'Its first step.'),
    columns.text('status', (trace) => trace.status, 'error when any step failed, else ok.'),
    columns.number('duration', (trace) => trace.duration_ms, 'From its first to its last moment.', { unit: 'ms', min: 0 }),
    columns.text('agent', (trace) => trace.agent_id, 'Agent of the first step.'),
    columns.text('agents', (trace) => agentsOf(trace).join(', '), 'All that took part.'),
    columns.number('spans', (trace) => trace.span_count, 'Number of its steps.', whole),
    columns.number('model_calls', modelCalls, 'Calls of a language model.', whole),
    columns.number('input_tokens', (trace) => sumOf(trace, 'gen_ai.usage.input_tokens'), 'Tokens that were sent to models.', whole),
    columns.number('output_tokens', (trace) => sumOf(trace, 'gen_ai.usage.output_tokens'), 'Tokens that models answered.', whole),
    columns.number('cost', (trace) => sumOf(trace, 'hemostat.cost_usd'), 'Cost of model calls, where prices are set.', { unit: 'currencyUSD', min: 0 }),
    columns.text('incident', (trace) => trace.incident_id, 'Id of the incident.', { links: links.incident }),
  ];
}

function factsOf(trace: Trace): Facts {
  const { status, agent_id: agent, incident_id: incident = '', trace_id, root_span, duration_ms, span_count } = trace;
  return { ...NO_FACTS, status: [status], agent, incident, text: () => `${root_span} ${trace_id} ${trace.spans.map(({ name }) => name).join(' ')}`, more: { trace_id, root_span, duration_ms, span_count } };
}

/** @returns undefined where a status narrows nothing */
function statusOf(statuses: readonly string[]): { status?: 'ok' | 'error'; notices: Notice[] } {
  const [ok, failed] = [OK, FAILED].map((words) => statuses.some((status) => words.includes(status)));
  const unknown = statuses.filter((status) => ![...OK, ...FAILED].includes(status));
  const notices: Notice[] = unknown.length > 0 ? [{ severity: 'warning', text: `A trace is ok or error; ${unknown.join(', ').slice(0, 100)} narrows nothing.` }] : [];
  return { ...(ok === failed ? {} : { status: ok ? ('ok' as const) : ('error' as const) }), notices };
}

async function list(context: QueryContext): Promise<Frame[]> {
  const { query, dashboard, range, signal, links } = context;
  const { status, notices } = statusOf(query.filters.statuses);
  const matcher = matcherOfSome(query, ['incidents', 'text'], ['agents', 'statuses'], TRACE_KEYS);
  const wanted = Math.min(query.limit, MAX_TRACES);
  const limit = matcher.active ? MAX_TRACES : wanted + 1;
  const agents = query.filters.agents.length > 0 ? [...new Set(query.filters.agents)] : [undefined];
  const read = await Promise.all(agents.slice(0, 20).map(async (agent) => dashboard.collect(range, { traces: { ...(status ? { status } : {}), ...(agent ? { agent } : {}), limit } }, signal)));
  const found = new Map(read.flatMap(({ data }) => data.traces ?? []).map((trace) => [trace.trace_id, trace]));
  const fitting = [...found.values()].filter((trace) => matcher.test(factsOf(trace))).sort((a, b) => Date.parse(b.start_time) - Date.parse(a.start_time));
  const shown = fitting.slice(0, wanted);
  const more = fitting.length > wanted || found.size >= MAX_TRACES;
  const all = [...sourceNotices(read[0] ?? { states: [] }), ...notices, ...matcher.notices];
  if (more) {
    all.push(moreNotice(shown.length, 'traces'));
  }
  return [frameOf('agent traces', query.refId, shown, traceColumns(links), { type: 'table', preferredVisualisationType: 'table', notices: all, custom: { more } })];
}

const DRAWN_STATUS: Readonly<Record<Span['status'], Drawn['status']>> = { unset: 0, ok: 1, error: 2 };

function drawn(span: Span, logs: readonly LogEntry[]): Drawn {
  return {
    id: span.span_id,
    parent: span.parent_span_id,
    operation: span.name,
    service: span.service,
    start: Date.parse(span.start_time),
    duration: span.duration_ms,
    status: DRAWN_STATUS[span.status],
    message: span.status_message ?? '',
    tags: span.attributes,
    kind: span.kind,
    logs: logs.map(({ timestamp, level, message }) => ({ timestamp: Date.parse(timestamp), name: level, text: message })),
  };
}

/** One trace for Grafana's waterfall, its log lines at their steps. */
async function one(context: QueryContext, id: string): Promise<Frame[]> {
  const { query, dashboard, signal } = context;
  const found = await dashboard.trace(id, signal);
  if (!found) {
    throw new QueryError(404, `Trace ${id.slice(0, 64)} not found. It may have been removed by retention.`);
  }
  const { trace, logs, states } = found;
  const linesOf = (span: Span) => logs.filter((line) => line.span_id === span.span_id);
  const notices = sourceNotices({ states });
  if (trace.span_count > trace.spans.length) {
    notices.push({ severity: 'warning', text: `${trace.span_count - trace.spans.length} of its steps were not kept.` });
  }
  const spans = trace.spans.map((span) => drawn(span, linesOf(span)));
  const custom = { traceFormat: 'hemostat', trace: trace.trace_id, ...(trace.incident_id ? { incident: trace.incident_id } : {}) };
  return [frameOf('Trace', query.refId, spans, spanColumns(trace.trace_id), { preferredVisualisationType: 'trace', notices, custom })];
}

/**
 * Traces of the agents, newest first; with a target that one as a waterfall.
 * @throws QueryError 404 when there is no such trace
 */
export async function agentTraces(context: QueryContext): Promise<Frame[]> {
  const { target } = context.query;
  return target ? one(context, target) : list(context);
}
