import { lazy } from 'react';
import { EmbeddedScene, SceneAppPage, SceneRefreshPicker, SceneTimePicker, SceneTimeRange, type SceneRouteMatch } from '@grafana/scenes';
import { APP_PATH, pagePath, ROUTES, type Route } from '../../constants';
import type { LoadPage } from '../App/loaders';
import type { AppSettings } from '../App/settings';
import { PageBody } from './PageBody';

export interface PageOptions {
  route: Route;
  title: string;
  load: LoadPage;
  /** Where it differs from the route: with parameters, which the page's component gets. */
  routePath?: string;
  /** Page above it in the breadcrumbs. */
  parent?: Route;
  /** Start of the time range when none is in the URL. */
  from?: string;
  /** No time range and no refresh. */
  timeless?: boolean;
}

/** Grafana's own intervals, and ours in front where it is not among them. */
function intervalsWith(refresh: string): string[] {
  const usual = ['5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h'];
  return refresh === '' || usual.includes(refresh) ? usual : [refresh, ...usual];
}

/**
 * One page as a scene: time range and refresh in its head and in the URL, and below it what `load` gives.
 * @param parent page above it, asked for when it is drawn
 */
export function page(options: PageOptions, settings: Required<AppSettings>, parent: () => SceneAppPage | undefined): SceneAppPage {
  const { route, title, load, routePath = `${ROUTES[route]}/*`, from = 'now-1h', timeless = false } = options;
  // Of the page and not of its content, so that they stand beside the title.
  const controls = [new SceneTimePicker({}), new SceneRefreshPicker({ refresh: settings.refresh, intervals: intervalsWith(settings.refresh) })];
  const Content = lazy(load);
  return new SceneAppPage({
    title,
    url: pagePath(route),
    routePath,
    $timeRange: new SceneTimeRange({ from, to: 'now', ...(settings.timeZone ? { timeZone: settings.timeZone } : {}) }),
    controls: timeless ? [] : controls,
    getScene: ({ params }: SceneRouteMatch<Record<string, string>>) => new EmbeddedScene({ body: new PageBody({ Content, settings, params }) }),
    ...(options.parent ? { getParentPage: () => parent() ?? new SceneAppPage({ title, url: APP_PATH, routePath: '' }) } : {}),
  });
}
