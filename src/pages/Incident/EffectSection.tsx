import { css } from '@emotion/css';
import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { actionLabel } from '../../components/IncidentActions/action-words';
import { Mark } from '../../components/Mark';
import { Section } from '../../components/Section';
import { Failed } from '../../components/State/Failed';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { verdictTone } from '../../components/tone';
import { verdictWords } from '../../components/words';
import type { EventOf } from '../../contract/events';
import { clockText, durationText, percentText } from '../../contract/story/time';
import { useFrames } from '../../hooks/useFrames';
import { useNow } from '../../hooks/useNow';
import { useTimeRange } from '../../hooks/useTimeRange';
import { EffectChart, type Series } from './EffectChart';
import { aroundAction, type Effect } from './Incident.utils';

type Verified = EventOf<'remediation_verified'>;
const METRICS = ['cpu_percent', 'memory_percent', 'healthy', 'running', 'restarts'] as const;
type Metric = (typeof METRICS)[number];

function looks(): Record<Metric, Pick<Series, 'name' | 'wordsOf' | 'least'>> {
  const share = (value: number): string => percentText(value * 100);
  return {
    cpu_percent: { name: t('incident.cpu', 'CPU'), wordsOf: percentText, least: 10 },
    memory_percent: { name: t('incident.memory', 'Memory'), wordsOf: percentText, least: 100 },
    healthy: { name: t('incident.healthy', 'Healthy (share of time)'), wordsOf: share, least: 1 },
    running: { name: t('incident.running', 'Running (share of time)'), wordsOf: share, least: 1 },
    restarts: { name: t('incident.restarts', 'Restarts by Docker'), wordsOf: (value) => String(Math.round(value * 10) / 10), least: 1 },
  };
}

/** The columns of a frame that hold anything. */
export function seriesOf(frame: DataFrame | undefined): Series[] {
  const times = (frame?.fields.find(({ name }) => name === 'time')?.values ?? []) as number[];
  const known = looks();
  return METRICS.flatMap((metric) => {
    const values = (frame?.fields.find(({ name }) => name === metric)?.values ?? []) as Array<number | null>;
    return values.some((value) => value !== null) ? [{ ...known[metric], times, values }] : [];
  });
}

function Sides({ verified: { data } }: { verified: Verified }) {
  const styles = useStyles2(getStyles);
  const { before, after } = data;
  const rows: Array<[string, string, string]> = [
    [t('incident.state', 'State'), before.status, after.status],
    [t('incident.health', 'Health'), before.health_status, after.health_status],
    [t('incident.cpu', 'CPU'), percentText(before.metrics.cpu_percent), percentText(after.metrics.cpu_percent)],
    [t('incident.memory', 'Memory'), percentText(before.metrics.memory_percent), percentText(after.metrics.memory_percent)],
    [t('incident.restarts', 'Restarts by Docker'), String(before.restart_count ?? '–'), String(after.restart_count ?? '–')],
    [t('incident.samples', 'Readings'), String(before.samples), String(after.samples)],
  ];
  return (
    <table className={styles.table} data-testid={testIds.incident.effect}>
      <thead>
        <tr>
          <th scope="col">{t('incident.figure', 'Figure')}</th>
          <th scope="col">{t('incident.before', 'Before')}</th>
          <th scope="col">{t('incident.after-action', 'After')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, one, other]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{one}</td>
            <td>{other}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Charts({ container, actedAt }: { container: string; actedAt: string }) {
  const styles = useStyles2(getStyles);
  const { timeZone, refresh } = useTimeRange();
  const within = aroundAction(actedAt, useNow(10_000));
  const { frames, failure, loading } = useFrames([{ queryType: 'container_metrics', target: container, metrics: [...METRICS] }], within);
  const series = seriesOf(frames[0]);
  if (!within) {
    return null;
  }
  const clock = (at: number) => clockText(new Date(at).toISOString(), timeZone);
  const at = Date.parse(actedAt);
  return (
    <div>
      {failure ? <Failed failure={failure} retry={refresh} stale={series.length > 0} /> : null}
      {!loading && !failure && series.length === 0 ? <p className={styles.quiet}>{t('incident.no-samples', 'There are no readings around the action any more: the monitor keeps them for some hours.')}</p> : null}
      <div className={styles.charts}>
        {series.map((one) => (
          <EffectChart key={one.name} series={one} {...within} at={at} />
        ))}
      </div>
      {series.length > 0 ? (
        <div className={styles.axis}>
          <span>{clock(within.from)}</span>
          <span>{t('incident.action-line', 'line: the action, {{time}}', { time: clock(at) })}</span>
          <span>{clock(within.to)}</span>
        </div>
      ) : null}
    </div>
  );
}

/** Did it help? The verdict, the figures it rests on, and the readings around the action. */
export function EffectSection({ effect: { actedAt, complete, verified }, container }: { effect: Effect; container: string }) {
  const styles = useStyles2(getStyles);
  const { data } = complete;
  return (
    <Section title={t('incident.effect', 'Before and after')}>
      <p className={styles.verdict}>
        {verified ? (
          <>
            <Mark tone={verdictTone(verified.data.verdict)}>{verdictWords(verified.data.verdict)}</Mark>{' '}
            {t('incident.measured', '{{action}}, measured {{length}} later. {{reason}}', { action: actionLabel(data.action), length: durationText(verified.data.duration_seconds * 1000), reason: verified.data.reason })}
          </>
        ) : (
          t('incident.not-measured', '{{action}} is done; whether it helped is being measured.', { action: actionLabel(data.action) })
        )}
      </p>
      <div className={styles.columns}>
        {verified ? <Sides verified={verified} /> : null}
        <div className={styles.wide}>
          <Charts container={container} actedAt={actedAt} />
        </div>
      </div>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  verdict: css({ margin: 0 }),
  quiet: css({ color: theme.colors.text.secondary }),
  columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(3) }),
  wide: css({ flex: '1 1 0', minWidth: `min(100%, ${theme.spacing(45)})` }),
  charts: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5) }),
  axis: css({ display: 'flex', justifyContent: 'space-between', paddingLeft: theme.spacing(23), color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, [theme.breakpoints.down('sm')]: { paddingLeft: 0 } }),
  table: css({
    alignSelf: 'flex-start',
    '& th, & td': { padding: theme.spacing(0.25, 1.5, 0.25, 0), textAlign: 'left' },
    '& thead th, & tbody th': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
  }),
});
