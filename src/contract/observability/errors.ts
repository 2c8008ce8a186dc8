import { ALERT_SEVERITIES, type AlertSeverity } from '../events/observer';
import type { ErrorGroup, LogEntry, LogLevel } from './schemas';
import { utcTime } from './time-range';

/** Equal errors told once (R379 to R381). Pure. */

/** Characters of a message that tell one error from another. */
const MESSAGE_START = 50;

const SEVERITY_OF: Readonly<Record<LogLevel, AlertSeverity>> = { fatal: 'critical', error: 'error', warn: 'warning', info: 'info', debug: 'info', trace: 'info' };

/** What a line of this level is worth as an error. */
export const severityOfLevel = (level: LogLevel): AlertSeverity => SEVERITY_OF[level];

const typeOf = (entry: LogEntry): string => String(entry.attributes.error_type ?? 'unknown') || 'unknown';
// Whole characters: half of one is none.
const startOf = (message: string): string => [...message.slice(0, MESSAGE_START * 2)].slice(0, MESSAGE_START).join('');

/** A time that cannot be read is older than all others. */
const timeOf = (timestamp: string): number => {
  const at = utcTime(timestamp);
  return Number.isNaN(at) ? -Infinity : at;
};

const worst = (a: AlertSeverity, b: AlertSeverity): AlertSeverity => (ALERT_SEVERITIES.indexOf(a) >= ALERT_SEVERITIES.indexOf(b) ? a : b);

/** @param entries of one group, oldest first */
function group(entries: readonly LogEntry[], last: LogEntry): ErrorGroup {
  return {
    error_type: typeOf(last),
    message: last.message,
    count: entries.length,
    first_seen: (entries.find(({ timestamp }) => Number.isFinite(timeOf(timestamp))) ?? last).timestamp,
    last_seen: last.timestamp,
    sample_trace_id: entries.findLast((entry) => entry.trace_id !== '')?.trace_id ?? '',
    severity: entries.map(({ level }) => severityOfLevel(level)).reduce(worst),
    agents: [...new Set(entries.map(({ agent_id: agent }) => agent))].toSorted(),
  };
}

/** By type and the beginning of the message; the largest group first, the latest first among equally large ones. What a group shows is its latest line. */
export function groupErrors(entries: readonly LogEntry[]): ErrorGroup[] {
  const groups = new Map<string, LogEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([typeOf(entry), startOf(entry.message)]);
    const held = groups.get(key);
    if (held) {
      held.push(entry);
    } else {
      groups.set(key, [entry]);
    }
  }
  return [...groups.values()]
    .flatMap((held) => {
      const sorted = held.toSorted((a, b) => timeOf(a.timestamp) - timeOf(b.timestamp) || 0);
      const last = sorted.at(-1);
      return last ? [group(sorted, last)] : [];
    })
    .toSorted((a, b) => b.count - a.count || timeOf(b.last_seen) - timeOf(a.last_seen) || 0);
}
