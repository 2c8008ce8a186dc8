import { config } from '@grafana/runtime';
import { DATASOURCE_TYPE, incidentPath, pagePath } from '../constants';
import type { HemostatDataQuery } from '../datasource/types';

/** The preview has no Explore. */
const hasExplore = (): boolean => config.buildInfo.version !== 'preview';

interface Around {
  /** Milliseconds since 1970, or as Grafana writes it: now-1h. */
  from: number | string;
  to: number | string;
}

function explorePath(uid: string, query: Omit<HemostatDataQuery, 'refId'>, { from, to }: Around): string {
  const datasource = { uid, type: DATASOURCE_TYPE };
  const panes = { hemostat: { datasource: uid, queries: [{ refId: 'A', datasource, ...query }], range: { from: String(from), to: String(to) } } };
  return `/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`;
}

/** An incident as a trace: in Grafana's Explore, without it on our own page. @param uid of the data source */
export const tracePath = (uid: string, incident: string, around: Around): string =>
  hasExplore() ? explorePath(uid, { queryType: 'trace', target: incident }, around) : `${incidentPath(incident)}?view=trace`;

/** What the log says of a container: in Grafana's Explore, without it in our timeline. @param key host and name */
export const logsPath = (uid: string, key: string, around: Around): string =>
  hasExplore() ? explorePath(uid, { queryType: 'events', format: 'logs', filters: { containers: [key] } }, around) : `${pagePath('timeline')}?container=${encodeURIComponent(key)}`;
