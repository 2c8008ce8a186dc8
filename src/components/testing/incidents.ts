import { FieldType, type DataFrame } from '@grafana/data';
import type { IncidentAnswer, IncidentDetailAnswer } from '../../contract/api';
import type { EventData, EventType } from '../../contract/events';

/** An active incident of host-1/web-2, as the resource `incidents` answers. */
export function incident(change: Partial<Omit<IncidentAnswer, 'fields'>> & { fields?: Record<string, string> } = {}): IncidentAnswer {
  return {
    id: 'i1',
    state: 'suppressed',
    events: 4,
    ...change,
    fields: { container: 'web-2', host: 'host-1', key: 'host-1/web-2', opened_at: '2026-11-21T10:00:00.000Z', updated_at: '2026-11-21T10:00:01.000Z', severity: 'high', illness: 'unhealthy_status', action: 'restart', ...change.fields },
  };
}

/** One that waits for approval of a restart with the digest `abcdef0123456789`, until an hour from now. */
export const waiting = (change: Record<string, string> = {}): IncidentAnswer =>
  incident({ state: 'awaiting_approval', fields: { digest: 'abcdef0123456789', expires_at: new Date(Date.now() + 3_600_000).toISOString(), ...change } });

let place = 0;

/** An event as `incidents/detail` answers it. */
export function stored<T extends EventType>(type: T, data: Partial<EventData<T>>, time = '2026-11-21T10:00:00.500Z', own: Record<string, string> = {}): IncidentDetailAnswer['events'][number] {
  const envelope = { v: 1, id: `${type} ${time}`, time, type, agent: 'responder', host: 'host-1', container: 'web-2', incident_id: 'i1', cause_id: '', trace_id: 'i1', policy_version: '1' };
  place += 1;
  return { stream_id: `${place}-0`, text: `${type} in words`, event: { ...envelope, data, ...own } };
}

export const detail = (of: IncidentAnswer, events: IncidentDetailAnswer['events'] = [], change: Partial<IncidentDetailAnswer> = {}): IncidentDetailAnswer => ({
  incident: of,
  headline: 'web-2 · not acted on · high',
  summary: 'web-2 on host-1 fell ill.',
  events,
  missing: 0,
  more: false,
  ...change,
});

/** The request that `waiting` waits for. */
export const asked = (digest = 'abcdef0123456789') =>
  stored('approval_requested', {
    plan: { action: 'restart', target: 'host-1/web-2', order: ['host-1/web-2', 'host-1/proxy'] },
    digest,
    mode: 'approve',
    dry_run: false,
    guards: [{ guard: 'cooldown', allowed: true, reason: 'No action yet.' }],
    reason: 'The health check fails.',
    confidence: 0.85,
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
  });

/** A frame of rows with the same columns. @param times names of the columns that hold times */
export function frameOf(name: string, rows: ReadonlyArray<Record<string, unknown>>, times: readonly string[] = ['time']): DataFrame {
  const columns = Object.keys(rows[0] ?? {});
  return {
    name,
    refId: 'A',
    length: rows.length,
    fields: columns.map((column) => {
      const values = rows.map((row) => row[column]);
      const type = times.includes(column) ? FieldType.time : typeof values.find((value) => value !== null) === 'number' ? FieldType.number : FieldType.string;
      return { name: column, type, config: {}, values };
    }),
  };
}
