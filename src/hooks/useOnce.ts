import { useCallback, useEffect, useState } from 'react';
import { usePage } from '../components/Page/context';
import { failureOf, type Failure } from './failure';
import { findSource } from './source';

interface Held<T> {
  asked: string;
  value?: T;
  failure?: Failure;
}

/**
 * Reads a resource once, and not again with each refresh: for what does not change, such as an event of the log.
 * @param params query string
 */
export function useOnce<T>(path: string, params: Readonly<Record<string, string>> = {}): { value: T | undefined; loading: boolean; failure: Failure | undefined; reload: () => void } {
  const { settings } = usePage();
  const [tries, setTries] = useState(0);
  const [held, setHeld] = useState<Held<T>>({ asked: '' });
  const asked = JSON.stringify([settings.datasourceUid, path, params]);
  useEffect(() => {
    let left = false;
    const [uid, resource, query] = JSON.parse(asked) as [string, string, Record<string, string>];
    const keep = (next: Held<T>) => !left && setHeld(next);
    findSource(uid)
      .then(async (source) => source.readResource<T>(resource, query))
      .then(
        (value) => keep({ asked, value }),
        (cause: unknown) => keep({ asked, failure: failureOf(cause) })
      );
    return () => {
      left = true;
    };
  }, [asked, tries]);
  const reload = useCallback(() => setTries((count) => count + 1), []);
  const mine: Held<T> = held.asked === asked ? held : { asked };
  return { value: mine.value, failure: mine.failure, loading: mine.value === undefined && mine.failure === undefined, reload };
}
