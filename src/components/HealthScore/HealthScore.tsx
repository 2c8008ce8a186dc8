import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useId } from 'react';
import { HEALTH_WEIGHTS, type HealthPart, type HealthPartScore } from '../../contract/health-score';
import { durationText, percentText } from '../../contract/story/time';
import { testIds } from '../testIds';
import { t } from '../text';
import { toneColor, type Tone } from '../tone';

export interface HealthScoreProps {
  /** 0 to 100; null when nothing is known. */
  score: number | null;
  /** What it is made of, as `healthScore` gives it. */
  parts: ReadonlyArray<Omit<HealthPartScore, 'part'> & { part: string }>;
  /** What each part stands for, where it is not what the Overview measures. */
  words?: Readonly<Record<HealthPart, string>>;
  open: boolean;
  onToggle: () => void;
}

/** The same steps as the success rate. */
const toneOf = (score: number | null): Tone => (score === null ? 'unknown' : score > 80 ? 'well' : score >= 50 ? 'waiting' : 'ill');

const overviewWords = (): Record<HealthPart, string> => ({
  availability: t('overview.score.availability', 'Agents and Redis that are there'),
  breakers: t('overview.score.breakers', 'Circuit breakers closed'),
  cpu: t('overview.score.cpu', 'CPU in use, mean of what runs'),
  memory: t('overview.score.memory', 'Memory in use, mean of what runs'),
  response: t('overview.score.response', 'Redis answers in'),
});

const isPart = (part: string): part is HealthPart => Object.hasOwn(HEALTH_WEIGHTS, part);

const measuredWords = (part: string, measured: number | null): string =>
  measured === null ? t('overview.score.unknown', 'unknown, left out') : part === 'response' ? durationText(measured) : percentText(measured);

const wholePercent = (share: number): string => percentText(Math.round(share * 100));

/** How well everything is in one figure, and what it is made of. */
export function HealthScore({ score, parts, words = overviewWords(), open, onToggle }: HealthScoreProps) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const tone = toneOf(score);
  const partWords = (part: string) => (isPart(part) ? words[part] : part);
  const lowest = parts.reduce((low, part) => ((part.score ?? 100) < (low.score ?? 100) ? part : low), parts[0] ?? { part: 'availability', measured: null, score: null });
  return (
    <div data-testid={testIds.overview.score}>
      <div className={styles.head}>
        <span className={styles.score}>
          <span className={styles[tone]}>{score === null ? '–' : score}</span> <span className={styles.of}>{t('overview.score.of', 'of 100')}</span>
        </span>
        <Button size="sm" variant="secondary" fill="text" icon={open ? 'angle-down' : 'angle-right'} aria-expanded={open} aria-controls={id} onClick={onToggle}>
          {t('overview.score.parts', 'What it is made of')}
        </Button>
      </div>
      {!open && (lowest.score ?? 100) < 80 ? (
        <div className={styles.of}>
          {t('overview.score.lowest', 'Lowest')}: {partWords(lowest.part)}, {measuredWords(lowest.part, lowest.measured)}
        </div>
      ) : null}
      <table className={styles.table} id={id} hidden={!open}>
        <thead>
          <tr>
            <th scope="col">{t('overview.score.part', 'Part')}</th>
            <th scope="col">{t('overview.score.measured', 'Measured')}</th>
            <th scope="col">{t('overview.score.points', 'Points')}</th>
            <th scope="col">{t('overview.score.weight', 'Weight')}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ part, measured, score: points, weight }) => (
            <tr key={part}>
              <th scope="row">{partWords(part)}</th>
              <td>{measuredWords(part, measured)}</td>
              <td>{points === null ? '–' : Math.round(points)}</td>
              <td>{points === null ? t('overview.score.weight-left-out', '0 % (of {{weight}})', { weight: isPart(part) ? wholePercent(HEALTH_WEIGHTS[part]) : '–' }) : wholePercent(weight)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  head: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', justifyContent: 'space-between', gap: theme.spacing(1) }),
  score: css({ fontSize: theme.typography.h2.fontSize, fontVariantNumeric: 'tabular-nums' }),
  of: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.text.secondary }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    'td, th': { padding: theme.spacing(0.25, 0.5), fontWeight: theme.typography.fontWeightRegular, verticalAlign: 'top' },
    'td:nth-of-type(n+2), thead th:nth-of-type(n+3)': { textAlign: 'right', fontVariantNumeric: 'tabular-nums' },
    'thead th': { color: theme.colors.text.secondary },
  }),
  well: css({ color: toneColor(theme, 'well') }),
  ill: css({ color: toneColor(theme, 'ill') }),
  healed: css({ color: toneColor(theme, 'healed') }),
  waiting: css({ color: toneColor(theme, 'waiting') }),
  unknown: css({ color: toneColor(theme, 'unknown') }),
});
