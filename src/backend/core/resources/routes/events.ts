import { z } from 'zod';
import { storedEventSchema } from '../../../../contract/api';
import { wordsOf } from '../../queries/event-row';
import { placeOf } from '../../queries/events';
import { eventOf } from '../find';
import { route } from '../route';
import { eventId } from '../schemas';

export const eventRoutes = [
  route({
    method: 'GET',
    path: 'events/detail',
    role: 'Viewer',
    acts: false,
    id: 'getEvent',
    tag: 'Incidents',
    summary: 'One event as it stands in the log, by its id.',
    query: z.strictObject({ id: eventId }),
    answer: storedEventSchema,
    errors: { 404: 'There is no such event.' },
    handle: async ({ query, signal }, parts) => {
      const found = await eventOf(parts, query.id, signal);
      return { stream_id: placeOf(found), text: wordsOf(found.event), event: found.event };
    },
  }),
];
