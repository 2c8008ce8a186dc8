import React, { useId, useState } from 'react';
import { Button, Field, InlineSwitch, RadioButtonGroup, Stack, Text } from '@grafana/ui';
import { DEFAULT_LIMIT, MAX_LIMIT, typeOf } from '../query-model';
import type { HemostatDataQuery } from '../types';
import type { Values } from './choices';
import { KINDS, type FieldName, type Kind } from './kinds';
import { QueryFields } from './QueryFields';
import { testIds } from './test-ids';
import { TextField } from './TextField';

interface QueryOptionsProps {
  source: Values;
  query: HemostatDataQuery;
  /** Alert rules have no panel to keep up to date. */
  mayLive: boolean;
  onChange: (query: HemostatDataQuery) => void;
}

const FORMATS = [
  { value: 'logs' as const, label: 'Logs', description: 'One line an event.' },
  { value: 'table' as const, label: 'Table', description: 'One row an event, each fact in a column.' },
];
const ORDERS = [
  { value: 'backward' as const, label: 'Newest first' },
  { value: 'forward' as const, label: 'Oldest first' },
];

function setCount(query: HemostatDataQuery, fields: readonly FieldName[]): number {
  return Object.entries(query.filters ?? {}).filter(([name, value]) => (fields as readonly string[]).includes(name) && value.length > 0).length;
}

function eventWords({ format = 'logs', direction }: HemostatDataQuery): string[] {
  return [`Format: ${format}`, ...(direction === 'forward' ? ['Oldest first'] : [])];
}

function filterWords(query: HemostatDataQuery, kind: Kind): string[] {
  const more = setCount(query, kind.more);
  const labels = query.adhoc?.length ?? 0;
  return [...(more > 0 ? [`${more} more ${more === 1 ? 'filter' : 'filters'}`] : []), ...(labels > 0 ? [`${labels} from labels`] : [])];
}

/** What the closed group says, so that nothing that narrows a query is hidden. */
function summaryOf(query: HemostatDataQuery, kind: Kind): string {
  return [
    ...(typeOf(query) === 'events' ? eventWords(query) : []),
    ...(kind.paged ? [`Limit: ${query.limit ?? DEFAULT_LIMIT}`] : []),
    ...(query.live && kind.live ? ['Live'] : []),
    ...filterWords(query, kind),
  ].join(' \u00b7 ');
}

export function limitOf(text: string): number {
  const number = Math.round(Number(text));
  return Number.isFinite(number) && number >= 1 ? Math.min(number, MAX_LIMIT) : DEFAULT_LIMIT;
}

function EventOptions({ query, onChange }: Pick<QueryOptionsProps, 'query' | 'onChange'>) {
  return (
    <>
      <Field label="Format" noMargin>
        <RadioButtonGroup options={FORMATS} value={query.format ?? 'logs'} data-testid={testIds.queryEditor.format} onChange={(format) => onChange({ ...query, format })} />
      </Field>
      <Field label="Order" noMargin>
        <RadioButtonGroup options={ORDERS} value={query.direction ?? 'backward'} onChange={(direction) => onChange({ ...query, direction, cursor: undefined })} />
      </Field>
    </>
  );
}

/** Filters made by a click on a label of a log line; they can only be taken out here. */
function LabelFilters({ query, onChange }: Pick<QueryOptionsProps, 'query' | 'onChange'>) {
  const adhoc = query.adhoc ?? [];
  if (adhoc.length === 0) {
    return null;
  }
  return (
    <Field label="From labels" noMargin>
      <Stack direction="row" wrap="wrap" gap={1}>
        {adhoc.map(({ key, operator, value }, index) => (
          <Button
            key={`${key}${operator}${value}`}
            size="sm"
            variant="secondary"
            icon="times"
            tooltip="Take this filter out"
            onClick={() => onChange({ ...query, adhoc: adhoc.filter((_, at) => at !== index) })}
          >
            {`${key} ${operator} ${value}`}
          </Button>
        ))}
      </Stack>
    </Field>
  );
}

/** Everything that most queries do without, closed at first. */
export function QueryOptions({ source, query, mayLive, onChange }: QueryOptionsProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const kind = KINDS[typeOf(query)];
  return (
    <Stack direction="column" gap={1}>
      <Stack direction="row" gap={1} alignItems="center">
        <Button
          fill="text"
          size="sm"
          variant="secondary"
          icon={open ? 'angle-down' : 'angle-right'}
          aria-expanded={open}
          aria-controls={id}
          data-testid={testIds.queryEditor.options}
          onClick={() => setOpen(!open)}
        >
          Options
        </Button>
        {!open && (
          <Text variant="bodySmall" color="secondary">
            {summaryOf(query, kind)}
          </Text>
        )}
      </Stack>
      {open && (
        <div id={id}>
          <Stack direction="column" gap={2}>
            <Stack direction="row" wrap="wrap" gap={2} alignItems="flex-start">
              {typeOf(query) === 'events' && <EventOptions query={query} onChange={onChange} />}
              {kind.paged && (
                <TextField
                  label="Limit"
                  type="number"
                  width={12}
                  value={String(query.limit ?? DEFAULT_LIMIT)}
                  data-testid={testIds.queryEditor.limit}
                  onCommit={(text) => onChange({ ...query, limit: limitOf(text), cursor: undefined })}
                />
              )}
              {kind.live && mayLive && (
                <Field label="Live" htmlFor={`${id}-live`} noMargin>
                  <InlineSwitch
                    id={`${id}-live`}
                    value={query.live ?? false}
                    data-testid={testIds.queryEditor.live}
                    onChange={(event) => onChange({ ...query, live: event.currentTarget.checked })}
                  />
                </Field>
              )}
            </Stack>
            <Stack direction="row" wrap="wrap" gap={2} alignItems="flex-start">
              <QueryFields source={source} query={query} fields={kind.more} onChange={onChange} />
            </Stack>
            <LabelFilters query={query} onChange={onChange} />
          </Stack>
        </div>
      )}
    </Stack>
  );
}
