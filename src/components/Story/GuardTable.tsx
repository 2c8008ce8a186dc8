import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import type { GuardVerdict } from '../../contract/events';
import { Mark } from '../Mark';
import { testIds } from '../testIds';
import { t } from '../text';
import { When } from '../When';
import { plainName } from '../words';
import { readable } from './readable';

/** Allowed, and without any figure that a person could compare. */
const isQuiet = ({ allowed, limit, measured }: GuardVerdict): boolean => allowed && !limit && !measured;

/** Each guard as a row: name, limit, measured, verdict, when it is free. Refusals first; those that measured nothing are only named. */
export function GuardTable({ guards }: { guards: readonly GuardVerdict[] }) {
  const styles = useStyles2(getStyles);
  const quiet = guards.filter(isQuiet);
  const rows = guards.filter((guard) => !isQuiet(guard)).sort((a, b) => Number(a.allowed) - Number(b.allowed));
  return (
    <div data-testid={testIds.incident.guards}>
      {rows.length > 0 ? <Rows rows={rows} /> : null}
      {quiet.length > 0 ? (
        <p className={styles.quiet}>
          {rows.length > 0 ? t('story.quiet', '{{count}} more allow it, as there is nothing to count:', { count: quiet.length }) : t('story.all-quiet', 'All {{count}} allow it, as there is nothing to count:', { count: quiet.length })}{' '}
          {quiet.map(({ guard }) => plainName(guard)).join(', ')}
        </p>
      ) : null}
    </div>
  );
}

function Rows({ rows }: { rows: readonly GuardVerdict[] }) {
  const styles = useStyles2(getStyles);
  return (
    // Reachable by Tab, since it scrolls sideways on a phone.
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('story.guards', 'Guards')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('story.guard', 'Guard')}</th>
            <th scope="col">{t('story.verdict', 'Verdict')}</th>
            <th scope="col">{t('story.limit', 'Limit')}</th>
            <th scope="col">{t('story.measured', 'Measured')}</th>
            <th scope="col">{t('story.free-at', 'Free')}</th>
            <th scope="col">{t('story.why', 'Why')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((guard, index) => (
            <tr key={`${guard.guard} ${index}`}>
              <th scope="row">{plainName(guard.guard)}</th>
              <td>
                <Mark tone={guard.allowed ? 'well' : 'waiting'}>{guard.allowed ? t('story.allowed', 'allowed') : t('story.refused', 'refused')}</Mark>
              </td>
              <td>{readable(guard.limit) || '–'}</td>
              <td>{readable(guard.measured) || '–'}</td>
              <td>{guard.free_at ? <When at={guard.free_at} /> : '–'}</td>
              <td className={styles.reason}>{guard.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowX: 'auto' }),
  quiet: css({ color: theme.colors.text.secondary, margin: theme.spacing(0.5, 0, 0) }),
  table: css({
    width: '100%',
    '& th, & td': { padding: theme.spacing(0.25, 1), textAlign: 'left', verticalAlign: 'top', borderBottom: `1px solid ${theme.colors.border.weak}` },
    '& thead th': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    '& tbody th': { fontWeight: theme.typography.fontWeightMedium, whiteSpace: 'nowrap' },
  }),
  reason: css({ minWidth: theme.spacing(25), overflowWrap: 'anywhere' }),
});
