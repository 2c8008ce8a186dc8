import { locationService } from '@grafana/runtime';
import { useCallback, useMemo } from 'react';
import { useLocation } from 'react-router-dom';

/**
 * Filters, open rows and tabs live in the URL, so that they outlive a refresh and can be sent to somebody else (R004).
 * @param names parameters that this component owns
 * @returns their values (empty list when absent), and a setter; setting does not make a step in the history
 */
export function useUrlState<N extends string>(...names: readonly N[]): [Record<N, string[]>, (change: Partial<Record<N, string | readonly string[]>>) => void] {
  const { search } = useLocation();
  const key = names.join(' ');
  const values = useMemo(() => {
    const params = new URLSearchParams(search);
    return Object.fromEntries<string[]>(key.split(' ').map((name) => [name, params.getAll(name).filter(Boolean)])) as Record<N, string[]>;
  }, [search, key]);
  const set = useCallback((change: Partial<Record<N, string | readonly string[]>>) => {
    const given = Object.entries<string | readonly string[] | undefined>(change);
    // An empty value takes the parameter out of the address.
    locationService.partial(Object.fromEntries(given.map(([name, value]) => [name, value === undefined || value.length === 0 ? undefined : value])), true);
  }, []);
  return [values, set];
}
