import { APP_PATH, pagePath, ROUTES } from '../../constants';

const PAGES: ReadonlySet<string> = new Set(Object.values(ROUTES));

/** Where an address leads that has no page of its own, such as that of the app itself: Scenes would show an empty screen. Undefined for a page. */
export function insteadOf(pathname: string): string | undefined {
  const [route = '', id = ''] = pathname.slice(APP_PATH.length).split('/').filter(Boolean);
  if (!PAGES.has(route)) {
    return pagePath('overview');
  }
  return route === ROUTES.incidents && id === '' ? pagePath('issues') : undefined;
}
