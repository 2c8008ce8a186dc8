import { HemostatError, errorText } from '../runtime/errors';

export type DockerErrorCode = 'docker_unreachable' | 'docker_not_found' | 'docker_conflict' | 'docker_timeout' | 'docker_aborted' | 'docker_error';

/** A call of the engine failed. `mend` says what a person can do. */
export class DockerError extends HemostatError {
  declare readonly code: DockerErrorCode;

  constructor(
    code: DockerErrorCode,
    message: string,
    readonly mend: string,
    options: { cause?: unknown; retryable?: boolean; /** HTTP status of the engine's answer. */ statusCode?: number } = {}
  ) {
    super(code, message, options);
    this.statusCode = options.statusCode;
  }

  readonly statusCode: number | undefined;
}

/** What the call was, for messages. */
export interface CallInfo {
  /** `GET /containers/json` */
  call: string;
  /** Where the engine is, without secrets. */
  address: string;
  timeoutMs: number;
  timedOut: boolean;
  aborted: boolean;
}

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOTSOCK']);

function property(cause: unknown, name: string): unknown {
  return typeof cause === 'object' && cause !== null && name in cause ? (cause as Record<string, unknown>)[name] : undefined;
}

/** The engine's own words, bounded. */
function engineWords(cause: unknown): string {
  return errorText(cause).trim().slice(0, 300);
}

function answered(statusCode: number, cause: unknown, { call, address }: CallInfo): DockerError {
  const words = engineWords(cause);
  if (statusCode === 404) {
    return new DockerError('docker_not_found', `Docker: ${words}`, 'It is gone or was renamed; see `docker ps -a`.', { cause, statusCode });
  }
  if (statusCode === 409) {
    return new DockerError('docker_conflict', `Docker: ${words}`, 'Something else changes it at this moment; it is tried again.', { cause, statusCode, retryable: true });
  }
  if (statusCode === 401 || statusCode === 403) {
    return new DockerError('docker_error', `Docker at ${address} forbids ${call}.`, 'Allow this call in the socket proxy or authorisation plug-in in front of the engine.', { cause, statusCode });
  }
  const swarm = statusCode === 503 && call.includes('/services');
  const mend = swarm ? 'Services can be scaled only on a manager of a swarm.' : 'See the log of the Docker engine (journalctl -u docker).';
  return new DockerError('docker_error', `Docker at ${address} answers ${statusCode} to ${call}: ${words}`, mend, {
    cause,
    statusCode,
    retryable: statusCode >= 500 && !swarm,
  });
}

function unanswered(code: string, cause: unknown, { address }: CallInfo): DockerError | undefined {
  if (code === 'EACCES' || code === 'EPERM') {
    return new DockerError('docker_unreachable', `Docker at ${address}: the socket may not be opened (${code}).`, 'Let the user that runs HemoStat join the group that owns the socket, or name a socket proxy in DOCKER_HOST.', {
      cause,
      retryable: true,
    });
  }
  if (NETWORK.has(code) || /CERT|TLS|SSL/.test(code)) {
    return new DockerError('docker_unreachable', `Docker at ${address} cannot be reached: ${errorText(cause).slice(0, 200)}`, 'Start the engine, or set DOCKER_HOST to where it is.', { cause, retryable: true });
  }
  return undefined;
}

function givenUp(cause: unknown, { call, address, timeoutMs, aborted, timedOut }: CallInfo): DockerError | undefined {
  if (aborted) {
    return new DockerError('docker_aborted', `${call} was given up, since it is not wanted any more.`, 'Nothing to do.', { cause });
  }
  if (timedOut) {
    return new DockerError('docker_timeout', `Docker at ${address} gave no answer to ${call} within ${timeoutMs / 1000} s.`, 'See whether the engine is overloaded; raise HEMOSTAT_DOCKER_TIMEOUT_SECONDS if it is only slow.', {
      cause,
      retryable: true,
    });
  }
  return undefined;
}

/** Names what went wrong with one call. Already named errors pass through. */
export function dockerError(cause: unknown, info: CallInfo): DockerError {
  if (cause instanceof DockerError) {
    return cause;
  }
  const statusCode = property(cause, 'statusCode');
  const code = property(cause, 'code');
  return (
    givenUp(cause, info) ??
    (typeof statusCode === 'number' ? answered(statusCode, cause, info) : undefined) ??
    (typeof code === 'string' ? unanswered(code, cause, info) : undefined) ??
    new DockerError('docker_error', `${info.call} at ${info.address} failed: ${engineWords(cause)}`, 'See the log of the Docker engine (journalctl -u docker).', { cause, retryable: true })
  );
}
