import { nowNs, parseTime } from '../engine/clock';
import { eventLine, type EngineEvent } from '../engine/event-bus';
import { anyOf, labelsMatch, parseFilters, type Filters } from './filters';
import { onGone, type Call, type Route } from './http';
import { writeBounded } from './routes-streams';

const KNOWN = new Set(['type', 'event', 'container', 'image', 'label', 'network', 'scope', 'daemon', 'volume']);

/** "health_status" takes "health_status: healthy" too, and so for the execs. */
const actionMatches = (wanted: string, action: string): boolean => action === wanted || action.startsWith(`${wanted}:`);

function refMatches(ref: string, event: EngineEvent): boolean {
  return event.actorId === ref || event.attributes['name'] === ref || event.actorId.startsWith(ref);
}

function matches(event: EngineEvent, filters: Filters): boolean {
  const image = event.attributes['image'] ?? '';
  return [
    anyOf(filters, 'type', (value) => event.type === value),
    anyOf(filters, 'event', (value) => actionMatches(value, event.action)),
    anyOf(filters, 'container', (value) => event.type === 'container' && refMatches(value, event)),
    anyOf(filters, 'network', (value) => event.type === 'network' && refMatches(value, event)),
    anyOf(filters, 'image', (value) => image === value || image.split(':')[0] === value),
    anyOf(filters, 'scope', (value) => value === 'local'),
    labelsMatch(filters, event.attributes),
  ].every(Boolean);
}

function events({ engine, query, response }: Call): void {
  const filters = parseFilters(query.get('filters'), KNOWN);
  const sinceNs = parseTime(query.get('since'));
  const untilNs = parseTime(query.get('until'));
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
  const send = (event: EngineEvent): void => {
    if (matches(event, filters)) {
      writeBounded(response, eventLine(event));
    }
  };
  if (sinceNs !== undefined) {
    engine.events.replay(sinceNs, untilNs).forEach(send);
  }
  const leftMs = untilNs === undefined ? undefined : Number((untilNs - nowNs()) / 1_000_000n);
  if (leftMs !== undefined && leftMs <= 0) {
    response.end();
    return;
  }
  const stop = engine.events.subscribe(send);
  const timer = leftMs === undefined ? undefined : setTimeout(() => response.end(), leftMs);
  onGone(response, () => {
    stop();
    clearTimeout(timer);
  });
}

export const eventRoutes: Route[] = [{ method: 'GET', pattern: /^\/events$/, handle: events }];
