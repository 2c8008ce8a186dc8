import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import { t } from '../../components/text';

interface BoxProps {
  /** Marks, name and time, in one line where there is room. */
  head: ReactNode;
  children: ReactNode;
  'data-testid': string;
}

/** One thing that was found out. */
export function Box({ head, children, 'data-testid': testId }: BoxProps) {
  const styles = useStyles2(getStyles);
  return (
    <li className={styles.box} data-testid={testId}>
      <div className={styles.head}>{head}</div>
      {children}
    </li>
  );
}

/** What to do, a line each. */
export function ToDo({ lines }: { lines: readonly string[] }) {
  const styles = useStyles2(getStyles);
  return lines.length === 0 ? null : (
    <div>
      <span className={styles.quiet}>{t('insights.to-do', 'To do')}</span>
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

export const Boxes = ({ children, 'data-testid': testId }: { children: ReactNode; 'data-testid': string }) => {
  const styles = useStyles2(getStyles);
  return (
    <ul className={styles.boxes} data-testid={testId}>
      {children}
    </ul>
  );
};

const getStyles = (theme: GrafanaTheme2) => ({
  boxes: css({ listStyle: 'none', display: 'flex', flexDirection: 'column', gap: theme.spacing(1), margin: 0 }),
  box: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(1),
    padding: theme.spacing(1.5),
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    overflowWrap: 'anywhere',
  }),
  head: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', gap: theme.spacing(0.5, 1.5) }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  lines: css({ margin: theme.spacing(0.25, 0, 0, 2.5) }),
});
