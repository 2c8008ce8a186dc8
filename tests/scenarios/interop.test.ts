import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { analyzerAgent } from '../../agents/analyzer';
import { bridgeAgent } from '../../agents/bridge';
import { notifierAgent } from '../../agents/notifier';
import { responderAgent } from '../../agents/responder';
import type { HemostatEvent } from '../../src/contract/events';
import { decodeLegacy, type LegacyMessage } from '../../src/contract/legacy';
import { LEGACY } from '../../src/contract/streams';
import { eventually } from '../support/eventually';
import { everythingIn } from '../support/redis-dump';
import { startRedis, type RedisServer } from '../support/servers';
import { openWard, type Ward } from '../support/ward';

interface Recorded {
  name: string;
  channel: string;
  raw: string;
}

const folder = path.join(__dirname, '../contract/original');
const recorded: Recorded[] = readdirSync(folder)
  .filter((name) => name.includes('--') && name.endsWith('.json'))
  .map((name) => ({ name: name.replace(/\.json$/, ''), ...(JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Omit<Recorded, 'name'>) }));
const caseOf = ({ name }: Recorded) => name.replace(/^.*?--/, '');

/** As if it were said now, each about a container of its own: a decision is not acted on when the illness was seen long ago. */
function saidNow(one: Recorded): string {
  const timestamp = new Date().toISOString().replace('Z', '123+00:00');
  return one.raw.replace(/"timestamp": "[^"]*"/, `"timestamp": "${timestamp}"`).replace(/"(container_name|container)": "[^"]*"/, `"$1": "${caseOf(one)}"`);
}

type Verdict = [type: 'remediation_needed' | 'false_alarm', action: string, confidence: number];
const restart = (confidence: number): Verdict => ['remediation_needed', 'restart', confidence];
const falseAlarm = (confidence: number): Verdict => ['false_alarm', 'none', confidence];

/** By the original's rules, first match wins, without a history. */
const VERDICTS: Record<string, Verdict> = {
  'documents-analyzer-page': restart(0.85),
  'documents-form': falseAlarm(0.65),
  'excessive-restarts-and-non-zero-exit': restart(0.9),
  'excessive-restarts-running': falseAlarm(0.6),
  'exited-non-zero': restart(0.9),
  'health-starting': falseAlarm(0.5),
  'high-cpu-critical': restart(0.85),
  'high-cpu-high': falseAlarm(0.5),
  'high-cpu-medium': falseAlarm(0.65),
  'high-cpu-over-100': restart(0.85),
  'high-memory-critical': restart(0.85),
  'high-memory-high': falseAlarm(0.5),
  'high-memory-medium': falseAlarm(0.65),
  'image-untagged': restart(0.9),
  'oom-killed-exit-137': restart(0.9),
  'several-anomalies': restart(0.7),
  'stopped-by-user': restart(0.9),
  unhealthy: restart(0.7),
};

describe('beside the Python original', () => {
  let redis: RedisServer;
  let ward: Ward;
  const said: Array<{ channel: string; raw: string }> = [];
  const alerts = recorded.filter(({ channel }) => channel === LEGACY.channels.health_alert);

  beforeAll(async () => {
    redis = await startRedis();
    const listener = redis.connect();
    listener.on('pmessage', (_pattern: string, channel: string, raw: string) => said.push({ channel, raw }));
    await listener.psubscribe(...Object.values(LEGACY.channels));
    ward = openWard({ redis, dockerHost: 'unix:///nonexistent/docker.sock', policy: { cooldown_seconds: 0 }, environment: { RESPONDER_DRY_RUN: 'true' } });
    const { agents } = await ward.run([bridgeAgent, analyzerAgent, responderAgent, notifierAgent]);
    await eventually(() => expect(agents[0]?.parts.state?.()).toMatchObject({ listening: true }));
  });
  afterAll(async () => {
    await ward.close();
    await redis.stop();
  });

  const ofType = async (type: HemostatEvent['type']) => (await ward.events()).filter((event) => event.type === type);
  const decoded = (raw: string): LegacyMessage => {
    const read = decodeLegacy(raw, new Date(0));
    if (!read.ok) {
      throw new Error(`${read.error.message}: ${raw}`);
    }
    return read.value;
  };

  it('judges each alert of its monitor as its own analyzer would, and answers each once', async () => {
    expect(Object.keys(VERDICTS).sort()).toEqual(alerts.map(caseOf).sort());
    for (const alert of alerts) {
      await redis.connect().publish(alert.channel, saidNow(alert));
    }
    const verdicts = await eventually(async () => {
      const found = (await ward.events()).filter((event) => event.type === 'remediation_needed' || event.type === 'false_alarm');
      expect(found).toHaveLength(alerts.length);
      return found;
    });
    const ours = verdicts.map((event): [string, Verdict] => {
      const action = event.type === 'remediation_needed' ? event.data.action : 'none';
      return [event.container, [event.type, action, 'confidence' in event.data ? event.data.confidence : 0]];
    });
    expect(Object.fromEntries(ours)).toEqual(VERDICTS);
    const wanted = Object.values(VERDICTS).filter(([type]) => type === 'remediation_needed').length;
    await eventually(async () => expect(await ofType('remediation_complete')).toHaveLength(wanted));
    for (const complete of await ofType('remediation_complete')) {
      expect(complete.data).toMatchObject({ dry_run: true, action: 'restart' });
    }
    // Each alert has an incident, and what followed from it belongs to that.
    const events = (await ward.events()).filter((event) => event.container !== '');
    for (const alert of alerts) {
      expect(new Set(events.filter((event) => event.container === caseOf(alert)).map((event) => event.incident_id)).size).toBe(1);
    }
  });

  it('says on its channels what we decided, in its words', async () => {
    const counts = Object.values(VERDICTS).reduce((sum, [type]) => ({ ...sum, [type]: (sum[type] ?? 0) + 1 }), {} as Record<string, number>);
    const spoken = () => said.filter(({ raw }) => raw.includes('hemostat_id'));
    await eventually(() => expect(spoken()).toHaveLength(alerts.length + (counts.remediation_needed ?? 0)));
    const channelOf: Record<string, string> = LEGACY.channels;
    const events = new Map((await ward.events()).map((event) => [event.id, event]));
    for (const { channel, raw } of spoken()) {
      const { type, container, time, agent, data, ownId } = decoded(raw);
      expect(channel).toBe(channelOf[type]);
      const event = events.get(ownId ?? '');
      expect({ type, container, time, agent }).toEqual({ type: event?.type, container: event?.container, time: event?.time, agent: event?.agent });
      expect(event?.data).toMatchObject(pick(data, ['action', 'reason', 'confidence', 'analysis_method', 'dry_run']));
      // The very names that its agents read, and no older ones.
      expect(Object.keys(JSON.parse(raw) as object)).toEqual(expect.arrayContaining(['event_type', 'timestamp', 'agent', 'data']));
      expect((JSON.parse(raw) as { timestamp: string }).timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    }
  });

  it('writes its lists, audit and history so that its pages can read them', async () => {
    const client = redis.connect();
    const all = await client.lrange(LEGACY.allEvents, 0, -1);
    const completed = await client.lrange(LEGACY.eventsOf('remediation_complete'), 0, -1);
    const alarms = await client.lrange(LEGACY.eventsOf('false_alarm'), 0, -1);
    const types = all.map((raw) => decoded(raw).type);
    expect(types.filter((type) => type === 'remediation_complete')).toHaveLength(completed.length);
    expect(types.filter((type) => type === 'false_alarm')).toHaveLength(alarms.length);
    expect(completed.length + alarms.length).toBe(alerts.length);
    expect(alarms.map((raw) => decoded(raw).type)).toEqual(alarms.map(() => 'false_alarm'));
    const audit = JSON.parse((await client.lindex(LEGACY.audit('exited-non-zero'), 0)) ?? '{}') as Record<string, unknown>;
    expect(audit).toMatchObject({ container: 'exited-non-zero', action: 'restart', result_status: 'success', dry_run: true, confidence: 0.9 });
    expect(await client.ttl(LEGACY.allEvents)).toBeGreaterThan(3000);
  });

  it('takes everything else that it ever said, acts on none of it twice, and ends by none of it', async () => {
    const before = (await ofType('remediation_started')).length;
    const rest = recorded.filter((one) => !alerts.includes(one));
    for (const { channel, raw } of [...rest, ...rest]) {
      await redis.connect().publish(channel, raw);
    }
    const marker = { ...recorded.find(({ name }) => name === 'health_alert--unhealthy'), name: 'health_alert--marker' } as Recorded;
    await redis.connect().publish(marker.channel, saidNow(marker));
    await ward.wanted('marker', 'remediation_complete');
    await eventually(async () => {
      const groups = (await redis.connect().xinfo('GROUPS', ward.log.partition(0).log)) as unknown[][];
      expect(groups.map((group) => group[group.indexOf('pending') + 1])).toEqual(groups.map(() => 0));
    });
    // Its analyzer's own requests are answered by us too, once each, in a dry run.
    const needed = new Set((await ofType('remediation_needed')).map((event) => event.id));
    const answered = (await ofType('remediation_complete')).map((event) => event.cause_id).filter((cause) => needed.has(cause));
    expect(new Set(answered).size).toBe(answered.length);
    expect(answered.length).toBe(needed.size);
    expect((await ofType('remediation_started')).length).toBeGreaterThanOrEqual(before);
    expect((await ofType('remediation_started')).every((event) => event.type === 'remediation_started' && event.data.dry_run)).toBe(true);
    expect(await redis.connect().xlen(ward.log.partition(0).dead)).toBe(0);
    expect(await everythingIn(redis.connect())).not.toContain('"error":"ReplyError');
  });
});

function pick(data: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)));
}
