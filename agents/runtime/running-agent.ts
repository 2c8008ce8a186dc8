import type { Group } from '../../src/contract/streams';
import type { AgentContext, AgentDefinition, AgentParts } from './agent';
import { Consumer } from './consumer';
import { errorText } from './errors';
import { newId } from './ids';
import { Lease, keepLeases } from './leases';
import type { Fence } from './log';
import { connectRedis, type RedisClient } from './redis';
import { waitMs, within } from './wait';

/** A lead that is not renewed for this long passes to another copy. */
export const LEASE_TTL_MS = 4000;
/** A copy whose sign of life is older is dead, and what it held is claimed. */
export const ALIVE_TTL_MS = 4000;
export const ALIVE_EVERY_MS = 1000;

/** Figures of one running agent, for `status`. */
export interface AgentFigures {
  leading: boolean;
  handled: number;
  failed: number;
  dead: number;
  inFlight: number;
}

/** Runs one agent: its readers, its sign of life, its lead and its background work. */
export class RunningAgent {
  readonly consumerName: string;
  private readonly connections = new Set<RedisClient>();
  private consumers: Consumer[] = [];
  private leading = false;
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    readonly definition: AgentDefinition,
    readonly context: AgentContext,
    readonly parts: AgentParts
  ) {
    this.consumerName = `${context.instance}-${newId().slice(-8)}`;
  }

  start(): void {
    const { signal } = this.context;
    const main = this.parts.leader ? this.leadForever(signal) : this.readAndRun(signal, () => undefined);
    this.work = Promise.all([main, this.showLife(signal)]);
    signal.addEventListener('abort', () => this.unblock(), { once: true });
  }

  figures(): AgentFigures {
    const sum = (pick: (consumer: Consumer) => number) => this.consumers.reduce((total, one) => total + pick(one), 0);
    return {
      leading: this.leading,
      handled: sum((one) => one.counts.handled),
      failed: sum((one) => one.counts.failed),
      dead: sum((one) => one.counts.dead),
      inFlight: sum((one) => one.counts.inFlight),
    };
  }

  /** After the signal: waits for what is being handled, then closes the parts. */
  async ended(): Promise<void> {
    await this.work.catch((cause: unknown) => this.context.logger.error({ error: errorText(cause) }, 'the agent ended with an error'));
    await this.parts.close?.();
    this.unblock();
  }

  private async leadForever(signal: AbortSignal): Promise<void> {
    const { log, redis } = this.context;
    const task = this.definition.name;
    const token = `${this.consumerName}-${newId().slice(-8)}`;
    const leases = log.partitions.map((keys) => new Lease(redis, keys.lease(task), token, LEASE_TTL_MS));
    const fenceOf = (): Fence => ({ task, token });
    await keepLeases(leases, signal, async (held) => {
      this.leading = true;
      this.context.logger.info('leads now');
      try {
        await this.prepareToLead(fenceOf, held);
        await this.readAndRun(held, fenceOf);
      } finally {
        this.leading = false;
      }
    });
  }

  /** Redis may be away just now: the lead is lost if that lasts. */
  private async prepareToLead(fenceOf: () => Fence, held: AbortSignal): Promise<void> {
    while (!held.aborted) {
      try {
        await this.parts.lead?.(fenceOf);
        return;
      } catch (cause) {
        this.context.logger.warn({ error: errorText(cause) }, 'cannot take the lead yet; trying again');
        await waitMs(500, held);
      }
    }
  }

  private async readAndRun(signal: AbortSignal, fenceOf: () => Fence | undefined): Promise<void> {
    const { group } = this.definition;
    const reading = group && this.parts.handle ? this.context.log.partitions.map((_, partition) => this.read(group, partition, fenceOf(), signal)) : [];
    await Promise.all([...reading, this.runForever(signal)]);
  }

  private async read(group: Group, partition: number, fence: Fence | undefined, signal: AbortSignal): Promise<void> {
    const { context, parts, definition } = this;
    const connection = connectRedis(context.settings, `${definition.name}-reader`);
    this.connections.add(connection);
    const consumer = new Consumer({
      log: context.log,
      partition,
      group,
      consumer: this.consumerName,
      connection,
      reads: definition.reads,
      handle: (event, entry) => context.telemetry.handling(event, () => parts.handle?.(event, entry) ?? [], { waits: parts.waits?.(event) ?? false }),
      ...(parts.keyOf ? { keyOf: (event) => parts.keyOf?.(event) ?? '' } : {}),
      ...(parts.concurrency ? { concurrency: parts.concurrency } : {}),
      ...(fence ? { fence } : {}),
      retryMax: context.settings.retryMax,
      retryDelayMs: context.settings.retryDelayMs,
      logger: context.logger,
      trouble: context.trouble,
    });
    this.consumers = [...this.consumers.filter((one) => one.counts.inFlight > 0), consumer];
    const stop = () => connection.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await consumer.run(signal);
    } finally {
      signal.removeEventListener('abort', stop);
      connection.disconnect();
      this.connections.delete(connection);
    }
  }

  private async runForever(signal: AbortSignal): Promise<void> {
    for (let wait = 500; this.parts.run && !signal.aborted; wait = Math.min(wait * 2, 30_000)) {
      const began = performance.now();
      try {
        await this.parts.run(signal);
        return;
      } catch (cause) {
        if (signal.aborted) {
          return;
        }
        this.context.logger.error({ error: errorText(cause) }, 'background work failed; it is started again');
        wait = performance.now() - began > 60_000 ? 500 : wait;
        await waitMs(wait, signal);
      }
    }
  }

  /** The key by which others see that this copy lives. */
  private async showLife(signal: AbortSignal): Promise<void> {
    const { log, redis } = this.context;
    const keys = this.definition.group ? log.partitions.map((partition) => partition.alive(this.consumerName)) : [];
    while (!signal.aborted) {
      await within(Promise.allSettled(keys.map((key) => this.refresh(key))), ALIVE_EVERY_MS, signal);
      await waitMs(ALIVE_EVERY_MS, signal);
    }
    await within(Promise.allSettled(keys.map((key) => redis.del(key))), 500);
  }

  /** A full Redis refuses to write, but lets a life be prolonged. */
  private async refresh(key: string): Promise<void> {
    const { redis } = this.context;
    if ((await redis.pexpire(key, ALIVE_TTL_MS)) === 0) {
      await redis.set(key, '1', 'PX', ALIVE_TTL_MS);
    }
  }

  private unblock(): void {
    this.connections.forEach((connection) => connection.disconnect());
  }
}
