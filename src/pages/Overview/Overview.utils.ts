import type { DataFrame } from '@grafana/data';
import type { IncidentAnswer } from '../../contract/api';
import type { Row } from '../../hooks/rows';

const SEVERITIES = ['critical', 'high', 'medium', 'low'];
/** Waiting for a person, then what the healer gave up on, then what it still works at. */
const URGENCY = ['awaiting_approval', 'failed', 'suppressed', 'open', 'analyzing', 'verifying', 'remediating'];

const place = (list: readonly string[], word: string): number => (list.includes(word) ? list.indexOf(word) : list.length);

/** Silenced and acknowledged ones have somebody who knows of them. */
const known = ({ fields }: IncidentAnswer, now: number): boolean => Boolean(fields.acknowledged_by) || Date.parse(fields.silenced_until ?? '') > now;

/** Most urgent first. @param now milliseconds since 1970 */
export function byUrgency(incidents: readonly IncidentAnswer[], now: number): IncidentAnswer[] {
  const order = (one: IncidentAnswer): number[] => [Number(known(one, now)), place(URGENCY, one.state), place(SEVERITIES, one.fields.severity ?? '')];
  return [...incidents].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    const differs = left.findIndex((value, index) => value !== right[index]);
    return differs < 0 ? (a.fields.opened_at ?? '').localeCompare(b.fields.opened_at ?? '') || a.id.localeCompare(b.id) : (left[differs] ?? 0) - (right[differs] ?? 0);
  });
}

/** True when nothing more happens by itself. */
export const needsPerson = ({ state }: IncidentAnswer): boolean => ['awaiting_approval', 'failed', 'suppressed'].includes(state);

export type EventGroup = 'alerts' | 'remediations' | 'false_alarms' | 'others';
export const EVENT_GROUPS: readonly EventGroup[] = ['alerts', 'remediations', 'false_alarms', 'others'];
const GROUP_OF: Record<string, EventGroup> = {
  health_alert: 'alerts',
  remediation_needed: 'remediations',
  remediation_started: 'remediations',
  remediation_complete: 'remediations',
  remediation_verified: 'remediations',
  false_alarm: 'false_alarms',
};

export interface Bar {
  /** Start, milliseconds since 1970. */
  from: number;
  counts: Record<EventGroup, number>;
}

const fieldsOf = (frame: DataFrame | undefined, wanted: string): DataFrame['fields'] => frame?.fields.filter(({ type }) => String(type) === wanted) ?? [];
const groupOf = (type: string): EventGroup => (Object.hasOwn(GROUP_OF, type) ? (GROUP_OF[type] ?? 'others') : 'others');

function stepOf(frame: DataFrame | undefined): number {
  const step: unknown = frame?.meta?.custom?.stepMs;
  return typeof step === 'number' && step > 0 ? step : 60_000;
}

/** The answer to the query `frequency`, by kinds that a person tells apart. */
export function barsOf(frame: DataFrame | undefined): { bars: Bar[]; step: number } {
  const times = (fieldsOf(frame, 'time')[0]?.values ?? []) as number[];
  const counts = fieldsOf(frame, 'number').map(({ name, values }): [EventGroup, Array<number | null>] => [groupOf(name), values as Array<number | null>]);
  const sumAt = (index: number, wanted: EventGroup) => counts.reduce((sum, [group, values]) => sum + (group === wanted ? (values[index] ?? 0) : 0), 0);
  const bars = times.map((from, index): Bar => ({ from, counts: { alerts: sumAt(index, 'alerts'), remediations: sumAt(index, 'remediations'), false_alarms: sumAt(index, 'false_alarms'), others: sumAt(index, 'others') } }));
  return { bars, step: stepOf(frame) };
}

export const totalOf = ({ counts }: Bar): number => EVENT_GROUPS.reduce((sum, group) => sum + counts[group], 0);

/** Sum of each kind over all bars. */
export function sumsOf(bars: readonly Bar[]): Bar['counts'] {
  const of = (group: EventGroup) => bars.reduce((sum, { counts }) => sum + counts[group], 0);
  return { alerts: of('alerts'), remediations: of('remediations'), false_alarms: of('false_alarms'), others: of('others') };
}

/** One action, as the query `remediations` tells it. */
export interface Acted {
  id: string;
  incident: string;
  /** Host and name. */
  key: string;
  at: number;
  action: string;
  status: string;
  /** helped, no_change, worse, or empty while it is not known. */
  verdict: string;
  reason: string;
  /** Seconds. */
  duration: number | undefined;
  before: Side;
  after: Side;
}
export interface Side {
  health: string;
  /** Percent. */
  cpu: number | undefined;
  /** Percent. */
  memory: number | undefined;
}

const sideOf = (row: Row, which: 'before' | 'after'): Side => ({ health: row.text(`health_${which}`), cpu: row.number(`cpu_${which}`), memory: row.number(`memory_${which}`) });

export const actedOf = (rows: readonly Row[]): Acted[] =>
  rows.map((row) => ({
    id: row.text('id'),
    incident: row.text('incident'),
    key: row.text('container'),
    at: row.number('time') ?? Number.NaN,
    action: row.text('action'),
    status: row.text('status'),
    verdict: row.text('verdict'),
    reason: row.text('reason'),
    duration: row.number('duration'),
    before: sideOf(row, 'before'),
    after: sideOf(row, 'after'),
  }));

/** Name of a container without its host. */
export const shortName = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

export interface Change {
  figure: 'health' | 'cpu' | 'memory';
  before: string | number;
  after: string | number;
}

/** What says most about whether it helped: a health that changed, else the figure that moved furthest. */
export function telling({ before, after }: Pick<Acted, 'before' | 'after'>): Change | undefined {
  const told = (side: Side) => side.health !== '' && side.health !== 'unknown';
  if (told(before) && told(after) && before.health !== after.health) {
    return { figure: 'health', before: before.health, after: after.health };
  }
  const figures = (['cpu', 'memory'] as const).flatMap((figure) => {
    const [from, to] = [before[figure], after[figure]];
    return from === undefined || to === undefined ? [] : [{ figure, before: from, after: to }];
  });
  return figures.sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))[0];
}
