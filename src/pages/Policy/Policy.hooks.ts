import { useCallback, useEffect, useRef, useState } from 'react';
import { usePage } from '../../components/Page/context';
import type { PolicyAnswer, WhatIfAnswer } from '../../contract/api';
import type { PolicyDocument } from '../../contract/policy';
import { failureOf, type Failure } from '../../hooks/failure';
import { findSource } from '../../hooks/source';
import { useTimeRange } from '../../hooks/useTimeRange';
import { differences } from './document';

const DAY_MS = 86_400_000;
const LEAST_DAYS = 0.01;
const MOST_DAYS = 366;
/** So long nothing must be typed before the past is asked. */
const DEBOUNCE_MS = 500;

export interface Draft {
  /** What is shown: the policy in force, or what has been made of it. May hold values that cannot be used yet. */
  document: PolicyDocument;
  dirty: boolean;
  /** Version that the change was made on. */
  base: string;
  /** True when somebody else has changed the policy since. */
  overtaken: boolean;
  edit: (document: PolicyDocument) => void;
  discard: () => void;
  /** Keeps the change, on top of the policy that is in force now. */
  rebase: () => void;
}

/** What a person is making of the policy. Without a change it follows the policy in force. */
export function useDraft(policy: PolicyAnswer): Draft {
  const [edited, setEdited] = useState<{ base: string; document: PolicyDocument }>();
  const dirty = edited !== undefined && differences(policy.document, edited.document).length > 0;
  const base = dirty ? edited.base : policy.version;
  return {
    document: dirty ? edited.document : policy.document,
    dirty,
    base,
    overtaken: dirty && base !== policy.version,
    edit: (document) => setEdited({ base, document }),
    discard: () => setEdited(undefined),
    rebase: () => setEdited((before) => before && { ...before, base: policy.version }),
  };
}

export interface WhatIf {
  /** The last answer; kept while a newer one is read. */
  value: WhatIfAnswer | undefined;
  /** True while a newer answer is on its way. */
  running: boolean;
  failure: Failure | undefined;
  again: () => void;
}

/** What a policy would have made of the time range of the page; asked anew when one of them changes, not with every refresh. @param document undefined while it cannot be used */
export function useWhatIf(document: PolicyDocument | undefined): WhatIf {
  const { settings } = usePage();
  const { range } = useTimeRange();
  const [held, setHeld] = useState<{ asked: string; value?: WhatIfAnswer; failure?: Failure }>({ asked: '' });
  const [tries, setTries] = useState(0);
  const isNow = range.raw.to === 'now';
  // Relative bounds are the same text with every refresh.
  const asked = document === undefined ? '' : JSON.stringify([settings.datasourceUid, document, range.raw, tries]);
  const bounds = useRef(range);
  useEffect(() => {
    bounds.current = range;
  }, [range]);

  useEffect(() => {
    if (asked === '') {
      return undefined;
    }
    let overtaken = false;
    const [uid, policy] = JSON.parse(asked) as [string, PolicyDocument];
    const keep = (change: Partial<typeof held>) => overtaken || setHeld((before) => ({ ...before, failure: undefined, ...change, asked }));
    const timer = setTimeout(() => {
      const { from, to } = bounds.current;
      const days = Math.min(MOST_DAYS, Math.max(LEAST_DAYS, (to.valueOf() - from.valueOf()) / DAY_MS));
      findSource(uid)
        .then(async (source) => source.sendResource<WhatIfAnswer>('what-if', { policy, days, ...(isNow ? {} : { to: to.toISOString() }) }))
        .then(
          (value) => keep({ value }),
          (cause: unknown) => keep({ failure: failureOf(cause) })
        );
    }, DEBOUNCE_MS);
    return () => {
      overtaken = true;
      clearTimeout(timer);
    };
  }, [asked, isNow]);

  const again = useCallback(() => setTries((count) => count + 1), []);
  return { value: held.value, running: asked !== '' && held.asked !== asked, failure: held.asked === asked ? held.failure : undefined, again };
}
