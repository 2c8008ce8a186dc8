import type { DataFrame } from '@grafana/data';
import { CONDITIONS, conditionOf, type Condition, type FleetMember } from '../../../components/Fleet/fleet';
import { frameOf, rowsOf, type Row } from '../../../hooks/rows';
import type { HemostatDataQuery } from '../../../datasource/types';

/** Containers are many on some hosts; one answer holds them all. */
const MOST_CONTAINERS = 10_000;
const MOST_STORIES = 2000;

/** What the list asks for, over the time range of the page: what is now, and what happened last. */
export const LIST_QUERIES: HemostatDataQuery[] = [
  { refId: 'containers', queryType: 'containers', limit: MOST_CONTAINERS, metrics: ['network_rx_rate', 'network_tx_rate'] },
  { refId: 'incidents', queryType: 'incidents', limit: MOST_STORIES },
  { refId: 'remediations', queryType: 'remediations', limit: MOST_STORIES },
];

/** What happened to a container last within the time range. */
export interface LastIncident {
  id: string;
  state: string;
  /** Milliseconds since 1970. */
  at: number | undefined;
}
export interface LastAction {
  action: string;
  status: string;
  verdict: string;
  at: number | undefined;
  incident: string;
}

export interface ListedContainer extends FleetMember {
  image: string;
  service: string;
  /** Bytes a second. */
  received: number | undefined;
  sent: number | undefined;
  restarts: number | undefined;
  exitCode: number | undefined;
  outOfMemory: boolean;
  illSince: number | undefined;
  lastIncident: LastIncident | undefined;
  lastAction: LastAction | undefined;
}

/** By container; frames hold the newest first, so the first one is the last that happened. */
function firstOf<T>(rows: readonly Row[], make: (row: Row) => T): Map<string, T> {
  const found = new Map<string, T>();
  for (const row of rows) {
    const key = row.text('container');
    if (!found.has(key)) {
      found.set(key, make(row));
    }
  }
  return found;
}

const incidentOf = (row: Row): LastIncident => ({ id: row.text('incident'), state: row.text('state'), at: row.number('time') });
const actionOf = (row: Row): LastAction => ({ action: row.text('action'), status: row.text('status'), verdict: row.text('verdict'), at: row.number('time'), incident: row.text('incident') });

/** It was done, and is not known to have made things worse. */
const healed = (action: LastAction | undefined): boolean => action?.status === 'success' && action.verdict !== 'worse';

function listed(row: Row, lastIncident: LastIncident | undefined, lastAction: LastAction | undefined): ListedContainer {
  const [status, health, incident] = [row.text('status'), row.text('health'), row.text('incident')];
  const ill = row.flag('ill');
  const state = incident !== '' && incident === lastIncident?.id ? lastIncident.state : undefined;
  return {
    key: row.text('container'),
    name: row.text('name'),
    host: row.text('host'),
    project: row.text('project'),
    service: row.text('service'),
    image: row.text('image'),
    condition: conditionOf({ status, health, ill }, state, healed(lastAction)),
    status,
    health,
    cpu: row.number('cpu'),
    memory: row.number('memory'),
    seen: row.number('seen'),
    incident,
    received: row.number('network_rx_rate'),
    sent: row.number('network_tx_rate'),
    restarts: row.number('restarts'),
    exitCode: row.number('exit_code'),
    outOfMemory: row.flag('oom_killed'),
    illSince: ill ? row.number('ill_since') : undefined,
    lastIncident,
    lastAction,
  };
}

/** The answers to `LIST_QUERIES` as one list, in the order of the keys. */
export function listedOf(frames: readonly DataFrame[]): ListedContainer[] {
  const incidents = firstOf(rowsOf(frameOf(frames, 'incidents')), incidentOf);
  const actions = firstOf(rowsOf(frameOf(frames, 'remediations')).filter((row) => row.text('status') !== 'rejected'), actionOf);
  return rowsOf(frameOf(frames, 'containers')).map((row) => listed(row, incidents.get(row.text('container')), actions.get(row.text('container'))));
}

export interface ListFilter {
  /** Part of name, image, service, project or host; case ignored. */
  text: string;
  /** Empty means any. */
  projects: readonly string[];
  hosts: readonly string[];
  conditions: readonly string[];
  /** Containers that are gone are left out unless this is set. */
  removed: boolean;
}

const fits = (wanted: readonly string[], value: string): boolean => wanted.length === 0 || wanted.includes(value);

/** Containers that a filter lets through. A project without a name is `-`. */
export function filtered(containers: readonly ListedContainer[], { text, projects, hosts, conditions, removed }: ListFilter): ListedContainer[] {
  const words = text.trim().toLowerCase();
  return containers.filter(
    (one) =>
      (removed || one.status !== 'removed') &&
      fits(projects, one.project || '-') &&
      fits(hosts, one.host) &&
      fits(conditions, one.condition) &&
      (words === '' || [one.name, one.image, one.service, one.project, one.host].some((part) => part.toLowerCase().includes(words)))
  );
}

export const SORTS = ['condition', 'container', 'cpu', 'memory', 'network', 'restarts', 'incident', 'action', 'seen'] as const;
export type Sort = (typeof SORTS)[number];
export const isSort = (text: string | undefined): text is Sort => SORTS.some((one) => one === text);

/** Figures are largest first and times newest first when a column is chosen. */
export const descendsFirst = (sort: Sort): boolean => sort !== 'condition' && sort !== 'container';

const rank = (condition: Condition) => CONDITIONS.indexOf(condition);
const VALUES: Record<Exclude<Sort, 'container'>, (one: ListedContainer) => number | undefined> = {
  condition: ({ condition }) => rank(condition),
  cpu: ({ cpu }) => cpu,
  memory: ({ memory }) => memory,
  network: ({ received, sent }) => (received === undefined && sent === undefined ? undefined : (received ?? 0) + (sent ?? 0)),
  restarts: ({ restarts }) => restarts,
  incident: ({ lastIncident }) => lastIncident?.at,
  action: ({ lastAction }) => lastAction?.at,
  seen: ({ seen }) => seen,
};

/** In the order of a column; what is unknown comes last either way, and equal ones go by name, so that nothing jumps on a refresh. */
export function sorted(containers: readonly ListedContainer[], sort: Sort, descending: boolean): ListedContainer[] {
  const sign = descending ? -1 : 1;
  const byName = (a: ListedContainer, b: ListedContainer) => a.name.localeCompare(b.name) || a.key.localeCompare(b.key);
  if (sort === 'container') {
    return [...containers].sort((a, b) => sign * byName(a, b));
  }
  const value = VALUES[sort];
  return [...containers].sort((a, b) => {
    const [one, other] = [value(a), value(b)];
    if (one === undefined || other === undefined) {
      return Number(one === undefined) - Number(other === undefined) || byName(a, b);
    }
    return sign * (one - other) || byName(a, b);
  });
}
