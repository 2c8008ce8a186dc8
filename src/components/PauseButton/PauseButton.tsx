import React, { useState } from 'react';
import type { StatusAnswer } from '../../contract/api';
import { useAction } from '../../hooks/useAction';
import { ActionModal } from '../IncidentActions/ActionModal';
import { ReasonField, withReason } from '../IncidentActions/ReasonField';
import { RoleButton } from '../RoleButton';
import { testIds } from '../testIds';
import { t } from '../text';
import { When } from '../When';

type Paused = StatusAnswer['paused'];

export interface PauseButtonProps {
  paused: Paused;
  size?: 'sm' | 'md';
}

/** Stops every action of the healer at once, or lets it go on: two clicks from every page. */
export function PauseButton({ paused, size = 'sm' }: PauseButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <RoleButton
        needs="Admin"
        size={size}
        variant={paused ? 'primary' : 'secondary'}
        icon={paused ? 'play' : 'pause'}
        onClick={() => setOpen(true)}
        data-testid={testIds.pause.button}
      >
        {paused ? t('pause.resume', 'Resume healing') : t('pause.pause', 'Pause healing')}
      </RoleButton>
      {open ? <PauseModal paused={paused} close={() => setOpen(false)} /> : null}
    </>
  );
}

function PauseModal({ paused: now, close }: { paused: Paused; close: () => void }) {
  // What was asked for stays what is done, although somebody else may pause or resume while it is open.
  const [paused] = useState(now);
  const [reason, setReason] = useState('');
  const { run, running, failure } = useAction(paused ? 'resume' : 'pause');
  const title = paused ? t('pause.resume', 'Resume healing') : t('pause.pause', 'Pause healing');
  const act = async () => {
    if (await run(withReason(reason))) {
      close();
    }
  };
  return (
    <ActionModal
      title={title}
      close={close}
      failure={failure}
      confirm={{
        needs: 'Admin',
        label: paused ? t('pause.confirm-resume', 'Resume now') : t('pause.confirm-pause', 'Pause now'),
        act: () => void act(),
        whyNot: running ? t('pause.running', 'It is being sent.') : undefined,
        variant: paused ? 'primary' : 'destructive',
      }}
    >
      <p>
        {paused
          ? t('pause.what-resume', 'Actions are begun again, on every container, under the same guards as before.')
          : t('pause.what-pause', 'No action is begun on any container until somebody resumes it. Watching, explaining and notices go on. An action that runs already is not broken off.')}
      </p>
      {paused ? (
        <p>
          {t('pause.by', 'Paused by {{user}}', { user: paused.user })} <When at={paused.since} />
          {paused.reason ? `: ${paused.reason}` : ''}
        </p>
      ) : null}
      <ReasonField value={reason} onChange={setReason} />
    </ActionModal>
  );
}
