import type { Command } from 'commander';
import type { IncidentSummary } from '../../../src/contract/incident';
import { listIncidents } from '../../runtime/queries';
import type { Cli } from '../context';
import { shortId } from '../incident-of';
import { ageText, table } from '../output';
import { parseInteger } from '../parse';

interface IncidentsOptions {
  all?: boolean;
  container?: string;
  limit: number;
}

/** One incident as `--json` gives it. */
export function incidentJson(incident: IncidentSummary): Record<string, unknown> {
  return { id: incident.id, state: incident.state, events: incident.events, ...incident.fields };
}

function marks(incident: IncidentSummary, now: number): string {
  const { acknowledged_by: by, silenced_until: until } = incident.fields;
  return [by ? `seen by ${by}` : '', until && Date.parse(until) > now ? 'silenced' : ''].filter(Boolean).join(', ');
}

/** Incidents as a table of at most `width` characters. */
export function incidentTable(incidents: readonly IncidentSummary[], now: number, width: number): string[] {
  // The host tells nothing where there is only one.
  const oneHost = new Set(incidents.map((one) => one.fields.host ?? '')).size === 1;
  return table<IncidentSummary>(
    [
      { title: 'INCIDENT', value: (one) => shortId(one.id) },
      { title: 'CONTAINER', value: (one) => (oneHost ? one.fields.container : one.fields.key) ?? '', flexible: true, min: 14 },
      { title: 'SEVERITY', value: (one) => one.fields.severity ?? '-' },
      { title: 'STATE', value: (one) => one.state },
      { title: 'AGE', value: (one) => ageText(now - Date.parse(one.fields.opened_at ?? '')) },
      { title: 'ILLNESS', value: (one) => [one.fields.illness ?? '', marks(one, now)].filter(Boolean).join('; '), flexible: true, min: 12 },
    ],
    incidents,
    width
  );
}

async function incidents(cli: Cli, options: IncidentsOptions): Promise<void> {
  const found = await cli.withLog((log) => listIncidents(log, options));
  cli.print(found.map(incidentJson), () => {
    if (found.length === 0) {
      cli.line(options.all ? 'The log holds no such incident.' : 'No active incident. `hemostat incidents --all` lists those that have ended.');
      return;
    }
    incidentTable(found, cli.io.now(), cli.io.columns).forEach((line) => cli.line(line));
  });
}

export function registerIncidents(program: Command, cli: Cli): void {
  program
    .command('incidents')
    .description('active incidents, last changed first')
    .option('--all', 'ended ones too')
    .option('--container <name>', 'only of this container, as name or host/name')
    .option('--limit <n>', 'at most this many', parseInteger(1, 10_000), 50)
    .action((options: IncidentsOptions) => incidents(cli, options));
}
