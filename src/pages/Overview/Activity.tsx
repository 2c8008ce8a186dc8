import { css } from '@emotion/css';
import { rangeUtil, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import { incidentPath } from '../../constants';
import { clockOrDate } from '../../contract/story/time';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { statusTone, toneColor, verdictTone, type Tone } from '../../components/tone';
import { resultWords, verdictWords } from '../../components/words';
import { useTimeRange } from '../../hooks/useTimeRange';
import { EVENT_GROUPS, shortName, sumsOf, totalOf, type Acted, type Bar, type EventGroup } from './Overview.utils';
import { Section } from './Section';

const HEIGHT = 72;
/** A mark is as wide as a finger can hit; more would lie on top of each other. */
const MARKS = 60;
const SIGNS: Record<string, string> = { helped: '▲', no_change: '=', worse: '▼' };
const RESULT_SIGNS: Record<string, string> = { rejected: '×', failed: '▼', dry_run: '○', not_applicable: '–' };

export interface ActivityProps {
  bars: readonly Bar[];
  /** Length of each, milliseconds. */
  step: number;
  acted: readonly Acted[];
}

const groupWords = (group: EventGroup, number: number): string =>
  ({
    alerts: t('overview.activity.alerts', 'alerts {{number}}', { number }),
    remediations: t('overview.activity.remediations', 'steps of remediations {{number}}', { number }),
    false_alarms: t('overview.activity.false-alarms', 'false alarms {{number}}', { number }),
    others: t('overview.activity.others', 'others {{number}}', { number }),
  })[group];

/** `alerts 3, steps of remediations 2` */
export const countsWords = (counts: Bar['counts']): string =>
  EVENT_GROUPS.filter((group) => counts[group] > 0)
    .map((group) => groupWords(group, counts[group]))
    .join(', ') || t('overview.activity.none', 'no events');

function Bars({ bars, onPoint }: { bars: readonly Bar[]; onPoint: (bar: Bar | undefined) => void }) {
  const styles = useStyles2(getStyles);
  const most = Math.max(1, ...bars.map(totalOf));
  const width = 100 / Math.max(1, bars.length);
  return (
    <svg className={styles.bars} height={HEIGHT} width="100%" role="img" aria-label={t('overview.activity.label', 'Events over time: {{counts}}', { counts: countsWords(sumsOf(bars)) })} onMouseLeave={() => onPoint(undefined)}>
      {bars.map((bar, index) => {
        let top = HEIGHT;
        return (
          <g key={bar.from} onMouseEnter={() => onPoint(bar)}>
            <rect x={`${index * width}%`} width={`${width}%`} y={0} height={HEIGHT} fill="transparent" />
            {EVENT_GROUPS.map((group) => {
              const height = (bar.counts[group] / most) * HEIGHT;
              top -= height;
              return height > 0 ? <rect key={group} className={styles[group]} x={`${index * width + width * 0.1}%`} width={`${width * 0.8}%`} y={top} height={Math.max(1, height)} /> : null;
            })}
          </g>
        );
      })}
    </svg>
  );
}

/** What came of an action: its verdict, or how it ended while there is none. */
export function markOf({ status, verdict }: Pick<Acted, 'status' | 'verdict'>): { sign: string; words: string; tone: Tone } {
  if (status === 'success' && verdict) {
    return { sign: SIGNS[verdict] ?? '·', words: verdictWords(verdict), tone: verdictTone(verdict) };
  }
  const checking = status === 'success' ? { sign: '…', words: t('overview.activity.checking', 'done, being checked'), tone: 'healed' as const } : undefined;
  return checking ?? { sign: RESULT_SIGNS[status] ?? '·', words: resultWords(status), tone: statusTone(status) };
}

function Strip({ acted, from, to, timeZone }: { acted: readonly Acted[]; from: number; to: number; timeZone: string }) {
  const styles = useStyles2(getStyles);
  const shown = acted.filter(({ at }) => at >= from && at <= to).slice(0, MARKS);
  return (
    <ul className={styles.strip} aria-label={t('overview.activity.strip', 'Remediations over time')}>
      {shown.map((one) => {
        const { sign, words, tone } = markOf(one);
        const when = clockOrDate(new Date(one.at).toISOString(), new Date(to).toISOString(), timeZone);
        const text = `${when} ${shortName(one.key)}: ${one.action}, ${words}`;
        return (
          <li key={one.id} style={{ left: `${((one.at - from) / Math.max(1, to - from)) * 100}%` }} className={styles[tone]}>
            {one.incident ? (
              <Link to={incidentPath(one.incident)} title={text} aria-label={text}>
                {sign}
              </Link>
            ) : (
              <span role="img" title={text} aria-label={text}>
                {sign}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** What happened in the time range: events by kind, and under them the actions with what came of them. */
export function Activity({ bars, step, acted }: ActivityProps) {
  const styles = useStyles2(getStyles);
  const { range, timeZone } = useTimeRange();
  const [pointed, setPointed] = useState<Bar>();
  const sums = sumsOf(bars);
  const from = bars[0]?.from ?? range.from.valueOf();
  const to = Math.max(from + 1, (bars.at(-1)?.from ?? range.to.valueOf()) + step);
  const iso = (at: number) => new Date(at).toISOString();
  return (
    <Section title={rangeUtil.describeTimeRange(range.raw)} testId={testIds.overview.activity} aside={<span className={styles.muted}>{t('overview.activity.signs', '▲ helped  = no change  ▼ worse or failed  × refused  ○ observed only')}</span>}>
      <Bars bars={bars} onPoint={setPointed} />
      <Strip acted={acted} from={from} to={to} timeZone={timeZone} />
      <div className={styles.axis} aria-hidden>
        <span>{clockOrDate(iso(from), iso(to), timeZone)}</span>
        <span>{clockOrDate(iso(to), iso(to), timeZone)}</span>
      </div>
      <div className={styles.legend}>
        {pointed ? (
          `${clockOrDate(iso(pointed.from), iso(to), timeZone)}: ${countsWords(pointed.counts)}`
        ) : (
          <>
            {EVENT_GROUPS.map((group) => (
              <span key={group} className={styles.key}>
                <svg width={10} height={10} aria-hidden>
                  <rect width={10} height={10} className={styles[group]} />
                </svg>
                {groupWords(group, sums[group])}
              </span>
            ))}
          </>
        )}
      </div>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bars: css({ display: 'block', borderBottom: `1px solid ${theme.colors.border.medium}` }),
  alerts: css({ fill: theme.colors.error.main }),
  remediations: css({ fill: theme.colors.info.main }),
  false_alarms: css({ fill: theme.colors.warning.main }),
  others: css({ fill: theme.colors.text.disabled }),
  strip: css({ position: 'relative', height: 26, listStyle: 'none', margin: theme.spacing(0, 1.5), '& > li': { position: 'absolute', top: 0, transform: 'translateX(-50%)' }, 'a, span': { display: 'inline-block', minWidth: 24, lineHeight: '24px', textAlign: 'center', color: 'inherit' } }),
  axis: css({ display: 'flex', justifyContent: 'space-between', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  legend: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5, 2), minHeight: theme.spacing(3), color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  key: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.5) }),
  muted: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, whiteSpace: 'pre-wrap' }),
  well: css({ color: toneColor(theme, 'well') }),
  ill: css({ color: toneColor(theme, 'ill') }),
  healed: css({ color: toneColor(theme, 'healed') }),
  waiting: css({ color: toneColor(theme, 'waiting') }),
  unknown: css({ color: toneColor(theme, 'unknown') }),
});
