import { z } from 'zod';
import { ERROR_STATUS, type ErrorCode } from './errors';
import type { Route } from './route';
import { ROUTES } from './routes';
import { answers, errorSchema } from '../../../contract/api';
import { bodies } from './schemas';

export type Json = { [name: string]: Json } | Json[] | string | number | boolean | null;
export type JsonObject = Record<string, Json>;

const refTo = (id: string): string => `#/components/schemas/${id}`;

/** OpenAPI 3.1 knows these from its own head; inside they would only change what references mean. */
function bare(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(bare);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([name]) => name !== '$schema' && name !== '$id')
          .map(([name, inner]) => [name, bare(inner)])
      )
    : value;
}

function schemasOf(registry: typeof answers, io: 'input' | 'output'): JsonObject {
  const { schemas } = z.toJSONSchema(registry, { uri: refTo, io, target: 'draft-2020-12' });
  return bare(schemas as unknown as JsonObject) as JsonObject;
}

function named(registry: typeof answers, schema: z.ZodType, where: string): JsonObject {
  const id = registry.get(schema)?.id;
  if (id === undefined) {
    throw new Error(`The schema of ${where} has no name: add it to the registry in schemas.ts.`);
  }
  return { $ref: refTo(id) };
}

export const jsonContent = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });

/** Parameters from the fields of an object schema. */
function parametersOf(schema: z.ZodType, where: 'query' | 'path'): Json[] {
  const { properties = {}, required = [] } = bare(z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' }) as unknown as Json) as { properties?: JsonObject; required?: string[] };
  return Object.entries(properties).map(([name, inner]) => {
    const { description, ...rest } = inner as JsonObject;
    return { name, in: where, required: where === 'path' || required.includes(name), ...(description === undefined ? {} : { description }), schema: rest };
  });
}

const COMMON = {
  bad_request: 'Query string or body cannot be used; the message names the place.',
  unauthorized: 'The token is missing or not known.',
  forbidden: 'The role does not allow it, or no person is named.',
  too_large: 'The body is too large.',
  rate_limited: 'Too many requests; Retry-After tells when to come back.',
  unavailable: 'Redis cannot be reached or does not answer.',
} as const satisfies Partial<Record<ErrorCode, string>>;
type CommonCode = keyof typeof COMMON;

const errorContent = (): JsonObject => jsonContent(named(answers, errorSchema, 'errors'));

/** The errors that many calls share. */
export function commonResponses(): JsonObject {
  return Object.fromEntries(Object.entries(COMMON).map(([code, description]) => [code, { description, content: errorContent() }]));
}

/** Errors by status; each has the same form. */
export function errorResponses(codes: readonly CommonCode[], more: Route['errors'] = {}): JsonObject {
  const usual = codes.map((code): [string, Json] => [String(ERROR_STATUS[code]), { $ref: `#/components/responses/${code}` }]);
  const own = Object.entries(more).map(([status, description]): [string, Json] => [status, { description, content: errorContent() }]);
  return Object.fromEntries([...usual, ...own]);
}

function operationOf(route: Route, operationId: string): JsonObject {
  const where = `${route.method} ${route.path}`;
  const params = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Json => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const parameters = [...params, ...parametersOf(route.query, 'query')];
  const codes: CommonCode[] = ['bad_request', 'unauthorized', 'forbidden', ...(route.body ? (['too_large'] as const) : []), 'rate_limited', 'unavailable'];
  return {
    operationId,
    tags: [route.tag],
    summary: route.summary,
    description: `Role: ${route.role}.${route.acts ? ' Written into the log with the signed-in user.' : ''}`,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: route.bodyOptional !== true, content: jsonContent(named(bodies, route.body, `the body of ${where}`)) } } : {}),
    responses: { 200: { description: 'Done.', content: jsonContent(named(answers, route.answer, `the answer of ${where}`)) }, ...errorResponses(codes, route.errors) },
  };
}

/**
 * Resources as OpenAPI paths.
 * @param prefix of the door, with slashes at both ends
 * @param only those whose path begins so, under operations of their own names: they stand at two addresses
 */
export function resourcePaths(prefix: string, only = ''): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of ROUTES.filter((one) => one.path.startsWith(only))) {
    const path = `${prefix}${route.path}`;
    const id = only === '' ? route.id : `${only}${route.id.charAt(0).toUpperCase()}${route.id.slice(1)}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, id) };
  }
  return paths;
}

/** Every schema with a name. */
export function resourceSchemas(): JsonObject {
  return { ...schemasOf(answers, 'output'), ...schemasOf(bodies, 'input') };
}
