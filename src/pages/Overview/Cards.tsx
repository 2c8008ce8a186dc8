import { css } from '@emotion/css';
import { rangeUtil, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import type { StatusAnswer } from '../../contract/api';
import { percentText } from '../../contract/story/time';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { toneColor, type Tone } from '../../components/tone';
import type { Row } from '../../hooks/rows';
import { useTimeRange } from '../../hooks/useTimeRange';

export interface CardsProps {
  /** The row of the query `statistics`; undefined before the first answer. */
  statistics: Row | undefined;
  fleet: StatusAnswer['fleet'] | undefined;
}

interface CardProps {
  label: string;
  value: string;
  note: string;
  tone?: Tone | undefined;
}

/** R036 to R038; no colour while nothing was attempted. @param rate percent */
export function rateTone(rate: number | undefined): Tone | undefined {
  return rate === undefined ? undefined : rate > 80 ? 'well' : rate >= 50 ? 'waiting' : 'ill';
}

function Card({ label, value, note, tone }: CardProps) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.card} role="listitem">
      <div className={styles.label}>{label}</div>
      <div className={tone ? styles[tone] : styles.value}>{value}</div>
      <div className={styles.label}>{note}</div>
    </div>
  );
}

const count = (value: number | undefined): string => (value === undefined ? '–' : value.toLocaleString('en-US'));

/** Exactly four (R035): remediations, success rate, false alarms, active containers. */
export function Cards({ statistics, fleet }: CardsProps) {
  const styles = useStyles2(getStyles);
  const { range } = useTimeRange();
  const of = (name: string) => statistics?.number(name);
  const rate = of('success_rate');
  const [done, failed, refused] = [of('success'), of('failed'), of('rejected')];
  // R081: 0 % would say that all failed.
  const rateText = rate === undefined ? (statistics ? t('overview.cards.none-yet', 'none yet') : '–') : percentText(Math.round(rate));
  const span = rangeUtil.describeTimeRange(range.raw);
  return (
    <div className={styles.cards} role="list" data-testid={testIds.overview.cards}>
      <Card
        label={t('overview.cards.remediations', 'Remediations')}
        value={count(of('remediations'))}
        note={statistics ? t('overview.cards.remediations-note', '{{done}} done, {{failed}} failed, {{refused}} refused', { done: count(done), failed: count(failed), refused: count(refused) }) : span}
      />
      <Card
        label={t('overview.cards.rate', 'Success rate')}
        value={rateText}
        tone={rateTone(rate)}
        note={rate === undefined ? (statistics ? t('overview.cards.rate-none', 'nothing was attempted') : '') : t('overview.cards.rate-note', 'of {{attempts}} attempted; refused ones do not count', { attempts: count((done ?? 0) + (failed ?? 0)) })}
      />
      <Card label={t('overview.cards.false-alarms', 'False alarms')} value={count(of('false_alarms'))} note={t('overview.cards.false-alarms-note', '{{span}}, in the retained window', { span })} />
      <Card
        label={t('overview.cards.containers', 'Active containers')}
        value={count(fleet?.running)}
        note={fleet ? t('overview.cards.containers-note', 'running, of {{total}} known; {{ill}} ill', { total: count(fleet.total), ill: count(fleet.ill) }) : ''}
      />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const value = { fontSize: theme.typography.h2.fontSize, lineHeight: 1.2, fontVariantNumeric: 'tabular-nums' };
  return {
    cards: css({ display: 'grid', gridTemplateColumns: 'repeat(4, minmax(0, 1fr))', gap: theme.spacing(1), [theme.breakpoints.down('md')]: { gridTemplateColumns: 'repeat(2, minmax(0, 1fr))' } }),
    card: css({ padding: theme.spacing(1, 2), background: theme.colors.background.primary, border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default }),
    label: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
    value: css(value),
    well: css({ ...value, color: toneColor(theme, 'well') }),
    ill: css({ ...value, color: toneColor(theme, 'ill') }),
    waiting: css({ ...value, color: toneColor(theme, 'waiting') }),
    healed: css({ ...value, color: toneColor(theme, 'healed') }),
    unknown: css({ ...value, color: toneColor(theme, 'unknown') }),
  };
};
