import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { InlineSwitch, Stack, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Failed } from '../../components/State/Failed';
import { Loading } from '../../components/State/Loading';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { toneColor, type Tone } from '../../components/tone';
import { plainName } from '../../components/words';
import { durationText } from '../../contract/story/time';
import { rowsOf } from '../../hooks/rows';
import { useFrames } from '../../hooks/useFrames';
import { useTimeRange } from '../../hooks/useTimeRange';
import { useUrlState } from '../../hooks/useUrlState';
import { scaleOf, shownBars, ticksOf, waterfallOf, type Bar, type Scale, type Waterfall as Drawn } from './waterfall';

/** Longer incidents have short steps that nobody would see. */
const LONG_MS = 5000;
const TONES: readonly Tone[] = ['unknown', 'well', 'ill'];
const MARKS = ['', '✓', '✗'] as const;

/** The name of a step; where it is the type of an event, as words. */
const stepName = (name: string): string => (/^[a-z_]+$/.test(name) ? plainName(name) : name);

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

function BarLine({ bar, start, scale }: { bar: Bar; start: number; scale: Scale }) {
  const styles = useStyles2(getStyles);
  const tone = TONES[bar.status] ?? 'unknown';
  const [from, to] = [scale(bar.start - start), scale(bar.start - start + bar.duration)];
  return (
    <tr>
      <th scope="row" className={styles.name} style={{ paddingLeft: `${8 + bar.depth * 16}px` }}>
        <span>{stepName(bar.name)}</span> <span className={styles.quiet}>{bar.service}</span>
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

function Drawing({ drawn: { start, length, bars } }: { drawn: Drawn }) {
  const styles = useStyles2(getStyles);
  const [{ scale: chosen, guards }, set] = useUrlState('scale', 'guards');
  const enlarged = chosen[0] ? chosen[0] === 'enlarged' : length > LONG_MS;
  const all = guards[0] === 'all';
  const scale = scaleOf(length, enlarged);
  return (
    <>
      <Stack direction="row" gap={1} wrap="wrap">
        <InlineSwitch label={t('incident.enlarged', 'Short steps drawn larger')} showLabel value={enlarged} onChange={() => set({ scale: enlarged ? 'even' : 'enlarged' })} />
        <InlineSwitch label={t('incident.every-guard', 'Every guard')} showLabel value={all} onChange={() => set({ guards: all ? [] : 'all' })} />
      </Stack>
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
            {shownBars(bars, all).map((bar) => (
              <BarLine key={bar.id} bar={bar} start={start} scale={scale} />
            ))}
            <Axis length={length} enlarged={enlarged} scale={scale} />
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What took how long, from the first sign to the verdict. @param id of the incident */
export function Waterfall({ id }: { id: string }) {
  const { refresh } = useTimeRange();
  const { frames, loading, failure } = useFrames([{ queryType: 'trace', target: id }]);
  const drawn = waterfallOf(rowsOf(frames[0]));
  return (
    <>
      {failure ? <Failed failure={failure} retry={refresh} stale={drawn !== undefined} /> : null}
      {loading ? <Loading /> : null}
      {drawn ? <Drawing drawn={drawn} /> : null}
    </>
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
  track: css({ position: 'relative', borderLeft: `1px solid ${theme.colors.border.weak}`, borderRight: `1px solid ${theme.colors.border.weak}` }),
  bar: (tone: Tone) => css({ position: 'absolute', top: 4, bottom: 4, borderRadius: 2, background: toneColor(theme, tone) }),
  mark: (tone: Tone) => css({ color: toneColor(theme, tone) }),
  length: css({ padding: theme.spacing(0.25, 1), textAlign: 'right', whiteSpace: 'nowrap' }),
  axis: css({ position: 'relative', height: theme.spacing(3), color: theme.colors.text.secondary, borderTop: `1px solid ${theme.colors.border.weak}` }),
  tick: css({ position: 'absolute', top: theme.spacing(0.5), whiteSpace: 'nowrap' }),
});
