import { errorText } from '../../../../agents/runtime/errors';
import { waitMs } from '../../../../agents/runtime/wait';
import { redactText } from '../../../contract/redact';
import type { DashboardRefresh } from '../types';

export type RefreshListener = (refresh: DashboardRefresh) => void;

/** What one refresh found: sources that did not answer. */
type Refresh = (signal: AbortSignal) => Promise<{ failing: string[] }>;

/** Does the same work again and again in the background, and tells how it went. */
export class Refresher {
  private readonly listeners = new Set<RefreshListener>();
  private running: { stop: AbortController; ended: Promise<void> } | undefined;

  /** @param report hears of listeners that throw */
  constructor(
    private readonly options: { everyMs: number; work: Refresh; now: () => number; report: (words: string, facts: Readonly<Record<string, string>>) => void }
  ) {}

  /** Once at once, then each interval. A second start changes nothing. */
  start(): void {
    if (this.running) {
      return;
    }
    const stop = new AbortController();
    this.running = { stop, ended: this.run(stop.signal) };
  }

  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    running?.stop.abort();
    await running?.ended;
  }

  subscribe(listener: RefreshListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const started = this.options.now();
      const told = await this.once(signal, started);
      if (told && !signal.aborted) {
        this.tell(told);
      }
      await waitMs(Math.max(0, started + this.options.everyMs - this.options.now()), signal);
    }
  }

  private async once(signal: AbortSignal, started: number): Promise<DashboardRefresh> {
    const begun = performance.now();
    const at = new Date(started).toISOString();
    const took = () => Math.round((performance.now() - begun) * 10) / 10;
    try {
      const { failing } = await this.options.work(signal);
      return { at, milliseconds: took(), failing };
    } catch (cause) {
      return { at, milliseconds: took(), failing: [], error: redactText(errorText(cause)).text.slice(0, 300) };
    }
  }

  private tell(refresh: DashboardRefresh): void {
    for (const listener of this.listeners) {
      try {
        listener(refresh);
      } catch (cause) {
        this.options.report('a listener of the dashboard failed', { error: errorText(cause) });
      }
    }
  }
}
