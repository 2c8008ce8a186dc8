import fc from 'fast-check';
import { historical, noHistory, thin } from './history';
import type { HistoryPoint } from './schemas';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 2);
const point = (at: number | string, more: Partial<HistoryPoint> = {}): HistoryPoint => ({ timestamp: typeof at === 'string' ? at : new Date(at).toISOString(), health_score: 90, availability: 100, response_time: 10, cpu_usage: null, memory_usage: null, circuit_breaker_health: 100, ...more });

test('R166: never more than 100 points, at an even step, in order, with the newest kept', () => {
  fc.assert(
    fc.property(fc.nat(3000), fc.integer({ min: 1, max: 150 }), (count, most) => {
      const given = Array.from({ length: count }, (_unused, index) => index);
      const kept = thin(given, most);
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(kept.at(-1)).toBe(given.at(-1));
      const steps = new Set(kept.slice(1).map((one, index) => one - (kept[index] ?? 0)));
      expect(steps.size).toBeLessThanOrEqual(1);
      // As many as an even step allows.
      expect(count <= most ? kept.length === count : kept.length * 2 >= most).toBe(true);
    })
  );
  expect([thin(Array(100).fill(0)).length, thin(Array(101).fill(0)).length, thin(Array(199).fill(0)).length, thin(Array(2880).fill(0)).length]).toEqual([100, 51, 100, 100].map((expected, index) => (index === 3 ? Math.ceil(2880 / 29) : expected)));
});

test('R163 to R166: means are of all points, not of those that are shown', () => {
  const points = Array.from({ length: 1000 }, (_unused, index) => point(NOW - (999 - index) * 30_000, { health_score: index % 2 === 0 ? 50 : 100, availability: index < 500 ? 0 : 100, response_time: index === 7 ? 40 : null }));
  const { data, summary } = historical(points, NOW);
  expect([data.length, data.at(-1)]).toEqual([100, points[999]]);
  expect(summary).toEqual({ points: 1000, timespan_hours: 8.32, avg_health_score: 75, avg_availability: 50, avg_response_time: 40 });
});

test('R123: what is unknown is left out of the means, and nothing known is null', () => {
  const { summary } = historical([point(NOW - HOUR, { health_score: null, response_time: null }), point(NOW, { health_score: 80, response_time: null })], NOW);
  expect(summary).toMatchObject({ points: 2, avg_health_score: 80, avg_response_time: null });
});

test('R089 R161 R164: points of the last 24 hours, and the span that they really cover', () => {
  const points = [point(NOW - 24 * HOUR - 1), point(NOW - 24 * HOUR), point(NOW - HOUR)];
  expect(historical(points, NOW).summary).toMatchObject({ points: 2, timespan_hours: 23 });
  // A clock that runs ahead does not make a day longer.
  expect(historical([...points, point(NOW + 5 * HOUR)], NOW).summary.timespan_hours).toBe(24);
  expect(historical([point(NOW)], NOW).summary).toMatchObject({ points: 1, timespan_hours: 0 });
});

test('R162: timestamps with and without a trailing Z, in any order; what is no time is left out', () => {
  const { data, summary } = historical([point('2026-01-01T12:00:00'), point('gone'), point(''), point('2026-01-01T11:00:00.000Z')], NOW);
  expect(data.map(({ timestamp }) => timestamp)).toEqual(['2026-01-01T11:00:00.000Z', '2026-01-01T12:00:00.000Z']);
  expect(summary.timespan_hours).toBe(1);
});

test('R167: without points there is no data, 0 points and 0 hours', () => {
  expect(noHistory()).toEqual({ data: [], summary: { points: 0, timespan_hours: 0, avg_health_score: null, avg_availability: null, avg_response_time: null } });
});
