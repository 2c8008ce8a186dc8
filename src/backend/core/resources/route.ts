import { z } from 'zod';
import type { HemostatLog } from '../../../../agents/runtime/log';
import type { Caller, Role } from '../types';
import { ResourceError } from './errors';
import type { ResourceDependencies } from './types';

/** What handlers stand on. */
export interface Parts extends ResourceDependencies {
  /** Appends once and does not wait for a Redis that is away: whoever asks is waiting for an answer. */
  writer: HemostatLog;
  /** What-ifs that are under way. */
  whatIfs: Set<AbortSignal>;
}

export interface Call<Q = unknown, B = unknown> {
  query: Q;
  body: B;
  /** By the name in the path. */
  params: Readonly<Record<string, string>>;
  caller: Caller;
  signal: AbortSignal;
}

export const METHODS = ['GET', 'POST'] as const;
export type Method = (typeof METHODS)[number];

/** What is known of a route without running it: enough to find, guard and document it. */
export interface RouteFacts {
  method: Method;
  /** Segments as they are sent; `{name}` stands for any one segment. */
  path: string;
  /** The least role. Where `acts` is set, a machine may not call it whatever its role. */
  role: Exclude<Role, 'None'>;
  acts: boolean;
  /** In OpenAPI; unique. */
  id: string;
  tag: string;
  summary: string;
  /** The body may be left out: everything may stand in the query string. */
  bodyOptional?: true;
  /** What can go wrong beyond role and form: status -> when. */
  errors?: Readonly<Partial<Record<404 | 409 | 429, string>>>;
}

export interface Route extends RouteFacts {
  query: z.ZodType;
  /** Absent where no body is read. */
  body?: z.ZodType;
  answer: z.ZodType;
  /** Checks query and body, then answers. @throws ResourceError, or what Redis answers. */
  run(call: Call, parts: Parts): Promise<unknown>;
}

interface Definition<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> extends RouteFacts {
  query?: Q;
  body?: B;
  answer: A;
  handle(call: Call<z.output<Q>, z.output<B>>, parts: Parts): Promise<z.input<A>>;
}

const NO_QUERY = z.strictObject({});

/** @param what the place, in the message @throws ResourceError 400 that names each problem */
export function checked<S extends z.ZodType>(what: string, schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    return parsed.data;
  }
  const problems = parsed.error.issues.slice(0, 10).map((issue) => `${issue.path.join('.').slice(0, 200) || what}: ${issue.message.slice(0, 300)}`);
  throw new ResourceError('bad_request', `The ${what} cannot be used: ${problems.join('; ')}.`, 'The form of every call stands in openapi.json.');
}

/** A route with the types of its schemas. */
export function route<Q extends z.ZodType = typeof NO_QUERY, B extends z.ZodType = z.ZodUndefined, A extends z.ZodType = z.ZodType>(definition: Definition<Q, B, A>): Route {
  const { handle, query, body, ...facts } = definition;
  const querySchema = query ?? NO_QUERY;
  return {
    ...facts,
    query: querySchema,
    ...(body ? { body } : {}),
    run: async (call, parts) => {
      const read = { ...call, query: checked('query string', querySchema, call.query), body: body ? checked('body', body, call.body) : undefined };
      return handle(read as Call<z.output<Q>, z.output<B>>, parts);
    },
  };
}

/** Fits a path to the segments of a route. Each is compared as it was sent: `..`, an empty one or a decoded slash fits nothing. */
function fit(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) {
    return undefined;
  }
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const given = segments[index] ?? '';
    if (wanted.startsWith('{')) {
      if (['', '.', '..'].includes(given)) {
        return undefined;
      }
      params[wanted.slice(1, -1)] = given;
    } else if (wanted !== given) {
      return undefined;
    }
  }
  return params;
}

export interface Found {
  route: Route;
  params: Record<string, string>;
}

/** Finds routes by exact path. */
export class RouteTable {
  private readonly exact = new Map<string, Route[]>();
  private readonly patterns: Array<{ segments: string[]; route: Route }> = [];

  constructor(readonly routes: readonly Route[]) {
    for (const one of routes) {
      if (one.path.includes('{')) {
        this.patterns.push({ segments: one.path.split('/'), route: one });
      } else {
        this.exact.set(one.path, [...(this.exact.get(one.path) ?? []), one]);
      }
    }
  }

  /** Routes of this path, whatever their method. */
  at(path: string): Found[] {
    const exact = this.exact.get(path);
    if (exact) {
      return exact.map((one) => ({ route: one, params: {} }));
    }
    const segments = path.split('/', 20);
    return this.patterns.flatMap((pattern) => {
      const params = fit(pattern.segments, segments);
      return params ? [{ route: pattern.route, params }] : [];
    });
  }

  /** @throws ResourceError 404 or 405. */
  find(method: string, path: string): Found {
    const candidates = this.at(path);
    const found = candidates.find((one) => one.route.method === method);
    if (found) {
      return found;
    }
    const shown = JSON.stringify(path.slice(0, 100));
    if (candidates.length === 0) {
      throw new ResourceError('not_found', `There is no resource ${shown}.`, 'The resources stand in openapi.json. Ids with slashes belong into the query string.');
    }
    throw new ResourceError('method_not_allowed', `The resource ${shown} is not called with ${method.slice(0, 20)}.`, `Use ${candidates.map((one) => one.route.method).join(' or ')}.`);
  }
}
