import React, { useState } from 'react';
import { useAction } from '../../hooks/useAction';
import { t } from '../text';
import { nameOf, type ActedIncident } from './incident';
import { ReasonField, withReason } from './ReasonField';
import { SilenceDialog } from './SilenceDialog';

/** No notices about an incident for a while. */
export function SilenceModal({ incident, close }: { incident: ActedIncident; close: () => void }) {
  const [reason, setReason] = useState('');
  const { run, running, failure } = useAction('silence');
  return (
    <SilenceDialog
      title={t('actions.silence-title', 'Silence {{container}}', { container: nameOf(incident) })}
      what={t('actions.silence-what', 'No notices about this incident are sent meanwhile. Watching and healing go on.')}
      silence={(minutes) => void run({ incident: incident.id, minutes, ...withReason(reason) }).then((done) => done && close())}
      running={running}
      failure={failure}
      close={close}
    >
      <ReasonField value={reason} onChange={setReason} />
    </SilenceDialog>
  );
}
