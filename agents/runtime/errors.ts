/** Base of every error that HemoStat itself raises. Decide on `code` or class, never on the text. */
export class HemostatError extends Error {
  /** True when the same call may succeed later. */
  readonly retryable: boolean;

  constructor(
    readonly code: string,
    message: string,
    options: { cause?: unknown; retryable?: boolean } = {}
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.retryable = options.retryable ?? false;
  }
}

/** Another copy leads now; what this one wanted to write was refused by the log. */
export class FencedError extends HemostatError {
  constructor(task: string) {
    super('fenced', `Another copy now leads "${task}"; this write was refused.`);
  }
}

/** The same entry can never be handled: it goes to the dead letters at once. */
export class PoisonError extends HemostatError {
  constructor(message: string, cause?: unknown) {
    super('poison', message, { cause });
  }
}

export function errorText(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
