import { redactText } from '../../contract/redact';
import { errorText } from '../../../agents/runtime/errors';
import type { QueryFailure } from '../core/types';
import { DataSourceSettingsError } from './settings';

/** Any error as a status and words that a user may see: no secrets, no stack. */
export function failureOf(cause: unknown, signal: AbortSignal): QueryFailure {
  if (signal.aborted) {
    return { status: 499, message: 'The query was cancelled.', source: 'downstream' };
  }
  if (cause instanceof DataSourceSettingsError) {
    // Somebody must mend the settings: the query itself is right, and so are we.
    return { status: 400, message: cause.message, source: 'downstream' };
  }
  return { status: 500, message: `HemoStat could not answer: ${redactText(errorText(cause)).text.slice(0, 500)}`, source: 'plugin' };
}
