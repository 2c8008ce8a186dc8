import { z } from 'zod';
import { NOT_INITIALIZED, START_OBSERVER } from '../../observability/shared-dashboard';
import { ResourceError } from '../errors';
import { route, type Parts, type Route, type RouteFacts } from '../route';

/** R474: also the title of this part of the API. */
export const DASHBOARD_TAG = 'Agent Observability Dashboard API';

/** @throws ResourceError 503 until an observer has looked at the system for the first time */
async function demandInitialized({ dashboard }: Parts, signal: AbortSignal): Promise<void> {
  if (!(await dashboard.initialized(signal))) {
    throw new ResourceError('unavailable', NOT_INITIALIZED, START_OBSERVER);
  }
}

type Facts = Pick<RouteFacts, 'method' | 'path' | 'id' | 'summary' | 'errors' | 'bodyOptional'> & Partial<Pick<RouteFacts, 'role' | 'acts'>>;
type Whole<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = Parameters<typeof route<Q, B, A>>[0];
type Definition<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = Facts & Pick<Whole<Q, B, A>, 'query' | 'body' | 'answer' | 'handle'>;

/** A call of the dashboard API: for Viewers unless said otherwise, and not before there is anything to tell. */
export function dashboardRoute<Q extends z.ZodType = z.ZodObject, B extends z.ZodType = z.ZodUndefined, A extends z.ZodType = z.ZodType>(definition: Definition<Q, B, A>): Route {
  const { path, handle, ...rest } = definition;
  return route<Q, B, A>({
    role: 'Viewer',
    acts: false,
    ...rest,
    path: path ? `dashboard/${path}` : 'dashboard',
    tag: DASHBOARD_TAG,
    handle: async (call, parts) => {
      await demandInitialized(parts, call.signal);
      return handle(call, parts);
    },
  });
}

/** R475. Without it the default range. */
export const minutes = z.coerce.number().int().min(1).max(1440).optional().describe('Minutes until now; DASHBOARD_DEFAULT_TIME_RANGE (60) when not given.');
