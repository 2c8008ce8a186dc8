import { t } from '../text';
import type { SceneAppPage } from '@grafana/scenes';
import { ROUTES } from '../../constants';
import { page, type PageOptions } from '../Page/page';
import { LOADERS } from './loaders';
import type { AppSettings } from './settings';

/** Every page, in the order of the navigation. */
const options = (): PageOptions[] => [
  { route: 'overview', title: t('pages.overview', 'Overview'), load: LOADERS.overview },
  { route: 'issues', title: t('pages.issues', 'Active issues'), load: LOADERS.issues },
  {
    route: 'incidents',
    title: t('pages.incident', 'Incident'),
    routePath: `${ROUTES.incidents}/:id`,
    parent: 'issues',
    load: LOADERS.incidents,
  },
  { route: 'history', title: t('pages.history', 'Remediation history'), from: 'now-24h', load: LOADERS.history },
  { route: 'timeline', title: t('pages.timeline', 'Event timeline'), load: LOADERS.timeline },
  { route: 'containers', title: t('pages.containers', 'Containers'), load: LOADERS.containers },
  { route: 'insights', title: t('pages.insights', 'Insights'), from: 'now-24h', load: LOADERS.insights },
  { route: 'system', title: t('pages.system', 'System status'), from: 'now-24h', load: LOADERS.system },
  { route: 'agents', title: t('pages.agents', 'Agents'), load: LOADERS.agents },
  { route: 'policy', title: t('pages.policy', 'Policy'), from: 'now-7d', load: LOADERS.policy },
  { route: 'configuration', title: t('pages.configuration', 'Configuration'), timeless: true, load: LOADERS.configuration },
];

/** @param settings the app's own, with defaults filled in */
export function allPages(settings: Required<AppSettings>): SceneAppPage[] {
  const made = new Map<string, SceneAppPage>();
  for (const one of options()) {
    made.set(one.route, page(one, settings, () => made.get(one.parent ?? '')));
  }
  return [...made.values()];
}
