import type { EventOf, HemostatEvent } from '../../src/contract/events';
import { ENDED_STATES } from '../../src/contract/incident';
import { eventText, plainText } from '../../src/contract/story';
import type { IncidentView } from './notice';
import { incidentLink } from './wording';

/** One alert as `POST /api/v2/alerts` takes it. */
export interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** RFC 3339. */
  startsAt: string;
  endsAt: string;
  generatorURL?: string;
}

/** Field of an incident's projection: the severity that its alert began with, because a label must not change. */
export const SEVERITY_FIELD = 'alertmanager_severity';

export const ALERT_NAME = 'HemoStatContainerIll';
/** Trouble that is not repeated ends by itself after this. */
const MOMENT_MS = 3_600_000;

/** Our four words as the three that alert routing knows. */
const SEVERITIES: Record<string, string> = { critical: 'critical', high: 'warning', medium: 'warning', low: 'info' };

const iso = (ms: number) => new Date(ms).toISOString();
const label = (text: string) => plainText(text, 255);

function timeOr(text: string | undefined, fallback: number): number {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? fallback : at;
}

/** The labels of an incident's alert. They stay the same from its first to its last word. */
export function incidentLabels(incident: IncidentView): Record<string, string> {
  const { fields } = incident;
  const severity = fields[SEVERITY_FIELD] ?? fields.severity ?? '';
  return {
    alertname: ALERT_NAME,
    container: label(fields.container ?? ''),
    host: label(fields.host ?? ''),
    severity: SEVERITIES[severity] ?? 'warning',
  };
}

/**
 * The alert of an incident as it stands: open until `holdMs` from now, or ended when the incident has.
 * @param now milliseconds since 1970
 */
export function incidentAlert(
  incident: IncidentView,
  options: { now: number; holdMs: number; publicUrl: string }
): Alert {
  const { fields, id, state } = incident;
  const { now } = options;
  const begun = Math.min(timeOr(fields.opened_at, now), now);
  const over = state !== '' && ENDED_STATES.includes(state);
  const end = over ? Math.min(timeOr(fields.ended_at, now), now) : now + options.holdMs;
  const link = incidentLink(options.publicUrl, id);
  const words = [fields.illness_detail || (fields.illness ?? '').replaceAll('_', ' '), fields.cause].filter(Boolean);
  return {
    labels: incidentLabels(incident),
    annotations: {
      summary: plainText(`${fields.container ?? 'A container'} is ${over ? 'well or needs no help' : 'ill'}`, 200),
      description: plainText(words.join('. Cause: ') || 'See the incident.', 1000),
      incident: label(id),
      state: state || 'open',
      hemostat_severity: label(fields.severity ?? ''),
    },
    startsAt: iso(begun),
    endsAt: iso(Math.max(begun, end)),
    ...(link ? { generatorURL: link } : {}),
  };
}

function troubleAlert(event: EventOf<'agent_trouble'>, now: number): Alert {
  const over = event.data.state === 'ended';
  const at = Math.min(timeOr(event.time, now), now);
  return {
    labels: {
      alertname: 'HemoStatTrouble',
      agent: label(event.agent),
      part: label(event.data.part),
      host: label(event.host),
      severity: 'warning',
    },
    annotations: { summary: eventText(event), description: plainText(event.data.mend ?? '', 500) },
    startsAt: iso(over ? at - Math.max(0, event.data.seconds ?? 0) * 1000 : at),
    endsAt: iso(over ? at : now + MOMENT_MS),
  };
}

function momentAlert(name: string, event: HemostatEvent, now: number): Alert {
  return {
    labels: { alertname: name, agent: label(event.agent), host: label(event.host), severity: 'warning' },
    annotations: { summary: eventText(event) },
    startsAt: iso(Math.min(timeOr(event.time, now), now)),
    endsAt: iso(now + MOMENT_MS),
  };
}

/** The alert of an event that belongs to no incident; undefined when it makes none. */
export function loneAlert(event: HemostatEvent, now: number): Alert | undefined {
  switch (event.type) {
    case 'agent_trouble':
      return troubleAlert(event, now);
    case 'dead_letter':
      return momentAlert('HemoStatDeadLetter', event, now);
    case 'vulnerability_alert':
      return momentAlert('HemoStatVulnerability', event, now);
    default:
      return undefined;
  }
}

/** What `doctor` sends: it ends after a minute. */
export function testAlert(now: number): Alert {
  return {
    labels: { alertname: 'HemoStatTest', severity: 'info' },
    annotations: { summary: 'HemoStat can reach Alertmanager. This is only a test.' },
    startsAt: iso(now),
    endsAt: iso(now + 60_000),
  };
}
