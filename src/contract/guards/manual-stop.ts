import type { ContainerState } from '../containers';
import type { LedgerSide } from '../ledger';
import { allow, iso, parseTime, refuse, type Guard } from './types';

/** What the engine reports this long after our own intent is taken for our own doing. */
const OURS_MS = 90_000;
const CLOCK_SLACK_MS = 2000;

function byPerson(at: number | undefined, key: string, real: LedgerSide): number | undefined {
  const ours = real.fleet.lastOf(key);
  const isOurs = at !== undefined && ours !== undefined && at >= ours - CLOCK_SLACK_MS && at <= ours + OURS_MS;
  return isOurs ? undefined : at;
}

/** True when a person stopped it and nobody has started it since. */
function staysStopped(container: ContainerState, stoppedAt: number | undefined): boolean {
  const startedAt = parseTime(container.started_at) ?? 0;
  return stoppedAt !== undefined && !['running', 'restarting'].includes(container.status) && stoppedAt >= startedAt;
}

export const manualStop: Guard = ({ container, policy, subject, real, now }) => {
  const guard = 'manual_stop';
  const limit = `${policy.manual_grace_seconds} s`;
  if (!container) {
    return allow(guard, 'Nothing is known of a stop or start by a person.', { limit });
  }
  const stoppedAt = byPerson(parseTime(container.manual_stop_at), subject.key, real);
  if (stoppedAt !== undefined && staysStopped(container, stoppedAt)) {
    return refuse(guard, `A person stopped it at ${iso(stoppedAt)}; it stays stopped until a person starts it.`, { limit });
  }
  const startedAt = byPerson(parseTime(container.manual_start_at), subject.key, real);
  const last = Math.max(stoppedAt ?? 0, startedAt ?? 0);
  const freeAt = last + policy.manual_grace_seconds * 1000;
  return last > 0 && now < freeAt
    ? refuse(guard, `A person stopped or started it by hand at ${iso(last)}; it is left alone for ${limit} after that.`, { limit, freeAt })
    : allow(guard, 'No person stopped or started it lately.', { limit });
};
