import { notifierAgent } from '../../agents/notifier';
import type { HemostatLog } from '../../agents/runtime/log';
import { readGroups } from '../../agents/runtime/queries';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { eventually } from '../support/eventually';
import { testLog } from '../support/events';
import { startFakeSlack, type FakeSlack } from '../support/fake-slack';
import { alertsOf, ask, changesOf, QUICK_OBSERVER, setRule, startAgent } from '../support/observer';
import type { Running } from '../support/processes';
import { startRedisProxy, type RedisProxy, type Trap } from '../support/redis-proxy';
import { startRedis, type RedisServer } from '../support/servers';

/** A dead copy is succeeded when its lease ends. */
const LONG = 60_000;
/** What the observer sends when an alert changes, in this order. */
const STORE = /\r\neval\r\n[^]*agent-alerts:outbox\r\n[^]*test_rule/;
const APPEND = /\r\nevalsha\r\n(?![^]*agent-alerts:outbox\r\n)[^]*"type":"agent_alert"[^]*test_rule/;
const CLEAR = /\r\nhdel\r\n\$\d+\r\n[^\r]*agent-alerts:outbox\r\n/;
const ACKNOWLEDGE_ENTRY = /\r\nevalsha\r\n[^]*\r\nobserver\r\n\$1\r\n1\r\n/;

const STEPS: ReadonlyArray<[string, RegExp, Trap['when']]> = [
  ['before the alert is written', STORE, 'before'],
  ['after the alert is written', STORE, 'after'],
  ['before its event is in the log', APPEND, 'before'],
  ['after its event is in the log', APPEND, 'after'],
  ['before the event leaves the outbox', CLEAR, 'before'],
  ['after the event has left the outbox', CLEAR, 'after'],
];

describe('an observer that is killed at any step of writing an alert (R447, R451)', () => {
  let redis: RedisServer;
  let log: HemostatLog;
  let proxy: RedisProxy;
  let slack: FakeSlack;
  let notifier: RunningAgents;
  let copies: Running[];

  beforeEach(async () => {
    redis = await startRedis();
    log = testLog({ REDIS_PORT: String(redis.port) });
    proxy = await startRedisProxy(redis.port);
    slack = await startFakeSlack();
    notifier = await runAgents([notifierAgent], { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), LOG_LEVEL: 'silent', SLACK_WEBHOOK_URL: slack.webhookUrl, HEMOSTAT_NOTIFY_GROUP_OVER: '1000' });
    copies = [];
  });
  afterEach(async () => {
    await Promise.all(copies.map((one) => one.end('SIGKILL')));
    await notifier.close();
    await slack.stop();
    await proxy.stop();
    log.redis.disconnect();
    await redis.stop();
  });

  /** A new copy, which dies at the next command that fits. */
  const dyingCopy = (command: RegExp, when: Trap['when']): Running => {
    const copy = startAgent('observer', { ...QUICK_OBSERVER, REDIS_PORT: String(proxy.port), HEMOSTAT_INSTANCE: `copy-${copies.length}` });
    copies.push(copy);
    proxy.set({ command, when, spring: () => process.kill(copy.pid, 'SIGKILL') });
    return copy;
  };
  const dies = async (copy: Running) => eventually(() => expect(copy.output()).toContain('ended with SIGKILL'), LONG);
  const livingCopy = () => copies.push(startAgent('observer', { ...QUICK_OBSERVER, REDIS_PORT: String(redis.port), HEMOSTAT_INSTANCE: 'last' }));
  const changes = async () => (await changesOf(log, 'test_rule')).map(({ data }) => data.change);
  const changed = async (wanted: readonly string[]) => eventually(async () => expect(await changes()).toEqual(wanted), LONG);

  /** One alert, one event for each of its revisions, and one notice for each that people are told of. */
  const isWhole = async (): Promise<void> => {
    await changed(['fired', 'acknowledged', 'resolved']);
    const events = await changesOf(log, 'test_rule');
    const [alert, ...others] = await alertsOf(log, 'test_rule');
    expect(others).toEqual([]);
    expect(events.map(({ data }) => data.alert.alert_id)).toEqual(events.map(() => alert?.alert_id));
    expect(events.map(({ data }) => data.alert.revision)).toEqual([1, 2, 3]);
    expect(events.map(({ data }) => data.user)).toEqual(['', 'ada', '']);
    expect(alert).toMatchObject({ status: 'resolved', acknowledged_by: 'ada', revision: 3 });
    await eventually(async () => {
      expect(await log.redis.hlen(log.partition(0).agentAlertsOutbox)).toBe(0);
      expect((await readGroups(log)).map(({ group, pending, lag }) => [group, pending, lag])).toEqual(expect.arrayContaining([['notifier', 0, 0], ['observer', 0, 0]]));
    }, LONG);
    const told = slack.posts.filter(({ words }) => words.includes('Components are there'));
    expect(told.map(({ words }) => /fires|is over/.exec(words)?.[0])).toEqual(['fires', 'is over']);
    expect(slack.problems).toEqual([]);
  };

  it.each(STEPS)('%s: fired, acknowledged and resolved once each', async (_step, command, when) => {
    await setRule(log);
    await dies(dyingCopy(command, when));
    const second = dyingCopy(/nothing is like this/, 'after');
    await changed(['fired']);
    const [alert] = await alertsOf(log, 'test_rule');
    proxy.set({ command, when, spring: () => process.kill(second.pid, 'SIGKILL') });
    await ask(log, { command: 'alert_acknowledge', alert: alert?.alert_id ?? '', user: 'ada' });
    await dies(second);
    const third = dyingCopy(/nothing is like this/, 'after');
    await changed(['fired', 'acknowledged']);
    proxy.set({ command, when, spring: () => process.kill(third.pid, 'SIGKILL') });
    await setRule(log, { threshold: 1000 });
    await dies(third);
    livingCopy();
    await isWhole();
  });

  it.each(['before', 'after'] as const)('%s the command is acknowledged: it is done once', async (when) => {
    await setRule(log);
    const first = dyingCopy(/nothing is like this/, 'after');
    await changed(['fired']);
    const [alert] = await alertsOf(log, 'test_rule');
    // The command that set the rule is acknowledged by then.
    await eventually(async () => expect((await readGroups(log)).find(({ group }) => group === 'observer')).toMatchObject({ pending: 0, lag: 0 }));
    proxy.set({ command: ACKNOWLEDGE_ENTRY, when, spring: () => process.kill(first.pid, 'SIGKILL') });
    await ask(log, { command: 'alert_acknowledge', alert: alert?.alert_id ?? '', user: 'ada' });
    await dies(first);
    livingCopy();
    await changed(['fired', 'acknowledged']);
    await setRule(log, { threshold: 1000 });
    await isWhole();
  });
});
