import { notifierAgent, sendTest } from '../../agents/notifier';
import { signature } from '../../agents/notifier/webhook';
import type { HemostatLog } from '../../agents/runtime/log';
import { derived, observed } from '../../agents/runtime/new-event';
import { runAgents, type RunningAgents } from '../../agents/runtime/run';
import { TroubleBoard } from '../../agents/runtime/trouble';
import { createLogger } from '../../agents/runtime/logger';
import { decodeEvent } from '../../src/contract/codec';
import type { EventOf, EventType, HemostatEvent } from '../../src/contract/events';
import { eventually } from '../support/eventually';
import { testAlert, testLog } from '../support/events';
import { PING, startFakeSlack, startReceiver, type FakeSlack, type Receiver } from '../support/fake-slack';
import { startRedis, type RedisServer } from '../support/servers';
import { completeData, decision, refusedData, verifiedData } from '../support/story-events';

let redis: RedisServer;
let slack: FakeSlack;
let hook: Receiver;
let log: HemostatLog;
let running: RunningAgents[] = [];
let logLines: string[] = [];
let prefix = 0;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

beforeEach(async () => {
  prefix += 1;
  logLines = [];
  slack = await startFakeSlack();
  hook = await startReceiver();
  log = testLog(environment());
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.close()));
  running = [];
  log.redis.disconnect();
  await Promise.all([slack.stop(), hook.stop()]);
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  return {
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(redis.port),
    HEMOSTAT_KEY_PREFIX: `test${prefix}`,
    LOG_LEVEL: 'trace',
    AGENT_RETRY_DELAY: '0.01',
    HEMOSTAT_INSTANCE: `copy-${running.length}`,
    HEMOSTAT_NOTIFY_GROUP_WINDOW: '1',
    ...more,
  };
}
const webhookOnly = (more: Record<string, string> = {}) => ({
  HEMOSTAT_WEBHOOK_URL: `${hook.url}/hook/pAtHsEcReT123`,
  ...more,
});
const slackOnly = (more: Record<string, string> = {}) => ({ SLACK_WEBHOOK_URL: slack.webhookUrl, ...more });
const bot = (more: Record<string, string> = {}) => ({
  HEMOSTAT_SLACK_BOT_TOKEN: slack.token,
  HEMOSTAT_SLACK_CHANNEL: '#ops',
  HEMOSTAT_SLACK_API_URL: slack.apiUrl,
  ...more,
});

async function run(more: Record<string, string>): Promise<RunningAgents> {
  const started = await runAgents([notifierAgent], environment(more), { out: (line) => logLines.push(line) });
  running.push(started);
  return started;
}

async function eventsOf<T extends EventType>(type: T): Promise<Array<EventOf<T>>> {
  const entries = await log.redis.xrange(log.partition(0).log, '-', '+');
  return entries.flatMap(([, fields]) => {
    const decoded = decodeEvent(fields[5] ?? '', fields[3]);
    return decoded.ok && decoded.value.type === type ? [decoded.value as EventOf<T>] : [];
  });
}
const untilEvents = <T extends EventType>(type: T, count: number) =>
  eventually(async () => {
    const found = await eventsOf(type);
    expect(found).toHaveLength(count);
    return found;
  });
const allRead = () =>
  eventually(async () => {
    const [group] = (await log.redis.xinfo('GROUPS', log.partition(0).log)) as unknown[][];
    const field = (name: string) => group?.[group.indexOf(name) + 1];
    expect([field('pending'), field('lag')]).toEqual([0, 0]);
  });
const bodies = () =>
  hook.requests.map(
    (request) =>
      JSON.parse(request.body) as {
        style: string;
        title: string;
        missed: number;
        more: number;
        notices: Array<{ kind: string; text: string; event: HemostatEvent }>;
      }
  );
const complete = (cause: HemostatEvent, data: typeof completeData = completeData) =>
  derived(cause, 'remediation_complete', 'responder', data);

describe('what is told', () => {
  test('a whole incident in one Slack thread, with blocks within the limits', async () => {
    await run(bot({ HEMOSTAT_PUBLIC_URL: 'http://grafana.example/' }));
    const alert = testAlert('web-2', { episode: 'i1' });
    await log.append([alert]);
    await untilEvents('notification_sent', 1);
    await log.append([
      derived(alert, 'approval_requested', 'responder', { ...decision, expires_at: '2126-01-01T00:00:00Z' }),
    ]);
    await untilEvents('notification_sent', 2);
    await log.append([complete(alert), derived(alert, 'remediation_verified', 'responder', verifiedData)]);
    const sent = await untilEvents('notification_sent', 4);
    expect(sent.map((event) => event.data.kind)).toEqual(['ill', 'approval', 'acted', 'resolved']);
    const [first, ...rest] = slack.posts;
    expect(first).toMatchObject({ channel: '#ops', thread: '', broadcast: false });
    expect(rest.map((post) => [post.thread, post.broadcast])).toEqual([
      [first?.ts, true],
      [first?.ts, false],
      [first?.ts, false],
    ]);
    expect(first?.words).toContain('[ALERT] [HIGH] web-2 on host-1 is ill');
    expect(first?.words).toContain('http://grafana.example/a/hemostat-monitor-app/incidents/i1');
    expect(rest[0]?.words).toContain('npx hemostat approve i1');
    expect(slack.problems).toEqual([]);
  });

  test('a thread that Slack lost begins anew', async () => {
    await run(bot());
    const alert = testAlert('web-2', { episode: 'i1' });
    await log.append([alert]);
    await untilEvents('notification_sent', 1);
    slack.lostThreads.add(slack.posts[0]?.ts ?? '');
    await log.append([complete(alert)]);
    await untilEvents('notification_sent', 2);
    expect(await log.redis.hget(log.partition(0).incident('i1'), 'slack_thread')).toBe(`#ops ${slack.posts[1]?.ts}`);
  });

  test('the webhook gets signed, versioned JSON with the event id as key', async () => {
    await run(webhookOnly({ HEMOSTAT_WEBHOOK_SECRET: 'shared-secret' }));
    const alert = testAlert('web-2', { episode: 'i1' });
    await log.append([alert]);
    await untilEvents('notification_sent', 1);
    const [request] = hook.requests;
    const timestamp = Number(request?.headers['x-hemostat-timestamp']);
    expect(request?.headers['x-hemostat-signature']).toBe(signature('shared-secret', timestamp, request?.body ?? ''));
    expect(request?.headers['idempotency-key']).toBe(alert.id);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      version: 1,
      style: 'single',
      notices: [
        {
          kind: 'ill',
          incident: { id: 'i1', state: 'open', severity: 'high' },
          event: { id: alert.id, container: 'web-2' },
        },
      ],
    });
  });

  test('a repeated alert, an alert of a silenced incident and events for no one make no notice', async () => {
    await log.append([testAlert('a', { episode: 'i1' })]);
    await log.append([
      observed(
        'command',
        'operator',
        { host: 'host-1', container: 'a', incident_id: 'i1' },
        { command: 'silence', until: '2126-01-01T00:00:00Z', user: 'ada' }
      ),
    ]);
    await log.append([
      testAlert('a', { episode: 'i1', repeat: true }),
      testAlert('b', { episode: 'i2', repeat: true }),
    ]);
    await log.append([observed('agent_started', 'monitor', {}, { version: '1', instance: 'x', settings: {} })]);
    await run(webhookOnly());
    const [silenced] = await untilEvents('notification_deduped', 1);
    await allRead();
    expect(silenced?.data).toMatchObject({ channel: 'webhook', kind: 'ill', key: 'silenced:ada' });
    expect(hook.requests).toEqual([]);
  });

  test('recovered alone is told; recovered after an action is left to the verification', async () => {
    const recovered = (container: string) =>
      observed(
        'container_recovered',
        'monitor',
        { host: 'host-1', container },
        { container_id: '0123456789ab', reason: 'well', health_status: 'healthy', metrics: {} }
      );
    const acted = testAlert('b', { episode: 'i2' });
    await log.append([
      testAlert('a', { episode: 'i1' }),
      recovered('a'),
      acted,
      { ...complete(acted), incident_id: 'i2' },
      recovered('b'),
    ]);
    await run(webhookOnly());
    await untilEvents('notification_sent', 4);
    await allRead();
    expect(
      bodies()
        .flatMap((body) => body.notices.map((notice) => `${notice.kind} ${notice.event.container}`))
        .sort()
    ).toEqual(['acted b', 'ill a', 'ill b', 'resolved a']);
  });

  test('no channel: said once, all acknowledged', async () => {
    await log.append([testAlert('a'), testAlert('b')]);
    await run({});
    await allRead();
    expect(logLines.filter((line) => line.includes('no channel is set'))).toHaveLength(1);
    expect(await eventsOf('notification_sent')).toEqual([]);
  });

  test('hostile names and reasons call nobody and break no limit', async () => {
    const evil = `<!channel> <@U1> @here & \u202e\u001b[2J\n*_${'x&<>'.repeat(50)}`.slice(0, 255);
    await run(slackOnly());
    const alert = testAlert(evil, {
      episode: 'i1',
      anomalies: [{ type: evil, severity: 'high', detail: '<!everyone>'.repeat(2000) }],
    });
    await log.append([
      alert,
      complete(alert, { ...refusedData, guards: [{ guard: evil, allowed: false, reason: '&'.repeat(9000) }] }),
    ]);
    await untilEvents('notification_sent', 2);
    expect(slack.problems).toEqual([]);
    slack.posts.forEach((post) => expect(`${post.text}\n${post.words}`).not.toMatch(PING));
  });
});

describe('told once', () => {
  test('two containers in one minute are two notices, the same notice twice is one', async () => {
    await run(webhookOnly());
    const alert = testAlert('a', { episode: 'i1' });
    await log.append([alert, testAlert('b', { episode: 'i2' })]);
    await untilEvents('notification_sent', 2);
    await log.append([complete(alert), { ...complete(alert), id: 'again' }]);
    await untilEvents('notification_sent', 3);
    const [dropped] = await untilEvents('notification_deduped', 1);
    expect(dropped?.data).toMatchObject({ channel: 'webhook', kind: 'acted', window_seconds: 60 });
    expect(hook.requests).toHaveLength(3);
  });

  test('several copies tell each event once, also events that say the same', async () => {
    await Promise.all([run(webhookOnly()), run(webhookOnly()), run(webhookOnly())]);
    const alert = testAlert('a', { episode: 'i1' });
    await log.append([alert]);
    await untilEvents('notification_sent', 1);
    await Promise.all(Array.from({ length: 12 }, (_, index) => log.append([{ ...complete(alert), id: `c${index}` }])));
    await untilEvents('notification_deduped', 11);
    expect(hook.requests).toHaveLength(2);
  });

  test('a refusal that repeats itself, and the endless alerts of the original, are told once an hour', async () => {
    await run(webhookOnly({ ALERT_DEDUPE_TTL: '1' }));
    const alert = testAlert('a', { episode: 'i1' });
    const original = () => ({ ...testAlert('old', { anomalies: [] }), host: '' });
    await log.append([alert, ...[1, 2, 3].map((n) => ({ ...complete(alert, refusedData), id: `r${n}` }))]);
    const first = original();
    await log.append([first, original()]);
    await untilEvents('notification_deduped', 3);
    await untilEvents('notification_sent', 3);
    expect(
      bodies()
        .flatMap((body) => body.notices.map((notice) => notice.kind))
        .sort()
    ).toEqual(['ill', 'ill', 'refused']);
    // Well in between: ill again is news again.
    await log.append([
      observed(
        'container_recovered',
        'monitor',
        { container: 'old' },
        { container_id: '', reason: 'well', health_status: 'healthy', metrics: {} }
      ),
    ]);
    await untilEvents('notification_sent', 4);
    await log.append([original()]);
    await untilEvents('notification_sent', 5);
  });

  test('a copy that dies while it sends: another one sends', async () => {
    hook.misdeeds.push({ hang: true });
    const first = await run(webhookOnly({ HEMOSTAT_NOTIFY_TIMEOUT: '100' }));
    await log.append([testAlert('a', { episode: 'i1' })]);
    await eventually(() => expect(hook.requests).toHaveLength(1));
    await first.close();
    await run(webhookOnly());
    await untilEvents('notification_sent', 1);
    expect(hook.requests).toHaveLength(2);
  });
});

describe('bursts and outages', () => {
  test('a burst of one kind becomes few messages that name all', async () => {
    await log.append(Array.from({ length: 100 }, (_, index) => testAlert(`c${index}`, { episode: `i${index}` })));
    await run(slackOnly());
    await untilEvents('notification_sent', 100);
    expect(slack.posts.length).toBeLessThanOrEqual(4);
    expect(slack.problems).toEqual([]);
    expect(slack.posts.map((post) => post.words).join('\n')).toMatch(/containers fell ill/);
  });

  test('up to the limit each notice stands alone, what follows within the window is one message', async () => {
    await run(webhookOnly({ HEMOSTAT_NOTIFY_GROUP_WINDOW: '4' }));
    await log.append(Array.from({ length: 5 }, (_, index) => testAlert(`a${index}`, { episode: `a${index}` })));
    await untilEvents('notification_sent', 5);
    await log.append(Array.from({ length: 3 }, (_, index) => testAlert(`b${index}`, { episode: `b${index}` })));
    await untilEvents('notification_sent', 8);
    expect(bodies().map((body) => [body.style, body.notices.length])).toEqual([
      ...Array.from({ length: 5 }, () => ['single', 1]),
      ['group', 3],
    ]);
  });

  test('what is late goes into one digest with the newest word on each incident', async () => {
    const old = (event: HemostatEvent): HemostatEvent => ({
      ...event,
      time: new Date(Date.now() - 3_600_000).toISOString(),
    });
    for (let index = 0; index < 400; index += 1) {
      const alert = testAlert(`c${index}`, { episode: `i${index}` });
      void log.append([old(alert), { ...old(complete(alert)), incident_id: `i${index}` }]);
    }
    await log.append([testAlert('fresh', { episode: 'fresh' })]);
    await run(webhookOnly());
    await untilEvents('notification_sent', 801);
    expect(bodies().map((body) => [body.style, body.notices.length + body.more])).toEqual([
      ['digest', 400],
      ['single', 1],
    ]);
    expect(bodies()[0]?.notices.every((notice) => notice.kind === 'acted')).toBe(true);
  });

  test('429 is answered by waiting as long as Retry-After says, 500 by trying again', async () => {
    slack.misdeeds.push({ status: 429, headers: { 'retry-after': '2' } }, { status: 500 });
    await run(slackOnly());
    await log.append([testAlert('a', { episode: 'i1' })]);
    const [sent] = await untilEvents('notification_sent', 1);
    expect(sent?.data.attempts).toBe(3);
    expect((slack.requests[1]?.at ?? 0) - (slack.requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(1990);
  });

  test('the bot honours Retry-After too', async () => {
    slack.misdeeds.push({ status: 429, headers: { 'retry-after': '2' } });
    await run(bot());
    await log.append([testAlert('a', { episode: 'i1' })]);
    const [sent] = await untilEvents('notification_sent', 1);
    expect(sent?.data.attempts).toBe(2);
    expect((slack.requests[1]?.at ?? 0) - (slack.requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(1990);
  });

  test('a refused message is not tried again: an event, a trouble, no mark left, nothing secret told', async () => {
    hook.misdeeds.push({ status: 403, body: 'key pAtHsEcReT123 of http://user:pass@h/ is not allowed' });
    await run(webhookOnly({ HEMOSTAT_WEBHOOK_SECRET: 'shared-secret' }));
    const alert = testAlert('a', { episode: 'i1' });
    await log.append([alert]);
    const [failed] = await untilEvents('notification_failed', 1);
    expect(failed?.data).toMatchObject({ channel: 'webhook', kind: 'ill', attempts: 1, status_code: 403 });
    const [trouble] = await untilEvents('agent_trouble', 1);
    expect(trouble?.data).toMatchObject({ part: 'notifier:webhook', state: 'began' });
    // The same notice may try again at once, and says that one was lost.
    await log.append([{ ...alert, id: 'again' }]);
    await untilEvents('notification_sent', 1);
    expect(bodies().at(-1)).toMatchObject({ missed: 1 });
    await untilEvents('agent_trouble', 2);
    const told = JSON.stringify([await log.redis.xrange(log.partition(0).log, '-', '+'), logLines]);
    expect(told).not.toMatch(/pAtHsEcReT123|shared-secret|user:pass/);
  });

  test('a slow channel holds up neither another channel nor other incidents', async () => {
    slack.misdeeds.push(...Array.from({ length: 50 }, () => ({ hang: true })));
    await run({ ...slackOnly(), ...webhookOnly({ HEMOSTAT_NOTIFY_TIMEOUT: '100' }) });
    const alerts = Array.from({ length: 4 }, (_, index) => testAlert(`c${index}`, { episode: `i${index}` }));
    await log.append(alerts);
    await eventually(() => expect(bodies().flatMap((body) => body.notices)).toHaveLength(4));
    await log.append(alerts.map((alert) => ({ ...complete(alert), incident_id: alert.data.episode ?? '' })));
    await eventually(() => expect(bodies().flatMap((body) => body.notices)).toHaveLength(8));
    expect(await eventsOf('notification_sent')).toEqual([]);
  });
});

describe('sendTest', () => {
  const context = () => {
    const logger = createLogger({ logLevel: 'silent', logFormat: 'text' });
    return { log, logger, trouble: new TroubleBoard(logger), now: Date.now, signal: new AbortController().signal };
  };

  test('sends one message by each channel and says what is wrong', async () => {
    expect(await sendTest('slack', slackOnly(), context())).toMatchObject({ ok: true, error: '' });
    expect(slack.posts[0]?.text).toContain('only a test');
    expect(await sendTest('webhook', webhookOnly(), context())).toMatchObject({ ok: true });
    expect(await sendTest('slack', bot({ HEMOSTAT_SLACK_BOT_TOKEN: 'xoxb-wrong' }), context())).toMatchObject({
      ok: false,
      error: 'answered invalid_auth',
    });
    expect(await sendTest('webhook', {}, context())).toMatchObject({ ok: false, error: 'is not set' });
  });
});
