import { decodeEvent, encodeEvent } from '../../../src/contract/codec';
import { agentAlertSchema, isEvent, type AgentAlert, type EventOf } from '../../../src/contract/events';
import type { AlertChange } from '../../../src/contract/observability/alert-state';
import { errorText, FencedError } from '../../runtime/errors';
import { derivedId } from '../../runtime/ids';
import type { Fence, HemostatLog } from '../../runtime/log';
import { observed } from '../../runtime/new-event';
import { parseJson } from '../../runtime/queries';
import { ALERT_SCRIPT } from './store-script';

/** Resolved alerts are kept for 7 days (R353). */
export const KEEP_RESOLVED_MS = 7 * 86_400_000;
/** Resolved ones that are kept, at most. */
const MAX_RESOLVED = 10_000;
/** Removed in one round, so that Redis is never kept busy for long. */
const ROUND = 500;
/** No cooldown is longer (R440 as settled: 1440 minutes at most). */
const KEEP_FIRED_MS = 86_400_000;

type AlertEvent = EventOf<'agent_alert'>;

/** One change of one alert. */
export interface AlertWrite {
  change: AlertChange;
  /** As it is after the change. */
  alert: AgentAlert;
  /** Who did it; absent when no person did. */
  user?: string;
  /** The command that led to it. */
  causeId?: string;
  /** Milliseconds. */
  now: number;
  /** Milliseconds from which the cooldown of its condition counts. */
  cooldownFrom?: number;
}

/** What is known of alerts that matters for the next step. */
export interface AlertsNow {
  /** Those that are not resolved, by condition. */
  active: Map<string, AgentAlert>;
  /** Condition -> milliseconds from which its cooldown counts. */
  fired: Map<string, number>;
}

/** The event of a change that a command led to has an id by which a repeated command is known. */
const commandedId = (commandId: string, alertId: string) => derivedId('agent_alert', commandId, alertId);

/** The event of one change. Its id is computed, so that it stands in the log once, however often it is appended. */
export function alertEvent({ change, alert, user = '', causeId = '', now }: AlertWrite): AlertEvent {
  const id = causeId ? commandedId(causeId, alert.alert_id) : derivedId(alert.alert_id, alert.revision);
  return { ...observed('agent_alert', 'observer', { id, time: new Date(now).toISOString() }, { change, user, alert }), cause_id: causeId };
}

/** Alerts in Redis. A change and its event are written in one step; the event then goes from the outbox into the log, once. */
export class AlertStore {
  constructor(
    private readonly log: HemostatLog,
    private readonly fence: Fence
  ) {}

  async load(): Promise<AlertsNow> {
    const { agentAlerts, agentAlertsActive, agentAlertsFired } = this.keys;
    const pointers = Object.entries(await this.log.redis.hgetall(agentAlertsActive));
    const texts = pointers.length > 0 ? await this.log.redis.hmget(agentAlerts, ...pointers.map(([, id]) => id)) : [];
    const active = new Map<string, AgentAlert>();
    for (const [index, [condition]] of pointers.entries()) {
      const parsed = agentAlertSchema.safeParse(parseJson(texts[index]));
      if (parsed.success) {
        active.set(condition, parsed.data);
      } else {
        // Nobody can go on with it, and it would keep its condition silent for ever.
        await this.log.redis.hdel(agentAlertsActive, condition);
      }
    }
    const fired = Object.entries(await this.log.redis.hgetall(agentAlertsFired)).map(([condition, at]): [string, number] => [condition, Number(at)]);
    return { active, fired: new Map(fired) };
  }

  /**
   * @returns false when somebody else changed it meanwhile: then load again
   * @throws FencedError when another copy leads now
   */
  async write(write: AlertWrite): Promise<boolean> {
    const { alert, cooldownFrom } = write;
    const { agentAlerts, agentAlertsActive, agentAlertsFired, agentAlertsResolved, agentAlertsOutbox } = this.keys;
    const event = alertEvent(write);
    const keys = [this.keys.lease(this.fence.task), agentAlerts, agentAlertsActive, agentAlertsFired, agentAlertsResolved, agentAlertsOutbox];
    const end = alert.resolved_at === null ? '' : Date.parse(alert.resolved_at);
    try {
      const reply = await this.log.redis.eval(ALERT_SCRIPT, keys.length, ...keys, this.fence.token, alert.alert_id, alert.condition, alert.revision - 1, JSON.stringify(alert), end, cooldownFrom ?? '', event.id, encodeEvent(event));
      return reply === 'written';
    } catch (cause) {
      throw /FENCED /.test(errorText(cause)) ? new FencedError(this.fence.task) : cause;
    }
  }

  /** True when the command has changed this alert already: its event is in the outbox or in the log. */
  async wasDone(commandId: string, alertId: string): Promise<boolean> {
    const id = commandedId(commandId, alertId);
    const { agentAlertsOutbox, ids } = this.keys;
    return (await this.log.redis.hexists(agentAlertsOutbox, id)) === 1 || (await this.log.redis.zscore(ids, id)) !== null;
  }

  /** Appends what stands in the outbox, in order, and takes it out. Repeating any part of it changes nothing. */
  async flush(): Promise<void> {
    const { agentAlertsOutbox } = this.keys;
    const waiting = Object.entries(await this.log.redis.hgetall(agentAlertsOutbox));
    if (waiting.length === 0) {
      return;
    }
    const events = waiting.flatMap(([, json]): AlertEvent[] => {
      const decoded = decodeEvent(json);
      return decoded.ok && isEvent(decoded.value, 'agent_alert') ? [decoded.value] : [];
    });
    // Changes of one alert within a millisecond keep their order too.
    const ordered = events.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time) || a.data.alert.revision - b.data.alert.revision);
    if (ordered.length > 0) {
      await this.log.append(ordered, { fence: this.fence, partition: 0 });
    }
    await this.log.redis.hdel(agentAlertsOutbox, ...waiting.map(([id]) => id));
  }

  /** Forgets resolved alerts after their time, and those beyond the bound; and cooldowns that are long over. */
  async forgetOld(now: number): Promise<void> {
    const { agentAlerts, agentAlertsResolved, agentAlertsFired } = this.keys;
    const beyond = (await this.log.redis.zcard(agentAlertsResolved)) - MAX_RESOLVED;
    const [old, many] = [
      await this.log.redis.zrangebyscore(agentAlertsResolved, '-inf', String(now - KEEP_RESOLVED_MS), 'LIMIT', 0, ROUND),
      beyond > 0 ? await this.log.redis.zrange(agentAlertsResolved, 0, String(Math.min(beyond, ROUND) - 1)) : [],
    ];
    const gone = [...new Set([...old, ...many])];
    if (gone.length > 0) {
      await this.log.redis.hdel(agentAlerts, ...gone);
      await this.log.redis.zrem(agentAlertsResolved, ...gone);
    }
    const fired = Object.entries(await this.log.redis.hgetall(agentAlertsFired));
    const over = fired.filter(([, at]) => now - Number(at) > KEEP_FIRED_MS).map(([condition]) => condition);
    if (over.length > 0) {
      await this.log.redis.hdel(agentAlertsFired, ...over);
    }
  }

  private get keys() {
    return this.log.partition(0);
  }
}
