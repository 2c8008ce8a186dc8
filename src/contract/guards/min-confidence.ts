import { allow, refuse, type Guard } from './types';

export const minConfidence: Guard = ({ confidence, policy }) => {
  const detail = { limit: String(policy.min_confidence), measured: String(confidence) };
  return confidence >= policy.min_confidence
    ? allow('min_confidence', 'The analysis is sure enough.', detail)
    : refuse('min_confidence', `The analysis is not sure enough: ${confidence}, and ${policy.min_confidence} is needed.`, detail);
};
