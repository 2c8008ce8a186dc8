import React, { useCallback, useId } from 'react';
import type { QueryEditorProps } from '@grafana/data';
import { Combobox, Field, Stack, type ComboboxOption } from '@grafana/ui';
import type { HemostatDataSource } from '../datasource';
import type { HemostatDataQuery, HemostatOptions, HemostatVariableQuery, ValueKind } from '../types';
import { choices, type Values } from './choices';
import { testIds } from './test-ids';

type Props = QueryEditorProps<HemostatDataSource, HemostatDataQuery, HemostatOptions, HemostatVariableQuery>;

const OPTIONS: Array<ComboboxOption<ValueKind>> = [
  { value: 'containers', label: 'Containers', description: 'Host and name.' },
  { value: 'hosts', label: 'Hosts', description: 'Docker hosts.' },
  { value: 'projects', label: 'Projects', description: 'Docker Compose projects.' },
  { value: 'images', label: 'Images' },
  { value: 'incidents', label: 'Incidents', description: 'Newest first.' },
  { value: 'agents', label: 'Agents' },
  { value: 'types', label: 'Event types' },
  { value: 'severities', label: 'Severities' },
  { value: 'statuses', label: 'Statuses' },
  { value: 'actions', label: 'Actions' },
];
/** Kinds that can be narrowed to a host or project. */
const OF_CONTAINERS: ReadonlySet<ValueKind> = new Set(['containers', 'hosts', 'projects', 'images']);

function Narrowing({ source, kind, label, value, onChange }: { source: Values; kind: 'hosts' | 'projects'; label: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  const options = useCallback(async (typed: string) => choices(source, kind, typed), [source, kind]);
  return (
    <Field label={label} htmlFor={id} noMargin>
      <Combobox
        id={id}
        options={options}
        value={value ? { value, label: value } : null}
        placeholder="Any"
        createCustomValue
        isClearable
        width={25}
        onChange={(chosen) => onChange(chosen?.value ?? '')}
      />
    </Field>
  );
}

/** What values a template variable offers. */
export function VariableQueryEditor({ datasource, query, onChange }: Props) {
  const id = useId();
  // Grafana gives a new variable the empty text as query.
  const { kind = 'containers', host = '', project = '', refId } = typeof query === 'object' ? query : ({} as Partial<HemostatVariableQuery>);
  const change = (changed: Partial<HemostatVariableQuery>) => {
    const next = { kind, host, project, ...changed };
    onChange({ refId: refId || 'variable', kind: next.kind, ...(next.host ? { host: next.host } : {}), ...(next.project ? { project: next.project } : {}) });
  };
  return (
    <Stack direction="row" wrap="wrap" gap={2}>
      <Field label="Values" htmlFor={id} noMargin>
        <Combobox id={id} options={OPTIONS} value={kind} width={25} data-testid={testIds.variableEditor.kind} onChange={({ value }) => change({ kind: value })} />
      </Field>
      {OF_CONTAINERS.has(kind) && kind !== 'hosts' && <Narrowing source={datasource} kind="hosts" label="Host" value={host} onChange={(one) => change({ host: one })} />}
      {OF_CONTAINERS.has(kind) && kind !== 'projects' && (
        <Narrowing source={datasource} kind="projects" label="Project" value={project} onChange={(one) => change({ project: one })} />
      )}
    </Stack>
  );
}
