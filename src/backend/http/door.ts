import type { FastifyRequest } from 'fastify';
import type { Logger } from '../../../agents/runtime/logger';
import { ResourceError } from '../core/resources/errors';
import type { Caller, Core } from '../core/types';
import type { LiveStreams } from './live';
import type { DoorMetrics } from './metrics';
import type { Token } from './tokens';

/** What every route of this door stands on. */
export interface Door {
  core: Core;
  logger: Logger;
  metrics: DoorMetrics;
  streams: LiveStreams;
}

/** What is known of a request besides what it says. */
export interface Visit {
  token: Token | undefined;
  /** Set once the token was checked. */
  caller?: Caller;
  /** Given when the other side goes away before the answer. */
  signal: AbortSignal;
  startedAt: number;
}

const visits = new WeakMap<FastifyRequest, Visit>();

export function beginVisit(request: FastifyRequest, visit: Visit): void {
  visits.set(request, visit);
}

export function visitOf(request: FastifyRequest): Visit | undefined {
  return visits.get(request);
}

/** Who asks, and the signal of the request. @throws ResourceError 401 when it was let through without a token. */
export function askerOf(request: FastifyRequest): { caller: Caller; signal: AbortSignal } {
  const visit = visits.get(request);
  if (!visit?.caller) {
    throw new ResourceError('unauthorized', 'The token is missing or not known.', 'Send the header Authorization: Bearer <token>.');
  }
  return { caller: visit.caller, signal: visit.signal };
}
