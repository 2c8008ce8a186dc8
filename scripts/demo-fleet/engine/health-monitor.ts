import { nowNs, rfc3339Nano } from './clock';
import type { HealthcheckSpec, HealthLogEntry, HealthStatus, ProbeResult } from './types';

const LOG_ENTRIES = 5;
const MAX_OUTPUT = 4096;

export interface HealthHost {
  runDir: string;
  /** Factor by which this engine's time runs faster. */
  speed: number;
  emit: (action: string, attributes?: Record<string, string>) => void;
  newExecId: () => string;
}

/**
 * Docker's health monitor: first probe after one interval; failures within the start period do not count while
 * `starting`; `retries` failures in a row make it unhealthy. A monitor that is stopped (container paused or exited)
 * leaves the status `unhealthy`, as Docker does.
 */
export class HealthMonitor {
  status: HealthStatus = 'starting';
  failingStreak = 0;
  readonly log: HealthLogEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private run = 0;
  private startedMs = 0;

  constructor(
    private readonly spec: HealthcheckSpec,
    private readonly host: HealthHost
  ) {}

  /** At every start of the container. */
  begin(): void {
    this.status = 'starting';
    this.failingStreak = 0;
    this.startedMs = Date.now();
    this.resume();
  }

  /** After a pause: the status stays until the next probe. */
  resume(): void {
    this.run += 1;
    this.schedule(this.run);
  }

  stop(): void {
    this.run += 1;
    clearTimeout(this.timer);
    this.status = 'unhealthy';
  }

  private schedule(run: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      void this.check(run);
    }, this.spec.intervalMs / this.host.speed);
  }

  private async check(run: number): Promise<void> {
    const command =
      this.spec.test[0] === 'CMD-SHELL' ? `/bin/sh -c ${this.spec.test[1] ?? ''}` : this.spec.test.slice(1).join(' ');
    const execID = this.host.newExecId();
    this.host.emit(`exec_create: ${command}`, { execID });
    this.host.emit(`exec_start: ${command}`, { execID });
    const probeStartMs = Date.now();
    const start = rfc3339Nano(nowNs());
    const result = await this.probe();
    if (run !== this.run) {
      return;
    }
    this.host.emit('exec_die', { execID, exitCode: String(result.exitCode) });
    this.note({
      Start: start,
      End: rfc3339Nano(nowNs()),
      ExitCode: result.exitCode,
      Output: result.output.slice(0, MAX_OUTPUT),
    });
    this.judge(result, probeStartMs);
    this.schedule(run);
  }

  private async probe(): Promise<ProbeResult> {
    const timeoutMs = this.spec.timeoutMs / this.host.speed;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ProbeResult>((resolve) => {
      const output = `Health check exceeded timeout (${this.spec.timeoutMs / 1000}s)`;
      timer = setTimeout(() => resolve({ exitCode: -1, output }), timeoutMs);
    });
    const answer = this.spec
      .probe(this.host.runDir)
      .catch((error: unknown) => ({ exitCode: 1, output: String(error) }));
    const result = await Promise.race([answer, late]);
    clearTimeout(timer);
    return result;
  }

  private note(entry: HealthLogEntry): void {
    this.log.push(entry);
    if (this.log.length > LOG_ENTRIES) {
      this.log.shift();
    }
  }

  private judge(result: ProbeResult, probeStartMs: number): void {
    const before = this.status;
    if (result.exitCode === 0) {
      this.failingStreak = 0;
      this.status = 'healthy';
    } else if (!this.forgiven(probeStartMs)) {
      this.failingStreak += 1;
      this.status = this.failingStreak >= this.spec.retries ? 'unhealthy' : this.status;
    }
    if (this.status !== before) {
      this.host.emit(`health_status: ${this.status}`);
    }
  }

  private forgiven(probeStartMs: number): boolean {
    const age = (probeStartMs - this.startedMs) * this.host.speed;
    return this.status === 'starting' && age < this.spec.startPeriodMs;
  }
}
