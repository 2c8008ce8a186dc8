import type { AdHocVariableFilter, ScopedVars } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import type { HemostatQuery } from '../contract/query';
import { LIST_FILTERS, typeOf } from './query-model';
import type { HemostatDataQuery, QueryFilters } from './types';

type Adhoc = HemostatQuery['adhoc'][number];
type Replace = Pick<TemplateSrv, 'replace'>;

/** What "All" becomes when its own value is set by hand, and what an empty choice gives. */
const ANYTHING: ReadonlySet<string> = new Set(['', '*', '.*', '.+', '$__all']);
/** As many values as the contract takes in one filter. */
const MAX_VALUES = 200;
const OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~', '<', '>', '=|', '!=|'] satisfies Array<Adhoc['operator']>);

interface Found {
  name: string;
  values: string[];
}

/** No variable's value holds this, so that what is around the variables stays recognisable. */
const mark = (index: number) => `\u0000${index}\u0000`;
const MARKS = /\u0000(\d+)\u0000/;

/**
 * One text with variables as all the texts that it stands for: `web-$n` with n = 1 and 2 is `web-1` and `web-2`.
 * @returns undefined when it stands for anything: the variable is set to "All", or to nothing.
 */
export function expand(text: string, templates: Replace, scopedVars?: ScopedVars): string[] | undefined {
  const found: Found[] = [];
  const written = templates.replace(text, scopedVars, (value: unknown, variable?: { name?: string }) => {
    found.push({ name: variable?.name ?? '', values: (Array.isArray(value) ? value : [value]).map(String) });
    return mark(found.length - 1);
  });
  const [only] = found;
  if (only && found.length === 1 && written === mark(0) && isAll(only, templates, scopedVars)) {
    return undefined;
  }
  const texts = product(written, found).filter((one) => !ANYTHING.has(one));
  return texts.length === 0 ? undefined : [...new Set(texts)];
}

/** A choice of "All" reaches us as the list of all options; its text tells it from a choice of each. */
function isAll({ name, values }: Found, templates: Replace, scopedVars?: ScopedVars): boolean {
  return name !== '' && templates.replace(`\${${name}:text}`, scopedVars) === 'All' && !(values.length === 1 && values[0] === 'All');
}

function product(text: string, found: readonly Found[]): string[] {
  const [match, index] = MARKS.exec(text) ?? [];
  if (match === undefined) {
    return [text];
  }
  const values = found[Number(index)]?.values ?? [''];
  return values.flatMap((value) => product(text.replace(match, () => value), found)).slice(0, MAX_VALUES);
}

/** Every text of a list expanded. If one of them stands for anything, so does the list. */
function expandAll(texts: readonly string[], templates: Replace, scopedVars?: ScopedVars): string[] {
  const expanded = texts.map((text) => expand(text, templates, scopedVars));
  return expanded.every((one) => one !== undefined) ? [...new Set(expanded.flat())].slice(0, MAX_VALUES) : [];
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** One text is looked for as it is; several by a pattern. */
function textFilter(text: string, templates: Replace, scopedVars?: ScopedVars): { text: string; adhoc: Adhoc[] } {
  const texts = expand(text, templates, scopedVars) ?? [];
  if (texts.length <= 1) {
    return { text: texts[0] ?? '', adhoc: [] };
  }
  return { text: '', adhoc: [{ key: 'text', operator: '=~', value: `.*(?:${texts.map(escaped).join('|')}).*` }] };
}

/** Filters of the dashboard in our words. Operators that we do not know are left out. */
export function adhocOf(filters: readonly AdHocVariableFilter[] = []): Adhoc[] {
  return filters
    .filter(({ key, operator }) => key !== '' && OPERATORS.has(operator))
    .map(({ key, operator, value, values }) => ({ key, operator: operator as Adhoc['operator'], value, ...(values?.length ? { values } : {}) }));
}

/** What the query is about: one incident or container; container metrics take several. */
function target(query: HemostatDataQuery, filters: Partial<QueryFilters>, templates: Replace, scopedVars?: ScopedVars): Pick<HemostatDataQuery, 'target' | 'filters'> {
  const [first = '', ...more] = expand(query.target ?? '', templates, scopedVars) ?? [];
  if (more.length === 0 || typeOf(query) !== 'container_metrics') {
    return { target: first, filters };
  }
  return { target: '', filters: { ...filters, containers: [...new Set([first, ...more, ...(filters.containers ?? [])])].slice(0, MAX_VALUES) } };
}

/** The query with every variable replaced and the filters of the dashboard added. */
export function interpolate(query: HemostatDataQuery, templates: Replace, scopedVars?: ScopedVars, dashboardFilters?: readonly AdHocVariableFilter[]): HemostatDataQuery {
  const { filters = {} } = query;
  const lists = Object.fromEntries(
    LIST_FILTERS.map((name) => [name, expandAll(filters[name] ?? [], templates, scopedVars)] as const).filter(([, values]) => values.length > 0)
  );
  const text = textFilter(filters.text ?? '', templates, scopedVars);
  const adhoc = (query.adhoc ?? []).map((one) => ({ ...one, value: templates.replace(one.value, scopedVars) }));
  return {
    ...query,
    ...target(query, { ...lists, ...(text.text ? { text: text.text } : {}) }, templates, scopedVars),
    adhoc: [...adhoc, ...text.adhoc, ...adhocOf(dashboardFilters)],
    metrics: expandAll(query.metrics ?? [], templates, scopedVars),
  };
}
