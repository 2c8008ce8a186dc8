import { allow, parseTime, refuse, secondsSince, type Guard } from './types';

export const startGrace: Guard = ({ container, policy, now }) => {
  const guard = 'start_grace';
  const limit = `${policy.start_grace_seconds} s`;
  if (container?.status !== 'running') {
    return allow(guard, 'It is not starting.', { limit });
  }
  if (container.health_status === 'starting') {
    return refuse(guard, 'Its health check still says "starting"; Docker itself ends that.', { limit, measured: 'starting' });
  }
  const startedAt = parseTime(container.started_at);
  if (startedAt === undefined) {
    return allow(guard, 'It is not known when it started.', { limit });
  }
  const measured = secondsSince(startedAt, now);
  const freeAt = startedAt + policy.start_grace_seconds * 1000;
  return now < freeAt
    ? refuse(guard, `It started ${measured} ago; it is given ${limit} to get going.`, { limit, measured, freeAt })
    : allow(guard, 'It has had time to get going.', { limit, measured });
};
