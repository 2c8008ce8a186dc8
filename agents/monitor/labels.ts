import picomatch from 'picomatch';
import { safeText } from './hostile-text';

const KEPT = new Set(['com.docker.compose.project', 'com.docker.compose.service', 'com.docker.compose.depends_on', 'com.docker.swarm.service.id', 'com.docker.swarm.service.name']);
/** A label is hostile text; nobody needs a longer value. */
const MAX_VALUE = 500;

/** The labels that HemoStat reads; all others may hold anything and stay with Docker. */
export function keptLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([name]) => KEPT.has(name) || name === 'autoheal' || name.startsWith('autoheal.') || name.startsWith('hemostat.'))
      .map(([name, value]) => [name, safeText(value, MAX_VALUE).text])
  );
}

export const projectOf = (labels: Readonly<Record<string, string>>): string => labels['com.docker.compose.project'] ?? '';
export const serviceOf = (labels: Readonly<Record<string, string>>): string => labels['com.docker.compose.service'] ?? '';

/** Services of the same project that this one depends on. Compose writes `db:service_healthy:true,cache:service_started:false`. */
export function dependsOnServices(labels: Readonly<Record<string, string>>): string[] {
  const written = labels['com.docker.compose.depends_on'] ?? '';
  return written
    .split(',')
    .map((part) => part.split(':')[0]?.trim() ?? '')
    .filter(Boolean);
}

const NO = new Set(['false', '0', 'no', 'off']);

/**
 * Which containers are watched: not those on the list of names, nor those that say `hemostat.watch=false`.
 * (`hemostat.enable=false` is watched and never touched: that is the responder's business.)
 */
export function watchRule(blacklist: readonly string[]): (container: { name: string; labels: Readonly<Record<string, string>> }) => boolean {
  const listed = blacklist.length > 0 ? picomatch([...blacklist], { dot: true }) : () => false;
  return ({ name, labels }) => !listed(name) && !NO.has(labels['hemostat.watch']?.trim().toLowerCase() ?? '');
}
