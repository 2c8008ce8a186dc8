import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import { durationText } from '../../contract/story/time';
import { testIds } from '../testIds';
import { t } from '../text';
import { toneColor, type Tone } from '../tone';
import { plainName } from '../words';
import { scaleOf, ticksOf, type Bar, type Scale, type Waterfall } from './waterfall';

/** Longer ones have short steps that nobody would see. */
export const LONG_MS = 5000;
const TONES: readonly Tone[] = ['unknown', 'well', 'ill'];
const MARKS = ['', '✓', '✗'] as const;

/** The name of a step; where it is the type of an event, as words. */
const stepName = (name: string): string => (/^[a-z_]+$/.test(name) ? plainName(name) : name);

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

export interface WaterfallChartProps {
  drawn: Waterfall;
  /** Short steps are drawn larger. */
  enlarged: boolean;
  /** Steps can be opened: which one is, what opens or closes one, and what is shown of it. */
  opening?: { open: string | undefined; toggle: (id: string) => void; details: (id: string) => ReactNode };
}

interface BarLineProps extends Pick<WaterfallChartProps, 'opening'> {
  bar: Bar;
  start: number;
  scale: Scale;
}

function StepName({ bar, opening }: Pick<BarLineProps, 'bar' | 'opening'>) {
  const styles = useStyles2(getStyles);
  const words = (
    <>
      <span>{stepName(bar.name)}</span> <span className={styles.quiet}>{bar.service}</span>
    </>
  );
  if (!opening) {
    return words;
  }
  const open = opening.open === bar.id;
  return (
    <button type="button" className={styles.button} aria-expanded={open} onClick={() => opening.toggle(bar.id)}>
      <Icon name={open ? 'angle-down' : 'angle-right'} /> {words}
    </button>
  );
}

function BarLine({ bar, start, scale, opening }: BarLineProps) {
  const styles = useStyles2(getStyles);
  const tone = TONES[bar.status] ?? 'unknown';
  const [from, to] = [scale(bar.start - start), scale(bar.start - start + bar.duration)];
  return (
    <>
      <tr>
        <th scope="row" className={styles.name} style={{ paddingLeft: `${8 + bar.depth * 16}px` }}>
          <StepName bar={bar} opening={opening} />
        </th>
        <td className={styles.track} title={bar.message}>
          <span className={styles.bar(tone)} style={{ left: `min(${percent(from)}, calc(100% - 3px))`, width: `max(3px, ${percent(to - from)})` }} />
        </td>
        <td className={styles.length}>
          <span className={styles.mark(tone)} aria-label={bar.status === 2 ? t('incident.span-ill', 'failed or refused') : bar.status === 1 ? t('incident.span-well', 'well') : undefined}>
            {MARKS[bar.status as 0 | 1 | 2] ?? ''}
          </span>{' '}
          {durationText(bar.duration)}
        </td>
      </tr>
      {opening?.open === bar.id ? (
        <tr>
          <td colSpan={3} className={styles.details}>
            {opening.details(bar.id)}
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Axis({ length, enlarged, scale }: { length: number; enlarged: boolean; scale: Scale }) {
  const styles = useStyles2(getStyles);
  return (
    <tr aria-hidden>
      <td />
      <td className={styles.axis}>
        {ticksOf(length, enlarged).map((tick) => (
          <span key={tick} className={styles.tick} style={{ left: percent(scale(tick)), transform: `translateX(${percent(-scale(tick))})` }}>
            {durationText(tick)}
          </span>
        ))}
      </td>
      <td />
    </tr>
  );
}

/** What took how long: a row a step, each below the one that it belongs to. */
export function WaterfallChart({ drawn: { start, length, bars }, enlarged, opening }: WaterfallChartProps) {
  const styles = useStyles2(getStyles);
  const scale = scaleOf(length, enlarged);
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('incident.waterfall', 'Waterfall')}>
      <table className={styles.table} data-testid={testIds.incident.waterfall}>
        <colgroup>
          <col className={styles.nameColumn} />
          <col />
          <col className={styles.lengthColumn} />
        </colgroup>
        <thead className={styles.head}>
          <tr>
            <th scope="col">{t('incident.step', 'Step')}</th>
            <th scope="col">{t('incident.when', 'When')}</th>
            <th scope="col">{t('incident.took', 'Took')}</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <BarLine key={bar.id} bar={bar} start={start} scale={scale} opening={opening} />
          ))}
          <Axis length={length} enlarged={enlarged} scale={scale} />
        </tbody>
      </table>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ overflowX: 'auto' }),
  table: css({ width: '100%', minWidth: theme.spacing(60), tableLayout: 'fixed', fontSize: theme.typography.bodySmall.fontSize, '& tbody tr:hover': { background: theme.colors.action.hover } }),
  head: css({ color: theme.colors.text.secondary, '& th': { fontWeight: theme.typography.fontWeightRegular, padding: theme.spacing(0.25, 1), textAlign: 'left' }, '& th:last-child': { textAlign: 'right' } }),
  nameColumn: css({ width: '32%' }),
  lengthColumn: css({ width: theme.spacing(11) }),
  name: css({ fontWeight: theme.typography.fontWeightRegular, textAlign: 'left', whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }),
  quiet: css({ color: theme.colors.text.secondary }),
  button: css({ all: 'unset', cursor: 'pointer', maxWidth: '100%', '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 } }),
  details: css({ padding: theme.spacing(0.5, 1, 1, 3), overflowWrap: 'anywhere' }),
  track: css({ position: 'relative', borderLeft: `1px solid ${theme.colors.border.weak}`, borderRight: `1px solid ${theme.colors.border.weak}` }),
  bar: (tone: Tone) => css({ position: 'absolute', top: 4, bottom: 4, borderRadius: 2, background: toneColor(theme, tone) }),
  mark: (tone: Tone) => css({ color: toneColor(theme, tone) }),
  length: css({ padding: theme.spacing(0.25, 1), textAlign: 'right', whiteSpace: 'nowrap' }),
  axis: css({ position: 'relative', height: theme.spacing(3), color: theme.colors.text.secondary, borderTop: `1px solid ${theme.colors.border.weak}` }),
  tick: css({ position: 'absolute', top: theme.spacing(0.5), whiteSpace: 'nowrap' }),
});
