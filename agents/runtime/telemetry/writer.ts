/** A batch with its number: the same number always stands for the same items, so that a repeated one counts once. */
export interface Batch<T> {
  number: number;
  items: readonly T[];
}

export interface WriterOptions<T> {
  /** Items that wait, at most; beyond it the oldest go. */
  capacity: number;
  /** Items that are written in one step. */
  batch: number;
  everyMs: number;
  /** May take as long as Redis is away: meanwhile nothing else is tried. */
  write: (batch: Batch<T>) => Promise<unknown>;
  dropped: (count: number) => void;
}

const LONGEST_WAIT_MS = 10_000;

/** Numbers that rise, also over a restart of the process. */
export class BatchNumbers {
  private last = 0;

  next(): number {
    this.last = Math.max(this.last + 1, Date.now());
    return this.last;
  }
}

/** Writes items in batches, one batch after the other. Never throws and makes nobody wait; while it cannot write, it keeps a bounded number. */
export class Writer<T> {
  private waiting: T[] = [];
  private current: Batch<T> | undefined;
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private readonly numbers = new BatchNumbers();

  constructor(private readonly options: WriterOptions<T>) {}

  /** Items that are not written yet. */
  get size(): number {
    return this.waiting.length + (this.current?.items.length ?? 0);
  }

  add(item: T): void {
    const { capacity, batch, dropped } = this.options;
    if (this.waiting.length >= capacity) {
      // Many at once: taking one away from the front of a long list for each one that comes would cost too much.
      dropped(this.waiting.splice(0, Math.max(1, Math.floor(capacity / 10))).length);
    }
    this.waiting.push(item);
    if (this.waiting.length >= batch && this.failures === 0) {
      void this.flush();
    } else {
      this.plan();
    }
  }

  /** Writes what waits, as long as that succeeds. */
  flush(): Promise<void> {
    this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
      if (this.size > 0) {
        this.plan();
      }
    });
    return this.writing;
  }

  /** Stops trying. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.options.dropped(this.size);
    this.waiting = [];
    this.current = undefined;
  }

  private plan(): void {
    if (this.timer || this.writing) {
      return;
    }
    const wait = Math.min(LONGEST_WAIT_MS, this.options.everyMs * 2 ** Math.min(this.failures, 10));
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, wait);
    this.timer.unref();
  }

  private async writeAll(): Promise<void> {
    while (this.size > 0) {
      if (!(await this.writeOne())) {
        this.failures += 1;
        return;
      }
      this.failures = 0;
    }
  }

  private async writeOne(): Promise<boolean> {
    this.current ??= { number: this.numbers.next(), items: this.waiting.splice(0, this.options.batch) };
    try {
      await this.options.write(this.current);
    } catch {
      return false;
    }
    this.current = undefined;
    return true;
  }
}
