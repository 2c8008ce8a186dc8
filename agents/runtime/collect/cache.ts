/** Answers that are kept at once. */
const MAX_KEPT = 100;
/** Weight of all kept answers together: about as many rows, lines and steps. Bounds memory. */
const MAX_WEIGHT = 100_000;

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

export interface CacheOptions<T> {
  /** How long an answer is kept, milliseconds; 0 keeps none. */
  lifeMs: number;
  weightOf: (answer: T) => number;
  now?: () => number;
}

/**
 * Answers of the last moments (R369). Equal questions at the same time are asked once; the work is stopped when nobody waits for it any more.
 * Failures are shared with those who wait, and never kept.
 */
export class CollectCache<T> {
  private readonly kept = new Map<string, Kept<T>>();
  private readonly flights = new Map<string, Flight<T>>();
  private weight = 0;

  constructor(private readonly options: CacheOptions<T>) {}

  /**
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
        this.end(key, flight);
        this.keep(key, value);
      },
      () => this.end(key, flight)
    );
    return flight;
  }

  private end(key: string, flight: Flight<T>): void {
    if (this.flights.get(key) === flight) {
      this.flights.delete(key);
    }
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
      if (flight.waiting === 0) {
        this.end(key, flight);
        flight.stop.abort();
      }
    }
  }

  private keep(key: string, answer: T): void {
    const weight = this.options.weightOf(answer);
    this.drop(key);
    if (this.options.lifeMs <= 0 || weight > MAX_WEIGHT / 2) {
      return;
    }
    this.kept.set(key, { until: this.now() + this.options.lifeMs, answer, weight });
    this.weight += weight;
    this.shrink();
  }

  /** The oldest go first; all live equally long, so those are also the ones that end first. */
  private shrink(): void {
    for (const [key, one] of this.kept) {
      if (one.until > this.now() && this.kept.size <= MAX_KEPT && this.weight <= MAX_WEIGHT) {
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
