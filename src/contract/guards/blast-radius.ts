import type { GuardVerdict } from '../events';
import { HOUR_MS, type Touches } from '../ledger';
import { allow, iso, refuse, type Guard } from './types';

interface Limit {
  guard: string;
  /** Different containers within an hour. */
  limit: number;
  unit: string;
  touches: Touches | undefined;
  targets: readonly string[];
  now: number;
}

/** Counts the containers touched within the last hour together with those that would be touched now. */
function within({ guard, limit, unit, touches, targets, now }: Limit): GuardVerdict {
  const cutoff = now - HOUR_MS;
  const planned = new Set(targets);
  const known = [...planned].filter((key) => (touches?.lastOf(key) ?? cutoff) > cutoff).length;
  const others = (touches?.countSince(cutoff) ?? 0) - known;
  const total = others + planned.size;
  const detail = { limit: `${limit} ${unit}`, measured: `${others} touched within the hour, ${planned.size} planned` };
  if (total <= limit) {
    return allow(guard, 'The limit is kept.', detail);
  }
  if (planned.size > limit) {
    return refuse(guard, `This plan alone touches ${planned.size} containers, and ${limit} ${unit} is the limit.`, detail);
  }
  const rest = touches?.since(cutoff).filter((touch) => !planned.has(touch.key)) ?? [];
  const freeAt = (rest[total - limit - 1]?.time ?? now) + HOUR_MS;
  return refuse(guard, `${others} other containers were touched within the last hour and this plan touches ${planned.size}; the limit is ${limit} ${unit}. There is room again at ${iso(freeAt)}.`, {
    ...detail,
    freeAt,
  });
}

const targetsOf = (order: readonly string[], key: string) => (order.length > 0 ? order : [key]);

export const blastRadiusHour: Guard = ({ plan, subject, history, policy, now }) =>
  within({
    guard: 'blast_radius_hour',
    limit: policy.blast_radius.containers_per_hour,
    unit: 'containers an hour',
    touches: history.fleet,
    targets: targetsOf(plan.order, subject.key),
    now,
  });

export const blastRadiusProject: Guard = ({ plan, subject, history, policy, now }) => {
  if (!subject.project) {
    return allow('blast_radius_project', 'It belongs to no compose project.');
  }
  return within({
    guard: 'blast_radius_project',
    limit: policy.blast_radius.per_project_per_hour,
    unit: `containers an hour in the project ${subject.project}`,
    touches: history.ofProject(subject.project),
    targets: targetsOf(plan.order, subject.key),
    now,
  });
};

export const blastRadiusShare: Guard = ({ plan, subject, history, policy, fleet, now }) => {
  const { fleet_share, fleet_share_min } = policy.blast_radius;
  const limit = Math.max(fleet_share_min, Math.floor(fleet.containers * fleet_share));
  return within({
    guard: 'blast_radius_share',
    limit,
    unit: `containers an hour (${Math.round(fleet_share * 100)} % of ${fleet.containers}, at least ${fleet_share_min})`,
    touches: history.fleet,
    targets: targetsOf(plan.order, subject.key),
    now,
  });
};
