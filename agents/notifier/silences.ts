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
  return wantedSilenceOf(incident.fields[SILENCE_FIELD] ?? '', until);
}

/** @param kept end and id of the silence that stands in Alertmanager; empty when there is none */
export function wantedSilenceOf(kept: string, until: number | undefined): { remove?: string; until?: number } {
  const [keptUntil = '', keptId = ''] = kept.split(' ');
  if (until === undefined) {
    return keptId ? { remove: keptId } : {};
  }
  if (Date.parse(keptUntil) === until) {
    return {};
  }
  return { ...(keptId ? { remove: keptId } : {}), until };
}

/** A silence of one alert. */
interface SilenceOf {
  labels: Record<string, string>;
  by: string;
  /** What is silenced, in words. */
  what: string;
}

/** Body of `POST /api/v2/silences`: exactly the alert with these labels. */
export function silenceOf({ labels, by, what }: SilenceOf, until: number, now: number): string {
  return JSON.stringify({
    matchers: Object.entries(labels).map(([name, value]) => ({
      name,
      value,
      isRegex: false,
      isEqual: true,
    })),
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(until).toISOString(),
    createdBy: plainText(by, 80) || 'hemostat',
    comment: `Silenced in HemoStat, ${what}`,
  });
}

/** The same for the alert of this incident. */
export function silenceBody(incident: IncidentView, until: number, now: number): string {
  return silenceOf({ labels: incidentLabels(incident), by: incident.fields.silenced_by ?? '', what: `incident ${plainText(incident.id, 64)}` }, until, now);
}
