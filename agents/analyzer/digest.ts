import { redactLines } from '../../src/contract/redact';
import { cut, visibleText } from '../runtime/untrusted';

/** A log, short enough for a prompt. */
export interface Digest {
  /** Lines that tell of trouble, oldest first. */
  troubles: string[];
  /** The last of the other lines, oldest first. */
  last: string[];
  /** Lines that are not shown. */
  left: number;
}

interface Folded {
  text: string;
  times: number;
  /** Position of its last occurrence. */
  at: number;
  trouble: boolean;
}

const MAX_LINE = 300;
/** Lines that are looked at. */
const MAX_READ = 2000;
const TROUBLE =
  /error|fatal|panic|exception|traceback|critical|emerg|segfault|segmentation|killed|out of memory|\boom\b|cannot|could not|can't|unable|fail|refused|denied|timed? ?out|unreachable|no such|not found|missing|invalid|abort|crash|exhausted|no space|too many/i;

/** What two lines may differ in and still say the same: times, numbers, ids. */
function sameness(line: string): string {
  return line
    .replace(/\b[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b/gi, '#')
    .replace(/\d+/g, '#')
    .slice(0, 200);
}

function fold(lines: readonly string[]): Folded[] {
  const known = new Map<string, Folded>();
  lines.forEach((line, at) => {
    const key = sameness(line);
    const times = (known.get(key)?.times ?? 0) + 1;
    // The newest of them stands for all, at its own place.
    known.delete(key);
    known.set(key, { text: line, times, at, trouble: TROUBLE.test(line) });
  });
  return [...known.values()];
}

function shown(folded: Folded): string {
  return folded.times > 1 ? `${cut(folded.text, MAX_LINE)} (${folded.times} times)` : cut(folded.text, MAX_LINE);
}

/** As many of the newest as fit. */
function newest(lines: readonly Folded[], maxLines: number, maxLength: number): Folded[] {
  const taken: Folded[] = [];
  let length = 0;
  for (const line of [...lines].reverse()) {
    length += Math.min(line.text.length, MAX_LINE) + 16;
    if (taken.length >= maxLines || length > maxLength) {
      break;
    }
    taken.unshift(line);
  }
  return taken;
}

/**
 * Reduces a log: lines of trouble first, repeated lines folded into one, the last of the rest, all redacted.
 * @param lines oldest first
 * @param maxLength characters in all; two thirds are for the trouble
 */
export function digestLog(lines: readonly string[], maxLines: number, maxLength: number): Digest {
  // All lines at once, so that a key over several lines is seen as one.
  const clean = redactLines(lines.slice(-MAX_READ).map(visibleText))
    .lines.map((line) => line.replace(/\s+/g, ' ').trim())
    .filter(Boolean);
  const folded = fold(clean);
  const troubles = newest(folded.filter((line) => line.trouble), Math.ceil((maxLines * 2) / 3), Math.ceil((maxLength * 2) / 3));
  const used = troubles.reduce((sum, line) => sum + Math.min(line.text.length, MAX_LINE) + 16, 0);
  const last = newest(folded.filter((line) => !line.trouble), maxLines - troubles.length, maxLength - used);
  const count = (list: readonly Folded[]) => list.reduce((sum, line) => sum + line.times, 0);
  return { troubles: troubles.map(shown), last: last.map(shown), left: clean.length - count(troubles) - count(last) };
}
