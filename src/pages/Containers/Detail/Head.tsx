import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import { bytesText } from '../../../components/bytes';
import { conditionOf, conditionTone, conditionWords } from '../../../components/Fleet/fleet';
import { RemediateButton } from '../../../components/IncidentActions/RemediateButton';
import { MaintenanceButton } from '../../../components/Maintenance/MaintenanceButton';
import { MaintenanceList } from '../../../components/Maintenance/MaintenanceList';
import { Mark } from '../../../components/Mark';
import { useStatus } from '../../../components/Page/status';
import { t } from '../../../components/text';
import { When } from '../../../components/When';
import { stateWords } from '../../../components/words';
import { incidentPath } from '../../../constants';
import type { ContainerAnswer, ContainerDetailAnswer } from '../../../contract/api';
import { ENDED_STATES } from '../../../contract/incident-states';
import { scopeCovers } from '../../../contract/policy/scope';
import { percentText } from '../../../contract/story/time';

interface Fact {
  name: string;
  value: ReactNode;
}

/** How it ended, where it has. */
function endWords({ status, exit_code: code, oom_killed: oom }: ContainerAnswer): string {
  if (status === 'running') {
    return '';
  }
  return oom ? t('containers.oom', 'killed for memory') : t('containers.exit', 'exit code {{code}}', { code });
}

function factsOf(container: ContainerAnswer): Fact[] {
  const { metrics, restart_count: restarts, started_at: started, finished_at: finished, seen_at: seen } = container;
  const used = metrics.memory_usage === undefined ? '' : ` (${bytesText(metrics.memory_usage)}${metrics.memory_limit === undefined ? '' : ` ${t('containers.of', 'of')} ${bytesText(metrics.memory_limit)}`})`;
  return [
    { name: t('containers.fact-status', 'Status'), value: [container.status, endWords(container)].filter(Boolean).join(', ') },
    { name: t('containers.fact-health', 'Health check'), value: container.health_status === 'unknown' ? t('containers.no-check', 'none') : container.health_status },
    { name: t('containers.fact-cpu', 'CPU'), value: percentText(metrics.cpu_percent) },
    { name: t('containers.fact-memory', 'Memory'), value: `${percentText(metrics.memory_percent)}${used}` },
    { name: t('containers.fact-restarts', 'Restarts by Docker'), value: t('containers.restarts', '{{count}} (policy {{policy}})', { count: restarts, policy: container.restart_policy }) },
    ...(container.status === 'running' || !finished ? [{ name: t('containers.fact-started', 'Started'), value: started ? <When at={started} /> : '–' }] : [{ name: t('containers.fact-ended', 'Ended'), value: <When at={finished} /> }]),
    ...(container.ill && container.ill_since ? [{ name: t('containers.fact-ill', 'Ill since'), value: <When at={container.ill_since} /> }] : []),
    { name: t('containers.fact-project', 'Project'), value: container.project || '–' },
    { name: t('containers.fact-host', 'Host'), value: container.host },
    { name: t('containers.fact-image', 'Image'), value: container.image },
    { name: t('containers.fact-seen', 'Last update'), value: <When at={seen} /> },
  ];
}

/** How it is now, and what a person can do about it. */
export function Head({ detail: { key, container, incidents, policy } }: { detail: ContainerDetailAnswer }) {
  const styles = useStyles2(getStyles);
  const { value: status } = useStatus();
  const open = incidents.find(({ state }) => !ENDED_STATES.includes(state));
  const condition = conditionOf({ status: container.status, health: container.health_status, ill: container.ill }, open?.state, false);
  const windows = status?.maintenance.filter(({ scope }) => scopeCovers(scope, container)) ?? [];
  return (
    <header className={styles.head}>
      <div className={styles.line}>
        <h2 className={styles.name}>{container.container}</h2>
        <Mark tone={conditionTone(condition)}>{conditionWords(condition)}</Mark>
        {open ? (
          <TextLink href={incidentPath(open.id)} inline={false}>
            {t('containers.open-incident', 'Incident: {{state}}', { state: stateWords(open.state) })}
          </TextLink>
        ) : null}
        <span className={styles.actions}>
          <MaintenanceButton scope={`container:${key}`} />
          <RemediateButton container={key} />
        </span>
      </div>
      {policy.enabled ? null : (
        <div className={styles.note}>
          <Mark tone="unknown">{t('containers.left-alone', 'left alone')}</Mark> {policy.enabled_reason}
        </div>
      )}
      {windows.length > 0 ? <MaintenanceList windows={windows} /> : null}
      <dl className={styles.facts}>
        {factsOf(container).map(({ name, value }) => (
          <div key={name} className={styles.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  head: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1.5) }),
  name: css({ fontSize: theme.typography.h3.fontSize, margin: 0, overflowWrap: 'anywhere' }),
  actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), marginLeft: 'auto' }),
  note: css({ color: theme.colors.text.secondary }),
  facts: css({ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(150px, 1fr))', gap: theme.spacing(1, 2), margin: 0 }),
  fact: css({ minWidth: 0, dt: { color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, fontWeight: theme.typography.fontWeightRegular }, dd: { margin: 0, overflowWrap: 'anywhere' } }),
});
