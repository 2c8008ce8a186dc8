import { FieldType, type DataFrame } from '@grafana/data';
import type { IncidentAnswer, IncidentDetailAnswer } from '../../contract/api';
import type { EventOf, EventType, GuardVerdict, HemostatEvent } from '../../contract/events';
import { ENDED_STATES, type IncidentState } from '../../contract/incident-states';

/** What actions need of an incident. */
export type ActedIncident = Pick<IncidentAnswer, 'id' | 'state' | 'fields'>;

/** Columns of the query `incidents` that have another name among the fields of an incident. */
const FIELD_OF: Record<string, string> = { container: 'key', time: 'opened_at', updated: 'updated_at', ended: 'ended_at' };

function textOf(value: unknown, type: FieldType): string {
  if (value === null || value === undefined) {
    return '';
  }
  return type === FieldType.time && typeof value === 'number' ? new Date(value).toISOString() : `${value as string | number}`;
}

/** A row of the query `incidents` as an incident. */
export function incidentOfRow(frame: DataFrame, row: number): ActedIncident {
  const fields: Record<string, string> = {};
  for (const { name, type, values } of frame.fields) {
    const text = textOf(values[row], type);
    if (text) {
      fields[Object.hasOwn(FIELD_OF, name) ? (FIELD_OF[name] ?? name) : name] = text;
    }
  }
  const { key = '', incident = '', state = 'open' } = fields;
  const slash = key.lastIndexOf('/');
  return { id: incident, state: state as IncidentState, fields: { ...fields, container: key.slice(slash + 1), host: slash < 0 ? '' : key.slice(0, slash) } };
}

/** Its container without the host. */
export const nameOf = ({ id, fields }: ActedIncident): string => fields.container || fields.key || id;

export const hasEnded = ({ state }: ActedIncident): boolean => ENDED_STATES.includes(state);
export const waitsForApproval = ({ state, fields }: ActedIncident): boolean => state === 'awaiting_approval' && Boolean(fields.digest);
/** @param now milliseconds since 1970 */
export const isSilenced = ({ fields }: ActedIncident, now: number): boolean => Date.parse(fields.silenced_until ?? '') > now;

/** The events of an incident; the server has checked each by its schema. */
export const eventsOf = ({ events }: IncidentDetailAnswer): HemostatEvent[] => events.map(({ event }) => event as unknown as HemostatEvent);

/** The newest event of a type that fits. */
export function lastOf<T extends EventType>(events: readonly HemostatEvent[], type: T, fits: (event: EventOf<T>) => boolean = () => true): EventOf<T> | undefined {
  return events.findLast((event) => event.type === type && fits(event as EventOf<T>)) as EventOf<T> | undefined;
}

/** What was held to be the cause in the end; undefined while nobody has judged. */
export const lastAnalysis = (events: readonly HemostatEvent[]): EventOf<'remediation_needed'> | EventOf<'false_alarm'> | undefined =>
  events.findLast((event) => event.type === 'remediation_needed' || event.type === 'false_alarm');

const guardsIn = (event: HemostatEvent): readonly GuardVerdict[] =>
  event.type === 'remediation_complete' || event.type === 'remediation_started' || event.type === 'approval_requested' ? (event.data.guards ?? []) : [];

/** The verdicts of the guards when an action was last decided; none when that has not happened. */
export const lastGuards = (events: readonly HemostatEvent[]): readonly GuardVerdict[] => events.map(guardsIn).findLast((guards) => guards.length > 0) ?? [];
