import fc from 'fast-check';
import { createLogger } from '../../../agents/runtime/logger';
import type { Caller, Core, Dashboard, DashboardState, Health } from '../core/types';
import { createHttpDoor, type HttpDoorOptions } from './server';
import { TokenBook, readTokens } from './tokens';

const secret = 'admin-token-0123456789';
const bearer = { authorization: `Bearer ${secret}` };
const lines: string[] = [];
const logger = createLogger({ logLevel: 'info', logFormat: 'json' }, (line) => lines.push(line));
const well: Health = { ok: true, message: '', checks: [{ name: 'Redis', ok: true, message: 'answers' }] };

const initialized: DashboardState = { initialized: true, lastRefresh: '2030-01-01T00:00:00.000Z', sources: { logs: true, traces: true } };
function fakeDashboard(more: Partial<Dashboard> = {}): Dashboard {
  return { state: () => Promise.resolve(initialized), start: () => undefined, stop: () => Promise.resolve(), subscribe: () => () => undefined, ...more };
}

function fakeCore(more: Partial<Core> = {}): Core {
  return {
    query: () => Promise.resolve({ ok: true, frames: [{ name: 'events', refId: '', fields: [{ name: 'n', type: 'number', values: [1, null] }] }] }),
    resource: ({ method, path, query, body }, caller) =>
      Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ method, path, query: [...query], body: Buffer.from(body).toString(), caller }) }),
    health: () => Promise.resolve(well),
    dashboard: fakeDashboard(),
    live: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
    ...more,
  };
}

const doors: Array<Awaited<ReturnType<typeof createHttpDoor>>> = [];
async function door(options: Partial<HttpDoorOptions> = {}) {
  const app = await createHttpDoor({ core: fakeCore(), tokens: readTokens({ token: secret, tokenUser: 'api', tokensFile: '' }), logger, rateLimit: 0, maxStreams: 2, ...options });
  doors.push(app);
  return app;
}
afterEach(async () => {
  await Promise.all(doors.splice(0).map((app) => app.close()));
});

describe('who gets in', () => {
  test('only health, readiness and the document are open', async () => {
    const app = await door();
    const status = async (url: string, method: 'GET' | 'POST' = 'GET') => (await app.inject({ url, method })).statusCode;
    expect([await status('/health'), await status('/ready'), await status('/openapi.json')]).toEqual([200, 200, 200]);
    for (const url of ['/metrics', '/api/resources/incidents', '/api/live/events', '/api/nothing', '/', '/health/', '/api/query']) {
      expect([url, await status(url)]).toEqual([url, 401]);
    }
    expect(await status('/api/query', 'POST')).toBe(401);
    expect(await status('/health', 'POST')).toBe(401);
  });

  test('the answer to a wrong token says how to send one', async () => {
    const answer = await (await door()).inject({ url: '/metrics', headers: { authorization: 'Bearer wrong' } });
    expect(answer.json()).toEqual({ error: 'unauthorized', message: 'The token is missing or not known.', mend: 'Send the header Authorization: Bearer <token>.' });
  });

  test('without any token nothing but /health is served', async () => {
    const app = await door({ tokens: new TokenBook([]) });
    expect((await app.inject('/health')).statusCode).toBe(200);
    for (const url of ['/ready', '/openapi.json', '/metrics', '/api/resources/incidents', '/x']) {
      const answer = await app.inject({ url, headers: bearer });
      expect([url, answer.statusCode]).toEqual([url, 503]);
      expect(answer.body).toContain('HEMOSTAT_API_TOKEN');
    }
  });

  test('no page of another origin is let in', async () => {
    const answer = await (await door()).inject({ url: '/api/resources/incidents', method: 'OPTIONS', headers: { ...bearer, origin: 'https://evil.example', 'access-control-request-method': 'GET' } });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('resources', () => {
  test('path, query, body and caller reach the core as they were sent', async () => {
    const app = await door();
    const answer = await app.inject({ url: '/api/resources/containers/detail/?key=host-1%2Fweb&a=1&a=2', method: 'POST', headers: bearer, payload: { x: 1 } });
    expect(answer.json()).toEqual({
      method: 'POST',
      path: 'containers/detail',
      query: [
        ['key', 'host-1/web'],
        ['a', '1'],
        ['a', '2'],
      ],
      body: '{"x":1}',
      caller: { user: 'api', role: 'Admin', machine: false } satisfies Caller,
    });
  });

  test('a path keeps its slashes', async () => {
    const app = await door();
    const pathOf = async (url: string) => (await app.inject({ url, headers: bearer })).json<{ path: string }>().path;
    expect(await pathOf('/api/resources/a//b')).toBe('a//b');
    expect(await pathOf('/api/resources/a%2Fb')).toBe('a/b');
  });

  test('a body that is too large is 413, a path that cannot be read 400, both in the form of all errors', async () => {
    const app = await door();
    const large = await app.inject({ url: '/api/resources/x', method: 'POST', headers: bearer, payload: 'x'.repeat(1_000_001) });
    expect([large.statusCode, large.json<{ error: string }>().error]).toEqual([413, 'too_large']);
    const broken = await app.inject({ url: '/api/resources/%zz', headers: bearer });
    expect([broken.statusCode, broken.json<{ error: string }>().error]).toEqual([400, 'bad_request']);
  });

  test('an error inside shows neither its words nor its stack, and is logged', async () => {
    const app = await door({ core: fakeCore({ resource: () => Promise.reject(new Error('boom in /secret/place')) }) });
    const answer = await app.inject({ url: '/api/resources/incidents', headers: bearer });
    expect([answer.statusCode, answer.json()]).toEqual([500, { error: 'internal', message: 'The request failed. The log of the API says why.' }]);
    expect(lines.join('')).toContain('boom in');
  });
});

describe('queries', () => {
  const range = { from: 0, to: '2026-01-01T00:00:00Z' };
  const ask = async (payload: unknown, core?: Core) => (await door(core ? { core } : {})).inject({ url: '/api/query', method: 'POST', headers: bearer, payload: JSON.stringify(payload) });

  test('each is answered by its refId, in Grafana’s form', async () => {
    const answer = await ask({ queries: [{ refId: 'A' }, { refId: 'B', queryType: 'nonsense' }], range });
    expect(answer.json()).toEqual({
      results: {
        A: { status: 200, frames: [{ schema: { name: 'events', refId: 'A', fields: [{ name: 'n', type: 'number', typeInfo: { frame: 'float64', nullable: true } }] }, data: { values: [[1, null]] } }] },
        B: { status: 400, error: expect.stringContaining('queryType'), errorSource: 'plugin' },
      },
    });
  });

  test('width and range reach the core in milliseconds', async () => {
    const seen: unknown[] = [];
    const core = fakeCore({
      query: (request) => {
        seen.push([request.range, request.maxDataPoints, request.intervalMs]);
        return Promise.resolve({ ok: false, failure: { status: 502, message: 'away', source: 'downstream' } });
      },
    });
    const answer = await ask({ queries: [{ refId: 'A', maxDataPoints: 7 }], range, intervalMs: 5000 }, core);
    expect(seen).toEqual([[{ from: 0, to: Date.parse('2026-01-01T00:00:00Z') }, 7, 5000]]);
    expect(answer.json()).toEqual({ results: { A: { status: 502, error: 'away', errorSource: 'downstream' } } });
  });

  test.each([
    ['no JSON', undefined],
    ['no queries', { range }],
    ['an empty list', { queries: [], range }],
    ['no range', { queries: [{}] }],
    ['a range of words', { queries: [{}], range: { from: 'now-1h', to: 'now' } }],
    ['one refId twice', { queries: [{ refId: 'A' }, { refId: 'A' }], range }],
    ['too many', { queries: Array.from({ length: 51 }, (_, index) => ({ refId: String(index) })), range }],
    ['a list', []],
  ])('%s is 400', async (_name, payload) => {
    expect((await ask(payload)).statusCode).toBe(400);
  });

  test('any JSON is answered', async () => {
    const app = await door();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.array(fc.object()).map((queries) => JSON.stringify({ queries, range: { from: 0, to: 1 } }))), async (payload) => {
        const { statusCode } = await app.inject({ url: '/api/query', method: 'POST', headers: bearer, payload });
        expect(statusCode === 200 || (statusCode >= 400 && statusCode < 500)).toBe(true);
      }),
      { numRuns: 300 }
    );
  });
});

describe('rate limit', () => {
  test('each token has its own count; guesses share that of their address; health is never limited', async () => {
    const app = await door({ rateLimit: 3 });
    const get = (headers: Record<string, string> = {}) => app.inject({ url: '/metrics', headers });
    for (let i = 0; i < 3; i += 1) {
      expect((await get(bearer)).statusCode).toBe(200);
    }
    const limited = await get(bearer);
    expect([limited.statusCode, limited.json<{ error: string }>().error]).toEqual([429, 'rate_limited']);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    for (let i = 0; i < 3; i += 1) {
      expect((await get({ authorization: `Bearer guess-${i}` })).statusCode).toBe(401);
    }
    expect((await get({ authorization: 'Bearer another-guess' })).statusCode).toBe(429);
    expect((await app.inject('/api/nothing')).statusCode).toBe(429);
    for (let i = 0; i < 10; i += 1) {
      expect((await app.inject('/health')).statusCode).toBe(200);
    }
  });
});

describe('health and readiness', () => {
  const away: Health = { ok: false, message: 'x', checks: [{ name: 'Redis', ok: false, message: 'Redis at r:6379 cannot be reached.', mend: 'Start Redis.' }] };
  const lonely: Health = { ok: false, message: 'x', checks: [...well.checks, { name: 'Agents', ok: false, message: 'No agent gives a sign of life.' }] };

  test('a Redis that is away is not ready, but alive', async () => {
    const app = await door({ core: fakeCore({ health: () => Promise.resolve(away) }) });
    const ready = await app.inject('/ready');
    expect([ready.statusCode, ready.json()]).toEqual([503, { status: 'not_ready', message: 'Redis at r:6379 cannot be reached. Start Redis.', checks: away.checks }]);
    await app.inject('/health');
    const health = await app.inject('/health');
    expect([health.statusCode, health.json()]).toEqual([200, { status: 'degraded', checks: { dashboard: false, last_refresh: null, data_sources: { redis: false } } }]);
  });

  const healthOf = async (dashboard: Partial<Dashboard>) => {
    const app = await door({ core: fakeCore({ dashboard: fakeDashboard(dashboard) }) });
    await app.inject('/health');
    const { statusCode, json } = await app.inject('/health');
    return [statusCode, json()];
  };

  test('R486 as settled: a source that does not answer is told, one that is empty is well', async () => {
    const state = { ...initialized, sources: { logs: true, traces: false } };
    expect(await healthOf({ state: () => Promise.resolve(state) })).toEqual([200, { status: 'degraded', checks: { dashboard: true, last_refresh: initialized.lastRefresh, data_sources: { redis: true, logs: true, traces: false } } }]);
    expect(await healthOf({})).toEqual([200, { status: 'healthy', checks: { dashboard: true, last_refresh: initialized.lastRefresh, data_sources: { redis: true, logs: true, traces: true } } }]);
  });

  test('R487, R499: before the observer has looked it says why, and stays alive', async () => {
    const state = { initialized: false, lastRefresh: null, sources: {} };
    expect(await healthOf({ state: () => Promise.resolve(state) })).toEqual([200, { status: 'unhealthy', reason: 'Dashboard not initialized', checks: { dashboard: false, last_refresh: null, data_sources: { redis: true } } }]);
  });

  test('a dashboard of which nothing is known is not said to be there', async () => {
    expect(await healthOf({ state: () => Promise.reject(new Error('boom')) })).toEqual([200, { status: 'healthy', checks: { dashboard: false, last_refresh: null, data_sources: { redis: true } } }]);
  });

  test('a healer without agents can still be asked', async () => {
    const app = await door({ core: fakeCore({ health: () => Promise.resolve(lonely) }) });
    expect((await app.inject('/ready')).statusCode).toBe(200);
  });

  test('health does not wait for a source that hangs', async () => {
    const never = () => new Promise<never>(() => undefined);
    const app = await door({ core: fakeCore({ health: never, dashboard: fakeDashboard({ state: never }) }) });
    expect((await app.inject('/health')).json()).toEqual({ status: 'healthy', checks: { dashboard: false, last_refresh: null, data_sources: {} } });
  });

  test('many who ask at once make one look', async () => {
    let looks = 0;
    const app = await door({ core: fakeCore({ health: () => Promise.resolve((looks++, well)) }) });
    await Promise.all(Array.from({ length: 20 }, () => app.inject('/ready')));
    expect(looks).toBe(1);
  });
});

describe('the dashboard API', () => {
  const asked = async (url: string, method: 'GET' | 'POST' = 'GET') => (await (await door()).inject({ url, method, headers: bearer })).json<{ path: string; query: unknown }>();

  test('R474: stands under its own addresses, and is the same resources', async () => {
    expect(await asked('/api/dashboard?minutes=5')).toMatchObject({ path: 'dashboard', query: [['minutes', '5']] });
    expect(await asked('/api/dashboard/traces/f%20o%2Fo')).toMatchObject({ path: 'dashboard/traces/f o/o' });
    expect(await asked('/api/dashboard/alerts/a1/silence?duration_minutes=5', 'POST')).toMatchObject({ method: 'POST', path: 'dashboard/alerts/a1/silence' });
    expect(await asked('/api/dashboard/')).toMatchObject({ path: 'dashboard' });
    expect((await (await door()).inject({ url: '/api/dashboardx', headers: bearer })).statusCode).toBe(404);
    expect((await (await door()).inject('/api/dashboard')).statusCode).toBe(401);
  });

  test('R466, R467: is made in the background as long as the door is open, and counted', async () => {
    const begun: string[] = [];
    let tell: Parameters<Dashboard['subscribe']>[0] = () => undefined;
    const dashboard = fakeDashboard({
      start: () => void begun.push('start'),
      stop: () => Promise.resolve(void begun.push('stop')),
      subscribe: (listener) => {
        tell = listener;
        return () => void begun.push('left');
      },
    });
    const app = await door({ core: fakeCore({ dashboard }), realtime: true });
    const at = '2030-01-01T00:00:00.000Z';
    tell({ at, milliseconds: 1, failing: [] });
    tell({ at, milliseconds: 1, failing: ['logs'] });
    tell({ at, milliseconds: 1, failing: [], error: 'boom' });
    const text = (await app.inject({ url: '/metrics', headers: bearer })).body;
    expect(['ok', 'partial', 'error'].map((outcome) => text.includes(`hemostat_api_dashboard_refreshes_total{outcome="${outcome}"} 1`))).toEqual([true, true, true]);
    await app.close();
    expect(begun).toEqual(['start', 'left', 'stop']);
    await door({ core: fakeCore({ dashboard }) });
    expect(begun).toHaveLength(3);
  });
});

describe('figures', () => {
  test('routes are named as they are declared, so that clients cannot make new series', async () => {
    const app = await door();
    for (const url of ['/api/resources/incidents', '/api/resources/made-up', '/api/resources/incidents?x=1', '/made/up', '/api/dashboard/traces/made', '/api/dashboard']) {
      await app.inject({ url, headers: bearer });
    }
    const text = (await app.inject({ url: '/metrics', headers: bearer })).body;
    expect(text).toContain('hemostat_api_requests_total{route="/api/resources/incidents",method="GET",status="200"} 2');
    expect(text).toContain('hemostat_api_requests_total{route="unknown",method="GET",status="200"} 1');
    expect(text).toContain('hemostat_api_requests_total{route="unknown",method="GET",status="404"} 1');
    expect(text).toContain('hemostat_api_requests_total{route="/api/dashboard/traces/{trace_id}",method="GET",status="200"} 1');
    expect(text).toContain('hemostat_api_requests_total{route="/api/dashboard",method="GET",status="200"} 1');
    expect(text).toContain('hemostat_api_live_subscribers 0');
    expect(text).not.toContain('made');
  });
});
