import { INCIDENT_STATES, type IncidentState, type IncidentSummary } from '../../../contract/incident';
import type { Source } from '../source';

/** An incident with its place. */
export interface StoredIncident extends IncidentSummary {
  partition: number;
}

function isState(state: string | undefined): state is IncidentState {
  return (INCIDENT_STATES as readonly string[]).includes(state ?? '');
}

/**
 * Projections of incidents of one partition, in one round trip.
 * @returns undefined in the place of those that are gone or cannot be read.
 */
export async function readIncidents(source: Source, partition: number, ids: readonly string[], signal: AbortSignal): Promise<Array<StoredIncident | undefined>> {
  const keys = source.log.partition(partition);
  const replies = await source.batch(signal, (pipeline) => {
    ids.forEach((id) => pipeline.hgetall(keys.incident(id)).llen(keys.incidentLog(id)));
  });
  return ids.map((id, index) => {
    const { state, ...fields } = replies[index * 2] as Record<string, string>;
    return isState(state) ? { id, state, fields, events: Number(replies[index * 2 + 1]), partition } : undefined;
  });
}

/** One incident, wherever it is. */
export async function findIncident(source: Source, id: string, signal: AbortSignal): Promise<StoredIncident | undefined> {
  const found = await Promise.all(source.log.partitions.map((_, partition) => readIncidents(source, partition, [id], signal)));
  return found.flat().find((one) => one !== undefined);
}
