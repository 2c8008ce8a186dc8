import { HOURS, MINUTES } from '../log/counts';
import { stepOf } from './frequency';

const HOUR = 3_600_000;
const range = (ms: number) => ({ from: 0, to: ms });

describe('how fine the frequency is', () => {
  it.each([
    [HOUR, 1000, 60_000, MINUTES],
    [HOUR, 12, 5 * 60_000, MINUTES],
    [24 * HOUR, 2000, 60_000, MINUTES],
    [24 * HOUR, 500, 5 * 60_000, MINUTES],
    [24 * HOUR, 10, 3 * HOUR, HOURS],
    [15 * 24 * HOUR, 5000, HOUR, HOURS],
    [15 * 24 * HOUR, 100, 6 * HOUR, HOURS],
    [1000 * 24 * HOUR, 100, 240 * HOUR, HOURS],
    [0, 100, 60_000, MINUTES],
  ])('%i ms in %i points: steps of %i ms', (length, points, step, grain) => {
    expect(stepOf(range(length), points)).toEqual({ step, grain });
  });
});
