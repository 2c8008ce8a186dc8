import { AppEvents } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { useCallback, useState } from 'react';
import { usePage } from '../components/Page/context';
import type { DoneAnswer } from '../contract/api';
import { failureOf, type Failure } from './failure';
import { findSource } from './source';
import { useTimeRange } from './useTimeRange';

/** Actions of the interface, by the last part of their address. */
export type ActionName =
  | 'acknowledge'
  | 'silence'
  | 'unsilence'
  | 'resolve'
  | 'comment'
  | 'approve'
  | 'reject'
  | 'remediate'
  | 'maintenance'
  | 'maintenance-end'
  | 'pause'
  | 'resume'
  | 'policy';

export interface Acting {
  running: boolean;
  failure: Failure | undefined;
  /** Sends the action, says what happens next, and refreshes the page. @returns undefined when it failed; `failure` then says why */
  run: (body: Record<string, unknown>) => Promise<DoneAnswer | undefined>;
}

/** One of the actions. Who may do it is decided on the server; the buttons only tell beforehand. */
export function useAction(name: ActionName): Acting {
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
        const done = await source.sendResource<DoneAnswer>(`actions/${name}`, body);
        getAppEvents().publish({ type: AppEvents.alertSuccess.name, payload: [done.next] });
        refresh();
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
    [name, settings.datasourceUid, refresh]
  );
  return { running, failure, run };
}
