import { containerKey } from '../../../contract/events';
import { ENDED_STATES } from '../../../contract/incident';
import { columns, frameOf, timeOf } from '../frames/build';
import { readIncidents, type StoredIncident } from '../log/incidents';
import type { Frame } from '../types';
import type { QueryContext } from './context';
import { remediationPage, statusOf, type Remediation } from './remediation-rows';

/** Decisions that one call counts, at most. */
const LIMIT = 10_000;

/** One decision of mode observe, with what became of the container without us. */
interface ShadowDecision {
  row: Remediation;
  incident: StoredIncident | undefined;
}

async function incidentsOf({ source, signal }: QueryContext, rows: readonly Remediation[]): Promise<Map<string, StoredIncident>> {
  const found = new Map<string, StoredIncident>();
  await Promise.all(
    source.log.partitions.map(async (_, partition) => {
      const ids = [...new Set(rows.filter((row) => row.partition === partition).map((row) => row.event?.incident_id || row.record.incident_id))].filter(Boolean);
      for (const incident of await readIncidents(source, partition, ids, signal)) {
        if (incident) {
          found.set(incident.id, incident);
        }
      }
    })
  );
  return found;
}

const would = ({ row }: ShadowDecision) => row.record.status === 'success';
const recoveredAlone = ({ incident }: ShadowDecision) => incident?.state === 'recovered_alone';
const stillIll = ({ incident }: ShadowDecision) => incident !== undefined && !ENDED_STATES.includes(incident.state);
const guardOf = ({ row }: ShadowDecision) => row.event?.data.guards?.find((guard) => !guard.allowed);

/** From the decision to the recovery, where the container recovered without us. */
function recoveryMs(decision: ShadowDecision): number | null {
  const ended = timeOf(decision.incident?.fields.ended_at);
  return recoveredAlone(decision) && ended !== null ? Math.max(0, ended - decision.row.ms) : null;
}

const whole = { unit: 'short', decimals: 0, min: 0 };
const count = (decisions: readonly ShadowDecision[], fits: (decision: ShadowDecision) => boolean) => decisions.filter(fits).length;

/**
 * What the healer would have done while it only watched (mode observe, or dry run), and how it went without it.
 * Two frames: the figures in one row, and the decisions one by one.
 */
export async function shadow(context: QueryContext): Promise<Frame[]> {
  const { query, links } = context;
  const page = await remediationPage({ ...context, query: { ...query, cursor: '' } }, { limit: LIMIT });
  const rows = page.rows.filter((row) => row.record.dry_run);
  const incidents = await incidentsOf(context, rows);
  const decisions = rows.map((row): ShadowDecision => ({ row, incident: incidents.get(row.event?.incident_id || row.record.incident_id) }));
  const waits = decisions.filter(would).flatMap((one) => recoveryMs(one) ?? []);
  const figures = {
    decisions: decisions.length,
    would: count(decisions, would),
    refused: count(decisions, (one) => !would(one)),
    alone: count(decisions, (one) => would(one) && recoveredAlone(one)),
    ill: count(decisions, (one) => would(one) && stillIll(one)),
    wait: waits.length === 0 ? null : waits.reduce((sum, one) => sum + one, 0) / waits.length,
  };
  const { notices } = page;
  return [
    frameOf('shadow', query.refId, [figures], [
      columns.number('decisions', (one) => one.decisions, 'Decisions in mode observe or as a dry run.', whole),
      columns.number('would_have_acted', (one) => one.would, 'Actions that every guard allowed.', whole),
      columns.number('would_have_been_refused', (one) => one.refused, 'Actions that a guard would have refused.', whole),
      columns.number('recovered_alone', (one) => one.alone, 'Of those that it would have acted on: containers that recovered without it.', whole),
      columns.number('still_ill', (one) => one.ill, 'Of those that it would have acted on: containers that are still ill.', whole),
      columns.number('mean_time_to_recover', (one) => one.wait, 'From the decision until the container had recovered alone, mean.', { unit: 'ms' }),
    ], { type: 'numeric-wide', typeVersion: [0, 1], preferredVisualisationType: 'table', notices }),
    frameOf('shadow decisions', query.refId, decisions.slice(0, query.limit), [
      columns.time('time', ({ row }) => row.ms, 'When it was decided.'),
      columns.text('container', ({ row }) => containerKey(row.record), 'Host and container.', { links: links.container }),
      columns.text('action', ({ row }) => row.record.action, 'What would have been done.'),
      columns.text('decision', ({ row }) => statusOf(row.record), 'dry_run: it would have been done; rejected: a guard would have refused.'),
      columns.text('guard', (one) => guardOf(one)?.guard, 'The guard that would have refused.'),
      columns.text('reason', (one) => guardOf(one)?.reason ?? one.row.event?.data.reason, 'Why.'),
      columns.text('state', ({ incident }) => incident?.state, 'How the incident stands now.'),
      columns.flag('recovered_alone', recoveredAlone, 'True when the container recovered without an action.'),
      columns.number('time_to_recover', recoveryMs, 'From the decision to the recovery.', { unit: 'ms' }),
      columns.text('incident', ({ row }) => row.event?.incident_id || row.record.incident_id, 'Id of the incident.', { links: links.incident }),
    ], { type: 'table', preferredVisualisationType: 'table', notices }),
  ];
}
