import { Field, Input } from '@grafana/ui';
import React, { useId } from 'react';
import { t } from '../text';

/** Why a person does it; optional, and kept in the story. */
export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <Field label={t('actions.reason', 'Reason')} description={t('actions.reason-why', 'Stands in the story, beside your name. May be left empty.')}>
      <Input id={id} value={value} maxLength={1000} onChange={(event) => onChange(event.currentTarget.value)} />
    </Field>
  );
}

/** The part of a request that tells the reason; nothing when there is none. */
export const withReason = (reason: string): { reason?: string } => (reason.trim() ? { reason: reason.trim() } : {});
