import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { LogsSortOrder, VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { CHOSEN, dashboard } from './parts/frame';
import { bars, coloured, containerLink, figure, graph, logTable, tableLegend, withLimits } from './parts/panels';
import { CONTAINER_LEGEND, OF_CONTAINER, OF_EVENTS, byContainer, inRange, perMinute, zeroWhileAlive } from './parts/promql';
import { hemostat, instant, series } from './parts/queries';
import { DASHBOARDS, HEMOSTAT, PROMETHEUS } from './parts/sources';

const NO_METRICS = 'Nothing measured yet. If it stays so: is the exporter scraped?';
const small = { width: 4, height: 4, noValue: NO_METRICS };
const half = { width: 12, height: 9, noValue: NO_METRICS };

const status = (name: string) => `{host=~"$host", project=~"$project", container_name=~"$container", status="${name}"}`;

const now = () => [
  figure({ ...small, id: 1, title: 'Running', description: 'Containers that run now.' }, [[null, 'red'], [1, 'green']], series(`sum(hemostat_container_status${status('running')})`, 'running')).decimals(0),
  figure({ ...small, id: 2, title: 'Ill', description: 'Containers that HemoStat holds to be ill now.' }, [[null, 'green'], [1, 'red']], series(`sum(hemostat_container_ill${OF_CONTAINER})`, 'ill')).decimals(0),
  figure({ ...small, id: 3, title: 'Exited', description: 'Containers that have ended; one that a person stopped is not ill.' }, [[null, 'green'], [1, 'yellow']], series(zeroWhileAlive(`sum(hemostat_container_status${status('exited')})`), 'exited')).decimals(0),
  figure({ ...small, id: 4, title: 'Restarts', description: 'Starts of containers that had run before, whoever started them, in the time range.' }, [[null, 'text'], [1, 'blue'], [20, 'orange']], instant(inRange(`hemostat_container_restarts_total${OF_EVENTS}`), 'restarts')).decimals(0),
  figure({ ...small, id: 5, title: 'CPU', description: 'CPU of all chosen containers together, in cores.', unit: 'none' }, [[null, 'text']], series(`sum(hemostat_container_cpu_percent${OF_CONTAINER}) / 100`, 'cores')).decimals(2),
  figure({ ...small, id: 6, title: 'Memory', description: 'Memory of all chosen containers together, page cache left out.', unit: 'bytes' }, [[null, 'text']], series(`sum(hemostat_container_memory_bytes${OF_CONTAINER})`, 'memory')),
];

const percentCell = (limits: readonly [number, number]) => [
  { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } },
  { id: 'thresholds', value: { mode: 'absolute', steps: [{ value: null, color: 'green' }, { value: limits[0], color: 'orange' }, { value: limits[1], color: 'red' }] } },
  { id: 'color', value: { mode: 'thresholds' } },
  { id: 'max', value: 100 },
];

const fleet = () => [
  logTable(
    { id: 11, title: 'Fleet', description: 'Every container as the monitor last saw it. The time range plays no part.', width: 24, height: 12, noValue: 'The monitor has seen no container' },
    { container: ['Container', 230], status: 'State', health: 'Health', ill: 'Ill', cpu: 'CPU', memory: 'Memory', memory_usage: 'Memory used', restarts: 'Restarts', project: 'Project', service: 'Service', image: ['Image', 180], started: ['Started', 170], seen: ['Seen', 170], incident: ['Incident', 290] },
    hemostat({ queryType: 'containers', limit: 1000, filters: CHOSEN })
  )
    .overrideByName('State', coloured({ running: 'green', exited: 'yellow', dead: 'red', restarting: 'orange', paused: 'blue', created: 'text', removed: 'text' }))
    .overrideByName('Health', coloured({ healthy: 'green', unhealthy: 'red', starting: 'blue', unknown: 'text' }))
    .overrideByName('Ill', coloured({ true: 'red', false: 'text' }))
    .overrideByName('CPU', percentCell([85, 90]))
    .overrideByName('Memory', percentCell([80, 90])),
];

const ILLNESS: ValueMapping[] = [
  { type: MappingType.ValueToText, options: { '0': { text: 'well', color: 'green', index: 0 }, '1': { text: 'ill', color: 'red', index: 1 } } },
];

const illness = () => [
  new StateTimelineBuilder()
    .id(12)
    .title('Illness over Time')
    .description('When each container was held to be ill.')
    .span(24)
    .height(12)
    .noValue(NO_METRICS)
    .datasource({ ...PROMETHEUS })
    .targets([series(byContainer(`hemostat_container_ill${OF_CONTAINER}`), CONTAINER_LEGEND)])
    .mappings(ILLNESS)
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .rowHeight(0.8)
    .dataLinks([containerLink()]),
];

const line = (id: number, title: string, unit: string, description: string, metric: string) =>
  graph({ ...half, id, title, unit, description }, series(byContainer(metric), CONTAINER_LEGEND)).dataLinks([containerLink()]).legend(tableLegend('lastNotNull'));
const counted = (metric: string) => `rate(${metric}${OF_CONTAINER}[$__rate_interval])`;

const resources = () => [
  withLimits(line(21, 'CPU by Container', 'percent', 'Percent of one core.', `hemostat_container_cpu_percent${OF_CONTAINER}`), [[null, 'transparent'], [85, 'orange'], [90, 'red']]),
  line(22, 'Memory by Container', 'bytes', 'Memory in use, page cache left out.', `hemostat_container_memory_bytes${OF_CONTAINER}`),
  line(23, 'Network Received', 'Bps', 'Bytes received a second.', counted('hemostat_container_network_rx_bytes_total')),
  line(24, 'Network Sent', 'Bps', 'Bytes sent a second.', counted('hemostat_container_network_tx_bytes_total')),
  line(25, 'Disk Read', 'Bps', 'Bytes read from block devices a second.', counted('hemostat_container_blkio_read_bytes_total')),
  line(26, 'Disk Written', 'Bps', 'Bytes written to block devices a second.', counted('hemostat_container_blkio_write_bytes_total')),
];

const happenings = () => [
  bars({ ...half, id: 31, title: 'Findings by Type (per minute)', description: 'Anomalies in health alerts by their type.', noValue: 'No alert in this time range' }, series(perMinute('sum by (anomaly_type)', `hemostat_anomalies_detected_total${OF_EVENTS}`), '{{anomaly_type}}')),
  bars({ ...half, id: 32, title: 'Events of the Docker Engine (per minute)', description: 'Starts, ends, health changes and others, of all containers.', noValue: 'No event in this time range' }, series(perMinute('sum by (action)', 'hemostat_container_events_total'), '{{action}}')),
  new LogsBuilder()
    .id(33)
    .title('What Happened')
    .description('The log of HemoStat for the chosen containers, newest first.')
    .span(24)
    .height(12)
    .noValue('Nothing happened in this time range')
    .datasource({ ...HEMOSTAT })
    .targets([hemostat({ queryType: 'events', format: 'logs', limit: 200, filters: CHOSEN })])
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending),
];

/** Every container with its figures, illnesses and events. */
export const containers = () =>
  dashboard({
    uid: DASHBOARDS.containers,
    title: 'HemoStat Containers',
    description: 'Every container with its figures, illnesses and events.',
    from: 'now-1h',
    variables: 'fleet',
    pages: [
      ['containers', 'Containers in HemoStat'],
      ['issues', 'Active issues'],
    ],
    marked: [21, 22],
    sections: [
      { id: 101, title: 'Now', panels: [...now(), ...fleet(), ...illness()] },
      { id: 102, title: 'Resources', panels: resources() },
      { id: 103, title: 'What happened', panels: happenings() },
    ],
  });
