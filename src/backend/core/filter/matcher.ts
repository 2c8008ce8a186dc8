import type { HemostatQuery, QueryFilters } from '../../../contract/query';
import type { Notice } from '../types';
import { FACT_KEYS, type Facts } from './facts';
import { compilePattern } from './pattern';

export interface Matcher {
  /** False: everything fits, and `test` need not be asked. */
  active: boolean;
  test(facts: Facts): boolean;
  /** Filters that mean nothing here. */
  notices: Notice[];
}
type Test = (facts: Facts) => boolean;
type Adhoc = HemostatQuery['adhoc'][number];

const NAMES: Record<keyof Omit<QueryFilters, 'text'>, keyof Facts> = {
  types: 'type',
  containers: 'container',
  hosts: 'host',
  projects: 'project',
  severities: 'severity',
  statuses: 'status',
  actions: 'action',
  agents: 'agent',
  incidents: 'incident',
};

function valuesOf(facts: Facts, name: keyof Omit<Facts, 'more'>): readonly string[] {
  const value = facts[name];
  if (typeof value === 'function') {
    return [value()];
  }
  if (name === 'container') {
    // A container may be named with or without its host.
    return facts.host ? [facts.container, `${facts.host}/${facts.container}`] : [facts.container];
  }
  return typeof value === 'string' ? [value] : value;
}

function namedTests(filters: QueryFilters): Test[] {
  const tests: Test[] = [];
  for (const [filter, name] of Object.entries(NAMES) as Array<[keyof typeof NAMES, keyof Omit<Facts, 'more'>]>) {
    const wanted = new Set(filters[filter]);
    if (wanted.size > 0) {
      tests.push((facts) => valuesOf(facts, name).some((value) => wanted.has(value)));
    }
  }
  const text = filters.text.toLowerCase();
  if (text) {
    tests.push((facts) => facts.text().toLowerCase().includes(text));
  }
  return tests;
}

/** Values repeat much more than they differ: each is asked once. */
function remembered(test: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>();
  return (value) => {
    let fits = known.get(value);
    if (fits === undefined) {
      fits = test(value);
      if (known.size < 5000) {
        known.set(value, fits);
      }
    }
    return fits;
  };
}

function valueTest({ operator, value, values }: Adhoc): { test: (value: string) => boolean; negated: boolean } {
  const many = new Set(values?.length ? values : [value]);
  const limit = Number(value);
  switch (operator) {
    case '=':
      return { test: (actual) => actual === value, negated: false };
    case '!=':
      return { test: (actual) => actual === value, negated: true };
    case '=|':
      return { test: (actual) => many.has(actual), negated: false };
    case '!=|':
      return { test: (actual) => many.has(actual), negated: true };
    case '<':
      return { test: (actual) => actual !== '' && Number(actual) < limit, negated: false };
    case '>':
      return { test: (actual) => actual !== '' && Number(actual) > limit, negated: false };
    default: {
      const pattern = compilePattern(value);
      return { test: remembered((actual) => pattern.test(actual)), negated: operator === '!~' };
    }
  }
}

function adhocTest(filter: Adhoc, more: ReadonlySet<string>): Test | undefined {
  const { test, negated } = valueTest(filter);
  const name = Object.hasOwn(FACT_KEYS, filter.key) ? FACT_KEYS[filter.key] : undefined;
  if (name) {
    return (facts) => valuesOf(facts, name).some(test) !== negated;
  }
  if (!more.has(filter.key)) {
    return undefined;
  }
  return (facts) => {
    const value = facts.more?.[filter.key];
    return test(value === undefined || value === null ? '' : String(value)) !== negated;
  };
}

/**
 * All filters of a query as one test.
 * @param more keys of ad-hoc filters that this kind of row knows beyond the common ones
 * @throws QueryError 400 when a pattern cannot be used.
 */
export function matcherOf(query: Pick<HemostatQuery, 'filters' | 'adhoc'>, more: readonly string[] = []): Matcher {
  const known = new Set(more);
  const notices: Notice[] = [];
  const tests = namedTests(query.filters);
  for (const filter of query.adhoc) {
    const test = adhocTest(filter, known);
    if (test) {
      tests.push(test);
    } else {
      notices.push({ severity: 'warning', text: `The filter on "${filter.key}" means nothing for this query and was left out.` });
    }
  }
  return { active: tests.length > 0, test: (facts) => tests.every((test) => test(facts)), notices };
}

/** Names of the filters in use that a query cannot honour. */
export function usedFilters(query: Pick<HemostatQuery, 'filters' | 'adhoc'>, except: readonly string[]): string[] {
  const named = Object.entries(query.filters)
    .filter(([, value]) => value.length > 0)
    .map(([name]) => name);
  return [...named, ...query.adhoc.map((filter) => filter.key)].filter((name) => !except.includes(name));
}
