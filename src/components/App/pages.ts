import { t } from '../text';
import type { SceneAppPage } from '@grafana/scenes';
import { ROUTES } from '../../constants';
import { page, type PageOptions } from '../Page/page';
import type { AppSettings } from './settings';

/** Every page, in the order of the navigation. Each one's content is a chunk of its own. */
const options = (): PageOptions[] => [
  { route: 'overview', title: t('pages.overview', 'Overview'), load: async () => import('../../pages/Overview/Overview') },
  { route: 'issues', title: t('pages.issues', 'Active issues'), load: async () => import('../../pages/ActiveIssues/ActiveIssues') },
  {
    route: 'incidents',
    title: t('pages.incident', 'Incident'),
    routePath: `${ROUTES.incidents}/:id`,
    parent: 'issues',
    load: async () => import('../../pages/Incident/Incident'),
  },
  { route: 'history', title: t('pages.history', 'Remediation history'), from: 'now-24h', load: async () => import('../../pages/RemediationHistory/RemediationHistory') },
  { route: 'timeline', title: t('pages.timeline', 'Event timeline'), load: async () => import('../../pages/EventTimeline/EventTimeline') },
  { route: 'containers', title: t('pages.containers', 'Containers'), load: async () => import('../../pages/Containers/Containers') },
  { route: 'policy', title: t('pages.policy', 'Policy'), from: 'now-7d', load: async () => import('../../pages/Policy/Policy') },
  { route: 'configuration', title: t('pages.configuration', 'Configuration'), timeless: true, load: async () => import('../../pages/Configuration/Configuration') },
];

/** @param settings the app's own, with defaults filled in */
export function allPages(settings: Required<AppSettings>): SceneAppPage[] {
  const made = new Map<string, SceneAppPage>();
  for (const one of options()) {
    made.set(one.route, page(one, settings, () => made.get(one.parent ?? '')));
  }
  return [...made.values()];
}
