import type { Redis } from 'ioredis';
import { redisTrouble } from '../../../../agents/runtime/redis-errors';
import { untilAborted, waitMs } from '../../../../agents/runtime/wait';
import type { Source } from '../source';
import { entriesOf, type Entry } from './entry';

/** Blocking reads return this often, so that a dead connection is noticed. */
const BLOCK_MS = 5000;
const READ_COUNT = 500;
/** Where nothing may block (a cluster), the log is asked this often. */
const POLL_MS = 150;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1000;

interface Run {
  stop: AbortController;
  /** Fulfilled when it is known from where on this run tells everything. */
  ready: Promise<void>;
  ended: Promise<void>;
}

/** Reads what is appended to all partitions, over a connection of its own, from when it is started until it is stopped. */
export class Tail {
  private run: Run | undefined;

  constructor(
    private readonly source: Source,
    private readonly tell: (entries: readonly Entry[]) => void
  ) {}

  /** Fulfilled when everything that is appended from now on will be told. */
  async start(): Promise<void> {
    this.run ??= this.begin();
    return this.run.ready;
  }

  async stop(): Promise<void> {
    const { run } = this;
    this.run = undefined;
    run?.stop.abort();
    await run?.ended;
  }

  /** Asks again, with growing waits, as long as Redis is in trouble. @returns undefined when the signal was given. */
  async patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        return await work();
      } catch (cause) {
        if (!signal.aborted && !redisTrouble(cause, this.source.address)) {
          throw cause;
        }
      }
      await waitMs(wait, signal);
    }
    return undefined;
  }

  private begin(): Run {
    const stop = new AbortController();
    const begun = this.patiently(async () => this.ends(stop.signal), stop.signal);
    const ended = begun.then(async (places) => (places ? this.read(places, stop.signal) : undefined));
    const over = () => {
      // What ended by an error is begun anew by the next listener.
      this.run = this.run?.stop === stop ? undefined : this.run;
    };
    return { stop, ready: begun.then(() => undefined), ended: ended.then(over, over) };
  }

  /** The last entry of each partition. */
  private async ends(signal: AbortSignal): Promise<string[]> {
    return Promise.all(
      this.source.log.partitions.map(async ({ log }) => {
        const [last] = await this.source.ask(signal, async (redis) => redis.xrevrange(log, '+', '-', 'COUNT', 1));
        return last?.[0] ?? '0-0';
      })
    );
  }

  private async read(places: string[], signal: AbortSignal): Promise<void> {
    const connection = this.source.blocking();
    // A blocked read ends only when its connection does.
    const cut = () => connection?.disconnect();
    signal.addEventListener('abort', cut, { once: true });
    try {
      while (!signal.aborted) {
        const entries = await this.patiently(async () => (connection ? this.block(connection, places, signal) : this.poll(places, signal)), signal);
        entries?.forEach((entry) => (places[entry.partition] = entry.id));
        if (entries && entries.length > 0) {
          this.tell(entries);
        } else if (!connection) {
          await waitMs(POLL_MS, signal);
        }
      }
    } finally {
      signal.removeEventListener('abort', cut);
      connection?.disconnect();
    }
  }

  private async block(connection: Redis, places: readonly string[], signal: AbortSignal): Promise<Entry[]> {
    const keys = this.source.log.partitions.map(({ log }) => log);
    const reply = (await untilAborted(connection.xread('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...places), signal)) as Array<[string, unknown]> | null;
    return (reply ?? []).flatMap(([key, entries]) => entriesOf(keys.indexOf(key), entries));
  }

  private async poll(places: readonly string[], signal: AbortSignal): Promise<Entry[]> {
    const read = await Promise.all(
      this.source.log.partitions.map(async ({ log }, partition) => {
        const reply = await this.source.ask(signal, async (redis) => redis.xrange(log, `(${places[partition] ?? '0-0'}`, '+', 'COUNT', READ_COUNT));
        return entriesOf(partition, reply);
      })
    );
    return read.flat();
  }
}
