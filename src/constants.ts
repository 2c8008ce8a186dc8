import pluginJson from './plugin.json';

export const PLUGIN_ID = pluginJson.id;
/** Where Grafana shows the app. */
export const APP_PATH = `/a/${PLUGIN_ID}`;
export const DATASOURCE_TYPE = 'hemostat-events-datasource';
/** Uid of the provisioned data source. */
export const DEFAULT_DATASOURCE_UID = 'hemostat-events';

/** Last part of the address of each page. */
export const ROUTES = {
  overview: 'overview',
  issues: 'issues',
  incidents: 'incidents',
  history: 'history',
  timeline: 'timeline',
  containers: 'containers',
  insights: 'insights',
  system: 'system',
  agents: 'agents',
  policy: 'policy',
  configuration: 'configuration',
} as const;
export type Route = keyof typeof ROUTES;

/** Address of a page. @param more what follows its name, such as an id; it is encoded */
export const pagePath = (route: Route, ...more: string[]): string => [APP_PATH, ROUTES[route], ...more.map(encodeURIComponent)].join('/');

/** Address of one incident's story. */
export const incidentPath = (id: string): string => pagePath('incidents', id);
/** Address of one container's page. @param key host and name, which hold a slash between them: a parameter, not a part of the path */
export const containerPath = (key: string): string => `${pagePath('containers')}?container=${encodeURIComponent(key)}`;
/** Address of one trace of the agents. */
export const agentTracePath = (id: string): string => `${pagePath('agents')}?trace=${encodeURIComponent(id)}`;
/** Address of one alert about HemoStat itself. */
export const agentAlertPath = (id: string): string => `${pagePath('agents')}?alert=${encodeURIComponent(id)}`;
/** Address of one event in the timeline. */
export const eventPath = (id: string): string => `${pagePath('timeline')}?event=${encodeURIComponent(id)}`;
