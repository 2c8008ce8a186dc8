import { BigValueGraphMode, BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './parts/frame';
import { bars, figure, graph, logTable, withLimits } from './parts/panels';
import { perMinute, zeroWhileAlive } from './parts/promql';
import { hemostat, instant, series } from './parts/queries';
import { DASHBOARDS } from './parts/sources';

const NO_METRICS = 'Nothing measured yet. If it stays so: is the exporter scraped?';
const NO_PROMETHEUS = 'Prometheus does not watch itself: is the job "prometheus" in its configuration?';
const small = { width: 4, height: 4, noValue: NO_METRICS };
const third = { width: 8, height: 8, noValue: NO_METRICS };
const quarter = { width: 6, height: 8, noValue: NO_METRICS };

const yesNo = (yes: readonly [string, string], no: readonly [string, string]) => [
  { type: MappingType.ValueToText as const, options: { '1': { text: yes[0], color: yes[1], index: 0 }, '0': { text: no[0], color: no[1], index: 1 } } },
];

const wellness = () => [
  figure({ ...small, id: 1, title: 'Exporter', description: 'Whether Prometheus could read the exporter the last time.' }, [[null, 'text']], instant('min(up{job="hemostat-metrics"})', 'up'))
    .mappings(yesNo(['up', 'green'], ['down', 'red']))
    .graphMode(BigValueGraphMode.None),
  figure({ ...small, id: 2, title: 'Redis', description: 'Whether Redis answered the exporter the last time.' }, [[null, 'text']], instant('min(hemostat_redis_up)', 'up'))
    .mappings(yesNo(['up', 'green'], ['down', 'red']))
    .graphMode(BigValueGraphMode.None),
  figure({ ...small, id: 3, title: 'Agents Alive', description: 'Copies of agents with a sign of life in the last minute.' }, [[null, 'red'], [4, 'green']], series('count(time() - hemostat_agent_heartbeat_timestamp_seconds < 60)', 'alive')).decimals(0),
  figure({ ...small, id: 4, title: 'Mode', description: 'observe: it only watches; approve: it asks; auto: it acts under its guards.' }, [[null, 'blue']], instant('hemostat_mode == 1', '{{mode}}'))
    .textMode(BigValueTextMode.Name)
    .graphMode(BigValueGraphMode.None),
  figure({ ...small, id: 5, title: 'Actions', description: 'Whether every action is stopped by a pause.' }, [[null, 'text']], instant('max(hemostat_paused)', 'paused'))
    .mappings(yesNo(['paused', 'orange'], ['allowed', 'green']))
    .graphMode(BigValueGraphMode.None),
  figure({ ...small, id: 6, title: 'Dead Letters', description: 'Entries that could not be handled and were put aside. npx hemostat dead-letters shows each with its error.' }, [[null, 'green'], [1, 'red']], series('sum(hemostat_dead_letters_kept)', 'kept')).decimals(0),
];

const troubles = () => [
  figure({ ...small, id: 11, title: 'Troubles Now', description: 'Parts that agents depend on and miss now. npx hemostat status tells which, and how to mend it.' }, [[null, 'green'], [1, 'red']], instant(zeroWhileAlive('count(hemostat_agent_trouble == 1)'), 'troubles'))
    .decimals(0)
    .graphMode(BigValueGraphMode.None),
  bars({ ...third, width: 12, height: 4, id: 12, title: 'Troubles that Began (per minute)', description: 'By agent and part.' }, series(zeroWhileAlive(perMinute('sum by (agent_name, part)', 'hemostat_agent_troubles_total')), '{{agent_name}} {{part}}')),
  figure({ ...small, id: 13, title: 'Data Age', description: 'Since the exporter last read Redis; it serves older figures until it can.', unit: 's' }, [[null, 'green'], [30, 'orange'], [120, 'red']], series('time() - min(hemostat_exporter_snapshot_timestamp_seconds)', 'age')).decimals(0),
  figure({ ...small, id: 14, title: 'Last Poll', description: 'Since the monitor last wrote figures, on the host that is furthest behind.', unit: 's' }, [[null, 'green'], [60, 'orange'], [120, 'red']], series('time() - min(hemostat_monitor_last_poll_timestamp_seconds)', 'age')).decimals(0),
];

const log = () => [
  graph({ ...third, id: 21, title: 'Log Entries a Second', description: 'Entries appended to the log by event type.', unit: 'ops' }, series('sum by (type) (rate(hemostat_log_entries_total[$__rate_interval]))', '{{type}}')),
  withLimits(graph({ ...third, id: 22, title: 'Entries not Read Yet', description: 'How far each group of readers is behind the end of the log.' }, series('sum by (group) (hemostat_log_group_lag)', '{{group}}')), [[null, 'transparent'], [1000, 'red']]),
  graph({ ...third, id: 23, title: 'Entries in Work', description: 'Read by a group and not finished yet.' }, series('sum by (group) (hemostat_log_group_pending)', '{{group}}')),
  graph({ ...quarter, id: 24, title: 'Entries of the Log', description: 'Entries that the log holds; old ones are removed by age and memory.' }, series('sum(hemostat_log_length)', 'entries')),
  graph({ ...quarter, id: 25, title: 'Redis Memory', description: 'Memory that Redis uses, its limit where there is one, and the part of the log.', unit: 'bytes' }, series('hemostat_redis_memory_used_bytes', 'used {{node}}'), series('hemostat_redis_memory_max_bytes > 0', 'limit {{node}}', 'B'), series('sum(hemostat_log_memory_bytes)', 'log', 'C')),
  graph({ ...quarter, id: 26, title: 'Redis Commands', description: 'The ten commands that Redis carries out most, a second.', unit: 'ops' }, series('topk(10, sum by (operation) (rate(hemostat_redis_operations_total[$__rate_interval])))', '{{operation}}')),
  graph({ ...quarter, id: 27, title: 'Redis Clients', description: 'Connections to Redis.' }, series('hemostat_redis_connected_clients', '{{node}}')),
];

const notices = () => [
  bars({ ...third, id: 31, title: 'Notices (per minute)', description: 'Notices by channel and whether they arrived. The rule HighAlertFailureRate fires above 20 % of failures.', noValue: 'No channel is set: SLACK_WEBHOOK_URL, HEMOSTAT_WEBHOOK_URL or HEMOSTAT_ALERTMANAGER_URL' }, series(zeroWhileAlive(perMinute('sum by (channel, status)', 'hemostat_alerts_sent_total')), '{{channel}} {{status}}')),
  bars({ ...third, id: 32, title: 'Notices Held Back (per minute)', description: 'Notices that were not sent because the same one had just been.' }, series(perMinute('sum', 'hemostat_alerts_deduped_total'), 'held back')),
  logTable({ ...third, id: 33, title: 'About HemoStat Itself', description: 'Starts, ends and troubles of agents, and dead letters.', noValue: 'Nothing in this time range' }, { time: ['Time', 170], type: ['What', 110], text: 'Text' }, hemostat({ queryType: 'events', format: 'table', limit: 100, filters: { types: ['agent_trouble', 'agent_started', 'agent_stopped', 'dead_letter', 'notification_failed'] } })),
];

const host = () => [
  withLimits(graph({ ...quarter, id: 41, title: 'Host CPU', description: 'Busy share of the CPUs of the machine that the exporter runs on.', unit: 'percentunit' }, series('1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))', '{{instance}}')), [[null, 'transparent'], [0.8, 'red']]).max(1),
  withLimits(graph({ ...quarter, id: 42, title: 'Host Memory', description: 'Share of memory that is not available any more.', unit: 'percentunit' }, series('1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', '{{instance}}')), [[null, 'transparent'], [0.85, 'red']]).max(1),
  withLimits(graph({ ...quarter, id: 43, title: 'Host File Systems', description: 'Used share of each file system.', unit: 'percentunit' }, series('1 - node_filesystem_avail_bytes / (node_filesystem_size_bytes > 0)', '{{mountpoint}}')), [[null, 'transparent'], [0.9, 'red']]).max(1),
  graph({ ...quarter, id: 44, title: 'Host Load', description: 'Load averages of 1, 5 and 15 minutes.' }, series('node_load1', '1 min'), series('node_load5', '5 min', 'B'), series('node_load15', '15 min', 'C')),
  graph({ ...quarter, width: 12, signed: true, id: 45, title: 'Host Disks', description: 'Bytes read (up) and written (down) a second.', unit: 'Bps' }, series('rate(node_disk_read_bytes_total[$__rate_interval])', '{{device}} read'), series('-rate(node_disk_written_bytes_total[$__rate_interval])', '{{device}} written', 'B')),
  graph({ ...quarter, width: 12, signed: true, id: 46, title: 'Host Network', description: 'Bytes received (up) and sent (down) a second.', unit: 'Bps' }, series('rate(node_network_receive_bytes_total{device!="lo"}[$__rate_interval])', '{{device}} received'), series('-rate(node_network_transmit_bytes_total{device!="lo"}[$__rate_interval])', '{{device}} sent', 'B')),
];

const measuring = () => [
  graph({ ...third, id: 51, title: 'Scrape Duration', description: 'How long Prometheus waits for each of its targets. After 5 s it gives up.', unit: 's' }, series('scrape_duration_seconds', '{{job}}')),
  graph({ ...third, id: 52, title: 'Prometheus Ingestion', description: 'Samples that Prometheus takes in a second.', noValue: NO_PROMETHEUS }, series('sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))', 'samples')),
  graph({ ...third, id: 53, title: 'Prometheus Query Time', description: 'The 0.99 quantile of the parts of a query, as Prometheus measures it.', unit: 's', noValue: NO_PROMETHEUS }, series('max by (slice) (prometheus_engine_query_duration_seconds{quantile="0.99"}) >= 0', '{{slice}}')),
];

/** The healer watched: its agents, its log, Redis, notices, and the machine (R256, R217). */
export const itself = () =>
  dashboard({
    uid: DASHBOARDS.itself,
    title: 'HemoStat itself',
    description: 'The healer watched: its agents, its log, Redis, its notices, and the machine that it runs on.',
    from: 'now-1h',
    variables: 'none',
    pages: [
      ['overview', 'Overview in HemoStat'],
      ['configuration', 'Configuration'],
    ],
    beside: [['system', 'System status']],
    marked: [],
    sections: [
      { id: 101, title: 'Is it well?', panels: [...wellness(), ...troubles()] },
      { id: 102, title: 'Log and Redis', panels: log() },
      { id: 103, title: 'Notices and troubles', panels: notices() },
      { id: 104, title: 'The machine', panels: host() },
      { id: 105, title: 'Measuring', panels: measuring() },
    ],
  });
