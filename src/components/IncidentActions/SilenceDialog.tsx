import { Field, Input, Stack } from '@grafana/ui';
import React, { useId, useState, type ReactNode } from 'react';
import { SILENCE_MINUTES } from '../../contract/minutes';
import { durationText } from '../../contract/story/time';
import type { Failure } from '../../hooks/failure';
import { RoleButton } from '../RoleButton';
import { t } from '../text';
import { ActionModal } from './ActionModal';

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

export interface SilenceDialogProps {
  title: string;
  /** What it means for this thing. */
  what: string;
  silence: (minutes: number) => void;
  running: boolean;
  failure: Failure | undefined;
  close: () => void;
  /** Further fields. */
  children?: ReactNode;
}

/** No notices about something for a while: one click for a usual length, or any number of minutes. */
export function SilenceDialog({ title, what, silence, running, failure, close, children }: SilenceDialogProps) {
  const id = useId();
  const [minutes, setMinutes] = useState(String(SILENCE_MINUTES.usual));
  const problem = minutesProblem(minutes);
  const busy = running ? t('actions.running', 'This is being sent.') : undefined;
  return (
    <ActionModal
      title={title}
      close={close}
      failure={failure}
      confirm={{ needs: 'Editor', label: problem ? t('actions.silence', 'Silence') : t('actions.silence-for', 'Silence for {{length}}', { length: lengthOf(Number(minutes)) }), act: () => silence(Number(minutes)), whyNot: problem ?? busy }}
    >
      <p>{what}</p>
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
      {children}
    </ActionModal>
  );
}
