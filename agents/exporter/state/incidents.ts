import { SEVERITIES } from '../../../src/contract/events';
import { ENDED_STATES, INCIDENT_STATES } from '../../../src/contract/incident';
import { OTHER } from '../../../src/contract/metrics';
import type { HemostatLog } from '../../runtime/log';
import { oneOf, timestamp, type Sheet } from '../sheet';

const ACTIVE_STATES = INCIDENT_STATES.filter((state) => !ENDED_STATES.includes(state));

interface ActiveIncident {
  state: string;
  severity: string;
  /** Seconds. */
  openedAt: number | undefined;
}

/** The incidents that have not ended: those that the log holds open for a container. */
export async function readActiveIncidents(log: HemostatLog): Promise<ActiveIncident[]> {
  const lists = await Promise.all(
    log.partitions.map(async (keys) => {
      const ids = await log.redis.hvals(keys.open);
      return Promise.all(ids.map((id) => log.redis.hmget(keys.incident(id), 'state', 'severity', 'opened_at')));
    })
  );
  return lists.flat().flatMap(([state, severity, openedAt]) => (state ? [{ state, severity: severity ?? OTHER, openedAt: timestamp(openedAt ?? undefined) }] : []));
}

export function incidentFigures(sheet: Sheet, incidents: readonly ActiveIncident[], now: number): void {
  for (const state of ACTIVE_STATES) {
    const here = incidents.filter((one) => one.state === state);
    for (const severity of [...SEVERITIES, OTHER]) {
      const number = here.filter((one) => oneOf(SEVERITIES, one.severity) === severity).length;
      // An incident without an alert (an order by hand) has no severity; the series appears with the first of them.
      sheet.set('hemostat_incidents_active', { severity, state }, number === 0 && severity === OTHER ? undefined : number);
    }
    const oldest = Math.min(...here.flatMap((one) => one.openedAt ?? []));
    sheet.set('hemostat_incidents_oldest_age_seconds', { state }, Number.isFinite(oldest) ? Math.max(0, now / 1000 - oldest) : 0);
  }
  sheet.set('hemostat_approvals_waiting', {}, incidents.filter((one) => one.state === 'awaiting_approval').length);
}
