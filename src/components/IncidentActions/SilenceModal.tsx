import { Field, Input, Stack } from '@grafana/ui';
import React, { useId, useState } from 'react';
import { SILENCE_MINUTES } from '../../contract/minutes';
import { durationText } from '../../contract/story/time';
import { useAction } from '../../hooks/useAction';
import { RoleButton } from '../RoleButton';
import { t } from '../text';
import { ActionModal } from './ActionModal';
import { nameOf, type ActedIncident } from './incident';
import { ReasonField, withReason } from './ReasonField';

const PRESETS: readonly number[] = [15, 60, 240, 480, SILENCE_MINUTES.max];
const lengthOf = (minutes: number): string => durationText(minutes * 60_000);

/** Whole minutes within the limits (R481), or why it is none. */
export function minutesProblem(text: string): string | undefined {
  const minutes = Number(text);
  const { min, max } = SILENCE_MINUTES;
  return text.trim() !== '' && Number.isInteger(minutes) && minutes >= min && minutes <= max
    ? undefined
    : t('actions.minutes-problem', 'Silence takes {{min}} to {{max}} whole minutes, not "{{text}}".', { min, max, text });
}

/** No notices about an incident for a while: one click for a usual length, or any number of minutes. */
export function SilenceModal({ incident, close }: { incident: ActedIncident; close: () => void }) {
  const id = useId();
  const [minutes, setMinutes] = useState(String(SILENCE_MINUTES.usual));
  const [reason, setReason] = useState('');
  const { run, running, failure } = useAction('silence');
  const problem = minutesProblem(minutes);
  const busy = running ? t('actions.running', 'This is being sent.') : undefined;
  const silence = (length: number) => {
    void run({ incident: incident.id, minutes: length, ...withReason(reason) }).then((done) => done && close());
  };
  return (
    <ActionModal
      title={t('actions.silence-title', 'Silence {{container}}', { container: nameOf(incident) })}
      close={close}
      failure={failure}
      confirm={{ needs: 'Editor', label: problem ? t('actions.silence', 'Silence') : t('actions.silence-for', 'Silence for {{length}}', { length: lengthOf(Number(minutes)) }), act: () => silence(Number(minutes)), whyNot: problem ?? busy }}
    >
      <p>{t('actions.silence-what', 'No notices about this incident are sent meanwhile. Watching and healing go on.')}</p>
      <Stack direction="row" gap={1} wrap="wrap">
        {PRESETS.map((preset) => (
          <RoleButton key={preset} needs="Editor" size="sm" variant="secondary" whyNot={busy} onClick={() => silence(preset)}>
            {lengthOf(preset)}
          </RoleButton>
        ))}
      </Stack>
      <br />
      <Field
        label={t('actions.minutes', 'Minutes')}
        description={t('actions.minutes-range', '{{min}} to {{max}}', { min: SILENCE_MINUTES.min, max: SILENCE_MINUTES.max })}
        invalid={problem !== undefined}
        error={problem}
      >
        <Input id={id} type="number" min={SILENCE_MINUTES.min} max={SILENCE_MINUTES.max} step={1} width={14} value={minutes} onChange={(event) => setMinutes(event.currentTarget.value)} />
      </Field>
      <ReasonField value={reason} onChange={setReason} />
    </ActionModal>
  );
}
