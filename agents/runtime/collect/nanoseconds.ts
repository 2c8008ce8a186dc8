/** Whole microseconds of a time in nanoseconds, as milliseconds with a fraction; undefined when it is none. */
export function millisecondsOf(nanoseconds: string | number): number | undefined {
  const text = String(nanoseconds);
  // More digits than a number holds exactly: the last three are not looked at.
  return /^\d{1,20}$/.test(text) ? Number(BigInt(text) / 1000n) / 1000 : undefined;
}

/** ISO 8601 UTC; undefined when it is no time that a date can hold. */
export function isoOfMilliseconds(ms: number | undefined): string | undefined {
  return ms !== undefined && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;
}

export const isoOfNanoseconds = (nanoseconds: string | number): string | undefined => isoOfMilliseconds(millisecondsOf(nanoseconds));
