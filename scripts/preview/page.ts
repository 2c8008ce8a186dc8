import { metaOf, type BuiltPlugin } from './plugins';
import type { Visitor } from './visitor';

/** Uid under which Grafana would have the data source provisioned; `DEFAULT_DATASOURCE_UID` of the app. */
export const DATASOURCE_UID = 'hemostat-events';
const PANELS = ['timeseries', 'stat', 'table'];
const ROLES = ['Viewer', 'Editor', 'Admin'];

const mayEnter = (role: string, needed = 'Viewer'): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

const addressOf = (path: string, app: BuiltPlugin): string => path.replaceAll('%PLUGIN_ID%', app.id);

/** Where a visit begins. */
export function firstPage(plugins: readonly BuiltPlugin[]): string {
  const app = plugins.find(({ type }) => type === 'app');
  const path = app?.manifest.includes.find((one) => one.defaultNav)?.path;
  return app && path ? addressOf(path, app) : `/a/${app?.id ?? ''}`;
}

function navigationOf(app: BuiltPlugin, role: string) {
  const pages = app.manifest.includes.filter((one) => one.type === 'page' && one.addToNav && mayEnter(role, one.role));
  const children = pages.map(({ name, path }) => ({ id: path, text: name, url: addressOf(path, app) }));
  return [{ id: `plugin-page-${app.id}`, text: app.manifest.name, url: firstPage([app]), img: `public/plugins/${app.id}/${app.manifest.info.logos.small}`, pluginId: app.id, children }];
}

function dataSourceOf(plugin: BuiltPlugin) {
  const { id, manifest } = plugin;
  return { id: 1, uid: DATASOURCE_UID, type: id, name: manifest.name, meta: metaOf(plugin), access: 'proxy', url: `/api/datasources/proxy/uid/${DATASOURCE_UID}`, jsonData: {}, readOnly: true, isDefault: true, cachingConfig: { enabled: false, TTLMs: 0 } };
}

function panelOf(id: string, sort: number) {
  return { id, name: id, type: 'panel', sort, module: '', baseUrl: '', info: { version: '', author: { name: '' }, description: '', links: [], logos: { small: '', large: '' }, screenshots: [], updated: '' } };
}

/** What Grafana's server gives the page to begin with. */
function bootData(plugins: readonly BuiltPlugin[], visitor: Visitor, appSettings: Record<string, unknown>) {
  const app = plugins.find(({ type }) => type === 'app');
  if (!app) {
    throw new Error('There is no app plugin.');
  }
  const source = plugins.find(({ type }) => type === 'datasource');
  const { role, theme, zone, user } = visitor;
  return {
    user: { isSignedIn: true, id: 1, uid: user, login: user, name: user, email: '', theme, lightTheme: theme === 'light', orgCount: 1, orgId: 1, orgName: 'Preview', orgRole: role, isGrafanaAdmin: false, timezone: zone, weekStart: '', language: 'en-US', locale: 'en-US', regionalFormat: 'en-US', permissions: {} },
    settings: {
      appSubUrl: '',
      appUrl: '/',
      namespace: 'default',
      buildInfo: { version: 'preview', commit: '', env: 'production', edition: 'Open Source' },
      datasources: source ? { [source.manifest.name]: dataSourceOf(source) } : {},
      defaultDatasource: source?.manifest.name ?? '',
      panels: Object.fromEntries(PANELS.map((id, index) => [id, panelOf(id, index)])),
      apps: {},
      featureToggles: {},
      liveEnabled: true,
      exploreEnabled: false,
      unifiedAlertingEnabled: false,
    },
    navTree: navigationOf(app, role),
    assets: { light: '', dark: '' },
    preview: { app: metaOf(app, appSettings) },
  };
}

const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

export interface HostFiles {
  js: string;
  css: string;
  /** What `js` imports at once, and what that imports; the browser would find it only after it has read `js`. */
  parts: readonly string[];
}

export interface PageRequest {
  /** Path of the address. */
  pathname: string;
  visitor: Visitor;
  appSettings: Record<string, unknown>;
}

/** The app's module is needed on its own pages only; elsewhere the browser would complain of what was loaded in vain. */
function preloads(app: BuiltPlugin | undefined, pathname: string, { js, parts }: HostFiles): string {
  const modules = [js, ...parts].map((file) => `<link rel="modulepreload" href="public/build/${file}">`);
  const module = app && pathname.startsWith(`/a/${app.id}`) ? [`<link rel="preload" as="script" href="${metaOf(app).module}">`] : [];
  return [...modules, ...module].join('\n');
}

/** The one page for every address. */
export function pageOf(plugins: readonly BuiltPlugin[], { pathname, visitor, appSettings }: PageRequest, host: HostFiles): string {
  const app = plugins.find(({ type }) => type === 'app');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<base href="/">
<title>HemoStat (preview)</title>
<link rel="icon" href="public/plugins/${app?.id ?? ''}/img/logo.svg">
<link rel="stylesheet" href="public/build/${host.css}">
${preloads(app, pathname, host)}
<style>body{margin:0}</style>
<script>window.__grafana_public_path__='public/';window.grafanaBootData=${inScript(bootData(plugins, visitor, appSettings))};</script>
</head>
<body class="theme-${visitor.theme} app-grafana">
<div id="reactRoot"></div>
<script type="module" src="public/build/${host.js}"></script>
</body>
</html>
`;
}

/** Shown until the plugin and the host are built; asks again by itself. */
export function waitingPage(words: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>HemoStat (preview)</title></head><body style="font-family:sans-serif;margin:3rem"><p>${words}</p></body></html>`;
}
