/**
 * One signal that ends with the time limit, the caller's signal or the closing of the client, and leaves nothing behind.
 * (`AbortSignal.any` and `AbortSignal.timeout` keep timers and links to long-lived signals for each of many thousand calls.)
 */
export class CallLimit {
  timedOut = false;
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly stop = () => this.controller.abort();

  constructor(
    timeoutMs: number,
    private readonly sources: ReadonlyArray<AbortSignal | undefined>
  ) {
    this.timer = setTimeout(() => {
      this.timedOut = true;
      this.stop();
    }, timeoutMs);
    for (const source of sources) {
      source?.addEventListener('abort', this.stop, { once: true });
      if (source?.aborted) {
        this.stop();
      }
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** True when a source, not the time, has ended it. */
  get aborted(): boolean {
    return this.sources.some((source) => source?.aborted);
  }

  /** From now on only the sources end it. */
  noMoreTime(): void {
    clearTimeout(this.timer);
  }

  done(): void {
    clearTimeout(this.timer);
    this.sources.forEach((source) => source?.removeEventListener('abort', this.stop));
  }
}
