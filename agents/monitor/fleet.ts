import type { ContainerState } from '../../src/contract/containers';
import type { Illness } from './illness';
import { dependsOnServices, projectOf, serviceOf } from './labels';
import { momentOf, type Moment } from './moment';
import { ms, type Vitals } from './vitals';

/** A watched container with what is going on about it. */
export interface Tracked {
  vitals: Vitals;
  illness?: Illness;
  /** Alerts of the illness that stand in the log. */
  alertsInLog: number;
  /** An alert is on its way: the next one waits for it. */
  telling: boolean;
  /** Figures were read since the last round was written. */
  fresh: boolean;
  /** A look at it is under way, or is wanted again when it ends. */
  look: 'none' | 'running' | 'again';
}

/** A container that is not watched: only of interest as another one's network parent. */
interface Other {
  name: string;
  startedAt?: number;
}

interface Parent {
  name: string;
  startedAt?: number;
}

/** All containers of the engine, and how they hang together. */
export class Fleet {
  readonly watched = new Map<string, Tracked>();
  private readonly others = new Map<string, Other>();
  /** What an earlier monitor knew, by container id. */
  readonly remembered = new Map<string, ContainerState>();

  remember(states: readonly ContainerState[]): void {
    states.forEach((state) => this.remembered.set(state.container_id, state));
  }

  has(id: string): boolean {
    return this.watched.has(id) || this.others.has(id);
  }

  noteOther(id: string, name: string, startedAt?: number): void {
    const known = this.others.get(id);
    const started = startedAt ?? known?.startedAt;
    this.others.set(id, { name, ...(started === undefined ? {} : { startedAt: started }) });
  }

  forgetOther(id: string): void {
    this.others.delete(id);
  }

  get ids(): string[] {
    return [...this.watched.keys(), ...this.others.keys()];
  }

  /** Ids of those that use CPU and memory now. */
  get running(): string[] {
    return [...this.watched.values()].map((one) => one.vitals.details).filter((one) => one.running && !one.paused).map((one) => one.id);
  }

  byName(name: string): Tracked | undefined {
    return [...this.watched.values()].find((one) => one.vitals.details.name === name);
  }

  /** Docker keeps the parent's id, or the name where it was given so. */
  private parentOf(reference: string): Parent | undefined {
    const watched = this.watched.get(reference) ?? [...this.watched.values()].find(({ vitals: { details } }) => details.name === reference || details.id.startsWith(reference));
    if (watched) {
      const startedAt = ms(watched.vitals.details.startedAt);
      return { name: watched.vitals.details.name, ...(startedAt === undefined ? {} : { startedAt }) };
    }
    return this.others.get(reference) ?? [...this.others.entries()].find(([id, { name }]) => name === reference || id.startsWith(reference))?.[1];
  }

  private parentLost({ details }: Vitals, now: Moment): Vitals['parentLost'] {
    if (!details.networkParent || !details.running) {
      return undefined;
    }
    const parent = this.parentOf(details.networkParent);
    if (!parent) {
      return { ...now, why: 'gone' };
    }
    const childStarted = ms(details.startedAt) ?? 0;
    // A parent that is down takes its children along only when it comes back with another network.
    return parent.startedAt !== undefined && parent.startedAt > childStarted ? { ...momentOf(parent.startedAt, now), why: 'restarted' } : undefined;
  }

  /** Looks anew at every child's parent; returns those for which something has changed. */
  checkParents(now: Moment): Tracked[] {
    const changed: Tracked[] = [];
    for (const tracked of this.watched.values()) {
      const { parentLost: before, ...rest } = tracked.vitals;
      const after = this.parentLost(tracked.vitals, now);
      if (before?.why === after?.why && (before === undefined || before.why === 'gone' || before.wall === after?.wall)) {
        continue;
      }
      tracked.vitals = after ? { ...rest, parentLost: after } : rest;
      changed.push(tracked);
    }
    return changed;
  }

  networkParentName({ details }: Vitals): string {
    return details.networkParent ? (this.parentOf(details.networkParent)?.name ?? '') : '';
  }

  /** Names of the containers that it depends on: its network parent and the services that compose names. */
  dependsOn(vitals: Vitals): string[] {
    const { labels } = vitals.details;
    const project = projectOf(labels);
    const services = new Set(project ? dependsOnServices(labels) : []);
    const named = services.size === 0 ? [] : [...this.watched.values()].map((one) => one.vitals.details).filter((one) => projectOf(one.labels) === project && services.has(serviceOf(one.labels)));
    const parent = this.networkParentName(vitals);
    return [...new Set([...(parent ? [parent] : []), ...named.map((one) => one.name)])];
  }

  /** True when another container has taken the place of this one: its name, or its place in the compose project. */
  replaced(gone: { id: string; name: string; labels: Readonly<Record<string, string>> }): boolean {
    const project = projectOf(gone.labels);
    const number = 'com.docker.compose.container-number';
    return [...this.watched.values()].some(({ vitals: { details } }) => {
      const samePlace = project !== '' && projectOf(details.labels) === project && serviceOf(details.labels) === serviceOf(gone.labels) && details.labels[number] === gone.labels[number];
      return details.id !== gone.id && (details.name === gone.name || samePlace);
    });
  }
}
