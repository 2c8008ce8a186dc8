import { LoadingState, type DataFrame, type DataQueryResponse, type QueryResultMetaNotice } from '@grafana/data';
import { Observable, Subscription } from 'rxjs';
import type { LiveRows, Packet } from './rows';
import { troubleOf } from './trouble';

/** What is heard of a live channel. */
export type Signal =
  /** (Re)connected: what was appended meanwhile was not heard. */
  | { kind: 'connected' }
  /** The connection broke, or the channel cannot be had: nothing is heard until it is connected again. */
  | { kind: 'lost' }
  | { kind: 'rows'; packet: Packet }
  /** Something was appended; what, the log must say. */
  | { kind: 'changed' };

export interface FeedTimes {
  /** Updates within this time are shown together. */
  batchMs: number;
  /** Appended between the subscription and the moment in which the server begins to follow the log: read again after this time. */
  settleMs: number;
  /** The server may have begun anew without a word to us: read again this often. */
  healMs: number;
  /** After a failure, and while the connection is lost. */
  retryMs: number;
  /** Read again this far before what is known to be complete: the clocks of several Redis nodes differ. */
  overlapMs: number;
}
export const FEED_TIMES: FeedTimes = { batchMs: 50, settleMs: 2000, healMs: 30_000, retryMs: 5000, overlapMs: 5000 };

export interface FeedParts {
  refId: string;
  rows: LiveRows;
  signals: Observable<Signal>;
  /** The newest rows since a time, up to now; as many as `rows` may hold. */
  read(fromMs: number): Observable<DataQueryResponse>;
  /** Where the time range begins now; it moves with a range that ends now. */
  rangeFrom(): number;
  times?: Partial<FeedTimes>;
}

type Emit = (response: DataQueryResponse) => void;

function withNotice(frame: DataFrame, text: string): DataFrame {
  const notice: QueryResultMetaNotice = { severity: 'warning', text };
  return { ...frame, meta: { ...frame.meta, notices: [...(frame.meta?.notices ?? []), notice] } };
}

/** Reads what was missed, takes in what is heard, and shows both as one frame. */
class Feed {
  private readonly times: FeedTimes;
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly readings = new Subscription();
  private reading = false;
  private readAgain = false;
  private showing = false;
  private trouble = '';
  private lost = false;
  private polling = false;
  /** Everything up to here was read from the log in one piece. Milliseconds. */
  private complete: number;

  constructor(
    private readonly parts: FeedParts,
    private readonly emit: Emit
  ) {
    this.times = { ...FEED_TIMES, ...parts.times };
    this.complete = parts.rangeFrom();
  }

  /** What the same panel showed last is shown at once, so that a refresh leaves no blank. */
  start(): void {
    this.show();
    this.read();
    this.every(this.times.healMs, () => this.read());
  }

  hear(signal: Signal): void {
    switch (signal.kind) {
      case 'connected':
        this.lost = false;
        this.read();
        this.after(this.times.settleMs, () => this.read());
        return;
      case 'lost':
        this.lost = true;
        this.readWhileLost();
        return;
      case 'rows':
        this.parts.rows.takePacket(signal.packet);
        // Even without a new row: another feed of the same panel may have taken it already.
        if (signal.packet.values[0]?.length) {
          this.showSoon();
        }
        return;
      case 'changed':
        this.read();
    }
  }

  stop(): void {
    this.readings.unsubscribe();
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
  }

  /** Live updates may come back late, while questions are answered: these are asked more often then. */
  private readWhileLost(): void {
    if (this.polling || !this.lost) {
      return;
    }
    this.polling = true;
    this.after(this.times.retryMs, () => {
      this.polling = false;
      if (this.lost) {
        this.read();
        this.readWhileLost();
      }
    });
  }

  private read(): void {
    if (this.reading) {
      this.readAgain = true;
      return;
    }
    this.reading = true;
    this.readAgain = false;
    const from = Math.max(this.complete - this.times.overlapMs, this.parts.rangeFrom());
    let answer: DataQueryResponse | undefined;
    this.readings.add(
      this.parts.read(from).subscribe({
        next: (response) => {
          answer = response;
        },
        error: (cause: unknown) => this.done(cause instanceof Error ? cause.message : 'The query failed.'),
        complete: () => this.take(answer),
      })
    );
  }

  private take(response: DataQueryResponse | undefined): void {
    const frame = response?.data[0] as DataFrame | undefined;
    const trouble = troubleOf(response);
    if (frame && !trouble) {
      const [newest = this.complete] = (frame.fields[0]?.values ?? []) as number[];
      this.complete = Math.max(this.complete, newest);
      this.parts.rows.takeFrame(frame);
    }
    this.done(trouble);
  }

  private done(trouble: string): void {
    this.reading = false;
    this.trouble = trouble;
    this.show();
    if (trouble) {
      if (!this.lost) {
        this.after(this.times.retryMs, () => this.read());
      }
    } else if (this.readAgain) {
      this.read();
    }
  }

  private showSoon(): void {
    if (!this.showing) {
      this.showing = true;
      this.after(this.times.batchMs, () => this.show());
    }
  }

  /** Without rows a failure is an error; with rows these stay, and a notice says that they may be old. */
  private show(): void {
    this.showing = false;
    const { rows, refId, rangeFrom } = this.parts;
    rows.forgetBefore(rangeFrom());
    const frame = rows.toFrame();
    const key = `live-${refId}`;
    if (frame) {
      const shown = { ...frame, refId };
      this.emit({ key, state: LoadingState.Streaming, data: [this.trouble ? withNotice(shown, `Live updates are interrupted: ${this.trouble}`) : shown] });
    } else if (this.trouble) {
      this.emit({ key, state: LoadingState.Error, data: [], errors: [{ refId, message: this.trouble }] });
    }
  }

  private after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, ms);
    this.timers.add(timer);
  }

  private every(ms: number, work: () => void): void {
    this.after(ms, () => {
      work();
      this.every(ms, work);
    });
  }
}

/** Log lines that stay up to date: nothing missing after a break of the connection, and nothing twice. */
export function followRows(parts: FeedParts): Observable<DataQueryResponse> {
  return new Observable((out) => {
    const feed = new Feed(parts, (response) => out.next(response));
    feed.start();
    const listening = parts.signals.subscribe({ next: (signal) => feed.hear(signal), error: (cause) => out.error(cause) });
    return () => {
      listening.unsubscribe();
      feed.stop();
    };
  });
}
