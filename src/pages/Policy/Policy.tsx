import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React, { lazy, Suspense, useMemo, useState } from 'react';
import { MaintenanceButton } from '../../components/Maintenance/MaintenanceButton';
import { MaintenanceList } from '../../components/Maintenance/MaintenanceList';
import { useStatus } from '../../components/Page/status';
import { RoleButton } from '../../components/RoleButton';
import { Section } from '../../components/Section';
import { Loading } from '../../components/State/Loading';
import { Ready } from '../../components/State/Ready';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { When } from '../../components/When';
import type { PolicyAnswer, PolicyVersionsAnswer, VariablesAnswer } from '../../contract/api';
import { parsePolicy } from '../../contract/policy';
import { useResource } from '../../hooks/useResource';
import { useRole } from '../../hooks/useRole';
import { useUrlState } from '../../hooks/useUrlState';
import { PolicyForm } from './Form/PolicyForm';
import { useDraft, useWhatIf, type Draft } from './Policy.hooks';
import { SaveModal } from './SaveModal';
import { Versions } from './Versions/Versions';
import { WhatIfView } from './WhatIf/WhatIfView';

const RawEditor = lazy(async () => import('./Raw/RawEditor'));
const VERSIONS = 100;
const NO_VERSIONS: PolicyVersionsAnswer['versions'] = [];
const namesOf = (variables: VariablesAnswer | undefined): string[] => variables?.values.map(({ value }) => value) ?? [];

function problemsOf(document: unknown): readonly string[] {
  const parsed = parsePolicy(document);
  return parsed.ok ? [] : parsed.problems;
}

/** What HemoStat may do, where each rule comes from, what another one would have meant, and who changed it. */
function Policy() {
  const policy = useResource<PolicyAnswer>('policy');
  return <Ready of={policy}>{(value) => <Editor policy={value} />}</Ready>;
}

function Editor({ policy }: { policy: PolicyAnswer }) {
  const styles = useStyles2(getStyles);
  const versions = useResource<PolicyVersionsAnswer>('policy/versions', { limit: VERSIONS });
  const projects = useResource<VariablesAnswer>('variables', { kind: 'projects' });
  const whyNot = useRole().why('Admin');
  const [url, setUrl] = useUrlState('view');
  const draft = useDraft(policy);
  const [rawProblems, setRawProblems] = useState<readonly string[]>([]);
  const [sent, setSent] = useState('');
  const problems = useMemo(() => problemsOf(draft.document), [draft.document]);
  const usable = problems.length === 0 && rawProblems.length === 0;
  const whatIf = useWhatIf(problems.length === 0 ? draft.document : undefined);
  const view = url.view[0] === 'raw' ? 'raw' : 'form';
  return (
    <div className={styles.page}>
      <InForce policy={policy} />
      <Sent version={sent} policy={policy} close={() => setSent('')} />
      {draft.overtaken ? <Overtaken policy={policy} draft={draft} /> : null}
      <div className={styles.two}>
        <div className={styles.left}>
          <div className={styles.bar}>
            <RadioButtonGroup
              size="sm"
              aria-label={t('policy.view', 'View')}
              options={[
                { value: 'form' as const, label: t('policy.view-form', 'Form') },
                { value: 'raw' as const, label: t('policy.view-raw', 'YAML or JSON') },
              ]}
              value={view}
              onChange={(next) => setUrl({ view: next === 'raw' ? 'raw' : '' })}
            />
            <SaveBar policy={policy} draft={draft} usable={usable} setSent={setSent} />
          </div>
          {whyNot ? <div className={styles.second}>{t('policy.read-only', 'You can read this, but not change it. {{why}}', { why: whyNot })}</div> : null}
          <Problems problems={problems} />
          {view === 'form' ? (
            <PolicyForm policy={policy} versions={versions.value?.versions ?? NO_VERSIONS} document={draft.document} projects={namesOf(projects.value)} whyNot={whyNot} edit={draft.edit} />
          ) : (
            <Suspense fallback={<Loading />}>
              <RawEditor document={draft.document} whyNot={whyNot} edit={draft.edit} tell={setRawProblems} />
            </Suspense>
          )}
        </div>
        <div className={styles.right}>
          <WhatIfView whatIf={whatIf} dirty={draft.dirty} valid={usable} />
          <Switched />
          <Versions policy={policy} versions={versions} sent={setSent} />
        </div>
      </div>
    </div>
  );
}

/** A change is on its way: the responder takes it up. */
function Sent({ version, policy, close }: { version: string; policy: PolicyAnswer; close: () => void }) {
  const title = t('policy.sent', 'Sent: the responder checks it and puts it in force. When it stays as it is for a minute, no responder runs.');
  return version === '' || version === policy.version ? null : <Alert severity="info" title={title} onRemove={close} />;
}

function Problems({ problems }: { problems: readonly string[] }) {
  const styles = useStyles2(getStyles);
  return problems.length === 0 ? null : (
    <Alert severity="error" title={t('policy.problems', 'The draft cannot be used yet')} data-testid={testIds.policy.problem}>
      <ul className={styles.list}>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </Alert>
  );
}

/** Who put it in force, when and why, and what the responders go by. */
function InForce({ policy: { version, from, stored, responders, warnings } }: { policy: PolicyAnswer }) {
  const styles = useStyles2(getStyles);
  const others = responders.filter((one) => one.policy !== '' && one.policy !== version);
  return (
    <div className={styles.second}>
      {stored ? (
        <>
          {t('policy.stored', 'In force: version {{version}}, set by {{user}}', { version, user: stored.user })} <When at={stored.time} />
          {stored.reason ? `: ${stored.reason}` : ''}
        </>
      ) : from === 'file' && responders.length > 0 ? (
        t('policy.from-file', 'In force: version {{version}}, from the responder’s file, environment and the built-in defaults. A change that is saved here wins over the file.', { version })
      ) : (
        t('policy.from-defaults', 'In force: version {{version}}, the built-in defaults.', { version })
      )}
      {others.length > 0 ? <div>{t('policy.others', 'Not yet taken up by: {{names}}.', { names: others.map(({ instance }) => instance).join(', ') })}</div> : null}
      {warnings.map((warning) => (
        <div key={warning}>{warning}</div>
      ))}
    </div>
  );
}

function Overtaken({ policy: { stored }, draft }: { policy: PolicyAnswer; draft: Draft }) {
  return (
    <Alert severity="warning" title={t('policy.overtaken', '{{user}} changed the policy while you were editing', { user: stored?.user ?? t('policy.somebody', 'Somebody') })}>
      <Button size="sm" variant="secondary" onClick={draft.discard}>
        {t('policy.take-theirs', 'Drop my changes')}
      </Button>{' '}
      <Button size="sm" variant="secondary" onClick={draft.rebase}>
        {t('policy.keep-mine', 'Keep my draft: it replaces theirs when I save')}
      </Button>
    </Alert>
  );
}

function SaveBar({ policy, draft, usable, setSent }: { policy: PolicyAnswer; draft: Draft; usable: boolean; setSent: (version: string) => void }) {
  const styles = useStyles2(getStyles);
  const [saving, setSaving] = useState(false);
  const whyNot = !draft.dirty ? t('policy.unchanged', 'Nothing is changed.') : usable ? undefined : t('policy.unusable', 'The draft cannot be used yet.');
  const title = t('policy.save', 'Save …');
  return (
    <span className={styles.buttons}>
      {draft.dirty ? (
        <Button size="sm" variant="secondary" fill="outline" onClick={draft.discard} data-testid={testIds.policy.discard}>
          {t('policy.discard', 'Discard changes')}
        </Button>
      ) : null}
      <RoleButton needs="Admin" size="sm" variant="primary" whyNot={whyNot} onClick={() => setSaving(true)} data-testid={testIds.policy.save}>
        {title}
      </RoleButton>
      {saving ? <SaveModal title={t('policy.save-title', 'Put the policy in force')} before={policy.document} document={draft.document} base={draft.base} close={() => setSaving(false)} sent={setSent} /> : null}
    </span>
  );
}

/** Maintenance that people have switched on, apart from what the policy plans. */
function Switched() {
  const { value } = useStatus();
  const windows = value?.maintenance ?? [];
  return (
    <Section title={t('policy.maintenance', 'Maintenance now')} actions={<MaintenanceButton />}>
      {windows.length === 0 ? t('policy.no-maintenance', 'None has been begun by hand.') : <MaintenanceList windows={windows} />}
    </Section>
  );
}

export default Policy;

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  two: css({ display: 'grid', gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)', gap: theme.spacing(4), [theme.breakpoints.down('lg')]: { gridTemplateColumns: 'minmax(0, 1fr)' } }),
  left: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  right: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(3), minWidth: 0 }),
  bar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), justifyContent: 'space-between', position: 'sticky', top: 0, zIndex: 2, background: theme.colors.background.primary, padding: theme.spacing(0.5, 0) }),
  buttons: css({ display: 'flex', gap: theme.spacing(1) }),
  second: css({ color: theme.colors.text.secondary }),
  list: css({ paddingLeft: theme.spacing(2) }),
});
