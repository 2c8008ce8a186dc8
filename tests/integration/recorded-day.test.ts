import type { z } from 'zod';
import { readGroups, readIncident, readRange } from '../../agents/runtime/queries';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import { RESULT_SCHEMAS } from '../../agents/updater/analysis/forms';
import { INSIGHT_KINDS, isEvent } from '../../src/contract/events';
import { ENDED_STATES } from '../../src/contract/incident';
import { GUARDS } from '../../src/contract/guards';
import { ALERT_STATES } from '../../src/contract/events/observer';
import { agentAlertsSchema, agentTraceSchema, agentTracesSchema, dashboardPayloadSchema, statusPayloadSchema } from '../../src/contract/observability/payloads';
import type { Core } from '../../src/backend/core/types';
import { eventually } from '../support/eventually';
import { testLog } from '../support/events';
import { framesOf, testCore, valuesOf, VIEWER } from '../support/core';
import { keepHealerAlive, writeRecordedDay } from '../support/recorded-day';
import { startRedis, type RedisServer } from '../support/servers';

const EDITOR = { user: 'omar', role: 'Editor' as const, machine: false };

describe('the recorded day that pages and screenshots are shown with', () => {
  let redis: RedisServer;
  const closing: Array<() => Promise<void> | void> = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    for (const close of closing.reverse()) {
      await close();
    }
    await redis.stop();
  });

  function begin(prefix: string) {
    const environment = { REDIS_PORT: String(redis.port), HEMOSTAT_KEY_PREFIX: prefix };
    const log = testLog(environment);
    const core = testCore(environment);
    closing.push(() => log.redis.disconnect(), async () => core.close());
    return { log, core };
  }

  it('holds every ending, each where the day says that it was', async () => {
    const { log, core } = begin('day');
    const now = Date.now();
    const day = await writeRecordedDay(log, { now });
    closing.push(keepHealerAlive(log));
    expect(day.containers).toBe(48);
    const states = await Promise.all(Object.entries(day.open).map(async ([name, { incident }]) => [name, (await readIncident(log, incident))?.state] as const));
    expect(Object.fromEntries(states)).toEqual({
      'waiting for approval': 'awaiting_approval',
      'refused by cooldown': 'suppressed',
      'did not help': 'failed',
      'left to a person': 'suppressed',
      silenced: 'suppressed',
      'action failed': 'failed',
      'only watched': 'suppressed',
      'being verified': 'verifying',
      'being analysed': 'analyzing',
    });
    const [remediations] = await framesOf(core, { queryType: 'remediations', limit: 1000 });
    const [statistics] = await framesOf(core, { queryType: 'statistics' });
    const [incidents] = await framesOf(core, { queryType: 'incidents', limit: 1000 });
    expect(new Set(valuesOf(remediations, 'verdict'))).toEqual(new Set(['helped', 'no_change', 'worse', '']));
    expect(valuesOf(statistics, 'open')).toEqual([Object.keys(day.open).length]);
    expect(new Set(valuesOf(incidents, 'state'))).toEqual(new Set(['analyzing', 'awaiting_approval', 'verifying', 'resolved', 'recovered_alone', 'false_alarm', 'failed', 'suppressed']));
    const refusedBy = new Set(valuesOf(remediations, 'guard').filter(Boolean));
    expect(refusedBy.size).toBeGreaterThan(4);
    expect([...refusedBy].filter((guard) => !Object.hasOwn(GUARDS, String(guard)))).toEqual([]);
  });

  it('holds insights of each kind, one that failed, and error rates that come from its incidents', async () => {
    const { log, core } = begin('day');
    const [insights, rates] = await framesOf(core, { queryType: 'insights' });
    expect(new Set(valuesOf(insights, 'kind'))).toEqual(new Set(INSIGHT_KINDS));
    expect(valuesOf(insights, 'method').sort()).toEqual(['', 'model', 'statistics', 'statistics', 'statistics']);
    expect(valuesOf(rates, 'state')).toEqual(['lasts', 'ended']);
    const incidents = await Promise.all(valuesOf(rates, 'incident').map(async (id) => (await readIncident(log, String(id)))?.state));
    expect(incidents.map((state) => state !== undefined && ENDED_STATES.includes(state))).toEqual([false, true]);
    for (const { event } of await readRange(log, { types: ['insight_made'] })) {
      // The forms that the updater itself writes.
      expect(isEvent(event, 'insight_made') && RESULT_SCHEMAS[event.data.kind].parse(event.data.result)).toBeTruthy();
    }
    expect(new Set((await readRange(log, { types: ['dashboard_pushed'] })).map(({ event }) => isEvent(event, 'dashboard_pushed') && `${event.data.what} ${event.data.status_code}`))).toEqual(new Set(['panel 200', 'annotation 200', 'annotation 403']));
  });

  it('shows a healer that is well', async () => {
    const { log, core } = begin('day');
    const answer = await core.resource({ method: 'GET', path: 'status', query: new URLSearchParams(), body: new Uint8Array() }, VIEWER, new AbortController().signal);
    const status = JSON.parse(String(answer.body)) as { problems: string[]; fleet: { total: number; ill: number }; redis: { response_ms: number } };
    expect(status.problems).toEqual([]);
    expect(status.redis.response_ms).toBeGreaterThan(0);
    expect(status.fleet).toMatchObject({ total: 48 });
    expect(await readAgentStates(log)).toHaveLength(8);
    expect((await readGroups(log)).every(({ lag }) => lag === 0)).toBe(true);
  });

  const read = async <S extends z.ZodType>(core: Core, path: string, schema: S, query: Record<string, string> = {}): Promise<z.output<S>> => {
    const { status, body } = await core.resource({ method: 'GET', path, query: new URLSearchParams(query), body: new Uint8Array() }, VIEWER, new AbortController().signal);
    expect([path, status]).toEqual([path, 200]);
    return schema.parse(JSON.parse(String(body)));
  };

  it('holds what the agents tell of themselves: parts, breakers, history, figures, logs, errors, traces, alerts in every state', async () => {
    const { core } = begin('day');
    const status = await read(core, 'dashboard/status', statusPayloadSchema);
    expect(status.overview).toMatchObject({ overall_status: 'degraded', component_breakdown: { degraded: 1, unhealthy: 1 } });
    expect(status.circuit_breakers.by_state).toMatchObject({ open: 1, half_open: 1 });
    expect(status.metadata).toMatchObject({ stale: false });
    expect(status.historical.data.length).toBeGreaterThan(50);
    expect(status.historical.data.some(({ cpu_usage: cpu }) => cpu === null)).toBe(true);
    const payload = await read(core, 'dashboard', dashboardPayloadSchema, { minutes: '1440' });
    expect(payload.sources.map(({ source, ok, notices }) => [source, ok, notices])).toEqual(['logs', 'traces', 'metrics', 'errors', 'alerts'].map((source) => [source, true, []]));
    expect(payload.summaries.map(({ name }) => name)).toEqual(['latency', 'tokens', 'errors', 'requests', 'error_rate', 'throughput']);
    expect(payload.traces.length).toBe(20);
    expect(new Set(payload.errors.map(({ error_type: type }) => type))).toEqual(new Set(['ConnectionError', 'DockerError', 'ModelTimeout', 'SlackError']));
    const { alerts } = await read(core, 'dashboard/alerts', agentAlertsSchema, { minutes: '1440' });
    expect(new Set(alerts.map(({ status: state }) => state))).toEqual(new Set(ALERT_STATES));
    const { traces } = await read(core, 'dashboard/traces', agentTracesSchema, { minutes: '1440', limit: '200' });
    const asked = traces.find(({ incident_id: incident, spans }) => incident && spans.some(({ attributes }) => Number(attributes['hemostat.cost_usd']) > 0));
    const { trace, logs } = await read(core, `dashboard/traces/${asked?.trace_id ?? ''}`, agentTraceSchema);
    expect(trace.spans.length).toBeGreaterThan(3);
    expect(logs.length).toBeGreaterThan(3);
  });

  it('lets people act on alerts, as if an observer lived', async () => {
    const { core } = begin('day');
    const alertNow = async () => (await read(core, 'dashboard/alerts', agentAlertsSchema, { minutes: '1440' })).alerts.find(({ rule }) => rule === 'component_unhealthy');
    const alert = await alertNow();
    const done = await core.resource({ method: 'POST', path: `dashboard/alerts/${alert?.alert_id ?? ''}/acknowledge`, query: new URLSearchParams(), body: Buffer.from('{"comment":"seen"}') }, EDITOR, new AbortController().signal);
    expect(done.status).toBe(200);
    await eventually(async () => expect(await alertNow()).toMatchObject({ status: 'acknowledged', acknowledged_by: EDITOR.user, comment: 'seen' }));
  });

  it('takes as many further events as a list must bear, with their counts', async () => {
    const { log, core } = begin('many');
    const now = Date.now();
    const day = await writeRecordedDay(log, { now, events: 20_000 });
    expect(await log.redis.xlen(log.partition(0).log)).toBe(day.events + 20_000);
    const [frequency] = await framesOf(core, { queryType: 'frequency', filters: { types: ['container_event'] } }, { from: now - 3 * 86_400_000, to: now });
    const counted = frequency?.fields.slice(1).flatMap((field) => Array.from(field.values as ArrayLike<number | null>)) ?? [];
    expect(counted.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBeGreaterThanOrEqual(20_000);
  });
});
