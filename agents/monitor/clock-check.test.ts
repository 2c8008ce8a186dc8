import { checkClock } from './clock-check';

describe('the clocks of the engine and of the monitor', () => {
  const told: string[] = [];
  const trouble = {
    report: (part: string, message: string) => told.push(`${part}: ${message}`),
    clear: (part: string) => told.push(`${part} clear`),
  };
  beforeEach(() => told.splice(0));

  it.each([0, 30_000, -30_000])('%d ms apart are let pass', (ahead) => {
    checkClock(trouble, { systemTime: 1_000_000 + ahead }, 1_000_000);
    expect(told).toEqual(['clock clear']);
  });

  it.each([
    [7_200_000, '7200 s ahead of ours'],
    [-31_000, '31 s behind ours'],
  ])('%d ms apart are told', (ahead, words) => {
    checkClock(trouble, { systemTime: 10_000_000 + ahead }, 10_000_000);
    expect(told).toEqual([expect.stringContaining(words)]);
  });
});
