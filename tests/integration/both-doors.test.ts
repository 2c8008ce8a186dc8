import type { HemostatLog } from '../../agents/runtime/log';
import { derived } from '../../agents/runtime/new-event';
import { readRange } from '../../agents/runtime/queries';
import { RESOURCES } from '../../src/backend/core/resources';
import type { ContainerState } from '../../src/contract/containers';
import type { EventOf } from '../../src/contract/events';
import { QUERY_TYPES } from '../../src/contract/query';
import { maintenanceField } from '../../src/contract/switches';
import { ADMIN, MACHINES, NONE, openBothDoors, VIEWER, type Doors, type Ear, type Reply } from '../support/both-doors';
import { actionPath, ACTIONS, callOf, digest, DOORS, MOVING, OTHER_WORDS, plantDashboard, QUERIES, QUERY_FAULTS, READS, RESOURCE_FAULTS, RIGHTS, type DoorName, type Places, type Right } from '../support/both-doors-cases';
import type { PartialQuery } from '../support/core';
import { eventually } from '../support/eventually';
import { testAlert, testLog, testRecovery } from '../support/events';
import { freePort } from '../support/free-port';
import { updaterEvents } from '../support/recorded-day-insights';
import { endedTales, openTales } from '../support/recorded-day-plan';
import { startRedis, type RedisServer } from '../support/servers';
import { plantObserver, plantTelemetry, SMALL_PLAN, testSpans } from '../support/telemetry-data';
import { completeData, decision, needData, refusedData, verifiedData } from '../support/story-events';

const PARTITIONS = 2;

const stateOf = (container: string, more: Partial<ContainerState> = {}): ContainerState => ({
  host: 'host-1', container, container_id: 'c'.repeat(64), image: 'shop/web:1', status: 'running', health_status: 'unhealthy', exit_code: 0, oom_killed: false, restart_count: 0,
  restart_policy: 'no', labels: {}, project: 'shop', service: container, depends_on: [], network_parent: '', metrics: { cpu_percent: 5.5 }, ill: true, seen_at: new Date().toISOString(), ...more,
});

describe('both doors', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let doors: Doors;

  beforeAll(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port), HEMOSTAT_PARTITIONS: String(PARTITIONS) });
    doors = await openBothDoors(redis.port, PARTITIONS);
  });
  afterAll(async () => {
    await doors.close();
    log.redis.disconnect();
    await redis.stop();
  });
  afterEach(() => jest.restoreAllMocks());

  /** The same through both. */
  const both = async <T>(ask: (door: Doors[DoorName], name: DoorName) => Promise<T>): Promise<[T, T]> => [await ask(doors.grpc, 'grpc'), await ask(doors.http, 'http')];
  const know = async (...states: ContainerState[]) => {
    for (const one of states) {
      await log.redis.hset(log.keysOf(one.container).containers, `${one.host}/${one.container}`, JSON.stringify(one));
    }
  };
  /** From alert to notice, in words beyond ASCII. @returns the incident */
  async function story(container: string, ending: 'helped' | 'refused' | 'dry_run'): Promise<string> {
    const alert = testAlert(container, { ill_since: new Date(Date.now() - 2000).toISOString() });
    const id = (await log.append([alert]))[0]?.incidentId ?? '';
    const dry = ending === 'dry_run';
    const need = derived({ ...alert, incident_id: id, trace_id: id }, 'remediation_needed', 'analyzer', { ...needData, reason: 'Größe „1“ – 🚑 <b>ill</b>' });
    const started = derived(need, 'remediation_started', 'responder', { ...decision, mode: dry ? 'observe' : 'auto', dry_run: dry, attempt: 1, authorised_by: 'policy' });
    const complete = derived(need, 'remediation_complete', 'responder', ending === 'refused' ? refusedData : { ...completeData, mode: dry ? 'observe' : 'auto', dry_run: dry });
    await log.append([need]);
    await log.append(ending === 'refused' ? [complete] : [started, complete]);
    if (ending === 'helped') {
      await log.append([derived(complete, 'remediation_verified', 'responder', verifiedData), derived(complete, 'notification_sent', 'notifier', { channel: 'slack', kind: 'acted', key: 'k', attempts: 1, duration_seconds: 0.2 })]);
    }
    return id;
  }

  describe('over a log with everything in it', () => {
    let id = '';
    let event = '';
    const fill = (text: string) => text.replace('{id}', id).replace('{event}', event).replace('{trace}', testSpans(3, 0).traceId);

    beforeAll(async () => {
      await log.redis.flushall();
      await know(stateOf('web', { depends_on: ['host-1/db'] }), stateOf('db', { ill: false, project: 'größe' }), stateOf('queue', { host: 'host-2', network_parent: 'host-1/web' }));
      id = await story('web', 'helped');
      event = (await readRange(log)).find(({ event: one }) => one.type === 'remediation_verified')?.event.id ?? '';
      await story('db', 'refused');
      await story('queue', 'dry_run');
      await log.append([testRecovery('queue')]);
      const now = Date.now();
      await log.append(updaterEvents(now, openTales(now), endedTales(now - 86_400_000, now, 84, new Set())));
      await plantTelemetry(log, { ...SMALL_PLAN, now });
      await plantObserver(log, { ...SMALL_PLAN, now });
      await log.redis.hset(log.keysOf('x').containers, 'host-1/x', '{"host":1}');
      await log.redis.xadd(log.keysOf('x').log, '*', 'event', '{broken');
      const second = Math.floor(Date.now() / 1000) * 1000 - 10_000;
      for (const [index, cpu, received] of [[0, '10.25', 1000], [1, '', 3000], [2, '40', 100]] as const) {
        await log.redis.xadd(log.keysOf('web').samples('host-1/web'), `${second + index * 1000}-0`, 'cpu_percent', cpu, 'network_rx_bytes', received, 'status', 'running');
      }
      const stored = JSON.stringify({ version: 'v1', time: new Date().toISOString(), user: 'ada', reason: 'be careful', policy: { defaults: { mode: 'approve' } } });
      const { policy, policyVersions, agents } = log.partition(0);
      await log.redis.set(policy, stored);
      await log.redis.rpush(policyVersions, stored, '{broken');
      await log.redis.hset(agents, 'monitor@m-1', JSON.stringify({ agent: 'monitor', instance: 'm-1', pid: 1, version: '1', started_at: '', seen_at: new Date().toISOString(), leading: true, handled: 3, failed: 0, dead: 0, in_flight: 0, memory_bytes: 1, troubles: [{ code: 'x', message: 'Docker is away.', mend: 'Start it.' }], state: {} }));
    });
    // What is open lasts until now, so both must be asked at one time.
    beforeEach(() => {
      jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 1000);
    });

    it('has a query of every type and a call of every GET route', () => {
      expect(new Set(QUERIES.map(({ query }) => query.queryType))).toEqual(new Set(QUERY_TYPES));
      expect(Object.keys(READS).sort()).toEqual(RESOURCES.routes.filter(({ method }) => method === 'GET').map((one) => one.path).sort());
      expect(Object.keys(ACTIONS).sort()).toEqual(RESOURCES.routes.filter(({ acts }) => acts).map((one) => one.path).sort());
    });

    it.each(QUERIES)('$name: the same frames', async ({ query, notice, empty }) => {
      const json = { ...query, ...(query.target ? { target: fill(query.target) } : {}) };
      const [grpc, http] = await both((door) => door.query(VIEWER, { json }));
      expect(grpc).toMatchObject({ status: 200 });
      expect(http).toEqual(grpc);
      const frames = 'frames' in grpc ? grpc.frames : [];
      const rows = frames.reduce((sum, { fields }) => sum + (fields[0]?.values.length ?? 0), 0);
      expect(rows === 0).toBe(empty === true);
      expect(JSON.stringify(frames.map(({ meta }) => meta))).toMatch(notice ?? /./);
    });

    it('a next page begins where the first ended, whichever door gave it', async () => {
      const page = async (name: DoorName, cursor: string) => {
        const answer = await doors[name].query(VIEWER, { json: { queryType: 'events', limit: 3, cursor } });
        const [frame] = 'frames' in answer ? answer.frames : [];
        return { ids: frame?.fields.find((field) => field.name === 'id')?.values ?? [], cursor: String((frame?.meta as { custom: { cursor: string } }).custom.cursor) };
      };
      const first = await page('grpc', '');
      const seconds = await Promise.all(DOORS.map((name) => page(name, first.cursor)));
      expect(seconds[0]).toEqual(seconds[1]);
      expect(new Set([...first.ids, ...(seconds[0]?.ids ?? [])]).size).toBe(6);
    });

    const masked = (route: string, { body, ...reply }: Reply): unknown => {
      const { within = '', fields = [] } = MOVING[route] ?? {};
      const part = body[within] as Record<string, unknown> | undefined;
      const kinds = Object.fromEntries(fields.map((field) => [field, typeof part?.[field]]));
      return { ...reply, headers: ['content-type', 'cache-control', 'x-content-type-options'].map((name) => reply.headers[name]), body: part ? { ...body, [within]: { ...part, ...kinds } } : body };
    };
    it.each(Object.keys(READS))('GET %s: the same status, headers and body', async (route) => {
      for (const call of READS[route] ?? []) {
        const [target, search] = callOf(route, fill(call));
        for (const asker of [VIEWER, ADMIN, ...MACHINES]) {
          const [grpc, http] = await both(async (door) => masked(route, await door.resource(asker, 'GET', target, search)));
          expect({ call, asker: asker.name, ...(http as object) }).toEqual({ call, asker: asker.name, ...(grpc as object) });
        }
      }
      const right = await doors.grpc.resource(VIEWER, 'GET', ...callOf(route, fill(READS[route]?.[0] ?? '')));
      expect(right.status).toBe(200);
    });

    it('who has no role reads nothing', async () => {
      for (const route of Object.keys(READS)) {
        expect((await both((door) => door.resource(NONE, 'GET', ...callOf(route, fill(READS[route]?.[0] ?? ''))))).map(({ status }) => status)).toEqual([403, 401]);
      }
      expect((await both((door) => door.query(NONE, { json: {} }))).map(({ status }) => status)).toEqual([403, 401]);
      expect((await both((door) => door.listen(NONE, 'events'))).map(({ status }) => status)).toEqual([403, 401]);
    });

    it('a policy is compared with the past alike', async () => {
      const [grpc, http] = await both((door) => door.resource(VIEWER, 'POST', 'what-if', '', JSON.stringify({ policy: { defaults: { mode: 'auto' } }, days: 1 })));
      expect([grpc.status, http.status, http.body]).toEqual([200, 200, grpc.body]);
    });
  });

  describe('who may act', () => {
    /** An incident that waits for an answer, silenced, in an open window. */
    async function waiting(): Promise<Places> {
      await log.redis.flushall();
      await know(stateOf('web'));
      const alert = testAlert('web');
      const need = derived(alert, 'remediation_needed', 'analyzer', needData);
      const asked = derived(need, 'approval_requested', 'responder', { ...decision, digest, guards: [], mode: 'approve', expires_at: '2030-01-01T00:00:00.000Z' });
      const incident = (await log.append([alert, need, asked]))[0]?.incidentId ?? '';
      await log.redis.hset(log.keysOf('web').incident(incident), { silenced_by: 'x', silenced_until: '2030-01-01T00:00:00.000Z' });
      await log.redis.hset(log.partition(0).switches, maintenanceField('project:shop'), JSON.stringify({ user: 'x', reason: '', since: '', until: '2030-01-01T00:00:00.000Z' }));
      return { incident, alert: await plantDashboard(log, Date.now()), version: String((await doors.grpc.resource(VIEWER, 'GET', 'policy')).body.version) };
    }
    /** Everything in Redis, as it would be moved to another. */
    const dump = async () => Object.fromEntries(await Promise.all((await log.redis.keys('*')).sort().map(async (key): Promise<[string, string | undefined]> => [key, (await log.redis.dumpBuffer(key))?.toString('hex')])));
    const commands = async () => (await readRange(log, { types: ['command'] })).map(({ event }) => event as EventOf<'command'>);

    it.each(RIGHTS.map((right): [string, Right] => [right.asker.name, right]))('%s: the same through both, and nothing is written when refused', async (_name, { asker, may, refused }) => {
      for (const [action, bodyOf] of Object.entries(ACTIONS)) {
        const did = await both(async (door, name) => {
          const places = await waiting();
          const before = await dump();
          const { status, body } = await door.resource(asker, 'POST', actionPath(action, places), '', JSON.stringify(bodyOf(places)));
          const written = (await commands()).map(({ agent, host, container, data }) => ({ agent, host, container, user: data.user, command: data.command, fields: Object.keys(data).sort() }));
          expect([action, name, status]).toEqual([action, name, may.includes(action) ? 200 : refused[name]]);
          if (may.includes(action)) {
            expect(written).toEqual([expect.objectContaining({ agent: 'operator', user: asker.grpc.user?.login })]);
          } else {
            expect(await dump()).toEqual(before);
          }
          return { written, answer: Object.keys(body).sort(), message: status === 403 ? body.message : undefined };
        });
        if (refused.grpc === refused.http) {
          expect([action, did[1]]).toEqual([action, did[0]]);
        }
      }
    });
  });

  describe('live', () => {
    const append = async (count: number, containers = 5) => {
      const alerts = Array.from({ length: count }, (_, index) => testAlert(`c${index % containers}`));
      await Promise.all(alerts.map((alert) => log.append([alert])));
      return alerts.map(({ id }) => id);
    };
    const idsOf = (ear: Ear) => ear.rows().map((row) => String(row.id));
    const byId = (ear: Ear, ids: readonly string[]) => Object.fromEntries(ear.rows().filter((row) => ids.includes(String(row.id))).map((row) => [String(row.id), row]));
    const heard = (ear: Ear, ids: readonly string[]) => eventually(() => expect(idsOf(ear)).toEqual(expect.arrayContaining([...ids])));
    /** Both listen, from some moment on that lies behind us. */
    const hearing = async (channel: string): Promise<[Ear, Ear]> => {
      const ears = await both((door) => door.listen(VIEWER, channel));
      await eventually(async () => {
        await append(1, 1);
        ears.forEach((ear) => expect(ear.rows().length).toBeGreaterThan(0));
      });
      return ears;
    };
    const stop = async (ears: readonly Ear[]) => Promise.all(ears.map((ear) => ear.stop()));
    const channelOf = async (query: PartialQuery) => {
      const answer = await doors.grpc.query(VIEWER, { json: { ...query, live: true } });
      return String(('frames' in answer ? (answer.frames[0]?.meta as { channel?: string }) : {}).channel);
    };
    beforeEach(() => log.redis.flushall());

    it.each<[string, PartialQuery, number]>([
      ['every event', {}, 60],
      ['the events of a filter', { filters: { containers: ['c0'] } }, 12],
    ])('%s comes once through both, as the same row', async (_name, query, expected) => {
      const ears = await hearing(await channelOf(query));
      expect(ears[1].schema()).toEqual(ears[0].schema());
      const ids = await append(60);
      // What is appended last is heard last in its partition, so no double can follow unseen.
      const wanted = expected === 60 ? ids : ids.filter((_, index) => index % 5 === 0);
      const last = await append(1, 1);
      for (const ear of ears) {
        await heard(ear, [...wanted, ...last]);
        expect(idsOf(ear).filter((id) => ids.includes(id)).sort()).toEqual([...wanted].sort());
        expect(new Set(idsOf(ear)).size).toBe(idsOf(ear).length);
      }
      expect(byId(ears[1], wanted)).toEqual(byId(ears[0], wanted));
      await stop(ears);
    });

    it('goes on after the last place through both: nothing lost, nothing doubled', async () => {
      const ears = await hearing('events');
      await heard(ears[1], await append(20));
      const place = ears[1].place();
      const old = new Set(idsOf(ears[1]));
      await stop(ears);
      const meanwhile = await append(300);
      const again = await both((door) => door.listen(VIEWER, 'events', place));
      const after = await append(20);
      const wanted = [...meanwhile, ...after].sort();
      for (const ear of again) {
        await heard(ear, wanted);
        // Probes that were appended behind the last place, if any, were not heard before either.
        const ids = idsOf(ear);
        expect([ids.length, ids.some((id) => old.has(id))]).toEqual([new Set(ids).size, false]);
      }
      expect(byId(again[1], wanted)).toEqual(byId(again[0], wanted));
      await stop(again);
    });

    it.each(['nothing', 'events/q_broken', 'events/h_unknown', 'events/a/b/c'])('a channel %s is not there', async (channel) => {
      expect((await both((door) => door.listen(VIEWER, channel))).map(({ status }) => status)).toEqual([404, 404]);
    });
  });

  describe('faults', () => {
    beforeAll(async () => {
      await log.redis.flushall();
      await log.append([testAlert('web')]);
    });
    afterEach(async () => {
      // Both answer the next question, and the plugin has not asked to end.
      const answers = await both((door) => door.query(VIEWER, { json: { queryType: 'events' } }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(doors.plugin.process.exitCode).toBeUndefined();
    });

    it.each(QUERY_FAULTS)('a query with $name: the same status', async ({ question, status, words, otherWords }) => {
      const range = { from: Date.now() - 60_000, to: Date.now() + 60_000 };
      const [grpc, http] = await both((door) => door.query(VIEWER, { range, ...question }));
      expect([grpc.status, http.status]).toEqual([status, status]);
      if (otherWords === undefined) {
        expect(http).toEqual(grpc);
      }
      for (const answer of [grpc, http]) {
        expect('error' in answer ? answer.error : '').toMatch(words ?? (status === 200 ? /^$/ : /./));
      }
    });

    it.each(RESOURCE_FAULTS)('$name: the same status', async ({ method, path, search = '', body = '', status }) => {
      const [grpc, http] = await both((door) => door.resource(ADMIN, method, path, search, body));
      expect([grpc.status, http.status]).toEqual([status, status]);
      expect(http.body.error).toBe(grpc.body.error);
      if (!OTHER_WORDS.includes(status)) {
        expect(http.body).toEqual(grpc.body);
      }
      expect(await readRange(log, { types: ['command'] })).toEqual([]);
    });

    it('two queries of one refId: HTTP refuses them, as it cannot tell whose the answer would be; Grafana never sends them', async () => {
      const body = JSON.stringify({ queries: [{ refId: 'A' }, { refId: 'A' }], range: { from: 1, to: 2 } });
      expect((await fetch(`${doors.url}/api/query`, { method: 'POST', headers: ADMIN.http, body })).status).toBe(400);
    });

    it('without Redis: the same status and words, for queries and for resources', async () => {
      const away = await openBothDoors(await freePort());
      try {
        for (const ask of [
          (door: Doors[DoorName]) => door.query(VIEWER, { json: {} }),
          (door: Doors[DoorName]) => door.resource(VIEWER, 'GET', 'incidents'),
          (door: Doors[DoorName]) => door.resource(ADMIN, 'POST', 'actions/pause', '', '{}'),
        ]) {
          const answers = await Promise.all(DOORS.map(async (name) => ask(away[name])));
          const [grpc, http] = answers.map((answer) => ({ ...answer, headers: undefined }));
          expect(http).toEqual(grpc);
          expect([502, 503]).toContain(grpc?.status);
        }
        expect(away.plugin.process.exitCode).toBeUndefined();
      } finally {
        await away.close();
      }
    });
  });
});
