import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { actionLabel } from '../../components/IncidentActions/action-words';
import { Mark } from '../../components/Mark';
import { Failed } from '../../components/State/Failed';
import { Loading } from '../../components/State/Loading';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { statusTone } from '../../components/tone';
import { When } from '../../components/When';
import { plainName, resultWords } from '../../components/words';
import { containerPath, incidentPath } from '../../constants';
import { rowsOf, type Row } from '../../hooks/rows';
import { useFrames } from '../../hooks/useFrames';
import { useTimeRange } from '../../hooks/useTimeRange';

const LIMIT = 20;
const QUERY = [{ queryType: 'remediations' as const, filters: { statuses: ['failed', 'rejected'] }, limit: LIMIT }];

const whyOf = (row: Row): string => [plainName(row.text('guard')), row.text('guard_reason') || row.text('outcome') || row.text('reason')].filter(Boolean).join(': ');

/** Remediations of the time range that failed or were refused, newest first (R039, R040). */
export function RefusedRemediations() {
  const styles = useStyles2(getStyles);
  const { refresh } = useTimeRange();
  const { frames, loading, failure, notices } = useFrames(QUERY);
  const rows = rowsOf(frames[0]);
  return (
    <section aria-labelledby="hemostat-refused" data-testid={testIds.issues.refused}>
      <h2 id="hemostat-refused" className={styles.head}>
        {t('issues.refused-title', 'Failed and refused remediations in this time range')}
      </h2>
      {failure ? <Failed failure={failure} retry={refresh} stale={!loading && rows.length > 0} /> : null}
      {loading ? <Loading /> : null}
      {!loading && !failure && rows.length === 0 ? <p className={styles.quiet}>{t('issues.refused-none', 'None. A remediation that fails, or that a guard refuses, stands here.')}</p> : null}
      <ul className={styles.list}>
        {rows.map((row) => (
          <li key={row.text('id')} className={styles.row}>
            <When at={row.number('time')} className={styles.time} />
            <Mark tone={statusTone(row.text('status'))}>{resultWords(row.text('status'))}</Mark>
            <span className={styles.text}>
              {actionLabel(row.text('action'))} <TextLink href={containerPath(row.text('container'))}>{row.text('container')}</TextLink> <span className={styles.quiet}>{whyOf(row)}</span>
            </span>
            {row.text('incident') ? <TextLink href={incidentPath(row.text('incident'))}>{t('issues.story-short', 'Story')}</TextLink> : null}
          </li>
        ))}
      </ul>
      {notices.map((notice) => (
        <p key={notice} className={styles.quiet}>
          {notice}
        </p>
      ))}
    </section>
  );
}

export const getStyles = (theme: GrafanaTheme2) => ({
  head: css({ fontSize: theme.typography.h4.fontSize, margin: theme.spacing(1, 0) }),
  quiet: css({ color: theme.colors.text.secondary }),
  list: css({ listStyle: 'none', display: 'flex', flexDirection: 'column' }),
  row: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0, 1.5), padding: theme.spacing(0.5, 0), borderBottom: `1px solid ${theme.colors.border.weak}` }),
  time: css({ color: theme.colors.text.secondary, minWidth: theme.spacing(16) }),
  text: css({ flex: '1 1 0', minWidth: theme.spacing(30), overflowWrap: 'anywhere' }),
});
