import { containerKey } from '../../../contract/events';
import type { HemostatQuery } from '../../../contract/query';
import { ENDED_STATES } from '../../../contract/incident';
import { columns, frameOf, timeOf } from '../frames/build';
import type { StoredIncident } from '../log/incidents';
import type { Frame, Notice } from '../types';
import type { QueryContext } from './context';
import { incidentPage } from './incidents';
import { episodesOf, type EpisodeRow } from './insights';
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

function episodeMark({ data, began, ended }: EpisodeRow): Mark {
  return {
    time: began,
    timeEnd: ended,
    title: `error rate of ${data.rate} above its limit`,
    text: data.text,
    tags: ['hemostat', 'errors', data.rate, data.severity, ended === null ? 'lasts' : 'ended'],
    id: data.episode,
    incident: data.incidents[0] ?? '',
  };
}

/** Kinds of marks by what is asked for. */
const KINDS: Readonly<Record<HemostatQuery['annotate'], ReadonlyArray<'remediations' | 'incidents' | 'errors'>>> = {
  remediations: ['remediations'],
  incidents: ['incidents'],
  both: ['remediations', 'incidents'],
  errors: ['errors'],
  all: ['remediations', 'incidents', 'errors'],
};

/** Remediations, incidents and times of high error rates as marks on a time axis. */
export async function annotations(context: QueryContext): Promise<Frame[]> {
  const { query, links } = context;
  const fresh = { ...context, query: { ...query, cursor: '' } };
  const marks: Mark[] = [];
  const notices: Notice[] = [];
  const kinds = KINDS[query.annotate];
  if (kinds.includes('remediations')) {
    const page = await remediationPage(fresh);
    marks.push(...page.rows.map(remediationMark));
    notices.push(...page.notices);
  }
  if (kinds.includes('incidents')) {
    const page = await incidentPage(fresh);
    marks.push(...page.incidents.map(incidentMark));
    notices.push(...page.notices);
  }
  if (kinds.includes('errors')) {
    const page = await episodesOf(fresh);
    marks.push(...page.episodes.map(episodeMark));
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
      columns.text('tags', (mark) => mark.tags.map((tag) => tag.replaceAll(',', ' ')).join(','), 'hemostat; remediation, incident or errors; what it is about, and how it stands.'),
      columns.text('id', (mark) => mark.id, 'Id of the event or incident.'),
      columns.text('incident', (mark) => mark.incident, 'Id of the incident.', { links: links.incident }),
    ], { preferredVisualisationType: 'table', notices }),
  ];
}
