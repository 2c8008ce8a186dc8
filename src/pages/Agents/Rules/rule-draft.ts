import type { AlertRulesAnswer } from '../../../contract/observability/payloads';

export type StoredRule = AlertRulesAnswer['rules'][number];

/** What is typed: text, so that what is no number stays as it was typed and the server says what is wrong with it. */
export interface RuleDraft {
  name: string;
  title: string;
  scope: string;
  condition: string;
  threshold: string;
  severity: string;
  type: string;
  message_template: string;
  cooldown_minutes: string;
  for_seconds: string;
  window_minutes: string;
  enabled: boolean;
  notify: boolean;
}

/** What a new rule begins with. */
export const NEW_RULE: RuleDraft = {
  name: '',
  title: '',
  scope: 'agents',
  condition: 'error_rate > threshold',
  threshold: '5',
  severity: 'warning',
  type: 'reliability',
  message_template: 'Error rate of the agents is {error_rate}%, above {threshold}%.',
  cooldown_minutes: '5',
  for_seconds: '0',
  window_minutes: '5',
  enabled: true,
  notify: true,
};

export const draftOf = ({ from: _, labels: _labels, threshold, cooldown_minutes: cooldown, for_seconds: least, window_minutes: back, ...rule }: StoredRule): RuleDraft => ({
  ...rule,
  threshold: threshold === undefined ? '' : String(threshold),
  cooldown_minutes: String(cooldown),
  for_seconds: String(least),
  window_minutes: String(back),
});

/** A number where it is one; else what was typed, which the server refuses with a reason. */
const numberOf = (text: string): number | string => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text);

/** The rule as it is sent. @param before the one that is changed, whose labels stay */
export function bodyOf(draft: RuleDraft, before: StoredRule | undefined): Record<string, unknown> {
  const { threshold, cooldown_minutes: cooldown, for_seconds: least, window_minutes: back, ...rest } = draft;
  return {
    ...rest,
    ...(threshold.trim() === '' ? {} : { threshold: numberOf(threshold) }),
    cooldown_minutes: numberOf(cooldown),
    for_seconds: numberOf(least),
    window_minutes: numberOf(back),
    ...(before ? { labels: before.labels } : {}),
  };
}
