import { APPEND_SCRIPT } from '../../agents/runtime/append-script';
import type { HemostatLog } from '../../agents/runtime/log';
import { sampleFields } from '../../agents/monitor/state';
import { derivedId } from '../../agents/runtime/ids';
import { encodeEvent } from '../../src/contract/codec';
import { containerKey, ENVELOPE_VERSION, type HemostatEvent } from '../../src/contract/events';
import { backgroundEvents } from './recorded-day-background';
import { idOf, MEMBERS, stateOf, wellOf, type Condition, type Member } from './recorded-day-fleet';
import { keepHealerAlive, writeHealer } from './recorded-day-healer';
import { updaterEvents } from './recorded-day-insights';
import { endedTales, openTales } from './recorded-day-plan';
import type { Tale } from './recorded-day-tale';
import { alertEvents, writeTelemetry } from './recorded-day-telemetry';

export { keepHealerAlive };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ENDED = 84;
const SAMPLE_MS = MINUTE;
/** Around an illness it is looked at more closely, as before and after are compared there. */
const CLOSE_MS = 5000;
const CLOSE_AROUND_MS = 3 * MINUTE;
const PIECE = 5000;

export interface RecordedDayOptions {
  /** End of the day, milliseconds. */
  now: number;
  /** Further events without an incident, spread over the day before, for lists that must bear many. Default 0. */
  events?: number;
}

export interface RecordedDay {
  containers: number;
  /** Events of incidents and people, without the further ones. */
  events: number;
  /** Ids of the open incidents by what they show, such as `waiting for approval`. */
  open: Readonly<Record<string, { incident: string; container: string; key: string; digest: string }>>;
}

/** The append script with a clock of its own, so that the log looks as if it had been written over a day. */
function scriptOfThen(): string {
  const parts: ReadonlyArray<[string, string]> = [
    [`local clock = call('TIME')`, `local then_ms = tonumber(call('GET', base .. ':recorded-clock'))\nlocal clock = { math.floor(then_ms / 1000), (then_ms % 1000) * 1000 }`],
    [`call('XADD', log, '*',`, `call('XADD', log, string.format('%.0f-*', now),`],
  ];
  return parts.reduce((script, [from, to]) => {
    if (!script.includes(from)) {
      throw new Error(`The append script has no ${from} any more: mend tests/support/recorded-day.ts.`);
    }
    return script.replace(from, to);
  }, APPEND_SCRIPT);
}

async function appendThen(log: HemostatLog, events: readonly HemostatEvent[]): Promise<void> {
  log.redis.defineCommand('hemostatAppend', { numberOfKeys: 6, lua: scriptOfThen() });
  try {
    for (const event of events) {
      await log.redis.set(`${log.keysOf(event.container).base}:recorded-clock`, Date.parse(event.time));
      await log.append([event]);
    }
  } finally {
    log.redis.defineCommand('hemostatAppend', { numberOfKeys: 6, lua: APPEND_SCRIPT });
    await Promise.all(log.partitions.map(({ base }) => log.redis.del(`${base}:recorded-clock`)));
  }
}

/** Tales of one container, oldest first. */
const talesOf = (tales: readonly Tale[], member: Member): Tale[] => tales.filter((tale) => tale.member.container === member.container).sort((a, b) => a.began - b.began);

function conditionAt(member: Member, tales: readonly Tale[], open: Tale | undefined, at: number): Condition {
  const span = tales.flatMap(({ spans }) => spans).find(({ from, to }) => at >= from && at < to);
  if (span) {
    return span.condition;
  }
  const isOpen = open !== undefined && at >= open.began && open.name !== 'being verified';
  return isOpen ? open.illness.condition(member) : wellOf(member);
}

function momentsOf(tales: readonly Tale[], now: number): number[] {
  const coarse = Array.from({ length: DAY / SAMPLE_MS }, (_, index) => now - DAY + index * SAMPLE_MS);
  const close = tales.flatMap(({ began }) => Array.from({ length: (2 * CLOSE_AROUND_MS) / CLOSE_MS }, (_, index) => began - CLOSE_AROUND_MS + index * CLOSE_MS));
  return [...new Set([...coarse, ...close])].filter((at) => at <= now && at > now - DAY).sort((a, b) => a - b);
}

async function writeContainer(log: HemostatLog, member: Member, tales: readonly Tale[], open: Tale | undefined, now: number): Promise<void> {
  const keys = log.keysOf(member.container);
  const key = containerKey(member);
  const starts = tales.flatMap((tale) => tale.starts);
  const first = now - 3 * DAY - (Number.parseInt(idOf(member).slice(0, 5), 16) % DAY);
  const startedBefore = (at: number) => Math.max(first, ...starts.filter((start) => start <= at));
  const sample = (at: number) => stateOf(member, { condition: conditionAt(member, tales, open, at), startedMs: startedBefore(at), restarts: 0, seenMs: at });
  const pipeline = log.redis.pipeline();
  momentsOf(tales, now).forEach((at) => pipeline.xadd(keys.samples(key), `${at}-0`, ...sampleFields(sample(at))));
  const illness = open && { sinceMs: open.began - 40, episode: open.incident, alerts: open.alertCount };
  const isWellAgain = open?.name === 'being verified';
  const state = { ...sample(now), ...(illness && !isWellAgain ? stateOf(member, { condition: conditionAt(member, tales, open, now), startedMs: startedBefore(now), restarts: open.illness.rule === 'restart_loop' ? 6 : 0, seenMs: now, illness }) : {}) };
  pipeline.hset(keys.containers, key, JSON.stringify(state));
  await pipeline.exec();
}

/** Further events, written past the append script, which would take minutes for a million; with their counts. */
async function writeMany(log: HemostatLog, count: number, from: number, to: number): Promise<void> {
  for (let written = 0; written < count; written += PIECE) {
    const pipeline = log.redis.pipeline();
    const counts = new Map<string, number>();
    for (let index = written; index < Math.min(count, written + PIECE); index += 1) {
      const at = Math.floor(from + ((to - from) * index) / count);
      const member = MEMBERS[index % MEMBERS.length] ?? MEMBERS[0];
      if (!member) {
        continue;
      }
      const keys = log.keysOf(member.container);
      pipeline.xadd(keys.log, `${at}-*`, 'type', 'container_event', 'incident', '', 'json', encodeEvent(furtherEvent(member, index, at)));
      const minute = Math.floor(at / MINUTE);
      for (const field of [`${keys.minuteCounts(Math.floor(minute / 60))} ${minute % 60}`, `${keys.hourCounts(Math.floor(minute / 1440))} ${Math.floor(minute / 60) % 24}`]) {
        counts.set(field, (counts.get(field) ?? 0) + 1);
      }
    }
    counts.forEach((more, field) => {
      const [key = '', slot = ''] = field.split(' ');
      pipeline.hincrby(key, `${slot}|container_event`, more);
    });
    await pipeline.exec();
  }
}

function furtherEvent(member: Member, index: number, at: number): HemostatEvent {
  const action = ['exec_start', 'exec_die', 'health_status', 'kill', 'die', 'start'][index % 6] ?? 'start';
  return {
    v: ENVELOPE_VERSION,
    id: derivedId('recorded day', 'further', index),
    time: new Date(at).toISOString(),
    type: 'container_event',
    agent: 'monitor',
    host: member.host,
    container: member.container,
    incident_id: '',
    cause_id: '',
    trace_id: '',
    policy_version: '',
    data: { container_id: idOf(member).slice(0, 12), image: member.image, action, on_purpose: true, detail: `number ${index + 1}` },
  };
}

/**
 * Writes a day of a fleet of 48 containers into an empty log: incidents with every ending, approvals, refusals, false alarms,
 * model calls, comments, silences, insights, error rates, maintenance, policies, figures and signs of life; and what the agents tell of themselves. The same but for its times, whenever it is written.
 * Its times are those of the entries too, as if it had been written over the day.
 */
export async function writeRecordedDay(log: HemostatLog, { now, events: further = 0 }: RecordedDayOptions): Promise<RecordedDay> {
  // The stream takes no entry that is older than its last one.
  await writeMany(log, further, now - 2 * DAY, now - DAY - MINUTE);
  const open = openTales(now);
  const busy = new Set(open.map(({ member }) => member.container));
  const ended = endedTales(now - DAY + 10 * MINUTE, now - 2 * MINUTE, ENDED, busy);
  // One whose end would lie ahead would be open now.
  const over = ended.filter(({ events }) => Date.parse(events.at(-1)?.time ?? '') <= now);
  const tales = [...open, ...over];
  const events = [...tales.flatMap((tale) => tale.events), ...backgroundEvents(now), ...updaterEvents(now, open, over), ...alertEvents(now)].filter(({ time }) => Date.parse(time) <= now);
  await appendThen(log, events.sort((a, b) => a.time.localeCompare(b.time)));
  for (const member of MEMBERS) {
    await writeContainer(log, member, talesOf(tales, member), open.find((tale) => tale.member === member), now);
  }
  await writeHealer(log, now);
  await writeTelemetry(log, now, tales);
  const described = open.map((tale) => [tale.name, { incident: tale.incident, container: tale.member.container, key: tale.key, digest: digestIn(tale) }] as const);
  return { containers: MEMBERS.length, events: events.length, open: Object.fromEntries(described) };
}

/** Of the action that waits for an answer; empty where none does. */
function digestIn(tale: Tale): string {
  const asked = tale.events.findLast((event) => event.type === 'approval_requested');
  return asked?.data.digest ?? '';
}
