import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { t } from '../../components/text';
import type { Difference } from './document';

/** What differs, a line each: the place, and both values. */
export function DiffList({ differences }: { differences: readonly Difference[] }) {
  const styles = useStyles2(getStyles);
  if (differences.length === 0) {
    return <div className={styles.second}>{t('policy.no-difference', 'There is no difference.')}</div>;
  }
  return (
    <ul className={styles.list}>
      {differences.map(({ path, before, after }) => (
        <li key={path}>
          <code>{path}</code>: {before === undefined ? <span className={styles.second}>{t('policy.unset', 'not set')}</span> : <del>{before}</del>} → {after === undefined ? <span className={styles.second}>{t('policy.unset', 'not set')}</span> : <ins>{after}</ins>}
        </li>
      ))}
    </ul>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, padding: 0, overflowWrap: 'anywhere', code: { whiteSpace: 'normal' }, del: { color: theme.colors.error.text }, ins: { color: theme.colors.success.text, textDecoration: 'none' }, li: { padding: theme.spacing(0.25, 0) } }),
  second: css({ color: theme.colors.text.secondary }),
});
