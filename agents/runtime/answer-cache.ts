interface Kept<T> {
  until: number;
  answer: T;
  weight: number;
}
interface Flight<T> {
  answer: Promise<T>;
  stop: AbortController;
  waiting: number;
}

export interface AnswerCacheOptions<T> {
  /** How long an answer is kept, milliseconds; 0 keeps none. */
  lifeMs: number;
  weightOf: (answer: T) => number;
  /** Weight of all kept answers together, at most: bounds memory. */
  maxWeight: number;
  /** An answer that is heavier is not kept. */
  heaviest: number;
  /** Answers that are kept at once, at most. */
  maxKept: number;
  now?: () => number;
}

/**
 * Answers of the last moments. Equal questions at the same time are asked once; the work is stopped when nobody waits for it any more.
 * Failures are shared with those who wait, and never kept.
 */
export class AnswerCache<T> {
  private readonly kept = new Map<string, Kept<T>>();
  private readonly flights = new Map<string, Flight<T>>();
  private weight = 0;

  constructor(private readonly options: AnswerCacheOptions<T>) {}

  /**
   * @param key equal for equal questions of callers of equal rights
   * @param work gets a signal of its own, given when the last caller is gone
   * @throws what the work throws, or the reason of the signal
   */
  async get(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const known = this.kept.get(key);
    if (known && known.until > this.now()) {
      return known.answer;
    }
    return this.wait(key, this.flights.get(key) ?? this.start(key, work), signal);
  }

  /** Forgets everything; what is on its way is answered, but not kept. */
  clear(): void {
    this.kept.clear();
    this.flights.clear();
    this.weight = 0;
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }

  private start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController();
    const answer = work(stop.signal);
    const flight: Flight<T> = { answer, stop, waiting: 0 };
    this.flights.set(key, flight);
    answer.then(
      (value) => {
        if (this.end(key, flight)) {
          this.keep(key, value);
        }
      },
      () => this.end(key, flight)
    );
    return flight;
  }

  /** @returns false for one that was forgotten meanwhile */
  private end(key: string, flight: Flight<T>): boolean {
    return this.flights.get(key) === flight && this.flights.delete(key);
  }

  private async wait(key: string, flight: Flight<T>, signal: AbortSignal): Promise<T> {
    flight.waiting += 1;
    let leave: () => void = () => undefined;
    const left = new Promise<never>((_resolve, reject) => {
      // A signal's reason is whatever its owner gave; it is handed on as it is.
      leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([flight.answer, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      flight.waiting -= 1;
      if (flight.waiting === 0 && this.end(key, flight)) {
        flight.stop.abort();
      }
    }
  }

  private keep(key: string, answer: T): void {
    const { lifeMs, weightOf, heaviest } = this.options;
    const weight = weightOf(answer);
    this.drop(key);
    if (lifeMs <= 0 || weight > heaviest) {
      return;
    }
    this.kept.set(key, { until: this.now() + lifeMs, answer, weight });
    this.weight += weight;
    this.shrink();
  }

  /** The oldest go first; all live equally long, so those are also the ones that end first. */
  private shrink(): void {
    const { maxKept, maxWeight } = this.options;
    for (const [key, one] of this.kept) {
      if (one.until > this.now() && this.kept.size <= maxKept && this.weight <= maxWeight) {
        return;
      }
      this.drop(key);
    }
  }

  private drop(key: string): void {
    this.weight -= this.kept.get(key)?.weight ?? 0;
    this.kept.delete(key);
  }
}
