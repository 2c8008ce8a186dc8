import type { Severity } from '../../src/contract/events';
import { SEVERITIES } from '../../src/contract/events';
import type { Finding } from './judge';
import type { Moment } from './moment';

/** One illness from its first alert to its end. */
export interface Illness {
  /** Milliseconds since 1970. */
  since: number;
  /** Alerts told so far. */
  alerts: number;
  /** Monotonic milliseconds. */
  nextAlert: number;
  /** The wait after the next alert, milliseconds. */
  interval: number;
  /** What was told, with the highest severity of each; absent when an earlier monitor told it. */
  told?: Readonly<Record<string, Severity>>;
  /** When somebody stopped it on purpose, or it was removed (monotonic): it may come back in a moment. */
  leaving?: number;
}

export interface IllnessRule {
  /** Until the first repeated alert. */
  repeatMs: number;
  /** So long a stopped or removed container may come back as the same case. */
  leaveMs: number;
}

export const LONGEST_REPEAT_MS = 300_000;

/** How the container stands now. */
export interface Standing {
  findings: readonly Finding[];
  settled: boolean;
  /** It is down because somebody wants it so. */
  stoppedOnPurpose: boolean;
}

export type Say = { what: 'alert'; repeat: boolean } | { what: 'recovered'; reason: 'well' | 'stopped_on_purpose' };
export interface Step {
  illness: Illness | undefined;
  say?: Say;
}

const worse = (a: Severity, b: Severity | undefined): boolean => b === undefined || SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b);

function tell(told: Illness['told'], findings: readonly Finding[]): Record<string, Severity> {
  const all: Record<string, Severity> = { ...told };
  for (const { anomaly } of findings) {
    if (worse(anomaly.severity, all[anomaly.type])) {
      all[anomaly.type] = anomaly.severity;
    }
  }
  return all;
}

function fallIll(findings: readonly Finding[], now: Moment, rule: IllnessRule): Step {
  const alone = findings.filter((finding) => finding.alone);
  const since = Math.min(now.wall, ...alone.map((finding) => finding.since));
  return {
    illness: { since, alerts: 1, nextAlert: now.mono + rule.repeatMs, interval: Math.min(rule.repeatMs * 2, longest(rule)), told: tell(undefined, findings) },
    say: { what: 'alert', repeat: false },
  };
}

const longest = (rule: IllnessRule): number => Math.max(rule.repeatMs, LONGEST_REPEAT_MS);

function stillIll(illness: Illness, findings: readonly Finding[], now: Moment, rule: IllnessRule): Step {
  const { leaving: _leaving, ...rest } = illness;
  const alone = findings.filter((finding) => finding.alone);
  const news = illness.told !== undefined && alone.some(({ anomaly }) => worse(anomaly.severity, illness.told?.[anomaly.type]));
  const told = tell(illness.told, findings);
  const due = illness.alerts === 0 || now.mono >= illness.nextAlert;
  if (!news && !due) {
    return { illness: { ...rest, told } };
  }
  // News come beside the regular repetition and do not put it off.
  const next = due ? { nextAlert: now.mono + illness.interval, interval: Math.min(illness.interval * 2, longest(rule)) } : {};
  return { illness: { ...rest, told, alerts: illness.alerts + 1, ...next }, say: { what: 'alert', repeat: illness.alerts > 0 } };
}

function leave(illness: Illness, now: Moment, rule: IllnessRule): Step {
  const leaving = illness.leaving ?? now.mono;
  return now.mono - leaving >= rule.leaveMs ? { illness: undefined, say: { what: 'recovered', reason: 'stopped_on_purpose' } } : { illness: { ...illness, leaving } };
}

/**
 * The next state of a container's illness and what is to be told. Pure: an alert when it falls ill, again while it is ill
 * (with growing waits, and at once when something new or worse joins), `recovered` once when it is over.
 */
export function stepIllness(illness: Illness | undefined, standing: Standing, now: Moment, rule: IllnessRule): Step {
  const alone = standing.findings.some((finding) => finding.alone);
  if (!illness) {
    return alone ? fallIll(standing.findings, now, rule) : { illness: undefined };
  }
  if (alone) {
    return stillIll(illness, standing.findings, now, rule);
  }
  if (standing.stoppedOnPurpose) {
    return leave(illness, now, rule);
  }
  if (standing.settled) {
    return { illness: undefined, say: { what: 'recovered', reason: 'well' } };
  }
  const { leaving: _leaving, ...rest } = illness;
  return { illness: rest };
}

/** The illness that an earlier monitor knew of. Its next repeated alert comes after one whole wait; at once when none was told. */
export function restoredIllness(since: number, alerts: number, now: Moment, rule: IllnessRule): Illness {
  const interval = Math.min(rule.repeatMs * 2 ** Math.min(alerts, 10), longest(rule));
  return { since, alerts, nextAlert: now.mono + rule.repeatMs, interval };
}
