import type { IBackoff, IBackoffFactory } from 'cockatiel';
import { ConsultationError } from './talk';

/** What became of the questions to a model: what breakers are shown by. */
export class GateFigures {
  private calls = 0;
  private failures = 0;
  private inARow = 0;
  private totalMs = 0;
  private freeAt: number | undefined;

  constructor(private readonly now: () => number) {}

  /** Takes part in a question and its answer. A budget that is used up is no call. */
  async measure<T>(consult: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      const answer = await consult();
      this.count(began);
      this.inARow = 0;
      return answer;
    } catch (cause) {
      if (cause instanceof ConsultationError) {
        this.count(began);
        this.failures += 1;
        this.inARow += 1;
      }
      throw cause;
    }
  }

  /** The same pauses; remembers until when the one that begins lasts. */
  pauses<T>(factory: IBackoffFactory<T>): IBackoffFactory<T> {
    const watched = (backoff: IBackoff<T>): IBackoff<T> => {
      this.freeAt = this.now() + backoff.duration;
      return { duration: backoff.duration, next: (context) => watched(backoff.next(context)) };
    };
    return { next: (context) => watched(factory.next(context)) };
  }

  /** @param breaker how it stands. Rates and means are absent while nothing was called. */
  state(breaker: 'closed' | 'open' | 'half_open'): Record<string, string | number> {
    return {
      model_breaker: breaker,
      model_calls: this.calls,
      model_failures_in_row: this.inARow,
      ...(this.calls > 0 ? { model_success_rate: Math.round((1 - this.failures / this.calls) * 10_000) / 10_000, model_mean_ms: Math.round(this.totalMs / this.calls) } : {}),
      ...(breaker !== 'closed' && this.freeAt !== undefined ? { model_free_at: new Date(this.freeAt).toISOString() } : {}),
    };
  }

  private count(began: number): void {
    this.calls += 1;
    this.totalMs += performance.now() - began;
  }
}
