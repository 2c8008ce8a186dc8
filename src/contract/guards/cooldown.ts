import { allow, iso, refuse, secondsSince, type Guard } from './types';

export const cooldown: Guard = ({ history, policy, subject, now }) => {
  const limit = `${policy.cooldown_seconds} s`;
  const last = history.lastAction(subject.key);
  if (!last) {
    return allow('cooldown', 'Nothing was done to it before.', { limit });
  }
  const measured = secondsSince(last.time, now);
  const freeAt = last.time + policy.cooldown_seconds * 1000;
  return now < freeAt
    ? refuse('cooldown', `The last action (${last.action}) was ${measured} ago; the cooldown of ${limit} ends at ${iso(freeAt)}.`, { limit, measured, freeAt })
    : allow('cooldown', 'The cooldown after the last action is over.', { limit, measured });
};
