import { readFileSync } from 'node:fs';
import type { Core, Frame, TimeRange } from '../../src/backend/core/types';
import { containerStateSchema } from '../../src/contract/containers';
import { QUERY_TYPES, type QueryType } from '../../src/contract/query';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived, observed } from '../../agents/runtime/new-event';
import { framesOf, testCore } from '../support/core';
import { testAlert, testLog, testRecovery } from '../support/events';
import { eventually } from '../support/eventually';
import { buildPlugin, GoHost, grafanaEnvironment, type ExpectedAnswer, type HostContext } from '../support/go-host';
import { removeFolder, temporaryFolder } from '../support/processes';
import { startRecordedStore } from '../support/recorded-store';
import { startRedis, type RedisServer } from '../support/servers';
import { completeData, decision, needData, plan, verifiedData } from '../support/story-events';
import { plantObserver, plantTelemetry, SMALL_PLAN, testSpans } from '../support/telemetry-data';

function dataSource(jsonData: object, secure: Record<string, string> = {}, uid = 'hemostat-events', role = 'Viewer'): HostContext {
  return { orgId: 1, user: { login: 'ada', role }, dataSource: { uid, jsonData, secure, updatedMs: 1 } };
}

/** What the monitor writes of two containers, one of which needs the other, with three samples of figures. */
async function fillFleet(log: HemostatLog): Promise<void> {
  const keys = log.keysOf('web-2');
  for (const [container, dependsOn] of [['web-2', ['host-1/db']], ['db', []]] as const) {
    const state = containerStateSchema.parse({
      ...{ host: 'host-1', container, container_id: '0123456789ab', image: 'shop/web:1', status: 'running', health_status: 'healthy', exit_code: 0, oom_killed: false, restart_count: 1 },
      ...{ restart_policy: 'always', labels: {}, project: 'shop', service: container, depends_on: dependsOn, network_parent: '', metrics: { cpu_percent: 12.5, memory_percent: 71, memory_usage: 1e9 }, ill: false },
      seen_at: new Date().toISOString(),
    });
    await log.redis.hset(keys.containers, `host-1/${container}`, JSON.stringify(state));
  }
  for (const cpu of ['12.5', '', '99.9']) {
    await log.redis.xadd(keys.samples('host-1/web-2'), '*', 'cpu_percent', cpu, 'memory_usage', '1000000000', 'status', 'running', 'health', 'healthy', 'restarts', '1');
  }
}

/** A whole story: an illness that was healed, one that goes on, one that ended by itself. */
async function fill(log: HemostatLog): Promise<{ incident: string }> {
  const alert = testAlert('web-2', { project: 'shop' });
  const [appended] = await log.append([alert]);
  const where = { host: alert.host, container: alert.container, incident_id: appended?.incidentId ?? '' };
  const at = { ...alert, ...where };
  const need = derived(at, 'remediation_needed', 'analyzer', needData);
  const started = derived(need, 'remediation_started', 'responder', { ...decision, plan, attempt: 1, authorised_by: 'policy' });
  const complete = derived(need, 'remediation_complete', 'responder', completeData);
  await log.append([need, started, complete, derived(complete, 'remediation_verified', 'responder', verifiedData)]);
  await log.append([testAlert('db', { metrics: { cpu_percent: 99.5 } })]);
  await log.append([testAlert('cache'), testRecovery('cache')]);
  await log.append([observed('container_recovered', 'monitor', { host: 'größe', container: 'ünï-🚑' }, { container_id: '0123456789ab', reason: 'well', health_status: 'healthy', metrics: {} })]);
  return { incident: where.incident_id };
}

const oddNumber = (value: number): unknown => (Number.isNaN(value) ? 'NaN' : value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : value);

/** How long what goes on has lasted: another value at each moment. */
const MOVING: Partial<Record<QueryType, readonly string[]>> = { incidents: ['duration'], system_status: ['uptime'], agent_alerts: ['duration'] };
/** What else is asked: a line an agent makes several fields of one name. */
const MORE: Partial<Record<QueryType, object>> = { agent_series: { metrics: ['latency', 'tokens'], filters: { agents: ['monitor', 'analyzer'] } }, agent_traces: { target: testSpans(1, 0).traceId } };

/** What Grafana must find in a frame that the core gave. */
function expected(frame: Frame, moving: readonly string[] = []): NonNullable<ExpectedAnswer['frames']>[number] {
  const { type, preferredVisualisationType } = frame.meta ?? {};
  return {
    name: frame.name,
    rows: frame.fields[0]?.values.length ?? 0,
    meta: { ...(type ? { type } : {}), ...(preferredVisualisationType ? { preferredVisualisationType } : {}) },
    fields: frame.fields.map((field) => ({
      name: field.name,
      type: field.type,
      unit: field.config?.unit ?? '',
      ...(field.labels ? { labels: field.labels } : {}),
      ...(moving.includes(field.name) ? {} : { values: Array.from<unknown, unknown>(field.values as ArrayLike<unknown>, (value) => (typeof value === 'number' ? oddNumber(value) : (value ?? null))) }),
    })),
  };
}

describe('the data source as it ships, under the libraries of Grafana, on a real Redis', () => {
  let launcher: string;
  let redis: RedisServer;
  let log: HemostatLog;
  let core: Core;
  let host: GoHost;
  let incident: string;
  let pid: number;
  let context: HostContext;
  let range: TimeRange;
  const cleanups: Array<() => unknown> = [];

  const server = async (...options: Parameters<typeof startRedis>) => {
    const started = await startRedis(...options);
    cleanups.push(() => started.stop());
    return started;
  };

  beforeAll(async () => {
    const folder = temporaryFolder('product');
    cleanups.push(() => removeFolder(folder));
    ({ launcher } = buildPlugin(folder));
    redis = await server();
    log = testLog({ REDIS_PORT: String(redis.port) });
    cleanups.push(() => log.redis.disconnect());
    ({ incident } = await fill(log));
    await fillFleet(log);
    await plantTelemetry(log, { ...SMALL_PLAN, now: Date.now() });
    await plantObserver(log, { ...SMALL_PLAN, now: Date.now() });
    core = testCore({ REDIS_PORT: String(redis.port) });
    cleanups.push(() => core.close());
    // In the past and so not widened: both doors ask for the same.
    range = { from: Date.now() - 86_400_000, to: Date.now() + 3_600_000 };
    context = dataSource({ address: `127.0.0.1:${redis.port}` });
    host = new GoHost();
    cleanups.push(() => host.end());
    ({ pid } = await host.check<{ pid: number }>({ op: 'start', program: launcher, env: grafanaEnvironment() }));
  }, 600_000);
  afterAll(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      await cleanup();
    }
  });

  const targetOf = (type: QueryType) => (type === 'trace' ? incident : ['dependents', 'container_metrics'].includes(type) ? 'host-1/web-2' : '');

  it.each(QUERY_TYPES)('gives the frames of a query of type %s exactly as the core made them', async (queryType) => {
    const json = { queryType, target: targetOf(queryType), ...MORE[queryType] };
    // Series of agents end with the present minute, which must be the same for both.
    const asked = queryType === 'agent_series' ? { ...range, to: range.to - 3_600_000 } : range;
    const frames = await framesOf(core, json, asked);
    await host.check({
      op: 'query',
      context,
      queries: [{ refId: 'A', json, from: asked.from, to: asked.to, maxDataPoints: 500, intervalMs: 1000 }],
      expect: { queries: { A: { status: 200, frames: frames.map((frame) => expected(frame, MOVING[queryType])) } } },
    });
  });

  it('gives something to look at for the types that this log has something for', async () => {
    for (const queryType of ['events', 'frequency', 'incidents', 'remediations', 'containers', 'statistics', 'trace', 'dependents', 'container_metrics', 'annotations', 'system_status', 'components', 'breakers', 'health_history', 'agent_series', 'agent_summary', 'agent_alerts', 'error_groups', 'agent_logs', 'agent_traces'] as const) {
      const frames = await framesOf(core, { queryType, target: targetOf(queryType) }, range);
      expect(Math.max(...frames.map((frame) => frame.fields[0]?.values.length ?? 0))).toBeGreaterThan(0);
    }
  });

  it('answers an alert rule’s query, which no person asks', async () => {
    await host.check({
      op: 'query',
      context: { ...context, user: { login: 'grafana_scheduler', role: 'Admin' } },
      headers: { FromAlert: 'true' },
      queries: [{ refId: 'A', json: { queryType: 'frequency' }, from: range.from, to: range.to, maxDataPoints: 500, intervalMs: 1000 }],
      expect: { queries: { A: { status: 200 } } },
    });
  });

  it('gives resources, and refuses what a role may not do', async () => {
    await host.check({ op: 'resource', context, method: 'GET', path: 'incidents', expect: { status: 200, contains: ['host-1/db'] } });
    await host.check({ op: 'resource', context, method: 'GET', path: '../incidents', expect: { status: 404 } });
    await host.check({ op: 'resource', context, method: 'POST', path: 'actions/policy', body: '{}', expect: { status: 403 } });
    const scheduler = { ...context, user: { login: 'grafana_scheduler', role: 'Admin' } };
    await host.check({ op: 'resource', context: scheduler, method: 'POST', path: 'actions/policy', body: '{}', expect: { status: 403 } });
  });

  it('R494 reads log lines of the agents where GF_PLUGIN_LOG_STORE_URL says, and tells when nobody answers there', async () => {
    const store = await startRecordedStore();
    cleanups.push(() => store.stop());
    store.answers = { '*': { file: 'loki-query-range.json' } };
    const other = new GoHost();
    try {
      await other.check({ op: 'start', program: launcher, env: [...grafanaEnvironment(), `GF_PLUGIN_LOG_STORE_URL=${store.url}`, 'GF_PLUGIN_TRACE_STORE_URL=http://127.0.0.1:1'] });
      const at = Date.parse('2026-08-01T12:00:00Z');
      const ask = (queryType: string) => [{ refId: 'A', json: { queryType }, from: at - 60_000, to: at + 600_000 }];
      const lines = await other.check<unknown>({ op: 'query', context, queries: ask('agent_logs'), expect: { queries: { A: { status: 200, frames: [{ name: 'agent logs', rows: 4 }] } } } });
      expect(JSON.stringify(lines)).not.toContain('cannot be read');
      await other.check({ op: 'query', context, queries: ask('agent_traces'), expect: { queries: { A: { status: 200, frames: [{ name: 'agent traces', rows: 0 }] } } } });
      await other.check({ op: 'resource', context, method: 'GET', path: 'dashboard/traces', expect: { status: 200, contains: ['127.0.0.1:1', 'TRACE_STORE_URL'] } });
    } finally {
      await other.end();
    }
  });

  it('sends each new event into the open channel, once and in order', async () => {
    const { frame } = await host.check<{ frame: { fields: Array<{ name: string }> } }>({ op: 'subscribe', context, path: 'events', expect: { text: 'OK' } });
    expect(frame.fields.map(({ name }) => name)).toContain('stream_id');
    await host.check({ op: 'run', context, path: 'events' });
    const follow = async (rows: number) => (await host.check<Array<{ values: { id: string } }>>({ op: 'rows', context, path: 'events', rows })).map(({ values }) => values.id);
    // The channel begins at its end: whatever was appended until it listens is what the query before has shown.
    await eventually(async () => {
      await log.append([testAlert('probe')]);
      expect((await host.send({ op: 'rows', path: 'events', rows: 1, timeoutMs: 100 })).ok).toBe(true);
    });
    const before = (await follow(1)).length;
    const events = Array.from({ length: 300 }, (_, index) => testAlert(`live-${index % 7}`));
    for (const event of events) {
      await log.append([event]);
    }
    await eventually(async () => {
      const ids = await follow(events.length + before);
      const mine = ids.filter((id) => events.some((event) => event.id === id));
      expect(mine).toEqual(events.map((event) => event.id));
    });
    await host.check({ op: 'cancel', path: 'events' });
  });

  it.each([
    ['nobody listens there', { address: '127.0.0.1:1' }, {}, '127.0.0.1:1'],
    ['the address is nonsense', { address: 'http://x' }, {}, '"address"'],
    ['nothing is filled in', {}, {}, '"address"'],
  ])('says in health what is wrong when %s', async (what, json, secure, words) => {
    await host.check({ op: 'health', context: dataSource(json, secure, what), expect: { text: 'ERROR', contains: [words] } });
  });

  it('says in health that the password is wrong, without repeating it', async () => {
    const locked = await server({ password: 'correct-horse' });
    const address = `127.0.0.1:${locked.port}`;
    const answer = await host.check<{ message: string }>({ op: 'health', context: dataSource({ address }, { password: 'wrong-secret-word' }, 'locked'), expect: { text: 'ERROR' } });
    expect(answer.message).toMatch(/password/i);
    expect(JSON.stringify(answer)).not.toContain('wrong-secret-word');
    // The settings are mended without a restart.
    const mended = { ...dataSource({ address }, { password: 'correct-horse' }, 'locked') };
    await host.check({ op: 'resource', context: mended, method: 'GET', path: 'incidents', expect: { status: 200 } });
    expect((await host.check<string[]>({ op: 'logs' })).join('\n')).not.toMatch(/wrong-secret-word|correct-horse/);
  });

  it('reaches a Redis that wants client certificates, with certificates as text', async () => {
    const guarded = await server({ tls: { clientCertificates: true } });
    const { caFile, clientCertFile, clientKeyFile } = guarded.certificates ?? { caFile: '', clientCertFile: '', clientKeyFile: '' };
    const secure = { tlsCaCert: readFileSync(caFile, 'utf8'), tlsClientCert: readFileSync(clientCertFile, 'utf8'), tlsClientKey: readFileSync(clientKeyFile, 'utf8') };
    const json = { address: `127.0.0.1:${guarded.port}`, tls: true };
    await host.check({ op: 'resource', context: dataSource(json, secure, 'tls'), method: 'GET', path: 'incidents', expect: { status: 200 } });
    await host.check({ op: 'health', context: dataSource(json, {}, 'tls-without'), expect: { text: 'ERROR' } });
  });

  it('outlives a Redis that goes and comes back', async () => {
    const fickle = await server();
    const there = dataSource({ address: `127.0.0.1:${fickle.port}` }, {}, 'fickle');
    const queries = () => [{ refId: 'A', json: { queryType: 'events', filters: { text: Math.random().toString() } }, from: range.from, to: range.to }];
    await host.check({ op: 'query', context: there, queries: queries(), expect: { queries: { A: { status: 200 } } } });
    await fickle.kill('SIGKILL');
    await host.check({ op: 'query', context: there, queries: queries(), expect: { queries: { A: { errorSource: 'downstream', error: 'Redis' } } } });
    await fickle.restart();
    await eventually(async () => host.check({ op: 'query', context: there, queries: queries(), expect: { queries: { A: { status: 200 } } } }));
    expect(() => process.kill(pid, 0)).not.toThrow();
  });

  it('keeps one pool of connections for a data source, whatever is asked at once', async () => {
    const json = { queryType: 'events' };
    await host.check({ op: 'query', context, queries: [{ refId: 'A', json, from: range.from, to: range.to }, { refId: 'B', json: { queryType: 'incidents' }, from: range.from, to: range.to }], repeat: 200, concurrency: 200 });
    const clients = String(await log.redis.call('CLIENT', 'LIST'));
    expect(clients.split('\n').filter((line) => line.includes('name=hemostat-datasource ')).length).toBeLessThanOrEqual(2);
  });

  it('leaves with 0 when Grafana asks, and closes its connections', async () => {
    await host.check({ op: 'shutdown' });
    await eventually(async () => expect(String(await log.redis.call('CLIENT', 'LIST'))).not.toContain('name=hemostat-live'));
  });
});
