import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Combobox, Field, Input, Switch, TextArea, useStyles2 } from '@grafana/ui';
import React, { useId, useState } from 'react';
import { ActionModal } from '../../../components/IncidentActions/ActionModal';
import { t } from '../../../components/text';
import type { AlertDoneAnswer, AlertRulesAnswer } from '../../../contract/observability/payloads';
import { useSend } from '../../../hooks/useSend';
import { OBSERVER_ACTS_MS } from '../observer-acts';
import { bodyOf, draftOf, NEW_RULE, type RuleDraft, type StoredRule } from './rule-draft';

const SEVERITIES = ['info', 'warning', 'error', 'critical'];

type Texts = { [K in keyof RuleDraft]: RuleDraft[K] extends string ? K : never }[keyof RuleDraft];

interface FieldsProps {
  draft: RuleDraft;
  change: (change: Partial<RuleDraft>) => void;
  scopes: AlertRulesAnswer['scopes'];
  /** The name of an existing rule stays. */
  isNew: boolean;
}

/** Names of variables that a condition of this scope may use. */
const variablesWords = (scopes: AlertRulesAnswer['scopes'], scope: string): string => t('agents.rule-variables', 'An expression over: {{names}}', { names: [...(scopes[scope] ?? []), 'threshold'].filter((name, at, all) => all.indexOf(name) === at).join(', ') });

function Fields({ draft, change, scopes, isNew }: FieldsProps) {
  const styles = useStyles2(getStyles);
  const prefix = useId();
  const text = (name: Texts) => ({ id: `${prefix}-${name}`, value: draft[name], onChange: (event: React.SyntheticEvent<HTMLInputElement | HTMLTextAreaElement>) => change({ [name]: event.currentTarget.value }) });
  const flag = (name: 'enabled' | 'notify') => ({ id: `${prefix}-${name}`, value: draft[name], onChange: (event: React.SyntheticEvent<HTMLInputElement>) => change({ [name]: event.currentTarget.checked }) });
  const options = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
  return (
    <div className={styles.fields}>
      <Field label={t('agents.rule-name', 'Name')} description={t('agents.rule-name-how', 'Small letters, digits and _')}>
        <Input {...text('name')} disabled={!isNew} maxLength={63} />
      </Field>
      <Field label={t('agents.rule-title', 'Title')} description={t('agents.rule-title-how', 'What people read')}>
        <Input {...text('title')} maxLength={120} />
      </Field>
      <Field label={t('agents.rule-scope', 'About')}>
        <Combobox id={`${prefix}-scope`} options={options(Object.keys(scopes))} value={draft.scope} onChange={(option) => change({ scope: option.value })} />
      </Field>
      <Field label={t('agents.rule-severity', 'Severity')}>
        <Combobox id={`${prefix}-severity`} options={options(SEVERITIES)} value={draft.severity} onChange={(option) => change({ severity: option.value })} />
      </Field>
      <Field className={styles.wide} label={t('agents.rule-condition', 'Condition')} description={variablesWords(scopes, draft.scope)}>
        <Input {...text('condition')} maxLength={500} />
      </Field>
      <Field label={t('agents.rule-threshold', 'Threshold')}>
        <Input {...text('threshold')} />
      </Field>
      <Field label={t('agents.rule-kind', 'Kind')} description={t('agents.rule-kind-how', 'Such as performance')}>
        <Input {...text('type')} maxLength={40} />
      </Field>
      <Field className={styles.wide} label={t('agents.rule-message', 'Message')} description={t('agents.rule-message-how', '{variable} is filled in with what was measured')}>
        <TextArea {...text('message_template')} rows={2} maxLength={500} />
      </Field>
      <Field label={t('agents.rule-cooldown', 'Cooldown, minutes')}>
        <Input {...text('cooldown_minutes')} />
      </Field>
      <Field label={t('agents.rule-for', 'Holds for, seconds')}>
        <Input {...text('for_seconds')} />
      </Field>
      <Field label={t('agents.rule-window', 'Over the last minutes')}>
        <Input {...text('window_minutes')} />
      </Field>
      <div className={styles.flags}>
        <Field label={t('agents.rule-enabled', 'Switched on')}>
          <Switch {...flag('enabled')} />
        </Field>
        <Field label={t('agents.rule-notify', 'Notices are sent')}>
          <Switch {...flag('notify')} />
        </Field>
      </div>
    </div>
  );
}

/** Adds a rule, or changes one. What is wrong with it the server says. @param rule that is changed; undefined for a new one */
export function RuleModal({ rule, scopes, close }: { rule: StoredRule | undefined; scopes: AlertRulesAnswer['scopes']; close: () => void }) {
  const [draft, setDraft] = useState<RuleDraft>(rule ? draftOf(rule) : NEW_RULE);
  const { run, running, failure } = useSend<AlertDoneAnswer>('dashboard/rules', OBSERVER_ACTS_MS);
  const send = () => {
    void run(bodyOf(draft, rule)).then((done) => done && close());
  };
  return (
    <ActionModal
      title={rule ? t('agents.rule-change-title', 'Change the rule {{name}}', { name: rule.name }) : t('agents.rule-add-title', 'Add a rule')}
      close={close}
      failure={failure}
      confirm={{ needs: 'Admin', label: t('agents.rule-save', 'Save rule'), act: send, whyNot: running ? t('actions.running', 'This is being sent.') : draft.name.trim() === '' ? t('agents.rule-unnamed', 'Give it a name first.') : undefined }}
    >
      <Fields draft={draft} change={(change) => setDraft((before) => ({ ...before, ...change }))} scopes={scopes} isNew={rule === undefined} />
    </ActionModal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  fields: css({ display: 'grid', gridTemplateColumns: 'repeat(2, minmax(0, 1fr))', columnGap: theme.spacing(2), [theme.breakpoints.down('sm')]: { gridTemplateColumns: 'minmax(0, 1fr)' } }),
  wide: css({ gridColumn: '1 / -1' }),
  flags: css({ display: 'flex', gap: theme.spacing(3) }),
});
