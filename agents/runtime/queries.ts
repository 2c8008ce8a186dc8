import { decodeEvent } from '../../src/contract/codec';
import { containerStateSchema, type ContainerState } from '../../src/contract/containers';
import type { EventType, HemostatEvent } from '../../src/contract/events';
import { ENDED_STATES, INCIDENT_STATES, type IncidentState, type IncidentSummary } from '../../src/contract/incident';
import { rawEntries } from './consumer';
import { errorText } from './errors';
import type { HemostatLog } from './log';

/** An event with its place in the log. */
export interface StoredEvent {
  streamId: string;
  partition: number;
  event: HemostatEvent;
}

/** The events of one incident, oldest first. */
export interface IncidentEvents {
  id: string;
  events: StoredEvent[];
  /** Events that retention has trimmed away, or that cannot be read. */
  missing: number;
}

/** What to read from the log. Times are server milliseconds, both ends included. */
export interface Range {
  fromMs?: number;
  toMs?: number;
  types?: readonly EventType[];
  /** Container name, or `host/name`. */
  container?: string;
  /** At most this many, the newest ones. */
  limit?: number;
}

export interface IncidentFilter {
  /** Ended ones too. */
  all?: boolean;
  container?: string;
  limit?: number;
}

const PAGE = 500;
/** Incidents looked at for one list, newest first. */
const MAX_LOOKED_AT = 20_000;

function isState(state: string | undefined): state is IncidentState {
  return INCIDENT_STATES.some((known) => known === state);
}

/** True when `wanted` names the container, with or without its host. */
export function namesContainer(wanted: string, of: { host: string; container: string }): boolean {
  return wanted === of.container || wanted === `${of.host}/${of.container}`;
}

function toSummary(id: string, hash: Record<string, string>): IncidentSummary | undefined {
  const { state, n, ...fields } = hash;
  return isState(state) ? { id, state, fields, events: Number(n ?? 0) } : undefined;
}

/** Reads every partition with one call, in order. */
async function overPartitions<T>(log: HemostatLog, read: (partition: number) => Promise<T>): Promise<T[]> {
  return Promise.all(log.partitions.map((_, index) => read(index)));
}

async function incidentOf(log: HemostatLog, partition: number, id: string): Promise<IncidentSummary | undefined> {
  return toSummary(id, await log.redis.hgetall(log.partition(partition).incident(id)));
}

/** The projection of one incident, or undefined where the log has none of this id. */
export async function readIncident(log: HemostatLog, id: string): Promise<IncidentSummary | undefined> {
  const found = await overPartitions(log, (partition) => incidentOf(log, partition, id));
  return found.find((one) => one !== undefined);
}

async function idsByPrefix(log: HemostatLog, partition: number, prefix: string): Promise<string[]> {
  const key = log.partition(partition).incidents;
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, pairs] = await log.redis.zscan(key, cursor, 'MATCH', pattern, 'COUNT', 1000);
    pairs.filter((_, index) => index % 2 === 0).forEach((id) => found.add(id));
    cursor = next;
  } while (cursor !== '0' && found.size <= 20);
  return [...found];
}

/**
 * Incidents that a person may mean: one of this id, those whose id begins so, else those of the container of this name.
 * @returns newest first; more than one when the word is not clear.
 */
export async function findIncidents(log: HemostatLog, word: string): Promise<IncidentSummary[]> {
  const exact = await readIncident(log, word);
  if (exact) {
    return [exact];
  }
  const ids = (await overPartitions(log, (partition) => idsByPrefix(log, partition, word))).flat();
  const byPrefix = (await Promise.all(ids.map((id) => readIncident(log, id)))).flatMap((one) => one ?? []);
  return byPrefix.length > 0 ? byPrefix.sort(newestFirst) : listIncidents(log, { all: true, container: word, limit: 20 });
}

function newestFirst(a: IncidentSummary, b: IncidentSummary): number {
  return (b.fields.updated_at ?? '').localeCompare(a.fields.updated_at ?? '');
}

function fits(incident: IncidentSummary, filter: IncidentFilter): boolean {
  if (!filter.all && ENDED_STATES.includes(incident.state)) {
    return false;
  }
  return !filter.container || namesContainer(filter.container, { host: incident.fields.host ?? '', container: incident.fields.container ?? '' });
}

async function listOf(log: HemostatLog, partition: number, filter: IncidentFilter, limit: number): Promise<IncidentSummary[]> {
  const found: IncidentSummary[] = [];
  for (let from = 0; from < MAX_LOOKED_AT && found.length < limit; from += PAGE) {
    const ids = await log.redis.zrevrange(log.partition(partition).incidents, from, from + PAGE - 1);
    const page = await Promise.all(ids.map((id) => incidentOf(log, partition, id)));
    found.push(...page.flatMap((one) => (one && fits(one, filter) ? [one] : [])));
    if (ids.length < PAGE) {
      break;
    }
  }
  return found.slice(0, limit);
}

/** Incidents, last changed first; without `all` those that have not ended. Default limit 50. */
export async function listIncidents(log: HemostatLog, filter: IncidentFilter = {}): Promise<IncidentSummary[]> {
  const limit = filter.limit ?? 50;
  const lists = await overPartitions(log, (partition) => listOf(log, partition, filter, limit));
  return lists.flat().sort(newestFirst).slice(0, limit);
}

function stored(partition: number, reply: unknown): StoredEvent[] {
  return rawEntries(reply).flatMap((entry) => {
    const decoded = decodeEvent(entry.json, entry.incident);
    return decoded.ok ? [{ streamId: entry.id, partition, event: decoded.value }] : [];
  });
}

/** Every event of an incident that the log still holds. */
export async function incidentEvents(log: HemostatLog, id: string): Promise<IncidentEvents> {
  const lists = await overPartitions(log, (partition) => log.redis.lrange(log.partition(partition).incidentLog(id), 0, -1));
  const partition = Math.max(0, lists.findIndex((ids) => ids.length > 0));
  const ids = lists[partition] ?? [];
  const key = log.partition(partition).log;
  const events: StoredEvent[] = [];
  for (let from = 0; from < ids.length; from += PAGE) {
    const replies = await Promise.all(ids.slice(from, from + PAGE).map((streamId) => log.redis.xrange(key, streamId, streamId)));
    events.push(...replies.flatMap((reply) => stored(partition, reply)));
  }
  return { id, events, missing: ids.length - events.length };
}

/** Entry ids compare as two numbers. */
export function compareStreamIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number);
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number);
  return aMs - bMs || aSeq - bSeq;
}

/** True when the event is one that the range asks for. */
export function inRange(event: HemostatEvent, range: Pick<Range, 'types' | 'container'>): boolean {
  return (!range.types?.length || range.types.includes(event.type)) && (!range.container || namesContainer(range.container, event));
}

async function rangeOf(log: HemostatLog, partition: number, range: Range, limit: number): Promise<StoredEvent[]> {
  const key = log.partition(partition).log;
  const from = String(range.fromMs ?? '-');
  let to = range.toMs === undefined ? '+' : String(range.toMs);
  const found: StoredEvent[] = [];
  while (found.length < limit) {
    const reply = (await log.redis.xrevrange(key, to, from, 'COUNT', PAGE)) as Array<[string, string[]]>;
    found.push(...stored(partition, reply).filter(({ event }) => inRange(event, range)));
    const last = reply.at(-1);
    if (!last || reply.length < PAGE) {
      break;
    }
    to = `(${last[0]}`;
  }
  return found.slice(0, limit);
}

/** Events of the log, oldest first; where there are more than `limit` (default 1000), the newest of them. */
export async function readRange(log: HemostatLog, range: Range = {}): Promise<StoredEvent[]> {
  const limit = range.limit ?? 1000;
  const lists = await overPartitions(log, (partition) => rangeOf(log, partition, range, limit));
  return lists
    .flat()
    .sort((a, b) => compareStreamIds(b.streamId, a.streamId))
    .slice(0, limit)
    .reverse();
}

/** What the monitor last saw of every container. One that cannot be read is left out. */
export async function readContainers(log: HemostatLog): Promise<ContainerState[]> {
  const hashes = await overPartitions(log, (partition) => log.redis.hvals(log.partition(partition).containers));
  return hashes.flat().flatMap((json) => {
    const parsed = containerStateSchema.safeParse(parseJson(json));
    return parsed.success ? [parsed.data] : [];
  });
}

/** JSON of our own keys, or undefined. */
export function parseJson(json: string | null | undefined): unknown {
  try {
    return json ? JSON.parse(json) : undefined;
  } catch {
    return undefined;
  }
}

export interface GroupLag {
  group: string;
  partition: number;
  /** Entries taken and not acknowledged. */
  pending: number;
  /** Entries not yet read; undefined where Redis cannot tell. */
  lag?: number;
  consumers: number;
}

/** How far each reading group is behind. */
export async function readGroups(log: HemostatLog): Promise<GroupLag[]> {
  const replies = await overPartitions(log, async (partition) => {
    try {
      return (await log.redis.xinfo('GROUPS', log.partition(partition).log)) as unknown[][];
    } catch (cause) {
      if (/no such key/i.test(errorText(cause))) {
        return [];
      }
      throw cause;
    }
  });
  return replies.flatMap((groups, partition) =>
    groups.map((flat) => {
      const field = (name: string) => flat[flat.indexOf(name) + 1];
      const lag = flat.includes('lag') ? field('lag') : undefined;
      return {
        group: String(field('name')),
        partition,
        pending: Number(field('pending')),
        consumers: Number(field('consumers')),
        ...(typeof lag === 'number' ? { lag } : {}),
      };
    })
  );
}
