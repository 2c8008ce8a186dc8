import React, { type ReactNode } from 'react';
import type { Resource } from '../../hooks/useResource';
import { Failed } from './Failed';
import { Loading } from './Loading';

export interface ReadyProps<T> {
  of: Pick<Resource<T>, 'value' | 'loading' | 'failure' | 'reload'>;
  /** Draws the value; a page says itself when there is nothing in it. */
  children: (value: T) => ReactNode;
}

/** The states that every reading has: loading, failed (with retry), no permission, and there. An older answer stays below a failure. */
export function Ready<T>({ of: { value, failure, reload }, children }: ReadyProps<T>) {
  return (
    <>
      {failure ? <Failed failure={failure} retry={reload} stale={value !== undefined} /> : null}
      {value === undefined ? failure ? null : <Loading /> : children(value)}
    </>
  );
}
