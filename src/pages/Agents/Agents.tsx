import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Figures } from '../../components/Figures/Figures';
import { CommandLine } from '../../components/FirstRun/FirstRun';
import { Observed } from '../../components/Observer/Observed';
import { Section } from '../../components/Section';
import { Empty } from '../../components/State/Empty';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { TimeChart, TimeCharts } from '../../components/TimeChart/TimeChart';
import { toneColor, type Tone } from '../../components/tone';
import type { AgentAlertsAnswer, DashboardPayload } from '../../contract/observability/payloads';
import { useNow } from '../../hooks/useNow';
import { useResource, type Resource } from '../../hooks/useResource';
import { useTimeRange } from '../../hooks/useTimeRange';
import { figuresOf, isQuiet, linesOf, mergedSources, sentenceOf, windowOf, type AgentChart, type Window } from './Agents.utils';
import { Alerts } from './Alerts/Alerts';
import { Errors } from './Errors';
import { Logs } from './Logs/Logs';
import { Rules } from './Rules/Rules';
import { FailedSources, SourceNotices } from './Sources';
import { Traces } from './Traces/Traces';

const MINUTE_MS = 60_000;
/** The agents that are known although they may not have told anything yet. */
const AGENTS = ['monitor', 'analyzer', 'responder', 'notifier', 'exporter', 'updater', 'observer', 'api', 'bridge'];

function ClippedNote({ window: { minutes, clipped } }: { window: Window }) {
  const styles = useStyles2(getStyles);
  return clipped ? (
    <p className={styles.quiet}>
      {clipped === 'long'
        ? t('agents.clipped', 'The last 24 hours are shown: what the agents do is told for so long at most.')
        : t('agents.until-now', 'Shown until now, the last {{minutes}} minutes: what the agents do is told for a time that ends now.', { minutes })}
    </p>
  ) : null;
}

function Sentence({ payload }: { payload: DashboardPayload }) {
  const styles = useStyles2(getStyles);
  const { tone, words } = sentenceOf(payload);
  return (
    <div className={styles.sentence} role="status" data-testid={testIds.agents.health}>
      <span className={styles.dot(tone)} aria-hidden>
        ●
      </span>
      <span>{words}</span>
    </div>
  );
}

/** R423 to R427: as the server says how each is drawn. */
function Charts({ charts }: { charts: readonly AgentChart[] }) {
  return (
    <Section title={t('agents.charts', 'Over time')}>
      <TimeCharts>
        {charts.map((chart) => (
          <TimeChart key={chart.title} title={chart.title} lines={linesOf(chart)} unit="none" xLabel={chart.xLabel} yLabel={chart.yLabel} height={chart.height} />
        ))}
      </TimeCharts>
    </Section>
  );
}

function Nothing() {
  return (
    <Empty title={t('agents.quiet', 'No agent has told anything in this time range')}>
      <p>{t('agents.quiet-how', 'What they do is told as soon as they do something. Choose a longer range, or start them:')}</p>
      <CommandLine command="npx hemostat agent all" />
    </Empty>
  );
}

function Content({ payload, alerts, window }: { payload: DashboardPayload; alerts: Resource<AgentAlertsAnswer>; window: Window }) {
  const styles = useStyles2(getStyles);
  const sources = mergedSources(payload.sources, alerts.value?.sources);
  const { latency, throughput, errors, tokens } = payload.charts;
  return (
    <div className={styles.page} data-testid={testIds.agents.page}>
      <Sentence payload={payload} />
      <ClippedNote window={window} />
      <FailedSources sources={sources} />
      <Figures label={t('agents.cards', 'The agents at a glance')} figures={figuresOf(payload)} data-testid={testIds.agents.cards} />
      {isQuiet(payload) ? <Nothing /> : null}
      <Alerts answer={alerts} />
      <Charts charts={[latency, throughput, errors, tokens]} />
      <Errors errors={payload.errors} sources={payload.sources} />
      <Traces minutes={window.minutes} />
      <Logs minutes={window.minutes} agents={AGENTS} />
      <Rules />
      <SourceNotices sources={sources} />
    </div>
  );
}

/** What the agents do, what it costs, and whether they are well (R341 to R473). */
function Agents() {
  const { range } = useTimeRange();
  const window = windowOf(range, useNow(MINUTE_MS));
  const { minutes } = window;
  const payload = useResource<DashboardPayload>('dashboard', { minutes });
  const alerts = useResource<AgentAlertsAnswer>('dashboard/alerts', { minutes });
  return <Observed of={payload}>{(value) => <Content payload={value} alerts={alerts} window={window} />}</Observed>;
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  sentence: css({ display: 'flex', gap: theme.spacing(1), fontSize: theme.typography.h4.fontSize, overflowWrap: 'anywhere' }),
  dot: (tone: Tone) => css({ color: toneColor(theme, tone) }),
  quiet: css({ color: theme.colors.text.secondary, margin: 0 }),
});

export default Agents;
