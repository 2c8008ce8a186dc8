import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React from 'react';
import { t } from '../../components/text';
import { toneColor } from '../../components/tone';

export interface Series {
  name: string;
  /** Milliseconds since 1970. */
  times: readonly number[];
  values: ReadonlyArray<number | null>;
  /** A value for a person, with its unit. */
  wordsOf: (value: number) => string;
  /** The scale goes at least so high. */
  least: number;
}

export interface EffectChartProps {
  series: Series;
  from: number;
  to: number;
  /** When the action ended: the vertical line. */
  at: number;
}

const [WIDTH, HEIGHT, EDGE] = [600, 60, 3];

/** Points as an SVG path; a gap where a value is unknown. */
export function pathOf(points: ReadonlyArray<readonly [number, number] | null>): string {
  let pen = 'M';
  return points
    .map((point) => {
      if (point === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .filter(Boolean)
    .join(' ');
}

function meanOf(values: ReadonlyArray<number | null>): number | undefined {
  const known = values.filter((value): value is number => value !== null);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** One figure before and after the action, with both means in words. */
export function EffectChart({ series, from, to, at }: EffectChartProps) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const { name, times, values, wordsOf, least } = series;
  const top = Math.max(least, ...values.map((value) => value ?? 0));
  const x = (time: number) => ((time - from) / (to - from)) * WIDTH;
  const y = (value: number) => HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE);
  const points = times.map((time, index) => {
    const value = values[index];
    return value === null || value === undefined ? null : ([x(time), y(value)] as const);
  });
  const [before, after] = [meanOf(values.filter((_, index) => (times[index] ?? 0) < at)), meanOf(values.filter((_, index) => (times[index] ?? 0) >= at))];
  const words = (mean: number | undefined) => (mean === undefined ? t('incident.unknown', 'unknown') : wordsOf(mean));
  const told = t('incident.chart', '{{name}}: {{before}} before, {{after}} after', { name, before: words(before), after: words(after) });
  return (
    <div className={styles.line}>
      <div className={styles.label}>
        <strong>{name}</strong>
        <span>
          {words(before)} → {words(after)}
        </span>
      </div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={styles.chart} role="img" aria-label={told}>
        <line x1={x(at)} x2={x(at)} y1={0} y2={HEIGHT} stroke={toneColor(theme, 'healed')} strokeWidth={2} vectorEffect="non-scaling-stroke" />
        <path d={pathOf(points)} fill="none" stroke={theme.colors.text.primary} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
      </svg>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({ display: 'flex', gap: theme.spacing(1), alignItems: 'center', [theme.breakpoints.down('sm')]: { flexDirection: 'column', alignItems: 'stretch', gap: 0 } }),
  label: css({ flex: `0 0 ${theme.spacing(22)}`, display: 'flex', flexDirection: 'column', fontSize: theme.typography.bodySmall.fontSize, [theme.breakpoints.down('sm')]: { flexBasis: 'auto', flexDirection: 'row', justifyContent: 'space-between' } }),
  chart: css({ flex: '1 1 0', width: '100%', minWidth: 0, height: HEIGHT, background: theme.colors.background.secondary, borderRadius: theme.shape.radius.default, display: 'block', [theme.breakpoints.down('sm')]: { flex: 'none' } }),
});
