import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Figures } from '../../components/Figures/Figures';
import { Mark } from '../../components/Mark';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { toneColor } from '../../components/tone';
import { When } from '../../components/When';
import type { StatusPayload } from '../../contract/observability/payloads';
import { plainText } from '../../contract/story/plain-text';
import { durationText, percentText } from '../../contract/story/time';
import { headlineOf, systemTone, systemWords, troubledOf } from './SystemStatus.utils';

/** More stand in the table below. */
const MOST = 5;

/** What the observer saw last is old: everything here is. */
function Stale({ metadata }: Pick<StatusPayload, 'metadata'>) {
  return metadata.stale && !metadata.error ? (
    <Alert severity="warning" title={t('system.stale', 'Nobody looks: everything here is old')} data-testid={testIds.page.banner}>
      {t('system.stale-since', 'The observer looked last')} <When at={metadata.last_updated} />. {t('system.stale-mend', 'Start it with: npx hemostat agent observer')}
    </Alert>
  ) : null;
}

/** How the system is, what is wrong, and what to do about it. */
export function Head({ status }: { status: StatusPayload }) {
  const styles = useStyles2(getStyles);
  const { tone, words } = headlineOf(status);
  const troubled = troubledOf(status);
  const rest = troubled.length - MOST;
  return (
    <div data-testid={testIds.system.sentence} className={styles.head}>
      <div className={styles.sentence} role="status">
        <span className={styles.dot(tone)} aria-hidden>
          ●
        </span>
        <span>{words}</span>
      </div>
      {troubled.length > 0 ? (
        <ul className={styles.list}>
          {troubled.slice(0, MOST).map(({ name, status: state, error_message: error, mend }) => (
            <li key={name}>
              <Mark tone={systemTone(state)}>{systemWords(state)}</Mark> <strong>{name}</strong>
              {error ? `: ${plainText(error, 300)}` : ''} {mend ? <span className={styles.mend}>{plainText(mend, 300)}</span> : null}
            </li>
          ))}
          {rest > 0 ? <li>{t('system.more-troubled', 'and {{count}} more, in the table below', { count: rest })}</li> : null}
        </ul>
      ) : null}
      <Stale metadata={status.metadata} />
    </div>
  );
}

/** R103 to R108. */
export function OverviewFigures({ overview, metadata }: Pick<StatusPayload, 'overview' | 'metadata'>) {
  const { healthy, degraded, unhealthy } = overview.component_breakdown;
  const overall = systemTone(overview.overall_status);
  return (
    <Figures
      label={t('system.overview', 'Overview')}
      data-testid={testIds.system.figures}
      figures={[
        { label: t('system.overall', 'Status'), value: systemWords(overview.overall_status), tone: overall, note: <>{t('system.looked', 'looked')} <When at={metadata.last_updated} /></> },
        { label: t('system.parts-well', 'Parts that are well'), value: percentText(overview.health_percentage), note: t('system.breakdown', '{{healthy}} well, {{degraded}} impaired, {{unhealthy}} down', { healthy, degraded, unhealthy }) },
        { label: t('system.parts', 'Parts'), value: String(overview.total_components) },
        { label: t('system.uptime', 'Running for'), value: overview.uptime_seconds > 0 ? durationText(overview.uptime_seconds * 1000) : t('system.unknown', 'unknown') },
        { label: t('system.version', 'Version'), value: overview.version, note: t('system.dashboard-version', 'status view {{version}}', { version: metadata.dashboard_version }) },
      ]}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  head: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  sentence: css({ display: 'flex', gap: theme.spacing(1), fontSize: theme.typography.h4.fontSize, overflowWrap: 'anywhere' }),
  dot: (tone: Parameters<typeof toneColor>[1]) => css({ color: toneColor(theme, tone) }),
  list: css({ listStyle: 'none', margin: 0, display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5), overflowWrap: 'anywhere' }),
  mend: css({ color: theme.colors.text.secondary }),
});
