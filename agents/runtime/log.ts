import calculateSlot from 'cluster-key-slot';
import type { Redis } from 'ioredis';
import { encodeEvent } from '../../src/contract/codec';
import { containerKey, type HemostatEvent } from '../../src/contract/events';
import { patchOf } from '../../src/contract/incident';
import { legacyCommands, type LegacyLists } from '../../src/contract/legacy';
import { partitionKeys, type Group, type PartitionKeys } from '../../src/contract/streams';
import { APPEND_SCRIPT } from './append-script';
import { FencedError, errorText } from './errors';
import type { RedisClient } from './redis';
import { redisTrouble, type RedisTrouble } from './redis-errors';
import { outside } from './telemetry/scope';
import { waitMs } from './wait';

/** What became of one appended event. */
export interface Appended {
  /** Entry id in the stream; empty when the event stood in the log already. */
  streamId: string;
  /** The incident it belongs to; empty when to none. */
  incidentId: string;
  duplicate: boolean;
}

/** Entries to acknowledge in the same atomic step. */
export interface Ack {
  group: Group;
  ids: readonly string[];
}

/** Only the holder of this lease may write; see `leases.ts`. */
export interface Fence {
  task: string;
  token: string;
}

export interface LogOptions {
  prefix: string;
  partitions: number;
  legacyMirror: boolean;
  /** Bounds of the original's lists; its defaults when absent. */
  legacyLists?: LegacyLists;
  retentionDays: number;
  /** Where Redis is, for messages. */
  address: string;
  /** False for callers who would rather hear at once that Redis is away than be written down hours later. Default true. */
  waitWhileAway?: boolean;
  /** Told when appending has to wait, and (with undefined) when it goes on. */
  onTrouble?: (trouble: RedisTrouble | undefined) => void;
}

interface Pending {
  events: readonly HemostatEvent[];
  resolve: (appended: Appended[]) => void;
  reject: (cause: unknown) => void;
}
interface Batch {
  fence: Fence | undefined;
  waiting: Pending[];
  acks: Map<Group, string[]>;
  size: number;
}

type ScriptClient = { hemostatAppend(...args: Array<string | number>): Promise<string[]> };

/** Events and acknowledgements in one script call: bounds how long Redis is kept busy. */
const MAX_BATCH = 512;

/** The one log: appends events and knows the keys. Reading in groups is in `consumer.ts`. */
export class HemostatLog {
  readonly partitions: readonly PartitionKeys[];
  private readonly script: ScriptClient;
  private readonly queues: Batch[][];
  private readonly flushing: boolean[];
  private readonly cluster: boolean;
  private closed = false;

  constructor(
    readonly redis: RedisClient,
    readonly options: LogOptions
  ) {
    this.partitions = Array.from({ length: options.partitions }, (_, index) => partitionKeys(options.prefix, index));
    this.queues = this.partitions.map(() => []);
    this.flushing = this.partitions.map(() => false);
    this.cluster = redis.isCluster;
    // A refused password or an absent server shows on the connection: the commands themselves just wait.
    redis.on('error', (cause: unknown) => this.connectionTrouble(cause));
    redis.on('ready', () => options.onTrouble?.(undefined));
    redis.defineCommand('hemostatAppend', { numberOfKeys: 6, lua: APPEND_SCRIPT });
    this.script = redis as unknown as ScriptClient;
  }

  /** Every agent must agree on this: the hash slot of the container's name, modulo the number of partitions. */
  partitionOf(container: string): number {
    return this.options.partitions === 1 ? 0 : calculateSlot(container) % this.options.partitions;
  }

  keysOf(container: string): PartitionKeys {
    return this.partition(this.partitionOf(container));
  }

  partition(index: number): PartitionKeys {
    const keys = this.partitions[index];
    if (!keys) {
      throw new RangeError(`Partition ${index} does not exist; there are ${this.partitions.length}.`);
    }
    return keys;
  }

  /**
   * Appends events of one container (or of none), in order and each at most once, whatever is repeated.
   * Waits while Redis is away, full or refuses us, telling `onTrouble`.
   * @param options.ack entries of the same partition that are acknowledged in the same step
   * @throws FencedError when the lease is no longer held, z.ZodError when an event does not fit its schema.
   */
  async append(events: readonly HemostatEvent[], options: { ack?: Ack; fence?: Fence; partition?: number } = {}): Promise<Appended[]> {
    const partition = options.partition ?? this.partitionOf(events[0]?.container ?? '');
    return new Promise((resolve, reject) => {
      this.enqueue(partition, { events, resolve, reject }, options);
    });
  }

  /** From now on an append that Redis refuses or cannot take fails in place of waiting. */
  close(): void {
    this.closed = true;
  }

  private connectionTrouble(cause: unknown): void {
    const trouble = redisTrouble(cause, this.options.address);
    if (trouble && !this.closed) {
      this.options.onTrouble?.(trouble);
    }
  }

  private enqueue(partition: number, pending: Pending, { ack, fence }: { ack?: Ack; fence?: Fence }): void {
    const size = pending.events.length + (ack?.ids.length ?? 0);
    const batch = this.batchFor(partition, size, fence);
    batch.waiting.push(pending);
    batch.size += size;
    if (ack && ack.ids.length > 0) {
      const ids = batch.acks.get(ack.group) ?? [];
      ids.push(...ack.ids);
      batch.acks.set(ack.group, ids);
    }
    if (!this.flushing[partition]) {
      this.flushing[partition] = true;
      // It serves all who append: what it tells belongs to the trace of none.
      outside(() => setImmediate(() => void this.flush(partition)));
    }
  }

  /** The batch that is filling, or a new one when it is full or written under another lease. */
  private batchFor(partition: number, size: number, fence: Fence | undefined): Batch {
    const queue = this.queues[partition] ?? [];
    const last = queue.at(-1);
    if (last && last.size + size <= MAX_BATCH && last.fence?.token === fence?.token) {
      return last;
    }
    const batch: Batch = { fence, waiting: [], acks: new Map(), size: 0 };
    queue.push(batch);
    return batch;
  }

  private async flush(partition: number): Promise<void> {
    const queue = this.queues[partition] ?? [];
    // Two calls on their way keep Redis busy while the next batch fills.
    const lanes = [this.drain(partition, queue), this.drain(partition, queue)];
    await Promise.all(lanes);
    this.flushing[partition] = false;
    if (queue.length > 0) {
      this.flushing[partition] = true;
      setImmediate(() => void this.flush(partition));
    }
  }

  private async drain(partition: number, queue: Batch[]): Promise<void> {
    for (let batch = queue.shift(); batch; batch = queue.shift()) {
      await this.settle(partition, batch);
    }
  }

  private async settle(partition: number, batch: Batch): Promise<void> {
    try {
      const appended = await this.run(partition, batch);
      let from = 0;
      for (const pending of batch.waiting) {
        pending.resolve(appended.slice(from, from + pending.events.length));
        from += pending.events.length;
      }
    } catch (cause) {
      batch.waiting.forEach((pending) => pending.reject(cause));
    }
  }

  private async run(partition: number, batch: Batch): Promise<Appended[]> {
    const { fence } = batch;
    const keys = this.partition(partition);
    const events = batch.waiting.flatMap((pending) => [...pending.events]);
    const argv = this.encode(keys, events, batch.acks, fence);
    const reply = await this.untilAnswered(() =>
      this.script.hemostatAppend(keys.log, keys.ids, keys.open, keys.incidents, keys.actions, fence ? keys.lease(fence.task) : keys.log, ...argv)
    );
    const appended = events.map((_, index) => {
      const streamId = reply[index * 2] ?? '';
      return { streamId, incidentId: reply[index * 2 + 1] ?? '', duplicate: streamId === '' };
    });
    await this.mirrorOnCluster(events, appended);
    return appended;
  }

  private encode(keys: PartitionKeys, events: readonly HemostatEvent[], acks: Map<Group, string[]>, fence: Fence | undefined): Array<string | number> {
    const argv: Array<string | number> = [keys.base, fence?.token ?? '', acks.size];
    acks.forEach((ids, group) => argv.push(group, ids.length, ...ids));
    argv.push(Math.ceil(this.options.retentionDays * 86_400), events.length);
    for (const event of events) {
      const patch = patchOf(event);
      const history = event.type === 'health_alert' && event.container ? keys.alertHistory(containerKey(event)) : '';
      const mirror = this.options.legacyMirror && !this.cluster ? legacyCommands(event, this.options.legacyLists) : [];
      argv.push(event.id, event.type, encodeEvent(event), event.incident_id, event.container ? containerKey(event) : '', episodeOf(event), event.time, patch.effect);
      argv.push(history, history ? historyItem(event) : '', actionRecord(event));
      // The state is decided on the server, which knows the one before.
      const set = ['state', '', ...Object.entries(patch.set).flat()];
      const once = Object.entries(patch.once).flat();
      argv.push(set.length / 2, once.length / 2, mirror.length, ...set, ...once);
      mirror.forEach((words) => argv.push(words.length, ...words));
    }
    return argv;
  }

  /** On a cluster the original's keys live on other nodes, so they cannot be part of the atomic step. */
  private async mirrorOnCluster(events: readonly HemostatEvent[], appended: readonly Appended[]): Promise<void> {
    if (!this.cluster || !this.options.legacyMirror) {
      return;
    }
    const commands = events.filter((_, index) => !appended[index]?.duplicate).flatMap((event) => legacyCommands(event, this.options.legacyLists));
    await Promise.all(commands.map(([name = '', ...words]) => (this.redis as Redis).call(name, ...words)));
  }

  private async untilAnswered(call: () => Promise<string[]>): Promise<string[]> {
    let troubled = false;
    for (let waited = 50; ; waited = Math.min(waited * 2, 2000)) {
      try {
        const reply = await call();
        if (troubled) {
          this.options.onTrouble?.(undefined);
        }
        return reply;
      } catch (cause) {
        if (/FENCED /.test(errorText(cause))) {
          throw new FencedError(errorText(cause));
        }
        const trouble = redisTrouble(cause, this.options.address);
        if (!trouble || this.closed || this.options.waitWhileAway === false) {
          throw cause;
        }
        troubled = true;
        this.options.onTrouble?.(trouble);
        await waitMs(waited);
      }
    }
  }
}

function episodeOf(event: HemostatEvent): string {
  return event.type === 'health_alert' ? (event.data.episode ?? '') : '';
}

/** What trends are read from: short, because it is kept for every container. */
function historyItem(event: HemostatEvent): string {
  return event.type === 'health_alert' ? JSON.stringify({ id: event.id, time: event.time, metrics: event.data.metrics, anomalies: event.data.anomalies.map((one) => one.type) }) : '';
}

/** What the guards count, as `src/contract/history.ts` reads it. */
function actionRecord(event: HemostatEvent): string {
  const who = { id: event.id, time: event.time, container: event.container, host: event.host, incident_id: event.incident_id };
  switch (event.type) {
    case 'remediation_started':
      return JSON.stringify({ ...who, kind: 'started', action: event.data.plan.action, dry_run: event.data.dry_run, project: event.data.project ?? '', targets: event.data.plan.order });
    case 'remediation_complete':
      return JSON.stringify({ ...who, kind: 'complete', action: event.data.action, dry_run: event.data.dry_run, status: event.data.result.status, project: event.data.project ?? '' });
    case 'remediation_verified':
      return JSON.stringify({ ...who, kind: 'verified', action: event.data.action, verdict: event.data.verdict });
    default:
      return '';
  }
}
