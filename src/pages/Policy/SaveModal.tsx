import { Field, Input } from '@grafana/ui';
import React, { useState } from 'react';
import { ActionModal } from '../../components/IncidentActions/ActionModal';
import { t } from '../../components/text';
import type { PolicyDocument } from '../../contract/policy';
import { useAction } from '../../hooks/useAction';
import { DiffList } from './DiffList';
import { differences } from './document';

export interface SaveModalProps {
  title: string;
  /** In force now. */
  before: PolicyDocument;
  /** To be put in force. */
  document: PolicyDocument;
  /** Version that the change was made on: the server refuses it when another one is in force. */
  base: string;
  /** Written already into the field of the reason. */
  reason?: string;
  close: () => void;
  /** Told the version that comes into force next. */
  sent: (version: string) => void;
}

const LEAST_REASON = 3;

/** Shows exactly what changes, and asks why. */
export function SaveModal({ title, before, document, base, reason: proposed = '', close, sent }: SaveModalProps) {
  const [reason, setReason] = useState(proposed);
  const { run, running, failure } = useAction('policy');
  const short = reason.trim().length < LEAST_REASON ? t('policy.reason-short', 'Say why, in {{count}} letters at least.', { count: LEAST_REASON }) : undefined;
  const act = async () => {
    const done = await run({ policy: document, version: base, reason: reason.trim() });
    if (done) {
      sent(done.version ?? '');
      close();
    }
  };
  return (
    <ActionModal
      title={title}
      close={close}
      failure={failure}
      confirm={{ needs: 'Admin', label: t('policy.put-in-force', 'Put it in force'), act: () => void act(), whyNot: running ? t('policy.saving', 'It is being sent.') : short }}
    >
      <DiffList differences={differences(before, document)} />
      <Field label={t('policy.reason', 'Why')} description={t('policy.reason-why', 'Stands in the list of versions, beside your name.')} style={{ marginTop: 16 }}>
        <Input id="hemostat-policy-reason" value={reason} maxLength={1000} onChange={(event) => setReason(event.currentTarget.value)} />
      </Field>
    </ActionModal>
  );
}
