import { Tooltip } from '@grafana/ui';
import React from 'react';
import { absoluteTime, clockText, relativeTime } from '../contract/story/time';
import { useNow } from '../hooks/useNow';
import { useTimeRange } from '../hooks/useTimeRange';

export interface WhenProps {
  /** ISO 8601, or milliseconds since 1970. */
  at: string | number | null | undefined;
  className?: string;
}

const COARSE_MS = 10_000;

/** ISO 8601, or text that is no time. */
const isoOf = (at: WhenProps['at']): string => {
  if (typeof at !== 'number') {
    return at ?? '';
  }
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : '';
};

/** A time: relative under 24 hours, else its date (R018, R019), the exact one on hover and to screen readers; `Unknown` when it is none (R021). */
export function When({ at, className }: WhenProps) {
  const { timeZone } = useTimeRange();
  const iso = isoOf(at);
  // A coarse clock decides how fine a clock is needed: what is seconds away changes every second.
  const age = Math.abs(useNow(COARSE_MS) - Date.parse(iso));
  const now = useNow(age < 60_000 + COARSE_MS ? 1000 : COARSE_MS);
  const ahead = Date.parse(iso) - now;
  // The shared clock runs a step behind: what was read just now is not to come.
  const seenAt = ahead > 0 && ahead < 2000 ? now + ahead : now;
  const exact = `${absoluteTime(iso, timeZone)}, ${clockText(iso, timeZone, true)}`;
  return (
    <Tooltip content={Number.isNaN(age) ? iso || '–' : exact}>
      <time dateTime={iso} className={className}>
        {relativeTime(iso, seenAt, timeZone)}
      </time>
    </Tooltip>
  );
}
