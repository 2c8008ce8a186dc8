import { LoadingState, type DataFrame, type DataQueryResponse } from '@grafana/data';
import { NEVER, of, Subject, throwError, type Observable } from 'rxjs';
import { answerOf, packetOf, placesOf, type Line } from '../testing/frames';
import { FEED_TIMES, followRows, type Signal } from './feed';
import { LiveRows } from './rows';

const line = (ms: number, sequence = 0): Line => ({ place: `0/${ms}-${sequence}`, ms });
const newestFirst = (a: Line, b: Line) => b.ms - a.ms || b.place.localeCompare(a.place);

/** A log that can be away, and a channel that can be silent. */
class Bench {
  log: Line[] = [];
  away: string | undefined;
  silent = false;
  readonly reads: number[] = [];
  readonly signals = new Subject<Signal>();
  readonly shown: DataQueryResponse[] = [];

  constructor(
    private readonly rows = new LiveRows(100),
    private readonly capacity = 100
  ) {}

  follow() {
    const read = (from: number): Observable<DataQueryResponse> => {
      this.reads.push(from);
      if (this.silent) {
        return NEVER;
      }
      return this.away === undefined ? of(answerOf(this.newest(from))) : of({ data: [], state: LoadingState.Error, errors: [{ message: this.away }] });
    };
    return followRows({ refId: 'A', rows: this.rows, signals: this.signals, read, rangeFrom: () => 0 }).subscribe((response) => this.shown.push(response));
  }

  /** Appends, and says so on the channel, unless it is broken. */
  append(added: Line, heard = true) {
    this.log.push(added);
    if (heard) {
      this.signals.next({ kind: 'rows', packet: packetOf([added]) });
    }
  }

  get frame(): DataFrame | undefined {
    return this.shown.at(-1)?.data[0] as DataFrame | undefined;
  }

  get places(): string[] {
    return placesOf(this.frame);
  }

  /** What must be shown: all that stands in the log, newest first. */
  get truth(): string[] {
    return this.newest(0).map(({ place }) => place);
  }

  private newest(from: number): Line[] {
    return this.log.filter(({ ms }) => ms >= from).sort(newestFirst).slice(0, this.capacity);
  }
}

describe('following the log', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('shows what is there, then what is heard', () => {
    const bench = new Bench();
    bench.append(line(1), false);
    bench.follow();
    expect(bench.shown.at(-1)).toMatchObject({ key: 'live-A', state: LoadingState.Streaming });
    bench.signals.next({ kind: 'connected' });
    bench.append(line(2));
    jest.advanceTimersByTime(FEED_TIMES.batchMs);
    expect(bench.places).toEqual(['0/2-0', '0/1-0']);
  });

  it('misses nothing and doubles nothing after the connection broke', () => {
    const bench = new Bench();
    bench.follow();
    bench.signals.next({ kind: 'connected' });
    bench.append(line(10_000));
    bench.signals.next({ kind: 'lost' });
    bench.append(line(20_000), false);
    bench.append(line(20_000, 1), false);
    bench.signals.next({ kind: 'connected' });
    expect(bench.places).toEqual(bench.truth);
    bench.append(line(30_000));
    bench.signals.next({ kind: 'rows', packet: packetOf([line(20_000), line(30_000)]) });
    jest.advanceTimersByTime(FEED_TIMES.batchMs);
    expect(bench.places).toEqual(bench.truth);
    expect(new Set(bench.places).size).toBe(4);
  });

  it('finds what was appended between the subscription and the server beginning to follow', () => {
    const bench = new Bench();
    bench.follow();
    bench.signals.next({ kind: 'connected' });
    bench.append(line(1), false);
    jest.advanceTimersByTime(FEED_TIMES.settleMs);
    expect(bench.places).toEqual(bench.truth);
  });

  it('finds what was lost without a word while newer rows came through', () => {
    const bench = new Bench();
    bench.follow();
    bench.signals.next({ kind: 'connected' });
    jest.advanceTimersByTime(FEED_TIMES.settleMs);
    bench.append(line(50_000), false);
    bench.append(line(90_000));
    jest.advanceTimersByTime(FEED_TIMES.healMs);
    expect(bench.places).toEqual(bench.truth);
  });

  it('asks while the connection is lost, and stops asking often when it is back', () => {
    const bench = new Bench();
    bench.follow();
    bench.signals.next({ kind: 'connected' });
    bench.signals.next({ kind: 'lost' });
    bench.append(line(1), false);
    jest.advanceTimersByTime(FEED_TIMES.retryMs);
    expect(bench.places).toEqual(bench.truth);
    bench.signals.next({ kind: 'connected' });
    jest.advanceTimersByTime(FEED_TIMES.settleMs);
    const before = bench.reads.length;
    jest.advanceTimersByTime(FEED_TIMES.healMs - FEED_TIMES.settleMs - FEED_TIMES.retryMs - 1);
    expect(bench.reads).toHaveLength(before);
  });

  it('asks only for what may be new', () => {
    const bench = new Bench();
    bench.append(line(100_000), false);
    bench.follow();
    bench.signals.next({ kind: 'connected' });
    expect(bench.reads).toEqual([0, 100_000 - FEED_TIMES.overlapMs]);
  });

  it('asks once more, not many times, for what changed while an answer was under way', () => {
    const bench = new Bench();
    bench.silent = true;
    bench.follow();
    ['connected', 'changed', 'changed'].forEach((kind) => bench.signals.next({ kind } as Signal));
    expect(bench.reads).toHaveLength(1);
  });

  it('keeps its rows while the log is away, says so, and comes back by itself', () => {
    const bench = new Bench();
    bench.append(line(1), false);
    bench.follow();
    bench.away = 'Redis is away.';
    bench.signals.next({ kind: 'changed' });
    expect(bench.places).toEqual(['0/1-0']);
    expect(bench.frame?.meta?.notices).toEqual([{ severity: 'warning', text: 'Live updates are interrupted: Redis is away.' }]);
    bench.away = undefined;
    bench.append(line(2), false);
    jest.advanceTimersByTime(FEED_TIMES.retryMs);
    expect(bench.places).toEqual(bench.truth);
    expect(bench.frame?.meta?.notices).toBeUndefined();
  });

  it('is an error as long as there is nothing to show', () => {
    const bench = new Bench();
    bench.away = 'Redis is away.';
    bench.follow();
    expect(bench.shown).toEqual([{ key: 'live-A', state: LoadingState.Error, data: [], errors: [{ refId: 'A', message: 'Redis is away.' }] }]);
  });

  it.each([
    ['an answer without frames', of<DataQueryResponse>({ data: [] }), 'Grafana does not answer.'],
    ['a request that fails', throwError(() => new Error('broken')), 'broken'],
  ])('takes %s for no answer', (_, answer, message) => {
    const shown: DataQueryResponse[] = [];
    followRows({ refId: 'A', rows: new LiveRows(1), signals: NEVER, read: () => answer, rangeFrom: () => 0 }).subscribe((response) => shown.push(response));
    expect(shown.at(-1)?.errors?.[0]?.message).toBe(message);
  });

  it('begins with what the same panel showed last', () => {
    const rows = new LiveRows(10);
    const first = new Bench(rows);
    first.append(line(1), false);
    first.follow().unsubscribe();
    const second = new Bench(rows);
    second.silent = true;
    second.follow();
    expect(second.places).toEqual(['0/1-0']);
  });

  it('leaves nothing behind', () => {
    const bench = new Bench();
    const following = bench.follow();
    bench.signals.next({ kind: 'connected' });
    bench.signals.next({ kind: 'lost' });
    following.unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
    expect(bench.signals.observed).toBe(false);
  });
});
