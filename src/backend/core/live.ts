import { matcherOf, type Matcher } from './filter/matcher';
import { frameOf, type Links } from './frames/build';
import { readLivePath, type LivePath } from './live-path';
import { decodeCursor, encodeCursor, type Place } from './log/cursor';
import { compareEntries, parseId, type Entry } from './log/entry';
import { scan, type Taken } from './log/scan';
import { Tail } from './log/tail';
import { EVENT_KEYS, takeEvents, type LoggedEvent } from './queries/event-row';
import { logColumns } from './queries/events';
import type { Source } from './source';
import type { Frame, LiveChannel } from './types';

/** Entries that wait for one listener; one that falls further behind reads the log by itself. */
const MAX_WAITING = 5000;
/** Rows of one update. */
const MAX_ROWS = 1000;
const EVERYTHING = { from: 0, to: Number.MAX_SAFE_INTEGER } as const;

/** One listener: where it stands in each partition, and what waits for it. */
class Listener {
  private waiting: Entry[] = [];
  private wake: (() => void) | undefined;
  /** True when entries were dropped: the log has them. */
  behind = true;

  constructor(readonly places: Array<Place | undefined>) {}

  push(entries: readonly Entry[]): void {
    if (this.waiting.length + entries.length > MAX_WAITING) {
      this.waiting = [];
      this.behind = true;
    } else if (!this.behind) {
      this.waiting.push(...entries);
    }
    this.wake?.();
  }

  /** What waits and was not seen yet, in order, one update at most; marks it as seen. */
  take(): Entry[] {
    const sorted = this.waiting.sort(compareEntries).filter((entry) => this.isNew(entry));
    const entries = sorted.slice(0, MAX_ROWS);
    this.waiting = sorted.slice(MAX_ROWS);
    entries.forEach((entry) => this.seen(entry));
    return entries;
  }

  async somethingNew(signal: AbortSignal): Promise<void> {
    if (this.waiting.length > 0 || this.behind || signal.aborted) {
      return;
    }
    await new Promise<void>((resolve) => {
      const woken = () => {
        signal.removeEventListener('abort', woken);
        resolve();
      };
      this.wake = woken;
      signal.addEventListener('abort', woken);
    });
    this.wake = undefined;
  }

  private isNew({ partition, ms, seq }: Entry): boolean {
    const place = this.places[partition];
    return !place || ms > place.ms || (ms === place.ms && seq > place.seq);
  }

  private seen({ partition, ms, seq }: Entry): void {
    this.places[partition] = { ms, seq };
  }
}

/** Live updates for any number of listeners from one reader of the log, which runs only while somebody listens. */
export class LiveHub {
  private readonly listeners = new Set<Listener>();
  private readonly tail: Tail;
  private readonly stop = new AbortController();

  constructor(
    private readonly source: Source,
    private readonly links: Links
  ) {
    this.tail = new Tail(source, (entries) => this.listeners.forEach((listener) => listener.push(entries)));
  }

  /** @returns undefined when there is no such path. */
  channel(path: string): LiveChannel | undefined {
    const read = readLivePath(path);
    if (!read || !this.isPlace(read.since)) {
      return undefined;
    }
    const matcher = this.matcherOf(read);
    return matcher && { schema: this.frame([], ''), updates: (signal) => this.updates(read, matcher, signal) };
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.tail.stop();
  }

  private isPlace(since: string): boolean {
    try {
      decodeCursor(since, 'forward', this.source.log.partitions.length);
      return true;
    } catch {
      return false;
    }
  }

  private matcherOf({ narrowing }: LivePath): Matcher | undefined {
    try {
      return matcherOf(narrowing, EVENT_KEYS);
    } catch {
      return undefined;
    }
  }

  private frame(rows: readonly LoggedEvent[], cursor: string): Frame {
    return frameOf('events', '', rows, logColumns(this.links), { type: 'log-lines', typeVersion: [0, 0], preferredVisualisationType: 'logs', custom: { cursor } });
  }

  private async *updates(path: LivePath, matcher: Matcher, given: AbortSignal): AsyncGenerator<Frame> {
    const signal = AbortSignal.any([given, this.stop.signal]);
    const listener = new Listener(await this.startOf(path, signal));
    const take = takeEvents(matcher, path.narrowing.filters.types, (logged) => logged);
    this.listeners.add(listener);
    try {
      await this.tail.start();
      // Whoever leaves before the first row must be able to come back to this place.
      yield this.frame([], this.cursorOf(listener));
      while (!signal.aborted) {
        if (listener.behind) {
          listener.behind = false;
          yield* this.catchUp(listener, take, signal);
          continue;
        }
        const rows = listener.take().flatMap((entry) => {
          const taken = take(entry);
          return typeof taken === 'object' ? [taken.row] : [];
        });
        if (rows.length > 0) {
          yield this.frame(rows, this.cursorOf(listener));
        }
        await listener.somethingNew(signal);
      }
    } catch (cause) {
      if (!signal.aborted) {
        throw cause;
      }
    } finally {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) {
        void this.tail.stop();
      }
    }
  }

  /** Reads from the log what lies between the listener and now. What comes meanwhile waits, and is known by its place. */
  private async *catchUp(listener: Listener, take: (entry: Entry) => Taken<LoggedEvent>, signal: AbortSignal): AsyncGenerator<Frame> {
    for (let done = false; !done && !signal.aborted; ) {
      const page = await this.tail.patiently(
        async () =>
          scan(
            this.source,
            { range: EVERYTHING, direction: 'forward', cursor: { direction: 'forward', places: [...listener.places] }, want: MAX_ROWS, budget: 20_000, selective: true, take },
            signal
          ),
        signal
      );
      if (!page) {
        return;
      }
      if (page.cursor?.direction === 'forward') {
        page.cursor.places.forEach((place, partition) => (listener.places[partition] = place));
      }
      if (page.rows.length > 0) {
        yield this.frame(page.rows, this.cursorOf(listener));
      }
      done = page.done;
    }
  }

  private cursorOf(listener: Listener): string {
    return encodeCursor({ direction: 'forward', places: listener.places });
  }

  /** Where a new listener begins: behind what it has seen, else at the present end of the log. */
  private async startOf({ since }: LivePath, signal: AbortSignal): Promise<Array<Place | undefined>> {
    const cursor = decodeCursor(since, 'forward', this.source.log.partitions.length);
    if (cursor?.direction === 'forward') {
      return [...cursor.places];
    }
    const ends = await this.tail.patiently(
      async () => Promise.all(this.source.log.partitions.map(async ({ log }) => this.source.ask(signal, async (redis) => redis.xrevrange(log, '+', '-', 'COUNT', 1)))),
      signal
    );
    return this.source.log.partitions.map((_, partition) => parseId(ends?.[partition]?.[0]?.[0] ?? ''));
  }
}
