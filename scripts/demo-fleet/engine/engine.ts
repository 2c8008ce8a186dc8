import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { Container, type ContainerHost } from './container';
import { ApiError, badRequest, conflict, notFound } from './errors';
import { EventBus } from './event-bus';
import { Exec, type ExecConfig } from './exec';
import type { ContainerSpec } from './types';

const OOM_CHECK_MS = 400;
const OOM_CHECK_FASTEST_MS = 40;
const FINISHED_EXECS_KEPT = 100;

export const newId = (): string => randomBytes(32).toString('hex');

/** The containers, their networks by name, the events and the execs: what a Docker daemon holds. */
export class Engine {
  readonly events = new EventBus();
  readonly id = newId();
  private readonly byId = new Map<string, Container>();
  private readonly execs = new Map<string, Exec>();
  private readonly networkIds = new Map<string, string>();
  private readonly imageIds = new Map<string, string>();
  private readonly memoryWatch: NodeJS.Timeout;
  private created = 0;
  private closed = false;

  constructor(
    private readonly baseDir: string,
    readonly speed: number
  ) {
    this.memoryWatch = setInterval(
      () => {
        this.containers().forEach((container) => container.checkMemory());
      },
      Math.max(OOM_CHECK_FASTEST_MS, OOM_CHECK_MS / speed)
    );
  }

  /** Newest first, as Docker lists them. */
  containers(): Container[] {
    return [...this.byId.values()].reverse();
  }

  /** Finds by full id, by name with or without slash, or by unambiguous beginning of an id; else throws Docker's 404. */
  find(ref: string): Container {
    const name = ref.replace(/^\//, '');
    const all = this.containers();
    const exact = this.byId.get(ref) ?? all.find((c) => c.spec.name === name);
    if (exact !== undefined) {
      return exact;
    }
    const byPrefix = /^[0-9a-f]+$/.test(ref) ? all.filter((c) => c.id.startsWith(ref)) : [];
    if (byPrefix.length > 1) {
      throw badRequest(`multiple IDs found with provided prefix: ${ref}`);
    }
    const [only] = byPrefix;
    if (only === undefined) {
      throw notFound(`No such container: ${ref}`);
    }
    return only;
  }

  has(name: string): boolean {
    return this.containers().some((c) => c.spec.name === name);
  }

  /** Creates without starting; `container:<name>` as network mode is settled to the parent's id, as Docker does. */
  create(given: ContainerSpec): Container {
    if (this.closed) {
      throw new ApiError(503, 'the demo fleet is closed');
    }
    const taken = this.containers().find((c) => c.spec.name === given.name);
    if (taken !== undefined) {
      throw conflict(
        `Conflict. The container name "/${given.name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`
      );
    }
    const parent = parentRef(given.networkMode);
    const spec = parent === undefined ? given : { ...given, networkMode: `container:${this.find(parent).id}` };
    this.created += 1;
    const runDir = path.join(this.baseDir, String(this.created));
    mkdirSync(runDir, { recursive: true });
    const id = newId();
    const container = new Container(id, spec, runDir, this.hostFor(id, spec));
    this.byId.set(id, container);
    this.emit(id, spec, 'create');
    return container;
  }

  async remove(container: Container, force: boolean): Promise<void> {
    await container.remove(force);
    this.byId.delete(container.id);
    rmSync(container.runDir, { recursive: true, force: true });
  }

  createExec(container: Container, config: ExecConfig): Exec {
    container.mustRun();
    if (container.state.paused) {
      throw conflict(`Container ${container.id} is paused, unpause the container before exec`);
    }
    const exec = new Exec(newId(), container, config, (action, attributes) =>
      this.emit(container.id, container.spec, action, attributes)
    );
    this.execs.set(exec.id, exec);
    this.forgetOldExecs();
    return exec;
  }

  findExec(id: string): Exec {
    const exec = this.execs.get(id);
    if (exec === undefined) {
      throw notFound(`No such exec instance: ${id}`);
    }
    return exec;
  }

  /** A stable made-up id for a network of this name. */
  networkId(name: string): string {
    return remembered(this.networkIds, name);
  }

  imageId(image: string): string {
    return `sha256:${remembered(this.imageIds, image)}`;
  }

  images(): string[] {
    return [...new Set(this.containers().map((c) => c.spec.image))];
  }

  emit(id: string, spec: ContainerSpec, action: string, attributes: Record<string, string> = {}): void {
    const common = { ...spec.labels, image: spec.image, name: spec.name };
    this.events.emit({ type: 'container', action, actorId: id, attributes: { ...common, ...attributes } });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.memoryWatch);
    await Promise.all(this.containers().map((container) => container.dispose()));
  }

  private hostFor(id: string, spec: ContainerSpec): ContainerHost {
    const parent = parentRef(spec.networkMode);
    return {
      speed: this.speed,
      newExecId: newId,
      emit: (action, attributes) => this.emit(id, spec, action, attributes),
      network: (action) => {
        if (parent === undefined) {
          const attributes = { container: id, name: spec.networkMode, type: 'bridge' };
          this.events.emit({ type: 'network', action, actorId: this.networkId(spec.networkMode), attributes });
        }
      },
      checkNetwork: () => {
        if (parent !== undefined && !this.find(parent).alive) {
          throw conflict(`cannot join network of a non running container: ${parent}`);
        }
      },
    };
  }

  private forgetOldExecs(): void {
    const finished = [...this.execs.values()].filter((exec) => exec.started && !exec.running);
    for (const exec of finished.slice(0, Math.max(0, finished.length - FINISHED_EXECS_KEPT))) {
      this.execs.delete(exec.id);
    }
  }
}

/** The container named by a network mode `container:<ref>`, else undefined. */
export function parentRef(networkMode: string): string | undefined {
  return networkMode.startsWith('container:') ? networkMode.slice('container:'.length) : undefined;
}

function remembered(ids: Map<string, string>, name: string): string {
  const id = ids.get(name) ?? newId();
  ids.set(name, id);
  return id;
}
