import type { HemostatEvent } from '../../src/contract/events';
import {
  alertData,
  at,
  completeData,
  decision,
  falseAlarmData,
  refusedData,
  verifiedData,
} from '../../tests/support/story-events';
import { readSettings } from '../runtime/settings/define';
import { notifierSettings } from '../runtime/settings/notifier';
import { checkSettings, configuredChannels } from './channels';
import { draftOf, silencedUntil, type Notice } from './notice';
import { planMessages } from './plan';
import { RecentSends } from './recent-sends';
import { idempotencyKey, signature, webhookBody } from './webhook';

const CLOCK = '14:03:07.120';
const noticeOf = (event: HemostatEvent): Notice => ({
  kind: 'ill',
  scope: '',
  ...draftOf(event),
  event,
  incident: { id: 'i1', state: 'open', fields: {} },
  partition: 0,
});

test.each<[string, HemostatEvent, string | undefined]>([
  ['a first alert', at(CLOCK, 'health_alert', alertData), 'ill'],
  ['a repeated alert', at(CLOCK, 'health_alert', { ...alertData, repeat: true }), undefined],
  ['a request', at(CLOCK, 'approval_requested', { ...decision, expires_at: '' }), 'approval'],
  ['a success', at(CLOCK, 'remediation_complete', completeData), 'acted'],
  ['a failure', at(CLOCK, 'remediation_complete', { ...completeData, result: { status: 'failed' } }), 'failed'],
  ['a refusal', at(CLOCK, 'remediation_complete', refusedData), 'refused'],
  [
    'what cannot be done',
    at(CLOCK, 'remediation_complete', { ...completeData, result: { status: 'not_applicable' } }),
    'refused',
  ],
  ['help', at(CLOCK, 'remediation_verified', verifiedData), 'resolved'],
  ['no help', at(CLOCK, 'remediation_verified', { ...verifiedData, verdict: 'worse' }), 'gave_up'],
  ['a false alarm', at(CLOCK, 'false_alarm', falseAlarmData), 'false_alarm'],
  ['trouble', at(CLOCK, 'agent_trouble', { part: 'docker', state: 'began', message: 'gone' }), 'trouble'],
  [
    'a dead letter',
    at(CLOCK, 'dead_letter', { stream_id: '1-1', group: 'analyzer', error: 'x', deliveries: 3 }),
    'trouble',
  ],
  ['vulnerabilities', at(CLOCK, 'vulnerability_alert', { critical_count: 2 }), 'vulnerability'],
  ['closing by hand', at(CLOCK, 'command', { command: 'resolve', user: 'ada' }), 'resolved'],
  ['another command', at(CLOCK, 'command', { command: 'acknowledge', user: 'ada' }), undefined],
  [
    'our own events',
    at(CLOCK, 'notification_failed', { channel: 'slack', kind: 'ill', key: 'k', attempts: 1, error: 'x' }),
    undefined,
  ],
])('%s', (_name, event, kind) => {
  expect(draftOf(event)?.kind).toBe(kind);
});

test('a refusal by another guard is another notice, a dry run is another one than the deed', () => {
  const scope = (data: typeof refusedData) => draftOf(at(CLOCK, 'remediation_complete', data))?.scope;
  expect(scope(refusedData)).not.toBe(
    scope({ ...refusedData, guards: [{ guard: 'breaker', allowed: false, reason: 'open' }] })
  );
  expect(scope(completeData)).not.toBe(scope({ ...completeData, dry_run: true }));
});

test('a silence counts until its end', () => {
  const view = (until: string) => ({ id: 'i1', state: 'open' as const, fields: { silenced_until: until } });
  const now = Date.parse('2026-03-02T14:00:00Z');
  expect(silencedUntil(view('2026-03-02T14:00:01Z'), now)).toBe(now + 1000);
  expect([
    silencedUntil(view('2026-03-02T13:59:59Z'), now),
    silencedUntil(view(''), now),
    silencedUntil(view('later'), now),
  ]).toEqual([undefined, undefined, undefined]);
});

test('late notices become one digest, many of a kind one group, the others stand alone', () => {
  const ill = Array.from({ length: 4 }, () => noticeOf(at(CLOCK, 'health_alert', alertData)));
  const acted = noticeOf(at(CLOCK, 'remediation_complete', completeData));
  const late = noticeOf(at('13:00:00.000', 'health_alert', alertData));
  const plan = (recent: number) =>
    planMessages([...ill, acted, late], {
      groupOver: 5,
      staleMs: 600_000,
      now: Date.parse('2026-03-02T14:04:00Z'),
      recentOf: () => recent,
    }).map((message) => `${message.style} ${message.notices.length}`);
  expect(plan(0)).toEqual(['digest 1', 'single 1', 'single 1', 'single 1', 'single 1', 'single 1']);
  expect(plan(2)).toEqual(['digest 1', 'group 4', 'single 1']);
});

test('what was sent is forgotten after the window', () => {
  let now = 0;
  const recent = new RecentSends(5000, () => now);
  recent.add([noticeOf(at(CLOCK, 'health_alert', alertData))]);
  now = 1000;
  expect([
    recent.count('ill'),
    recent.holdMs('ill', 1, 5),
    recent.holdMs('ill', 5, 5),
    recent.holdMs('acted', 9, 5),
  ]).toEqual([1, 0, 4000, 0]);
  now = 5001;
  expect([recent.count('ill'), recent.holdMs('ill', 9, 5)]).toEqual([0, 0]);
});

test('the signature is what a receiver computes', () => {
  // printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
  expect(signature('secret', 1_700_000_000, '{}')).toBe(
    'sha256=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163'
  );
});

test('many notices have one key of their own, and a long list is cut and counted', () => {
  const notices = Array.from({ length: 250 }, () => noticeOf(at(CLOCK, 'health_alert', alertData)));
  const message = { style: 'group' as const, notices, missed: 0 };
  expect(idempotencyKey(message, 1)).toBe(idempotencyKey(message, 2));
  expect(JSON.parse(webhookBody(message, '', 0))).toMatchObject({
    version: 1,
    style: 'group',
    more: 50,
    sent_at: '1970-01-01T00:00:00.000Z',
  });
});

test('settings that need each other are named', () => {
  const check = (environment: Record<string, string>) => checkSettings(readSettings(notifierSettings, environment));
  expect(() => check({ HEMOSTAT_SLACK_BOT_TOKEN: 'xoxb-1' })).toThrow(
    /^HEMOSTAT_SLACK_CHANNEL: is not set, but HEMOSTAT_SLACK_BOT_TOKEN is/
  );
  expect(() => check({ HEMOSTAT_NOTIFY_KINDS: 'ill,ilness' })).toThrow(/^HEMOSTAT_NOTIFY_KINDS: "ilness" is not known/);
  expect([...check({ HEMOSTAT_NOTIFY_KINDS: 'resolved,ill' })]).toEqual(['ill', 'resolved']);
  const secret = 'https://hooks.example/T1/secret';
  expect(
    configuredChannels(
      readSettings(notifierSettings, { SLACK_WEBHOOK_URL: secret, HEMOSTAT_ALERTMANAGER_URL: 'http://am:9093' })
    )
  ).toEqual(['slack', 'alertmanager']);
  expect(() => readSettings(notifierSettings, { SLACK_WEBHOOK_URL: 'ftp://secret-value' })).toThrow(
    /^SLACK_WEBHOOK_URL: its value \(kept secret\) is not a URL/
  );
});
