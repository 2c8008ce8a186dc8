import fc from 'fast-check';
import { COOL, stepOverload, type Overload } from './overload';
import { after } from './test-support';

const RULE = { threshold: 80, confirmMs: 10_000, recoverMs: 20_000 };
const run = (readings: ReadonlyArray<[number, number | undefined]>): Overload => readings.reduce((state, [at, value]) => stepOverload(state, value, after(at), RULE), COOL);

describe('overload', () => {
  it('waits until the figure has stayed over the threshold', () => {
    expect(run([[0, 90], [9_999, 90]]).hot).toBe(false);
    expect(run([[0, 90], [10_000, 90]])).toMatchObject({ hot: true, since: after(0).wall, value: 90 });
  });

  it('begins to wait anew when the figure falls back', () => {
    expect(run([[0, 90], [5_000, 80], [6_000, 90], [15_000, 90]]).hot).toBe(false);
  });

  it('is well only clearly under the threshold, and after a while', () => {
    const hot: Array<[number, number]> = [[0, 90], [10_000, 90]];
    expect(run([...hot, [20_000, 73], [60_000, 73]]).hot).toBe(true);
    expect(run([...hot, [20_000, 71], [39_999, 71]]).hot).toBe(true);
    expect(run([...hot, [20_000, 71], [40_000, 71]])).toEqual({ hot: false, value: 71 });
  });

  it('keeps its beginning while it swings around the threshold', () => {
    expect(run([[0, 90], [10_000, 90], [11_000, 75], [12_000, 71], [13_000, 95]])).toEqual({ hot: true, since: after(0).wall, value: 95 });
  });

  it('takes no reading for no change', () => {
    const state = run([[0, 90]]);
    expect(stepOverload(state, undefined, after(50_000), RULE)).toBe(state);
  });

  it('never changes sides faster than its waiting times, whatever the figures', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 200 })), { maxLength: 80 }), (steps) => {
        let state = COOL;
        let at = 0;
        let changed = 0;
        for (const [wait, value] of steps) {
          at += wait;
          const next = stepOverload(state, value, after(at), RULE);
          if (next.hot !== state.hot) {
            expect(at - changed).toBeGreaterThanOrEqual(changed === 0 ? 0 : Math.min(RULE.confirmMs, RULE.recoverMs));
            expect(next.hot ? value > 80 : value < 72).toBe(true);
            changed = at;
          }
          state = next;
        }
      })
    );
  });
});
