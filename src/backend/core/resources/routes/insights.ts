import { z } from 'zod';
import { insightsSchema } from '../../../../contract/api';
import { SEVERITIES } from '../../../../contract/events';
import { route, type Call, type Parts } from '../route';
import { limit } from '../schemas';
import { askFrames, rowsOf } from './remediations';

const DAY_MS = 86_400_000;
const MAX_DAYS = 366;

const insightsQuery = z.strictObject({ severity: z.enum(SEVERITIES).optional(), days: z.coerce.number().min(0.01).max(MAX_DAYS).default(15), limit: limit(1000, 100) });

async function insights(call: Call<z.output<typeof insightsQuery>>, parts: Parts) {
  const { severity, days, limit: most } = call.query;
  const frames = await askFrames(call, parts, days * DAY_MS, { queryType: 'insights', limit: most, filters: { severities: severity ? [severity] : [] } });
  return { insights: rowsOf(frames[0]), episodes: rowsOf(frames[1]), notices: frames.flatMap((frame) => (frame.meta?.notices ?? []).map((notice) => notice.text)) };
}

export const insightRoutes = [
  route({
    method: 'GET',
    path: 'insights',
    role: 'Viewer',
    acts: false,
    id: 'listInsights',
    tag: 'Insights',
    summary: 'Analyses of dashboards and times of high error rates, newest first. The same as the query `insights`.',
    query: insightsQuery,
    answer: insightsSchema,
    handle: insights,
  }),
];
