import fc from 'fast-check';
import { EVENT_DATA, type HemostatEvent } from '../../src/contract/events';
import { anyOf } from '../../tests/support/any-of';
import { blockProblem, PING } from '../../tests/support/fake-slack';
import { alertData, at, refusedData } from '../../tests/support/story-events';
import type { Message } from './channel';
import { draftOf, type Notice } from './notice';
import { escapeSlack, slackMessage } from './slack-blocks';

const noticeOf = (event: HemostatEvent): Notice[] => {
  const draft = draftOf(event);
  return draft
    ? [
        {
          ...draft,
          event,
          incident: { id: event.incident_id, state: 'open', fields: { cause: event.container } },
          partition: 0,
        },
      ]
    : [];
};
const words = (message: Message) =>
  slackMessage(message, 'http://grafana.example').blocks.map((block) =>
    block.type === 'section' ? block.text.text : block.elements.map((one) => one.text).join(' ')
  );

test('one notice: title, what happened, why, where to read on, and what was lost before', () => {
  const [notice] = noticeOf(at('14:03:07.125', 'remediation_complete', refusedData));
  const incident = { id: 'i1', state: 'suppressed' as const, fields: { cause: 'The health check fails.' } };
  expect(words({ style: 'single', notices: notice ? [{ ...notice, incident }] : [], missed: 2 })).toEqual([
    '*[REMEDIATION] web-2 on host-1: restart refused*',
    'restart refused by cooldown: 3600 s between actions, last one 48 min ago, free at 14:15:07 (in 12 min)',
    'Cause: The health check fails.',
    '<http://grafana.example/a/hemostat-monitor-app/incidents/i1|Open the incident>',
    '2 earlier notices could not be delivered here; see the log of events.',
  ]);
});

test('many notices: each a line, and a word on those that have no room', () => {
  const notices = Array.from({ length: 200 }, (_, index) =>
    noticeOf(at('14:03:07.120', 'health_alert', alertData, { container: `c${index}` }))
  ).flat();
  const blocks = words({ style: 'group', notices, missed: 0 });
  expect(blocks[0]).toBe('*200 containers fell ill*');
  expect(blocks[1]).toContain('• [ALERT] [HIGH] host-1/c0: Health check failed');
  expect(blocks.at(-1)).toMatch(/^and 140 more/);
});

test('nothing is a command for Slack', () => {
  expect(escapeSlack('<!channel> & @here @Everyone bob@example.org')).toBe(
    '&lt;!channel&gt; &amp; ＠here ＠Everyone bob@example.org'
  );
});

const types = [
  'health_alert',
  'approval_requested',
  'remediation_complete',
  'remediation_verified',
  'false_alarm',
  'agent_trouble',
  'dead_letter',
  'vulnerability_alert',
] as const;
const hostile = fc.oneof(
  fc.constantFrom('<!channel>', '<@U1|x>', '@everyone', '&'.repeat(4000), '\u202e\u001b[2J\n'),
  fc.string({ unit: 'binary', maxLength: 300 })
);
const anyEvent = fc.constantFrom(...types).chain((type) => {
  const data = anyOf(EVENT_DATA[type], hostile);
  return fc
    .record({ container: hostile, host: hostile, agent: hostile, incident: hostile, data })
    .map(({ container, host, agent, incident, data: given }) => ({
      ...at('14:03:07.120', 'health_alert', alertData),
      ...{ type, container, host, agent, incident_id: incident, data: given },
    }));
}) as fc.Arbitrary<HemostatEvent>;

test('whatever the events say, the message keeps the limits and calls nobody', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { minLength: 1, maxLength: 70 }),
      fc.constantFrom('single', 'group', 'digest'),
      (events, style) => {
        const notices = events.flatMap(noticeOf);
        fc.pre(notices.length > 0);
        const message = slackMessage({ style, notices, missed: 1 }, 'http://grafana.example');
        expect(blockProblem(message.blocks)).toBeUndefined();
        expect(message.text.length).toBeGreaterThan(0);
        expect(message.text.length).toBeLessThanOrEqual(3000);
        expect(JSON.stringify(message)).not.toMatch(PING);
      }
    ),
    { numRuns: 150 }
  );
});
