import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { t } from '../../components/text';
import { AROUND_MS, useAround, type Point } from './useAround';

const WIDTH = 96;
const HEIGHT = 24;

export interface SparkProps {
  /** Host and name of the container. */
  container: string;
  /** When the action ended, milliseconds since 1970. */
  at: number;
  figure: 'cpu' | 'memory';
}

/** The line as SVG path; a point at the edge of the picture is still inside of it. @param most the value at its top */
export function pathOf(points: readonly Point[], most: number): string {
  const x = (at: number) => (((at + AROUND_MS) / (2 * AROUND_MS)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - 1 - (value / most) * (HEIGHT - 2)).toFixed(1);
  return points.map(({ at, value }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
}

/** A figure two minutes before and after an action, which is the line in the middle. */
export function Spark({ container, at, figure }: SparkProps) {
  const styles = useStyles2(getStyles);
  const points = useAround(container, at, `${figure}_percent`) ?? [];
  const name = figure === 'cpu' ? 'CPU' : t('overview.healed.memory', 'memory');
  const most = Math.max(1, ...points.map(({ value }) => value));
  return (
    <svg width={WIDTH} height={HEIGHT} className={styles.spark} role="img" aria-label={t('overview.healed.spark', '{{figure}} two minutes before and after', { figure: name })}>
      {points.length > 1 ? (
        <>
          <path d={pathOf(points, most)} className={styles.line} />
          <line x1={WIDTH / 2} x2={WIDTH / 2} y1={0} y2={HEIGHT} className={styles.action} />
        </>
      ) : null}
    </svg>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  spark: css({ flexShrink: 0 }),
  line: css({ fill: 'none', stroke: theme.colors.text.primary, strokeWidth: 1.5 }),
  action: css({ stroke: theme.colors.info.text, strokeDasharray: '3 2' }),
});
