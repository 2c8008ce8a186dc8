import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { memo } from 'react';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { severityTone, toneColor, type Tone } from '../../components/tone';
import { When } from '../../components/When';
import { severityOf, type EventRow } from './event-rows';
import { IncidentLines } from './IncidentLines';
import type { LanePart } from './lanes';

export interface EventLineProps {
  row: EventRow;
  open: boolean;
  parts: readonly LanePart[];
  /** Incident whose events are lit up. */
  lit: string;
  /** The same function each time. */
  toggle: (id: string) => void;
  light: (incident: string) => void;
}

const MARK_TONES: Record<string, Tone> = { '[ALERT]': 'ill', '[REMEDIATION]': 'healed', '[FALSE ALARM]': 'waiting' };

/** The lines beside a row are computed with each step of the wheel, and are most often the same. */
const same = (before: EventLineProps, after: EventLineProps): boolean =>
  before.row === after.row && before.open === after.open && before.lit === after.lit && before.toggle === after.toggle && before.light === after.light && JSON.stringify(before.parts) === JSON.stringify(after.parts);

/** One event in one line (R059); the whole line opens it. */
export const EventLine = memo(function EventLine({ row, open, parts, lit, toggle, light }: EventLineProps) {
  const styles = useStyles2(getStyles);
  const severity = severityOf(row);
  const mine = row.incident !== '' && row.incident === lit;
  return (
    <div className={cx(styles.line, mine && styles.lit)} onMouseEnter={() => light(row.incident)} onMouseLeave={() => light('')}>
      <IncidentLines parts={parts} lit={lit} />
      <button type="button" data-row-focus aria-expanded={open} className={styles.button} onClick={() => toggle(row.id)} onFocus={() => light(row.incident)} onBlur={() => light('')} data-testid={testIds.timeline.row}>
        <Icon name={open ? 'angle-down' : 'angle-right'} className={styles.icon} />
        <When at={row.happened} className={styles.time} />
        <span className={cx(styles.mark, styles[MARK_TONES[row.mark] ?? 'unknown'])}>{row.mark}</span>
        {severity ? <span className={cx(styles.severity, styles[severityTone(row.severity)])}>{severity}</span> : null}
        <span className={styles.container}>{row.container || t('timeline.healer', 'HemoStat ({{agent}})', { agent: row.agent })}</span>
        <span className={styles.text}>{row.text}</span>
      </button>
    </div>
  );
}, same);

/** A line that is being read again. */
export function PendingLine() {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.line}>
      <span className={styles.pending}>{t('timeline.pending', 'Reading …')}</span>
    </div>
  );
}

export const LINE_HEIGHT = 34;

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({ display: 'flex', minHeight: LINE_HEIGHT, borderBottom: `1px solid ${theme.colors.border.weak}` }),
  lit: css({ background: theme.colors.background.secondary }),
  button: css({
    all: 'unset',
    boxSizing: 'border-box',
    display: 'flex',
    flex: '1 1 0',
    alignItems: 'center',
    gap: theme.spacing(1),
    minWidth: 0,
    padding: theme.spacing(0.5, 1, 0.5, 0),
    cursor: 'pointer',
    '&:hover': { background: theme.colors.background.secondary },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
    [theme.breakpoints.down('md')]: { flexWrap: 'wrap', rowGap: 0 },
  }),
  icon: css({ flex: '0 0 auto', color: theme.colors.text.secondary }),
  time: css({ flex: '0 0 132px', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, whiteSpace: 'nowrap', [theme.breakpoints.down('md')]: { flexBasis: 'auto' } }),
  mark: css({ flex: '0 0 128px', fontFamily: theme.typography.fontFamilyMonospace, fontSize: theme.typography.bodySmall.fontSize, whiteSpace: 'nowrap', [theme.breakpoints.down('md')]: { flexBasis: 'auto' } }),
  severity: css({ flex: '0 0 auto', fontFamily: theme.typography.fontFamilyMonospace, fontSize: theme.typography.bodySmall.fontSize, whiteSpace: 'nowrap' }),
  container: css({ flex: '0 1 auto', maxWidth: '30%', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: theme.typography.fontWeightMedium, [theme.breakpoints.down('md')]: { maxWidth: '100%' } }),
  text: css({ flex: '1 1 0', minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', color: theme.colors.text.secondary, [theme.breakpoints.down('md')]: { flex: '1 0 100%', whiteSpace: 'normal', paddingLeft: theme.spacing(3) } }),
  pending: css({ padding: theme.spacing(0.75, 1, 0.75, 5), color: theme.colors.text.disabled }),
  well: css({ color: toneColor(theme, 'well') }),
  ill: css({ color: toneColor(theme, 'ill') }),
  healed: css({ color: toneColor(theme, 'healed') }),
  waiting: css({ color: toneColor(theme, 'waiting') }),
  unknown: css({ color: toneColor(theme, 'unknown') }),
});
