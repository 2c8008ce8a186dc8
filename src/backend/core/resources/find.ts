import { parseJson, namesContainer, readContainers, readIncident } from '../../../../agents/runtime/queries';
import { containerStateSchema, type ContainerState } from '../../../contract/containers';
import { decodeEvent } from '../../../contract/codec';
import { containerKey } from '../../../contract/events';
import type { IncidentSummary } from '../../../contract/incident';
import { entriesOf } from '../log/entry';
import type { LoggedEvent } from '../queries/event-row';
import { ResourceError } from './errors';
import type { Parts } from './route';

/** @throws ResourceError 404 */
export async function incidentOf(parts: Parts, id: string, signal: AbortSignal): Promise<IncidentSummary> {
  const found = await parts.ask(signal, async () => readIncident(parts.log, id));
  if (!found) {
    throw new ResourceError('not_found', `There is no incident ${id}.`, 'It may have been removed by retention. The resource incidents lists those that are left.');
  }
  return found;
}

/** What the monitor last saw of all containers, removed ones left out, by key. */
export async function knownContainers(parts: Parts, signal: AbortSignal): Promise<ContainerState[]> {
  const all = await parts.ask(signal, async () => readContainers(parts.log));
  return all.filter((one) => one.status !== 'removed').sort((a, b) => (containerKey(a) < containerKey(b) ? -1 : 1));
}

async function byKey(parts: Parts, key: string, signal: AbortSignal): Promise<ContainerState | undefined> {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const text = await parts.ask(signal, async (redis) => redis.hget(parts.log.keysOf(name).containers, key));
  const parsed = containerStateSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

/**
 * The container of this key, or of this name where only one host has it.
 * @throws ResourceError 404, or 409 when several have the name.
 */
export async function containerOf(parts: Parts, key: string, signal: AbortSignal): Promise<ContainerState> {
  const exact = await byKey(parts, key, signal);
  if (exact) {
    return exact;
  }
  const shown = key.slice(0, 200);
  const found = (await knownContainers(parts, signal)).filter((one) => namesContainer(key, one));
  const [first, second] = found;
  if (!first) {
    throw new ResourceError('not_found', `The monitor knows no container ${shown}.`, 'The resource containers lists those it knows.');
  }
  if (second) {
    throw new ResourceError('conflict', `${found.length} containers are called ${shown}.`, `Name one with its host: ${found.slice(0, 8).map(containerKey).join(', ')}.`);
  }
  return first;
}

/** Entries of one millisecond that are looked through for one event. */
const SAME_MS = 10_000;

/**
 * One event with its place, found by the index of ids.
 * @throws ResourceError 404
 */
export async function eventOf(parts: Parts, id: string, signal: AbortSignal): Promise<LoggedEvent> {
  const found = await Promise.all(
    parts.log.partitions.map(async ({ ids, log }, partition) => {
      const ms = await parts.ask(signal, async (redis) => redis.zscore(ids, id));
      const reply = ms === null ? [] : await parts.ask(signal, async (redis) => redis.xrange(log, ms, ms, 'COUNT', SAME_MS));
      return entriesOf(partition, reply).flatMap((entry): LoggedEvent[] => {
        const decoded = decodeEvent(entry.json, entry.incident);
        return decoded.ok && decoded.value.id === id ? [{ entry, event: decoded.value }] : [];
      });
    })
  );
  const [event] = found.flat();
  if (!event) {
    throw new ResourceError('not_found', `There is no event ${id}.`, 'It may have been removed by retention, or it cannot be read. The query events lists those that are left.');
  }
  return event;
}
