import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { HemostatEvent } from '../../src/contract/events';
import { decodeEvent } from '../../src/contract/codec';
import { rawEntries } from '../../agents/runtime/consumer';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import type { HemostatLog } from '../../agents/runtime/log';
import { observed } from '../../agents/runtime/new-event';
import { openLog } from '../../agents/runtime/run';
import { commonSettings } from '../../agents/runtime/settings/common';
import { readSettings } from '../../agents/runtime/settings/define';

/** The limits of a shipped policy would refuse thousands of containers at once; these let the machine be the limit. */
export const OPEN_POLICY = {
  RESPONDER_COOLDOWN_SECONDS: '0',
  RESPONDER_MAX_RETRIES_PER_HOUR: '1000',
  RESPONDER_DRY_RUN: 'true',
};

export function labLog(port: number, name = 'bench'): HemostatLog {
  return openLog(readSettings(commonSettings, { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(port) }), name);
}

/** Agents in a process of their own, as `hemostat agent` runs them. */
export class AgentProcess {
  child: ChildProcess | undefined;

  constructor(
    readonly names: readonly string[],
    readonly port: number,
    readonly environment: Record<string, string> = {}
  ) {}

  start(): this {
    this.child = spawn(process.execPath, ['--max-semi-space-size=2', resolve('build/hemostat.mjs'), 'agent', ...this.names], {
      env: { PATH: process.env.PATH, REDIS_HOST: '127.0.0.1', REDIS_PORT: String(this.port), LOG_LEVEL: 'error', HEMOSTAT_INSTANCE: `bench-${process.pid}-${Math.random().toString(16).slice(2, 8)}`, ...this.environment },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return this;
  }

  async kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
  }
}

/** Waits until every named agent has shown a sign of life in this Redis. */
export async function untilAlive(log: HemostatLog, names: readonly string[], timeoutMs = 20_000): Promise<void> {
  await until(async () => {
    const alive = (await readAgentStates(log)).map((state) => state.agent);
    return names.every((name) => alive.includes(name));
  }, timeoutMs, `the agents ${names.join(', ')} did not come up`);
  await new Promise((resolve) => setTimeout(resolve, 1500));
}

export async function until(condition: () => Promise<boolean> | boolean, timeoutMs: number, otherwise: string): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) {
      throw new Error(`${otherwise} within ${timeoutMs / 1000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An alert that the rules answer with `restart`. */
export function benchAlert(container: string): HemostatEvent {
  return observed(
    'health_alert',
    'monitor',
    { host: 'bench', container },
    {
      container_id: '0123456789ab',
      image: 'bench/image:1',
      status: 'exited',
      health_status: 'unknown',
      exit_code: 1,
      restart_count: 0,
      metrics: { cpu_percent: 12.5, memory_percent: 41.2, memory_usage: 43_200_000, memory_limit: 104_857_600 },
      anomalies: [{ type: 'non_zero_exit', severity: 'high', exit_code: 1 }],
    }
  );
}

export const VERDICT_TYPES = ['remediation_needed', 'false_alarm'];

/** Follows the log from now on its own connection and tells when each event of the wanted types was seen. */
export class Follower {
  readonly seenAt = new Map<string, number>();
  readonly counts = new Map<string, number>();
  private readonly waiters = new Map<string, (at: number) => void>();
  private stopped = false;
  private last = '$';

  constructor(
    private readonly log: HemostatLog,
    private readonly types: readonly string[]
  ) {}

  async start(): Promise<this> {
    const [newest] = await this.log.redis.xrevrange(this.log.partition(0).log, '+', '-', 'COUNT', 1);
    this.last = newest?.[0] ?? '0';
    void this.follow();
    return this;
  }

  /** Milliseconds (performance.now) at which the event of this type for this container was seen. */
  async when(type: string, container: string): Promise<number> {
    const key = `${type} ${container}`;
    const known = this.seenAt.get(key);
    return known ?? new Promise((resolve) => this.waiters.set(key, resolve));
  }

  stop(): void {
    this.stopped = true;
    this.log.redis.disconnect();
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.read();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  private async read(): Promise<void> {
    const reply = (await (this.log.redis as import('ioredis').Redis).xread('COUNT', 1000, 'BLOCK', 500, 'STREAMS', this.log.partition(0).log, this.last)) as Array<[string, unknown]> | null;
    const at = performance.now();
    for (const entry of rawEntries(reply?.[0]?.[1])) {
      this.last = entry.id;
      if (!this.types.includes(entry.type)) {
        continue;
      }
      const event = decodeEvent(entry.json, entry.incident);
      const container = event.ok ? event.value.container : '';
      this.counts.set(entry.type, (this.counts.get(entry.type) ?? 0) + 1);
      const key = `${entry.type} ${container}`;
      if (!this.seenAt.has(key)) {
        this.seenAt.set(key, at);
      }
      this.waiters.get(key)?.(at);
      this.waiters.delete(key);
    }
  }
}

/** Counts of a type over the whole log by container: what came out, and what came out twice. */
export async function outcomes(log: HemostatLog, types: readonly string[]): Promise<{ distinct: number; twice: number }> {
  const seen = new Map<string, number>();
  let from = '-';
  for (;;) {
    const entries = rawEntries(await log.redis.xrange(log.partition(0).log, from, '+', 'COUNT', 2000));
    for (const entry of entries) {
      if (types.includes(entry.type)) {
        const event = decodeEvent(entry.json, entry.incident);
        const container = event.ok ? event.value.container : '';
        seen.set(container, (seen.get(container) ?? 0) + 1);
      }
    }
    const last = entries.at(-1);
    if (!last) {
      break;
    }
    from = `(${last.id}`;
  }
  return { distinct: seen.size, twice: [...seen.values()].filter((count) => count > 1).length };
}
