import { VERSION } from '../../../agents/runtime/version';
import { commonResponses, errorResponses, jsonContent, resourcePaths, resourceSchemas, type Json, type JsonObject } from '../core/resources/openapi';
import { answers } from '../../contract/api';
import { DASHBOARD_TAG } from '../core/resources/routes/dashboard-route';
import { bodies } from '../core/resources/schemas';
import { healthSchema, queryAnswerSchema, queryBodySchema, readySchema } from './schemas';

answers.add(healthSchema, { id: 'Health' });
answers.add(readySchema, { id: 'Ready' });
answers.add(queryAnswerSchema, { id: 'QueryAnswer' });
bodies.add(queryBodySchema, { id: 'QueryBody' });

const ref = (id: string): JsonObject => ({ $ref: `#/components/schemas/${id}` });
const done = (description: string, content: JsonObject): JsonObject => ({ 200: { description, content } });
const text = (type: string): JsonObject => ({ [type]: { schema: { type: 'string' } } });
const open: Json = [];

/** Paths of this door beside the resources. */
function doorPaths(): JsonObject {
  return {
    '/health': {
      get: { operationId: 'getHealth', tags: ['Service'], summary: 'The process is alive: always 200 while it serves. Says of the dashboard and its sources what was seen last.', security: open, responses: done('Alive.', jsonContent(ref('Health'))) },
    },
    '/ready': {
      get: {
        operationId: 'getReady',
        tags: ['Service'],
        summary: 'The sources answer.',
        security: open,
        responses: { ...done('Ready.', jsonContent(ref('Ready'))), 503: { description: 'A source does not answer; the checks say which, and how to mend it.', content: jsonContent(ref('Ready')) } },
      },
    },
    '/openapi.json': { get: { operationId: 'getOpenApi', tags: ['Service'], summary: 'This document.', security: open, responses: done('OpenAPI 3.1.', jsonContent({ type: 'object' })) } },
    '/metrics': { get: { operationId: 'getMetrics', tags: ['Service'], summary: 'Figures of this service for Prometheus.', responses: { ...done('Prometheus text.', text('text/plain')), ...errorResponses(['unauthorized', 'rate_limited']) } } },
    '/api/query': {
      post: {
        operationId: 'query',
        tags: ['Queries'],
        summary: 'Queries as the data source sends them; answers as Grafana data frames by refId. A failing query fails by itself.',
        description: 'Role: Viewer.',
        requestBody: { required: true, content: jsonContent(ref('QueryBody')) },
        responses: { ...done('Answered.', jsonContent(ref('QueryAnswer'))), ...errorResponses(['bad_request', 'unauthorized', 'forbidden', 'too_large', 'rate_limited']) },
      },
    },
    '/api/live/{path}': {
      get: {
        operationId: 'live',
        tags: ['Queries'],
        summary: 'New events as server-sent events: first `schema`, then `frame` with the rows that are new.',
        description: 'Role: Viewer. Each frame carries an id; sent back as Last-Event-ID, the stream goes on right after it.',
        parameters: [
          { name: 'path', in: 'path', required: true, description: '`events`, or the channel that the answer to a query names. May hold slashes.', schema: { type: 'string' } },
          { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
        ],
        responses: { ...done('The stream.', text('text/event-stream')), ...errorResponses(['bad_request', 'unauthorized', 'forbidden', 'rate_limited', 'unavailable'], { 404: 'There is no such channel.' }) },
      },
    },
  };
}

/** The API of this door. @throws Error when a route has a schema without a name. */
export function openApiDocument(): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'HemoStat API',
      version: VERSION,
      description: 'Events, incidents and actions of HemoStat. The resources are the same behind the Grafana data source (`/api/datasources/uid/<uid>/resources/…`).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: open }],
    tags: [{ name: DASHBOARD_TAG, description: 'How HemoStat itself is: its agents, what they do and cost, and every part of the system. Served at /api/dashboard and, as behind the data source, at /api/resources/dashboard. Before an observer has looked at the system every call answers 503 "Dashboard not initialized".' }],
    paths: { ...doorPaths(), ...resourcePaths('/api/resources/'), ...resourcePaths('/api/', 'dashboard') },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, responses: commonResponses(), schemas: resourceSchemas() },
  };
}

/** The document as it stands in the repository. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

