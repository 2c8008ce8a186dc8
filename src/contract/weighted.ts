/** Arithmetic that every score is made of: parts from 0 to 100, each with a share. Pure. */

/** Within 0 and 100. */
export const clamp = (value: number): number => Math.min(100, Math.max(0, value));

export const round = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits;

interface Weighted {
  /** 0 to 100; null is unknown. */
  score: number | null;
  /** Share in the whole. */
  weight: number;
}

/** The same parts with the weights of the known ones scaled up to 1 together, and 0 for what is unknown (R123). */
export function rescaled<T extends Weighted>(parts: readonly T[]): T[] {
  const total = parts.reduce((sum, { score, weight }) => sum + (score === null ? 0 : weight), 0);
  return parts.map((part) => ({ ...part, weight: part.score === null ? 0 : part.weight / total }));
}

/** Of parts whose weights are scaled; null when nothing is known. */
export function weightedMean(parts: readonly Weighted[]): number | null {
  return parts.every(({ score }) => score === null) ? null : parts.reduce((sum, { score, weight }) => sum + (score ?? 0) * weight, 0);
}
