import { PluginExtensionPoints, type PluginExtensionAddedLinkConfig, type PluginExtensionPanelContext } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { containerPath, DATASOURCE_TYPE, incidentPath, pagePath } from './constants';

/** What a link needs of what Grafana tells about a panel or an alert; parts may be missing. */
type Labels = Record<string, string | undefined>;
type Told = object | undefined;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
/** A value that a dashboard has not put its variables into yet says nothing. */
const plain = (value: unknown): string => (typeof value === 'string' && !value.includes('$') ? value : '');

/** The incident or container that labels name, as our metrics and alert rules set them; undefined when they name none. */
export function pathOfLabels(labels: Labels): string | undefined {
  const incident = labels.incident_id ?? labels.incident;
  if (incident) {
    return incidentPath(incident);
  }
  // Others call their containers `container` too: only beside our own mark is it ours.
  const name = labels.container_name ?? (labels.product === 'hemostat' ? labels.container : undefined);
  if (name) {
    return containerPath(labels.host && !name.includes('/') ? `${labels.host}/${name}` : name);
  }
  return labels.product === 'hemostat' ? pagePath('issues') : undefined;
}

const stringsOf = (value: unknown): Labels => (isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, text]) => [name, plain(text) || undefined])) : {});

/**
 * A part of what Grafana tells. Not simply read: Grafana lends read-only proxies, and where what is behind one is frozen, as an
 * alert instance of its store is, reading an object inside it throws.
 */
const part = (told: unknown, name: string): unknown => (isObject(told) ? Object.getOwnPropertyDescriptor(told, name)?.value : undefined);

/** Labels of an alert rule or of one of its instances, wherever Grafana puts them. */
function labelsOf(context: Told): Labels {
  const inner = ['instance', 'alert', 'rule'].map((name) => part(context, name)).find(isObject);
  return { ...stringsOf(part(inner, 'labels')), ...stringsOf(part(context, 'labels')) };
}

/** Of a query of our own data source: the incident or container that it asks for. */
function pathOfQuery(query: unknown): string | undefined {
  if (!isObject(query) || !isObject(query.datasource) || query.datasource.type !== DATASOURCE_TYPE) {
    return undefined;
  }
  const target = plain(query.target);
  if (target) {
    return query.queryType === 'trace' ? incidentPath(target) : containerPath(target);
  }
  const filters = isObject(query.filters) ? query.filters : {};
  const one = (list: unknown): string => (Array.isArray(list) && list.length === 1 ? plain(list[0]) : '');
  const [incident, container] = [one(filters.incidents), one(filters.containers)];
  return incident ? incidentPath(incident) : container ? containerPath(container) : pagePath('overview');
}

/** Where all series of a panel are of one container or incident, that one. */
function pathOfSeries({ data }: Partial<PluginExtensionPanelContext>): string | undefined {
  const paths = new Set(data?.series.flatMap(({ fields }) => fields.flatMap(({ labels }) => pathOfLabels(labels ?? {}) ?? [])));
  return paths.size === 1 ? [...paths][0] : undefined;
}

/** Where a panel leads; undefined when it has nothing to do with HemoStat. */
export function pathOfPanel(context: Partial<PluginExtensionPanelContext> | undefined): string | undefined {
  const asked = context?.targets?.map(pathOfQuery).find(Boolean);
  return asked && asked !== pagePath('overview') ? asked : (pathOfSeries(context ?? {}) ?? asked);
}

const linked = (path: string | undefined) => (path ? { path } : undefined);

/** An entry of the command palette. Grafana 12 follows no path from there: it calls the click alone. */
const entry = (title: string, description: string, path: string): PluginExtensionAddedLinkConfig => ({
  title,
  description,
  targets: [PluginExtensionPoints.CommandPalette],
  path,
  onClick: () => locationService.push(path),
});

/** Declared in plugin.json with the same titles, descriptions and targets. */
export const LINKS: PluginExtensionAddedLinkConfig[] = [
  {
    title: 'Open in HemoStat',
    description: 'The incident or container that this panel shows',
    targets: [PluginExtensionPoints.DashboardPanelMenu],
    path: pagePath('overview'),
    configure: (context) => linked(pathOfPanel(context)),
  },
  {
    title: 'Why, in HemoStat',
    description: 'The incident or container that this alert is about',
    targets: [PluginExtensionPoints.AlertInstanceAction, PluginExtensionPoints.AlertingAlertingRuleAction],
    path: pagePath('issues'),
    configure: (context) => linked(pathOfLabels(labelsOf(context))),
  },
  entry('HemoStat: overview', 'What is ill, why, and what is done about it', pagePath('overview')),
  entry('HemoStat: active issues', 'What needs you: approve, silence, remediate', pagePath('issues')),
  entry('HemoStat: event timeline', 'Everything that happened, as it happens', pagePath('timeline')),
  entry('HemoStat: system status', 'How HemoStat itself is: parts, breakers, resources, alerts', pagePath('system')),
];

/** Id of the incident card for other plugins. */
export const INCIDENT_CARD = { id: 'hemostat-monitor-app/incident-card/v1', title: 'HemoStat incident', description: 'One incident in brief: what, why, what is done about it. Props: incident (its id) or container (its key).' } as const;
