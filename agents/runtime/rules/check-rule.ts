import { alertRuleSchema, type AlertRule } from '../../../src/contract/observability/schemas';
import { compile } from './expression';

export type CheckedRule = { ok: true; rule: AlertRule } | { ok: false; problems: string[] };

const MOST_PROBLEMS = 20;

/** Reads a rule from anywhere, and says in words all that is wrong with it. What is left out gets its default. */
export function checkRule(given: unknown): CheckedRule {
  const read = alertRuleSchema.safeParse(given);
  if (!read.success) {
    return { ok: false, problems: read.error.issues.slice(0, MOST_PROBLEMS).map(({ path, message }) => `${path.join('.') || 'rule'}: ${message}`.slice(0, 300)) };
  }
  const compiled = compile(read.data);
  return compiled.ok ? { ok: true, rule: read.data } : { ok: false, problems: [compiled.error] };
}
