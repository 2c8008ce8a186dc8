import { waitMs } from '../runtime/wait';

/** A wait that can be ended early by others. */
export class Bell {
  private rung = false;
  private waiting: AbortController | undefined;

  ring(): void {
    this.rung = true;
    this.waiting?.abort();
  }

  /** Waits until it rings, the time is over or the signal is given. One that rang before ends the wait at once. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const stop = () => over.abort();
    this.waiting = over;
    signal.addEventListener('abort', stop, { once: true });
    if (this.rung || signal.aborted) {
      stop();
    }
    await waitMs(ms, over.signal);
    signal.removeEventListener('abort', stop);
    this.rung = false;
  }
}
