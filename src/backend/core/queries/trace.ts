import { findIncident } from '../log/incidents';
import { readIncidentEvents } from '../log/incident-events';
import { QueryError } from '../failure';
import { columns, frameOf, type Column } from '../frames/build';
import type { Frame, Notice } from '../types';
import { unreadableNotice, type QueryContext } from './context';
import { incidentSpans, type Span } from './spans';

const pairs = (values: Record<string, unknown>) => Object.entries(values).filter(([, value]) => value !== '').map(([key, value]) => ({ key, value }));

/** The columns of Grafana's trace form. */
export function spanColumns(traceId: string): Array<Column<Span>> {
  return [
    columns.text('traceID', () => traceId, 'Id of the trace: one an incident.'),
    columns.text('spanID', (span) => span.id, 'Id of the span.'),
    columns.text('parentSpanID', (span) => span.parent, 'The span that it belongs to; empty for the incident itself.'),
    columns.text('operationName', (span) => span.operation, 'What was done.'),
    columns.text('serviceName', (span) => span.service, 'Who did it.'),
    columns.json('serviceTags', (span) => pairs({ 'service.name': span.service }), 'Who did it, as tags.'),
    columns.number('startTime', (span) => span.start, 'When it began, milliseconds since 1970.', { unit: 'dateTimeAsIso' }),
    columns.number('duration', (span) => span.duration, 'How long it took.', { unit: 'ms' }),
    columns.json('tags', (span) => pairs(span.tags), 'More about it.'),
    columns.json('logs', (span) => span.logs.map(({ timestamp, name, text }) => ({ timestamp, name, fields: [{ key: 'event', value: name }, { key: 'message', value: text }] })), 'What happened meanwhile.'),
    columns.json('references', () => [], 'Links to other spans; there are none.'),
    columns.json('warnings', () => [], 'Warnings; there are none.'),
    columns.text('kind', (span) => span.kind ?? 'internal', 'Kind of the span.'),
    columns.number('statusCode', (span) => span.status, '0 not set, 1 well, 2 error.', { decimals: 0 }),
    columns.text('statusMessage', (span) => span.message, 'In words.'),
  ];
}

/** W3C wants 32 hex characters; ours are, those of the original may not be. */
const traceIdOf = (id: string, traceId: string | undefined) => (traceId ?? id).replaceAll('-', '');

/** An incident as a trace, for Grafana's waterfall. @throws QueryError 400 without a target, 404 when there is no such incident. */
export async function trace(context: QueryContext): Promise<Frame[]> {
  const { query, source, signal } = context;
  const target = query.target || query.filters.incidents[0];
  if (!target) {
    throw new QueryError(400, 'Say which incident: set "target" to its id.');
  }
  const incident = await findIncident(source, target, signal);
  if (!incident) {
    throw new QueryError(404, `There is no incident ${target.slice(0, 64)}. It may have been removed by retention (${source.settings.retentionDays} days).`);
  }
  const read = await readIncidentEvents(source, incident.partition, incident.id, signal);
  const notices: Notice[] = unreadableNotice(read.unreadable, 'event', 'events');
  if (read.gone > 0) {
    notices.push({ severity: 'info', text: `${read.gone} of its events were removed by retention.` });
  }
  if (read.skipped > 0) {
    notices.push({ severity: 'warning', text: `${read.skipped} events in the middle of this long incident are left out.` });
  }
  const events = read.events.map(({ event }) => event);
  const spans = incidentSpans(incident, events);
  const traceId = traceIdOf(incident.id, events.find((event) => event.trace_id)?.trace_id);
  return [frameOf('Trace', query.refId, spans, spanColumns(traceId), { preferredVisualisationType: 'trace', notices, custom: { traceFormat: 'hemostat', incident: incident.id } })];
}
