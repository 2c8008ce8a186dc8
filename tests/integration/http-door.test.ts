import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { apiAgent } from '../../agents/api';
import { responderWith } from '../../agents/responder';
import { createLogger } from '../../agents/runtime/logger';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived } from '../../agents/runtime/new-event';
import { readRange } from '../../agents/runtime/queries';
import { runAgents } from '../../agents/runtime/run';
import { RESOURCES } from '../../src/backend/core/resources';
import type { Caller, Core, ResourceResponse } from '../../src/backend/core/types';
import { createHttpDoor } from '../../src/backend/http/server';
import { readTokens } from '../../src/backend/http/tokens';
import type { ContainerState } from '../../src/contract/containers';
import type { EventOf, HemostatEvent } from '../../src/contract/events';
import { maintenanceField } from '../../src/contract/switches';
import { testCore } from '../support/core';
import { actionPath, ACTIONS, EDITORS, plantDashboard } from '../support/both-doors-cases';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { FakeEngine } from '../support/fake-engine';
import { freePort } from '../support/free-port';
import { removeFolder, temporaryFolder } from '../support/processes';
import { startRedis, type RedisServer } from '../support/servers';
import { plantTelemetry, SMALL_PLAN, testSpans } from '../support/telemetry-data';

const TOKENS = { viewer: 'viewer-token-0123456789', editor: 'editor-token-0123456789', admin: 'admin-token-01234567890', proxy: 'proxy-token-01234567890' };
const digest = 'd1'.repeat(32);
const analysis = { reason: 'The health check fails.', root_cause: 'The worker pool is exhausted', confidence: 0.85, analysis_method: 'rule_based' as const, rule: 'unhealthy-status', evidence: [], model_calls: [], duration_seconds: 0.001 };
const silent = createLogger({ logLevel: 'silent', logFormat: 'text' });

const stateOf = (container: string, part: Partial<ContainerState> = {}): ContainerState => ({
  host: 'host-1', container, container_id: 'c'.repeat(64), image: 'shop/web:1', status: 'running', health_status: 'unhealthy', exit_code: 0, oom_killed: false, restart_count: 0,
  restart_policy: 'no', labels: { 'hemostat.cooldown': '15m' }, project: 'shop', service: 'web', depends_on: [], network_parent: '', metrics: {}, ill: true, seen_at: new Date().toISOString(), ...part,
});

/** An incident that waits for an answer. */
function waiting(name: string): HemostatEvent[] {
  const alert = testAlert(name);
  const needed = derived(alert, 'remediation_needed', 'analyzer', { ...analysis, action: 'restart', metrics: {} });
  const plan = { action: 'restart' as const, target: `host-1/${name}`, order: [`host-1/${name}`] };
  const asked = derived(needed, 'approval_requested', 'responder', { plan, digest, dry_run: false, guards: [], reason: 'x', confidence: 0.85, mode: 'approve', expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  return [alert, needed, asked];
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}
/** One call of a resource as somebody, through one of the doors. */
type Ask = (who: Who, method: string, path: string, body?: unknown) => Promise<Answer>;
interface Who {
  name: string;
  caller: Caller;
  headers: Record<string, string>;
}
const who = (name: string, role: Caller['role'], user: string, headers: Record<string, string>, machine = false): Who => ({ name, caller: { user, role, machine }, headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const VERA = who('Viewer', 'Viewer', 'vera', bearer(TOKENS.viewer));
const EDDY = who('Editor', 'Editor', 'eddy', bearer(TOKENS.editor));
const ADA = who('Admin', 'Admin', 'ada', bearer(TOKENS.admin));
const GRETA = who('Admin behind a proxy', 'Admin', 'greta', { ...bearer(TOKENS.proxy), 'x-grafana-user': 'greta' });
const MACHINE = who('proxy without a person', 'Admin', '', bearer(TOKENS.proxy), true);

describe('the API', () => {
  let redis: RedisServer;
  let folder: string;
  let log: HemostatLog;
  let core: Core;
  let app: FastifyInstance;
  let base: string;
  const tokensFile = () => path.join(folder, 'tokens');
  const environment = () => ({ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), LOG_LEVEL: 'silent' });

  async function openDoor(rateLimit = 0) {
    const opened = await createHttpDoor({ core, tokens: readTokens({ token: '', tokenUser: 'api', tokensFile: tokensFile() }), logger: silent, rateLimit, maxStreams: 3, heartbeatMs: 50 });
    const url = await opened.listen({ host: '127.0.0.1', port: 0 });
    return { opened, url };
  }

  beforeAll(async () => {
    folder = temporaryFolder('api');
    writeFileSync(tokensFile(), `${TOKENS.viewer} Viewer vera\n${TOKENS.editor} Editor eddy\n${TOKENS.admin} Admin ada\n${TOKENS.proxy} Admin grafana proxy\n`);
    redis = await startRedis({ aof: true });
    log = testLog(environment());
    core = testCore({ REDIS_PORT: String(redis.port) });
    const { opened, url } = await openDoor();
    app = opened;
    base = url;
  });
  afterAll(async () => {
    await app.close();
    await core.close();
    log.redis.disconnect();
    await redis.stop();
    removeFolder(folder);
  });
  beforeEach(() => log.redis.flushall());

  const never = new AbortController().signal;
  const split = (text: string): [string, URLSearchParams] => [text.split('?', 1)[0] ?? '', new URLSearchParams(text.includes('?') ? text.slice(text.indexOf('?')) : '')];
  const direct: Ask = async ({ caller }, method, target, body) => {
    const [resource, query] = split(target);
    const answer: ResourceResponse = await core.resource({ method, path: resource, query, body: body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)) }, caller, never);
    return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
  };
  const overHttp: Ask = async ({ headers }, method, target, body) => {
    const answer = await fetch(`${base}/api/resources/${target}`, { method, headers: { ...headers, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const commands = async () => (await readRange(log, { types: ['command'] })).map(({ event }) => event as EventOf<'command'>);
  const know = (...states: ContainerState[]) => log.redis.hset(log.partition(0).containers, ...states.flatMap((one) => [`${one.host}/${one.container}`, JSON.stringify(one)]));
  const fallIll = async (name = 'web') => {
    await know(stateOf(name));
    return (await log.append(waiting(name)))[0]?.incidentId ?? '';
  };
  const silence = (id: string) => log.redis.hset(log.partition(0).incident(id), { silenced_by: 'x', silenced_until: '2030-01-01T00:00:00.000Z' });
  const openWindow = () => log.redis.hset(log.partition(0).switches, maintenanceField('project:shop'), JSON.stringify({ user: 'x', reason: '', since: '', until: '2030-01-01T00:00:00.000Z' }));

  const ADMINS = Object.keys(ACTIONS);
  const MAY: ReadonlyArray<[Who, readonly string[]]> = [
    [VERA, []],
    [EDDY, EDITORS],
    [ADA, ADMINS],
    [MACHINE, []],
    [GRETA, ADMINS],
  ];

  it('has a body for every action', () => {
    expect(Object.keys(ACTIONS).sort()).toEqual(RESOURCES.routes.filter(({ acts }) => acts).map(({ path: one }) => one).sort());
  });

  describe.each([
    ['the core', direct],
    ['HTTP', overHttp],
  ])('through %s', (_door, ask) => {
    it.each(MAY.map(([one, may]): [string, Who, readonly string[]] => [one.name, one, may]))('a %s does what it may, recorded under its own name, and nothing else', async (_name, one, may) => {
      for (const [action, bodyOf] of Object.entries(ACTIONS)) {
        await log.redis.flushall();
        const incident = await fallIll();
        await silence(incident);
        await openWindow();
        const version = String((await direct(ADA, 'GET', 'policy')).body.version);
        const places = { incident, version, alert: await plantDashboard(log, Date.now()) };
        const { status, body } = await ask(one, 'POST', actionPath(action, places), bodyOf(places));
        const written = await commands();
        expect([action, status, written.length]).toEqual(may.includes(action) ? [action, 200, 1] : [action, 403, 0]);
        if (status === 200) {
          expect(written[0]).toMatchObject({ id: body.event_id, agent: 'operator', data: { user: one.caller.user, ...('command' in body ? { command: body.command } : {}) } });
        } else {
          expect(body).toMatchObject({ error: 'forbidden', message: expect.any(String), mend: expect.any(String) });
        }
      }
    });

    it.each([VERA, EDDY, ADA, MACHINE].map((one): [string, Who] => [one.name, one]))('a %s reads everything, in the form that is documented', async (_name, one) => {
      const id = await fallIll();
      await plantDashboard(log, Date.now());
      await plantTelemetry(log, { ...SMALL_PLAN, now: Date.now() });
      const { body: story } = await ask(VERA, 'GET', `incidents/detail?id=${id}`);
      const [first] = story.events as Array<{ event: { id: string } }>;
      const queries: Record<string, string> = { 'incidents/detail': `?id=${id}`, 'events/detail': `?id=${first?.event.id}`, 'containers/detail': '?key=host-1/web', 'policy/effective': '?container=web' };
      for (const route of RESOURCES.routes.filter(({ method }) => method === 'GET')) {
        const target = route.path.replace('{metric_type}', 'latency').replace('{trace_id}', testSpans(3, 0).traceId);
        const { status, body } = await ask(one, 'GET', `${target}${queries[route.path] ?? ''}`);
        expect([route.path, status, status === 200 || body]).toEqual([route.path, 200, true]);
        expect(() => route.answer.parse(body)).not.toThrow();
      }
    });

    it('a role None reads nothing', async () => {
      for (const route of RESOURCES.routes) {
        const answer = await core.resource({ method: route.method, path: route.path, query: new URLSearchParams(), body: new Uint8Array() }, { user: 'nina', role: 'None', machine: false }, never);
        expect([route.path, answer.status]).toEqual([route.path, 403]);
      }
    });

    it('marks come at once, to the partition of their container', async () => {
      const id = await fallIll();
      const { body } = await ask(EDDY, 'POST', 'actions/silence', { incident: id, minutes: 60 });
      const { body: detail } = await ask(VERA, 'GET', `incidents/detail?id=${id}`);
      expect(detail).toMatchObject({ incident: { id, fields: { silenced_by: 'eddy', silenced_until: body.until } }, more: false, missing: 0 });
      expect((detail.events as Array<{ text: string }>).map(({ text }) => text).join('\n')).toMatch(/eddy/);
    });

    it.each<[string, string, (id: string) => unknown, number, RegExp]>([
      ['an incident that is not there', 'approve', () => ({ incident: 'f'.repeat(32), digest }), 404, /There is no incident/],
      ['another digest', 'approve', (incident) => ({ incident, digest: 'd2'.repeat(32) }), 409, /not the one that was looked at/],
      ['the beginning of the digest', 'approve', (incident) => ({ incident, digest: digest.slice(0, 16) }), 409, /not the one that was looked at/],
      ['an incident that is not silenced', 'unsilence', (incident) => ({ incident }), 409, /not silenced/],
      ['a container that is not there', 'remediate', () => ({ container: 'nowhere', action: 'restart' }), 404, /knows no container nowhere/],
      ['a window that is not open', 'maintenance-end', () => ({ scope: 'all' }), 409, /No maintenance window of all/],
      ['a policy of another version', 'policy', () => ({ policy: {}, version: 'other', reason: 'because' }), 409, /has the version [0-9a-f]{12}, not other/],
      ['a policy that cannot be used', 'policy', () => ({ policy: { defaults: { mode: 'wild' } }, version: 'x', reason: 'because' }), 400, /defaults\.mode/],
      ['a user of one’s own choice', 'pause', () => ({ user: 'mallory' }), 400, /user/],
    ])('%s is refused, and nothing is written', async (_name, action, bodyOf, expected, words) => {
      const id = await fallIll();
      const { status, body } = await ask(ADA, 'POST', `actions/${action}`, bodyOf(id));
      expect([status, body.message]).toEqual([expected, expect.stringMatching(words)]);
      expect(await commands()).toEqual([]);
    });

    it('a container of two hosts must be named with its host', async () => {
      await know(stateOf('web'), stateOf('web', { host: 'host-2' }), stateOf('db', { depends_on: ['host-2/web'] }));
      expect(await ask(ADA, 'POST', 'actions/remediate', { container: 'web', action: 'stop' })).toMatchObject({ status: 409, body: { mend: expect.stringContaining('host-1/web, host-2/web') } });
      expect((await ask(ADA, 'POST', 'actions/remediate', { container: 'host-2/web', action: 'stop' })).status).toBe(200);
      expect((await commands())[0]).toMatchObject({ host: 'host-2', container: 'web', data: { command: 'remediate', action: 'stop' } });
      expect((await ask(VERA, 'GET', 'containers/detail?key=host-2%2Fweb')).body).toMatchObject({ key: 'host-2/web', dependents: ['host-1/db'], policy: { cooldown_seconds: 900, origins: { cooldown_seconds: 'label' } } });
    });

    it('of two changes of one policy at the same time only one is taken', async () => {
      const version = String((await ask(VERA, 'GET', 'policy')).body.version);
      const change = (mode: string) => ask(ADA, 'POST', 'actions/policy', { policy: { defaults: { mode } }, version, reason: 'both at once' });
      const answers = await Promise.all(['auto', 'approve', 'observe'].map(change));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      expect(await commands()).toHaveLength(1);
    });

    it('compares a policy with the past', async () => {
      await fallIll();
      const { status, body } = await ask(VERA, 'POST', 'what-if', { policy: { defaults: { mode: 'auto' } }, days: 1 });
      expect([status, body]).toEqual([200, expect.objectContaining({ decisions: 1, counts: expect.objectContaining({ appears: 1 }), actions: { before: 0, after: 1 }, cut_short: false })]);
      expect(() => RESOURCES.find('POST', 'what-if').route.answer.parse(body)).not.toThrow();
      const before = await ask(VERA, 'POST', 'what-if', { policy: { defaults: { mode: 'auto' } }, days: 1, to: new Date(Date.now() - 3_600_000).toISOString() });
      expect([before.status, before.body]).toEqual([200, expect.objectContaining({ decisions: 0 })]);
    });

    it('gives editors their values', async () => {
      await know(stateOf('web'), stateOf('db', { project: 'back', host: 'host-2' }), stateOf('old', { status: 'removed' }));
      expect((await ask(VERA, 'GET', 'variables?kind=containers')).body.values).toEqual([{ text: 'host-1/web', value: 'host-1/web' }, { text: 'host-2/db', value: 'host-2/db' }]);
      expect((await ask(VERA, 'GET', 'variables?kind=containers&project=back')).body.values).toEqual([{ text: 'db', value: 'host-2/db' }]);
      expect((await ask(VERA, 'GET', 'variables?kind=projects')).body.values).toEqual([{ text: 'back', value: 'back' }, { text: 'shop', value: 'shop' }]);
      expect((await ask(VERA, 'GET', 'schema/filters')).body).toMatchObject({ hosts: ['host-1', 'host-2'], projects: ['back', 'shop'], containers: ['host-1/web', 'host-2/db'] });
    });

    it('takes no path or body that it does not know, whatever its shape', async () => {
      await plantDashboard(log, Date.now());
      const known = RESOURCES.routes.map((one) => one.path);
      const target = fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 60 }).map(encodeURIComponent), fc.constantFrom('incidents/..%2fpolicy', '%2e%2e%2f', '..%2F..%2Fhealth', 'policy%2Fversions%2F', 'a//b', '%00'));
      await fc.assert(
        fc.asyncProperty(target, fc.json(), async (one, json) => {
          const { status } = await ask(ADA, 'POST', one, JSON.parse(json));
          // Pausing and resuming need no words.
          expect(status >= 400 && status < 500 ? status : /^actions\/(pause|resume)$/.test(one) && status).toBeTruthy();
        }),
        { numRuns: 150 }
      );
    });
  });

  describe('with a responder', () => {
    it('puts a policy in force and keeps who did it', async () => {
      const running = await runAgents([responderWith(() => new FakeEngine())], { ...environment(), HEMOSTAT_HOST: 'host-1' });
      try {
        const before = (await direct(ADA, 'GET', 'policy')).body;
        expect(before).toMatchObject({ from: 'file', stored: null });
        const { body } = await direct(ADA, 'POST', 'actions/policy', { policy: { defaults: { mode: 'approve' } }, version: before.version, reason: 'be careful' });
        const after = await eventually(async () => {
          const now = (await direct(ADA, 'GET', 'policy')).body;
          expect(now.stored).not.toBeNull();
          return now;
        });
        expect(after).toMatchObject({ version: body.version, from: 'command', document: { defaults: { mode: 'approve' } }, stored: { user: 'ada', reason: 'be careful' } });
        expect((await direct(VERA, 'GET', 'policy/versions')).body).toMatchObject({ versions: [{ user: 'ada', policy: { defaults: { mode: 'approve' } } }], unreadable: 0 });
        expect((await direct(ADA, 'POST', 'actions/policy', { policy: {}, version: before.version, reason: 'too late' })).status).toBe(409);
        expect((await direct(ADA, 'POST', 'actions/policy', { policy: {}, version: after.version, reason: 'again' })).status).toBe(200);
      } finally {
        await running.close();
      }
    });

    it('counts in what a responder tells of its own environment', async () => {
      const told = { document: {}, from: 'file', environment: { mode: 'auto' } };
      const state = { agent: 'responder', instance: 'r-1', pid: 1, version: '1', started_at: '', seen_at: new Date().toISOString(), leading: true, handled: 0, failed: 0, dead: 0, in_flight: 0, memory_bytes: 0, troubles: [], state: { mode: 'auto', policy: 'abc', policy_source: JSON.stringify(told) } };
      const effective = async () => (await direct(VERA, 'GET', 'policy/effective')).body;
      expect(await effective()).toMatchObject({ policy: { mode: 'observe' }, warnings: [expect.stringContaining('No living responder')] });
      await log.redis.hset(log.partition(0).agents, 'responder@r-1', JSON.stringify(state));
      expect(await effective()).toMatchObject({ policy: { mode: 'auto', origins: { mode: 'environment' } }, warnings: [] });
    });
  });

  describe('over HTTP', () => {
    /** Sends the path as it is, without the tidying that fetch does. */
    const raw = (target: string, method = 'GET', headers: Record<string, string> = bearer(TOKENS.admin)) =>
      new Promise<number>((resolve, reject) => {
        const { port } = new URL(base);
        const sent = httpRequest({ host: '127.0.0.1', port, path: target, method, headers }, (answer) => {
          answer.resume();
          answer.once('end', () => resolve(answer.statusCode ?? 0));
        });
        sent.once('error', reject);
        sent.end();
      });

    it('paths with dots, doubled slashes and odd bytes find nothing', async () => {
      for (const target of ['/api/resources/../../health', '/api/resources/x/../policy', '/api/resources/%2e%2e/%2e%2e/metrics', '/api/resources//policy', '/api/resources/policy%2f%2e%2e', '/api/resources/%ff', '//api/resources/policy', '/api/resources/policy%00', `/api/resources/${'x/'.repeat(4000)}`, `/api/live/${'x'.repeat(10_000)}`, '/api/live/..%2f..', '/api/resources/%', '/../etc/passwd']) {
        const status = await raw(target);
        expect([target.slice(0, 60), status >= 400 && status < 500 ? 'refused' : status]).toEqual([target.slice(0, 60), 'refused']);
      }
      expect(await raw('/api/resources/policy')).toBe(200);
    });

    it('answers queries as Grafana data frames', async () => {
      const id = await fallIll();
      const answer = await fetch(`${base}/api/query`, { method: 'POST', headers: bearer(TOKENS.viewer), body: JSON.stringify({ queries: [{ refId: 'A', queryType: 'incidents' }, { refId: 'B', limit: 0 }], range: { from: Date.now() - 60_000, to: Date.now() + 60_000 } }) });
      const { results } = (await answer.json()) as { results: Record<string, { status: number; error?: string; frames?: Array<{ schema: { refId: string; fields: Array<{ name: string }> }; data: { values: unknown[][] } }> }> };
      const [frame] = results.A?.frames ?? [];
      expect([answer.status, results.A?.status, frame?.schema.refId, results.B?.status]).toEqual([200, 200, 'A', 400]);
      expect(frame?.data.values.flat()).toContain(id);
    });

    it('takes 120 requests a minute from a token and address, by default', async () => {
      const { opened, url } = await openDoor(120);
      try {
        const statuses = await Promise.all(Array.from({ length: 130 }, async () => (await fetch(`${url}/api/resources/policy`, { headers: bearer(TOKENS.viewer) })).status));
        expect([statuses.filter((one) => one === 200).length, statuses.filter((one) => one === 429).length]).toEqual([120, 10]);
        const limited = await fetch(`${url}/api/resources/policy`, { headers: bearer(TOKENS.viewer) });
        expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(await limited.json()).toMatchObject({ error: 'rate_limited' });
        expect((await fetch(`${url}/api/resources/policy`, { headers: bearer(TOKENS.editor) })).status).toBe(200);
      } finally {
        await opened.close();
      }
    });
  });

  describe('live', () => {
    interface Message {
      id: string;
      event: string;
      data: { schema?: { fields: Array<{ name: string }> }; data?: { values: unknown[][] } } | undefined;
    }
    /** Reads server-sent events until stopped. */
    async function listen(target: string, lastEventId = '', at = base) {
      const stop = new AbortController();
      const answer = await fetch(`${at}/api/live/${target}`, { headers: { ...bearer(TOKENS.viewer), ...(lastEventId ? { 'last-event-id': lastEventId } : {}) }, signal: stop.signal });
      const heard: Message[] = [];
      const counts = { beats: 0 };
      const done = (async () => {
        let text = '';
        for await (const chunk of answer.body ?? []) {
          text += Buffer.from(chunk as Uint8Array).toString('utf8');
          const parts = text.split('\n\n');
          text = parts.pop() ?? '';
          for (const part of parts) {
            counts.beats += part.startsWith(':') ? 1 : 0;
            const field = (name: string) => part.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
            heard.push({ id: field('id'), event: field('event'), data: field('data') ? (JSON.parse(field('data')) as Message['data']) : undefined });
          }
        }
      })();
      const frames = () => heard.filter((one) => one.event === 'frame');
      return {
        answer,
        heard,
        counts,
        done,
        ids: () => {
          const index = heard.find((one) => one.event === 'schema')?.data?.schema?.fields.findIndex((field) => field.name === 'id') ?? -1;
          return frames().flatMap((one) => (one.data?.data?.values[index] ?? []) as string[]);
        },
        lastId: () => heard.findLast((one) => one.id !== '')?.id ?? '',
        stop: async () => {
          stop.abort();
          await done.catch(() => undefined);
        },
      };
    }
    const append = async (count: number) => {
      const alerts = Array.from({ length: count }, (_, index) => testAlert(`c${index % 7}`));
      await Promise.all(alerts.map((alert) => log.append([alert])));
      return alerts.map((alert) => alert.id);
    };
    const hearing = async (target = 'events') => {
      const ear = await listen(target);
      await eventually(async () => {
        await append(1);
        expect(ear.ids().length).toBeGreaterThan(0);
      });
      return ear;
    };

    it('sends the schema first, then frames, and signs of life', async () => {
      const ear = await hearing();
      expect([ear.answer.status, ear.answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
      expect(ear.heard[0]?.event).toBe('schema');
      await eventually(() => expect(ear.counts.beats).toBeGreaterThan(1));
      await ear.stop();
    });

    it('goes on after the last id: nothing missing, nothing doubled', async () => {
      const ear = await hearing();
      const before = await append(40);
      await eventually(() => expect(ear.ids()).toEqual(expect.arrayContaining(before)));
      const last = ear.lastId();
      await ear.stop();
      const meanwhile = await append(500);
      const again = await listen('events', last);
      const after = await append(20);
      await eventually(() => expect(again.ids()).toHaveLength(meanwhile.length + after.length));
      expect(new Set(again.ids())).toEqual(new Set([...meanwhile, ...after]));
      await again.stop();
    });

    it('lets no more listeners in than it may, and forgets those that left', async () => {
      const ears = [await listen('events'), await listen('events'), await listen('events')];
      const refused = await fetch(`${base}/api/live/events`, { headers: bearer(TOKENS.viewer) });
      expect([refused.status, ((await refused.json()) as { error: string }).error]).toEqual([503, 'unavailable']);
      await ears[0]?.stop();
      const next = await eventually(async () => {
        const one = await listen('events');
        expect(one.answer.status).toBe(200);
        return one;
      });
      await Promise.all([...ears, next].map((ear) => ear.stop()));
      await eventually(async () => {
        const text = await (await fetch(`${base}/metrics`, { headers: bearer(TOKENS.admin) })).text();
        expect(text).toContain('hemostat_api_live_subscribers 0');
      });
    });

    it.each([
      ['a channel that is not there', 'nothing', '', 404],
      ['an id that is none', 'events', 'a b', 400],
      ['an id of no place', 'events', 'what', 404],
    ])('%s is refused', async (_name, target, id, status) => {
      const ear = await listen(target, id);
      expect(ear.answer.status).toBe(status);
      await ear.stop();
    });

    it('ends its streams when it stops, in an orderly way, and waits for no connection that was never used', async () => {
      const { opened, url } = await openDoor();
      const ear = await listen('events', '', url);
      const unused = connect(Number(new URL(url).port), '127.0.0.1');
      await new Promise((resolve) => unused.once('connect', resolve));
      const cut = new Promise((resolve) => unused.once('close', resolve));
      unused.on('error', () => undefined);
      await eventually(() => new Promise<void>((resolve, reject) => opened.server.getConnections((_error, count) => (count === 2 ? resolve() : reject(new Error(`${count} connections`))))));
      await opened.close();
      await expect(ear.done).resolves.toBeUndefined();
      await cut;
    });
  });

  describe('without Redis', () => {
    it('is alive but not ready, refuses to act, and writes nothing later', async () => {
      const own = await startRedis({ aof: true });
      const ownCore = testCore({ REDIS_PORT: String(own.port) });
      const opened = await createHttpDoor({ core: ownCore, tokens: readTokens({ token: TOKENS.admin, tokenUser: 'api', tokensFile: '' }), logger: silent, rateLimit: 0, maxStreams: 3 });
      const url = await opened.listen({ host: '127.0.0.1', port: 0 });
      const get = async (target: string, init: RequestInit = {}) => {
        const answer = await fetch(`${url}${target}`, { ...init, headers: bearer(TOKENS.admin) });
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      };
      const pause = () => get('/api/resources/actions/pause', { method: 'POST', body: '{}' });
      try {
        expect((await get('/ready')).body).toMatchObject({ status: 'ready' });
        await own.kill('SIGKILL');
        const ready = await eventually(async () => {
          const answer = await get('/ready');
          expect(answer.status).toBe(503);
          return answer;
        });
        expect(ready.body).toMatchObject({ status: 'not_ready', checks: [{ name: 'Redis', ok: false, mend: expect.any(String) }] });
        expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'degraded', checks: { dashboard: false, data_sources: { redis: false } } } });
        const refused = await Promise.all([pause(), get('/api/resources/status')]);
        expect(refused[0]?.body.mend).toMatch(/before you repeat it/);
        for (const { status, body } of refused) {
          expect([status, body.error]).toEqual([503, 'unavailable']);
          expect(JSON.stringify(body)).not.toMatch(/\.ts:|node_modules/);
        }
        await own.restart();
        await eventually(async () => expect((await get('/ready')).status).toBe(200));
        expect((await pause()).status).toBe(200);
        const client = own.connect();
        expect(await client.xlen('hemostat:{0}:log')).toBe(1);
      } finally {
        await opened.close();
        await ownCore.close();
        await own.stop();
      }
    });
  });

  describe('as an agent', () => {
    const serve = async (more: Record<string, string>, work: (url: string, lines: string[]) => Promise<void>) => {
      const port = await freePort();
      const lines: string[] = [];
      const running = await runAgents([apiAgent], { ...environment(), LOG_LEVEL: 'info', HEMOSTAT_API_PORT: String(port), ...more }, { out: (line) => lines.push(line) });
      try {
        await work(`http://127.0.0.1:${more.HEMOSTAT_API_PORT ?? port}`, lines);
      } finally {
        await running.close();
      }
    };

    it('serves with the token of its settings, and frees its port', async () => {
      let served = '';
      await serve({ HEMOSTAT_API_TOKEN: TOKENS.admin }, async (url) => {
        served = url;
        await eventually(async () => {
          const status = (await (await fetch(`${url}/api/resources/status`, { headers: bearer(TOKENS.admin) })).json()) as { agents: Array<{ agent: string }> };
          expect(status.agents.map(({ agent }) => agent)).toContain('api');
        });
      });
      await expect(fetch(`${served}/health`)).rejects.toThrow();
    });

    it('R466, R486: makes the dashboard in the background, and says in /health which sources answer', async () => {
      await plantDashboard(log, Date.now());
      await serve({ HEMOSTAT_API_TOKEN: TOKENS.admin, LOG_STORE_URL: 'http://127.0.0.1:1', DASHBOARD_REFRESH_INTERVAL: '5' }, async (url) => {
        await eventually(async () => {
          const health = (await (await fetch(`${url}/health`)).json()) as { status: string; checks: Record<string, unknown> };
          expect(health).toMatchObject({ status: 'degraded', checks: { dashboard: true, last_refresh: expect.any(String), data_sources: { redis: true, logs: false, errors: false, traces: true, metrics: true, alerts: true } } });
        });
        const metrics = await (await fetch(`${url}/metrics`, { headers: bearer(TOKENS.admin) })).text();
        expect(metrics).toContain('hemostat_api_dashboard_refreshes_total{outcome="partial"}');
      });
    });

    it('R487: says before an observer has looked that the dashboard is not initialized, and is alive', async () => {
      await serve({ HEMOSTAT_API_TOKEN: TOKENS.admin }, async (url) => {
        await eventually(async () => {
          const health = await fetch(`${url}/health`);
          expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({ status: 'unhealthy', reason: 'Dashboard not initialized' })]);
        });
      });
    });

    it('says so when no token is set, and serves /health alone', async () => {
      await serve({}, async (url, lines) => {
        const health = await eventually(() => fetch(`${url}/health`));
        expect(health.status).toBe(200);
        expect((await fetch(`${url}/api/resources/status`)).status).toBe(503);
        await eventually(() => expect(lines.join('')).toMatch(/No token is set.*HEMOSTAT_API_TOKEN/s));
      });
    });

    it('names a port that is taken, and takes it when it is free', async () => {
      const port = await freePort();
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
      await serve({ HEMOSTAT_API_TOKEN: TOKENS.admin, HEMOSTAT_API_PORT: String(port) }, async (url, lines) => {
        await eventually(() => expect(lines.join('')).toContain(`127.0.0.1:${port} is taken`));
        await new Promise((resolve) => holder.close(resolve));
        expect((await eventually(() => fetch(`${url}/health`))).status).toBe(200);
      });
    });

    it('does not start with a token that cannot be used', async () => {
      await expect(runAgents([apiAgent], { ...environment(), HEMOSTAT_API_TOKEN: 'short' })).rejects.toThrow(/HEMOSTAT_API_TOKEN/);
    });
  });
});
