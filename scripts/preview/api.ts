import type { IncomingMessage, ServerResponse } from 'node:http';
import { askDoor, forward, readJson, sendJson, type Json } from './forward';
import type { PreviewDoor } from './door';
import { DATASOURCE_UID } from './page';
import { metaOf, type BuiltPlugin } from './plugins';
import type { Visitor } from './visitor';

/** What the routes of Grafana's API stand on here. */
export interface ApiParts {
  door: PreviewDoor;
  plugins: () => readonly BuiltPlugin[];
  /** Settings of the app, as its configuration page saves them. */
  settings: { read(): Json; write(settings: Json): void };
}

interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  visitor: Visitor;
  parts: ApiParts;
  /** What the pattern found in the path. */
  found: readonly string[];
}

async function query({ request, response, visitor, parts }: Visit): Promise<void> {
  const body = await readJson(request);
  if (!body) {
    sendJson(response, 400, { message: 'The body is no JSON object.' });
    return;
  }
  const { queries, from, to } = body;
  await forward(request, response, { door: parts.door, role: visitor.role, path: '/api/query', method: 'POST', body: JSON.stringify({ queries, range: { from, to } }) });
}

async function resource({ request, response, url, visitor, parts, found }: Visit): Promise<void> {
  const isRead = request.method === 'GET';
  const body = isRead ? undefined : JSON.stringify((await readJson(request)) ?? {});
  await forward(request, response, { door: parts.door, role: visitor.role, path: `/api/resources/${found[0] ?? ''}${url.search}`, method: request.method ?? 'GET', ...(body === undefined ? {} : { body }) });
}

async function health({ response, visitor, parts }: Visit): Promise<void> {
  const answer = await askDoor(response, { door: parts.door, role: visitor.role, path: '/ready' });
  const { message = '', checks = [] } = (await answer.json()) as { message?: string; checks?: unknown[] };
  // Grafana tells a data source that is not well so.
  sendJson(response, answer.ok ? 200 : 400, { status: answer.ok ? 'OK' : 'ERROR', message, details: { checks } });
}

async function live({ request, response, visitor, parts, found }: Visit): Promise<void> {
  await forward(request, response, { door: parts.door, role: visitor.role, path: `/api/live/${found[0] ?? ''}` });
}

function metaFor({ parts, found, visitor: _ }: Visit) {
  const plugin = parts.plugins().find(({ id }) => id === found[0]);
  return plugin && metaOf(plugin, plugin.type === 'app' ? parts.settings.read() : {});
}

async function pluginSettings(visit: Visit): Promise<void> {
  const { request, response, visitor, parts, found } = visit;
  const meta = metaFor(visit);
  if (!meta) {
    sendJson(response, 404, { message: `There is no plugin ${found[0] ?? ''} here.` });
    return;
  }
  if (request.method === 'GET') {
    sendJson(response, 200, meta);
    return;
  }
  if (visitor.role !== 'Admin') {
    sendJson(response, 403, { message: `Settings of a plugin need the role Admin; you are ${visitor.role}.` });
    return;
  }
  const { jsonData = {}, enabled = true, pinned = true } = (await readJson(request)) ?? {};
  parts.settings.write({ jsonData, enabled, pinned });
  sendJson(response, 200, { message: 'Plugin settings updated' });
}

async function dataSource({ response, parts }: Visit): Promise<void> {
  const plugin = parts.plugins().find(({ type }) => type === 'datasource');
  sendJson(response, 200, { id: 1, uid: DATASOURCE_UID, orgId: 1, name: plugin?.manifest.name ?? '', type: plugin?.id ?? '', access: 'proxy', url: '', isDefault: true, jsonData: {}, readOnly: true });
}

const ROUTES: ReadonlyArray<{ method: RegExp; path: RegExp; answer: (visit: Visit) => Promise<void> }> = [
  { method: /^POST$/, path: /^\/api\/ds\/query$/, answer: query },
  { method: /^(GET|POST)$/, path: new RegExp(`^/api/datasources/uid/${DATASOURCE_UID}/resources/(.+)$`), answer: resource },
  { method: /^GET$/, path: new RegExp(`^/api/datasources/uid/${DATASOURCE_UID}/health$`), answer: health },
  { method: /^GET$/, path: new RegExp(`^/api/datasources/uid/${DATASOURCE_UID}$`), answer: dataSource },
  { method: /^GET$/, path: new RegExp(`^/api/live/ds/${DATASOURCE_UID}/(.+)$`), answer: live },
  { method: /^(GET|POST)$/, path: /^\/api\/plugins\/([a-z0-9-]+)\/settings$/, answer: pluginSettings },
];

/** Answers a call of Grafana's API as far as it is known here. @returns false when it is not */
export async function answerApi(visit: Omit<Visit, 'found'>): Promise<boolean> {
  const { request, url } = visit;
  for (const { method, path, answer } of ROUTES) {
    const match = method.test(request.method ?? '') ? path.exec(url.pathname) : null;
    if (match) {
      await answer({ ...visit, found: match.slice(1) });
      return true;
    }
  }
  return false;
}
