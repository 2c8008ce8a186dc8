import { plainText } from '../../../src/contract/story/plain-text';
import { clockOrDate } from '../../../src/contract/story/time';

const MAX_NAME = 120;
/** Figures that a reader keeps apart. */
const DIGITS = 3;

/** Name of a series, safe in a sentence: others choose it. */
export const nameText = (name: string): string => plainText(name, MAX_NAME);

/** To three figures, whole numbers to at least four: more would claim to know more. */
export function rounded(value: number): number {
  return Number(value.toPrecision(Math.abs(value) >= 1000 ? DIGITS + 1 : DIGITS));
}

/** `42.1 %`, `1280 MB`, `3`. */
export function figureText(value: number, unit: string): string {
  return unit === '' ? String(rounded(value)) : `${rounded(value)} ${plainText(unit, 40)}`;
}

/** Percentage by which something changed, with its sign; empty where it began at about nothing. */
export function changeText(from: number, to: number): string {
  const change = changeOf(from, to);
  return change === undefined ? '' : `${change > 0 ? '+' : ''}${rounded(change)} %`;
}

/** Percent from one level to another; undefined where the first is about nothing beside the second. */
export function changeOf(from: number, to: number): number | undefined {
  const change = ((to - from) / Math.abs(from)) * 100;
  return Number.isFinite(change) && Math.abs(from) * 1000 > Math.abs(to) ? change : undefined;
}

export const isoTime = (ms: number): string => new Date(ms).toISOString();

/** `14:05:00 UTC`, with the date where it is of another day than `now`. @param ms, now milliseconds since 1970 */
export const whenText = (ms: number, now: number): string => `${clockOrDate(isoTime(ms), isoTime(now))} UTC`;

const ORDER = ['low', 'medium', 'high'] as const;
/** What the forms know of (R314): nothing that a dashboard shows is critical by itself. */
export type Level = (typeof ORDER)[number];

export const levelRank = (level: string): number => ORDER.findIndex((one) => one === level);
