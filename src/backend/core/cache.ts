import type { Frame } from './types';

/** Values of all kept answers together, at most: bounds memory. */
const MAX_VALUES = 1_000_000;
/** Answers that are kept at once. */
const MAX_KEPT = 200;

interface Kept {
  until: number;
  frames: Frame[];
  values: number;
}
interface Flight {
  answer: Promise<Frame[]>;
  stop: AbortController;
  waiting: number;
}

const sizeOf = (frames: readonly Frame[]) => frames.reduce((sum, frame) => sum + frame.fields.length * (frame.fields[0]?.values.length ?? 0), 0);

/**
 * Answers of the last seconds. Equal queries at the same time are asked once; the work is stopped when nobody waits for it any more.
 * Failures are shared with those who wait, and never kept.
 */
export class AnswerCache {
  private readonly kept = new Map<string, Kept>();
  private readonly flights = new Map<string, Flight>();
  private values = 0;
  private generation = 0;

  constructor(
    private readonly lifeMs: number,
    private readonly now: () => number = Date.now
  ) {}

  /**
   * @param key equal for equal questions of callers of equal rights
   * @param work gets a signal of its own, given when the last caller is gone
   */
  async get(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Frame[]>): Promise<Frame[]> {
    const known = this.kept.get(key);
    if (known && known.until > this.now()) {
      return known.frames;
    }
    const flight = this.flights.get(key) ?? this.start(key, work);
    return this.wait(flight, signal);
  }

  /** Forgets everything; what is on its way is answered, but not kept. */
  clear(): void {
    this.generation += 1;
    this.kept.clear();
    this.flights.clear();
    this.values = 0;
  }

  private start(key: string, work: (signal: AbortSignal) => Promise<Frame[]>): Flight {
    const stop = new AbortController();
    const { generation } = this;
    const answer = work(stop.signal).then(
      (frames) => {
        if (generation === this.generation) {
          this.keep(key, frames);
        }
        return frames;
      }
    );
    const flight: Flight = { answer, stop, waiting: 0 };
    const end = () => {
      if (this.flights.get(key) === flight) {
        this.flights.delete(key);
      }
    };
    answer.then(end, end);
    this.flights.set(key, flight);
    return flight;
  }

  private async wait(flight: Flight, signal: AbortSignal): Promise<Frame[]> {
    flight.waiting += 1;
    let leave: () => void = () => undefined;
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => reject(new DOMException('The query was cancelled.', 'AbortError'));
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) {
        leave();
      }
    });
    try {
      return await Promise.race([flight.answer, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        this.abandon(flight);
      }
    }
  }

  private abandon(flight: Flight): void {
    for (const [key, other] of this.flights) {
      if (other === flight) {
        this.flights.delete(key);
        flight.stop.abort();
      }
    }
  }

  private keep(key: string, frames: Frame[]): void {
    const values = sizeOf(frames);
    this.drop(key);
    if (this.lifeMs <= 0 || values > MAX_VALUES / 4) {
      return;
    }
    this.kept.set(key, { until: this.now() + this.lifeMs, frames, values });
    this.values += values;
    this.shrink();
  }

  /** The oldest go first; all live equally long, so those are also the ones that end first. */
  private shrink(): void {
    for (const [key, one] of this.kept) {
      if (one.until > this.now() && this.kept.size <= MAX_KEPT && this.values <= MAX_VALUES) {
        return;
      }
      this.drop(key);
    }
  }

  private drop(key: string): void {
    this.values -= this.kept.get(key)?.values ?? 0;
    this.kept.delete(key);
  }
}
