import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Field, Input, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { MAINTENANCE_MINUTES } from '../../contract/minutes';
import { durationText } from '../../contract/story/time';
import { useAction } from '../../hooks/useAction';
import { ActionModal } from '../IncidentActions/ActionModal';
import { ReasonField, withReason } from '../IncidentActions/ReasonField';
import { RoleButton } from '../RoleButton';
import { testIds } from '../testIds';
import { t } from '../text';

const MINUTE_MS = 60_000;
const PRESETS = [15, 30, 60, 240, 1440];
const { min: LEAST, max: MOST, usual: USUAL } = MAINTENANCE_MINUTES;

export interface MaintenanceButtonProps {
  /** What is to be left alone: all, project:NAME, container:NAME. Without it the user says so. */
  scope?: string;
  size?: 'sm' | 'md';
}

/** Begins a maintenance window: nothing is done to what it covers until it ends. */
export function MaintenanceButton({ scope, size = 'sm' }: MaintenanceButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <RoleButton needs="Editor" size={size} variant="secondary" icon="wrench" onClick={() => setOpen(true)} data-testid={testIds.maintenance.begin}>
        {t('maintenance.begin', 'Begin maintenance')}
      </RoleButton>
      {open ? <MaintenanceModal scope={scope} close={() => setOpen(false)} /> : null}
    </>
  );
}

const minutesOf = (text: string): number | undefined => {
  const minutes = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return minutes >= LEAST && minutes <= MOST ? minutes : undefined;
};

function MaintenanceModal({ scope: fixed, close }: { scope: string | undefined; close: () => void }) {
  const styles = useStyles2(getStyles);
  const [scope, setScope] = useState(fixed ?? 'all');
  const [text, setText] = useState(String(USUAL));
  const [reason, setReason] = useState('');
  const { run, running, failure } = useAction('maintenance');
  const minutes = minutesOf(text);
  const title = t('maintenance.begin', 'Begin maintenance');
  const begin = async () => {
    if (await run({ scope: scope.trim(), minutes, ...withReason(reason) })) {
      close();
    }
  };
  const unset = scope.trim() === '' ? t('maintenance.no-scope', 'Say what is to be left alone.') : minutes === undefined ? t('maintenance.no-minutes', 'Say for how many minutes.') : undefined;
  const problem = running ? t('maintenance.sending', 'It is being sent.') : unset;
  const length = minutes === undefined ? '' : durationText(minutes * MINUTE_MS);
  return (
    <ActionModal
      title={title}
      close={close}
      failure={failure}
      confirm={{ needs: 'Editor', label: t('maintenance.confirm', 'Begin now'), act: () => void begin(), whyNot: problem }}
    >
      <p>{t('maintenance.what', 'Nothing is done to {{scope}} for {{length}}. It is still watched, and illnesses are still explained.', { scope, length: length || '…' })}</p>
      {fixed === undefined ? (
        <Field label={t('maintenance.scope', 'What')} description={t('maintenance.scope-how', 'all, project:NAME, container:NAME, or container:HOST/NAME')}>
          <Input id="hemostat-maintenance-scope" value={scope} maxLength={300} onChange={(event) => setScope(event.currentTarget.value)} />
        </Field>
      ) : null}
      <Field
        label={t('maintenance.minutes', 'Minutes')}
        invalid={minutes === undefined}
        error={t('maintenance.minutes-wrong', '"{{text}}" is no whole number from {{least}} to {{most}}.', { text, least: LEAST, most: MOST })}
      >
        <Input id="hemostat-maintenance-minutes" type="number" min={LEAST} max={MOST} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      </Field>
      <RadioButtonGroup
        size="sm"
        aria-label={t('maintenance.presets', 'Usual lengths')}
        options={PRESETS.map((value) => ({ value, label: durationText(value * MINUTE_MS) }))}
        value={minutes}
        onChange={(value) => setText(String(value))}
      />
      <div className={styles.reason}>
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </ActionModal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({ reason: css({ marginTop: theme.spacing(2) }) });
