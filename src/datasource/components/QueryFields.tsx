import React, { useId } from 'react';
import { Field, MultiCombobox, RadioButtonGroup } from '@grafana/ui';
import { withFilter } from '../query-model';
import type { HemostatDataQuery, ListFilter } from '../types';
import { variableOptions, type Values } from './choices';
import { FilterField, TargetField } from './FilterField';
import { ANNOTATE, METRICS, type FieldName } from './kinds';
import { PolicyField } from './PolicyField';
import { testIds } from './test-ids';
import { TextField } from './TextField';

interface QueryFieldsProps {
  source: Values;
  query: HemostatDataQuery;
  fields: readonly FieldName[];
  onChange: (query: HemostatDataQuery) => void;
}

function MetricsField({ query, onChange }: Pick<QueryFieldsProps, 'query' | 'onChange'>) {
  const id = useId();
  return (
    <Field label="Metrics" htmlFor={id} noMargin>
      <MultiCombobox
        id={id}
        options={[...METRICS, ...variableOptions()]}
        value={query.metrics ?? []}
        placeholder="CPU, memory and network"
        width="auto"
        minWidth={30}
        maxWidth={80}
        data-testid={testIds.queryEditor.metrics}
        onChange={(chosen) => onChange({ ...query, metrics: chosen.map(({ value }) => value) })}
      />
    </Field>
  );
}

const textOf = ({ filters }: HemostatDataQuery) => filters?.text ?? '';
const listOf = ({ filters }: HemostatDataQuery, name: ListFilter) => filters?.[name] ?? [];

function OneField({ name, source, query, onChange }: Omit<QueryFieldsProps, 'fields'> & { name: FieldName }) {
  switch (name) {
    case 'text':
      return (
        <TextField
          label="Text"
          value={textOf(query)}
          placeholder="Part of the text"
          data-testid={testIds.queryEditor.text}
          onCommit={(text) => onChange(withFilter(query, { text }))}
        />
      );
    case 'target':
      return <TargetField source={source} incident={query.queryType === 'trace'} value={query.target ?? ''} onChange={(target) => onChange({ ...query, target })} />;
    case 'metrics':
      return <MetricsField query={query} onChange={onChange} />;
    case 'policy':
      return <PolicyField value={query.policy} onChange={(policy) => onChange({ ...query, policy })} />;
    case 'annotate':
      return (
        <Field label="Mark" noMargin>
          <RadioButtonGroup options={ANNOTATE} value={query.annotate ?? 'both'} onChange={(annotate) => onChange({ ...query, annotate })} />
        </Field>
      );
    default: {
      const filter: ListFilter = name;
      return <FilterField source={source} name={filter} value={listOf(query, filter)} onChange={(values) => onChange(withFilter(query, { [filter]: values }))} />;
    }
  }
}

/** Fields of a query, for a row that wraps. */
export function QueryFields({ fields, ...rest }: QueryFieldsProps) {
  return fields.map((name) => <OneField key={name} name={name} {...rest} />);
}
