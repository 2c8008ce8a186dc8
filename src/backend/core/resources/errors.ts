import { HemostatError } from '../../../../agents/runtime/errors';

/** Every code with the HTTP status it is answered with. */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  cancelled: 499,
  internal: 500,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

/** A call that is answered with an error. The message names the thing and the value, the mend says what to do. */
export class ResourceError extends HemostatError {
  constructor(
    override readonly code: ErrorCode,
    message: string,
    readonly mend?: string
  ) {
    super(code, message);
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}
