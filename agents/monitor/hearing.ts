import type { EngineEvent } from '../docker/engine';
import type { Diagnosis } from './diagnosis';
import type { Fleet } from './fleet';
import type { watchRule } from './labels';
import type { Looks } from './looks';
import type { Moment } from './moment';
import type { Outbox, Progress } from './outbox';
import { diedDetails, lifecycleEvent, type Place } from './reports';
import { downOnPurpose, heard, startedByHand, type Vitals } from './vitals';

/** After these the container is looked at anew. */
const CHANGING = new Set(['create', 'start', 'die', 'oom', 'pause', 'unpause', 'rename', 'update', 'health_status']);

export interface HearingParts {
  place: Place;
  fleet: Fleet;
  diagnosis: Diagnosis;
  looks: Looks;
  outbox: Outbox;
  progress: Progress;
  watches: ReturnType<typeof watchRule>;
  clock: () => Moment;
}

export interface How {
  /** False at the very first start: what happened before is only of use to judge by. */
  tell: boolean;
  /** False for what the engine remembers: everything was looked at already. */
  live: boolean;
}

/** Takes in one event of the engine after the other. */
export class Hearing {
  constructor(private readonly parts: HearingParts) {}

  hear(event: EngineEvent, how: How): void {
    if (!this.parts.watches(event)) {
      this.hearOther(event);
      return;
    }
    const onPurpose = this.mark(event, how);
    if (how.tell) {
      this.tell(event, onPurpose);
    }
    if (event.action === 'destroy') {
      this.parts.looks.gone(event.containerId);
    } else if (how.live) {
      this.follow(event);
    }
  }

  /** @returns for `die` and `start`: whether somebody asked for it */
  private mark(event: EngineEvent, { live }: How): boolean | undefined {
    const { fleet, looks, clock } = this.parts;
    const tracked = fleet.watched.get(event.containerId);
    if (!tracked) {
      if (live) {
        looks.keepEarly(event);
      }
      // Only a new container is started before it was ever looked at.
      return event.action === 'start' ? true : undefined;
    }
    const onPurpose = this.purposeOf(tracked.vitals, event);
    tracked.vitals = heard(tracked.vitals, event, clock());
    return onPurpose;
  }

  private purposeOf(vitals: Vitals, event: EngineEvent): boolean | undefined {
    if (event.action === 'die') {
      return downOnPurpose({ ...heard(vitals, event, this.parts.clock()), details: diedDetails(vitals, event) });
    }
    return event.action === 'start' ? startedByHand(vitals) : undefined;
  }

  private follow(event: EngineEvent): void {
    const { fleet, diagnosis, looks } = this.parts;
    if (CHANGING.has(event.action)) {
      void looks.look(event.containerId, event);
      return;
    }
    const tracked = fleet.watched.get(event.containerId);
    if (tracked) {
      diagnosis.evaluate(tracked);
    }
  }

  private tell(event: EngineEvent, onPurpose: boolean | undefined): void {
    const { place, outbox, progress } = this.parts;
    const told = lifecycleEvent(place, event, onPurpose);
    if (told) {
      outbox.tell(told, progress.begin(event.timeNano));
    } else {
      progress.reach(event.timeNano);
    }
  }

  private hearOther(event: EngineEvent): void {
    const { fleet, looks } = this.parts;
    if (event.action === 'destroy') {
      fleet.forgetOther(event.containerId);
    } else {
      fleet.noteOther(event.containerId, event.name, event.action === 'start' ? event.at : undefined);
    }
    looks.checkParents();
  }
}
