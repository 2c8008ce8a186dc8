/** Runs tasks of one key one after the other, and of different keys side by side, up to a limit. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly waiting: Array<() => void> = [];
  private running = 0;
  private held = 0;
  private idle: Array<() => void> = [];

  constructor(private readonly concurrency: number) {}

  /** Tasks that were added and have not ended. */
  get size(): number {
    return this.held;
  }

  /** @param task must not throw; it is started when its key and a place are free. */
  add(key: string, task: () => Promise<void>): void {
    this.held += 1;
    const before = this.tails.get(key);
    const tail = (before ? before.then(() => this.withPlace(task)) : this.withPlace(task)).finally(() => {
      if (this.tails.get(key) === tail) {
        this.tails.delete(key);
      }
      this.held -= 1;
      this.wakeIdle();
    });
    this.tails.set(key, tail);
  }

  /** Resolves when fewer than `limit` tasks are held. */
  async below(limit: number): Promise<void> {
    while (this.held >= limit) {
      await new Promise<void>((resolve) => this.idle.push(resolve));
    }
  }

  private wakeIdle(): void {
    const woken = this.idle;
    this.idle = [];
    woken.forEach((wake) => wake());
  }

  private async withPlace(task: () => Promise<void>): Promise<void> {
    if (this.running >= this.concurrency) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running += 1;
    try {
      await task();
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }
}
