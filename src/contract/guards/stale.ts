import { allow, refuse, secondsSince, type Guard } from './types';

export const stale: Guard = ({ alertedAt, policy, now }) => {
  const limit = `${policy.stale_after_seconds} s`;
  if (alertedAt === undefined) {
    return allow('stale', 'The decision does not say when the illness was seen.', { limit });
  }
  const measured = secondsSince(alertedAt, now);
  return now - alertedAt <= policy.stale_after_seconds * 1000
    ? allow('stale', 'The decision is fresh.', { limit, measured })
    : refuse('stale', `The illness was seen ${measured} ago; after ${limit} it must be seen anew before anything is done.`, { limit, measured });
};
