import fc from 'fast-check';
import { step, UNKNOWN_ENDS_AFTER_MS, type Episode, type Limits, type Measurement } from './episode';

const LIMITS: Limits = { threshold: 0.05, endsBelow: 0.04, endsAfterMs: 30_000, minimumRequests: 20 };

function play(measurements: readonly Measurement[], limits = LIMITS) {
  let episode: Episode | undefined;
  return measurements.map((measurement) => {
    const next = step(episode, measurement, limits);
    episode = next.change === 'ended' ? undefined : next.episode;
    return next;
  });
}
const at = (values: ReadonlyArray<number | undefined>, requests = 100): Measurement[] => values.map((value, index) => ({ at: (index + 1) * 10_000, requests, ...(value === undefined ? {} : { value }) }));
const changes = (values: ReadonlyArray<number | undefined>, requests?: number) => play(at(values, requests)).map(({ change }) => change);

describe('an episode of errors (R339)', () => {
  it('begins above the limit only, and ends after a while well below it', () => {
    expect(changes([0.05, 0.051, 0.045, 0.2, 0.03, 0.03, 0.03, 0.03])).toEqual(['none', 'began', 'goes_on', 'goes_on', 'goes_on', 'goes_on', 'goes_on', 'ended']);
  });

  it('ends when it fell, not when that was sure', () => {
    expect(play(at([0.1, 0, 0, 0, 0])).at(-1)).toMatchObject({ change: 'ended', ended_at: 20_000, episode: { worst: 0.1, last_at: 10_000 } });
  });

  it('says nothing of few requests, and ends when nothing is known for long', () => {
    expect(changes([0.5, 0.5], 19)).toEqual(['none', 'none']);
    const silent: Measurement[] = [{ at: 1000, value: 0.1 }, { at: 2000 }, { at: 2000 + UNKNOWN_ENDS_AFTER_MS }];
    expect(play(silent).map(({ change }) => change)).toEqual(['began', 'goes_on', 'ended']);
  });

  it('takes no measurement of the past', () => {
    expect(play([{ at: 5000, value: 0.1 }, { at: 4000, value: 0 }]).map(({ change }) => change)).toEqual(['began', 'none']);
  });

  it('begins and ends in turn, never ends before it began, and knows its worst, whatever is measured', () => {
    const value = fc.option(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(NaN, Infinity, 0.05, 0.04)), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.record({ value, requests: fc.option(fc.nat(200), { nil: undefined }), gap: fc.integer({ min: 1, max: 400_000 }) }), { maxLength: 60 }), (steps) => {
        let time = 0;
        const played = play(
          steps.map(({ value: one, requests, gap }) => {
            time += gap;
            return { at: time, ...(one === undefined ? {} : { value: one }), ...(requests === undefined ? {} : { requests }) };
          })
        );
        const turns = played.map(({ change }) => change).filter((change) => change === 'began' || change === 'ended');
        turns.forEach((change, index) => expect(change).toBe(index % 2 === 0 ? 'began' : 'ended'));
        for (const next of played) {
          if (next.change !== 'none') {
            expect(next.episode.worst).toBeGreaterThanOrEqual(next.episode.value);
            expect(next.episode.worst).toBeGreaterThan(LIMITS.threshold);
          }
          if (next.change === 'ended') {
            expect(next.ended_at).toBeGreaterThan(next.episode.began_at);
          }
        }
      })
    );
  });
});
