import { DockerError } from '../../agents/docker/errors';
import type { ContainerDetails, ExecResult, ServiceState } from '../../agents/docker/types';
import type { World, Worlds } from '../../agents/responder/world';

export type EngineVerb = 'info' | 'inspect' | 'restart' | 'start' | 'stop' | 'remove' | 'exec' | 'service' | 'scaleService';

export interface EngineCall {
  verb: EngineVerb;
  id: string;
  detail?: unknown;
}

/** A full container id from a name: the same name always gives the same one. */
export function fakeId(name: string, generation = 0): string {
  return Buffer.from(`${name}-${generation}-`.repeat(40)).toString('hex').slice(0, 64);
}

export function fakeDetails(name: string, part: Partial<ContainerDetails> = {}): ContainerDetails {
  return {
    id: fakeId(name),
    name,
    image: 'shop/web:1',
    imageId: 'sha256:1',
    labels: {},
    status: 'running',
    running: true,
    paused: false,
    restarting: false,
    exitCode: 0,
    oomKilled: false,
    error: '',
    startedAt: new Date(Date.now() - 3_600_000).toISOString(),
    createdAt: new Date(Date.now() - 7_200_000).toISOString(),
    restartCount: 0,
    health: 'unknown',
    healthLog: [],
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    networkMode: 'bridge',
    networkParent: '',
    tty: false,
    volumes: [],
    hasHealthCheck: false,
    entrypoint: [],
    command: [],
    pid: 1,
    networks: [],
    autoRemove: false,
    stopSignal: 'SIGTERM',
    ...part,
  };
}

export const unreachable = () => new DockerError('docker_unreachable', 'Docker at fake cannot be reached: ECONNREFUSED', 'Start the engine.', { retryable: true });
export const engineFailure = (words: string) => new DockerError('docker_error', `Docker at fake answers 500: ${words}`, 'See its log.', { retryable: true, statusCode: 500 });

/** A Docker engine in memory. It remembers every call, and fails or waits where it is told to. */
export class FakeEngine implements World, Worlds {
  readonly address = 'fake';
  /** How far its clock is ahead of ours. */
  clockAheadMs = 0;
  readonly calls: EngineCall[] = [];
  readonly containers = new Map<string, ContainerDetails>();
  readonly services = new Map<string, ServiceState>();
  execResult: ExecResult = { exitCode: 0, output: 'ok', truncated: false, timedOut: false };
  /** Told after every change, so that a test can play the monitor. */
  onChange: (details: ContainerDetails) => void | Promise<void> = () => undefined;
  private readonly failures = new Map<EngineVerb, unknown[]>();
  private readonly gates = new Map<EngineVerb, Promise<void>>();

  add(name: string, part: Partial<ContainerDetails> = {}): ContainerDetails {
    const details = fakeDetails(name, part);
    this.containers.set(name, details);
    return details;
  }

  /** The next calls of this verb fail, one with each of these. */
  fail(verb: EngineVerb, ...causes: unknown[]): void {
    this.failures.set(verb, [...(this.failures.get(verb) ?? []), ...causes]);
  }

  /** Calls of this verb wait until the returned function is called. */
  hold(verb: EngineVerb): () => void {
    let open: () => void = () => undefined;
    this.gates.set(verb, new Promise((resolve) => (open = resolve)));
    return () => {
      this.gates.delete(verb);
      open();
    };
  }

  /** Calls that change something, as `verb name`. */
  acts(): string[] {
    return this.calls.filter(({ verb }) => !['info', 'inspect', 'service'].includes(verb)).map(({ verb, id }) => `${verb} ${id}`);
  }

  async of(): Promise<World> {
    return this;
  }

  async info() {
    await this.called('info', '');
    return { id: 'fake', name: 'host-1', version: '1', apiVersion: '1.41', swarmManager: this.services.size > 0, systemTime: Date.now() + this.clockAheadMs };
  }

  async inspect(id: string): Promise<ContainerDetails> {
    await this.called('inspect', id);
    return { ...this.find(id) };
  }

  restart(id: string, options?: { timeoutSeconds?: number }): Promise<void> {
    return this.change('restart', id, () => ({ ...UP, startedAt: new Date(Date.now() + this.clockAheadMs).toISOString(), health: this.find(id).hasHealthCheck ? 'healthy' : 'unknown' }), options?.timeoutSeconds);
  }

  start(id: string): Promise<void> {
    return this.change('start', id, () => ({ ...UP, startedAt: new Date(Date.now() + this.clockAheadMs).toISOString() }));
  }

  stop(id: string, options?: { timeoutSeconds?: number }): Promise<void> {
    return this.change('stop', id, () => ({ status: 'exited', running: false, restarting: false, finishedAt: new Date().toISOString() }), options?.timeoutSeconds);
  }

  async remove(id: string, options?: { volumes?: boolean }): Promise<void> {
    await this.called('remove', id, options);
    this.containers.delete(this.find(id).name);
  }

  async exec(id: string, argv: readonly string[]): Promise<ExecResult> {
    await this.called('exec', id, argv);
    this.find(id);
    return this.execResult;
  }

  async service(id: string): Promise<ServiceState> {
    await this.called('service', id);
    const service = this.services.get(id);
    if (!service) {
      throw new DockerError('docker_not_found', `Docker: no such service: ${id}`, 'It is gone.', { statusCode: 404 });
    }
    return service;
  }

  async scaleService(id: string, replicas: number): Promise<void> {
    await this.called('scaleService', id, replicas);
    const service = await this.service(id);
    this.services.set(id, { ...service, replicas });
  }

  close(): void {
    this.gates.clear();
  }

  private find(id: string): ContainerDetails {
    const found = [...this.containers.values()].find((one) => one.name === id || one.id === id || (id.length >= 12 && one.id.startsWith(id)));
    if (!found) {
      throw new DockerError('docker_not_found', `Docker: No such container: ${id}`, 'It is gone or was renamed.', { statusCode: 404 });
    }
    return found;
  }

  private async change(verb: EngineVerb, id: string, next: () => Partial<ContainerDetails>, detail?: unknown): Promise<void> {
    await this.called(verb, id, detail);
    const before = this.find(id);
    const changed = { ...before, ...next() };
    this.containers.set(before.name, changed);
    await this.onChange(changed);
  }

  private async called(verb: EngineVerb, id: string, detail?: unknown): Promise<void> {
    const name = [...this.containers.values()].find((one) => one.id === id)?.name ?? id;
    this.calls.push({ verb, id: name, ...(detail === undefined ? {} : { detail }) });
    await this.gates.get(verb);
    const failures = this.failures.get(verb) ?? [];
    if (failures.length > 0) {
      throw failures.shift();
    }
  }
}

const UP: Partial<ContainerDetails> = { status: 'running', running: true, restarting: false, exitCode: 0, restartCount: 0 };
