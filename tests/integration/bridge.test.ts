import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bridgeAgent } from '../../agents/bridge';
import { translate } from '../../agents/bridge/translate';
import type { HemostatLog } from '../../agents/runtime/log';
import { readRange } from '../../agents/runtime/queries';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { decodeLegacy, type LegacyMessage } from '../../src/contract/legacy';
import { LEGACY } from '../../src/contract/streams';
import type { HemostatEvent } from '../../src/contract/events';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { startRedis, type RedisServer } from '../support/servers';

interface Recorded {
  channel: string;
  raw: string;
}
const folder = path.join(__dirname, '../contract/original');
const recorded = readdirSync(folder)
  .filter((name) => name.includes('--') && name.endsWith('.json'))
  .map((name) => ({ name, ...(JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Recorded) }));
/** Lists as a run of the original left them, newest first. */
const lists = (JSON.parse(readFileSync(path.join(folder, 'keys.json'), 'utf8')) as { keys: Array<{ key: string; type: string; raw: string | string[] }> }).keys.filter(
  (one) => one.type === 'list' && one.key.startsWith('hemostat:events:')
);

const foreign = (raw: string, where: string): HemostatEvent => {
  const read = translate(raw, where, new Date(0));
  if (read.kind !== 'foreign') {
    throw new Error(`${where}: ${read.kind}`);
  }
  return read.event;
};

const decoded = (raw: string): LegacyMessage => {
  const read = decodeLegacy(raw, new Date(0));
  if (!read.ok) {
    throw new Error(read.error.message);
  }
  return read.value;
};

describe("the bridge to the original's channels and lists", () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let running: RunningAgents[] = [];

  beforeEach(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.close()));
    running = [];
    log.redis.disconnect();
    await redis.stop();
  });

  const run = async (copies = 1) => {
    for (let copy = 0; copy < copies; copy += 1) {
      const environment = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), LOG_LEVEL: 'silent', HEMOSTAT_INSTANCE: `copy-${running.length}` };
      running.push(await runAgents([bridgeAgent], environment));
    }
    await eventually(() => expect(states().every((state) => state.listening)).toBe(true));
  };
  const states = () => running.map((one) => one.agents[0]?.parts.state?.() ?? {});
  const events = async () => (await readRange(log, { limit: 10_000 })).map(({ event }) => event).filter((event) => !event.type.startsWith('agent_'));
  const dead = async () => (await log.redis.xrange(log.partition(0).dead, '-', '+')).map(([, fields]) => fields);

  it('takes each recorded message in as the right event, once, however many copies listen (R174)', async () => {
    await run(3);
    const subscribers = await log.redis.publish('hemostat:nobody', '');
    expect(subscribers).toBe(0);
    for (const { channel, raw } of recorded) {
      expect(await log.redis.publish(channel, raw)).toBe(3);
    }
    const wanted = new Map(recorded.map(({ channel, raw }) => [foreign(raw, channel).id, foreign(raw, channel)]));
    await eventually(async () => expect((await events()).length).toBeGreaterThanOrEqual(wanted.size));
    await eventually(() => expect(states().reduce((sum, state) => sum + Number(state.taken) + Number(state.known), 0)).toBe(3 * recorded.length));
    const found = await events();
    expect(found).toHaveLength(wanted.size);
    for (const event of found) {
      const { id, type, agent, host, container, data } = event;
      const expected = wanted.get(id);
      expect({ type, agent, host, container, data }).toEqual({ type: expected?.type, agent: expected?.agent, host: '', container: expected?.container, data: expected?.data });
    }
  });

  it('does not publish to the original what came from it', async () => {
    const said: string[] = [];
    const listener = redis.connect();
    listener.on('message', (_channel, raw: string) => said.push(raw));
    await listener.subscribe(...Object.values(LEGACY.channels));
    await run();
    for (const { channel, raw } of recorded) {
      await log.redis.publish(channel, raw);
    }
    await eventually(() => expect(Number(states()[0]?.taken) + Number(states()[0]?.known)).toBe(recorded.length));
    expect(said).toHaveLength(recorded.length);
    expect(await log.redis.exists(LEGACY.allEvents)).toBe(0);
  });

  it('takes in at its start what the lists hold, and nothing of it again', async () => {
    for (const { key, raw } of lists) {
      await log.redis.rpush(key, ...[raw].flat());
    }
    const ids = new Set(lists.flatMap(({ key, raw }) => [raw].flat().map((one) => foreign(one, key).id)));
    expect(ids.size).toBeGreaterThan(5);
    await run();
    await eventually(async () => expect((await events()).length).toBe(ids.size));
    await run();
    await eventually(() => expect(Number(states()[1]?.known)).toBeGreaterThanOrEqual(ids.size));
    expect(states()[1]?.taken).toBe(0);
    expect(await events()).toHaveLength(ids.size);
  });

  it('knows a message that it heard live again in the list, although the envelope is another one', async () => {
    await run();
    const message = recorded.find(({ name }) => name === 'remediation_complete--success-restart.json');
    const { event_type, timestamp, data } = JSON.parse(message?.raw ?? '{}') as Record<string, unknown>;
    await log.redis.publish(LEGACY.channels.remediation_complete, message?.raw ?? '');
    await eventually(() => expect(states()[0]?.taken).toBe(1));
    await log.redis.lpush(LEGACY.allEvents, JSON.stringify({ timestamp, agent: 'alert', event_type, data }));
    await run();
    await eventually(() => expect(states()[1]?.known).toBe(1));
    expect(await events()).toHaveLength(1);
  });

  it('leaves our own events alone when they come back, from the channel and from what the alert agent stores', async () => {
    await run();
    const alert = testAlert('web');
    await log.append([alert]);
    const complete = { ...alert, id: 'b'.repeat(32), type: 'remediation_complete' as const, agent: 'responder', data: { action: 'restart' as const, result: { status: 'success' as const }, dry_run: false, reason: 'ill', confidence: 0.9 } };
    await log.append([complete]);
    await eventually(() => expect(states()[0]?.own).toBe(2));
    const [mirrored = ''] = await log.redis.lrange(LEGACY.allEvents, 0, 0);
    const { timestamp, event_type, data } = JSON.parse(mirrored) as Record<string, unknown>;
    await log.redis.lpush(LEGACY.allEvents, JSON.stringify({ timestamp, agent: 'alert', event_type, data }));
    await run();
    await eventually(() => expect(states()[1]?.own).toBe(3));
    expect((await events()).map((event) => event.type)).toEqual(['health_alert', 'remediation_complete']);
  });

  it('mirrors our events so that they read as the same message again', async () => {
    const said: Array<[string, string]> = [];
    const listener = redis.connect();
    listener.on('message', (channel: string, raw: string) => said.push([channel, raw]));
    await listener.subscribe(...Object.values(LEGACY.channels));
    const ours = recorded.map(({ channel, raw }) => foreign(raw, channel));
    for (const event of ours) {
      await log.append([event]);
    }
    // A request for an action that we do not know became "none": its responder would only fail on it.
    const silent = ours.filter((event) => event.type === 'remediation_needed' && event.data.action === 'none');
    expect(silent).toHaveLength(1);
    const ids = new Set(ours.filter((event) => !silent.includes(event)).map((event) => event.id));
    await eventually(() => expect(said).toHaveLength(ids.size));
    const byId = new Map(ours.map((event) => [event.id, event]));
    const channelOf: Record<string, string> = LEGACY.channels;
    for (const [channel, raw] of said) {
      const back = decoded(raw);
      const event = byId.get(back.ownId ?? '') ?? testAlert('none of ours');
      expect(channel).toBe(channelOf[event.type]);
      expect({ type: back.type, container: back.container, time: back.time }).toEqual({ type: event.type, container: event.container, time: event.time });
      expect(back.data).toMatchObject({ ...event.data });
    }
  });

  it('puts malformed and oversized messages aside once, bounded, and goes on', async () => {
    await run(2);
    const huge = `{"event_type":"false_alarm","data":{"reason":"${'x'.repeat(1_200_000)}"}}`;
    for (const raw of ['not json', '{"event_type":"unheard_of"}', huge]) {
      await log.redis.publish(LEGACY.channels.false_alarm, raw);
    }
    await eventually(() => expect(states().map((state) => state.malformed)).toEqual([3, 3]));
    await eventually(async () => expect(await dead()).toHaveLength(3));
    const letters = await dead();
    expect(letters.every((fields) => (fields[fields.indexOf('raw') + 1] ?? '').length <= 1_048_576)).toBe(true);
    expect(letters.map((fields) => fields[fields.indexOf('group') + 1])).toEqual(Array(3).fill(`bridge ${LEGACY.channels.false_alarm}`));
    expect((await events()).filter((event) => event.type === 'dead_letter')).toHaveLength(3);
    const good = recorded.find(({ name }) => name.startsWith('false_alarm--'));
    await log.redis.publish(good?.channel ?? '', good?.raw ?? '');
    await eventually(async () => expect((await events()).some((event) => event.type === 'false_alarm')).toBe(true));
  });

  it('gives a foreign alert an incident like ours', async () => {
    await run();
    const alert = recorded.find(({ name }) => name === 'health_alert--unhealthy.json');
    await log.redis.publish(alert?.channel ?? '', alert?.raw ?? '');
    const [event] = await eventually(async () => {
      const found = await events();
      expect(found).toHaveLength(1);
      return found;
    });
    expect(event?.incident_id).not.toBe('');
    expect(await log.redis.hget(log.partition(0).open, event?.container ?? '')).toBe(event?.incident_id);
  });

  it('hears again after Redis was restarted', async () => {
    await run();
    await redis.restart();
    const message = recorded.find(({ name }) => name.startsWith('false_alarm--'));
    await eventually(async () => expect(await log.redis.publish(message?.channel ?? '', message?.raw ?? '')).toBe(1));
    await eventually(() => expect(Number(states()[0]?.taken)).toBeGreaterThanOrEqual(1));
  });

  it('ends soon although Redis is away', async () => {
    await run();
    await redis.kill();
    await Promise.all(running.map((one) => one.close()));
    running = [];
  });
});
