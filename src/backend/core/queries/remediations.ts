import { containerKey, type EventData, type GuardVerdict } from '../../../contract/events';
import { columns, frameOf, type Column } from '../frames/build';
import type { Frame } from '../types';
import type { QueryContext } from './context';
import { remediationPage, statusOf, type Remediation } from './remediation-rows';

type Side = EventData<'remediation_verified'>['before'];
type Figure = 'cpu_percent' | 'memory_percent';

const refusal = ({ event }: Remediation): GuardVerdict | undefined => event?.data.guards?.find((guard) => !guard.allowed);
const side = (row: Remediation, which: 'before' | 'after'): Side | undefined => row.verified?.data[which];
const figure = (which: 'before' | 'after', name: Figure) => (row: Remediation) => side(row, which)?.metrics[name];

function sideColumns(which: 'before' | 'after'): Array<Column<Remediation>> {
  return [
    columns.text(`health_${which}`, (row) => side(row, which)?.health_status, `Health ${which} the action.`),
    columns.number(`cpu_${which}`, figure(which, 'cpu_percent'), `CPU ${which} the action, percent of one core, mean over the window.`, { unit: 'percent' }),
    columns.number(`memory_${which}`, figure(which, 'memory_percent'), `Memory ${which} the action, percent of the limit, mean over the window.`, { unit: 'percent' }),
  ];
}

function remediationColumns({ links }: QueryContext): Array<Column<Remediation>> {
  return [
    columns.time('time', (row) => row.ms, 'When it ended, by the clock of Redis.'),
    columns.text('container', ({ record }) => containerKey(record), 'Host and container.', { links: links.container }),
    columns.text('action', ({ record }) => record.action, 'What was done, or would have been.'),
    columns.text('status', ({ record }) => statusOf(record), 'success, failed, rejected, not_applicable, or dry_run when nothing was touched.'),
    columns.text('verdict', (row) => row.verdict, 'helped, no_change or worse; empty while it is not known.'),
    columns.text('reason', ({ event }) => event?.data.reason, 'Why it was to be done.'),
    columns.text('outcome', ({ event }) => event?.data.result.error ?? event?.data.result.reason, 'Why it failed or was refused.'),
    columns.text('guard', (row) => refusal(row)?.guard, 'The guard that refused it.'),
    columns.text('guard_reason', (row) => refusal(row)?.reason, 'Why the guard refused it.'),
    columns.number('confidence', ({ event }) => event?.data.confidence, 'Confidence of the analysis.', { unit: 'percentunit', min: 0, max: 1 }),
    columns.number('duration', ({ event }) => event?.data.duration_seconds, 'How long the action took.', { unit: 's' }),
    ...sideColumns('before'),
    ...sideColumns('after'),
    columns.text('verdict_reason', (row) => row.verified?.data.reason, 'What the verdict rests on.'),
    columns.text('mode', ({ event }) => event?.data.mode, 'observe, approve or auto.'),
    columns.flag('dry_run', ({ record }) => record.dry_run, 'True when nothing was touched.'),
    columns.number('attempt', ({ event }) => event?.data.attempt, 'Which attempt within the hour.', { decimals: 0 }),
    columns.text('authorised_by', ({ event }) => event?.data.authorised_by, 'policy, or the user who allowed it.'),
    columns.text('project', ({ record }) => record.project, 'Docker Compose project.'),
    columns.text('incident', ({ event, record }) => event?.incident_id || record.incident_id, 'Id of the incident.', { links: links.incident }),
    columns.text('id', ({ record }) => record.id, 'Id of the event.', { links: links.event }),
  ];
}

/** What was done, newest first, with verdict and figures before and after. */
export async function remediations(context: QueryContext): Promise<Frame[]> {
  const page = await remediationPage(context);
  const gone = page.rows.filter((row) => !row.event).length;
  const notices = gone > 0 ? [...page.notices, { severity: 'info' as const, text: `The events of ${gone} of these actions were removed by retention: only container, action and status are known.` }] : page.notices;
  const meta = { type: 'table' as const, preferredVisualisationType: 'table' as const, notices, custom: { cursor: page.cursor, more: page.more } };
  return [frameOf('remediations', context.query.refId, page.rows, remediationColumns(context), meta)];
}
