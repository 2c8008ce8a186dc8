import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationPanelFilterBuilder,
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TimePickerBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE_TYPE, type Route } from '../../../src/constants';
import type { HemostatQuery } from '../../../src/contract/query';
import { COLUMNS, placed } from './grid';
import { OF_CONTAINER } from './promql';
import { hemostat, type PartialQuery } from './queries';
import { DASHBOARDS, HEMOSTAT, HEMOSTAT_UID, PROMETHEUS, PROMETHEUS_UID, page, type DashboardName } from './sources';

export interface Section {
  id: number;
  title: string;
  panels: ReadonlyArray<Builder<Panel>>;
}

export interface Layout {
  uid: string;
  title: string;
  description: string;
  /** Default range: an hour for what happens now, a day for trends. */
  from: 'now-1h' | 'now-24h';
  /** What the selection on top narrows. */
  variables: 'fleet' | 'agents' | 'none';
  /** Pages of the app that go on from here. */
  pages: ReadonlyArray<readonly [route: Route, title: string]>;
  /** Dashboards that tell of the same from another side, besides the list of all. */
  beside?: ReadonlyArray<readonly [name: DashboardName, title: string]>;
  /** Ids of the graphs that incidents and actions are marked on. */
  marked: readonly number[];
  sections: readonly Section[];
}

const source = (name: string, label: string, type: string, uid: string, title: string) =>
  new DatasourceVariableBuilder(name).label(label).type(type).current({ selected: true, text: title, value: uid }).hide(VariableHide.InControlsMenu);

const anyOf = (name: string, label: string, from: { type: string; uid: string }, query: Record<string, unknown>, words: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource({ ...from })
    .query({ ...query, refId: `variable-${name}` })
    .definition(words)
    .multi(true)
    .includeAll(true)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .current({ selected: true, text: ['All'], value: ['$__all'] });

const choice = (name: string, label: string, query: string) => anyOf(name, label, PROMETHEUS, { qryType: 1, query }, query);

/**
 * Every choice narrows the next one, and "All" stands for what is left: so a project narrows series that carry only the container's name.
 * The info series ends with its container, so that removed ones are no longer offered.
 */
const fleetVariables = () => [
  choice('host', 'Host', 'label_values(hemostat_container_info, host)'),
  choice('project', 'Project', 'label_values(hemostat_container_info{host=~"$host"}, project)'),
  choice('service', 'Service', 'label_values(hemostat_container_info{host=~"$host", project=~"$project"}, service)'),
  choice('container', 'Container', 'label_values(hemostat_container_info{host=~"$host", project=~"$project", service=~"$service"}, container_name)'),
];

const VARIABLES: Readonly<Record<Layout['variables'], () => QueryVariableBuilder[]>> = {
  fleet: fleetVariables,
  agents: () => [anyOf('agent', 'Agent', HEMOSTAT, { kind: 'agents' }, 'agents').allValue('.*')],
  none: () => [],
};

/** What the filters of a HemoStat query are in a dashboard with the choice of agents. */
export const CHOSEN_AGENTS = { agents: ['$agent'] };
/** The same for figures: those of the chosen agents together, where a filter would give each a line of its own. */
export const OF_CHOSEN_AGENTS: HemostatQuery['adhoc'] = [{ key: 'agent', operator: '=~', value: '${agent:regex}' }];
/** The same in one with the choices of the fleet. */
export const CHOSEN = { containers: ['$container'], hosts: ['$host'], projects: ['$project'] };

function annotations({ variables, marked }: Layout): AnnotationQueryBuilder[] {
  const chosen = variables === 'fleet' ? CHOSEN : {};
  // Without a graph to mark they are there to be switched on.
  const onGraphs = <T extends AnnotationQueryBuilder>(mark: T) => (marked.length > 0 ? mark.enable(true).filter(new AnnotationPanelFilterBuilder().exclude(false).ids([...marked])) : mark.enable(false));
  const info = `hemostat_container_info${variables === 'fleet' ? OF_CONTAINER : ''}`;
  const images = (offset: string) => `count by (host, container_name, image) (${info}${offset})`;
  const marks = (name: string, color: string, query: PartialQuery) =>
    onGraphs(new AnnotationQueryBuilder())
      .name(name)
      .datasource({ ...HEMOSTAT })
      .iconColor(color)
      .target(hemostat({ queryType: 'annotations', limit: 500, ...query }, name));
  return [
    marks('Incidents', 'red', { annotate: 'incidents', filters: chosen }),
    // What was done; what was refused is in the tables.
    marks('Remediations', 'purple', { annotate: 'remediations', filters: { ...chosen, statuses: ['success', 'failed'] } }),
    onGraphs(new AnnotationQueryBuilder())
      .name('Deployments')
      .datasource({ ...PROMETHEUS })
      .iconColor('blue')
      // An image that was not there a minute before.
      .expr(`(${images('')} unless ${images(' offset 1m')}) and on () (max(hemostat_build_info offset 1m))`)
      .step('60s')
      .titleFormat('{{container_name}}: new image')
      .textFormat('{{image}}')
      .tagKeys('container_name'),
  ];
}

function links({ pages, beside = [] }: Layout): DashboardLinkBuilder[] {
  const others = new DashboardLinkBuilder('HemoStat dashboards').type(DashboardLinkType.Dashboards).tags(['hemostat']).asDropdown(true).keepTime(true).includeVars(true);
  const link = (title: string, url: string, icon: string) => new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).icon(icon).keepTime(true);
  return [...pages.map(([route, title]) => link(title, page(route), 'bolt')), ...beside.map(([name, title]) => link(title, `/d/${DASHBOARDS[name]}`, 'dashboard')), others];
}

/** A dashboard of sections, with what all of ours share: refresh, shared crosshair, choices, marks and links. */
export function dashboard(layout: Layout) {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the second schema cannot be provisioned by file into every Grafana that the app supports
  const builder = new DashboardBuilder(layout.title)
    .uid(layout.uid)
    .description(layout.description)
    .tags(['hemostat'])
    .timezone('')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('10s')
    .time({ from: layout.from, to: 'now' })
    .timepicker(new TimePickerBuilder().refreshIntervals(['5s', '10s', '30s', '1m', '5m', '15m']))
    .variables([
      ...VARIABLES[layout.variables](),
      source('prometheus', 'Metrics from', 'prometheus', PROMETHEUS_UID, 'HemoStat Prometheus'),
      source('hemostat', 'Log from', DATASOURCE_TYPE, HEMOSTAT_UID, 'HemoStat'),
    ])
    .annotations(annotations(layout))
    .links(links(layout));
  let line = 0;
  for (const { id, title, panels } of layout.sections) {
    builder.withRow(new RowBuilder(title).id(id).gridPos({ x: 0, y: line, h: 1, w: COLUMNS }));
    const below = placed(panels, line + 1);
    below.panels.forEach((panel) => builder.withPanel(panel));
    line = below.bottom;
  }
  return builder;
}

