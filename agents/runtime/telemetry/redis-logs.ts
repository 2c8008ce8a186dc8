import type { LogEntry } from '../../../src/contract/observability/schemas';
import { isErrorEntry } from './entry';
import { shareOf } from './shares';
import type { Dropped } from './dropped';
import type { TelemetryStore } from './store';
import { Writer, type Batch } from './writer';

const CAPACITY = 5000;
const BATCH = 200;
const EVERY_MS = 500;
/** Bytes of an entry, at least: what the streams hold between two rounds of trimming is bounded by it. */
const SMALL_ENTRY = 250;

/** Keeps log lines in Redis. */
export class RedisLogs {
  private readonly writer: Writer<LogEntry>;

  constructor(
    private readonly store: TelemetryStore,
    private readonly id: string,
    dropped: Dropped
  ) {
    this.writer = new Writer({ capacity: CAPACITY, batch: BATCH, everyMs: EVERY_MS, write: async (batch) => this.write(batch), dropped: (count) => dropped.add('logs', count) });
  }

  add(entry: LogEntry): void {
    this.writer.add(entry);
  }

  flush(): Promise<void> {
    return this.writer.flush();
  }

  close(): void {
    this.writer.close();
  }

  private write({ number, items }: Batch<LogEntry>): Promise<number> {
    const { keys, scripts, settings } = this.store;
    const most = (share: 'logs' | 'errors') => Math.ceil(shareOf(settings, share) / SMALL_ENTRY);
    const words = items.flatMap((entry) => [isErrorEntry(entry) ? '1' : '0', JSON.stringify(entry)]);
    return scripts.hemostatLogs(keys.logs, keys.errors, keys.written, `${this.id}:logs`, number, most('logs'), most('errors'), ...words);
  }
}
