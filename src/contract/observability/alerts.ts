import { ALERT_SEVERITIES, type AgentAlert, type AlertSeverity } from '../events/observer';
import { isActive } from './alert-state';
import type { AlertEntry, DashboardPayload } from './payloads';

export * from './alert-state';

/** How alerts about HemoStat itself are counted, sorted and listed (R436 to R443, R457 to R464). Pure. */

/** R436: 1 to 4. */
export const ALERT_PRIORITIES: Readonly<Record<AlertSeverity, number>> = { info: 1, warning: 2, error: 3, critical: 4 };
/** In the order in which they are shown (R459). */
export const SEVERITIES_BY_PRIORITY: readonly AlertSeverity[] = [...ALERT_SEVERITIES].toReversed();
/** R457. */
export const ALERT_ENTRIES = 10;

/** What people see of an id (R439). */
export const shortAlertId = (id: string): string => id.slice(0, 8);

/** A time that cannot be read is the oldest. */
const triggered = ({ triggered_at: at }: AgentAlert): number => Date.parse(at) || 0;
const byTime = (a: AgentAlert, b: AgentAlert): number => triggered(a) - triggered(b) || (a.alert_id < b.alert_id ? -1 : 1);
/** The most urgent first, then the one that has waited longest (R442). */
export const byUrgency = (a: AgentAlert, b: AgentAlert): number => ALERT_PRIORITIES[b.severity] - ALERT_PRIORITIES[a.severity] || byTime(a, b);

/** Firing and acknowledged ones, the most urgent first (R442). */
export const activeAlerts = (alerts: readonly AgentAlert[]): AgentAlert[] => alerts.filter(isActive).toSorted(byUrgency);

/** Of the active ones (R443). */
export function summarizeAlerts(alerts: readonly AgentAlert[]): DashboardPayload['alerts']['summary'] {
  const active = alerts.filter(isActive);
  const severe = (severity: AlertSeverity) => active.filter((alert) => alert.severity === severity).length;
  const inState = (status: AgentAlert['status']) => active.filter((alert) => alert.status === status).length;
  return {
    total: active.length,
    by_severity: { critical: severe('critical'), error: severe('error'), warning: severe('warning'), info: severe('info') },
    by_status: { firing: inState('firing'), acknowledged: inState('acknowledged') },
  };
}

const UNITS: ReadonlyArray<[ms: number, unit: string]> = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
];

/** One figure with one unit, whole ones only: `45s`, `5m`, `3h`, `2d` (R461). @param ms less than nothing counts as 0 */
export function durationWords(ms: number): string {
  const length = Number.isFinite(ms) ? Math.max(0, ms) : 0;
  const [size, unit] = UNITS.find(([least]) => length >= least) ?? [1000, 's'];
  return `${Math.floor(length / size)}${unit}`;
}

const ACTIONS: Readonly<Record<AgentAlert['status'], AlertEntry['actions']>> = {
  firing: ['acknowledge', 'silence', 'view_details'],
  acknowledged: ['resolve', 'silence', 'view_details'],
  // Acknowledging ends a silence that was not meant.
  silenced: ['acknowledge', 'view_details'],
  resolved: ['view_details'],
};

/** R460 to R464. @param now milliseconds; the duration of a resolved one ends with it */
export function alertEntry(alert: AgentAlert, now: number): AlertEntry {
  return {
    id: alert.alert_id,
    name: alert.name,
    severity: alert.severity,
    status: alert.status,
    message: alert.message,
    triggeredAt: alert.triggered_at,
    duration: durationWords((alert.resolved_at === null ? now : Date.parse(alert.resolved_at)) - Date.parse(alert.triggered_at)),
    acknowledgedBy: alert.acknowledged_by ?? null,
    silencedUntil: alert.status === 'silenced' ? (alert.silenced_until ?? null) : null,
    labels: alert.labels,
    actions: [...ACTIONS[alert.status]],
  };
}

export interface EntryOptions {
  now: number;
  /** R458. */
  showAcknowledged?: boolean;
  /** Silenced ones are listed behind all others, so that they are not forgotten and take nobody's place. */
  showSilenced?: boolean;
  /** R459; otherwise by time alone, the oldest first. */
  groupBySeverity?: boolean;
  limit?: number;
}

/** The alert list: filtered and sorted before it is cut, with the number of those that are cut off (R457 as settled). */
export function alertEntries(alerts: readonly AgentAlert[], { now, showAcknowledged = true, showSilenced = false, groupBySeverity = true, limit = ALERT_ENTRIES }: EntryOptions): { entries: AlertEntry[]; hidden: number } {
  const silenced = ({ status }: AgentAlert) => Number(status === 'silenced');
  const wanted = alerts.filter(({ status }) => status === 'firing' || (status === 'acknowledged' && showAcknowledged) || (status === 'silenced' && showSilenced));
  const shown = wanted.toSorted((a, b) => silenced(a) - silenced(b) || byUrgency(a, b)).slice(0, limit);
  const arranged = groupBySeverity ? shown.toSorted((a, b) => ALERT_PRIORITIES[b.severity] - ALERT_PRIORITIES[a.severity]) : shown.toSorted(byTime);
  return { entries: arranged.map((alert) => alertEntry(alert, now)), hidden: wanted.length - shown.length };
}
