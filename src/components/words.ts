import { t } from './text';

/** A text that others have written, in a table that must not answer for `constructor`. */
const lookUp = (table: Record<string, string>, key: string): string => (Object.hasOwn(table, key) ? (table[key] ?? key) : key);

/** State of an incident, in words. */
export const stateWords = (state: string): string =>
  lookUp(
    {
      open: t('words.open', 'seen'),
      analyzing: t('words.analyzing', 'looking for the cause'),
      awaiting_approval: t('words.awaiting', 'waits for you'),
      remediating: t('words.remediating', 'acting'),
      verifying: t('words.verifying', 'checking whether it helped'),
      resolved: t('words.resolved', 'resolved'),
      recovered_alone: t('words.recovered', 'recovered by itself'),
      false_alarm: t('words.false-alarm', 'false alarm'),
      failed: t('words.failed', 'failed'),
      suppressed: t('words.suppressed', 'not acted'),
    },
    state
  );

/** Verdict on an action, in words. */
export const verdictWords = (verdict: string): string => lookUp({ helped: t('words.helped', 'helped'), no_change: t('words.no-change', 'no change'), worse: t('words.worse', 'worse') }, verdict);

/** How an action ended, in words. */
export const resultWords = (result: string): string =>
  lookUp(
    {
      success: t('words.success', 'done'),
      failed: t('words.result-failed', 'failed'),
      rejected: t('words.rejected', 'refused'),
      not_applicable: t('words.not-applicable', 'needs a person'),
      dry_run: t('words.dry-run', 'observed only'),
    },
    result
  );

/** Name of a guard or a type as the contract writes it, with spaces. */
export const plainName = (name: string): string => name.replaceAll('_', ' ');
