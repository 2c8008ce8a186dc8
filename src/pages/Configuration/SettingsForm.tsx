import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, Combobox, Field, Input, Stack, useStyles2 } from '@grafana/ui';
import React, { useId, useMemo, useState } from 'react';
import { RoleButton } from '../../components/RoleButton';
import { Failed } from '../../components/State/Failed';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { useRole } from '../../hooks/useRole';
import { sourcesOf, useSave, useSourceTest, useStored } from './Configuration.hooks';
import { draftOf, INTERVALS, MAX_EVENTS, problemsOf, RECENT_MINUTES, settingsFrom, zonesOf, type Draft, type Problems } from './Configuration.utils';

interface FieldsProps {
  draft: Draft;
  problems: Problems;
  readOnly: boolean;
  change: (part: Partial<Draft>) => void;
}

function SourceField({ draft, problems, readOnly, change }: FieldsProps) {
  const id = useId();
  const { running, tested, test } = useSourceTest();
  const choices = sourcesOf(draft.datasourceUid, t('configuration.missing', 'there is none with this uid'));
  return (
    <div>
      <Stack direction="row" gap={1} alignItems="flex-end" wrap="wrap">
        <Field noMargin htmlFor={id} label={t('configuration.source', 'Data source')} description={t('configuration.source-what', 'The HemoStat data source that every page reads.')} invalid={problems.datasourceUid !== undefined} error={problems.datasourceUid}>
          <Combobox id={id} options={choices} value={draft.datasourceUid || null} onChange={({ value }) => change({ datasourceUid: value })} disabled={readOnly} placeholder={t('configuration.source-none', 'There is no HemoStat data source yet')} width={40} />
        </Field>
        <Button variant="secondary" onClick={() => void test(draft.datasourceUid)} disabled={running || draft.datasourceUid === ''} data-testid={testIds.configuration.test}>
          {running ? t('configuration.testing', 'Testing …') : t('configuration.test', 'Test')}
        </Button>
      </Stack>
      <div aria-live="polite">
        {tested ? (
          <Alert severity={tested.ok ? 'success' : 'error'} title={tested.ok ? t('configuration.works', 'It works') : t('configuration.broken', 'It does not work')} data-testid={testIds.configuration.result}>
            {tested.message}
          </Alert>
        ) : null}
      </div>
    </div>
  );
}

function TimeFields({ draft, readOnly, change }: FieldsProps) {
  const [refreshId, zoneId] = [useId(), useId()];
  const byHand = t('configuration.by-hand', 'only by hand');
  const browser = t('configuration.browser-zone', "Grafana's, else the browser's");
  const zones = useMemo(() => zonesOf().map((value) => ({ label: value || browser, value: value || 'browser' })), [browser]);
  return (
    <>
      <Field noMargin htmlFor={refreshId} label={t('configuration.refresh', 'Refresh')} description={t('configuration.refresh-what', 'How often pages read anew, unless somebody chooses otherwise on top of one.')}>
        <Combobox id={refreshId} options={INTERVALS.map((value) => ({ label: value || byHand, value: value || 'off' }))} value={draft.refresh || 'off'} onChange={({ value }) => change({ refresh: value === 'off' ? '' : value })} disabled={readOnly} width={40} />
      </Field>
      <Field noMargin htmlFor={zoneId} label={t('configuration.zone', 'Time zone')} description={t('configuration.zone-what', 'In which times are shown to everybody who sets none on the page.')}>
        <Combobox id={zoneId} options={zones} value={draft.timeZone || 'browser'} onChange={({ value }) => change({ timeZone: value === 'browser' ? '' : value })} disabled={readOnly} width={40} />
      </Field>
    </>
  );
}

function NumberFields({ draft, problems, readOnly, change }: FieldsProps) {
  return (
    <>
      <Field noMargin label={t('configuration.recent', 'Recent alerts, minutes')} description={t('configuration.recent-what', 'Alerts of so many minutes stand on Active issues.')} invalid={problems.recentMinutes !== undefined} error={problems.recentMinutes}>
        <Input type="number" {...RECENT_MINUTES} value={draft.recentMinutes} onChange={({ currentTarget }) => change({ recentMinutes: currentTarget.value })} readOnly={readOnly} width={16} />
      </Field>
      <Field noMargin label={t('configuration.events', 'Events shown first')} description={t('configuration.events-what', 'Entries of the timeline before scrolling reads more.')} invalid={problems.maxEvents !== undefined} error={problems.maxEvents}>
        <Input type="number" {...MAX_EVENTS} value={draft.maxEvents} onChange={({ currentTarget }) => change({ maxEvents: currentTarget.value })} readOnly={readOnly} width={16} />
      </Field>
    </>
  );
}

/** What an Admin sets for everybody; others read it. @param reload shows every page by what was saved */
export function SettingsForm({ reload }: { reload: () => void }) {
  const styles = useStyles2(getStyles);
  const { stored } = useStored();
  const before = draftOf(stored);
  const [changed, setChanged] = useState<Partial<Draft>>({});
  const { running, failure, save } = useSave(reload);
  const why = useRole().why('Admin');
  const draft = { ...before, ...changed };
  const problems = problemsOf(draft);
  const same = JSON.stringify(draft) === JSON.stringify(before);
  const whyNot = running
    ? t('configuration.saving', 'This is being saved.')
    : Object.keys(problems).length > 0
      ? t('configuration.has-problems', 'Mend what is marked first.')
      : same
        ? t('configuration.unchanged', 'Nothing is changed.')
        : undefined;
  const fields: FieldsProps = { draft, problems, readOnly: why !== undefined, change: (part) => setChanged((all) => ({ ...all, ...part })) };
  const submit = () => {
    if (whyNot === undefined && why === undefined) {
      void save(settingsFrom(draft));
    }
  };
  return (
    <form
      className={styles.form}
      data-testid={testIds.configuration.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {why ? <Alert severity="info" title={t('configuration.read-only', 'You can look, but not change')}>{why}</Alert> : null}
      <SourceField {...fields} />
      <TimeFields {...fields} />
      <NumberFields {...fields} />
      {failure ? <Failed failure={failure} retry={submit} /> : null}
      <div>
        <RoleButton needs="Admin" whyNot={whyNot} onClick={submit} data-testid={testIds.configuration.save}>
          {t('configuration.save', 'Save for everybody')}
        </RoleButton>
      </div>
    </form>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  form: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), maxWidth: 640, minWidth: 0 }),
});
