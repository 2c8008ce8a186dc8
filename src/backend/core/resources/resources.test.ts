import fc from 'fast-check';
import { HemostatLog } from '../../../../agents/runtime/log';
import { commonSettings } from '../../../../agents/runtime/settings/common';
import { readSettings } from '../../../../agents/runtime/settings/define';
import { failureOf } from '../failure';
import { SharedDashboard } from '../observability/shared-dashboard';
import { ROLES, type Caller, type ResourceRequest, type Role } from '../types';
import { demandRight } from './access';
import { MAX_BODY_BYTES, RESOURCES, createResources } from '.';
import { RouteTable, route } from './route';
import { errorSchema } from '../../../contract/api';
import { problemsOf, redisRow } from './routes/status';

const settings = readSettings(commonSettings, {});
const gone = new AbortController().signal;
const admin: Caller = { user: 'ada', role: 'Admin', machine: false };

/** A Redis that is never there: whatever gets so far is answered with 503. */
function unreachable() {
  const redis = { isCluster: false, on: () => undefined, defineCommand: () => undefined };
  const log = new HemostatLog(redis as never, { prefix: 'hemostat', partitions: 1, legacyMirror: false, retentionDays: 1, address: 'redis:6379' });
  const down = () => Promise.reject(new Error('connect ECONNREFUSED redis:6379'));
  return createResources({
    settings,
    log,
    address: 'redis:6379',
    now: Date.now,
    ask: down,
    query: () => Promise.resolve({ ok: false, failure: { status: 502, message: 'Redis cannot be reached.', source: 'downstream' } }),
    health: () => Promise.resolve({ ok: false, message: '', checks: [] }),
    dashboard: new SharedDashboard({ log, address: 'redis:6379', settings, now: Date.now, ask: down, report: () => undefined }),
    failureOf: (cause) => failureOf(cause, 'redis:6379'),
    forget: () => undefined,
  });
}

const resources = unreachable();

function call(request: Partial<ResourceRequest> & { json?: unknown }, caller: Caller = admin) {
  const body = request.json === undefined ? (request.body ?? new Uint8Array()) : new TextEncoder().encode(JSON.stringify(request.json));
  return resources.handle({ method: 'GET', path: 'incidents', query: new URLSearchParams(), ...request, body }, caller, gone);
}

describe('finding a resource', () => {
  test('every path is there once for each method, and has no pattern that could hide another', () => {
    const names = RESOURCES.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(RESOURCES.routes.map(({ id }) => id)).size).toBe(names.length);
  });

  test.each(['', '/', 'incidents/', '/incidents', 'incidents//detail', 'incidents/../policy', 'Incidents', 'incidents%2Fdetail', 'incidents/detail/x', '__proto__', 'constructor', 'actions', '.', '..'])('%p is no resource', async (path) => {
    const answer = await call({ path });
    expect(answer.status).toBe(404);
    expect(errorSchema.parse(JSON.parse(answer.body))).toMatchObject({ error: 'not_found' });
  });

  test.each([
    ['POST', 'incidents'],
    ['GET', 'actions/pause'],
    ['DELETE', 'policy'],
    ['get', 'policy'],
  ])('%s %s is refused with the method that fits', async (method, path) => {
    const answer = await call({ method, path });
    expect(answer.status).toBe(405);
    expect(answer.body).toMatch(/Use (GET|POST)/);
  });

  test('a route may hold a place for one segment, which takes nothing that could climb', () => {
    const one = (path: string) => route({ method: 'GET', path, role: 'Viewer', acts: false, id: path, tag: 'x', summary: 'x', answer: errorSchema, handle: () => Promise.resolve({ error: '', message: '' }) });
    const table = new RouteTable([one('traces/{trace_id}'), one('traces/latest'), one('alerts/{alert_id}/silence')]);
    expect(table.find('GET', 'traces/abc')).toMatchObject({ params: { trace_id: 'abc' } });
    expect(table.find('GET', 'traces/latest').params).toEqual({});
    expect(table.find('GET', 'alerts/7/silence').params).toEqual({ alert_id: '7' });
    for (const path of ['traces/', 'traces/..', 'traces/.', 'traces/a/b', 'alerts//silence']) {
      expect(() => table.find('GET', path)).toThrow('There is no resource');
    }
  });
});

describe('rights', () => {
  const allowed = (role: Role, machine: boolean, needed: Exclude<Role, 'None'>, acts: boolean): boolean => {
    try {
      demandRight({ role: needed, acts }, { user: machine ? '' : 'ada', role, machine });
      return true;
    } catch {
      return false;
    }
  };

  test('each role does what it may, and no more', () => {
    const table = ROLES.map((role) => [role, allowed(role, false, 'Viewer', false), allowed(role, false, 'Editor', true), allowed(role, false, 'Admin', true)]);
    expect(table).toEqual([
      ['None', false, false, false],
      ['Viewer', true, false, false],
      ['Editor', true, true, false],
      ['Admin', true, true, true],
    ]);
  });

  test('a machine only reads, whatever its role', () => {
    expect(ROLES.map((role) => [allowed(role, true, 'Viewer', false), allowed(role, true, 'Editor', true), allowed(role, true, 'Admin', true)])).toEqual([
      [false, false, false],
      [true, false, false],
      [true, false, false],
      [true, false, false],
    ]);
  });

  test('a person without a name may not act either', () => {
    expect(() => demandRight({ role: 'Editor', acts: true }, { user: '', role: 'Admin', machine: false })).toThrow('signed-in person');
  });

  test('the actions need the roles of the design', () => {
    const byRole = Object.fromEntries(RESOURCES.routes.filter(({ acts }) => acts).map(({ path, role }) => [path.replace('actions/', ''), role]));
    expect(byRole).toEqual({
      acknowledge: 'Editor',
      silence: 'Editor',
      unsilence: 'Editor',
      resolve: 'Editor',
      comment: 'Editor',
      maintenance: 'Editor',
      'maintenance-end': 'Editor',
      approve: 'Admin',
      reject: 'Admin',
      remediate: 'Admin',
      pause: 'Admin',
      resume: 'Admin',
      policy: 'Admin',
      'dashboard/alerts/{alert_id}/acknowledge': 'Editor',
      'dashboard/alerts/{alert_id}/silence': 'Editor',
      'dashboard/alerts/{alert_id}/resolve': 'Editor',
      'dashboard/rules': 'Admin',
      'dashboard/rules/{name}/remove': 'Admin',
    });
    expect(RESOURCES.routes.filter(({ acts }) => !acts).every(({ role }) => role === 'Viewer')).toBe(true);
    expect(RESOURCES.routes.filter(({ method, path }) => method === 'POST' && path !== 'what-if').every(({ acts }) => acts)).toBe(true);
  });

  test('rights are looked at before anything that was sent', async () => {
    const answer = await call({ method: 'POST', path: 'actions/approve', body: new TextEncoder().encode('{{{') }, { ...admin, role: 'Editor' });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('This needs the role Admin; yours is Editor.');
  });
});

describe('what is sent', () => {
  test.each([
    ['a body that is not JSON', 'actions/pause', '{'],
    ['a body that is not UTF-8', 'actions/pause', new Uint8Array([0x22, 0xff, 0x22])],
    ['a list', 'actions/pause', '[]'],
    ['an unknown field', 'actions/pause', '{"user":"mallory"}'],
    ['a silence of 4 minutes', 'actions/silence', '{"incident":"i","minutes":4}'],
    ['a silence of 1441 minutes', 'actions/silence', '{"incident":"i","minutes":1441}'],
    ['an incident id that is a path', 'actions/acknowledge', '{"incident":"a:log"}'],
    ['exec without arguments', 'actions/remediate', '{"container":"web","action":"exec"}'],
    ['restart with arguments', 'actions/remediate', '{"container":"web","action":"restart","arguments":["x"]}'],
    ['the action none', 'actions/remediate', '{"container":"web","action":"none"}'],
    ['a policy without a reason', 'actions/policy', '{"policy":{},"version":"x"}'],
    ['a policy with a slip of the pen', 'actions/policy', '{"policy":{"defaults":{"cooldwn_seconds":1}},"version":"x","reason":"because"}'],
    ['a what-if over nothing', 'what-if', '{}'],
  ])('%s is 400', async (_name, path, body) => {
    const answer = await call({ method: 'POST', path, body: typeof body === 'string' ? new TextEncoder().encode(body) : body });
    expect([answer.status, errorSchema.parse(JSON.parse(answer.body)).error]).toEqual([400, 'bad_request']);
  });

  test('a body beyond the limit is 413', async () => {
    expect((await call({ method: 'POST', path: 'actions/pause', body: new Uint8Array(MAX_BODY_BYTES + 1) })).status).toBe(413);
  });

  test.each(['limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=2', 'all=yes', 'contaner=web', 'limit=NaN', '__proto__=1'])('the query string %s is 400', async (text) => {
    expect((await call({ query: new URLSearchParams(text) })).status).toBe(400);
  });

  test('Redis that is away is 503, in the form of all errors and without a stack', async () => {
    for (const { method, path } of RESOURCES.routes.filter((one) => one.method === 'GET')) {
      const query = new URLSearchParams(['incidents/detail', 'events/detail'].includes(path) ? 'id=i' : path === 'containers/detail' ? 'key=web' : '');
      const answer = await call({ method, path, query });
      // What the editors offer of itself needs no Redis only for some kinds; all of these do.
      expect([path, answer.status]).toEqual([path, 503]);
      expect(Object.keys(JSON.parse(answer.body) as object).sort()).toEqual(['error', 'message']);
      expect(answer.body).not.toMatch(/\.ts:|node_modules|at async/);
    }
  });

  test('a caller that went away is told nothing and no work is left', async () => {
    const stop = new AbortController();
    stop.abort();
    const answer = await resources.handle({ method: 'GET', path: 'status', query: new URLSearchParams(), body: new Uint8Array() }, admin, stop.signal);
    expect(answer.status).toBe(499);
  });
});

describe('any call', () => {
  const path = fc.oneof(fc.constantFrom(...RESOURCES.routes.map((one) => one.path)), fc.webPath(), fc.string({ maxLength: 300 }), fc.constantFrom('../..', '%2e%2e/policy', 'incidents%00', '\u0000', 'a/'.repeat(5000)));
  const method = fc.oneof(fc.constantFrom('GET', 'POST'), fc.string());
  const keys = fc.constantFrom('incident', 'minutes', 'digest', 'container', 'action', 'arguments', 'scope', 'policy', 'version', 'reason', 'text', 'days', 'kind', 'limit', 'id', 'key', '__proto__');
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.dictionary(keys, fc.anything({ maxDepth: 2 })).map((value) => new TextEncoder().encode(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? '')),
    fc.constant(new TextEncoder().encode('['.repeat(200_000)))
  );
  const query = fc.oneof(fc.array(fc.tuple(keys, fc.string())), fc.array(fc.tuple(fc.string(), fc.string()))).map((pairs) => new URLSearchParams(pairs));

  test('is answered, with an error of the caller or of Redis, whatever its shape', async () => {
    await fc.assert(
      fc.asyncProperty(method, path, query, body, fc.constantFrom(...ROLES), fc.boolean(), async (m, p, q, b, role, machine) => {
        const answer = await resources.handle({ method: m, path: p, query: q, body: b }, { user: 'x', role, machine }, gone);
        // Some kinds of variables need no Redis.
        const fine = answer.status === 200 && p === 'variables';
        expect(fine || (answer.status >= 400 && answer.status < 500) || answer.status === 503).toBe(true);
        expect(fine || errorSchema.safeParse(JSON.parse(answer.body)).success).toBe(true);
      }),
      { numRuns: 1500 }
    );
  });
});

describe('what is wrong with the healer', () => {
  const group = { group: 'responder', partition: 0, pending: 2, lag: 3, consumers: 1 };
  const agent = { agent: 'monitor', instance: 'a-1', version: '1', alive: true, leading: false, started_at: '', seen_at: '2026-01-01T00:00:00Z', handled: 0, failed: 0, dead: 0, in_flight: 0, memory_bytes: 0, lag: null, pending: null, troubles: [] };

  test('is said in sentences', () => {
    expect(problemsOf([agent], [], null)).toEqual([]);
    expect(problemsOf([{ ...agent, alive: false }], [group], redisRow('used_memory:99\r\nmaxmemory:100\r\n'))).toEqual([
      expect.stringContaining('No agent is alive'),
      expect.stringContaining('monitor (a-1) has given no sign'),
      expect.stringContaining('5 entries wait for the responder'),
      expect.stringContaining('Redis is full (99 of 100 bytes)'),
    ]);
  });

  test('an INFO that says little gives little', () => {
    expect(redisRow('# Server\r\nvalkey_version:8.0.1\r\nbroken')).toEqual({ version: '8.0.1', used_bytes: 0, max_bytes: 0, policy: 'unknown', append_only: false, full: false });
  });
});
