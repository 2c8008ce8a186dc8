import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, useStyles2 } from '@grafana/ui';
import React from 'react';
import type { StatusAnswer } from '../../contract/api';
import { healthScore } from '../../contract/health-score';
import { CommandLine, FirstRun } from '../../components/FirstRun/FirstRun';
import { isFirstRun, missingAgents } from '../../components/FirstRun/steps';
import { HealthScore } from '../../components/HealthScore/HealthScore';
import { measureHealth } from '../../components/HealthScore/measure';
import { useStatus } from '../../components/Page/status';
import { Ready } from '../../components/State/Ready';
import { t } from '../../components/text';
import type { Frames } from '../../hooks/useFrames';
import { useNow } from '../../hooks/useNow';
import { useUrlState } from '../../hooks/useUrlState';
import { Activity } from './Activity';
import { Cards } from './Cards';
import { FleetSection } from './FleetSection';
import { JustHealed } from './JustHealed';
import { NeedsYou } from './NeedsYou';
import { useOverview, type OverviewData } from './Overview.hooks';
import { Section } from './Section';

const COARSE_MS = 10_000;

/** The states of frames in the form of those of a resource. */
const asResource = <T,>(value: T | undefined, { loading, failure, runner }: Frames) => ({ value, loading, failure, reload: () => runner.runQueries() });

function MissingAgents({ status }: { status: StatusAnswer }) {
  const missing = missingAgents(status);
  return missing.length === 0 ? null : (
    <Alert severity="warning" title={t('overview.missing.title', 'Not running: {{agents}}', { agents: missing.join(', ') })}>
      {t('overview.missing.start', 'Start what is missing:')} <CommandLine command={`npx hemostat agent ${missing.join(' ')}`} />
    </Alert>
  );
}

function Score({ status, data: { members, incidents } }: { status: StatusAnswer | undefined; data: OverviewData }) {
  const [{ score }, set] = useUrlState('score');
  const open = score[0] === 'open';
  const now = useNow(COARSE_MS);
  return status && members ? (
    <Section title={t('overview.score.title', 'System health')}>
      <HealthScore {...healthScore(measureHealth(status, members, incidents.value?.incidents ?? [], now))} open={open} onToggle={() => set({ score: open ? '' : 'open' })} />
    </Section>
  ) : null;
}

/** Is anything wrong, what and why, what is done about it, what must I do, did it help: in this order. */
function Overview() {
  const styles = useStyles2(getStyles);
  const status = useStatus();
  const data = useOverview();
  // A table needs the width of the page.
  const wide = useUrlState('fleet')[0].fleet[0] === 'rows';
  const { incidents, members, fleetFrames, activity, activityFrames } = data;
  if (isFirstRun({ status: status.value, failure: status.failure })) {
    return <FirstRun status={status.value} failure={status.failure} />;
  }
  const { fleet } = status.value ?? {};
  const fleetSection = <Ready of={asResource(members, fleetFrames)}>{(value) => <FleetSection members={value} />}</Ready>;
  return (
    <>
      {status.value ? <MissingAgents status={status.value} /> : null}
      <Cards statistics={activity?.statistics} fleet={fleet} />
      <Ready of={incidents}>{(value) => <NeedsYou incidents={value.incidents} more={value.more} total={fleet?.total ?? members?.length ?? 0} />}</Ready>
      {wide ? fleetSection : null}
      <div className={styles.columns}>
        <div className={styles.column}>
          {wide ? null : fleetSection}
          <Ready of={asResource(activity, activityFrames)}>{({ bars, step, acted }) => <Activity bars={bars} step={step} acted={acted} />}</Ready>
        </div>
        <div className={styles.column}>
          <Score status={status.value} data={data} />
          {activity ? <JustHealed acted={activity.acted} /> : null}
        </div>
      </div>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  column: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  columns: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)',
    alignItems: 'start',
    gap: theme.spacing(2),
    [theme.breakpoints.down('lg')]: { gridTemplateColumns: 'minmax(0, 1fr)' },
  }),
});

export default Overview;
