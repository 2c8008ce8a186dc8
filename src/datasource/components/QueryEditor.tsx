import React, { useEffect, useId, useRef } from 'react';
import { CoreApp, type QueryEditorProps } from '@grafana/data';
import { Combobox, Field, Stack, type ComboboxOption } from '@grafana/ui';
import type { HemostatDataSource } from '../datasource';
import { typeOf } from '../query-model';
import type { HemostatDataQuery, HemostatOptions, QueryType } from '../types';
import { KINDS } from './kinds';
import { QueryFields } from './QueryFields';
import { QueryOptions } from './QueryOptions';
import { testIds } from './test-ids';

type Props = QueryEditorProps<HemostatDataSource, HemostatDataQuery, HemostatOptions>;

const TYPES: Array<ComboboxOption<QueryType>> = Object.entries(KINDS).map(([value, { label, description }]) => ({ value: value as QueryType, label, description }));
/** Rules need numbers: of these an expression can make a condition. */
const FOR_RULES: ReadonlySet<QueryType> = new Set(['frequency', 'statistics', 'container_metrics', 'system_status', 'health_history', 'agent_series', 'agent_summary']);

/** Cursor, target and figures belong to the type that they were chosen for. */
const asType = (query: HemostatDataQuery, queryType: QueryType): HemostatDataQuery => ({ ...query, queryType, target: undefined, cursor: undefined, metrics: undefined });

/** Grafana shows a new rule our default query, but keeps an empty one, which asks for log lines: it is told what it shows, once. */
function useDefaultOfRule(forRule: boolean, query: HemostatDataQuery, onChange: Props['onChange']): void {
  const told = useRef(false);
  useEffect(() => {
    if (forRule && !told.current) {
      told.current = true;
      onChange(query);
    }
  }, [forRule, query, onChange]);
}

/** The question first, then what narrows it; the rest under "Options". */
export function QueryEditor({ datasource, query, onChange, onRunQuery, app }: Props) {
  const id = useId();
  const type = typeOf(query);
  const forRule = app === CoreApp.UnifiedAlerting || app === CoreApp.CloudAlerting;
  useDefaultOfRule(forRule, query, onChange);
  const change = (changed: HemostatDataQuery) => {
    onChange(changed);
    onRunQuery();
  };
  const types = forRule ? TYPES.filter(({ value }) => FOR_RULES.has(value) || value === type) : TYPES;
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" wrap="wrap" gap={2} alignItems="flex-start">
        <Field label="Query" htmlFor={id} noMargin>
          <Combobox id={id} options={types} value={type} width={36} data-testid={testIds.queryEditor.type} onChange={({ value }) => change(asType(query, value))} />
        </Field>
        <QueryFields source={datasource} query={query} fields={KINDS[type].fields} onChange={change} />
      </Stack>
      <QueryOptions source={datasource} query={query} mayLive={!forRule} onChange={change} />
    </Stack>
  );
}
