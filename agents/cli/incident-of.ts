import type { IncidentSummary } from '../../src/contract/incident';
import type { HemostatLog } from '../runtime/log';
import { findIncidents, listIncidents } from '../runtime/queries';
import { CliError } from './output';

/** Shortest beginning of an id that tells it from the others on the lists. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

export function describeIncident(incident: IncidentSummary): string {
  const { container = '', host = '', illness = '', opened_at: opened = '' } = incident.fields;
  return `${shortId(incident.id)} ${host ? `${host}/` : ''}${container} ${illness} ${incident.state} since ${opened}`;
}

async function unknown(log: HemostatLog, word: string): Promise<CliError> {
  const latest = await listIncidents(log, { all: true, limit: 3 });
  const mend = latest.length > 0 ? `The latest are: ${latest.map(describeIncident).join('; ')}. \`hemostat incidents --all\` lists all.` : 'The log holds no incident yet. `hemostat tail` shows what happens.';
  return new CliError(`"${word}" is neither an incident id (or its beginning) nor a container with incidents.`, mend);
}

/**
 * The incident that the word names: an id, the beginning of one, or a container (its latest).
 * @throws CliError when there is none, or the beginning fits several.
 */
export async function incidentNamed(log: HemostatLog, word: string): Promise<IncidentSummary> {
  const found = await findIncidents(log, word);
  const [first, second] = found;
  if (!first) {
    throw await unknown(log, word);
  }
  if (second && found.every((one) => one.id.startsWith(word))) {
    throw new CliError(`"${word}" is the beginning of ${found.length} incident ids.`, `Write more of it: ${found.slice(0, 5).map((one) => one.id).join(', ')}`);
  }
  return first;
}
