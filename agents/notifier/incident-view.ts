import { INCIDENT_STATES } from '../../src/contract/incident';
import type { HemostatLog } from '../runtime/log';
import type { IncidentView } from './notice';

/** A projection as Redis keeps it. */
export function viewOf(id: string, hash: Readonly<Record<string, string>>): IncidentView {
  const state = INCIDENT_STATES.find((known) => known === hash.state) ?? '';
  return { id, state, fields: hash };
}

/** What the log knows of an incident now; an empty view where the event belongs to none or the incident is gone. */
export async function readView(log: HemostatLog, partition: number, id: string): Promise<IncidentView> {
  return viewOf(id, id ? await log.redis.hgetall(log.partition(partition).incident(id)) : {});
}
