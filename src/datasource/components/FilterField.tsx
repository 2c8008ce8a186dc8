import React, { useCallback, useId } from 'react';
import { Combobox, Field, MultiCombobox } from '@grafana/ui';
import type { ListFilter, ValueKind } from '../types';
import { choices, variableOptions, type Values } from './choices';
import { FILTERS } from './kinds';
import { testIds } from './test-ids';

interface FilterFieldProps {
  source: Values;
  name: ListFilter;
  /** All that it may hold here, where that is known beforehand. */
  words?: readonly string[];
  value: readonly string[];
  onChange: (values: string[]) => void;
}

/** One filter of a query: any number of values, none for "any". */
export function FilterField({ source, name, words, value, onChange }: FilterFieldProps) {
  const id = useId();
  const { label, values, placeholder, closed } = FILTERS[name];
  const found = useCallback(async (typed: string) => choices(source, values, typed), [source, values]);
  const options = words ? [...words.map((word) => ({ value: word, label: word })), ...variableOptions()] : found;
  return (
    <Field label={label} htmlFor={id} noMargin>
      <MultiCombobox
        id={id}
        options={options}
        value={value.map((one) => ({ value: one, label: one }))}
        placeholder={placeholder}
        createCustomValue={!closed && !words}
        width="auto"
        minWidth={22}
        maxWidth={60}
        data-testid={testIds.queryEditor.filter(name)}
        onChange={(chosen) => onChange(chosen.map((one) => one.value))}
      />
    </Field>
  );
}

export type TargetKind = 'incident' | 'container' | 'trace';

/** A trace of an incident has the id of the incident; others are typed in, or come by a link. */
const TARGETS: Readonly<Record<TargetKind, { label: string; values: ValueKind; placeholder: string }>> = {
  incident: { label: 'Incident', values: 'incidents', placeholder: 'Id of an incident' },
  container: { label: 'Container', values: 'containers', placeholder: 'All containers' },
  trace: { label: 'Trace', values: 'incidents', placeholder: 'All traces' },
};

interface TargetFieldProps {
  source: Values;
  kind: TargetKind;
  value: string;
  onChange: (value: string) => void;
}

/** The one thing that a query is about. */
export function TargetField({ source, kind, value, onChange }: TargetFieldProps) {
  const id = useId();
  const { label, values, placeholder } = TARGETS[kind];
  const options = useCallback(async (typed: string) => choices(source, values, typed), [source, values]);
  return (
    <Field label={label} htmlFor={id} noMargin>
      <Combobox
        id={id}
        options={options}
        value={value ? { value, label: value } : null}
        placeholder={placeholder}
        createCustomValue
        isClearable
        width={45}
        data-testid={testIds.queryEditor.target}
        onChange={(chosen) => onChange(chosen?.value ?? '')}
      />
    </Field>
  );
}
