import type { Route } from '../route';
import { actionRoutes } from './actions';
import { containerRoutes } from './containers';
import { dashboardRoutes } from './dashboard';
import { dashboardActRoutes } from './dashboard-acts';
import { dashboardListRoutes } from './dashboard-lists';
import { dashboardRuleRoutes } from './dashboard-rules';
import { dashboardStatusRoutes } from './dashboard-status';
import { editorRoutes } from './editors';
import { eventRoutes } from './events';
import { incidentRoutes } from './incidents';
import { insightRoutes } from './insights';
import { policyRoutes } from './policy';
import { policyWriteRoutes } from './policy-write';
import { remediationRoutes } from './remediations';
import { statusRoutes } from './status';
import { whatIfRoutes } from './what-if';

/** Every resource. A new group of routes joins here and nowhere else. */
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
  ...dashboardRoutes,
  ...dashboardListRoutes,
  ...dashboardStatusRoutes,
  ...dashboardActRoutes,
  ...dashboardRuleRoutes,
];
