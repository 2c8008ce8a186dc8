import { MINUTE_MS, type FigureRow } from '../../../src/contract/observability/aggregate';
import { agentsVariables, agentVariables, breakerVariables, componentVariables, systemVariables, type RuleValues } from '../../../src/contract/observability/rules';
import type { AlertRule, Observed, Range } from '../../../src/contract/observability/schemas';

/** One thing that a rule is evaluated over. */
export interface Subject {
  /** Empty where the rule is about the whole. */
  item: string;
  values: RuleValues;
}

/** What rules are evaluated over. */
export interface Seen {
  observed: Observed;
  /** Figures of the agents over the window of a rule; undefined when they could not be read. */
  rows: readonly FigureRow[] | undefined;
  range: Range;
}

export const usesFigures = (rule: AlertRule): boolean => rule.scope === 'agents' || rule.scope === 'agent';

export function windowOf(rule: AlertRule, now: number): Range {
  return { from: now - rule.window_minutes * MINUTE_MS, to: now };
}

/**
 * The things of a rule with their values. Pure.
 * @returns `complete`: false when there may be more of them, so that one that is missing is not gone
 */
export function subjectsOf(rule: AlertRule, { observed, rows, range }: Seen): { subjects: Subject[]; complete: boolean } {
  switch (rule.scope) {
    case 'agents':
      return { subjects: [{ item: '', values: agentsVariables(rows, range) }], complete: true };
    case 'system':
      return { subjects: [{ item: '', values: systemVariables(observed) }], complete: true };
    case 'component':
      return { subjects: observed.components.map((one) => ({ item: one.name, values: componentVariables(one) })), complete: true };
    case 'breaker':
      return { subjects: observed.breakers.map((one) => ({ item: one.name, values: breakerVariables(one) })), complete: true };
    case 'agent': {
      const names = [...new Set(rows?.map(({ agent }) => agent))].sort();
      return { subjects: names.map((name) => ({ item: name, values: agentVariables(name, rows, range) })), complete: rows !== undefined };
    }
  }
}
