import { Combobox, Input, MultiCombobox, Switch, TextArea } from '@grafana/ui';
import React, { useState } from 'react';
import { commandText, modes, valueText, type PolicyField } from '../../../components/PolicyFields/fields';
import { t } from '../../../components/text';
import { ACTIONS } from '../../../contract/events/common';

export interface ValueProps {
  field: PolicyField;
  id: string;
  value: unknown;
  disabled: boolean;
  change: (value: unknown) => void;
}

const HUNDRED = 100;
/** Text that is no number stays one that no policy takes, so that it is named as a problem. */
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** A number as it is typed; a share is typed as percent. */
function NumberValue({ field: { kind }, id, value, disabled, change }: ValueProps) {
  const factor = kind === 'share' ? HUNDRED : 1;
  const shown = typeof value === 'number' && Number.isFinite(value) ? String(Number((value * factor).toPrecision(12))) : '';
  const [typed, setTyped] = useState<string>();
  // What was typed stays as it was typed, as long as it means the value that is in force.
  const text = typed !== undefined && (numberOf(typed) === Number(shown || Number.NaN) || shown === '') ? typed : shown;
  const unit = kind === 'seconds' ? `s = ${valueText('seconds', value)}` : kind === 'share' ? '%' : undefined;
  return (
    <Input
      id={id}
      type="number"
      min={0}
      step="any"
      width={24}
      value={text}
      disabled={disabled}
      suffix={unit}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        change(numberOf(event.currentTarget.value) / factor);
      }}
    />
  );
}

/** Argument vectors from lines; a line that begins like JSON is JSON. */
export function commandsOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      if (!line.trim().startsWith('[')) {
        return line.trim().split(/\s+/);
      }
      try {
        return JSON.parse(line) as unknown;
      } catch {
        return line;
      }
    });
}

function CommandsValue({ id, value, disabled, change }: ValueProps) {
  const commands = Array.isArray(value) ? value : [];
  const shown = commands.map((one) => (Array.isArray(one) ? commandText(one.map(String)) : String(one))).join('\n');
  const [typed, setTyped] = useState<string>();
  const text = typed !== undefined && JSON.stringify(commandsOf(typed)) === JSON.stringify(commands) ? typed : shown;
  return (
    <TextArea
      id={id}
      rows={Math.min(8, commands.length + 1)}
      value={text}
      disabled={disabled}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        change(commandsOf(event.currentTarget.value));
      }}
    />
  );
}

/** What a value is edited with, by its kind. */
export function Value(props: ValueProps) {
  const { field, id, value, disabled, change } = props;
  switch (field.kind) {
    case 'flag':
      return <Switch id={id} value={value === true} disabled={disabled} onChange={(event) => change(event.currentTarget.checked)} />;
    case 'mode':
      return <Combobox id={id} width={24} options={modes().map(({ mode, label, means }) => ({ value: mode, label, description: means }))} value={String(value)} disabled={disabled} onChange={(option) => change(option.value)} />;
    case 'scope':
      return <Combobox id={id} width={24} options={['all', 'labelled'].map((one) => ({ value: one, label: valueText('scope', one) }))} value={String(value)} disabled={disabled} onChange={(option) => change(option.value)} />;
    case 'action':
      return (
        <Combobox id={id} width={24} options={['-', ...ACTIONS].map((one) => ({ value: one, label: valueText('action', one === '-' ? '' : one) }))} value={String(value) || '-'} disabled={disabled} onChange={(option) => change(option.value === '-' ? '' : option.value)} />
      );
    case 'actions':
      return (
        <MultiCombobox
          id={id}
          placeholder={t('policy.nothing', 'nothing')}
          options={ACTIONS.filter((one) => one !== 'none').map((one) => ({ value: one, label: one }))}
          value={Array.isArray(value) ? value.map(String) : []}
          disabled={disabled}
          onChange={(options) => change(options.map((option) => option.value))}
        />
      );
    case 'commands':
      return <CommandsValue {...props} />;
    default:
      return <NumberValue {...props} />;
  }
}
