import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { bytesText } from '../../components/bytes';
import { Mark } from '../../components/Mark';
import { Section } from '../../components/Section';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { toneColor, type Tone } from '../../components/tone';
import { plainName } from '../../components/words';
import type { StatusPayload } from '../../contract/observability/payloads';
import { percentText } from '../../contract/story/time';
import { droppedOf, gaugesOf, gaugeTone, knownPercent, type Gauge } from './SystemStatus.utils';
import type { Limits } from './limits';

const share = (percent: number): string => `${Math.min(100, Math.max(0, percent))}%`;

/** A share as a bar, with its limit as a line; the words say the same. */
function Bar({ gauge }: { gauge: Gauge }) {
  const styles = useStyles2(getStyles);
  const { name, percent, amount, limit } = gauge;
  const tone = gaugeTone(gauge);
  return (
    <li>
      <div className={styles.words}>
        <span>{name}</span>
        <span>
          <Mark tone={tone}>{knownPercent(percent)}</Mark>
          {amount ? ` ${amount}` : ''}
          {limit === undefined ? '' : ` · ${tone === 'ill' ? t('system.above', 'above the limit of {{limit}}', { limit: percentText(limit) }) : t('system.limit', 'limit {{limit}}', { limit: percentText(limit) })}`}
        </span>
      </div>
      <div className={styles.track} aria-hidden>
        {percent === null ? null : <div className={styles.bar(tone)} style={{ width: share(percent) }} />}
        {limit === undefined ? null : <div className={styles.mark} style={{ left: share(limit) }} />}
      </div>
    </li>
  );
}

/** R119 to R122, R128: what the host has left. */
export function Resources({ status, limits }: { status: StatusPayload; limits: Limits }) {
  const styles = useStyles2(getStyles);
  const { load_average: load } = status.resources;
  return (
    <Section title={t('system.resources', 'Resources of the host')} data-testid={testIds.system.resources}>
      <ul className={styles.list}>
        {gaugesOf(status, limits).map((gauge) => (
          <Bar key={gauge.name} gauge={gauge} />
        ))}
      </ul>
      <div className={styles.words}>
        <span>{t('system.load', 'Load over 1, 5 and 15 minutes')}</span>
        <span>{load.length === 0 ? t('system.unknown', 'unknown') : load.map((one) => one.toFixed(2)).join(' · ')}</span>
      </div>
    </Section>
  );
}

/** What telemetry holds in Redis, and what it had to leave out. */
export function Telemetry({ telemetry: { bytes, max_bytes: most, dropped } }: Pick<StatusPayload, 'telemetry'>) {
  const styles = useStyles2(getStyles);
  const lost = droppedOf(dropped);
  const percent = most > 0 ? (100 * bytes) / most : null;
  return (
    <Section title={t('system.telemetry', 'Logs, traces and figures')} data-testid={testIds.system.telemetry}>
      <div className={styles.words}>
        <span>{t('system.telemetry-memory', 'Memory in Redis')}</span>
        <span>{most > 0 ? t('system.telemetry-of', '{{used}} of at most {{most}}', { used: bytesText(bytes), most: bytesText(most) }) : bytesText(bytes)}</span>
      </div>
      {percent === null ? null : (
        <div className={styles.track} aria-hidden>
          <div className={styles.bar(percent > 95 ? 'waiting' : 'well')} style={{ width: share(percent) }} />
        </div>
      )}
      <div>
        {lost.length === 0
          ? t('system.nothing-dropped', 'Nothing was left out.')
          : t('system.dropped', 'Left out since the beginning: {{what}}', { what: lost.map(([what, count]) => `${plainName(what)} ${count.toLocaleString('en-US')}`).join(', ') })}
      </div>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  words: css({ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', columnGap: theme.spacing(2) }),
  track: css({ position: 'relative', height: 10, borderRadius: theme.shape.radius.default, background: theme.colors.background.secondary, border: `1px solid ${theme.colors.border.weak}`, overflow: 'hidden' }),
  bar: (tone: Tone) => css({ height: '100%', background: toneColor(theme, tone) }),
  mark: css({ position: 'absolute', top: 0, bottom: 0, width: 2, background: theme.colors.text.primary }),
});
