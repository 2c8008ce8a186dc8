import { AnswerCache } from '../answer-cache';

/** Answers that are kept at once. */
const MAX_KEPT = 100;
/** Weight of all kept answers together: about as many rows, lines and steps. */
const MAX_WEIGHT = 100_000;

export interface CacheOptions<T> {
  /** How long an answer is kept, milliseconds; 0 keeps none. */
  lifeMs: number;
  weightOf: (answer: T) => number;
  now?: () => number;
}

/** Answers of the last moments to questions of collectors (R369). */
export const collectCache = <T>(options: CacheOptions<T>): AnswerCache<T> => new AnswerCache({ ...options, maxWeight: MAX_WEIGHT, heaviest: MAX_WEIGHT / 2, maxKept: MAX_KEPT });
