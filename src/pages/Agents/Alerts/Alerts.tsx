import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { InlineSwitch, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { Section } from '../../../components/Section';
import { Ready } from '../../../components/State/Ready';
import { t } from '../../../components/text';
import type { AgentAlert } from '../../../contract/events/observer';
import { alertEntries, alertEntry, SEVERITIES_BY_PRIORITY } from '../../../contract/observability/alerts';
import type { AgentAlertsAnswer, AlertEntry } from '../../../contract/observability/payloads';
import { useNow } from '../../../hooks/useNow';
import type { Resource } from '../../../hooks/useResource';
import { useUrlState } from '../../../hooks/useUrlState';
import { failureOfSource } from '../Agents.utils';
import { Unread } from '../Sources';
import { AlertModal, type AlertQuestion } from './AlertModals';
import { alertSeverityWords, AlertTable, type AlertTableProps } from './AlertTable';

const COARSE_MS = 10_000;

interface Choices {
  acknowledged: boolean;
  silenced: boolean;
  grouped: boolean;
}

/** R458, R459: what is listed and how, kept in the address; everything is on unless it was switched off. */
function useChoices(): [Choices, React.ReactNode] {
  const [{ acknowledged, silenced, grouped }, set] = useUrlState('acknowledged', 'silenced', 'grouped');
  const choices = { acknowledged: acknowledged[0] !== 'off', silenced: silenced[0] !== 'off', grouped: grouped[0] !== 'off' };
  const flip = (name: keyof Choices) => set({ [name]: choices[name] ? 'off' : '' });
  const switches = (
    <>
      <InlineSwitch label={t('agents.show-acknowledged', 'Acknowledged')} showLabel value={choices.acknowledged} onChange={() => flip('acknowledged')} />
      <InlineSwitch label={t('agents.show-silenced', 'Silenced')} showLabel value={choices.silenced} onChange={() => flip('silenced')} />
      <InlineSwitch label={t('agents.group', 'By severity')} showLabel value={choices.grouped} onChange={() => flip('grouped')} />
    </>
  );
  return [choices, switches];
}

const countsWords = ({ by_severity: by, by_status: status }: AgentAlertsAnswer['summary']): string =>
  t('agents.alert-counts', 'Active: critical {{critical}}, error {{error}}, warning {{warning}}, info {{info}} · firing {{firing}}, acknowledged {{acknowledged}}', { ...by, ...status });

type Rest = Omit<AlertTableProps, 'label' | 'continued' | 'entries'>;

function Groups({ entries, grouped, ...rest }: { entries: readonly AlertEntry[]; grouped: boolean } & Rest) {
  const styles = useStyles2(getStyles);
  if (!grouped) {
    return <AlertTable label={t('agents.alerts-oldest', 'Alerts, oldest first')} entries={entries} {...rest} />;
  }
  const groups = SEVERITIES_BY_PRIORITY.map((severity) => ({ severity, mine: entries.filter((entry) => entry.severity === severity) })).filter(({ mine }) => mine.length > 0);
  return (
    <>
      {groups.map(({ severity, mine }, index) => (
        <div key={severity}>
          <h3 className={styles.group}>
            {alertSeverityWords(severity)} {mine.length}
          </h3>
          <AlertTable label={t('agents.alerts-of', 'Alerts: {{severity}}', { severity: alertSeverityWords(severity) })} continued={index > 0} entries={mine} {...rest} />
        </div>
      ))}
    </>
  );
}

/** Alerts that the address names although the list does not show them: resolved, filtered, or beyond the tenth. */
function linkedOf(opened: readonly string[], entries: readonly AlertEntry[], alerts: readonly AgentAlert[], now: number): { linked: AlertEntry[]; unknown: string[] } {
  const others = opened.filter((id) => !entries.some((entry) => entry.id === id));
  const found = others.flatMap((id) => alerts.filter((alert) => alert.alert_id === id));
  return { linked: found.map((alert) => alertEntry(alert, now)), unknown: others.filter((id) => !found.some((alert) => alert.alert_id === id)) };
}

function List({ answer, choices }: { answer: AgentAlertsAnswer; choices: Choices }) {
  const styles = useStyles2(getStyles);
  const now = useNow(COARSE_MS);
  const [{ alert: opened }, set] = useUrlState('alert');
  // Kept here, not with its button: a refresh may take the button away while the question is being read.
  const [asked, setAsked] = useState<{ question: AlertQuestion; alert: AlertEntry }>();
  const { entries, hidden } = alertEntries(answer.alerts, { now, showAcknowledged: choices.acknowledged, showSilenced: choices.silenced, groupBySeverity: choices.grouped });
  const { linked, unknown } = linkedOf(opened, entries, answer.alerts, now);
  const toggle = (id: string) => set({ alert: opened.includes(id) ? opened.filter((one) => one !== id) : [...opened, id] });
  const rest: Rest = { alerts: answer.alerts, opened, toggle, ask: (question, alert) => setAsked({ question, alert }) };
  return (
    <>
      {answer.summary.total > 0 ? <p className={styles.line}>{countsWords(answer.summary)}</p> : null}
      {entries.length === 0 ? <p className={styles.line}>{answer.summary.total === 0 ? t('agents.no-alerts', 'No alert is active.') : t('agents.no-alerts-shown', 'None of them is shown: see the switches above.')}</p> : <Groups entries={entries} grouped={choices.grouped} {...rest} />}
      {hidden > 0 ? <p className={styles.line}>{t('agents.alerts-hidden', '{{count}} more are not shown, less urgent ones.', { count: hidden })}</p> : null}
      {linked.length > 0 ? <AlertTable label={t('agents.alerts-linked', 'Alerts that the address names')} entries={linked} {...rest} /> : null}
      {unknown.map((id) => (
        <p key={id} className={styles.line}>
          {t('agents.alert-unknown', 'Nothing is known of the alert {{id}} any more.', { id: id.slice(0, 8) })}
        </p>
      ))}
      {asked ? <AlertModal {...asked} close={() => setAsked(undefined)} /> : null}
    </>
  );
}

/** R457 to R464. */
export function Alerts({ answer }: { answer: Resource<AgentAlertsAnswer> }) {
  const styles = useStyles2(getStyles);
  const [choices, switches] = useChoices();
  return (
    <Section title={t('agents.alerts', 'Alerts')} actions={<div className={styles.switches}>{switches}</div>}>
      <Ready of={answer}>
        {(value) => {
          const failed = failureOfSource(value.sources, 'alerts');
          return failed ? <Unread state={failed} /> : <List answer={value} choices={choices} />;
        }}
      </Ready>
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({ margin: 0 }),
  group: css({ fontSize: theme.typography.body.fontSize, margin: theme.spacing(0.5, 0) }),
  switches: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5) }),
});
