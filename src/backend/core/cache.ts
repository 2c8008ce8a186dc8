import { AnswerCache } from '../../../agents/runtime/answer-cache';
import type { Frame } from './types';

/** Values of all kept answers together, at most. */
const MAX_VALUES = 1_000_000;
const MAX_KEPT = 200;

const sizeOf = (frames: readonly Frame[]) => frames.reduce((sum, frame) => sum + frame.fields.length * (frame.fields[0]?.values.length ?? 0), 0);

/** Answers of the last seconds to queries. @param lifeMs how long each is kept */
export const frameCache = (lifeMs: number, now?: () => number): AnswerCache<Frame[]> =>
  new AnswerCache<Frame[]>({ lifeMs, weightOf: sizeOf, maxWeight: MAX_VALUES, heaviest: MAX_VALUES / 4, maxKept: MAX_KEPT, ...(now ? { now } : {}) });
