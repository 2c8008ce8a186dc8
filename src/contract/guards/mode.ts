import { allow, type Guard } from './types';

const MEANING = {
  observe: 'is only written down, not done',
  approve: 'waits for the approval of a person',
  auto: 'is done without asking',
} as const;

/** Never refuses: it says what the mode means. */
export const mode: Guard = ({ policy }) =>
  allow('mode', `Mode ${policy.mode} (from: ${policy.origins.mode ?? 'default'}): an action that all other guards allow ${MEANING[policy.mode]}.`, { limit: policy.mode });
