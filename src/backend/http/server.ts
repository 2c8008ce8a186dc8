import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { errorText } from '../../../agents/runtime/errors';
import type { Logger } from '../../../agents/runtime/logger';
import { MAX_BODY_BYTES, RESOURCES } from '../core/resources';
import { ERROR_STATUS, ResourceError, type ErrorCode } from '../core/resources/errors';
import type { Core } from '../core/types';
import { watchUnused } from './connections';
import { askerOf, beginVisit, visitOf, type Door } from './door';
import { LiveStreams, resumedPath } from './live';
import { createDoorMetrics } from './metrics';
import { openApiDocument } from './openapi';
import { answerQueries } from './query';
import { Readiness } from './readiness';
import { callerOf, type TokenBook } from './tokens';

export interface HttpDoorOptions {
  core: Core;
  tokens: TokenBook;
  logger: Logger;
  /** Requests a minute for each token and address; 0 for no limit. */
  rateLimit: number;
  maxStreams: number;
  heartbeatMs?: number;
  /** Make the dashboard in the background as long as this door is open (R349). */
  realtime?: boolean;
}

const RESOURCE_PREFIX = '/api/resources/';
/** The same resources under the addresses of R475 to R484. */
const DASHBOARD_PREFIX = '/api/dashboard';
const LIVE_PREFIX = '/api/live/';
/** Served to everybody. */
const OPEN = ['/health', '/ready', '/openapi.json'];
const MINUTE_MS = 60_000;
/** A request that is not complete by then is dropped. */
const REQUEST_MS = 30_000;
const NO_TOKEN = 'No token is set, so nothing but /health is served.';
const SET_TOKEN = 'Set HEMOSTAT_API_TOKEN (16 characters or more; openssl rand -hex 32 makes one) or HEMOSTAT_API_TOKENS_FILE.';

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

function refuse(reply: FastifyReply, code: ErrorCode, message: string, mend?: string): FastifyReply {
  return reply.code(ERROR_STATUS[code]).send({ error: code, message, ...(mend ? { mend } : {}) });
}

/** The route as a label: what the client invents is not in it. */
function routeLabel(request: FastifyRequest): string {
  const url = request.routeOptions.url ?? 'unknown';
  const prefix = url === `${RESOURCE_PREFIX}*` ? RESOURCE_PREFIX : url.startsWith(DASHBOARD_PREFIX) ? '/api/' : undefined;
  if (prefix) {
    const [found] = RESOURCES.at(resourcePath(request));
    return found ? `${prefix}${found.route.path}` : 'unknown';
  }
  return url === '/*' ? 'unknown' : url;
}

/** As the other door gives it: percent-decoded, without one slash at the end. */
function resourcePath(request: FastifyRequest): string {
  const rest = (request.params as Record<string, string>)['*'];
  const path = request.routeOptions.url?.startsWith(DASHBOARD_PREFIX) ? ['dashboard', ...(rest ? [rest] : [])].join('/') : rest;
  return path?.replace(/\/$/, '') ?? '';
}

/** Errors of fastify itself, by status. */
function codeOf(status: number): ErrorCode {
  const known = Object.entries(ERROR_STATUS).find(([, one]) => one === status)?.[0] as ErrorCode | undefined;
  return known ?? (status < 500 ? 'bad_request' : 'internal');
}

function sendError(logger: Logger, cause: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (cause instanceof ResourceError) {
    return refuse(reply, cause.code, cause.message, cause.mend);
  }
  const status = 'statusCode' in cause && cause.statusCode !== undefined ? cause.statusCode : 500;
  if (status >= 500) {
    logger.error({ route: routeLabel(request), error: errorText(cause), stack: cause.stack }, 'a request failed');
    return refuse(reply, 'internal', 'The request failed. The log of the API says why.');
  }
  return reply.code(status).send({ error: codeOf(status), message: status === 415 ? 'The body is of a type that is not read here. Send application/json.' : cause.message });
}

/** Measures, and tells when the other side goes away. */
function watch(app: FastifyInstance, { metrics }: Door, tokens: TokenBook): void {
  app.addHook('onRequest', async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => reply.raw.writableFinished || gone.abort());
    beginVisit(request, { token: tokens.find(request.headers.authorization), signal: gone.signal, startedAt: performance.now() });
    void reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = routeLabel(request);
    const visit = visitOf(request);
    metrics.requests.inc({ route, method: METHODS.includes(request.method) ? request.method : 'other', status: String(reply.statusCode) });
    if (visit && !route.startsWith(LIVE_PREFIX)) {
      metrics.duration.observe({ route }, (performance.now() - visit.startedAt) / 1000);
    }
  });
}

/** After the rate limit, so that guessing tokens is limited too. */
function guard(app: FastifyInstance, tokens: TokenBook): void {
  app.addHook('preParsing', async (request) => {
    const url = request.routeOptions.url ?? '';
    if (tokens.size === 0 && url !== '/health') {
      throw new ResourceError('unavailable', NO_TOKEN, SET_TOKEN);
    }
    const visit = visitOf(request);
    if (visit?.token) {
      visit.caller = callerOf(visit.token, request.headers['x-grafana-user']);
    } else if (!OPEN.includes(url)) {
      throw new ResourceError('unauthorized', 'The token is missing or not known.', 'Send the header Authorization: Bearer <token>.');
    }
  });
}

async function limit(app: FastifyInstance, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: MINUTE_MS,
    cache: 10_000,
    // Tokens that are not known share the bucket of their address.
    keyGenerator: (request) => `${visitOf(request)?.token?.id ?? 'unknown'} ${request.ip}`,
    allowList: (request) => OPEN.includes(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { max, ttl }) => new ResourceError('rate_limited', `More than ${max} requests within a minute.`, `Come back in ${Math.ceil(ttl / 1000)} s, or raise HEMOSTAT_API_RATE_LIMIT.`),
  });
}

function serviceRoutes(app: FastifyInstance, { core, metrics }: Door): void {
  const readiness = new Readiness(core);
  const document = openApiDocument();
  // So that the first who asks is told something.
  app.addHook('onListen', async () => void readiness.alive());
  app.get('/health', async () => readiness.alive());
  app.get('/ready', async (_request, reply) => {
    const { status, body } = await readiness.ready();
    return reply.code(status).send(body);
  });
  app.get('/openapi.json', async () => document);
  app.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
}

function readJson(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as unknown;
  } catch {
    throw new ResourceError('bad_request', 'The body is not JSON.', 'Send a JSON object.');
  }
}

function apiRoutes(app: FastifyInstance, door: Door): void {
  app.post('/api/query', async (request) => {
    const { caller, signal } = askerOf(request);
    return answerQueries(door, readJson(request.body), caller, signal);
  });
  app.get(`${LIVE_PREFIX}*`, async (request, reply) => {
    const lastEventId = request.headers['last-event-id'];
    const path = resumedPath(resourcePath(request), typeof lastEventId === 'string' ? lastEventId : undefined);
    const channel = await door.streams.find(door.core, path, askerOf(request).caller);
    reply.hijack();
    await door.streams.send(channel, reply.raw);
  });
  for (const url of [`${RESOURCE_PREFIX}*`, DASHBOARD_PREFIX, `${DASHBOARD_PREFIX}/*`]) {
    app.route({
      method: METHODS.filter((method) => method !== 'HEAD'),
      url,
      handler: async (request, reply) => {
        const { caller, signal } = askerOf(request);
        const search = request.raw.url?.indexOf('?') ?? -1;
        const query = new URLSearchParams(search < 0 ? '' : request.raw.url?.slice(search + 1));
        const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
        const answer = await door.core.resource({ method: request.method, path: resourcePath(request), query, body }, caller, signal);
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      },
    });
  }
}

/** Makes the dashboard in the background, from now until the door closes, and counts how that goes. */
function refresh(app: FastifyInstance, { core, metrics, logger }: Door): void {
  const leave = core.dashboard.subscribe(({ failing, error }) => {
    metrics.refreshes.inc({ outcome: error !== undefined ? 'error' : failing.length > 0 ? 'partial' : 'ok' });
    if (error !== undefined || failing.length > 0) {
      logger.debug({ error, failing }, 'the dashboard could not be made whole in the background');
    }
  });
  core.dashboard.start();
  app.addHook('onClose', async () => {
    leave();
    await core.dashboard.stop();
  });
}

/**
 * The core over HTTP. The caller listens and closes; closing ends live streams and waits for what is being answered.
 * Every answer but those of /metrics and the streams is JSON; errors have the form `{error, message, mend?}`.
 */
export async function createHttpDoor(options: HttpDoorOptions): Promise<FastifyInstance> {
  const { core, tokens, logger } = options;
  const streams = new LiveStreams({ max: options.maxStreams, logger, ...(options.heartbeatMs ? { heartbeatMs: options.heartbeatMs } : {}) });
  const door: Door = { core, logger, streams, metrics: createDoorMetrics(() => streams.size) };
  const fail = (cause: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => sendError(logger, cause, request, reply);
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    // Idle connections are cut at the end; those that are being answered are waited for.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: (cause, request, reply) => void sendError(logger, cause, request, reply),
  });
  app.removeAllContentTypeParsers();
  // The core reads bodies itself, so that both doors judge them alike.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(fail);
  watch(app, door, tokens);
  guard(app, tokens);
  if (options.rateLimit > 0) {
    await limit(app, options.rateLimit);
  }
  serviceRoutes(app, door);
  apiRoutes(app, door);
  if (options.realtime) {
    refresh(app, door);
  }
  app.route({
    method: METHODS.filter((method) => method !== 'HEAD'),
    url: '/*',
    handler: async (request, reply) => refuse(reply, 'not_found', `There is nothing at ${JSON.stringify(request.url.slice(0, 100))}.`, 'What there is stands in /openapi.json.'),
  });
  const cutUnused = watchUnused(app.server);
  app.addHook('preClose', async () => {
    streams.endAll();
    cutUnused();
  });
  return app;
}
