import type { ContainerState } from '../../src/contract/containers';
import { errorText } from '../runtime/errors';
import type { Logger } from '../runtime/logger';
import { DockerError, type ContainerDetails, type ContainerSummary, type Engine, type EngineEvent } from '../docker/engine';
import type { Diagnosis } from './diagnosis';
import type { Fleet, Tracked } from './fleet';
import type { Limits } from './judge';
import type { watchRule } from './labels';
import { inLanes } from './lanes';
import type { Moment } from './moment';
import { diedDetails } from './reports';
import type { ContainerStore } from './store';
import { firstVitals, heard, lookedAt, type Remembered } from './vitals';

/**
 * The engine (20.10) answers nothing about a container while it still cleans up after its end, which takes some 100 ms.
 * The word of a death does not wait for that: what the event tells, with what is known, will do.
 */
const LOOK_AFTER_DEATH_MS = 15;
/** Containers looked at at the same time when all are compared. */
const LOOKS_AT_ONCE = 16;
/** Events kept for a container that was not looked at yet, and containers for which they are kept. */
const EARLY_EVENTS = 20;
const EARLY_CONTAINERS = 500;

export interface LooksParts {
  engine: Engine;
  fleet: Fleet;
  diagnosis: Diagnosis;
  store: ContainerStore;
  watches: ReturnType<typeof watchRule>;
  limits: Limits;
  clock: () => Moment;
  logger: Logger;
  signal: AbortSignal;
}

function rememberedOf(state: ContainerState): Remembered {
  return {
    restartCount: state.restart_count,
    ...(state.manual_stop_at ? { manualStopAt: state.manual_stop_at } : {}),
    ...(state.manual_start_at ? { manualStartAt: state.manual_start_at } : {}),
  };
}

/** Keeps the fleet as the engine shows it. */
export class Looks {
  private readonly early = new Map<string, EngineEvent[]>();

  constructor(private readonly parts: LooksParts) {}

  /** An event of a container that was not looked at yet: what it tells is needed then. */
  keepEarly(event: EngineEvent): void {
    const events = this.early.get(event.containerId) ?? [];
    if (events.length < EARLY_EVENTS && this.early.size < EARLY_CONTAINERS) {
      this.early.set(event.containerId, [...events, event]);
    }
  }

  /** Asks the engine about one container; looks that are wanted meanwhile become one more. Never throws. */
  async look(id: string, event?: EngineEvent): Promise<void> {
    const tracked = this.parts.fleet.watched.get(id);
    if (tracked && tracked.look !== 'none') {
      tracked.look = 'again';
      this.guessDeath(tracked, event);
      return;
    }
    if (!tracked) {
      await this.inspect(id, true);
      return;
    }
    tracked.look = 'running';
    const timer = setTimeout(() => this.guessDeath(tracked, event), LOOK_AFTER_DEATH_MS);
    await this.inspect(id, true);
    clearTimeout(timer);
    // Events may have asked for another look while this one was under way.
    const again = (tracked.look as Tracked['look']) === 'again';
    tracked.look = 'none';
    if (again && this.parts.fleet.watched.has(id)) {
      await this.look(id);
    }
  }

  /**
   * The engine's list against ours: what differs is looked at.
   * @param everything look at all of them and judge none yet: what happened before is still to be heard
   * @throws DockerError when the list cannot be had
   */
  async compare(everything: boolean): Promise<void> {
    const { engine, fleet, watches, diagnosis, signal } = this.parts;
    const before = fleet.ids;
    const listed = await engine.list({ signal });
    const ids = new Set(listed.map((one) => one.id));
    listed.filter((one) => !watches(one)).forEach((one) => fleet.noteOther(one.id, one.name));
    const wanted = listed.filter((one) => watches(one) && (everything || this.differs(one)));
    await inLanes(wanted, LOOKS_AT_ONCE, signal, (one) => this.inspect(one.id, !everything));
    before.filter((id) => !ids.has(id)).forEach((id) => this.gone(id));
    if (!signal.aborted) {
      fleet.remembered.forEach((state) => diagnosis.goneMeanwhile(state));
      fleet.remembered.clear();
    }
  }

  gone(id: string): void {
    const { fleet, diagnosis } = this.parts;
    const tracked = fleet.watched.get(id);
    fleet.watched.delete(id);
    fleet.forgetOther(id);
    this.early.delete(id);
    if (tracked) {
      diagnosis.gone(tracked);
    }
    this.checkParents();
  }

  /** Another container's network may have gone with this one. */
  checkParents(): void {
    const { fleet, diagnosis, clock } = this.parts;
    fleet.checkParents(clock()).forEach((tracked) => diagnosis.evaluate(tracked));
  }

  private guessDeath(tracked: Tracked, event: EngineEvent | undefined): void {
    if (event?.action === 'die') {
      tracked.vitals = lookedAt(tracked.vitals, diedDetails(tracked.vitals, event), this.parts.clock(), this.parts.limits.loopMs);
      this.parts.diagnosis.evaluate(tracked);
    }
  }

  private async inspect(id: string, evaluate: boolean): Promise<void> {
    const { engine, signal, logger } = this.parts;
    try {
      this.see(await engine.inspect(id, { signal }), evaluate);
    } catch (cause) {
      if (cause instanceof DockerError && cause.code === 'docker_not_found') {
        this.gone(id);
      } else if (!signal.aborted) {
        logger.debug({ container: id.slice(0, 12), error: errorText(cause) }, 'a container could not be inspected; the next comparison tries again');
      }
    }
  }

  private see(details: ContainerDetails, evaluate: boolean): void {
    const { fleet, watches, diagnosis, store, clock } = this.parts;
    if (!watches(details)) {
      this.gone(details.id);
      fleet.noteOther(details.id, details.name, details.startedAt === undefined ? undefined : Date.parse(details.startedAt));
      return;
    }
    const known = fleet.watched.get(details.id);
    const tracked = known ? this.seeAgain(known, details) : this.admit(details);
    fleet.checkParents(clock());
    if (evaluate) {
      diagnosis.evaluate(tracked);
      store.writeNow(diagnosis.state(tracked));
    }
  }

  private seeAgain(known: Tracked, details: ContainerDetails): Tracked {
    const { name } = known.vitals.details;
    known.vitals = lookedAt(known.vitals, details, this.parts.clock(), this.parts.limits.loopMs);
    if (name !== details.name) {
      this.parts.store.forget(name);
    }
    return known;
  }

  private admit(details: ContainerDetails): Tracked {
    const { fleet, diagnosis, clock } = this.parts;
    const state = fleet.remembered.get(details.id);
    const first = firstVitals(details, clock(), state && rememberedOf(state));
    const vitals = (this.early.get(details.id) ?? []).reduce((current, event) => heard(current, event, clock()), first);
    this.early.delete(details.id);
    const tracked: Tracked = { vitals, alertsInLog: 0, telling: false, fresh: false, look: 'none' };
    fleet.watched.set(details.id, tracked);
    if (state) {
      diagnosis.restore(tracked, state);
      fleet.remembered.delete(details.id);
    }
    return tracked;
  }

  private differs({ id, name, state, status }: ContainerSummary): boolean {
    const details = this.parts.fleet.watched.get(id)?.vitals.details;
    return !details || details.status !== state || details.name !== name || (details.health === 'unhealthy') !== status.includes('(unhealthy)');
  }
}
