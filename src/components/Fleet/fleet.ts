import type { IncidentAnswer } from '../../contract/api';
import type { Row } from '../../hooks/rows';
import type { Tone } from '../tone';
import { t } from '../text';

/** How a container is, for a person who looks at all of them at once. */
export type Condition = 'ill' | 'waiting' | 'acting' | 'healed' | 'starting' | 'stopped' | 'unknown' | 'well';
/** What asks for attention comes first. */
export const CONDITIONS: readonly Condition[] = ['waiting', 'ill', 'acting', 'healed', 'starting', 'stopped', 'unknown', 'well'];

export interface FleetMember {
  /** Host and name. */
  key: string;
  name: string;
  host: string;
  /** Docker Compose project; empty when it belongs to none. */
  project: string;
  condition: Condition;
  /** Docker's word: running, exited and so on. */
  status: string;
  /** healthy, unhealthy, starting or unknown. */
  health: string;
  /** Percent of one core. */
  cpu: number | undefined;
  /** Percent of the limit. */
  memory: number | undefined;
  /** When the monitor last wrote of it, milliseconds since 1970. */
  seen: number | undefined;
  /** Id of the incident that it is in; empty when it is in none. */
  incident: string;
}

const OF_INCIDENT: Partial<Record<string, Condition>> = { awaiting_approval: 'waiting', remediating: 'acting', verifying: 'acting', open: 'ill', analyzing: 'ill', failed: 'ill', suppressed: 'ill' };
const OF_STATUS: Partial<Record<string, Condition>> = { restarting: 'starting', exited: 'stopped', paused: 'stopped', created: 'stopped', removed: 'stopped', dead: 'ill' };

const isOf = (table: Partial<Record<string, Condition>>, word: string): Condition | undefined => (Object.hasOwn(table, word) ? table[word] : undefined);

/**
 * Unhealthy is red and remediated is blue, the rest of what runs is green (R049 to R051).
 * @param state of the incident that it is in; undefined when it is in none
 * @param remediated true when an action on it was done in the time range
 */
export function conditionOf({ status, health, ill }: { status: string; health: string; ill: boolean }, state: string | undefined, remediated: boolean): Condition {
  const inIncident = state === undefined ? undefined : isOf(OF_INCIDENT, state);
  if (inIncident ?? (ill || health === 'unhealthy')) {
    return inIncident ?? 'ill';
  }
  if (status !== 'running') {
    return isOf(OF_STATUS, status) ?? 'unknown';
  }
  return health === 'starting' ? 'starting' : remediated ? 'healed' : 'well';
}

/**
 * The fleet from the rows of the query `containers`.
 * @param incidents that have not ended
 * @param remediated keys of the containers that an action was done on
 */
export function fleetOf(rows: readonly Row[], incidents: readonly IncidentAnswer[], remediated: ReadonlySet<string>): FleetMember[] {
  const states = new Map(incidents.map(({ id, state }) => [id, state]));
  return rows.map((row) => {
    const [key, status, health, incident] = [row.text('container'), row.text('status'), row.text('health'), row.text('incident')];
    return {
      key,
      name: row.text('name'),
      host: row.text('host'),
      project: row.text('project'),
      condition: conditionOf({ status, health, ill: row.flag('ill') }, states.get(incident), remediated.has(key)),
      status,
      health,
      cpu: row.number('cpu'),
      memory: row.number('memory'),
      seen: row.number('seen'),
      incident,
    };
  });
}

const TONES: Record<Condition, Tone> = { ill: 'ill', waiting: 'waiting', acting: 'healed', healed: 'healed', starting: 'unknown', stopped: 'unknown', unknown: 'unknown', well: 'well' };
export const conditionTone = (condition: Condition): Tone => TONES[condition];

/** A sign beside the colour. */
export const CONDITION_SIGNS: Record<Condition, string> = { ill: '!', waiting: '?', acting: '»', healed: '+', starting: '…', stopped: '–', unknown: '·', well: '' };

export const conditionWords = (condition: Condition): string =>
  ({
    ill: t('overview.condition.ill', 'ill'),
    waiting: t('overview.condition.waiting', 'waits for you'),
    acting: t('overview.condition.acting', 'being healed'),
    healed: t('overview.condition.healed', 'healed lately'),
    starting: t('overview.condition.starting', 'starting'),
    stopped: t('overview.condition.stopped', 'not running'),
    unknown: t('overview.condition.unknown', 'unknown'),
    well: t('overview.condition.well', 'well'),
  })[condition];

/** Containers of each condition; those that there are none of are left out. */
export function countConditions(members: readonly FleetMember[]): Array<[Condition, number]> {
  return CONDITIONS.map((condition): [Condition, number] => [condition, members.filter((one) => one.condition === condition).length]).filter(([, count]) => count > 0);
}

const rank = ({ condition }: FleetMember) => CONDITIONS.indexOf(condition);

/** What asks for attention first, then by name. */
export const worstFirst = (members: readonly FleetMember[]): FleetMember[] => [...members].sort((a, b) => rank(a) - rank(b) || a.key.localeCompare(b.key));

/** By Compose project in the order of their names, those without one last; each by name, so that nothing moves on a refresh. */
export function byProject(members: readonly FleetMember[]): Array<[string, FleetMember[]]> {
  const groups = new Map<string, FleetMember[]>();
  for (const member of members) {
    groups.set(member.project, [...(groups.get(member.project) ?? []), member]);
  }
  const order = ([a]: [string, unknown], [b]: [string, unknown]) => Number(a === '') - Number(b === '') || a.localeCompare(b);
  return [...groups].sort(order).map(([project, list]) => [project, list.sort((a, b) => a.key.localeCompare(b.key))]);
}
