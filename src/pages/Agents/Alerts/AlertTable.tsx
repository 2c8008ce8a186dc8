import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Mark } from '../../../components/Mark';
import { RoleButton } from '../../../components/RoleButton';
import { Table, type TableColumn } from '../../../components/Table/Table';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { severityTone, type Tone } from '../../../components/tone';
import { When } from '../../../components/When';
import { pagePath } from '../../../constants';
import type { AgentAlert } from '../../../contract/events/observer';
import type { AlertEntry } from '../../../contract/observability/payloads';
import { plainText } from '../../../contract/story/plain-text';
import { Facts, type Fact } from '../Facts';
import type { AlertQuestion } from './AlertModals';

const STATE_TONES: Record<string, Tone> = { firing: 'ill', acknowledged: 'waiting', silenced: 'unknown', resolved: 'well' };

const stateWords = (status: string): string =>
  ({ firing: t('agents.firing', 'firing'), acknowledged: t('agents.acknowledged', 'acknowledged'), silenced: t('agents.silenced', 'silenced'), resolved: t('agents.resolved', 'resolved') })[status] ?? status;

export const alertSeverityWords = (severity: string): string =>
  ({ critical: t('agents.critical', 'critical'), error: t('agents.severity-error', 'error'), warning: t('agents.warning', 'warning'), info: t('agents.severity-info', 'info') })[severity] ?? severity;

/** All events about alerts of this name, in the timeline. */
const historyPath = (name: string): string => `${pagePath('timeline')}?type=agent_alert&q=${encodeURIComponent(name)}&from=now-24h&to=now`;

const figure = (value: number | undefined): string | undefined => (value === undefined ? undefined : value.toLocaleString('en-US', { maximumFractionDigits: 2 }));

function factsOf({ alert_id: id, rule, type, value, threshold, triggered_at: at, resolved_at: ended, resolved_by: endedBy, acknowledged_by: by, acknowledged_at: seen, comment, silenced_by: silencer, silenced_until: until, labels }: AgentAlert): Fact[] {
  const facts: Array<[string, React.ReactNode | undefined]> = [
    [t('agents.fact-value', 'Measured'), figure(value)],
    [t('agents.fact-threshold', 'Threshold'), figure(threshold)],
    [t('agents.fact-since', 'Fires since'), <When key="at" at={at} />],
    [t('agents.fact-acknowledged', 'Acknowledged'), by ? <span key="by">{t('agents.by', 'by {{user}}', { user: by })} <When at={seen} /></span> : undefined],
    [t('agents.fact-comment', 'Comment'), comment],
    [t('agents.fact-silenced', 'Silenced'), until ? <span key="until">{t('agents.by', 'by {{user}}', { user: silencer ?? '' })}, {t('agents.until', 'ends')} <When at={until} /></span> : undefined],
    [t('agents.fact-resolved', 'Resolved'), ended ? <span key="ended"><When at={ended} /> {endedBy ? t('agents.by', 'by {{user}}', { user: endedBy }) : t('agents.by-itself', 'by itself')}</span> : undefined],
    [t('agents.fact-rule', 'Rule'), rule],
    [t('agents.fact-kind', 'Kind'), type.replaceAll('_', ' ')],
    [t('agents.fact-labels', 'Labels'), Object.entries(labels).map(([name, label]) => `${name}=${label}`).join(', ') || undefined],
    [t('agents.fact-id', 'Id'), id],
  ];
  return facts.filter((fact): fact is Fact => fact[1] !== undefined);
}

function Details({ alert, entry }: { alert: AgentAlert | undefined; entry: AlertEntry }) {
  return (
    <div data-testid={testIds.agents.alertDetails}>
      {alert ? <Facts facts={factsOf(alert)} /> : <p>{t('agents.no-details', 'More about it cannot be read now.')}</p>}
      <TextLink href={historyPath(entry.name)}>{t('agents.alert-history', 'Its history in the timeline')}</TextLink>
    </div>
  );
}

export interface AlertTableProps {
  label: string;
  /** Another one stands above. */
  continued?: boolean;
  entries: readonly AlertEntry[];
  /** The same alerts with all that is known of them. */
  alerts: readonly AgentAlert[];
  opened: readonly string[];
  toggle: (id: string) => void;
  ask: (question: AlertQuestion, entry: AlertEntry) => void;
}

const buttonWords = (action: AlertQuestion): string => ({ acknowledge: t('agents.acknowledge-open', 'Acknowledge …'), silence: t('actions.silence-open', 'Silence …'), resolve: t('agents.resolve-open', 'Resolve …') })[action];

function Actions({ entry, opened, toggle, ask }: { entry: AlertEntry } & Pick<AlertTableProps, 'opened' | 'toggle' | 'ask'>) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.actions}>
      {entry.actions.map((action) =>
        action === 'view_details' ? (
          <RoleButton key={action} needs="Viewer" size="sm" variant="secondary" fill="text" onClick={() => toggle(entry.id)}>
            {opened.includes(entry.id) ? t('agents.hide-details', 'Hide details') : t('agents.view-details', 'Details')}
          </RoleButton>
        ) : (
          <RoleButton key={action} needs="Editor" size="sm" variant="secondary" onClick={() => ask(action, entry)}>
            {buttonWords(action)}
          </RoleButton>
        )
      )}
    </div>
  );
}

/** R460 to R464: alerts with what can be done about each. */
export function AlertTable({ label, continued = false, entries, alerts, opened, toggle, ask }: AlertTableProps) {
  const columns: Array<TableColumn<AlertEntry>> = [
    { title: t('agents.alert-severity', 'Severity'), width: '100px', draw: ({ severity }) => <Mark tone={severityTone(severity)}>{alertSeverityWords(severity)}</Mark> },
    { title: t('agents.alert', 'Alert'), width: 'minmax(180px, 4fr)', draw: ({ name, message }) => <div>{name}<small>{plainText(message, 300)}</small></div> },
    {
      title: t('agents.alert-state', 'State'),
      width: 'minmax(130px, 1.2fr)',
      draw: ({ status, acknowledgedBy, silencedUntil }) => (
        <div>
          <Mark tone={STATE_TONES[status] ?? 'unknown'}>{stateWords(status)}</Mark>
          {acknowledgedBy ? <small>{t('agents.by', 'by {{user}}', { user: acknowledgedBy })}</small> : null}
          {silencedUntil ? <small>{t('agents.until', 'ends')} <When at={silencedUntil} /></small> : null}
        </div>
      ),
    },
    { title: t('agents.alert-for', 'For'), width: '60px', figure: true, draw: ({ duration, triggeredAt }) => <span title={triggeredAt}>{duration}</span> },
    { title: t('agents.alert-actions', 'Actions'), width: 'minmax(300px, 2fr)', draw: (entry) => <Actions entry={entry} opened={opened} toggle={toggle} ask={ask} /> },
  ];
  const of = (id: string) => alerts.find((alert) => alert.alert_id === id);
  return (
    <Table
      label={label}
      continued={continued}
      columns={columns}
      rows={entries}
      keyOf={({ id }) => id}
      rowTestId={testIds.agents.alert}
      opening={{ isOpen: ({ id }) => opened.includes(id), toggle: ({ id }) => toggle(id), details: (entry) => <Details entry={entry} alert={of(entry.id)} />, nameOf: ({ name }) => name }}
    />
  );
}

const getStyles = (theme: GrafanaTheme2) => ({ actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5) }) });
