import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import { testIds } from '../testIds';

/** Nothing is there: says so, and what would put something there. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} role="status" data-testid={testIds.state.empty}>
      <div className={styles.title}>{title}</div>
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ padding: theme.spacing(4, 2), textAlign: 'center', color: theme.colors.text.secondary }),
  title: css({ fontSize: theme.typography.h4.fontSize, color: theme.colors.text.primary, marginBottom: theme.spacing(1) }),
});
