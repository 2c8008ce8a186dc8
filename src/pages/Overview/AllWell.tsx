import { TextLink } from '@grafana/ui';
import React from 'react';
import { incidentPath } from '../../constants';
import type { IncidentsAnswer } from '../../contract/api';
import { durationText, spanMs } from '../../contract/story/time';
import { nameOf } from '../../components/IncidentActions/incident';
import { t } from '../../components/text';
import { stateWords } from '../../components/words';
import { When } from '../../components/When';
import { useResource } from '../../hooks/useResource';

/** `All 48 well. Last incident 3 hours ago: web-2, resolved in 2.1 s.` @param total containers that are known */
export function AllWell({ total }: { total: number }) {
  const { value } = useResource<IncidentsAnswer>('incidents', { all: true, limit: 1 });
  const last = value?.incidents[0];
  const all = t('overview.all-well.all', 'All {{count}} well.', { count: total });
  if (!last) {
    return (
      <p>
        {all} {value ? t('overview.all-well.never', 'There has been no incident yet.') : null}
      </p>
    );
  }
  const took = spanMs(last.fields.opened_at, last.fields.ended_at);
  return (
    <p>
      {all} {t('overview.all-well.last', 'Last incident')} <When at={last.fields.opened_at} />: <TextLink href={incidentPath(last.id)}>{nameOf(last)}</TextLink>,{' '}
      {took === undefined ? stateWords(last.state) : t('overview.all-well.in', '{{state}} in {{time}}', { state: stateWords(last.state), time: durationText(took) })}.
    </p>
  );
}
