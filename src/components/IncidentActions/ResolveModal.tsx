import React, { useState } from 'react';
import { useAction } from '../../hooks/useAction';
import { t } from '../text';
import { ActionModal } from './ActionModal';
import { nameOf, type ActedIncident } from './incident';
import { ReasonField, withReason } from './ReasonField';

/** Closes an incident by hand. */
export function ResolveModal({ incident, close }: { incident: ActedIncident; close: () => void }) {
  const [reason, setReason] = useState('');
  const { run, running, failure } = useAction('resolve');
  const act = () => {
    void run({ incident: incident.id, ...withReason(reason) }).then((done) => done && close());
  };
  return (
    <ActionModal
      title={t('actions.resolve-title', 'Close the incident of {{container}}?', { container: nameOf(incident) })}
      close={close}
      failure={failure}
      confirm={{ needs: 'Editor', label: t('actions.resolve-now', 'Close incident'), act, whyNot: running ? t('actions.running', 'This is being sent.') : undefined }}
    >
      <p>{t('actions.resolve-what', 'Nothing is done to the container. When it is still ill, the next alert opens a new incident.')}</p>
      <ReasonField value={reason} onChange={setReason} />
    </ActionModal>
  );
}
