import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import { toneColor, type Tone } from './tone';

export interface MarkProps {
  tone: Tone;
  /** The words: colour alone says nothing. */
  children: ReactNode;
  title?: string;
  className?: string;
}

/** A state in words, with its colour at the edge. */
export function Mark({ tone, children, title, className }: MarkProps) {
  const styles = useStyles2(getStyles, tone);
  return (
    <span className={cx(styles.mark, className)} title={title}>
      {children}
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2, tone: Tone) => ({
  mark: css({
    display: 'inline-block',
    padding: theme.spacing(0, 0.75),
    borderLeft: `3px solid ${toneColor(theme, tone)}`,
    color: toneColor(theme, tone),
    fontWeight: theme.typography.fontWeightMedium,
    whiteSpace: 'nowrap',
  }),
});
