import { MINUTE_MS } from './aggregate';
import type { Range } from './schemas';

/** Ranges of time (R345). They are milliseconds since 1970, so UTC whatever the zone of the machine. */

export const lastMinutes = (minutes: number, now: number): Range => ({ from: now - minutes * MINUTE_MS, to: now });
export const lastHours = (hours: number, now: number): Range => lastMinutes(hours * 60, now);

/** The range of equal length just before, without a common moment (R398). */
export const previousRange = ({ from, to }: Range): Range => ({ from: from - (to - from) - 1, to: from - 1 });

export const secondsOf = ({ from, to }: Range): number => Math.max(0, to - from) / 1000;

/** Both ends, ISO 8601 UTC. */
export const isoRange = ({ from, to }: Range): { from: string; to: string } => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });

/** With or without a trailing `Z` it is UTC (R162). @returns milliseconds since 1970; NaN when it is no time */
export function utcTime(timestamp: string): number {
  const text = timestamp.trim();
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  // A date alone is UTC by itself; a time without a zone would be read as the machine's own.
  return Date.parse(zoned || !text.includes(':') ? text : `${text}Z`);
}
