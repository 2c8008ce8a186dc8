import { TALLEST, TallScroll } from './tall';

const VIEW = 600;
const MILLION = 34_000_000;

function tallOf(total: number): TallScroll {
  const tall = new TallScroll();
  tall.measure(total, VIEW);
  return tall;
}

describe('a list that is taller than a browser draws', () => {
  it('leaves a list alone that is not', () => {
    const tall = tallOf(TALLEST);
    expect([tall.height, tall.moved(9_000_000), tall.moved(5), tall.moveTo(1_000_000), tall.settle(), tall.shift]).toEqual([TALLEST, 9_000_000, 5, 1_000_000, undefined, 0]);
  });

  it('leads with its scrollbar to the same part of the rows: the beginning, the middle, the end', () => {
    const tall = tallOf(MILLION);
    expect(tall.height).toBe(TALLEST);
    expect(tall.moved((TALLEST - VIEW) / 2)).toBeCloseTo((MILLION - VIEW) / 2);
    expect(tall.moved(TALLEST - VIEW)).toBe(MILLION - VIEW);
    expect(tall.moved(0)).toBe(0);
  });

  it('R060: moves pixel by pixel with the wheel, and sets the scrollbar right when it stands still', () => {
    const tall = tallOf(MILLION);
    const from = tall.moved(7_000_000);
    for (let step = 1; step <= 50; step += 1) {
      expect(tall.moved(7_000_000 + step * 100)).toBeCloseTo(from + step * 100);
    }
    const top = tall.settle() ?? Number.NaN;
    expect(top).toBeLessThan(7_005_000);
    expect(top + tall.shift).toBeCloseTo(from + 5000);
    expect(tall.moved(top)).toBeCloseTo(from + 5000);
    expect(tall.settle()).toBeUndefined();
  });

  it('reaches every row by the wheel alone', () => {
    const tall = tallOf(MILLION);
    let top = TALLEST - VIEW;
    let at = tall.moved(top);
    let longest = 0;
    for (let turns = 0; at > 0 && turns < 20_000; turns += 1) {
      top = Math.max(0, top - 5000);
      const next = tall.moved(top);
      longest = Math.max(longest, at - next);
      at = next;
      top = tall.isShort ? (tall.settle() ?? top) : top;
    }
    expect(at).toBe(0);
    expect(longest).toBe(5000);
  });

  it('has room again when rows are added at its end', () => {
    const tall = tallOf(MILLION);
    const at = tall.moved(TALLEST - VIEW);
    tall.measure(MILLION + 17_000, VIEW);
    expect(tall.isShort).toBe(true);
    const top = tall.settle() ?? Number.NaN;
    expect(top).toBeLessThan(TALLEST - VIEW);
    expect(top + tall.shift).toBe(at);
  });

  it('goes to a row wherever it is', () => {
    const tall = tallOf(MILLION);
    for (const offset of [30_000_000, 30_000_100, 34_000, 0, MILLION - VIEW]) {
      const top = tall.moveTo(offset);
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top).toBeLessThanOrEqual(TALLEST - VIEW);
      expect(tall.moved(top)).toBe(offset);
    }
  });
});
