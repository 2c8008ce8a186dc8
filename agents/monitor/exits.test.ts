import { endedOnPurpose, signalNumber, type Ending, type StopMarks } from './exits';

const ending = (exitCode: number, changes: Partial<Ending> = {}): Ending => ({ exitCode, oomKilled: false, startedAt: 1000, finishedAt: 60_000, stopSignal: 'SIGTERM', ...changes });
const marks = (changes: Partial<StopMarks> = {}): StopMarks => ({ complete: true, ...changes });
const term = (at = 55_000) => ({ kill: { at, signal: '15' } });

describe('ended on purpose', () => {
  it.each([0, 130, 137, 143])('code %i after docker stop', (code) => {
    expect(endedOnPurpose(ending(code), marks(term()))).toBe(true);
  });

  it('docker kill', () => {
    expect(endedOnPurpose(ending(137), marks({ kill: { at: 59_990, signal: '9' } }))).toBe(true);
  });

  it('a program that ends with a code of its own while it is stopped', () => {
    expect(endedOnPurpose(ending(1), marks(term()))).toBe(true);
  });

  it('the stop signal of its image, whatever that is', () => {
    expect(endedOnPurpose(ending(0, { stopSignal: 'SIGQUIT' }), marks({ kill: { at: 59_000, signal: '3' } }))).toBe(true);
    expect(endedOnPurpose(ending(7, { stopSignal: 'SIGUSR1' }), marks({ kill: { at: 59_000, signal: 'USR1' } }))).toBe(true);
  });

  it("the engine's own word that it was stopped", () => {
    expect(endedOnPurpose(ending(1), marks({ stopAt: 60_050 }))).toBe(true);
  });

  it('a graceful end that takes minutes', () => {
    expect(endedOnPurpose(ending(143, { finishedAt: 300_000 }), marks(term()))).toBe(true);
  });

  it('what looks like a stop, when it ended before anybody looked', () => {
    expect(endedOnPurpose(ending(143), marks({ complete: false }))).toBe(true);
  });
});

describe('not ended on purpose', () => {
  it.each([1, 2, 137, 139, 143, 255])('code %i with nobody asking', (code) => {
    expect(endedOnPurpose(ending(code), marks())).toBe(false);
  });

  it('137 when memory ran out, even while somebody wished it to stop', () => {
    expect(endedOnPurpose(ending(137, { oomKilled: true }), marks(term()))).toBe(false);
  });

  it('an earlier out of memory does not make a later stop an illness', () => {
    expect(endedOnPurpose(ending(137, { oomKilled: true }), marks({ ...term(), oomAt: 20_000 }))).toBe(true);
    expect(endedOnPurpose(ending(143, { oomKilled: true }), marks(term()))).toBe(true);
  });

  it('a signal that only asks for a reload', () => {
    expect(endedOnPurpose(ending(1), marks({ kill: { at: 59_000, signal: '1' } }))).toBe(false);
  });

  it('a stop of the run before this one', () => {
    expect(endedOnPurpose(ending(137), marks({ kill: { at: 500, signal: '9' }, stopAt: 600 }))).toBe(false);
  });

  it('a crash long after a signal that it had ignored', () => {
    expect(endedOnPurpose(ending(1, { finishedAt: 120_000 }), marks(term()))).toBe(false);
  });

  it('a plain error that happened before anybody looked', () => {
    expect(endedOnPurpose(ending(1), marks({ complete: false }))).toBe(false);
  });
});

it.each([
  ['15', 15],
  ['SIGTERM', 15],
  ['term', 15],
  ['', 0],
  ['SIGNOSUCH', 0],
])('reads the signal %s', (text, number) => {
  expect(signalNumber(text)).toBe(number);
});
