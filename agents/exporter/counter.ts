import type { Redis } from 'ioredis';
import { decodeEvent } from '../../src/contract/codec';
import type { AgentContext } from '../runtime/agent';
import { rawEntries } from '../runtime/consumer';
import { errorText, FencedError } from '../runtime/errors';
import type { Fence } from '../runtime/log';
import { connectRedis, type RedisClient } from '../runtime/redis';
import { redisTrouble } from '../runtime/redis-errors';
import { unlessAborted, waitMs } from '../runtime/wait';
import { Book } from './book';
import { commitBook, ensureGroup, entriesRead, loadCounters, loadPosition } from './store';

/** Few enough that what is read of them is thrown away while it is young: larger batches make the heap grow. */
const READ_COUNT = 200;
const BLOCK_MS = 1000;
/** Entries that come one by one are counted together: nobody scrapes more often than this. */
const GATHER_MS = 100;
const FOLLOW_MS = 1000;
const FORGET_EVERY_MS = 3_600_000;

export interface CounterOptions {
  context: AgentContext;
  partition: number;
  maxContainers: number;
  /** Keys of the containers that the monitor knows; undefined when that is not known. */
  present: () => ReadonlySet<string> | undefined;
}

/** Counts one partition: as the leader from the log, as a follower from what the leader has committed. */
export class PartitionCounter {
  /** Entries that this copy has counted. */
  counted = 0;
  /** True when what was counted before is known. */
  ready = false;
  private current: Book;
  private position = '';

  constructor(private readonly options: CounterOptions) {
    this.current = new Book(options);
  }

  get book(): Book {
    return this.current;
  }

  /** Reads what the leader has committed, when it has. @throws when Redis does not answer. */
  async follow(): Promise<void> {
    const { context, partition } = this.options;
    if ((await loadPosition(context.log, partition)) !== this.position) {
      await this.load();
    }
  }

  /** Counts until the signal. Goes on by itself after trouble with Redis. */
  async lead(fence: Fence, signal: AbortSignal): Promise<void> {
    const connection = connectRedis(this.options.context.settings, 'exporter-reader');
    const stop = () => connection.disconnect();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (!signal.aborted) {
        try {
          await this.countFrom(connection, fence, signal);
        } catch (cause) {
          await this.afterTrouble(cause, signal);
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      connection.disconnect();
    }
  }

  private async load(): Promise<void> {
    const { context, partition } = this.options;
    const { position, fields } = await loadCounters(context.log, partition);
    this.current = new Book(this.options, fields);
    this.position = position;
    this.ready = true;
  }

  /** Returns when the book has to be loaded anew. */
  private async countFrom(connection: RedisClient, fence: Fence, signal: AbortSignal): Promise<void> {
    const { context, partition, present } = this.options;
    const { log, trouble } = context;
    await this.load();
    await ensureGroup(log, partition, this.position);
    let read = await entriesRead(log, partition, this.position);
    let nextForget = 0;
    while (!signal.aborted) {
      const entries = await this.read(connection, signal);
      trouble.clear('redis');
      const last = entries.at(-1);
      if (!last || signal.aborted) {
        continue;
      }
      const known = present();
      if (known && context.now() >= nextForget) {
        this.current.forget(known, context.now());
        nextForget = context.now() + FORGET_EVERY_MS;
      }
      for (const entry of entries) {
        this.current.add({ at: Number(entry.id.split('-')[0]), type: entry.type, event: decodeEvent(entry.json, entry.incident) });
      }
      read = read === undefined ? undefined : read + entries.length;
      if (!(await commitBook(log, partition, fence, this.current, { from: this.position, to: last.id, read }))) {
        context.logger.warn('the counters in Redis are not where this copy left them; they are read again');
        return;
      }
      this.current.commit();
      this.position = last.id;
      this.counted += entries.length;
      if (entries.length < READ_COUNT) {
        await waitMs(GATHER_MS, signal);
      }
    }
  }

  private async read(connection: RedisClient, signal: AbortSignal) {
    const { log } = this.options.context;
    const reading = (connection as Redis).xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', log.partition(this.options.partition).log, this.position);
    const reply = (await unlessAborted(reading, signal)) as Array<[string, unknown]> | null | undefined;
    return (reply ?? []).flatMap(([, entries]) => rawEntries(entries));
  }

  private async afterTrouble(cause: unknown, signal: AbortSignal): Promise<void> {
    const { context } = this.options;
    if (signal.aborted) {
      return;
    }
    // The lease tells the loss of the lead in a moment.
    if (!(cause instanceof FencedError)) {
      const trouble = redisTrouble(cause, context.log.options.address);
      context.trouble.report('redis', trouble?.message ?? `Counting failed: ${errorText(cause)}`, trouble?.mend ?? 'See the error; counting goes on by itself.');
    }
    await waitMs(500, signal);
  }
}

/** Keeps the counters of a copy that does not lead up to date, until the signal. */
export async function followCounters(counters: readonly PartitionCounter[], isLeading: () => boolean, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!isLeading()) {
      // The snapshot tells when Redis is away.
      await unlessAborted(Promise.allSettled(counters.map((one) => one.follow())), signal);
    }
    await waitMs(FOLLOW_MS, signal);
  }
}
