import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../components/Mark';
import { usePage } from '../../components/Page/context';
import { Failed } from '../../components/State/Failed';
import { Loading } from '../../components/State/Loading';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { severityTone } from '../../components/tone';
import { When } from '../../components/When';
import { containerPath, incidentPath } from '../../constants';
import { eventMark, severityMark } from '../../contract/story/marks';
import { rowsOf } from '../../hooks/rows';
import { useFrames } from '../../hooks/useFrames';
import { useTimeRange } from '../../hooks/useTimeRange';
import { getStyles } from './RefusedRemediations';

const LIMIT = 200;
const QUERY = [{ queryType: 'events' as const, format: 'table' as const, filters: { types: ['health_alert'] }, limit: LIMIT }];
const MINUTE_MS = 60_000;

/** Health alerts of the last minutes of the time range (R041): five, unless Configuration says otherwise. */
export function RecentAlerts() {
  const styles = useStyles2(getStyles);
  const { recentMinutes } = usePage().settings;
  const { range, refresh } = useTimeRange();
  const { frames, loading, failure } = useFrames(QUERY);
  const since = range.to.valueOf() - recentMinutes * MINUTE_MS;
  const rows = rowsOf(frames[0]).filter((row) => (row.number('time') ?? 0) >= since);
  return (
    <section aria-labelledby="hemostat-alerts" data-testid={testIds.issues.alerts}>
      <h2 id="hemostat-alerts" className={styles.head}>
        {t('issues.alerts-title', 'Health alerts of the last {{minutes}} min', { minutes: recentMinutes })}
      </h2>
      {failure ? <Failed failure={failure} retry={refresh} stale={!loading && rows.length > 0} /> : null}
      {loading ? <Loading /> : null}
      {!loading && !failure && rows.length === 0 ? <p className={styles.quiet}>{t('issues.alerts-none', 'None. An alert stands here as soon as the monitor sees that a container is ill, and again while it stays ill.')}</p> : null}
      <ul className={styles.list}>
        {rows.map((row) => (
          <li key={row.text('id')} className={styles.row}>
            <When at={row.number('time')} className={styles.time} />
            <Mark tone={severityTone(row.text('severity'))}>{`${eventMark('health_alert')} ${severityMark(row.text('severity'))}`}</Mark>
            <span className={styles.text}>
              <TextLink href={containerPath(row.text('container'))}>{row.text('container')}</TextLink> {row.text('text')}
            </span>
            {row.text('incident') ? <TextLink href={incidentPath(row.text('incident'))}>{t('issues.story-short', 'Story')}</TextLink> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
