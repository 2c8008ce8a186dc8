import { openWindow, scopeCovers, type OpenWindow } from '../policy';
import { switchedMaintenance } from '../switches';
import { allow, iso, refuse, type Guard, type GuardFacts } from './types';

type Facts = Pick<GuardFacts, 'policy' | 'switches' | 'subject'>;

/** What is under way at a moment, and when that very thing ends (Infinity when that cannot be told). */
function inForce({ policy, switches, subject }: Facts, at: number): { until: number; what: string } | undefined {
  const window = openWindow(
    policy.maintenance.filter((one) => scopeCovers(one.scope, subject)),
    at
  );
  const switched = switchedMaintenance(switches, subject, at);
  if (!window && !switched) {
    return undefined;
  }
  const what = switched ? `${switched.user} has set maintenance for ${switched.scope}` : windowText(window);
  return { until: Math.max(window ? (window.until ?? Infinity) : 0, switched?.until ?? 0), what };
}

/** Windows and switches may follow each other: the end is when none is in force any more. */
function end(facts: Facts, now: number): { until: number; what: string } | undefined {
  const first = inForce(facts, now);
  let until = first?.until ?? now;
  for (let step = 0; step < 32 && Number.isFinite(until); step += 1) {
    const next = inForce(facts, until);
    if (!next) {
      return first && { ...first, until };
    }
    until = next.until;
  }
  return first && { ...first, until: Infinity };
}

const windowText = (window: OpenWindow | undefined) => `The maintenance window ${window?.name || 'of the policy'} is open`;

export const maintenance: Guard = (facts) => {
  const open = end(facts, facts.now);
  if (!open) {
    return allow('maintenance', 'No maintenance is under way.');
  }
  const ends = Number.isFinite(open.until);
  const until = !ends ? '' : ` until ${iso(open.until)}`;
  return refuse('maintenance', `${open.what}${until}; nothing is done meanwhile.`, ends ? { freeAt: open.until } : {});
};
