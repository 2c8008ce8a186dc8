import { redactText } from '../../../src/contract/redact';
import { plainText } from '../../../src/contract/story/plain-text';
import { errorText, HemostatError } from '../errors';

export type CollectErrorCode = 'unreachable' | 'timeout' | 'too_long' | 'refused' | 'not_found' | 'bad_query' | 'busy' | 'server_error' | 'bad_reply' | 'redis' | 'not_registered' | 'failed';

/** A source that cannot be read, and what to do about it. Its words carry no secret. */
export class CollectError extends HemostatError {
  constructor(
    readonly kind: CollectErrorCode,
    message: string,
    readonly mend: string,
    cause?: unknown
  ) {
    super(`collect_${kind}`, message, { cause, retryable: kind !== 'bad_query' && kind !== 'not_registered' });
  }
}

const UNKNOWN_MEND = 'See the log of this process; if it does not go away by itself, report it.';

/** Any failure as one whose words may be shown. */
export function collectError(cause: unknown): CollectError {
  return cause instanceof CollectError ? cause : new CollectError('failed', plainText(redactText(errorText(cause)).text, 300), UNKNOWN_MEND, cause);
}
