import { z } from 'zod';
import { summarizeAlerts } from '../../../../contract/observability/alerts';
import { groupErrors } from '../../../../contract/observability/errors';
import { agentAlertsSchema, agentErrorsSchema, agentLogsSchema, agentTraceSchema, agentTracesSchema } from '../../../../contract/observability/payloads';
import { LOG_LEVELS } from '../../../../contract/observability/schemas';
import { ResourceError } from '../errors';
import { limit } from '../schemas';
import { dashboardRoute, minutes } from './dashboard-route';

/** R482, R371. */
const MAX_LOGS = 1000;
/** R483. */
const MAX_TRACES = 200;
const MAX_GROUPS = 200;
/** Log lines that are grouped, at most. */
const MAX_ERRORS = 1000;

const agent = z.string().min(1).max(100).optional().describe('Name of one agent.');
const traceId = z.string().min(1).max(64);

/** One page, and whether there is more: one more than wanted was asked for, but never more than a source gives. */
function page<T>(found: readonly T[], wanted: number, most: number): { shown: T[]; more: boolean } {
  return { shown: found.slice(0, wanted), more: found.length > wanted || (wanted === most && found.length === most) };
}

/** Without what is not given: an absent filter and an undefined one are two things to a cache. */
function given<T extends object>(filters: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export const dashboardListRoutes = [
  dashboardRoute({
    method: 'GET',
    path: 'alerts',
    id: 'listAgentAlerts',
    summary: 'Alerts about HemoStat itself: those that are active, and those resolved in the range.',
    query: z.strictObject({ minutes }),
    answer: agentAlertsSchema,
    handle: async ({ query, signal }, { dashboard }) => {
      const { data, states } = await dashboard.collect(dashboard.rangeOf(query.minutes), { alerts: {} }, signal);
      const alerts = data.alerts ?? [];
      return { alerts, summary: summarizeAlerts(alerts), sources: states };
    },
  }),
  dashboardRoute({
    method: 'GET',
    path: 'logs',
    id: 'listAgentLogs',
    summary: 'Log lines of the agents, newest first.',
    query: z.strictObject({
      level: z.enum(LOG_LEVELS).optional().describe('This level and above.'),
      agent_id: agent,
      trace_id: traceId.optional(),
      text: z.string().min(1).max(200).optional().describe('Part of the message, case ignored.'),
      minutes,
      limit: limit(MAX_LOGS, 100),
    }),
    answer: agentLogsSchema,
    handle: async ({ query, signal }, { dashboard }) => {
      const { level, agent_id: of, trace_id: trace, text, limit: wanted } = query;
      const question = { ...given({ level, agent: of, trace, text }), limit: Math.min(MAX_LOGS, wanted + 1) };
      const { data, states } = await dashboard.collect(dashboard.rangeOf(query.minutes), { logs: question }, signal);
      const { shown, more } = page(data.logs ?? [], wanted, MAX_LOGS);
      return { logs: shown, more, sources: states };
    },
  }),
  dashboardRoute({
    method: 'GET',
    path: 'traces',
    id: 'listAgentTraces',
    summary: 'Traces of the agents, newest first: one an incident, and those of work that belongs to none.',
    query: z.strictObject({
      status: z.enum(['ok', 'error']).optional(),
      agent_id: agent,
      min_duration_ms: z.coerce.number().min(0).max(1e9).optional().describe('Of this length or longer, milliseconds.'),
      minutes,
      limit: limit(MAX_TRACES, 50),
    }),
    answer: agentTracesSchema,
    handle: async ({ query, signal }, { dashboard }) => {
      const { status, agent_id: of, min_duration_ms: minDurationMs, limit: wanted } = query;
      const question = { ...given({ status, agent: of, minDurationMs }), limit: wanted + 1 };
      const { data, states } = await dashboard.collect(dashboard.rangeOf(query.minutes), { traces: question }, signal);
      const { shown, more } = page(data.traces ?? [], wanted, Infinity);
      return { traces: shown, more, sources: states };
    },
  }),
  dashboardRoute({
    method: 'GET',
    path: 'traces/{trace_id}',
    id: 'getAgentTrace',
    summary: 'One trace with all its steps, and its log lines.',
    answer: agentTraceSchema,
    errors: { 404: 'There is no such trace.' },
    handle: async ({ params, signal }, { dashboard }) => {
      const id = params.trace_id ?? '';
      const found = traceId.safeParse(id).success ? await dashboard.trace(id, signal) : undefined;
      if (!found) {
        throw new ResourceError('not_found', `Trace ${id.slice(0, 100)} not found`, 'It may have been removed by retention. The resource dashboard/traces lists those that are left.');
      }
      return { trace: found.trace, logs: found.logs, sources: found.states };
    },
  }),
  dashboardRoute({
    method: 'GET',
    path: 'errors',
    id: 'listAgentErrors',
    summary: 'Errors of the agents, grouped by type and the beginning of the message, most frequent first.',
    query: z.strictObject({ minutes, limit: limit(MAX_GROUPS, 50) }),
    answer: agentErrorsSchema,
    handle: async ({ query, signal }, { dashboard }) => {
      const { data, states } = await dashboard.collect(dashboard.rangeOf(query.minutes), { errors: { limit: MAX_ERRORS } }, signal);
      const groups = groupErrors(data.errors ?? []);
      return { errors: groups.slice(0, query.limit), more: groups.length > query.limit, sources: states };
    },
  }),
];
