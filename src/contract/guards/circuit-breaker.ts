import { allow, iso, refuse, type Guard } from './types';

export const circuitBreaker: Guard = ({ history, policy, subject, now }) => {
  const { failures, window_seconds } = policy.breaker;
  const windowMs = window_seconds * 1000;
  const recent = history.failures(subject.key).filter((time) => time > now - windowMs);
  const detail = { limit: `${failures} in ${window_seconds} s`, measured: String(recent.length) };
  if (recent.length < failures) {
    return allow('circuit_breaker', 'Not too many actions on it failed or were of no use lately.', detail);
  }
  const freeAt = (recent[recent.length - failures] ?? now) + windowMs;
  return refuse('circuit_breaker', `${recent.length} actions on it failed or did not help within ${window_seconds} s; acting again would not either. The breaker closes at ${iso(freeAt)}.`, {
    ...detail,
    freeAt,
  });
};
