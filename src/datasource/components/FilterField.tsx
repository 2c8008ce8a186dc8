import React, { useCallback, useId } from 'react';
import { Combobox, Field, MultiCombobox } from '@grafana/ui';
import type { ListFilter } from '../types';
import { choices, type Values } from './choices';
import { FILTERS } from './kinds';
import { testIds } from './test-ids';

interface FilterFieldProps {
  source: Values;
  name: ListFilter;
  value: readonly string[];
  onChange: (values: string[]) => void;
}

/** One filter of a query: any number of values, none for "any". */
export function FilterField({ source, name, value, onChange }: FilterFieldProps) {
  const id = useId();
  const { label, values, placeholder, closed } = FILTERS[name];
  const options = useCallback(async (typed: string) => choices(source, values, typed), [source, values]);
  return (
    <Field label={label} htmlFor={id} noMargin>
      <MultiCombobox
        id={id}
        options={options}
        value={value.map((one) => ({ value: one, label: one }))}
        placeholder={placeholder}
        createCustomValue={!closed}
        width="auto"
        minWidth={22}
        maxWidth={60}
        data-testid={testIds.queryEditor.filter(name)}
        onChange={(chosen) => onChange(chosen.map((one) => one.value))}
      />
    </Field>
  );
}

interface TargetFieldProps {
  source: Values;
  /** What a trace is of; else a container. */
  incident: boolean;
  value: string;
  onChange: (value: string) => void;
}

/** The one incident or container that a query is about. */
export function TargetField({ source, incident, value, onChange }: TargetFieldProps) {
  const id = useId();
  const kind = incident ? 'incidents' : 'containers';
  const options = useCallback(async (typed: string) => choices(source, kind, typed), [source, kind]);
  return (
    <Field label={incident ? 'Incident' : 'Container'} htmlFor={id} noMargin>
      <Combobox
        id={id}
        options={options}
        value={value ? { value, label: value } : null}
        placeholder={incident ? 'Id of an incident' : 'All containers'}
        createCustomValue
        isClearable
        width={45}
        data-testid={testIds.queryEditor.target}
        onChange={(chosen) => onChange(chosen?.value ?? '')}
      />
    </Field>
  );
}
