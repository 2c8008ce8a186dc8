import { z } from 'zod';
import { MINUTE_MS, seriesOf } from '../../../../contract/observability/aggregate';
import { agentHealthSchema, dashboardPayloadSchema, metricAnswerSchema } from '../../../../contract/observability/payloads';
import { AGGREGATIONS, METRIC_TYPES } from '../../../../contract/observability/schemas';
import { ResourceError } from '../errors';
import { dashboardRoute, minutes } from './dashboard-route';

export const dashboardRoutes = [
  dashboardRoute({
    method: 'GET',
    path: '',
    id: 'getDashboard',
    summary: 'Everything about the agents in a range of time: health, stat cards, charts, alerts, logs, traces and errors.',
    query: z.strictObject({ minutes }),
    answer: dashboardPayloadSchema,
    handle: async ({ query, signal }, { dashboard }) => dashboard.data(dashboard.rangeOf(query.minutes), signal),
  }),
  dashboardRoute({
    method: 'GET',
    path: 'health',
    id: 'getAgentHealth',
    summary: 'How well the agents are, 0 to 100, and what is wrong.',
    query: z.strictObject({ minutes }),
    answer: agentHealthSchema,
    handle: async ({ query, signal }, { dashboard }) => dashboard.health(dashboard.rangeOf(query.minutes), signal),
  }),
  dashboardRoute({
    method: 'GET',
    path: 'metrics/{metric_type}',
    id: 'getAgentMetric',
    summary: 'One figure of all agents over time, by the minute: latency (ms), tokens, errors or requests.',
    query: z.strictObject({ minutes, aggregation: z.enum(AGGREGATIONS).default('avg').describe('How the values of one minute are put together; rate is how many there were a second.') }),
    answer: metricAnswerSchema,
    errors: { 404: 'There is no such figure.' },
    handle: async ({ query, params, signal }, { dashboard }) => {
      const type = METRIC_TYPES.find((known) => known === params.metric_type);
      if (!type) {
        throw new ResourceError('not_found', `Metric ${params.metric_type?.slice(0, 100) ?? ''} not found`, `There are ${METRIC_TYPES.join(', ')}.`);
      }
      const range = dashboard.rangeOf(query.minutes);
      const { data, states } = await dashboard.collect(range, { metrics: { types: [type] } }, signal);
      const points = seriesOf(data.metrics ?? [], type, query.aggregation, range, MINUTE_MS);
      return { metric_type: type, aggregation: query.aggregation, interval_seconds: MINUTE_MS / 1000, data_points: points, sources: states };
    },
  }),
];
