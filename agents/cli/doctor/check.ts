/** One finding of `doctor`. */
export interface Check {
  level: 'ok' | 'warn' | 'fail';
  what: string;
  found: string;
  /** What to do; empty when nothing is to be done. */
  mend: string;
}

export const ok = (what: string, found: string): Check => ({ level: 'ok', what, found, mend: '' });
export const warn = (what: string, found: string, mend: string): Check => ({ level: 'warn', what, found, mend });
export const fail = (what: string, found: string, mend: string): Check => ({ level: 'fail', what, found, mend });

/** Milliseconds by which two clocks may differ before cooldowns and ages become wrong. */
const SKEW_WARN_MS = 2000;
const SKEW_FAIL_MS = 30_000;

/**
 * Compares another clock with ours.
 * @param sent, received our milliseconds around the question
 */
export function clockCheck(what: string, theirs: number, sent: number, received: number): Check {
  const difference = theirs - (sent + received) / 2;
  const doubt = (received - sent) / 2;
  const beyond = Math.max(0, Math.abs(difference) - doubt);
  const text = `${Math.abs(difference) < 1000 ? `${Math.round(Math.abs(difference))} ms` : `${(Math.abs(difference) / 1000).toFixed(1)} s`} ${difference >= 0 ? 'ahead of' : 'behind'} this machine`;
  const mend = 'Set the clocks by NTP (timedatectl set-ntp true on both machines).';
  if (beyond > SKEW_FAIL_MS) {
    return fail(what, text, mend);
  }
  return beyond > SKEW_WARN_MS ? warn(what, text, mend) : ok(what, text);
}

/** -1, 0 or 1 for versions such as 7.0.15; what is missing counts as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) {
      return Math.sign(difference);
    }
  }
  return 0;
}
