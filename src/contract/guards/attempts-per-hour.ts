import { HOUR_MS } from '../ledger';
import { allow, iso, refuse, type Guard } from './types';

export const attemptsPerHour: Guard = ({ history, policy, subject, now }) => {
  const guard = 'attempts_per_hour';
  const limit = policy.attempts_per_hour;
  const recent = history.attempts(subject.key).filter((attempt) => attempt.time > now - HOUR_MS);
  const detail = { limit: `${limit} an hour`, measured: String(recent.length) };
  if (recent.length < limit) {
    return allow(guard, 'There are attempts left for this hour.', detail);
  }
  const releasing = recent[recent.length - limit];
  if (!releasing) {
    return refuse(guard, 'The policy allows no attempt at all on it (attempts_per_hour is 0).', detail);
  }
  const freeAt = releasing.time + HOUR_MS;
  return refuse(guard, `It was acted on ${recent.length} times within the last hour, and ${limit} is the limit; the next attempt is free at ${iso(freeAt)}.`, { ...detail, freeAt });
};
