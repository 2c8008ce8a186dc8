import { Alert } from '@grafana/ui';
import React, { useState } from 'react';
import type { IncidentDetailAnswer } from '../../contract/api';
import { useAction } from '../../hooks/useAction';
import { useNow } from '../../hooks/useNow';
import { useResource } from '../../hooks/useResource';
import { RoleButton } from '../RoleButton';
import { Ready } from '../State/Ready';
import { testIds } from '../testIds';
import { t } from '../text';
import { ActionModal } from './ActionModal';
import { actionLabel } from './action-words';
import { eventsOf, lastOf, nameOf, waitsForApproval, type ActedIncident } from './incident';
import { PlanBox } from './PlanBox';
import { ReasonField, withReason } from './ReasonField';

/** Why the request that was looked at cannot be answered any more. */
function staleness(detail: IncidentDetailAnswer | undefined, digest: string, now: number): string | undefined {
  if (!detail) {
    return t('actions.reading', 'The exact action is still being read.');
  }
  const asked = lastOf(eventsOf(detail), 'approval_requested', ({ data }) => data.digest === digest);
  if (!asked || !waitsForApproval(detail.incident) || detail.incident.fields.digest !== digest) {
    return t('actions.changed', 'This request was answered or withdrawn meanwhile. Close and look again.');
  }
  return Date.parse(asked.data.expires_at) <= now ? t('actions.expired', 'The request has expired. HemoStat asks anew when the container is still ill.') : undefined;
}

/** Shows the exact action that waits, and answers it. The answer is bound to what was shown first, whatever a refresh brings meanwhile. */
export function DecideModal({ incident, close }: { incident: ActedIncident; close: () => void }) {
  const [digest] = useState(incident.fields.digest ?? '');
  const [reason, setReason] = useState('');
  const detail = useResource<IncidentDetailAnswer>('incidents/detail', { id: incident.id });
  const approve = useAction('approve');
  const reject = useAction('reject');
  const stale = staleness(detail.value, digest, useNow());
  const running = approve.running || reject.running ? t('actions.running', 'This is being sent.') : undefined;
  const answer = ({ run }: typeof approve) => {
    void run({ incident: incident.id, digest, ...withReason(reason) }).then((done) => done && close());
  };
  const action = actionLabel(incident.fields.action ?? '');
  return (
    <ActionModal
      title={t('actions.decide-title', 'Approve the {{action}} of {{container}}?', { action, container: nameOf(incident) })}
      close={close}
      failure={approve.failure ?? reject.failure}
      confirm={{ needs: 'Admin', label: t('actions.approve-now', 'Approve {{action}}', { action }), act: () => answer(approve), whyNot: stale ?? running }}
      others={
        <RoleButton needs="Admin" variant="destructive" fill="outline" whyNot={stale ?? running} onClick={() => answer(reject)} data-testid={testIds.actions.reject}>
          {t('actions.reject-now', 'Reject')}
        </RoleButton>
      }
    >
      <Ready of={detail}>
        {(value) => {
          const asked = lastOf(eventsOf(value), 'approval_requested', ({ data }) => data.digest === digest);
          return (
            <>
              {stale ? <Alert severity="warning" title={stale} /> : null}
              {asked ? <PlanBox asked={asked} /> : null}
            </>
          );
        }}
      </Ready>
      <ReasonField value={reason} onChange={setReason} />
    </ActionModal>
  );
}
