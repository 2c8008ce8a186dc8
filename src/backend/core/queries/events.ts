import { matcherOf } from '../filter/matcher';
import { FrameBuilder, columns, type Column, type Links } from '../frames/build';
import { decodeCursor, encodeCursor } from '../log/cursor';
import { retentionNotice } from '../log/retention';
import { scan, type Scanned } from '../log/scan';
import { liveChannelOf } from '../live-path';
import type { Frame, FrameMeta, Notice } from '../types';
import { budgetNotice, moreNotice, unreadableNotice, type QueryContext } from './context';
import { EVENT_KEYS, actionOf, bodyOf, factsOf, keyOf, labelsOf, levelOf, projectOf, severityOf, takeEvents, wordsOf, type LoggedEvent } from './event-row';

/** Entries that one call looks at, at most. */
export const EVENT_BUDGET = 50_000;

/** The place of an event in the log: unique, in order within a partition. */
export const placeOf = ({ entry }: LoggedEvent): string => `${entry.partition}/${entry.id}`;

/** The columns of log lines; also those of live updates. */
export function logColumns(links: Links): Array<Column<LoggedEvent>> {
  return [
    columns.time('timestamp', ({ entry }) => entry.ms, 'When the log took the event in, by the clock of Redis. Order and paging go by it.'),
    columns.text('body', ({ event }) => bodyOf(event), 'The event in words.'),
    columns.text('severity', ({ event }) => levelOf(event), 'critical, error, warning, info or debug.'),
    columns.text('id', ({ event }) => event.id, 'Id of the event; unique.', { links: links.event }),
    columns.json('labels', ({ event }) => labelsOf(event), 'Type, agent, host, container, incident, project, severity, action and status, where known.'),
    columns.time('happened', ({ event }) => Date.parse(event.time), 'When it happened, by the clock of the agent that wrote it.'),
    columns.text('incident', ({ event }) => event.incident_id, 'Id of the incident; empty when it belongs to none.', { links: links.incident }),
    columns.text('container_key', ({ event }) => (event.container ? keyOf(event) : ''), 'Host and container.', { links: links.container }),
    columns.text('stream_id', placeOf, 'Place in the log: partition and entry id. Tells repeated rows apart from new ones.'),
  ];
}

function measured(event: LoggedEvent['event'], name: 'confidence' | 'duration_seconds'): number | null {
  const value: unknown = name in event.data ? (event.data as Record<string, unknown>)[name] : undefined;
  return typeof value === 'number' ? value : null;
}

function tableColumns(links: Links): Array<Column<LoggedEvent>> {
  return [
    columns.time('time', ({ entry }) => entry.ms, 'When the log took the event in, by the clock of Redis.'),
    columns.text('type', ({ event }) => event.type, 'Type of the event.'),
    columns.text('severity', ({ event }) => severityOf(event), 'low, medium, high or critical; only alerts have one.'),
    columns.text('container', ({ event }) => (event.container ? keyOf(event) : ''), 'Host and container.', { links: links.container }),
    columns.text('project', ({ event }) => projectOf(event), 'Docker Compose project.'),
    columns.text('text', ({ event }) => wordsOf(event), 'The event in words.'),
    columns.text('action', ({ event }) => actionOf(event), 'What is to be done or was done.'),
    columns.text('status', ({ event }) => factsOf(event).status[0], 'Result, verdict or decision.'),
    columns.number('confidence', ({ event }) => measured(event, 'confidence'), 'Confidence of the analysis.', { unit: 'percentunit', min: 0, max: 1 }),
    columns.number('duration', ({ event }) => measured(event, 'duration_seconds'), 'How long it took.', { unit: 's' }),
    columns.text('agent', ({ event }) => event.agent, 'Who wrote it.'),
    columns.text('incident', ({ event }) => event.incident_id, 'Id of the incident.', { links: links.incident }),
    columns.time('happened', ({ event }) => Date.parse(event.time), 'When it happened, by the clock of the agent that wrote it.'),
    columns.text('id', ({ event }) => event.id, 'Id of the event; unique.', { links: links.event }),
    columns.text('stream_id', placeOf, 'Place in the log: partition and entry id.'),
  ];
}

/** One page of the log, each event handed to `add`, with the notices that belong to it. */
export async function eventPage(context: QueryContext, add: (logged: LoggedEvent) => void): Promise<{ scanned: Scanned<void>; notices: Notice[]; cursor: string }> {
  const { source, query, range, signal } = context;
  const { direction } = query;
  const matcher = matcherOf(query, EVENT_KEYS);
  const scanned = await scan(
    source,
    {
      range,
      direction,
      cursor: decodeCursor(query.cursor, direction, source.log.partitions.length),
      want: query.limit,
      budget: EVENT_BUDGET,
      take: takeEvents(matcher, query.filters.types, add),
      selective: matcher.active,
    },
    signal
  );
  const notices = [...matcher.notices, ...unreadableNotice(scanned.unreadable)];
  if (scanned.cutShort) {
    notices.push(budgetNotice(scanned.examined, 'events'));
  } else if (!scanned.done) {
    notices.push(moreNotice(scanned.rows.length, 'events', direction));
  } else if (direction === 'backward' || query.cursor === '') {
    notices.push(...(await retentionNotice(source, range, signal)));
  }
  const over = direction === 'backward' && scanned.done;
  return { scanned, notices, cursor: over || !scanned.cursor ? '' : encodeCursor(scanned.cursor) };
}

/** Events, newest first unless asked otherwise: as log lines or as a table. */
export async function events(context: QueryContext): Promise<Frame[]> {
  const { query, links } = context;
  const asLogs = query.format === 'logs';
  const builder = new FrameBuilder(asLogs ? logColumns(links) : tableColumns(links));
  const { scanned, notices, cursor } = await eventPage(context, (logged) => builder.add(logged));
  const meta: FrameMeta = {
    ...(asLogs ? { type: 'log-lines' as const, typeVersion: [0, 0] as [number, number] } : {}),
    preferredVisualisationType: asLogs ? 'logs' : 'table',
    notices,
    stats: [{ displayName: 'Entries looked at', value: scanned.examined }],
    custom: { cursor, more: !scanned.done, unreadable: scanned.unreadable, examined: scanned.examined },
    ...(query.live && asLogs ? { channel: liveChannelOf(query) } : {}),
  };
  return [builder.build('events', query.refId, meta)];
}
