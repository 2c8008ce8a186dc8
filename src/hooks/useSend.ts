import { AppEvents } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { useCallback, useState } from 'react';
import { usePage } from '../components/Page/context';
import { failureOf, type Failure } from './failure';
import { findSource } from './source';
import { useTimeRange } from './useTimeRange';

/** Every answer to what is sent says what happens now. */
interface Told {
  next: string;
}

export interface Sending<A extends Told> {
  running: boolean;
  failure: Failure | undefined;
  /** Sends it, says what happens next, and refreshes the page. @returns undefined when it failed; `failure` then says why */
  run: (body: Record<string, unknown>) => Promise<A | undefined>;
}

/**
 * Something that is sent to a resource of the data source. Who may do it is decided on the server; the buttons only tell beforehand.
 * @param againMs milliseconds after which the page is refreshed once more: for what an agent does a moment after it was asked
 */
export function useSend<A extends Told>(path: string, againMs?: number): Sending<A> {
  const { settings } = usePage();
  const { refresh } = useTimeRange();
  const [running, setRunning] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const run = useCallback(
    async (body: Record<string, unknown>) => {
      setRunning(true);
      setFailure(undefined);
      try {
        const source = await findSource(settings.datasourceUid);
        const done = await source.sendResource<A>(path, body);
        getAppEvents().publish({ type: AppEvents.alertSuccess.name, payload: [done.next] });
        refresh();
        if (againMs !== undefined) {
          setTimeout(refresh, againMs);
        }
        return done;
      } catch (cause) {
        const failed = failureOf(cause);
        setFailure(failed);
        getAppEvents().publish({ type: AppEvents.alertError.name, payload: [failed.message, failed.mend ?? ''] });
        return undefined;
      } finally {
        setRunning(false);
      }
    },
    [path, againMs, settings.datasourceUid, refresh]
  );
  return { running, failure, run };
}
