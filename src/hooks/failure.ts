import { t } from '../components/text';
import { isFetchError } from '@grafana/runtime';
import { NoSourceError } from './source';

/** Why something could not be read or done, for a person. */
export interface Failure {
  /** `denied`: by role; `no-source`: the data source is not set up; `unreachable`: Redis, the process or the API does not answer. */
  kind: 'denied' | 'no-source' | 'missing' | 'conflict' | 'unreachable' | 'other';
  message: string;
  /** What to do. */
  mend?: string;
}

const KINDS: Record<number, Failure['kind']> = { 401: 'denied', 403: 'denied', 404: 'missing', 409: 'conflict', 500: 'unreachable', 502: 'unreachable', 503: 'unreachable', 504: 'unreachable' };

interface Told {
  message?: string;
  mend?: string;
}

/** Anything that was thrown, as a failure. */
export function failureOf(cause: unknown): Failure {
  if (cause instanceof NoSourceError) {
    return {
      kind: 'no-source',
      message: t('failure.no-source', 'There is no HemoStat data source with the uid "{{uid}}".', { uid: cause.message }),
      mend: t('failure.no-source-mend', 'Choose one on the page Configuration, or provision the one that comes with HemoStat.'),
    };
  }
  if (!isFetchError(cause)) {
    return { kind: 'other', message: cause instanceof Error ? cause.message : String(cause) };
  }
  const { message, mend } = (cause.data ?? {}) as Told;
  const words = message ?? cause.statusText ?? '';
  return {
    kind: KINDS[cause.status] ?? 'other',
    message: words || t('failure.no-answer', 'The HemoStat data source does not answer (status {{status}}).', { status: cause.status }),
    ...(mend ? { mend } : {}),
  };
}
