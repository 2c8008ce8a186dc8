import { agentAlertSchema, type AgentAlert } from '../../../src/contract/events';
import { defaultRules, mergeRules, type StoredRule } from '../../../src/contract/observability/rules';
import { alertRuleSchema, historyPointSchema, observedSchema, type AlertRule, type HistoryPoint, type Observed, type Range } from '../../../src/contract/observability/schemas';
import { rawEntries } from '../consumer';
import type { HemostatLog } from '../log';
import { untilAborted } from '../wait';
import { readAs, Unreadable } from './redis-source';

/** What the observer and operators write, read back. Everything of it lies in partition 0. Errors of Redis are thrown as they are. */

const DAY_MS = 86_400_000;
const PAGE = 5000;
/** A point is written some moments after its time, by the clock of another machine, milliseconds. */
const SLACK_MS = 60_000;

/** @throws the reason of the signal, once it is given: a connection that is away keeps its commands for ever */
const until = async <T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> => (signal ? untilAborted(work, signal) : work);

/** How every part of the system is, as the observer saw it last. @returns undefined when it never looked, or what it wrote cannot be read */
export async function readObserved(log: HemostatLog, signal?: AbortSignal): Promise<Observed | undefined> {
  return readAs(observedSchema, await until(signal, log.redis.get(log.partition(0).observed)));
}

async function historyPoints(log: HemostatLog, range: Range): Promise<HistoryPoint[]> {
  const key = log.partition(0).healthHistory;
  const points: HistoryPoint[] = [];
  let from = String(Math.max(0, Math.floor(range.from) - SLACK_MS));
  const to = String(Math.max(0, Math.ceil(range.to) + SLACK_MS));
  for (;;) {
    const entries = rawEntries(await log.redis.xrange(key, from, to, 'COUNT', PAGE));
    points.push(...entries.flatMap(({ json }) => readAs(historyPointSchema, json) ?? []));
    const last = entries.at(-1);
    if (!last || entries.length < PAGE) {
      return points;
    }
    from = `(${last.id}`;
  }
}

/** Every point of the history of the system's health in the range, oldest first; those that cannot be read are left out. */
export async function readHistory(log: HemostatLog, range: Range, signal?: AbortSignal): Promise<HistoryPoint[]> {
  const timed = (await until(signal, historyPoints(log, range))).map((point) => ({ point, time: Date.parse(point.timestamp) }));
  return timed
    .filter(({ time }) => time >= range.from && time <= range.to)
    .sort((a, b) => a.time - b.time)
    .map(({ point }) => point);
}

/** Every alert that is kept. */
export async function readAlertHash(log: HemostatLog, unreadable: Unreadable): Promise<AgentAlert[]> {
  const values = await log.redis.hvals(log.partition(0).agentAlerts);
  return values.flatMap((json) => {
    const alert = readAs(agentAlertSchema, json);
    if (!alert) {
      unreadable.add();
    }
    return alert ?? [];
  });
}

/** Alerts about HemoStat itself: those that are not resolved, and those resolved within the last 24 hours. */
export async function readAgentAlerts(log: HemostatLog, signal?: AbortSignal, now = Date.now()): Promise<AgentAlert[]> {
  const alerts = await until(signal, readAlertHash(log, new Unreadable()));
  return alerts.filter(({ resolved_at }) => resolved_at === null || Date.parse(resolved_at) >= now - DAY_MS);
}

/** The rules that come with HemoStat, by the limits that the observer goes by. */
async function defaultsInForce(log: HemostatLog): Promise<readonly AlertRule[]> {
  return defaultRules((await readObserved(log))?.limits);
}

/**
 * The alert rules in force: the defaults, each as it was changed, then the user's own. A stored rule that cannot be read is left out, so its
 * default is in force again.
 * @param defaults those that come with HemoStat; without them as the observer told
 */
export async function readRules(log: HemostatLog, defaults?: readonly AlertRule[], signal?: AbortSignal): Promise<StoredRule[]> {
  const [brought, stored] = await until(signal, Promise.all([defaults ?? defaultsInForce(log), log.redis.hvals(log.partition(0).agentAlertRules)]));
  return mergeRules(
    brought,
    stored.flatMap((json) => readAs(alertRuleSchema, json) ?? [])
  );
}
