import { ALERT_CHANGES, type AgentAlert, type EventData } from '../../src/contract/events';
import { at } from '../../tests/support/story-events';
import { healerAlert, healerLabels, healerLink } from './healer-alerts';
import { Marks } from './marks';
import { draftOf, subjectOf, type Notice } from './notice';
import { slackMessage } from './slack-blocks';
import { messageTitle, newestOfEach, wordingOf } from './wording';

const PUBLIC = 'https://grafana.example/';
const alert = (more: Partial<AgentAlert> = {}): AgentAlert => ({
  alert_id: '3f2a9c1e-0000-4000-8000-000000000000',
  revision: 1,
  condition: 'critical_component_unhealthy|analyzer',
  rule: 'critical_component_unhealthy',
  name: 'analyzer is down',
  type: 'system_health',
  severity: 'critical',
  status: 'firing',
  message: 'The analyzer has given no sign since noon.',
  labels: { component: 'analyzer', 'my-label': 'x' },
  triggered_at: '2026-03-02T14:00:00.000Z',
  resolved_at: null,
  notify: true,
  ...more,
});
type Change = EventData<'agent_alert'>['change'];
const event = (change: Change, more: Partial<AgentAlert> = {}, user = '') => at('14:05:00.000', 'agent_alert', { change, user, alert: alert(more) }, { agent: 'observer', host: '', container: '', incident_id: '' });
const notice = (change: Change, more?: Partial<AgentAlert>, user?: string): Notice => {
  const one = event(change, more, user);
  return { kind: 'healer', scope: '', ...draftOf(one), event: one, incident: { id: '', state: '', fields: {} }, partition: 0 };
};

test('people are told when an alert fires, fires still, or is over; not what a person did, and not what is told otherwise (R451)', () => {
  expect(ALERT_CHANGES.filter((change) => draftOf(event(change))?.kind === 'healer')).toEqual(['fired', 'ended_silence', 'resolved']);
  expect(draftOf(event('fired', { notify: false }))).toBeUndefined();
  expect(subjectOf(event('fired'))).toBe('HemoStat');
});

test('each change of each alert is told once: two changes are never the same notice', () => {
  const marks = new Marks({} as never);
  const keys = [notice('fired'), notice('resolved', { revision: 2 }), notice('fired', { alert_id: 'other' })].map((one) => marks.keyOf('slack', one));
  expect(new Set(keys).size).toBe(3);
});

test.each<[Change, string, string]>([
  ['fired', '', 'HemoStat: analyzer is down (critical)'],
  ['ended_silence', '', 'HemoStat: analyzer is down holds still; its silence is over'],
  ['resolved', '', 'HemoStat: analyzer is down is over after 5 min'],
  ['resolved', 'ada', 'HemoStat: analyzer is down is over after 5 min, resolved by ada'],
])('%s by "%s" in words', (change, user, words) => {
  const wording = wordingOf(notice(change, {}, user), PUBLIC);
  expect(wording.title).toContain(words);
  expect(wording.text).not.toBe('');
});

test('the link leads to the page that shows the alert', () => {
  expect(healerLink(PUBLIC, alert())).toBe('https://grafana.example/a/hemostat-monitor-app/system');
  expect(healerLink(PUBLIC, alert({ type: 'reliability', alert_id: 'a b' }))).toBe('https://grafana.example/a/hemostat-monitor-app/agents?alert=a%20b');
  expect(healerLink('', alert())).toBe('');
  const words = JSON.stringify(slackMessage({ style: 'single', notices: [notice('fired')], missed: 0 }, PUBLIC).blocks);
  expect(words).toContain('|Open the alert>');
});

test('a digest has the newest word on each alert, a group counts alerts, not containers', () => {
  const several = [notice('fired'), notice('fired', { alert_id: 'other' }), notice('resolved', { revision: 2 })];
  expect(newestOfEach(several).map(({ event: { data } }) => (data as EventData<'agent_alert'>).change)).toEqual(['fired', 'resolved']);
  expect(messageTitle({ style: 'group', notices: several, missed: 0 })).toBe('3 alerts about HemoStat itself');
});

describe('as an alert of Alertmanager', () => {
  const now = Date.parse('2026-03-02T14:05:00.000Z');
  const options = { now, holdMs: 60_000, publicUrl: PUBLIC };

  it('has labels that do not change from its first to its last word', () => {
    expect(healerLabels(alert())).toEqual({ alertname: 'critical_component_unhealthy', alert_id: '3f2a9c1e', condition: 'critical_component_unhealthy|analyzer', type: 'system_health', severity: 'critical', component: 'analyzer', my_label: 'x' });
    expect(healerLabels(alert({ status: 'resolved', revision: 3, value: 5, message: 'other' }))).toEqual(healerLabels(alert()));
  });

  it('holds while it is not resolved, and ends when it is', () => {
    expect(healerAlert(alert(), options)).toMatchObject({ startsAt: '2026-03-02T14:00:00.000Z', endsAt: '2026-03-02T14:06:00.000Z', annotations: { summary: 'HemoStat: analyzer is down' }, generatorURL: 'https://grafana.example/a/hemostat-monitor-app/system' });
    expect(healerAlert(alert({ status: 'resolved', resolved_at: '2026-03-02T14:04:00.000Z' }), options).endsAt).toBe('2026-03-02T14:04:00.000Z');
  });
});
