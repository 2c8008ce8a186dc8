import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { Mark } from '../../../components/Mark';
import { RoleButton } from '../../../components/RoleButton';
import { Section } from '../../../components/Section';
import { Ready } from '../../../components/State/Ready';
import { Table, type TableColumn } from '../../../components/Table/Table';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { severityTone } from '../../../components/tone';
import type { AlertDoneAnswer, AlertRulesAnswer } from '../../../contract/observability/payloads';
import { durationText } from '../../../contract/story/time';
import { useResource } from '../../../hooks/useResource';
import { useSend } from '../../../hooks/useSend';
import { useUrlState } from '../../../hooks/useUrlState';
import { alertSeverityWords } from '../Alerts/AlertTable';
import { OBSERVER_ACTS_MS } from '../observer-acts';
import { RuleModal } from './RuleModal';
import type { StoredRule } from './rule-draft';

const MINUTE_MS = 60_000;

const originWords = (from: StoredRule['from']): string => ({ default: t('agents.rule-default', 'comes with HemoStat'), changed: t('agents.rule-changed', 'changed'), own: t('agents.rule-own', 'your own') })[from];

/** Gives a rule its default again, or takes one of the user's own away. */
function RemoveButton({ rule: { name, from } }: { rule: StoredRule }) {
  const { run, running } = useSend<AlertDoneAnswer>(`dashboard/rules/${encodeURIComponent(name)}/remove`, OBSERVER_ACTS_MS);
  return (
    <RoleButton needs="Admin" size="sm" variant="secondary" fill="text" whyNot={running ? t('actions.running', 'This is being sent.') : undefined} onClick={() => void run({})}>
      {from === 'own' ? t('agents.rule-remove', 'Remove') : t('agents.rule-reset', 'Back to the default')}
    </RoleButton>
  );
}

function columnsFor(change: (rule: StoredRule) => void): Array<TableColumn<StoredRule>> {
  return [
    { title: t('agents.rule', 'Rule'), width: 'minmax(150px, 2fr)', draw: ({ name, from }) => <div>{name}<small>{originWords(from)}</small></div> },
    {
      title: t('agents.rule-condition', 'Condition'),
      width: 'minmax(180px, 3fr)',
      draw: ({ condition, scope, for_seconds: least }) => (
        <div>
          <code>{condition}</code>
          <small>
            {t('agents.rule-of', 'of: {{scope}}', { scope })}
            {least > 0 ? `, ${t('agents.rule-holds', 'for {{length}}', { length: durationText(least * 1000) })}` : ''}
          </small>
        </div>
      ),
    },
    { title: t('agents.rule-threshold', 'Threshold'), width: '90px', figure: true, draw: ({ threshold }) => <span>{threshold === undefined ? '–' : threshold.toLocaleString('en-US')}</span> },
    { title: t('agents.rule-severity', 'Severity'), width: '100px', draw: ({ severity }) => <Mark tone={severityTone(severity)}>{alertSeverityWords(severity)}</Mark> },
    { title: t('agents.rule-cooldown-short', 'Cooldown'), width: '90px', figure: true, draw: ({ cooldown_minutes: minutes }) => <span>{minutes === 0 ? t('agents.none', 'none') : durationText(minutes * MINUTE_MS)}</span> },
    { title: t('agents.rule-on', 'On'), width: '60px', draw: ({ enabled }) => <span>{enabled ? t('agents.on', 'on') : t('agents.off', 'off')}</span> },
    {
      title: t('agents.alert-actions', 'Actions'),
      width: 'minmax(170px, 1.5fr)',
      draw: (rule) => (
        <div>
          <RoleButton needs="Admin" size="sm" variant="secondary" onClick={() => change(rule)}>
            {t('agents.rule-change', 'Change …')}
          </RoleButton>
          {rule.from === 'default' ? null : <RemoveButton rule={rule} />}
        </div>
      ),
    },
  ];
}

function List({ answer: { rules, scopes } }: { answer: AlertRulesAnswer }) {
  const styles = useStyles2(getStyles);
  const [asked, setAsked] = useState<{ rule: StoredRule | undefined }>();
  return (
    <>
      <div className={styles.row}>
        <span>{t('agents.rules-how', 'The observer evaluates them every 10 seconds. A change is kept, with your name, in the log.')}</span>
        <RoleButton needs="Admin" size="sm" variant="secondary" icon="plus" onClick={() => setAsked({ rule: undefined })}>
          {t('agents.rule-add', 'Add a rule …')}
        </RoleButton>
      </div>
      <Table label={t('agents.rules', 'Alert rules')} columns={columnsFor((rule) => setAsked({ rule }))} rows={rules} keyOf={({ name }) => name} rowTestId={testIds.agents.rule} />
      {asked ? <RuleModal rule={asked.rule} scopes={scopes} close={() => setAsked(undefined)} /> : null}
    </>
  );
}

/** R440, R441: when an alert fires. Everybody reads them, an Admin changes them. */
export function Rules() {
  const [{ rules: shown }, set] = useUrlState('rules');
  const open = shown[0] === 'open';
  const answer = useResource<AlertRulesAnswer>('dashboard/rules');
  const rules = answer.value?.rules;
  return (
    <Section
      title={t('agents.rules', 'Alert rules')}
      actions={
        <Button size="sm" variant="secondary" fill="text" icon={open ? 'angle-down' : 'angle-right'} aria-expanded={open} onClick={() => set({ rules: open ? '' : 'open' })}>
          {rules ? t('agents.rules-count', '{{total}} rules, {{on}} switched on', { total: rules.length, on: rules.filter(({ enabled }) => enabled).length }) : t('agents.rules-show', 'Show')}
        </Button>
      }
    >
      {open ? <Ready of={answer}>{(value) => <List answer={value} />}</Ready> : null}
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', justifyContent: 'space-between', gap: theme.spacing(1), color: theme.colors.text.secondary }),
});
