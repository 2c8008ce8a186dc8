import { ENDED_STATES } from '../../../contract/incident';
import { NO_FACTS, type Facts } from '../filter/facts';
import { matcherOf, type Matcher } from '../filter/matcher';
import { columns, frameOf, numberOf, timeOf, type Column } from '../frames/build';
import { readIncidents, type StoredIncident } from '../log/incidents';
import { decodeScored, encodeScored, newestFirst, type Scored } from '../log/scored';
import type { Frame, Notice } from '../types';
import { budgetNotice, moreNotice, unreadableNotice, type QueryContext } from './context';

/** Incidents that one call looks at, at most. */
export const INCIDENT_BUDGET = 5000;
const PIECE = 200;

const MORE_KEYS = ['illness', 'method', 'guard', 'image', 'confidence', 'acknowledged_by', 'silenced_by', 'id'] as const;

const keyOf = ({ fields }: StoredIncident) => fields.key ?? fields.container ?? '';

function factsOf(incident: StoredIncident): Facts {
  const { fields, state, id } = incident;
  return {
    ...NO_FACTS,
    container: fields.container ?? '',
    host: fields.host ?? '',
    project: fields.project ?? '',
    severity: fields.severity ?? '',
    status: [state, fields.result ?? '', fields.verdict ?? ''].filter(Boolean),
    action: fields.action ?? '',
    incident: id,
    text: () => [fields.container, fields.illness, fields.illness_detail, fields.cause, fields.reason, fields.guard_reason, fields.verdict_reason].filter(Boolean).join(' '),
    more: { ...fields, id },
  };
}

export interface IncidentPage {
  incidents: StoredIncident[];
  notices: Notice[];
  cursor: string;
  more: boolean;
}

interface Walk {
  incidents: StoredIncident[];
  examined: number;
  unreadable: number;
  last: Scored | undefined;
}

/** Reads the projections of some incidents and keeps those that fit, until there are enough. */
async function lookAt(context: QueryContext, batch: readonly Scored[], matcher: Matcher, limit: number, walk: Walk): Promise<void> {
  const { source, signal, range } = context;
  const found = new Map<string, StoredIncident | undefined>();
  await Promise.all(
    source.log.partitions.map(async (_, partition) => {
      const ids = batch.filter((one) => one.partition === partition).map((one) => one.member);
      const read = await readIncidents(source, partition, ids, signal);
      ids.forEach((id, index) => found.set(`${partition} ${id}`, read[index]));
    })
  );
  for (const item of batch) {
    if (walk.incidents.length >= limit) {
      return;
    }
    walk.last = item;
    walk.examined += 1;
    const incident = found.get(`${item.partition} ${item.member}`);
    if (!incident) {
      walk.unreadable += 1;
    } else if ((timeOf(incident.fields.opened_at) ?? 0) <= range.to && matcher.test(factsOf(incident))) {
      walk.incidents.push(incident);
    }
  }
}

/** The next few places of incidents; fewer than `size` when there are no more. */
async function nextBatch(items: AsyncGenerator<Scored>, size: number): Promise<Scored[]> {
  const batch: Scored[] = [];
  while (batch.length < size) {
    const next = await items.next();
    if (next.done) {
      break;
    }
    batch.push(next.value);
  }
  return batch;
}

/** @returns true when there are more than were looked at. */
async function walkOver(context: QueryContext, items: AsyncGenerator<Scored>, matcher: Matcher, limit: number, walk: Walk): Promise<boolean> {
  const size = Math.min(PIECE, limit);
  while (walk.incidents.length < limit && walk.examined < INCIDENT_BUDGET) {
    const batch = await nextBatch(items, size);
    await lookAt(context, batch, matcher, limit, walk);
    if (walk.last && batch.indexOf(walk.last) < batch.length - 1) {
      return true;
    }
    if (batch.length < size) {
      return false;
    }
  }
  return (await items.next()).done !== true;
}

/** Incidents that were alive in the range, last changed first. */
export async function incidentPage(context: QueryContext, limit = context.query.limit): Promise<IncidentPage> {
  const { source, query, range, signal } = context;
  const matcher = matcherOf(query, MORE_KEYS);
  const walk: Walk = { incidents: [], examined: 0, unreadable: 0, last: undefined };
  // What changed after the end of the range may have been alive in it.
  const changed = { from: range.from, to: Number.MAX_SAFE_INTEGER };
  const items = newestFirst(source, (partition) => source.log.partition(partition).incidents, { range: changed, after: decodeScored(query.cursor), piece: Math.min(PIECE, limit + 1) }, signal);
  const more = await walkOver(context, items, matcher, limit, walk);
  await items.return(undefined);
  const notices = [...matcher.notices, ...unreadableNotice(walk.unreadable, 'incident', 'incidents')];
  if (more) {
    notices.push(walk.incidents.length >= limit ? moreNotice(walk.incidents.length, 'incidents') : budgetNotice(walk.examined, 'incidents'));
  }
  return { incidents: walk.incidents, notices, more, cursor: more && walk.last ? encodeScored(walk.last) : '' };
}

function lengthOf({ fields, state }: StoredIncident, now: number): number | null {
  const opened = timeOf(fields.opened_at);
  const ended = ENDED_STATES.includes(state) ? timeOf(fields.ended_at) : now;
  return opened === null || ended === null ? null : Math.max(0, ended - opened);
}

function incidentColumns({ links, now }: QueryContext): Array<Column<StoredIncident>> {
  const field = (name: string) => (incident: StoredIncident) => incident.fields[name];
  return [
    columns.time('time', (one) => timeOf(one.fields.opened_at), 'When it was opened.'),
    columns.text('incident', (one) => one.id, 'Id of the incident.', { links: links.incident }),
    columns.text('container', keyOf, 'Host and container.', { links: links.container }),
    columns.text('state', (one) => one.state, 'open, analyzing, awaiting_approval, remediating, verifying, resolved, recovered_alone, false_alarm, failed or suppressed.'),
    columns.text('severity', field('severity'), 'low, medium, high or critical.'),
    columns.text('illness', field('illness'), 'What the monitor found first.'),
    columns.text('cause', field('cause'), 'What the analysis holds to be the cause.'),
    columns.number('confidence', (one) => numberOf(one.fields.confidence), 'Confidence of the analysis.', { unit: 'percentunit', min: 0, max: 1 }),
    columns.text('method', field('method'), 'ai, rule_based or manual.'),
    columns.text('action', field('action'), 'What is to be done or was done.'),
    columns.text('result', field('result'), 'What became of the action.'),
    columns.text('verdict', field('verdict'), 'Whether it helped.'),
    columns.text('guard', field('guard'), 'The guard that refused the action.'),
    columns.text('guard_reason', field('guard_reason'), 'Why it refused.'),
    columns.time('free_at', (one) => timeOf(one.fields.free_at), 'When the guard lets go.'),
    columns.number('duration', (one) => lengthOf(one, now), 'From opening to its end, or until now.', { unit: 'ms' }),
    columns.time('ended', (one) => timeOf(one.fields.ended_at), 'When it ended.'),
    columns.time('updated', (one) => timeOf(one.fields.updated_at), 'When its last event happened.'),
    columns.number('events', (one) => one.events, 'Number of its events.', { unit: 'short', decimals: 0 }),
    columns.text('project', field('project'), 'Docker Compose project.'),
    columns.text('image', field('image'), 'Image of the container.'),
    columns.text('acknowledged_by', field('acknowledged_by'), 'Who took it over.'),
    columns.time('silenced_until', (one) => timeOf(one.fields.silenced_until), 'Until when nobody is told of it.'),
    columns.text('digest', field('digest'), 'Digest of the planned action; what an approval is bound to.'),
    columns.time('expires_at', (one) => timeOf(one.fields.expires_at), 'When the request for approval ends.'),
  ];
}

/** Incidents of the time range, last changed first. */
export async function incidents(context: QueryContext): Promise<Frame[]> {
  const page = await incidentPage(context);
  const meta = { type: 'table' as const, preferredVisualisationType: 'table' as const, notices: page.notices, custom: { cursor: page.cursor, more: page.more } };
  return [frameOf('incidents', context.query.refId, page.incidents, incidentColumns(context), meta)];
}
