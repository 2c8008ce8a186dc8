import React from 'react';
import type { QueryEditorProps } from '@grafana/data';
import { Stack } from '@grafana/ui';
import type { HemostatDataSource } from '../datasource';
import type { HemostatDataQuery, HemostatOptions } from '../types';
import { KINDS } from './kinds';
import { QueryFields } from './QueryFields';
import { QueryOptions } from './QueryOptions';

type Props = QueryEditorProps<HemostatDataSource, HemostatDataQuery, HemostatOptions>;

/** What is marked on the graphs of a dashboard. */
export function AnnotationEditor({ datasource, query, onChange, onRunQuery }: Props) {
  const asked: HemostatDataQuery = { ...query, queryType: 'annotations' };
  const change = (changed: HemostatDataQuery) => {
    onChange(changed);
    onRunQuery();
  };
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" wrap="wrap" gap={2} alignItems="flex-start">
        <QueryFields source={datasource} query={asked} fields={KINDS.annotations.fields} onChange={change} />
      </Stack>
      <QueryOptions source={datasource} query={asked} mayLive={false} onChange={change} />
    </Stack>
  );
}
