import { canonicalJson, derivedId, sha256 } from '../../agents/runtime/ids';
import { VERSION } from '../../agents/runtime/version';
import { ENVELOPE_VERSION, type EventData, type EventOf, type EventType, type HemostatEvent } from '../../src/contract/events';
import { parsePolicy, policyVersion, type PolicySource, type StoredPolicy } from '../../src/contract/policy';
import { seededRandom } from '../../scripts/demo-fleet/random';
import { idOf, memberOf, MEMBERS, type Member } from './recorded-day-fleet';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (ms: number) => new Date(ms).toISOString();

export const AGENTS = ['monitor', 'analyzer', 'responder', 'notifier', 'exporter', 'updater', 'api', 'observer'] as const;
export const MAINTENANCE_SCOPE = 'project:media';

class Chronicle {
  readonly events: HemostatEvent[] = [];

  add<T extends EventType>(ms: number, agent: string, type: T, data: EventData<T>, about?: Member): void {
    const event = { v: ENVELOPE_VERSION, id: derivedId('recorded day', 'background', this.events.length), time: iso(ms), agent, host: about?.host ?? '', container: about?.container ?? '', incident_id: '', cause_id: '', trace_id: '', policy_version: '', type, data } as EventOf<T>;
    this.events.push(event as HemostatEvent);
  }
}

/** Policies that were put in force, oldest first; the last one holds. */
export function policiesOf(now: number): StoredPolicy[] {
  const drafts: ReadonlyArray<Pick<StoredPolicy, 'user' | 'reason' | 'policy'> & { ago: number }> = [
    { ago: 21 * HOUR, user: 'rosa', reason: 'first week: watch only', policy: { defaults: { mode: 'observe' } } },
    { ago: 16 * HOUR, user: 'rosa', reason: 'act by itself, but not often', policy: { defaults: { mode: 'auto', cooldown_seconds: 3600 }, projects: { shop: { breaker: { failures: 2 } } } } },
    {
      ago: 5 * HOUR,
      user: 'omar',
      reason: 'longer cooldown for intranet, nightly update of media',
      policy: {
        defaults: { mode: 'auto', cooldown_seconds: 3600 },
        projects: { shop: { breaker: { failures: 2 } }, intranet: { cooldown_seconds: 7200 } },
        maintenance: [{ name: 'nightly update', scope: MAINTENANCE_SCOPE, weekly: { days: ['sun'], from: '02:00', to: '03:00', zone: 'Europe/Zurich' } }],
      },
    },
  ];
  return drafts.map(({ ago, ...draft }) => {
    const parsed = parsePolicy(draft.policy);
    if (!parsed.ok) {
      throw new Error(parsed.problems.join('; '));
    }
    const source: PolicySource = { document: parsed.document, from: 'command', environment: {} };
    return { ...draft, time: iso(now - ago), version: policyVersion(source, (value) => sha256(canonicalJson(value))) };
  });
}

/** What happens on a day besides incidents: starts and stops on purpose, changes by people, trouble of the healer itself. */
export function backgroundEvents(now: number): HemostatEvent[] {
  const day = new Chronicle();
  const random = seededRandom(48);
  AGENTS.forEach((agent, index) => day.add(now - 23 * HOUR + index * 200, agent, 'agent_started', { version: VERSION, instance: `rack-1-${410 + index}`, settings: {} }));
  for (const { time, user, reason, policy } of policiesOf(now)) {
    day.add(Date.parse(time), 'operator', 'command', { command: 'policy', policy, user, reason });
  }
  const trouble = { part: 'model', message: 'The model server does not answer: connect ECONNREFUSED 10.0.3.9:11434', mend: 'Start it, or unset AI_MODEL; the rules decide meanwhile.' };
  day.add(now - 13 * HOUR, 'analyzer', 'agent_trouble', { ...trouble, state: 'began' });
  day.add(now - 13 * HOUR + 7 * MINUTE, 'analyzer', 'agent_trouble', { ...trouble, state: 'ended', seconds: 420 });
  day.add(now - 11 * HOUR, 'operator', 'command', { command: 'pause', user: 'rosa', reason: 'change of the storage network' });
  day.add(now - 11 * HOUR + 24 * MINUTE, 'operator', 'command', { command: 'resume', user: 'rosa' });
  day.add(now - 8 * HOUR, 'notifier', 'dead_letter', { stream_id: `${now - 8 * HOUR - 9000}-0`, group: 'notifier', error: 'Slack refuses the message: channel_not_found', deliveries: 3 });
  day.add(now - 7 * HOUR, 'bridge', 'vulnerability_alert', { target_url: 'https://shop.example', critical_count: 2 });
  day.add(now - 50 * MINUTE, 'operator', 'command', { command: 'maintenance', scope: MAINTENANCE_SCOPE, until: iso(now + 42 * MINUTE), user: 'rosa', reason: 'update of the codecs' });
  // A deployment of the shop in the afternoon, and now and then a stop and start by hand.
  MEMBERS.filter(({ project }) => project === 'shop').forEach((member, index) => replace(day, now - 9 * HOUR + index * 9000, member));
  for (let hour = 22; hour > 0; hour -= 1) {
    const member = MEMBERS[Math.floor(random() * MEMBERS.length)] ?? memberOf('proxy');
    const at = now - hour * HOUR + Math.floor(random() * 50 * MINUTE);
    (['kill', 'die', 'stop', 'start'] as const).forEach((action, index) => tell(day, at + index * 700, member, action));
  }
  return day.events;
}

function tell(day: Chronicle, at: number, member: Member, action: string): void {
  const { project, image } = member;
  day.add(at, 'monitor', 'container_event', { container_id: idOf(member).slice(0, 12), image, action, on_purpose: true, ...(action === 'die' ? { exit_code: 0 } : {}), ...(project ? { project } : {}) }, member);
}

function replace(day: Chronicle, at: number, member: Member): void {
  ['kill', 'die', 'destroy', 'create', 'start'].forEach((action, index) => tell(day, at + index * 400, member, action));
}
