import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A stand-in for Grafana where none can run. Its answers were recorded from a real Grafana (12.4), and every request is checked by
 * the rules that one has: sign-in, fields, versions, provisioned dashboards, the length of tags. What it cannot show is how a
 * panel looks: tests/e2e/updater.spec.ts does that with a real one.
 */

export interface StoredAnnotation {
  id: number;
  dashboardUID: string;
  panelId: number;
  time: number;
  timeEnd: number;
  text: string;
  tags: string[];
}

export interface StoredDashboard {
  uid: string;
  title?: string;
  tags?: string[];
  version?: number;
  provisioned?: boolean;
  panels: Array<Record<string, unknown>>;
}

/** What the next request that fits meets in place of an answer. */
export interface Fault {
  method?: string;
  /** Beginning of the path. */
  path?: string;
  status?: number;
  headers?: Record<string, string>;
  /** Does the work, and never answers. */
  hang?: true;
  /** Runs before the work: another person saves the dashboard, for example. */
  before?: () => void;
  /** How often; once when not given. */
  times?: number;
}

export interface GrafanaRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  status: number;
}

export interface RecordedGrafana {
  url: string;
  /** Of a service account with the role Editor. */
  token: string;
  /** Of one with the role Viewer. */
  viewerToken: string;
  annotations: StoredAnnotation[];
  dashboards: Map<string, StoredDashboard>;
  requests: GrafanaRequest[];
  /** Bodies that Grafana would not understand; a test asserts that there are none. */
  breaches: string[];
  fail(...faults: Fault[]): void;
  put(dashboard: StoredDashboard): void;
  stop(): Promise<void>;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: Record<string, unknown>
  ) {
    super(String(body.message));
  }
}

const refuse = (status: number, message: string, more: Record<string, unknown> = {}) => new Refusal(status, { message, ...more });
const MAX_TAGS_LENGTH = 500;
const ANNOTATION_FIELDS = ['dashboardUID', 'panelId', 'time', 'timeEnd', 'text', 'tags', 'data'];
const SAVE_FIELDS = ['dashboard', 'folderUid', 'message', 'overwrite'];

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') {
    return {};
  }
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw refuse(400, 'bad request data');
  }
  return JSON.parse(text) as Record<string, unknown>;
}

type Call = Omit<GrafanaRequest, 'status'>;

/** A fake Grafana on a random local port. The test stops it. */
export async function startRecordedGrafana(): Promise<RecordedGrafana> {
  const annotations: StoredAnnotation[] = [];
  const dashboards = new Map<string, StoredDashboard>();
  const requests: GrafanaRequest[] = [];
  const breaches: string[] = [];
  const [token, viewerToken] = [0, 1].map(() => `glsa_${randomBytes(16).toString('hex')}`) as [string, string];
  let faults: Fault[] = [];

  const breach = (what: string) => void breaches.push(what);
  const unknownFields = (what: string, body: Record<string, unknown>, known: readonly string[]) => Object.keys(body).filter((key) => !known.includes(key)).forEach((key) => breach(`${what}: unknown field ${key}`));

  function checkAnnotation(body: Record<string, unknown>): void {
    unknownFields('annotation', body, ANNOTATION_FIELDS);
    for (const field of ['panelId', 'time', 'timeEnd']) {
      if (body[field] !== undefined && !Number.isSafeInteger(body[field])) {
        breach(`annotation: ${field} is no whole number`);
        throw refuse(400, 'bad request data');
      }
    }
    if (Array.isArray(body.tags) && JSON.stringify(body.tags).length > MAX_TAGS_LENGTH) {
      throw refuse(400, 'Tags length exceeds the maximum allowed.', { statusCode: 400, messageId: 'annotations.tag-limit-exceeded' });
    }
  }

  function annotate({ body }: Call): Record<string, unknown> {
    checkAnnotation(body);
    if (typeof body.text !== 'string' || body.text === '') {
      throw refuse(400, 'Failed to save annotation');
    }
    if (!dashboards.has(String(body.dashboardUID))) {
      // So does the real one.
      throw refuse(500, 'Error while checking annotation permissions');
    }
    const [time, timeEnd] = [Number(body.time), Number(body.timeEnd ?? body.time)].sort((a, b) => a - b) as [number, number];
    const id = annotations.length + 1;
    annotations.push({ id, dashboardUID: String(body.dashboardUID), panelId: Number(body.panelId ?? 0), time, timeEnd, text: body.text, tags: (body.tags ?? []) as string[] });
    return { id, message: 'Annotation added' };
  }

  function patch({ path, body }: Call): Record<string, unknown> {
    checkAnnotation(body);
    const found = annotations.find((one) => one.id === Number(path.split('/').at(-1)));
    if (!found) {
      throw refuse(404, 'Annotation not found');
    }
    Object.assign(found, body);
    return { message: 'Annotation patched' };
  }

  function save({ body }: Call): Record<string, unknown> {
    unknownFields('dashboard', body, SAVE_FIELDS);
    const wanted = body.dashboard as StoredDashboard;
    const stored = dashboards.get(wanted.uid);
    if (stored?.provisioned) {
      throw refuse(400, 'Cannot save provisioned dashboard');
    }
    if (body.overwrite === true) {
      breach('dashboard: overwritten, whatever somebody else has saved');
    }
    if (stored && wanted.version !== stored.version) {
      throw refuse(412, 'The dashboard has been changed by someone else', { status: 'version-mismatch' });
    }
    const version = (stored?.version ?? 0) + 1;
    dashboards.set(wanted.uid, { ...wanted, version });
    return { status: 'success', uid: wanted.uid, url: `/d/${wanted.uid}/x`, slug: 'x', version };
  }

  function read({ path }: Call): Record<string, unknown> {
    const stored = dashboards.get(decodeURIComponent(path.split('/').at(-1) ?? ''));
    if (!stored) {
      throw refuse(404, 'Dashboard not found', { title: 'Not found' });
    }
    const { provisioned = false, ...dashboard } = stored;
    return { meta: { type: 'db', canSave: true, provisioned, folderUid: '', version: stored.version }, dashboard };
  }

  const search = ({ query }: Call) =>
    Number(query.get('page') ?? 1) > 1 ? [] : [...dashboards.values()].filter(({ tags = [] }) => query.getAll('tag').every((tag) => tags.includes(tag))).map(({ uid, title = uid, tags = [] }) => ({ uid, title, tags, type: 'dash-db' }));
  const listed = ({ query }: Call) => annotations.filter((one) => query.getAll('tags').every((tag) => one.tags.includes(tag))).slice(0, Number(query.get('limit') ?? 100));

  const ROUTES: Array<[string, RegExp, 'read' | 'write', (call: Call) => unknown]> = [
    ['GET', /^\/api\/annotations$/, 'read', listed],
    ['POST', /^\/api\/annotations$/, 'write', annotate],
    ['PATCH', /^\/api\/annotations\/\d+$/, 'write', patch],
    ['GET', /^\/api\/search$/, 'read', search],
    ['GET', /^\/api\/dashboards\/uid\/[^/]+$/, 'read', read],
    ['POST', /^\/api\/dashboards\/db$/, 'write', save],
  ];

  function work(call: Call, authorization: string | undefined): unknown {
    if (authorization !== `Bearer ${token}` && authorization !== `Bearer ${viewerToken}`) {
      throw refuse(401, 'Invalid API key', { messageId: 'api-key.invalid', statusCode: 401 });
    }
    const route = ROUTES.find(([method, path]) => method === call.method && path.test(call.path));
    if (!route) {
      breach(`${call.method} ${call.path}: there is no such call`);
      throw refuse(404, 'Not found');
    }
    if (route[2] === 'write' && authorization === `Bearer ${viewerToken}`) {
      throw refuse(403, "You'll need additional permissions to perform this action. Permissions needed: annotations:create", { title: 'Access denied' });
    }
    return route[3](call);
  }

  function faultFor({ method, path }: Call): Fault | undefined {
    const found = faults.find((fault) => (fault.method ?? method) === method && path.startsWith(fault.path ?? '/'));
    if (found) {
      found.times = (found.times ?? 1) - 1;
      faults = faults.filter((fault) => fault.times === undefined || fault.times > 0);
    }
    return found;
  }

  function outcomeOf(call: Call, fault: Fault | undefined, authorization: string | undefined): { status: number; body: unknown } {
    if (fault?.status !== undefined) {
      return { status: fault.status, body: { message: `status ${fault.status}` } };
    }
    try {
      return { status: 200, body: work(call, authorization) };
    } catch (cause) {
      if (cause instanceof Refusal) {
        return cause;
      }
      throw cause;
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://grafana');
    const call: Call = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, body: await bodyOf(request) };
    const fault = faultFor(call);
    fault?.before?.();
    const { status, body } = outcomeOf(call, fault, request.headers.authorization);
    requests.push({ ...call, status });
    if (!fault?.hang) {
      response.writeHead(status, { 'content-type': 'application/json', ...fault?.headers }).end(JSON.stringify(body));
    }
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      breach(cause instanceof Error ? cause.message : String(cause));
      response.writeHead(500).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    viewerToken,
    annotations,
    dashboards,
    requests,
    breaches,
    fail: (...next) => {
      faults.push(...next.map((one) => ({ ...one })));
    },
    put: (dashboard) => void dashboards.set(dashboard.uid, { version: 1, ...dashboard }),
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
