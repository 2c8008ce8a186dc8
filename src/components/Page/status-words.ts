import { t } from '../text';
import type { StatusAnswer } from '../../contract/api';

const MEGABYTE = 1e6;

/** `6 agents, 3 entries behind, Redis 41 MB` */
function healerWords({ agents, groups, redis, ok }: StatusAnswer): string {
  const alive = new Set(agents.filter((one) => one.alive).map((one) => one.agent)).size;
  const behind = groups.reduce((most, one) => Math.max(most, (one.lag ?? 0) + one.pending), 0);
  const parts = [
    t('status.agents', '{{count}} agents', { count: alive }),
    behind > 0 ? t('status.behind', '{{count}} entries behind', { count: behind }) : t('status.caught-up', 'log read to its end'),
    ...(redis ? [t('status.redis', 'Redis {{size}} MB', { size: Math.round(redis.used_bytes / MEGABYTE) })] : []),
  ];
  return `${ok ? t('status.healer-well', 'healer well') : t('status.healer-ill', 'healer not well')}: ${parts.join(', ')}`;
}

/** The state of everything in one sentence. */
export function statusWords(status: StatusAnswer): string {
  const { fleet, mode, paused } = status;
  const ill = fleet.ill === 0 ? t('status.all-well', 'all {{count}} containers well', { count: fleet.total }) : t('status.some-ill', '{{ill}} of {{count}} containers ill', { ill: fleet.ill, count: fleet.total });
  const acting = paused ? t('status.mode-paused', 'paused') : t('status.mode', 'mode {{mode}}', { mode: mode.join(', ') || t('status.no-responder', 'unknown (no responder)') });
  return [ill, acting, healerWords(status)].join(' · ');
}
