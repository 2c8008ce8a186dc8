import { readPlace } from '../../contract/log-place';
import type { EventRow } from './event-rows';
import { LogWindow, PAGE_ROWS } from './log-window';

/** Row number `n` of a log whose higher numbers are newer. */
function row(n: number): EventRow {
  const key = `0/${n}-0`;
  const place = readPlace(key);
  if (!place) {
    throw new Error(key);
  }
  return { key, place, id: `e${n}`, happened: n, type: 'command', mark: '[EVENT]', severity: '', container: '', incident: '', agent: 'x', text: '' };
}
const rows = (from: number, to: number): EventRow[] => Array.from({ length: from - to + 1 }, (_, index) => row(from - index));
const ids = (log: LogWindow, from = 0, to = log.count): Array<string | undefined> => Array.from({ length: to - from }, (_, index) => log.row(from + index)?.id);

/** Answers what the window wants from a log of the numbers up to `newest`. */
function answer(log: LogWindow, first: number, last: number): number {
  let reads = 0;
  for (let wanted = log.wanted(first, last); wanted; wanted = log.wanted(first, last)) {
    const [, ms = ''] = /^b_([0-9a-z]+)-/.exec(wanted.cursor) ?? [];
    const start = Number.parseInt(ms, 36) - 1;
    const end = Math.max(1, start - wanted.limit + 1);
    const page = start < 1 ? [] : rows(start, end);
    log.take(wanted, page, end > 1 ? `b_${end.toString(36)}-0_0` : '');
    reads += 1;
  }
  return reads;
}

describe('the part of the log that somebody has gone through', () => {
  it('R062: begins with the newest, and reads older ones as somebody comes near to them, to the end', () => {
    const log = new LogWindow();
    log.start(rows(2000, 1901));
    expect([log.count, log.next]).toEqual([100, 'b_1gt-0_0']);
    answer(log, 0, 20);
    expect(log.count).toBe(100 + PAGE_ROWS);
    for (let at = 0; at < 2000; at += 200) {
      answer(log, at, at + 20);
    }
    expect([log.count, log.next]).toEqual([2000, '']);
    expect(ids(log)).toEqual(rows(2000, 1).map(({ id }) => id));
  });

  it('holds a bounded number of a million rows, and brings the others back unchanged', () => {
    const log = new LogWindow();
    log.start(rows(1_000_000, 999_901));
    let most = 0;
    for (let at = 0; at < 999_980; at += 250) {
      answer(log, at, at + 20);
      log.forgetFarFrom(at, at + 20);
      most = Math.max(most, log.held);
    }
    answer(log, 999_970, 999_999);
    expect([log.count, log.next, log.row(999_999)?.id]).toEqual([1_000_000, '', 'e1']);
    expect(most).toBeLessThan(6000);

    const before = log.keyOf(500_000);
    expect(log.row(500_000)).toBeUndefined();
    answer(log, 500_000, 500_020);
    expect(ids(log, 500_000, 500_020)).toEqual(rows(500_000, 499_981).map(({ id }) => id));
    expect(log.keyOf(500_000)).toBe(before);
    expect(new Set([500_000, 500_001, 10, 999_000].map((at) => log.keyOf(at))).size).toBe(4);
  });

  it('takes new rows in at the top, once each, and keeps the keys of the others', () => {
    const log = new LogWindow();
    log.start(rows(100, 51));
    const key = log.keyOf(3);
    const { rows: fresh, linked } = log.fresh(rows(103, 54));
    expect([fresh.map(({ id }) => id), linked]).toEqual([['e103', 'e102', 'e101'], true]);
    log.prepend(fresh);
    expect(log.keyOf(6)).toBe(key);
    expect(log.fresh(rows(103, 54)).rows).toEqual([]);
    expect(log.find('e100')).toBe(3);
    expect(log.find('nobody')).toBe(-1);
  });

  it('knows when there may be others between the newest and what is here', () => {
    const log = new LogWindow();
    log.start(rows(100, 51));
    expect(log.fresh(rows(300, 201))).toMatchObject({ linked: false });
  });

  it('does not grow while it follows for hours', () => {
    const log = new LogWindow();
    log.start(rows(100, 1));
    for (let newest = 110; newest <= 40_000; newest += 10) {
      log.prepend(log.fresh(rows(newest, newest - 99)).rows);
      expect(log.count).toBeLessThanOrEqual(2000);
    }
    expect(log.newest?.id).toBe('e40000');
    answer(log, log.count - 10, log.count - 1);
    expect(ids(log)).toEqual(rows(40_000, 40_000 - log.count + 1).map(({ id }) => id));
  });

  it('takes the place of rows that retention has removed meanwhile', () => {
    const log = new LogWindow();
    log.start(rows(10_000, 9901));
    for (let at = 0; at < 9900; at += 250) {
      answer(log, at, at + 20);
      log.forgetFarFrom(at, at + 20);
    }
    const wanted = log.wanted(200, 220);
    expect(wanted?.piece).toBeDefined();
    const { count } = log;
    log.take(wanted ?? { cursor: '', piece: undefined }, [], '');
    expect(log.count).toBe(count - PAGE_ROWS);
  });

  it('tells of every change', () => {
    const log = new LogWindow();
    const heard = jest.fn();
    const stop = log.subscribe(heard);
    log.start([], 'b_1-0_0');
    expect([heard.mock.calls.length, log.version, log.epoch, log.next]).toEqual([1, 1, 1, 'b_1-0_0']);
    stop();
    log.start([]);
    expect([heard.mock.calls.length, log.epoch]).toEqual([1, 2]);
  });
});
