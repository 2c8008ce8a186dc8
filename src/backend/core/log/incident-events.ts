import { decodeEvent } from '../../../contract/codec';
import type { LoggedEvent } from '../queries/event-row';
import type { Source } from '../source';
import { entriesOf } from './entry';

/** Events of one incident that are read, at most; of a longer one the first and the last. */
export const MAX_INCIDENT_EVENTS = 2000;
const PIECE = 250;

export interface IncidentEvents {
  events: LoggedEvent[];
  /** Removed by retention. */
  gone: number;
  unreadable: number;
  /** Left out, since there are too many. */
  skipped: number;
}

/** The events of one incident that the log still holds, oldest first. */
export async function readIncidentEvents(source: Source, partition: number, id: string, signal: AbortSignal): Promise<IncidentEvents> {
  const keys = source.log.partition(partition);
  const half = MAX_INCIDENT_EVENTS / 2;
  const [length, first, last] = (await source.batch(signal, (pipeline) => pipeline.llen(keys.incidentLog(id)).lrange(keys.incidentLog(id), 0, half - 1).lrange(keys.incidentLog(id), -half, -1))) as [number, string[], string[]];
  const ids = [...new Set([...first, ...last])];
  const found: IncidentEvents = { events: [], gone: 0, unreadable: 0, skipped: Math.max(0, length - ids.length) };
  for (let from = 0; from < ids.length; from += PIECE) {
    const piece = ids.slice(from, from + PIECE);
    const replies = await source.batch(signal, (pipeline) => piece.forEach((streamId) => pipeline.xrange(keys.log, streamId, streamId)));
    for (const reply of replies) {
      const [entry] = entriesOf(partition, reply);
      const decoded = entry && decodeEvent(entry.json, entry.incident);
      found.gone += entry ? 0 : 1;
      found.unreadable += decoded && !decoded.ok ? 1 : 0;
      if (entry && decoded?.ok) {
        found.events.push({ entry, event: decoded.value });
      }
    }
  }
  return found;
}
