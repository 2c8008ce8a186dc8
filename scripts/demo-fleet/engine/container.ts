import { ContainedProcess } from './contained-process';
import { nowNs } from './clock';
import { ApiError, badRequest, conflict, notFound, notModified } from './errors';
import { HealthMonitor } from './health-monitor';
import { LogBuffer } from './log-buffer';
import { anonBytesOf } from './proc';
import { RestartManager } from './restart-manager';
import { parseSignal, type Signal } from './signals';
import { StatsMeter, type StatsSubject } from './stats';
import type { ContainerSpec, ContainerState, ContainerStatus, StartReason } from './types';

export interface ContainerHost {
  speed: number;
  emit: (action: string, attributes?: Record<string, string>) => void;
  network: (action: 'connect' | 'disconnect') => void;
  /** Throws when the container whose network this one shares does not run. */
  checkNetwork: () => void;
  newExecId: () => string;
}

const SIGTERM: Signal = { name: 'SIGTERM', number: 15 };
const SIGKILL: Signal = { name: 'SIGKILL', number: 9 };

/** One container: Docker's states and events around a real process. Operations run one after another. */
export class Container {
  readonly createdNs = nowNs();
  readonly logs = new LogBuffer();
  readonly meter = new StatsMeter();
  readonly health: HealthMonitor | undefined;
  readonly state: ContainerState = {
    running: false,
    paused: false,
    restarting: false,
    oomKilled: false,
    pid: 0,
    exitCode: 0,
    error: '',
    startedNs: undefined,
    finishedNs: undefined,
  };
  restartCount = 0;
  removed = false;
  readonly execPids = new Set<number>();
  /** Called whenever a run ends; for log readers that follow. */
  readonly onEnd = new Set<() => void>();

  private process: ContainedProcess | undefined;
  private policy: RestartManager;
  private backoff: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    readonly id: string,
    readonly spec: ContainerSpec,
    readonly runDir: string,
    private readonly host: ContainerHost
  ) {
    const { speed, emit, newExecId } = host;
    this.policy = new RestartManager(spec.restartPolicy);
    this.health = spec.healthcheck && new HealthMonitor(spec.healthcheck, { runDir, speed, emit, newExecId });
  }

  get status(): ContainerStatus {
    const { paused, restarting, running, startedNs } = this.state;
    if (paused) {
      return 'paused';
    }
    if (restarting) {
      return 'restarting';
    }
    if (running) {
      return 'running';
    }
    return startedNs === undefined ? 'created' : 'exited';
  }

  /** True while there is a process; a container that waits for its restart counts as running for Docker, not here. */
  get alive(): boolean {
    return this.process !== undefined;
  }

  statsSubject(): StatsSubject {
    return {
      id: this.id,
      name: this.spec.name,
      roots: this.process === undefined ? [] : [this.process.pid, ...this.execPids],
      memoryBytes: this.spec.memoryBytes,
      hasNetwork: !this.spec.networkMode.startsWith('container:'),
    };
  }

  /** An order to the program, out of band: no Docker client can see it. */
  tell(order: string): void {
    this.process?.tell(order);
  }

  start(): Promise<void> {
    return this.exclusively(async () => {
      if (this.state.paused) {
        throw conflict('cannot start a paused container, try unpause instead');
      }
      if (this.state.running) {
        throw notModified();
      }
      await this.launch('user');
    });
  }

  /** `graceMs` is real time, from the caller's `t`. */
  stop(graceMs: number): Promise<void> {
    return this.exclusively(async () => {
      if (!this.state.running) {
        throw notModified();
      }
      await this.bringDown(graceMs);
    });
  }

  restart(graceMs: number): Promise<void> {
    return this.exclusively(async () => {
      if (this.state.running) {
        await this.bringDown(graceMs);
      }
      await this.launch('user').catch((error: unknown) => {
        throw new ApiError(
          500,
          `Cannot restart container ${this.id}: ${error instanceof Error ? error.message : String(error)}`
        );
      });
      this.host.emit('restart');
    });
  }

  kill(signalText: string | null): Promise<void> {
    const signal = parseSignal(signalText);
    return this.exclusively(async () => {
      if (!this.state.running) {
        throw conflict(`Cannot kill container: ${this.id}: Container ${this.id} is not running`);
      }
      if (this.state.restarting) {
        this.leaveBackoff();
        return;
      }
      const ended = this.ended();
      this.send(signal);
      await (signal.number === SIGKILL.number ? ended : undefined);
    });
  }

  pause(): Promise<void> {
    return this.exclusively(() => {
      this.mustRun();
      if (this.state.paused) {
        throw conflict(`Container ${this.id} is already paused`);
      }
      this.process?.signal('SIGSTOP');
      this.state.paused = true;
      this.health?.stop();
      this.host.emit('pause');
    });
  }

  unpause(): Promise<void> {
    return this.exclusively(() => {
      if (!this.state.paused) {
        throw new ApiError(500, `Container ${this.id} is not paused`);
      }
      this.thaw();
      this.health?.resume();
    });
  }

  /** Ends the process if `force`, then tells `destroy`; the engine forgets the container. */
  remove(force: boolean): Promise<void> {
    return this.exclusively(async () => {
      if (this.state.running && !force) {
        throw conflict(
          `You cannot remove a ${this.status} container ${this.id}. Stop the container before attempting removal or force remove`
        );
      }
      await this.bringToEnd();
      this.removed = true;
      this.host.emit('destroy');
    });
  }

  /** Ends the process without events worth telling; for the end of the whole fleet. */
  async dispose(): Promise<void> {
    this.removed = true;
    this.policy.cancel();
    clearTimeout(this.backoff);
    this.health?.stop();
    this.process?.signal('SIGKILL');
    // An operation under way may be about to start one more process.
    await this.queue;
    const ended = this.ended();
    this.process?.signal('SIGKILL');
    await ended;
  }

  /** Plays the kernel: over its limit the process is killed. Returns whether it was. */
  checkMemory(): boolean {
    const { memoryBytes } = this.spec;
    const over = memoryBytes > 0 && this.process !== undefined && anonBytesOf(this.process.pid) >= memoryBytes;
    if (over && !this.state.oomKilled) {
      this.state.oomKilled = true;
      this.host.emit('oom');
      this.process?.signal('SIGKILL');
    }
    return over;
  }

  /** Throws Docker's 409 unless there is a process to look into. */
  mustRun(): void {
    if (this.state.restarting) {
      throw conflict(`Container ${this.id} is restarting, wait until the container is running`);
    }
    if (!this.state.running) {
      throw conflict(`Container ${this.id} is not running`);
    }
  }

  private exclusively<T>(operation: () => T | Promise<T>): Promise<T> {
    const result = this.queue.then(() => {
      if (this.removed) {
        throw notFound(`No such container: ${this.id}`);
      }
      return operation();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async launch(reason: StartReason): Promise<void> {
    if (reason === 'user') {
      this.policy = new RestartManager(this.spec.restartPolicy);
      this.restartCount = 0;
    }
    const { state } = this;
    try {
      this.host.checkNetwork();
      const launch = this.spec.launch(reason, this.runDir);
      this.process = await ContainedProcess.start(launch, this.runDir, this.logs, (code) => this.handleEnd(code));
    } catch (error) {
      this.noteFailedStart(error);
      throw error instanceof ApiError ? error : badRequest(state.error);
    }
    Object.assign(state, { running: true, paused: false, restarting: false, oomKilled: false, exitCode: 0, error: '' });
    state.pid = this.process.pid;
    state.startedNs = nowNs();
    this.meter.reset();
    this.host.network('connect');
    this.health?.begin();
    this.host.emit('start');
  }

  private noteFailedStart(error: unknown): void {
    Object.assign(this.state, { running: false, restarting: false });
    this.state.error = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ApiError)) {
      this.state.exitCode = 127;
    }
  }

  private handleEnd(exitCode: number): void {
    const { state } = this;
    const ranMs = Number((nowNs() - (state.startedNs ?? nowNs())) / 1_000_000n) * this.host.speed;
    this.process = undefined;
    this.health?.stop();
    Object.assign(state, { pid: 0, paused: false, exitCode, finishedNs: nowNs() });
    const waitMs = this.removed ? undefined : this.policy.next(exitCode, ranMs, this.restartCount);
    state.running = waitMs !== undefined;
    state.restarting = waitMs !== undefined;
    if (waitMs !== undefined) {
      this.restartCount += 1;
      this.backoff = setTimeout(() => this.restartByPolicy(), waitMs / this.host.speed);
    }
    this.host.emit('die', { exitCode: String(exitCode) });
    this.host.network('disconnect');
    [...this.onEnd].forEach((listener) => listener());
  }

  private restartByPolicy(): void {
    this.exclusively(async () => {
      if (this.state.restarting && !this.removed) {
        await this.launch('policy');
      }
    }).catch(() => undefined); // The failed start is in State.Error, as with Docker.
  }

  private ended(): Promise<void> {
    if (this.process === undefined) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const listener = (): void => {
        this.onEnd.delete(listener);
        resolve();
      };
      this.onEnd.add(listener);
    });
  }

  private send(signal: Signal): void {
    this.policy.cancel();
    this.host.emit('kill', { signal: String(signal.number) });
    this.process?.signal(signal.name);
    if (this.state.paused) {
      this.thaw();
    }
  }

  private thaw(): void {
    this.process?.signal('SIGCONT');
    this.state.paused = false;
    this.host.emit('unpause');
  }

  private leaveBackoff(): void {
    clearTimeout(this.backoff);
    this.policy.cancel();
    Object.assign(this.state, { running: false, restarting: false });
  }

  private async bringToEnd(): Promise<void> {
    if (this.state.restarting) {
      this.leaveBackoff();
    }
    if (this.process !== undefined) {
      const ended = this.ended();
      this.send(SIGKILL);
      await ended;
    }
  }

  private async bringDown(graceMs: number): Promise<void> {
    if (this.state.restarting) {
      this.leaveBackoff();
    } else {
      await this.terminate(graceMs);
    }
    this.host.emit('stop');
  }

  private async terminate(graceMs: number): Promise<void> {
    const ended = this.ended();
    this.send(SIGTERM);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), graceMs);
    });
    const outcome = await Promise.race([ended, late]);
    clearTimeout(timer);
    if (outcome === 'late' && this.alive) {
      this.send(SIGKILL);
      await ended;
    }
  }
}
