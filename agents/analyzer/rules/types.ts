import type { Action, EventData, Evidence, Figures } from '../../../src/contract/events';

/** An earlier alert of the same container. */
export interface PastAlert {
  id: string;
  /** ISO 8601 UTC. */
  time: string;
  metrics: Figures;
}
/** Newest first, without the alert that is being judged. */
export type History = readonly PastAlert[];

export interface RuleInput {
  container: string;
  alert: EventData<'health_alert'>;
}

/** What a rule says, and what it looked at. */
export interface Finding {
  rule: string;
  action: Action;
  /** 0..1 */
  confidence: number;
  reason: string;
  rootCause: string;
  evidence: Evidence[];
  falseAlarm: boolean;
  /**
   * What no model may turn around: `ill` (the container has certainly died or lost what it needs) or
   * `hands_off` (acting would do harm or nothing).
   */
  certain?: 'ill' | 'hands_off';
}

/** Pure: the same alert and history always give the same finding. */
export interface Rule {
  name: string;
  /** True when this alert cannot be judged by this rule without the history. */
  needsHistory?(input: RuleInput): boolean;
  judge(input: RuleInput, history: History): Omit<Finding, 'rule'> | undefined;
}
