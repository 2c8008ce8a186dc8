import { allow, refuse, secondsSince, type Guard } from './types';

export const confirmation: Guard = ({ illSince, policy, now }) => {
  const guard = 'confirmation';
  const limit = `${policy.confirm_seconds} s`;
  if (policy.confirm_seconds === 0 || illSince === undefined) {
    return allow(guard, policy.confirm_seconds === 0 ? 'No waiting time is set.' : 'It is not known how long it has been ill.', { limit });
  }
  const measured = secondsSince(illSince, now);
  const freeAt = illSince + policy.confirm_seconds * 1000;
  return now < freeAt
    ? refuse(guard, `It has been ill for ${measured}; it must be ill for ${limit} first, since many recover alone.`, { limit, measured, freeAt })
    : allow(guard, 'It has been ill long enough.', { limit, measured });
};
