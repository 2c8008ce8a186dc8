import { getTemplateSrv } from '@grafana/runtime';
import type { ComboboxOption } from '@grafana/ui';
import type { HemostatDataSource } from '../datasource';
import type { ValueKind } from '../types';

export type Values = Pick<HemostatDataSource, 'values'>;

/** Variables of the dashboard, which may stand wherever a value may. */
export function variableOptions(): ComboboxOption[] {
  return getTemplateSrv()
    .getVariables()
    .map(({ name }) => ({ value: `$${name}`, label: `$${name}`, description: 'Variable', group: 'Variables' }));
}

/**
 * What a field offers for what was typed: variables first, then values that exist now. Without an answer only the variables are
 * offered, and any text may still be typed.
 */
export async function choices(source: Values, kind: ValueKind, typed: string): Promise<ComboboxOption[]> {
  const wanted = typed.toLowerCase();
  const variables = variableOptions().filter(({ value }) => value.toLowerCase().includes(wanted));
  try {
    const values = await source.values(kind, { text: typed });
    return [...variables, ...values.map(({ text, value = text }) => ({ label: text, value: String(value) }))];
  } catch {
    return variables;
  }
}
