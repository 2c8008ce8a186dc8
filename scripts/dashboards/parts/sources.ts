import { DATASOURCE_TYPE, DEFAULT_DATASOURCE_UID, pagePath, type Route } from '../../../src/constants';

/** Uids of what provisioning/datasources sets up; alert rules name them, dashboards take them as the first choice. */
export const PROMETHEUS_UID = 'hemostat-prometheus';
export const HEMOSTAT_UID = DEFAULT_DATASOURCE_UID;
/**
 * Folder of the alert rules. Grafana makes it before the one of the dashboards, and gives it a uid of its own choosing:
 * under the same title there would be two.
 */
export const ALERT_FOLDER = 'HemoStat Alerts';

/** Dashboards ask whichever data source is chosen on top, so that one can be taken to another Grafana. */
export const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' } as const;
export const HEMOSTAT = { type: DATASOURCE_TYPE, uid: '${hemostat}' } as const;

/** Uid of each dashboard; part of its address. */
export const DASHBOARDS = {
  overview: 'hemostat-overview',
  containers: 'hemostat-containers',
  remediation: 'hemostat-remediation',
  agents: 'hemostat-agents',
  insights: 'hemostat-insights',
  itself: 'hemostat-itself',
  system: 'hemostat-system',
  observability: 'hemostat-observability',
} as const;
export type DashboardName = keyof typeof DASHBOARDS;

export const page = (route: Route): string => pagePath(route);
