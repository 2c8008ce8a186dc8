import type { HemostatEvent } from '../../src/contract/events';
import { errorText } from '../runtime/errors';
import type { Appended, HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';

/** While Redis is away so many events of the engine wait in memory; more are dropped and counted. */
const MAX_WAITING = 5000;

const later = (a: string, b: string | undefined): boolean => b === undefined || BigInt(a) > BigInt(b);

/** How far the engine's events are in the log: everything before is, so a later monitor goes on from here. Times are nanoseconds as text. */
export class Progress {
  private last: string | undefined;
  private dropped: string | undefined;
  private readonly pending = new Map<symbol, string>();

  constructor(start: string | undefined) {
    this.last = start;
  }

  /** An event is on its way into the log. One that did not get there is asked for again by the next monitor. */
  begin(timeNano: string): (inLog: boolean) => void {
    const mark = Symbol(timeNano);
    this.pending.set(mark, timeNano);
    this.reach(timeNano);
    return (inLog) => {
      this.pending.delete(mark);
      if (!inLog && (this.dropped === undefined || later(this.dropped, timeNano))) {
        this.dropped = timeNano;
      }
    };
  }

  /** Everything up to this time needs not be heard again. */
  reach(timeNano: string): void {
    if (later(timeNano, this.last)) {
      this.last = timeNano;
    }
  }

  get position(): string | undefined {
    const [oldest] = this.pending.values();
    return this.dropped ?? oldest ?? this.last;
  }
}

/** Appends without making anybody wait: the log itself waits while Redis is away. */
export class Outbox {
  /** Events of the engine that did not fit into memory. Alerts are never dropped. */
  dropped = 0;
  waiting = 0;

  constructor(
    private readonly log: HemostatLog,
    private readonly logger: Logger
  ) {}

  /** What happened, without consequences. `done` is told whether it is in the log now, or was dropped. */
  tell(event: HemostatEvent, done: (inLog: boolean) => void): void {
    if (this.waiting >= MAX_WAITING) {
      this.dropped += 1;
      if (this.dropped === 1) {
        this.logger.warn({ limit: MAX_WAITING }, 'Redis is away for long: events of the Docker engine are dropped; illnesses are kept');
      }
      done(false);
      return;
    }
    void this.append([event]).then((appended) => done(appended !== undefined));
  }

  /** Undefined when it could not be appended, which is logged. */
  async append(events: readonly HemostatEvent[]): Promise<Appended[] | undefined> {
    this.waiting += 1;
    try {
      return await this.log.append(events);
    } catch (cause) {
      this.logger.error({ types: events.map((event) => event.type), container: events[0]?.container, error: errorText(cause) }, 'an event could not be appended');
      return undefined;
    } finally {
      this.waiting -= 1;
    }
  }
}
