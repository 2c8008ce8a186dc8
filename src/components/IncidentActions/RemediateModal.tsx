import { Field, RadioButtonList, TextArea } from '@grafana/ui';
import React, { useId, useState } from 'react';
import { useAction } from '../../hooks/useAction';
import { t } from '../text';
import { ActionModal } from './ActionModal';
import { actionWords, type OrderedAction } from './action-words';
import { ReasonField, withReason } from './ReasonField';

/** Arguments as they were typed: one a line, so that no quoting is guessed at. */
export const vectorOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** Choose an action and order it; the guards still decide. @param container its key */
export function RemediateModal({ container, suggested, close }: { container: string; suggested?: string | undefined; close: () => void }) {
  const words = actionWords();
  const choices = Object.keys(words) as OrderedAction[];
  const [action, setAction] = useState<OrderedAction>(choices.find((one) => one === suggested) ?? 'restart');
  const [command, setCommand] = useState('');
  const [reason, setReason] = useState('');
  const { run, running, failure } = useAction('remediate');
  const [group, field] = [useId(), useId()];
  const vector = vectorOf(command);
  const problem = action === 'exec' && vector.length === 0 ? t('actions.no-command', 'Write the command to run first.') : undefined;
  const order = () => {
    void run({ container, action, ...(action === 'exec' ? { arguments: vector } : {}), ...withReason(reason) }).then((done) => done && close());
  };
  return (
    <ActionModal
      title={t('actions.remediate-title', 'Remediate {{container}} now', { container })}
      close={close}
      failure={failure}
      confirm={{
        needs: 'Admin',
        label: t('actions.remediate-now', 'Order: {{action}}', { action: words[action].label }),
        act: order,
        whyNot: problem ?? (running ? t('actions.running', 'This is being sent.') : undefined),
        variant: action === 'stop' || action === 'cleanup' ? 'destructive' : 'primary',
      }}
    >
      <p>{t('actions.remediate-what', 'The guards are asked first; a refusal names the guard. Afterwards it is measured whether it helped.')}</p>
      <Field label={t('actions.action', 'Action')}>
        <RadioButtonList name={group} value={action} options={choices.map((one) => ({ value: one, label: words[one].label, description: words[one].does }))} onChange={setAction} />
      </Field>
      {action === 'exec' ? (
        <Field
          label={t('actions.vector', 'Command')}
          description={t('actions.vector-how', 'The program and each argument on a line of its own. No shell reads it.')}
        >
          <TextArea id={field} rows={4} value={command} onChange={(event) => setCommand(event.currentTarget.value)} />
        </Field>
      ) : null}
      {action === 'exec' && vector.length > 0 ? (
        <p>
          <code>{JSON.stringify(vector)}</code>
        </p>
      ) : null}
      <ReasonField value={reason} onChange={setReason} />
    </ActionModal>
  );
}
