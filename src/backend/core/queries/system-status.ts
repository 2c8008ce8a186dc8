import type { StatusPayload } from '../../../contract/observability/payloads';
import { thin } from '../../../contract/observability/history';
import type { Breaker, Component } from '../../../contract/observability/schemas';
import { NO_FACTS } from '../filter/facts';
import { columns, frameOf, timeOf, type Column } from '../frames/build';
import type { FieldConfig, Frame } from '../types';
import type { QueryContext } from './context';
import { demandObserver, matcherOfSome, statusWithNotices } from './sources';

const share: FieldConfig = { unit: 'percent', min: 0, max: 100, decimals: 1 };
const whole: FieldConfig = { unit: 'short', decimals: 0, min: 0 };

/** The state of the whole as a figure, so that stat panels and alert rules can use it. */
const LEVELS = ['healthy', 'degraded', 'unhealthy', 'unknown', 'error'] as const;
const COLORS = ['green', 'orange', 'red', 'gray', 'red'];
const LEVEL_MAPPINGS = [{ type: 'value', options: Object.fromEntries(LEVELS.map((text, index) => [String(index), { text, color: COLORS[index], index }])) }];

function statusColumns(): Array<Column<StatusPayload>> {
  return [
    columns.number('status', ({ overview }) => LEVELS.indexOf(overview.overall_status), '0 healthy, 1 degraded, 2 unhealthy, 3 unknown, 4 could not be made.', { decimals: 0, mappings: LEVEL_MAPPINGS }),
    columns.number('health_score', ({ metrics }) => metrics.system_health_score, 'Health of the system, 0 to 100; no value while nothing is known.', { min: 0, max: 100, decimals: 1 }),
    columns.number('availability', ({ metrics }) => metrics.availability_percentage, 'Components that are healthy or degraded.', share),
    columns.number('health_percentage', ({ overview }) => overview.health_percentage, 'Components that are healthy.', share),
    columns.number('response_time', ({ metrics }) => metrics.average_response_time_ms, 'Mean response time of all components.', { unit: 'ms', min: 0 }),
    columns.number('circuit_breaker_health', ({ metrics }) => metrics.circuit_breaker_health, 'Breakers that are closed.', share),
    columns.number('components', ({ overview }) => overview.total_components, 'Components that are watched.', whole),
    columns.number('components_healthy', ({ overview }) => overview.component_breakdown.healthy, 'Components that are healthy.', whole),
    columns.number('components_degraded', ({ overview }) => overview.component_breakdown.degraded, 'Components that are degraded.', whole),
    columns.number('components_unhealthy', ({ overview }) => overview.component_breakdown.unhealthy, 'Components that are unhealthy.', whole),
    columns.number('breakers', ({ circuit_breakers: one }) => one.total_breakers, 'Circuit breakers.', whole),
    columns.number('breakers_closed', ({ circuit_breakers: one }) => one.by_state.closed, 'Circuit breakers that are closed.', whole),
    columns.number('breakers_open', ({ circuit_breakers: one }) => one.by_state.open, 'Circuit breakers that are open.', whole),
    columns.number('breakers_half_open', ({ circuit_breakers: one }) => one.by_state.half_open, 'Circuit breakers that test a recovery.', whole),
    columns.number('cpu', ({ resources }) => resources.cpu_percent, 'CPU of the machine.', share),
    columns.number('memory', ({ resources }) => resources.memory_percent, 'Memory of the machine.', share),
    columns.number('disk', ({ resources }) => resources.disk_percent, 'Disk of the machine.', share),
    columns.number('load', ({ resources }) => resources.load_average[0], 'Load average of one minute.', { unit: 'short', min: 0, decimals: 2 }),
    columns.number('alerts', ({ alerts }) => alerts.summary.total_alerts, 'Alerts about the system.', whole),
    columns.number('alerts_critical', ({ alerts }) => alerts.summary.critical, 'Alerts of severity critical.', whole),
    columns.number('alerts_warning', ({ alerts }) => alerts.summary.warning, 'Alerts of severity warning.', whole),
    columns.number('alerts_info', ({ alerts }) => alerts.summary.info, 'Alerts of severity info.', whole),
    columns.number('uptime', ({ overview }) => overview.uptime_seconds, 'Since the system was first seen.', { unit: 's', min: 0 }),
    columns.number('telemetry', ({ telemetry }) => telemetry.bytes, 'What telemetry takes in Redis, about.', { unit: 'bytes', min: 0 }),
  ];
}

/** How the system is now, in one row of figures, whatever the time range. */
export async function systemStatus(context: QueryContext): Promise<Frame[]> {
  const { status, notices } = await statusWithNotices(context);
  return [frameOf('system status', context.query.refId, [status], statusColumns(), { type: 'numeric-wide', typeVersion: [0, 1], preferredVisualisationType: 'table', notices, custom: { overall_status: status.overview.overall_status, version: status.overview.version } })];
}

function componentColumns(): Array<Column<Component>> {
  return [
    columns.text('name', (one) => one.name, 'Name of the component.'),
    columns.text('status', (one) => one.status, 'healthy, degraded or unhealthy.'),
    columns.text('kind', (one) => one.kind, 'agent, redis, docker, prometheus, alertmanager, grafana, model or store.'),
    columns.number('response_time', (one) => one.response_time_ms, 'How long it took to answer; no value where that is not measured.', { unit: 'ms', min: 0 }),
    columns.text('error', (one) => one.error_message, 'What is wrong with it.'),
    columns.text('mend', (one) => one.mend, 'What to do about it.'),
    columns.flag('critical', (one) => one.critical, 'Without it nothing is healed.'),
    columns.time('last_check', (one) => timeOf(one.last_check), 'When the observer looked at it last.'),
  ];
}

/** The place of each state in a list: what needs somebody stands on top. */
const PLACES: Readonly<Record<Component['status'] | Breaker['state'], number>> = { unhealthy: 0, open: 0, degraded: 1, half_open: 1, unknown: 2, healthy: 3, closed: 3 };

/** Every part of the system as it is now, those that are ill first. */
export async function components(context: QueryContext): Promise<Frame[]> {
  const { query } = context;
  const { status, notices } = await statusWithNotices(context);
  const matcher = matcherOfSome(query, ['statuses', 'agents', 'text'], [], ['kind', 'name']);
  const fitting = status.components.filter((one) =>
    matcher.test({ ...NO_FACTS, status: [one.status], agent: one.name, text: () => `${one.name} ${one.error_message ?? ''}`, more: { kind: one.kind, name: one.name } })
  );
  const sorted = fitting.toSorted((a, b) => PLACES[a.status] - PLACES[b.status]);
  return [frameOf('components', query.refId, sorted, componentColumns(), { type: 'table', preferredVisualisationType: 'table', notices: [...notices, ...matcher.notices] })];
}

function breakerColumns({ links }: QueryContext): Array<Column<Breaker>> {
  return [
    columns.text('name', (one) => one.name, 'The container that it guards, or the model.'),
    columns.text('state', (one) => one.state, 'closed, open, half_open or unknown.'),
    columns.text('kind', (one) => one.kind, 'container or model.'),
    columns.number('failures', (one) => one.failure_count, 'Failures in a row.', whole),
    columns.number('success_rate', (one) => one.success_rate, 'Share of calls that went well; no value while nothing was called.', { unit: 'percentunit', min: 0, max: 1 }),
    columns.number('response_time', (one) => one.avg_response_time, 'Mean time of a call.', { unit: 'ms', min: 0 }),
    columns.number('calls', (one) => one.total_calls, 'All calls.', whole),
    columns.time('free_at', (one) => timeOf(one.free_at ?? undefined), 'When an open one lets go.'),
    columns.text('container', (one) => (one.kind === 'container' ? one.name : ''), 'Host and container.', { links: links.container }),
  ];
}

/** Host and name of a container's key. */
function placeOf({ kind, name }: Breaker): { host: string; container: string } {
  const slash = kind === 'container' ? name.lastIndexOf('/') : -1;
  return { host: slash < 0 ? '' : name.slice(0, slash), container: kind === 'container' ? name.slice(slash + 1) : '' };
}

/** Every circuit breaker as it is now, those that hold something back first. */
export async function breakers(context: QueryContext): Promise<Frame[]> {
  const { query } = context;
  const { status, notices } = await statusWithNotices(context);
  const matcher = matcherOfSome(query, ['statuses', 'containers', 'hosts', 'text'], [], ['kind', 'name']);
  const fitting = status.circuit_breakers.breakers.filter((one) => matcher.test({ ...NO_FACTS, ...placeOf(one), status: [one.state], text: () => one.name, more: { kind: one.kind, name: one.name } }));
  const sorted = fitting.toSorted((a, b) => PLACES[a.state] - PLACES[b.state]);
  return [frameOf('breakers', query.refId, sorted, breakerColumns(context), { type: 'table', preferredVisualisationType: 'table', notices: [...notices, ...matcher.notices] })];
}

/** The health of the system over time, as the observer has kept it for a day. */
export async function healthHistory(context: QueryContext): Promise<Frame[]> {
  const { query, dashboard, range, signal, maxDataPoints } = context;
  await demandObserver(context);
  const all = await dashboard.history(range, signal);
  const points = thin(all, maxDataPoints);
  const { notices } = matcherOfSome(query, [], []);
  const list = [
    columns.time<(typeof points)[number]>('time', (point) => timeOf(point.timestamp), 'When the observer looked.'),
    columns.number<(typeof points)[number]>('health_score', (point) => point.health_score, 'Health of the system, 0 to 100.', { min: 0, max: 100, decimals: 1 }),
    columns.number<(typeof points)[number]>('availability', (point) => point.availability, 'Components that are healthy or degraded.', share),
    columns.number<(typeof points)[number]>('response_time', (point) => point.response_time, 'Mean response time of all components.', { unit: 'ms', min: 0 }),
    columns.number<(typeof points)[number]>('cpu', (point) => point.cpu_usage, 'CPU of the machine.', share),
    columns.number<(typeof points)[number]>('memory', (point) => point.memory_usage, 'Memory of the machine.', share),
    columns.number<(typeof points)[number]>('circuit_breaker_health', (point) => point.circuit_breaker_health, 'Breakers that are closed.', share),
  ];
  const custom = { points: all.length };
  return [frameOf('health history', query.refId, points, list, { type: 'timeseries-wide', typeVersion: [0, 1], preferredVisualisationType: 'graph', notices, custom })];
}
