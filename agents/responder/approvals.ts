import { containerKey, isEvent, type EventOf, type HemostatEvent } from '../../src/contract/events';
import type { HemostatLog } from '../runtime/log';
import { incidentEvents } from '../runtime/queries';
import { completeIdOf, decidedIdOf, startedIdOf } from './case';

/** A question that waits for a person. */
export interface Pending {
  requested: EventOf<'approval_requested'>;
  /** The verdict or order that led to it, as far as the log still holds it. */
  needed?: HemostatEvent;
}

/** How far the answer to a question has got, by the log. */
export interface Traces {
  pending: Pending;
  decided?: EventOf<'approval_decided'>;
  started?: EventOf<'remediation_started'>;
  complete: boolean;
}

/** What the log says of the newest question of an incident, or of the one with this digest. */
export async function tracesOf(log: HemostatLog, incidentId: string, digest?: string): Promise<Traces | undefined> {
  const events = (await incidentEvents(log, incidentId)).events.map((stored) => stored.event);
  const requested = events.findLast((event): event is EventOf<'approval_requested'> => isEvent(event, 'approval_requested') && (digest === undefined || event.data.digest === digest));
  if (!requested) {
    return undefined;
  }
  const byId = new Map(events.map((event) => [event.id, event]));
  const decided = byId.get(decidedIdOf(requested));
  const started = byId.get(startedIdOf(requested));
  const needed = byId.get(requested.cause_id);
  return {
    pending: { requested, ...(needed ? { needed } : {}) },
    ...(decided && isEvent(decided, 'approval_decided') ? { decided } : {}),
    ...(started && isEvent(started, 'remediation_started') ? { started } : {}),
    complete: byId.has(completeIdOf(requested)),
  };
}

/** The questions that wait. Whoever takes one out answers it: that is how the first answer wins. */
export class Approvals {
  private readonly byKey = new Map<string, Pending>();
  /** Ids of the questions that are being answered, or were. */
  private readonly claimed = new Set<string>();

  get size(): number {
    return this.byKey.size;
  }

  add(pending: Pending): void {
    this.byKey.set(containerKey(pending.requested), pending);
  }

  of(key: string): Pending | undefined {
    return this.byKey.get(key);
  }

  /** @param digest only if it is this question */
  take(key: string, digest?: string): Pending | undefined {
    const pending = this.byKey.get(key);
    if (!pending || (digest !== undefined && pending.requested.data.digest !== digest)) {
      return undefined;
    }
    this.byKey.delete(key);
    return this.claim(pending) ? pending : undefined;
  }

  /** @returns false when somebody is answering it already, or has. */
  claim({ requested }: Pending): boolean {
    if (this.claimed.has(requested.id)) {
      return false;
    }
    this.claimed.add(requested.id);
    const key = containerKey(requested);
    if (this.byKey.get(key)?.requested.id === requested.id) {
      this.byKey.delete(key);
    }
    return true;
  }

  /** The answer came to nothing: it may be given again. */
  release({ requested }: Pending): void {
    this.claimed.delete(requested.id);
  }

  takeExpired(now: number): Pending[] {
    const expired = [...this.byKey.values()].filter(({ requested }) => Date.parse(requested.data.expires_at) <= now);
    return expired.filter((pending) => this.claim(pending));
  }

  /** Finds the open questions in the log when this copy takes the lead. */
  async load(log: HemostatLog): Promise<void> {
    this.byKey.clear();
    this.claimed.clear();
    for (const keys of log.partitions) {
      const incidents = [...new Set(await log.redis.hvals(keys.open))];
      const states = await Promise.all(incidents.map((id) => log.redis.hget(keys.incident(id), 'state')));
      for (const id of incidents.filter((_, index) => states[index] === 'awaiting_approval')) {
        const traces = await tracesOf(log, id);
        if (traces && !traces.decided) {
          this.add(traces.pending);
        }
      }
    }
  }
}
