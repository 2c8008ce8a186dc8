import { createCore } from '../../src/backend/core/core';
import type { CoreSettings } from '../../src/backend/core/settings';
import type { Caller, Core, Field, Frame, QueryAnswer, TimeRange } from '../../src/backend/core/types';
import { querySchema, type HemostatQuery } from '../../src/contract/query';
import { redisSettings } from '../../agents/runtime/settings/common';
import { readSettings, type Environment } from '../../agents/runtime/settings/define';

export const VIEWER: Caller = { user: 'vera', role: 'Viewer', machine: false };
export const NOBODY: Caller = { user: '', role: 'None', machine: false };

/** Settings of a core on a Redis of the test's own; without a cache unless asked for. */
export function coreSettings(environment: Environment, more: Partial<CoreSettings> = {}): CoreSettings {
  return { ...readSettings(redisSettings, { REDIS_HOST: '127.0.0.1', ...environment }), cacheMs: 0, ...more };
}

export function testCore(environment: Environment, more: Partial<CoreSettings> = {}, report?: Parameters<typeof createCore>[1]): Core {
  return createCore(coreSettings(environment, more), report);
}

/** From a day ago until in a minute. */
export const lastDay = (): TimeRange => ({ from: Date.now() - 86_400_000, to: Date.now() + 60_000 });

export type PartialQuery = Partial<Omit<HemostatQuery, 'filters'>> & { filters?: Partial<HemostatQuery['filters']> };

export async function ask(core: Core, query: PartialQuery, range: TimeRange = lastDay(), caller: Caller = VIEWER, signal: AbortSignal = new AbortController().signal): Promise<QueryAnswer> {
  return core.query({ query: querySchema.parse(query), range, maxDataPoints: 500, intervalMs: 1000 }, caller, signal);
}

/** The frames of an answer. @throws when there are none. */
export async function framesOf(core: Core, query: PartialQuery, range?: TimeRange): Promise<Frame[]> {
  const answer = await ask(core, query, range);
  if (!answer.ok) {
    throw new Error(`${answer.failure.status}: ${answer.failure.message}`);
  }
  return answer.frames;
}

export function fieldOf(frame: Frame | undefined, name: string): Field {
  const field = frame?.fields.find((one) => one.name === name);
  if (!field) {
    throw new Error(`The frame ${frame?.name} has no field ${name}; it has ${frame?.fields.map((one) => one.name).join(', ')}.`);
  }
  return field;
}

export const valuesOf = (frame: Frame | undefined, name: string): unknown[] => Array.from<unknown>(fieldOf(frame, name).values as ArrayLike<unknown>);

export const noticesOf = (frame: Frame | undefined): string => (frame?.meta?.notices ?? []).map((notice) => notice.text).join(' ');

export const cursorOf = (frame: Frame | undefined): string => (frame?.meta?.custom as { cursor?: string } | undefined)?.cursor ?? '';
