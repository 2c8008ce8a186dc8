import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, type IconName } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import { Mark } from '../Mark';
import { toneColor, type Tone } from '../tone';

export interface Figure {
  label: string;
  value: string;
  unit?: string;
  /** Colour of the value; `state` says the same in words. */
  tone?: Tone | undefined;
  state?: string | undefined;
  /** Below the value. */
  note?: ReactNode;
  icon?: IconName;
}

/** Figures at a glance, each in a box of its own, in the order given. */
export function Figures({ figures, label, 'data-testid': testId }: { figures: readonly Figure[]; label: string; 'data-testid'?: string }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.figures} role="list" aria-label={label} data-testid={testId}>
      {figures.map((figure) => (
        <div key={figure.label} role="listitem" className={styles.box}>
          <div className={styles.quiet}>
            {figure.icon ? <Icon name={figure.icon} size="sm" aria-hidden /> : null} {figure.label}
          </div>
          <div className={styles.line}>
            <span className={styles.value(figure.tone)}>{figure.value}</span>
            {figure.unit ? <span className={styles.quiet}>{figure.unit}</span> : null}
            {figure.state ? <Mark tone={figure.tone ?? 'unknown'}>{figure.state}</Mark> : null}
          </div>
          {figure.note ? <div className={styles.quiet}>{figure.note}</div> : null}
        </div>
      ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  figures: css({ display: 'grid', gridTemplateColumns: `repeat(auto-fit, minmax(min(${theme.spacing(21)}, 100%), 1fr))`, gap: theme.spacing(1) }),
  box: css({ padding: theme.spacing(1, 2), background: theme.colors.background.primary, border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default, minWidth: 0, overflowWrap: 'anywhere' }),
  line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', columnGap: theme.spacing(1) }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  value: (tone: Tone | undefined) => css({ fontSize: theme.typography.h2.fontSize, lineHeight: 1.2, fontVariantNumeric: 'tabular-nums', ...(tone ? { color: toneColor(theme, tone) } : {}) }),
});
