import { z } from 'zod';
import { incidentEvents, listIncidents } from '../../../../../agents/runtime/queries';
import { eventLine, tellStory } from '../../../../contract/story';
import { incidentOf } from '../find';
import { route } from '../route';
import { incidentDetailSchema, incidentsSchema } from '../../../../contract/api';
import { containerName, incidentId, limit, yesNo } from '../schemas';

/** Events of one incident that are given at most, the newest ones. */
const MAX_EVENTS = 2000;

export const incidentRoutes = [
  route({
    method: 'GET',
    path: 'incidents',
    role: 'Viewer',
    acts: false,
    id: 'listIncidents',
    tag: 'Incidents',
    summary: 'Incidents, last changed first; without `all` those that have not ended.',
    query: z.strictObject({ all: yesNo, container: containerName.optional(), limit: limit(1000, 100) }),
    answer: incidentsSchema,
    handle: async ({ query, signal }, { log, ask }) => {
      const filter = { all: query.all === 'true', limit: query.limit + 1, ...(query.container ? { container: query.container } : {}) };
      const found = await ask(signal, async () => listIncidents(log, filter));
      return { incidents: found.slice(0, query.limit), more: found.length > query.limit };
    },
  }),
  route({
    method: 'GET',
    path: 'incidents/detail',
    role: 'Viewer',
    acts: false,
    id: 'getIncident',
    tag: 'Incidents',
    summary: 'One incident with its events and its story.',
    query: z.strictObject({ id: incidentId }),
    answer: incidentDetailSchema,
    errors: { 404: 'There is no such incident.' },
    handle: async ({ query, signal }, parts) => {
      const incident = await incidentOf(parts, query.id, signal);
      const { events, missing } = await parts.ask(signal, async () => incidentEvents(parts.log, query.id));
      const story = tellStory(
        incident,
        events.map(({ event }) => event)
      );
      return {
        incident,
        headline: story.headline,
        summary: story.summary,
        events: events.slice(-MAX_EVENTS).map(({ streamId, event }) => ({ stream_id: streamId, text: eventLine(event, { time: false }), event })),
        missing,
        more: events.length > MAX_EVENTS,
      };
    },
  }),
];
