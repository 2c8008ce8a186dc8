import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Empty } from '../../../components/State/Empty';
import { t } from '../../../components/text';

/** Labels as they stand on the container; what they mean is told by the policy in force. */
export function Labels({ labels }: { labels: Readonly<Record<string, string>> }) {
  const styles = useStyles2(getStyles);
  const names = Object.keys(labels).sort();
  if (names.length === 0) {
    return <Empty title={t('containers.no-labels', 'It has none')}>{t('containers.no-labels-how', 'For example hemostat.enable=false leaves it alone, hemostat.mode=auto lets it be healed, hemostat.depends=db names what it needs.')}</Empty>;
  }
  return (
    <ul className={styles.list}>
      {names.map((name) => (
        <li key={name}>
          <code>
            {name}={labels[name]}
          </code>
        </li>
      ))}
    </ul>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5, 1), listStyle: 'none', margin: 0, padding: 0, code: { whiteSpace: 'normal', overflowWrap: 'anywhere' } }),
});
