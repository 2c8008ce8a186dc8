import React, { useId } from 'react';
import { Combobox, Field, MultiCombobox, RadioButtonGroup, type ComboboxOption } from '@grafana/ui';
import { typeOf, withFilter } from '../query-model';
import type { Aggregation, HemostatDataQuery, ListFilter } from '../types';
import { variableOptions, type Values } from './choices';
import { FilterField, TargetField, type TargetKind } from './FilterField';
import { AGGREGATE, ANNOTATE, KINDS, METRICS, SERIES, type FieldName } from './kinds';
import { PolicyField } from './PolicyField';
import { testIds } from './test-ids';
import { TextField } from './TextField';

interface QueryFieldsProps {
  source: Values;
  query: HemostatDataQuery;
  fields: readonly FieldName[];
  onChange: (query: HemostatDataQuery) => void;
}

interface MetricsFieldProps extends Pick<QueryFieldsProps, 'query' | 'onChange'> {
  label: string;
  options: readonly ComboboxOption[];
  placeholder: string;
}

function MetricsField({ label, options, placeholder, query, onChange }: MetricsFieldProps) {
  const id = useId();
  return (
    <Field label={label} htmlFor={id} noMargin>
      <MultiCombobox
        id={id}
        options={[...options, ...variableOptions()]}
        value={query.metrics ?? []}
        placeholder={placeholder}
        width="auto"
        minWidth={30}
        maxWidth={80}
        data-testid={testIds.queryEditor.metrics}
        onChange={(chosen) => onChange({ ...query, metrics: chosen.map(({ value }) => value) })}
      />
    </Field>
  );
}

const FITTING = 'As fits the figure';

function AggregationField({ query, onChange }: Pick<QueryFieldsProps, 'query' | 'onChange'>) {
  const id = useId();
  return (
    <Field label="Aggregation" htmlFor={id} noMargin>
      <Combobox<Aggregation>
        id={id}
        options={[...AGGREGATE]}
        value={query.aggregation ?? null}
        placeholder={FITTING}
        isClearable
        width={24}
        data-testid={testIds.queryEditor.aggregation}
        onChange={(chosen) => onChange({ ...query, aggregation: chosen?.value })}
      />
    </Field>
  );
}

const TARGETS: Readonly<Partial<Record<ReturnType<typeof typeOf>, TargetKind>>> = { trace: 'incident', agent_traces: 'trace' };
const targetKind = (query: HemostatDataQuery): TargetKind => TARGETS[typeOf(query)] ?? 'container';

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
      return <TargetField source={source} kind={targetKind(query)} value={query.target ?? ''} onChange={(target) => onChange({ ...query, target })} />;
    case 'metrics':
      return <MetricsField label="Metrics" options={METRICS} placeholder="CPU, memory and network" query={query} onChange={onChange} />;
    case 'series':
      return <MetricsField label="Figures" options={SERIES} placeholder="Latency, requests, errors, tokens" query={query} onChange={onChange} />;
    case 'aggregation':
      return <AggregationField query={query} onChange={onChange} />;
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
      return <FilterField source={source} name={filter} words={KINDS[typeOf(query)].words?.[filter]} value={listOf(query, filter)} onChange={(values) => onChange(withFilter(query, { [filter]: values }))} />;
    }
  }
}

/** Fields of a query, for a row that wraps. */
export function QueryFields({ fields, ...rest }: QueryFieldsProps) {
  return fields.map((name) => <OneField key={name} name={name} {...rest} />);
}
