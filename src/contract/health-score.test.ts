import fc from 'fast-check';
import { availabilityPercent, breakerPercent, HEALTH_PARTS, HEALTH_WEIGHTS, healthScore, meanOf, responseScore, type HealthInputs } from './health-score';

const PERFECT: HealthInputs = { availability: 100, breakers: 100, cpu: 0, memory: 0, response: 0 };
const NOTHING: HealthInputs = { availability: null, breakers: null, cpu: null, memory: null, response: null };
const figure = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null });
const inputs: fc.Arbitrary<HealthInputs> = fc.record({ availability: figure, breakers: figure, cpu: figure, memory: figure, response: figure });

test('R134 to R138: the weights are as written and add up to 1', () => {
  expect(HEALTH_WEIGHTS).toEqual({ availability: 0.3, breakers: 0.25, cpu: 0.2, memory: 0.15, response: 0.1 });
  expect(HEALTH_PARTS.reduce((sum, part) => sum + HEALTH_WEIGHTS[part], 0)).toBeCloseTo(1, 12);
});

test.each([
  [0, 100],
  [100, 100],
  [109, 99],
  [550, 50],
  [991, 1],
  [1000, 0],
  [1001, 0],
  [60_000, 0],
])('R142 R143 R144: %d ms score %d', (ms, score) => {
  expect(responseScore(ms)).toBeCloseTo(score, 9);
});

test('R144: a slower response never scores more', () => {
  const time = fc.double({ min: 0, max: 100_000, noNaN: true });
  fc.assert(fc.property(time, time, (a, b) => responseScore(Math.max(a, b)) <= responseScore(Math.min(a, b))));
});

test('R127 R145: the score lies between 0 and 100, with one decimal', () => {
  fc.assert(
    fc.property(inputs, (given) => {
      const { score } = healthScore(given);
      return score === null || (score >= 0 && score <= 100 && Math.abs(score * 10 - Math.round(score * 10)) < 1e-9);
    })
  );
});

test('R139 R140 R141: each part by itself', () => {
  const of = (given: Partial<HealthInputs>) => healthScore({ ...NOTHING, ...given }).score;
  expect([of({ availability: 75 }), of({ breakers: 50 }), of({ cpu: 30 }), of({ cpu: 250 }), of({ memory: 60 }), of({ memory: 101 })]).toEqual([75, 50, 70, 0, 40, 0]);
});

test('all parts together', () => {
  expect(healthScore(PERFECT).score).toBe(100);
  // 0.3 * 80 + 0.25 * 90 + 0.2 * 60 + 0.15 * 30 + 0.1 * 50
  expect(healthScore({ availability: 80, breakers: 90, cpu: 40, memory: 70, response: 550 }).score).toBe(68);
});

test('R123: what is unknown is left out, and the weights of the rest add up to 1', () => {
  fc.assert(
    fc.property(inputs, (given) => {
      const { parts } = healthScore(given);
      const sum = parts.reduce((all, { weight }) => all + weight, 0);
      const unknown = parts.every(({ measured, score, weight }) => (measured === null) === (score === null) && (measured === null) === (weight === 0));
      return unknown && (parts.every(({ measured }) => measured === null) ? sum === 0 : Math.abs(sum - 1) < 1e-9);
    })
  );
  expect(healthScore(NOTHING).score).toBeNull();
  expect(healthScore({ ...PERFECT, cpu: Number.NaN }).parts.find(({ part }) => part === 'cpu')).toMatchObject({ measured: null, score: null, weight: 0 });
  // Without the response: (0.3 * 100 + 0.25 * 100 + 0.2 * 50 + 0.15 * 100) / 0.9
  expect(healthScore({ ...PERFECT, cpu: 50, response: null }).score).toBe(88.9);
});

test('a part that gets better never lowers the score', () => {
  const percent = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(inputs, percent, percent, (given, a, b) => {
      const at = (availability: number) => healthScore({ ...given, availability }).score ?? 0;
      return at(Math.max(a, b)) >= at(Math.min(a, b));
    })
  );
});

test('R124 R125 R126: percent and mean, also of nothing', () => {
  expect(availabilityPercent({ healthy: 4, degraded: 1, unhealthy: 1 })).toBe(83.33);
  expect(availabilityPercent({ healthy: 0, degraded: 0, unhealthy: 0 })).toBe(0);
  expect([breakerPercent(2, 3), breakerPercent(0, 0)]).toEqual([66.67, 100]);
  expect([meanOf([1, 2, 2]), meanOf([null, undefined, 4]), meanOf([]), meanOf([null])]).toEqual([1.67, 4, null, null]);
});
