import { containerKey } from '../../../contract/events';
import { ENDED_STATES } from '../../../contract/incident';
import { columns, frameOf, timeOf } from '../frames/build';
import type { StoredIncident } from '../log/incidents';
import type { Frame, Notice } from '../types';
import type { QueryContext } from './context';
import { incidentPage } from './incidents';
import { remediationPage, statusOf, type Remediation } from './remediation-rows';

interface Mark {
  time: number | null;
  timeEnd: number | null;
  title: string;
  text: string;
  tags: string[];
  id: string;
  incident: string;
}

function remediationText({ event }: Remediation): string {
  const refused = event?.data.guards?.find((guard) => !guard.allowed)?.reason;
  return [event?.data.reason, event?.data.result.error ?? refused].filter(Boolean).join(' ');
}

function remediationMark(row: Remediation): Mark {
  const { event, record, ms } = row;
  const took = (event?.data.duration_seconds ?? 0) * 1000;
  const outcome = [statusOf(record), row.verdict ?? ''].filter(Boolean);
  return {
    time: ms - took,
    timeEnd: took > 0 ? ms : null,
    title: `${record.action} ${containerKey(record)}: ${outcome.join(', ')}`,
    text: remediationText(row),
    tags: ['hemostat', 'remediation', record.container, record.action, ...outcome],
    id: record.id,
    incident: event?.incident_id || record.incident_id,
  };
}

function incidentMark({ id, state, fields }: StoredIncident): Mark {
  return {
    time: timeOf(fields.opened_at),
    timeEnd: ENDED_STATES.includes(state) ? timeOf(fields.ended_at) : null,
    title: `${fields.key ?? fields.container ?? id}: ${fields.illness ?? 'incident'} (${state})`,
    text: fields.cause ?? fields.illness_detail ?? '',
    tags: ['hemostat', 'incident', fields.container ?? '', fields.severity ?? '', state].filter(Boolean),
    id,
    incident: id,
  };
}

/** Remediations and incidents as marks on a time axis. */
export async function annotations(context: QueryContext): Promise<Frame[]> {
  const { query, links } = context;
  const fresh = { ...context, query: { ...query, cursor: '' } };
  const marks: Mark[] = [];
  const notices: Notice[] = [];
  if (query.annotate !== 'incidents') {
    const page = await remediationPage(fresh);
    marks.push(...page.rows.map(remediationMark));
    notices.push(...page.notices);
  }
  if (query.annotate !== 'remediations') {
    const page = await incidentPage(fresh);
    marks.push(...page.incidents.map(incidentMark));
    notices.push(...page.notices);
  }
  marks.sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  return [
    frameOf('annotations', query.refId, marks, [
      columns.time('time', (mark) => mark.time, 'When it began.'),
      columns.time('timeEnd', (mark) => mark.timeEnd, 'When it ended; empty for a moment, or while it lasts.'),
      columns.text('title', (mark) => mark.title, 'What.'),
      columns.text('text', (mark) => mark.text, 'Why.'),
      // Grafana splits the text at commas.
      columns.text('tags', (mark) => mark.tags.map((tag) => tag.replaceAll(',', ' ')).join(','), 'hemostat, remediation or incident, container, and how it stands.'),
      columns.text('id', (mark) => mark.id, 'Id of the event or incident.'),
      columns.text('incident', (mark) => mark.incident, 'Id of the incident.', { links: links.incident }),
    ], { preferredVisualisationType: 'table', notices }),
  ];
}
