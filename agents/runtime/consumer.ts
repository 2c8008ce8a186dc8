import type { Redis } from 'ioredis';
import { decodeEvent } from '../../src/contract/codec';
import type { EventType, HemostatEvent } from '../../src/contract/events';
import { containerKey } from '../../src/contract/events';
import type { Group } from '../../src/contract/streams';
import type { EntryInfo } from './agent';
import { keepDeadLetter } from './dead-letters';
import { FencedError, PoisonError, errorText } from './errors';
import { KeyedQueue } from './keyed-queue';
import type { Fence, HemostatLog } from './log';
import type { Logger } from './logger';
import type { RedisClient } from './redis';
import { redisTrouble } from './redis-errors';
import type { TroubleBoard } from './trouble';
import { unlessAborted, waitMs } from './wait';

/** One entry as Redis gives it. */
interface RawEntry {
  id: string;
  type: string;
  incident: string;
  json: string;
}

export interface ConsumerOptions {
  log: HemostatLog;
  partition: number;
  group: Group;
  /** Unlike any other's, also that of an earlier run of this program. */
  consumer: string;
  /** Its own connection: reading blocks it. Closed by the caller. */
  connection: RedisClient;
  reads: readonly EventType[];
  handle: (event: HemostatEvent, entry: EntryInfo) => Promise<readonly HemostatEvent[]> | readonly HemostatEvent[];
  keyOf?: (event: HemostatEvent) => string;
  concurrency?: number;
  fence?: Fence;
  retryMax: number;
  retryDelayMs: number;
  logger: Logger;
  trouble: TroubleBoard;
}

export interface ConsumerCounts {
  handled: number;
  failed: number;
  dead: number;
  inFlight: number;
}

const READ_COUNT = 256;
const BLOCK_MS = 1000;
const CLAIM_EVERY_MS = 1000;
/** An entry that was handed out this often kills whoever handles it. */
const MAX_DELIVERIES = 8;
/** Another living consumer that holds an entry this long has lost it. */
const STUCK_MS = 600_000;

/** Reads one partition in a group: at least once, acknowledged after the effect, nothing lost when a copy dies. */
export class Consumer {
  readonly counts: ConsumerCounts = { handled: 0, failed: 0, dead: 0, inFlight: 0 };
  private readonly queue: KeyedQueue;
  private readonly held = new Set<string>();
  private readonly wanted: ReadonlySet<string>;
  private readonly key: string;
  private nextClaim = 0;
  private groupExists = false;

  constructor(private readonly options: ConsumerOptions) {
    this.queue = new KeyedQueue(options.concurrency ?? 64);
    this.wanted = new Set(options.reads);
    this.key = options.log.partition(options.partition).log;
  }

  /** Reads until the signal, then waits for what is being handled. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.step(signal);
        this.options.trouble.clear('redis');
      } catch (cause) {
        await this.afterFailedRead(cause, signal);
      }
    }
    await this.queue.below(1);
  }

  private async step(signal: AbortSignal): Promise<void> {
    await this.queue.below((this.options.concurrency ?? 64) * 8);
    if (performance.now() >= this.nextClaim) {
      // Once only: a full Redis refuses it, though it lets us read.
      await (this.groupExists ? undefined : this.ensureGroup());
      this.groupExists = true;
      await this.claimFromTheDead(signal);
      this.nextClaim = performance.now() + CLAIM_EVERY_MS;
    }
    if (signal.aborted) {
      return;
    }
    const reading = (this.options.connection as Redis).xreadgroup('GROUP', this.options.group, this.options.consumer, 'COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', this.key, '>');
    const entries = streamEntries(await unlessAborted(reading, signal));
    this.dispatch(entries, new Map(), signal);
  }

  private async afterFailedRead(cause: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    // Somebody emptied Redis: the group is made anew.
    if (/^(NOGROUP|UNBLOCKED)/.test(errorText(cause))) {
      this.groupExists = false;
      this.nextClaim = 0;
      return;
    }
    const trouble = redisTrouble(cause, this.options.log.options.address);
    this.options.trouble.report('redis', trouble?.message ?? `Reading the log failed: ${errorText(cause)}`, trouble?.mend ?? 'See the error; reading goes on by itself.');
    await waitMs(500, signal);
  }

  private async ensureGroup(): Promise<void> {
    try {
      await this.options.log.redis.xgroup('CREATE', this.key, this.options.group, '0', 'MKSTREAM');
    } catch (cause) {
      if (!errorText(cause).startsWith('BUSYGROUP')) {
        throw cause;
      }
    }
  }

  private dispatch(entries: readonly RawEntry[], deliveries: ReadonlyMap<string, number>, signal: AbortSignal): void {
    const skipped: string[] = [];
    for (const entry of entries) {
      if (this.held.has(entry.id)) {
        continue;
      }
      if (this.wanted.has(entry.type)) {
        this.take(entry, deliveries.get(entry.id) ?? 1, signal);
      } else {
        skipped.push(entry.id);
      }
    }
    if (skipped.length > 0) {
      void this.skip(skipped);
    }
  }

  private async skip(ids: readonly string[]): Promise<void> {
    ids.forEach((id) => this.held.add(id));
    try {
      await this.commit([], ids);
    } catch (cause) {
      this.options.logger.warn({ error: errorText(cause) }, 'entries of other agents could not be acknowledged; they will be read again');
    } finally {
      ids.forEach((id) => this.held.delete(id));
    }
  }

  private take(entry: RawEntry, deliveries: number, signal: AbortSignal): void {
    this.held.add(entry.id);
    this.counts.inFlight += 1;
    const decoded = decodeEvent(entry.json, entry.incident);
    const key = decoded.ok ? (this.options.keyOf?.(decoded.value) ?? containerKey(decoded.value)) : `dead ${entry.id}`;
    this.queue.add(key || `no container ${entry.id}`, async () => {
      try {
        await (decoded.ok ? this.handleWithRetries(entry, decoded.value, deliveries, signal) : this.bury(entry, deliveries, `${decoded.error.code}: ${decoded.error.message}`));
      } catch (cause) {
        // Not acknowledged: it stays pending and is claimed again.
        this.options.logger.warn({ entry: entry.id, error: errorText(cause) }, 'an entry could not be finished and stays pending');
      } finally {
        this.held.delete(entry.id);
        this.counts.inFlight -= 1;
      }
    });
  }

  private async handleWithRetries(entry: RawEntry, event: HemostatEvent, deliveries: number, signal: AbortSignal): Promise<void> {
    const info: EntryInfo = { streamId: entry.id, partition: this.options.partition, deliveries, ...(this.options.fence ? { fence: this.options.fence } : {}) };
    for (let attempt = 1; !signal.aborted; ) {
      try {
        const outputs = await this.options.handle(event, info);
        await this.commit(outputs, [entry.id]);
        this.counts.handled += 1;
        return;
      } catch (cause) {
        if (cause instanceof FencedError || signal.aborted) {
          return;
        }
        const trouble = redisTrouble(cause, this.options.log.options.address);
        if (trouble) {
          this.options.trouble.report('redis', trouble.message, trouble.mend);
          await waitMs(500, signal);
          continue;
        }
        this.counts.failed += 1;
        if (cause instanceof PoisonError || attempt >= this.options.retryMax) {
          await this.bury(entry, deliveries - 1 + attempt, errorText(cause));
          return;
        }
        this.options.logger.warn({ event: event.id, type: event.type, container: event.container, attempt, error: errorText(cause) }, 'handling failed; trying again');
        await waitMs(this.options.retryDelayMs * 2 ** (attempt - 1), signal);
        attempt += 1;
      }
    }
  }

  /** Outputs and acknowledgement in one step; outputs of another partition go first, so that a crash between repeats and loses nothing. */
  private async commit(outputs: readonly HemostatEvent[], ids: readonly string[]): Promise<void> {
    const { log, partition, group, fence } = this.options;
    const elsewhere = outputs.filter((event) => log.partitionOf(event.container) !== partition);
    for (const event of elsewhere) {
      await log.append([event]);
    }
    const here = elsewhere.length > 0 ? outputs.filter((event) => !elsewhere.includes(event)) : outputs;
    await log.append(here, { partition, ack: { group, ids }, ...(fence ? { fence } : {}) });
  }

  private async bury(entry: RawEntry, deliveries: number, error: string): Promise<void> {
    const { log, partition, group } = this.options;
    await keepDeadLetter(log, partition, { streamId: entry.id, group, error, deliveries, raw: entry.json });
    await this.commit([], [entry.id]);
    this.counts.dead += 1;
    this.options.logger.error({ entry: entry.id, error }, 'an entry cannot be handled and is kept as a dead letter (hemostat dead-letters)');
  }

  /**
   * Takes over what consumers hold whose sign of life is gone, and what Redis gave us in an answer that never arrived
   * (or that could not be finished): nothing is being read while this runs, so whatever is ours and not in hand is that.
   */
  private async claimFromTheDead(signal: AbortSignal): Promise<void> {
    const { log, group, partition } = this.options;
    const keys = log.partition(partition);
    const summary = (await log.redis.xpending(this.key, group)) as [number, string | null, string | null, Array<[string, string]> | null];
    for (const [consumer] of summary[3] ?? []) {
      if (signal.aborted) {
        return;
      }
      const othersWork = consumer !== this.options.consumer && (await log.redis.exists(keys.alive(consumer))) === 1;
      await this.claimFrom(consumer, othersWork ? STUCK_MS : 0, signal);
    }
  }

  private async claimFrom(consumer: string, minIdleMs: number, signal: AbortSignal): Promise<void> {
    const { log, group } = this.options;
    const pending = (await log.redis.xpending(this.key, group, 'IDLE', minIdleMs, '-', '+', READ_COUNT, consumer)) as Array<[string, string, number, number]>;
    const ids = pending.map(([id]) => id).filter((id) => !this.held.has(id));
    if (ids.length === 0) {
      return;
    }
    // The idle time that was seen is the condition: what another copy claimed in the meantime is not taken twice.
    const idle = Math.max(minIdleMs, Math.min(...pending.map(([, , idleMs]) => idleMs)));
    const entries = rawEntries(await (log.redis as Redis).xclaim(this.key, group, this.options.consumer, idle, ...ids));
    const deliveries = new Map(pending.map(([id, , , count]) => [id, count + 1]));
    const poison = entries.filter((entry) => (deliveries.get(entry.id) ?? 0) > MAX_DELIVERIES);
    for (const entry of poison) {
      await this.bury(entry, deliveries.get(entry.id) ?? 0, `Handed out ${MAX_DELIVERIES} times and never finished: whoever handled it died.`);
    }
    const living = entries.filter((entry) => !poison.includes(entry));
    if (living.length > 0) {
      const words = consumer === this.options.consumer ? 'took up again what was not finished' : 'took over what another copy had left';
      this.options.logger.info({ from: consumer, entries: living.length }, words);
    }
    this.dispatch(living, deliveries, signal);
  }
}

/** Replies of XREADGROUP in their one form. */
function streamEntries(reply: unknown): RawEntry[] {
  const streams = (reply ?? []) as Array<[string, unknown]>;
  return streams.flatMap(([, entries]) => rawEntries(entries));
}

/** Entries of XREADGROUP, XCLAIM and XRANGE. One that was trimmed away has no fields and is left out. */
export function rawEntries(reply: unknown): RawEntry[] {
  const entries = (reply ?? []) as Array<[string, string[] | null] | null>;
  return entries.flatMap((entry) => {
    const [id, fields] = entry ?? [];
    if (!id || !fields) {
      return [];
    }
    const named: Record<string, string> = {};
    for (let index = 0; index + 1 < fields.length; index += 2) {
      named[fields[index] ?? ''] = fields[index + 1] ?? '';
    }
    return [{ id, type: named.type ?? '', incident: named.incident ?? '', json: named.json ?? '' }];
  });
}
