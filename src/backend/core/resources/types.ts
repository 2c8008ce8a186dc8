import type { HemostatLog } from '../../../../agents/runtime/log';
import type { SharedDashboard } from '../observability/shared-dashboard';
import type { CoreSettings } from '../settings';
import type { Caller, Core, QueryFailure, ResourceRequest, ResourceResponse } from '../types';

/** What the resources stand on. */
export interface ResourceDependencies {
  settings: CoreSettings;
  /** The keys of the log, reading and appending. Its connection gives up after a few seconds without Redis. */
  log: HemostatLog;
  /** Where Redis is, for messages. */
  address: string;
  /** Milliseconds. */
  now(): number;
  /** Waits for Redis, but not beyond the signal. @throws what Redis answers; `failureOf` puts it into words. */
  ask<T>(signal: AbortSignal, work: (redis: HemostatLog['redis']) => Promise<T>): Promise<T>;
  query: Core['query'];
  health: Core['health'];
  /** The one instance of the views of the system and its agents. */
  dashboard: SharedDashboard;
  /** Any error as status and words that a user may see. */
  failureOf(cause: unknown): QueryFailure;
  /** Forgets cached answers: to be called after a change. */
  forget(): void;
}

export interface Resources {
  handle(request: ResourceRequest, caller: Caller, signal: AbortSignal): Promise<ResourceResponse>;
}
export type CreateResources = (dependencies: ResourceDependencies) => Resources;
