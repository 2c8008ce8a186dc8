/** Text without its secrets. */
export interface Redacted {
  text: string;
  /** How many were blacked out. */
  count: number;
}

/** What stands where a secret stood. */
export const BLACKED_OUT = '[redacted]';

/** One kind of search. It leaves alone what is blacked out already. */
export type Pass = (text: string) => Redacted;

/** A place in the text and what shall stand there. */
export interface Cut {
  from: number;
  to: number;
  with: string;
}

/** Applies cuts that are in order and do not overlap. */
export function applyCuts(text: string, cuts: readonly Cut[]): Redacted {
  if (cuts.length === 0) {
    return { text, count: 0 };
  }
  const parts: string[] = [];
  let at = 0;
  for (const cut of cuts) {
    parts.push(text.slice(at, cut.from), cut.with);
    at = cut.to;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), count: cuts.length };
}
