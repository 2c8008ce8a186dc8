import type { ComponentType } from 'react';
import { ROUTES, type Route } from '../../constants';

/** The module of a page; its default export is drawn. */
export type LoadPage = () => Promise<{ default: ComponentType }>;

/** Each page's content is a chunk of its own. Apart from the scenes around them, so that a page's chunk and the app's come at the same time. */
export const LOADERS = {
  overview: async () => import('../../pages/Overview/Overview'),
  issues: async () => import('../../pages/ActiveIssues/ActiveIssues'),
  incidents: async () => import('../../pages/Incident/Incident'),
  history: async () => import('../../pages/RemediationHistory/RemediationHistory'),
  timeline: async () => import('../../pages/EventTimeline/EventTimeline'),
  containers: async () => import('../../pages/Containers/Containers'),
  insights: async () => import('../../pages/Insights/Insights'),
  system: async () => import('../../pages/SystemStatus/SystemStatus'),
  agents: async () => import('../../pages/Agents/Agents'),
  policy: async () => import('../../pages/Policy/Policy'),
  configuration: async () => import('../../pages/Configuration/Configuration'),
} satisfies Partial<Record<Route, LoadPage>>;

/** The page that an address leads to. @param rest what follows the address of the app; none is Overview, as `App` has it */
export function loaderOf(rest: string): LoadPage | undefined {
  const name = rest.split('/').find(Boolean) ?? ROUTES.overview;
  return Object.entries(LOADERS).find(([route]) => ROUTES[route as Route] === name)?.[1];
}
