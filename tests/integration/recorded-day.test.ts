import { readGroups, readIncident, readRange } from '../../agents/runtime/queries';
import { readAgentStates } from '../../agents/runtime/heartbeat';
import { RESULT_SCHEMAS } from '../../agents/updater/analysis/forms';
import { INSIGHT_KINDS, isEvent } from '../../src/contract/events';
import { ENDED_STATES } from '../../src/contract/incident';
import { GUARDS } from '../../src/contract/guards';
import { testLog } from '../support/events';
import { framesOf, testCore, valuesOf, VIEWER } from '../support/core';
import { keepHealerAlive, writeRecordedDay } from '../support/recorded-day';
import { startRedis, type RedisServer } from '../support/servers';

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
    expect(await readAgentStates(log)).toHaveLength(7);
    expect((await readGroups(log)).every(({ lag }) => lag === 0)).toBe(true);
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
