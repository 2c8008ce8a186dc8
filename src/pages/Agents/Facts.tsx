import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';

export type Fact = [name: string, value: ReactNode];

/** Names and their values, one below the other. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.list}>
      {facts.map(([name, value], index) => (
        <React.Fragment key={`${name} ${index}`}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: 'fit-content(30%) minmax(0, 1fr)',
    gap: theme.spacing(0.25, 2),
    margin: 0,
    overflowWrap: 'anywhere',
    '& dt': { fontWeight: theme.typography.fontWeightRegular, color: theme.colors.text.secondary },
    '& dd': { margin: 0, whiteSpace: 'pre-wrap' },
  }),
});
