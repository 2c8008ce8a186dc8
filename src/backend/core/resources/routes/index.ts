import type { Route } from '../route';
import { actionRoutes } from './actions';
import { containerRoutes } from './containers';
import { editorRoutes } from './editors';
import { eventRoutes } from './events';
import { incidentRoutes } from './incidents';
import { insightRoutes } from './insights';
import { policyRoutes } from './policy';
import { policyWriteRoutes } from './policy-write';
import { remediationRoutes } from './remediations';
import { statusRoutes } from './status';
import { whatIfRoutes } from './what-if';

/** Every resource. A new group of routes (such as the API of R474 to R487) joins here and nowhere else. */
export const ROUTES: readonly Route[] = [
  ...incidentRoutes,
  ...eventRoutes,
  ...remediationRoutes,
  ...containerRoutes,
  ...insightRoutes,
  ...policyRoutes,
  ...whatIfRoutes,
  ...statusRoutes,
  ...editorRoutes,
  ...actionRoutes,
  ...policyWriteRoutes,
];
