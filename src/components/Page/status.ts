import { createContext, useContext } from 'react';
import type { StatusAnswer } from '../../contract/api';
import type { Resource } from '../../hooks/useResource';

/** How the healer is: read once for the whole page by its frame. */
export const StatusContext = createContext<Resource<StatusAnswer> | undefined>(undefined);

/** @throws Error outside of a page */
export function useStatus(): Resource<StatusAnswer> {
  const status = useContext(StatusContext);
  if (!status) {
    throw new Error('This component stands outside of the frame of a HemoStat page.');
  }
  return status;
}
