import type { Noise, Part, Recipe } from './generator';

/* The series that say how good the statistics are: other seeds, other steps and lengths, other noise and other shapes than those
 * by which they were set. Nothing may be set by them. */

let seed = 40000;

function recipe(form: string, length: number, minutes: number, base: number, noise: Noise, parts: Part[], more: Partial<Recipe> = {}): Recipe {
  seed += 7;
  return { name: `${form} ${seed}`, form, seed, length, minutes, base, noise, parts, ...more };
}

const student = (sigma: number): Noise => ({ kind: 'student', sigma });
const uniform = (sigma: number): Noise => ({ kind: 'uniform', sigma });
const normal = (sigma: number): Noise => ({ kind: 'normal', sigma });
const ar = (sigma: number, memory: number): Noise => ({ kind: 'ar', sigma, memory });

export const HELD_OUT_SERIES: readonly Recipe[] = [
  recipe('noise', 1008, 10, 33, uniform(4), []),
  recipe('noise', 2016, 5, -5, normal(2), []),
  recipe('noise', 700, 15, 1e4, ar(300, 0.7), []),
  recipe('noise', 500, 1, 80, { kind: 'lognormal', sigma: 0.3 }, []),
  recipe('noise', 336, 30, 12, { kind: 'poisson', sigma: 0 }, []),
  recipe('noise', 96, 15, 0.5, normal(0.04), [], { decimals: 2 }),
  recipe('noise', 2016, 5, 0.4, { kind: 'poisson', sigma: 0 }, []),
  recipe('constant', 400, 2, 0, normal(0), []),
  recipe('spikes', 1008, 10, 15, uniform(1), [{ kind: 'spike', at: 222, height: 12 }, { kind: 'spike', at: 777, height: 9, length: 3 }]),
  recipe('spikes', 672, 15, 8e6, normal(3e5), [{ kind: 'spike', at: 660, height: 4e6, length: 2 }]),
  recipe('spikes', 1440, 1, 70, ar(2, 0.5), [{ kind: 'spike', at: 300, height: -40, length: 5 }, { kind: 'spike', at: 1000, height: 30 }]),
  recipe('spikes', 300, 2, 100, normal(0), [{ kind: 'spike', at: 140, height: -100, length: 4 }]),
  recipe('spikes', 500, 10, 120, { kind: 'lognormal', sigma: 0.25 }, [{ kind: 'spike', at: 250, height: 700 }]),
  recipe('spikes', 2016, 5, 2, { kind: 'poisson', sigma: 0 }, [{ kind: 'spike', at: 1111, height: 30, length: 3 }]),
  recipe('spikes', 1000, 5, 10, student(1), [{ kind: 'spike', at: 500, height: 30 }]),
  recipe('shift', 1008, 10, 5, uniform(0.5), [{ kind: 'shift', at: 500, height: 4 }]),
  recipe('shift', 672, 15, 200, normal(8), [{ kind: 'shift', at: 120, height: 60 }]),
  recipe('shift', 1440, 1, 1e5, normal(3e3), [{ kind: 'shift', at: 1300, height: -3e4 }]),
  recipe('shift', 400, 2, 0.1, ar(0.01, 0.4), [{ kind: 'shift', at: 260, height: 0.09 }]),
  recipe('shift', 2016, 5, 30, student(2), [{ kind: 'shift', at: 700, height: 15 }, { kind: 'shift', at: 1500, height: 14 }]),
  recipe('shift', 300, 10, 9, { kind: 'poisson', sigma: 0 }, [{ kind: 'shift', at: 160, height: 21 }]),
  recipe('leak', 1008, 10, 300, uniform(12), [{ kind: 'leak', height: 80 }]),
  recipe('leak', 672, 15, 12, normal(0.5), [{ kind: 'leak', height: 2.5 }], { unit: '%' }),
  recipe('leak', 1440, 1, 2e9, normal(5e7), [{ kind: 'leak', height: 5e8 }]),
  recipe('leak', 500, 30, 90, student(3), [{ kind: 'leak', height: -35 }]),
  recipe('leak', 2016, 5, 45, normal(1.5), [{ kind: 'leak', from: 1000, height: 18 }], { unit: '%' }),
  recipe('season', 1008, 10, 60, uniform(4), [{ kind: 'season', period: 144, height: 50, shape: 'peaks' }]),
  recipe('season', 672, 15, 1e3, normal(80), [{ kind: 'season', period: 96, height: 900, shape: 'two_humps' }]),
  recipe('season', 2016, 5, 10, student(1), [{ kind: 'season', period: 288, height: 9, shape: 'saw' }]),
  recipe('season', 500, 1, 200, normal(10), [{ kind: 'season', period: 60, height: 70, shape: 'peaks' }]),
  recipe('season', 840, 60, 2e4, normal(900), [{ kind: 'season', period: 168, height: 12e3, shape: 'two_humps' }]),
  recipe('season', 1440, 1, 7, ar(0.5, 0.5), [{ kind: 'season', period: 75, height: 5 }]),
  recipe('season', 720, 60, 30, { kind: 'lognormal', sigma: 0.12 }, [{ kind: 'season', period: 24, height: 25 }]),
  recipe('season', 1344, 15, 40, { kind: 'poisson', sigma: 0 }, [{ kind: 'season', period: 96, height: 40, shape: 'sine' }]),
  recipe('gap', 1008, 10, 17, uniform(1), [{ kind: 'gap', at: 300, length: 25 }]),
  recipe('gap', 672, 15, 700, normal(50), [{ kind: 'season', period: 96, height: 400 }, { kind: 'gap', at: 250, length: 60 }]),
  recipe('gap', 400, 2, 5, { kind: 'poisson', sigma: 0 }, [{ kind: 'gap', at: 100, length: 4 }, { kind: 'gap', at: 320, length: 9 }]),
  recipe('counter', 1008, 10, 120, { kind: 'poisson', sigma: 0 }, [{ kind: 'reset', at: 400 }], { counter: true }),
  recipe('counter', 672, 15, 90, uniform(9), [{ kind: 'reset', at: 100 }, { kind: 'reset', at: 400 }, { kind: 'reset', at: 550 }], { counter: true }),
  recipe('counter', 1440, 1, 25, normal(2), [{ kind: 'spike', at: 900, height: 40, length: 3 }, { kind: 'reset', at: 1200 }], { counter: true }),
  recipe('counter', 720, 60, 800, normal(40), [{ kind: 'season', period: 24, height: 600 }], { counter: true }),
  recipe('mixture', 1008, 10, 200, uniform(8), [{ kind: 'season', period: 144, height: 120, shape: 'saw' }, { kind: 'spike', at: 480, height: 140, length: 2 }]),
  recipe('mixture', 672, 15, 50, normal(3), [{ kind: 'season', period: 96, height: 40, shape: 'peaks' }, { kind: 'shift', at: 400, height: 25 }]),
  recipe('mixture', 2016, 5, 20, normal(1), [{ kind: 'season', period: 288, height: 12, shape: 'sine' }, { kind: 'leak', height: 10 }, { kind: 'spike', at: 1400, height: 14 }]),
  recipe('mixture', 700, 30, 500, student(15), [{ kind: 'shift', at: 350, height: -150 }, { kind: 'gap', at: 500, length: 20 }]),
  recipe('mixture', 1440, 1, 30, normal(1), [{ kind: 'leak', height: 12 }, { kind: 'gap', at: 600, length: 40 }, { kind: 'spike', at: 1200, height: 15, length: 2 }], { unit: '%' }),
  recipe('mixture', 840, 60, 1e4, normal(400), [{ kind: 'season', period: 24, height: 5e3, shape: 'two_humps' }, { kind: 'shift', at: 500, height: -4e3 }, { kind: 'gap', at: 100, length: 15 }]),
];
