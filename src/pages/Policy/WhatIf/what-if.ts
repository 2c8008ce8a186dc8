import { t } from '../../../components/text';
import { plainName } from '../../../components/words';
import type { WhatIfAnswer } from '../../../contract/api';

export type WhatIfLine = WhatIfAnswer['lines'][number];
type Outcome = WhatIfLine['before'];

const does = ({ kind }: Outcome): boolean => kind === 'acts' || kind === 'asks';

/** Guards by how often, most often first: `cooldown 2, paused`. */
function guardWords(lines: readonly WhatIfLine[]): string {
  const counts = new Map<string, number>();
  lines.forEach(({ after: { guard } }) => guard && counts.set(guard, (counts.get(guard) ?? 0) + 1));
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([guard, count]) => (sorted.length === 1 ? plainName(guard) : `${plainName(guard)} ${count}`)).join(', ');
}

/** `14 actions as now · 3 would vanish (cooldown) · 1 would appear · 0 exceed the blast radius` */
export function summaryWords({ actions, counts, lines, refusals }: WhatIfAnswer): string {
  const lost = lines.filter(({ change }) => change === 'blocked' || change === 'vanishes');
  const otherwise = lines.filter(({ change, before, after }) => change === 'changed' && does(before) && does(after)).length;
  const vanish = (counts.blocked ?? 0) + (counts.vanishes ?? 0);
  const guards = guardWords(lost);
  const beyond = Object.entries(refusals.after).reduce((sum, [guard, count]) => sum + (guard.startsWith('blast_radius') ? count : 0), 0);
  return [
    t('policy.what-if-same', '{{count}} actions as now', { count: Math.max(0, actions.before - vanish - otherwise) }),
    `${t('policy.what-if-vanish', '{{count}} would vanish', { count: vanish })}${guards ? ` (${guards})` : ''}`,
    t('policy.what-if-appear', '{{count}} would appear', { count: counts.appears ?? 0 }),
    ...(otherwise > 0 ? [t('policy.what-if-otherwise', '{{count}} in another way', { count: otherwise })] : []),
    t('policy.what-if-radius', '{{count}} exceed the blast radius', { count: beyond }),
  ].join(' · ');
}

/** `restart, done by itself`, or `refused by cooldown: …` */
export function outcomeWords({ kind, action, guard, reason }: Outcome): string {
  switch (kind) {
    case 'acts':
      return t('policy.outcome-acts', '{{action}} by itself', { action });
    case 'asks':
      return t('policy.outcome-asks', '{{action}} after approval', { action });
    case 'observes':
      return t('policy.outcome-observes', '{{action}} only noted', { action });
    case 'blocked':
      return t('policy.outcome-blocked', '{{action}} refused by {{guard}}: {{reason}}', { action, guard: plainName(guard ?? ''), reason });
    default:
      return t('policy.outcome-nothing', 'nothing');
  }
}

/** What a change means, with a sign beside it. */
export function changeWords(change: WhatIfLine['change']): string {
  switch (change) {
    case 'appears':
      return t('policy.change-appears', '+ would appear');
    case 'vanishes':
      return t('policy.change-vanishes', '– would vanish');
    case 'blocked':
      return t('policy.change-blocked', '× would be blocked');
    case 'changed':
      return t('policy.change-changed', '~ would differ');
    default:
      return t('policy.change-same', '= as now');
  }
}
