import type { Noise, Part, Recipe } from './generator';

/* The series by which the statistics were set. The held-out ones have other forms and seeds. */

const DAY5 = 288;
const WEEK5 = 7 * DAY5;
const MONTH60 = 720;

const normal = (sigma: number): Noise => ({ kind: 'normal', sigma });
let seed = 100;

function recipe(form: string, length: number, minutes: number, base: number, noise: Noise, parts: Part[], more: Partial<Recipe> = {}): Recipe {
  seed += 1;
  return { name: `${form} ${seed}`, form, seed, length, minutes, base, noise, parts, ...more };
}

export const DEVELOPMENT_SERIES: readonly Recipe[] = [
  // Noise alone.
  recipe('noise', WEEK5, 5, 50, normal(3), []),
  recipe('noise', DAY5, 5, 0, normal(1), []),
  recipe('noise', MONTH60, 60, 1e6, normal(2e4), []),
  recipe('noise', WEEK5, 5, 0.02, { kind: 'ar', sigma: 0.002, memory: 0.8 }, []),
  recipe('noise', WEEK5, 5, 200, { kind: 'lognormal', sigma: 0.4 }, []),
  recipe('noise', DAY5, 5, 4, { kind: 'poisson', sigma: 0 }, []),
  recipe('noise', 120, 1, 12, normal(0.5), [], { decimals: 0 }),
  recipe('constant', DAY5, 5, 7, normal(0), []),
  // Spikes.
  recipe('spikes', WEEK5, 5, 50, normal(2), [{ kind: 'spike', at: 400, height: 25 }, { kind: 'spike', at: 1500, height: -30, length: 2 }]),
  recipe('spikes', DAY5, 5, 20, normal(1), [{ kind: 'spike', at: 280, height: 18, length: 3 }]),
  recipe('spikes', MONTH60, 60, 1000, normal(40), [{ kind: 'spike', at: 100, height: 600 }, { kind: 'spike', at: 333, height: 500, length: 2 }, { kind: 'spike', at: 700, height: 900 }]),
  recipe('spikes', DAY5, 5, 0, normal(0), [{ kind: 'spike', at: 90, height: 3 }, { kind: 'spike', at: 200, height: 5, length: 2 }]),
  recipe('spikes', WEEK5, 5, 300, { kind: 'lognormal', sigma: 0.2 }, [{ kind: 'spike', at: 1000, height: 900, length: 4 }]),
  recipe('spikes', 240, 1, 5, { kind: 'poisson', sigma: 0 }, [{ kind: 'spike', at: 150, height: 40, length: 2 }]),
  recipe('spikes', WEEK5, 5, 100, { kind: 'student', sigma: 4 }, [{ kind: 'spike', at: 640, height: 150 }]),
  // Level shifts.
  recipe('shift', WEEK5, 5, 40, normal(2), [{ kind: 'shift', at: 1200, height: 12 }]),
  recipe('shift', DAY5, 5, 100, normal(4), [{ kind: 'shift', at: 150, height: -30 }]),
  recipe('shift', MONTH60, 60, 3e9, normal(1e8), [{ kind: 'shift', at: 360, height: 8e8 }]),
  recipe('shift', WEEK5, 5, 10, normal(1), [{ kind: 'shift', at: 600, height: 8 }, { kind: 'shift', at: 1400, height: -6 }]),
  recipe('shift', 180, 1, 1, normal(0.05), [{ kind: 'shift', at: 120, height: 0.5 }]),
  recipe('shift', WEEK5, 5, 60, { kind: 'ar', sigma: 3, memory: 0.6 }, [{ kind: 'shift', at: 1700, height: 20 }]),
  // Slow leaks.
  recipe('leak', WEEK5, 5, 30, normal(2), [{ kind: 'leak', height: 20 }], { unit: '%' }),
  recipe('leak', DAY5, 5, 500, normal(15), [{ kind: 'leak', height: 60 }]),
  recipe('leak', MONTH60, 60, 1e8, normal(4e6), [{ kind: 'leak', height: -3e7 }]),
  recipe('leak', WEEK5, 5, 5, { kind: 'ar', sigma: 0.4, memory: 0.7 }, [{ kind: 'leak', height: 3 }]),
  recipe('leak', 360, 1, 70, normal(1), [{ kind: 'leak', height: 8 }], { unit: '%' }),
  recipe('leak', WEEK5, 5, 20, normal(0.8), [{ kind: 'leak', from: 1300, height: 9 }]),
  // Seasons.
  recipe('season', WEEK5, 5, 100, normal(6), [{ kind: 'season', period: DAY5, height: 50 }]),
  recipe('season', WEEK5, 5, 20, normal(3), [{ kind: 'season', period: DAY5, height: 20, shape: 'office' }]),
  recipe('season', MONTH60, 60, 5000, normal(200), [{ kind: 'season', period: 24, height: 1500 }]),
  recipe('season', MONTH60, 60, 400, { kind: 'lognormal', sigma: 0.1 }, [{ kind: 'season', period: 24, height: 300, shape: 'saw' }]),
  recipe('season', 2016, 5, 8, normal(0.6), [{ kind: 'season', period: 12, height: 4 }]),
  recipe('season', 600, 1, 30, normal(2), [{ kind: 'season', period: 45, height: 12 }]),
  recipe('season', 1344, 30, 50, normal(5), [{ kind: 'season', period: 336, height: 40, shape: 'office' }]),
  // Gaps.
  recipe('gap', WEEK5, 5, 50, normal(2), [{ kind: 'gap', at: 800, length: 40 }]),
  recipe('gap', DAY5, 5, 3, normal(0.1), [{ kind: 'gap', at: 50, length: 5 }, { kind: 'gap', at: 200, length: 12 }]),
  recipe('gap', WEEK5, 5, 100, normal(6), [{ kind: 'season', period: DAY5, height: 60 }, { kind: 'gap', at: 1000, length: 100 }]),
  // Counters.
  recipe('counter', WEEK5, 5, 300, normal(20), [{ kind: 'reset', at: 900 }], { counter: true }),
  recipe('counter', DAY5, 5, 40, normal(5), [{ kind: 'reset', at: 60 }, { kind: 'reset', at: 210 }], { counter: true }),
  recipe('counter', WEEK5, 5, 500, normal(25), [{ kind: 'season', period: DAY5, height: 400 }, { kind: 'reset', at: 1500 }], { counter: true }),
  recipe('counter', DAY5, 5, 60, normal(4), [{ kind: 'spike', at: 170, height: 80, length: 2 }], { counter: true }),
  // Mixtures.
  recipe('mixture', WEEK5, 5, 100, normal(5), [{ kind: 'season', period: DAY5, height: 60 }, { kind: 'spike', at: 700, height: 60 }, { kind: 'spike', at: 1800, height: -55, length: 2 }]),
  recipe('mixture', WEEK5, 5, 100, normal(5), [{ kind: 'season', period: DAY5, height: 50 }, { kind: 'shift', at: 1300, height: 40 }]),
  recipe('mixture', WEEK5, 5, 100, normal(5), [{ kind: 'season', period: DAY5, height: 50 }, { kind: 'leak', height: 40 }]),
  recipe('mixture', MONTH60, 60, 50, normal(2), [{ kind: 'leak', height: 20 }, { kind: 'spike', at: 500, height: 25 }]),
  recipe('mixture', WEEK5, 5, 40, normal(2), [{ kind: 'shift', at: 900, height: 15 }, { kind: 'spike', at: 300, height: 22 }, { kind: 'gap', at: 1500, length: 30 }]),
  recipe('mixture', MONTH60, 60, 900, normal(30), [{ kind: 'season', period: 24, height: 400 }, { kind: 'spike', at: 650, height: 500 }, { kind: 'gap', at: 300, length: 10 }]),
];
