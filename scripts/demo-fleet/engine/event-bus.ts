import { nowNs } from './clock';

export interface EngineEvent {
  type: 'container' | 'network' | 'image';
  action: string;
  actorId: string;
  attributes: Record<string, string>;
  timeNs: bigint;
}

export type EventListener = (event: EngineEvent) => void;

/** Docker remembers this many events for `since`. */
const REMEMBERED = 256;

/** The engine's events: the last 256 for replay, and live listeners. */
export class EventBus {
  private readonly remembered: EngineEvent[] = [];
  private readonly listeners = new Set<EventListener>();

  emit(event: Omit<EngineEvent, 'timeNs'>): void {
    const full = { ...event, timeNs: nowNs() };
    this.remembered.push(full);
    if (this.remembered.length > REMEMBERED) {
      this.remembered.shift();
    }
    for (const listener of [...this.listeners]) {
      listener(full);
    }
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** Remembered events from `sinceNs` up to `untilNs`, oldest first. */
  replay(sinceNs: bigint, untilNs: bigint | undefined): EngineEvent[] {
    return this.remembered.filter((e) => e.timeNs >= sinceNs && (untilNs === undefined || e.timeNs <= untilNs));
  }
}

/**
 * One line of GET /events. The nanoseconds are written by hand because a JSON number of JavaScript cannot hold them.
 */
export function eventLine(event: EngineEvent): string {
  const legacy =
    event.type === 'container'
      ? { status: event.action, id: event.actorId, from: event.attributes['image'] ?? '' }
      : {};
  const body = JSON.stringify({
    ...legacy,
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.actorId, Attributes: event.attributes },
    scope: 'local',
    time: Number(event.timeNs / 1_000_000_000n),
  });
  return `${body.slice(0, -1)},"timeNano":${event.timeNs}}\n`;
}
