import { querySchema, type HemostatQuery } from '../../contract/query';
import type { QueryFailure } from './types';

export type ReadQuery = { ok: true; query: HemostatQuery } | { ok: false; failure: QueryFailure };

/**
 * Checks one query as a client sent it, for both doors alike. Grafana's own default for a type that was not chosen is an
 * empty text or null: both count as not given.
 */
export function readQuery(value: object & { queryType?: unknown }): ReadQuery {
  const { queryType } = value;
  const parsed = querySchema.safeParse(queryType === '' || queryType === null ? { ...value, queryType: undefined } : value);
  if (parsed.success) {
    return { ok: true, query: parsed.data };
  }
  const [issue] = parsed.error.issues;
  return { ok: false, failure: { status: 400, message: `Field "${issue?.path.join('.') ?? ''}" of the query: ${issue?.message ?? 'cannot be read'}`, source: 'plugin' } };
}
