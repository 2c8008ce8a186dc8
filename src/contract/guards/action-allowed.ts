import { allow, refuse, type Guard } from './types';

export const actionAllowed: Guard = ({ plan, policy }) => {
  const limit = policy.actions.join(', ') || 'none';
  if (plan.action === 'none') {
    const by = policy.action === 'none' ? 'The label hemostat.action or the policy says that nothing is to be done.' : 'Nothing is to be done.';
    return refuse('action_allowed', by, { limit, measured: 'none' });
  }
  return policy.actions.includes(plan.action)
    ? allow('action_allowed', `The policy allows ${plan.action}.`, { limit, measured: plan.action })
    : refuse('action_allowed', `The policy does not allow ${plan.action}; it allows: ${limit}.`, { limit, measured: plan.action });
};
