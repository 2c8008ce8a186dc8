import type { RedisClient } from './redis';
import { waitMs, within } from './wait';

const EXTEND = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) else return 0 end`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end`;

/** The right to do a task alone, for as long as it is renewed. The server's clock decides. */
export class Lease {
  private until = 0;

  /**
   * @param token unlike any other holder's
   * @param ttlMs after this time without renewal another one may take it
   */
  constructor(
    private readonly redis: RedisClient,
    readonly key: string,
    readonly token: string,
    readonly ttlMs: number
  ) {}

  /** True while nobody else can hold it; counted from before the last renewal was sent, on a clock that cannot jump. */
  get held(): boolean {
    return performance.now() < this.until;
  }

  async tryAcquire(): Promise<boolean> {
    const sent = performance.now();
    const reply = await this.redis.set(this.key, this.token, 'PX', this.ttlMs, 'NX');
    return reply === 'OK' ? this.heldFrom(sent) : this.renew();
  }

  async renew(): Promise<boolean> {
    const sent = performance.now();
    const reply = await this.redis.eval(EXTEND, 1, this.key, this.token, this.ttlMs);
    return reply === 1 ? this.heldFrom(sent) : this.lost();
  }

  async release(): Promise<void> {
    this.until = 0;
    await this.redis.eval(RELEASE, 1, this.key, this.token);
  }

  private heldFrom(sent: number): true {
    this.until = sent + this.ttlMs;
    return true;
  }

  private lost(): false {
    this.until = 0;
    return false;
  }
}

async function acquireAll(leases: readonly Lease[]): Promise<boolean> {
  for (const lease of leases) {
    if (!(await lease.tryAcquire())) {
      await Promise.all(leases.filter((one) => one.held).map((one) => one.release()));
      return false;
    }
  }
  return true;
}

async function renewUntilLost(leases: readonly Lease[], signal: AbortSignal, stop: () => void): Promise<void> {
  const every = Math.min(...leases.map((lease) => lease.ttlMs)) / 3;
  while (!signal.aborted) {
    await waitMs(every, signal);
    // Redis may be silent: what was promised ends all the same.
    await within(Promise.allSettled(leases.map((lease) => lease.renew())), every, signal);
    if (leases.some((lease) => !lease.held)) {
      break;
    }
  }
  stop();
}

/**
 * Waits for the leases, does the work while all are held, and waits again when one was lost. Returns when the signal is given.
 * @param whileHeld is told by its signal that the lead is lost or that all is over; it must end soon then.
 */
export async function keepLeases(leases: readonly Lease[], signal: AbortSignal, whileHeld: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const [first] = leases;
  while (!signal.aborted && first) {
    const acquired = await acquireAll(leases).catch(() => false);
    if (!acquired) {
      await waitMs(first.ttlMs / 4, signal);
      continue;
    }
    const over = new AbortController();
    const stop = () => over.abort();
    signal.addEventListener('abort', stop, { once: true });
    const renewing = renewUntilLost(leases, over.signal, stop);
    try {
      await whileHeld(over.signal);
    } finally {
      stop();
      signal.removeEventListener('abort', stop);
      await renewing;
      await within(Promise.allSettled(leases.map((lease) => lease.release())), 1000);
    }
  }
}

/** As `keepLeases`, for one. */
export function keepLease(lease: Lease, signal: AbortSignal, whileHeld: (signal: AbortSignal) => Promise<void>): Promise<void> {
  return keepLeases([lease], signal, whileHeld);
}
