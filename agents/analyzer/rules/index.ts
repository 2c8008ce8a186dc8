import { ORIGINAL_RULES } from './original';
import { OUR_RULES } from './ours';
import type { Finding, History, RuleInput } from './types';

export type { Finding, History, PastAlert, RuleInput } from './types';

/** First match wins: what only we see goes first, then the original's rules in its order; the last one always matches. */
export const RULES = [...OUR_RULES, ...ORIGINAL_RULES];

/**
 * The verdict of the rules.
 * @returns undefined when it hangs on the history and none was given: reading it is left out where nothing needs it.
 */
export function judgeByRules(input: RuleInput, history?: History): Finding | undefined {
  for (const rule of RULES) {
    if (history === undefined && rule.needsHistory?.(input)) {
      return undefined;
    }
    const found = rule.judge(input, history ?? []);
    if (found) {
      return { rule: rule.name, ...found };
    }
  }
  throw new Error('The last rule matches everything.');
}
