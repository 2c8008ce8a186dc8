import { useCallback, useEffect, useRef, useState } from 'react';
import { usePage } from '../components/Page/context';
import { failureOf, type Failure } from './failure';
import { findSource } from './source';
import { useTimeRange } from './useTimeRange';

export interface Resource<T> {
  /** The last answer; kept while a newer one is read, and when reading it failed. */
  value: T | undefined;
  /** True until the first answer or failure. */
  loading: boolean;
  /** Of the last try; undefined once one succeeds. */
  failure: Failure | undefined;
  /** When `value` was read, milliseconds since 1970. */
  at: number | undefined;
  reload: () => void;
}

type Params = Readonly<Record<string, string | number | boolean | undefined>>;
interface Held<T> {
  asked: string;
  value?: T;
  failure?: Failure;
  at?: number;
}

/**
 * Reads a resource of the data source, and again with every refresh of the page. An answer that is overtaken is dropped.
 * @param path such as `status`; undefined reads nothing
 * @param params query string; undefined ones are left out
 */
export function useResource<T>(path: string | undefined, params: Params = {}): Resource<T> {
  const { settings } = usePage();
  const { range } = useTimeRange();
  const [tries, setTries] = useState(0);
  const [held, setHeld] = useState<Held<T>>({ asked: '' });
  const latest = useRef(0);
  const asked = path === undefined ? '' : JSON.stringify([settings.datasourceUid, path, params]);

  useEffect(() => {
    if (asked === '') {
      return;
    }
    const [uid, resource, query] = JSON.parse(asked) as [string, string, Params];
    latest.current += 1;
    const turn = latest.current;
    const keep = (change: (before: Held<T>) => Held<T>) => turn === latest.current && setHeld(change);
    findSource(uid)
      .then(async (source) => source.readResource<T>(resource, query))
      .then(
        (value) => keep(() => ({ asked, value, at: Date.now() })),
        // The answer of another question is not shown under this one.
        (cause: unknown) => keep((before) => ({ ...(before.asked === asked ? before : {}), asked, failure: failureOf(cause) }))
      );
    return () => {
      latest.current += 1;
    };
  }, [asked, range, tries]);

  const reload = useCallback(() => setTries((count) => count + 1), []);
  const mine: Held<T> = held.asked === asked ? held : { asked };
  return { value: mine.value, failure: mine.failure, at: mine.at, loading: asked !== '' && mine.value === undefined && mine.failure === undefined, reload };
}
