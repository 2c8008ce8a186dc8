import { plainText } from '../../src/contract/story';
import { incidentLabels } from './alerts';
import type { IncidentView } from './notice';

/** Field of an incident's projection: end and id of its silence in Alertmanager. */
export const SILENCE_FIELD = 'alertmanager_silence';

/**
 * What must change in Alertmanager so that it is silent as long as we are.
 * @param until milliseconds since 1970; undefined when the incident is not silenced
 */
export function wantedSilence(incident: IncidentView, until: number | undefined): { remove?: string; until?: number } {
  const [keptUntil = '', keptId = ''] = (incident.fields[SILENCE_FIELD] ?? '').split(' ');
  if (until === undefined) {
    return keptId ? { remove: keptId } : {};
  }
  if (Date.parse(keptUntil) === until) {
    return {};
  }
  return { ...(keptId ? { remove: keptId } : {}), until };
}

/** Body of `POST /api/v2/silences`: exactly the alert of this incident. */
export function silenceBody(incident: IncidentView, until: number, now: number): string {
  return JSON.stringify({
    matchers: Object.entries(incidentLabels(incident)).map(([name, value]) => ({
      name,
      value,
      isRegex: false,
      isEqual: true,
    })),
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(until).toISOString(),
    createdBy: plainText(incident.fields.silenced_by ?? '', 80) || 'hemostat',
    comment: `Silenced in HemoStat, incident ${plainText(incident.id, 64)}`,
  });
}
