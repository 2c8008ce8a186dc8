import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { HealthScore } from '../../components/HealthScore/HealthScore';
import { Observed } from '../../components/Observer/Observed';
import { Section } from '../../components/Section';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import type { HealthPart } from '../../contract/health-score';
import type { AlertRulesAnswer, StatusPayload } from '../../contract/observability/payloads';
import { useOnce } from '../../hooks/useOnce';
import { useResource } from '../../hooks/useResource';
import { useUrlState } from '../../hooks/useUrlState';
import { ActiveAlerts } from './ActiveAlerts';
import { Head, OverviewFigures } from './Head';
import { History } from './History';
import { Breakers, Components } from './Parts';
import { Resources, Telemetry } from './Resources';
import { limitsOf, limitWords, type Limits } from './limits';

const partWords = (): Record<HealthPart, string> => ({
  availability: t('system.score-availability', 'Parts that are there'),
  breakers: t('system.score-breakers', 'Circuit breakers closed'),
  cpu: t('system.score-cpu', 'CPU of the host in use'),
  memory: t('system.score-memory', 'Memory of the host in use'),
  response: t('system.score-response', 'Parts answer in, on average'),
});

/** R124 to R145: one figure, and what it is made of; what is unknown is left out, and the others weigh more. */
function Score({ metrics }: Pick<StatusPayload, 'metrics'>) {
  const [{ score }, set] = useUrlState('score');
  const open = score[0] !== 'closed';
  return (
    <Section title={t('system.health', 'Health score')}>
      <HealthScore score={metrics.system_health_score} parts={metrics.score_parts} words={partWords()} open={open} onToggle={() => set({ score: open ? 'closed' : '' })} />
    </Section>
  );
}

function LimitLine({ limits }: { limits: Limits }) {
  const styles = useStyles2(getStyles);
  const words = limitWords(limits);
  return words.length === 0 ? null : (
    <p className={styles.quiet}>
      {t('system.limits', 'Alerts fire above:')} {words.join(' · ')}
    </p>
  );
}

function Status({ status }: { status: StatusPayload }) {
  const styles = useStyles2(getStyles);
  const { value: rules } = useOnce<AlertRulesAnswer>('dashboard/rules');
  const limits = limitsOf(rules);
  return (
    <div className={styles.page} data-testid={testIds.system.page}>
      <Head status={status} />
      <OverviewFigures overview={status.overview} metadata={status.metadata} />
      <Components components={status.components} />
      <div className={styles.columns}>
        <div className={styles.page}>
          <Score metrics={status.metrics} />
          <Resources status={status} limits={limits} />
        </div>
        <div className={styles.page}>
          <ActiveAlerts alerts={status.alerts} />
          <LimitLine limits={limits} />
          <Telemetry telemetry={status.telemetry} />
        </div>
      </div>
      <Breakers circuit_breakers={status.circuit_breakers} />
      <History historical={status.historical} />
    </div>
  );
}

/** How HemoStat itself is: every part of it, what is wrong, and how it was (R087 to R173). */
function SystemStatus() {
  const status = useResource<StatusPayload>('dashboard/status');
  return <Observed of={status}>{(value) => <Status status={value} />}</Observed>;
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  columns: css({ display: 'grid', gridTemplateColumns: 'repeat(2, minmax(0, 1fr))', gap: theme.spacing(3), [theme.breakpoints.down('lg')]: { gridTemplateColumns: 'minmax(0, 1fr)' } }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, margin: 0 }),
});

export default SystemStatus;
