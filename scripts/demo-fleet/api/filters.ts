import { z } from 'zod';

import { badRequest } from '../engine/errors';

/** Values by filter name; Docker takes `{"name":["a"]}` and the older `{"name":{"a":true}}`. */
export type Filters = Map<string, string[]>;

const filterSchema = z.record(z.string(), z.union([z.array(z.string()), z.record(z.string(), z.boolean())]));

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`invalid filter: ${text.slice(0, 200)}`);
  }
}

/** Reads the `filters` of a query; an unknown name is refused as Docker does. */
export function parseFilters(text: string | null, known: ReadonlySet<string>): Filters {
  if (text === null || text === '') {
    return new Map();
  }
  const parsed = filterSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw badRequest(`invalid filter: ${text.slice(0, 200)}`);
  }
  const filters: Filters = new Map();
  for (const [name, values] of Object.entries(parsed.data)) {
    if (!known.has(name)) {
      throw badRequest(`Invalid filter '${name}'`);
    }
    filters.set(name, Array.isArray(values) ? values : Object.keys(values));
  }
  return filters;
}

/** True when the filter is absent or one of its values satisfies the test. */
export function anyOf(filters: Filters, name: string, test: (value: string) => boolean): boolean {
  const values = filters.get(name);
  return values === undefined || values.length === 0 || values.some(test);
}

/** True when all label filters ("key" or "key=value") hold. */
export function labelsMatch(filters: Filters, labels: Record<string, string>): boolean {
  return (filters.get('label') ?? []).every((wanted) => {
    const [key = '', value] = wanted.split(/=(.*)/s);
    return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
  });
}

/** Docker reads the name filter as a regular expression; text that is none is searched as it is. */
export function nameMatches(pattern: string, name: string): boolean {
  try {
    const expression = new RegExp(pattern);
    return expression.test(name) || expression.test(`/${name}`);
  } catch {
    return name.includes(pattern);
  }
}
