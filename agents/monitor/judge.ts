import type { Anomaly, Severity } from '../../src/contract/events';
import type { Moment } from './moment';
import type { Overload } from './overload';
import { downOnPurpose, isDown, ms, willRestart, type Vitals } from './vitals';

export interface Limits {
  cpuPercent: number;
  memoryPercent: number;
  confirmMs: number;
  recoverMs: number;
  /** More restarts than this within `loopMs` are a loop. */
  loopCount: number;
  loopMs: number;
}

/** One thing that is not as it should be. */
export interface Finding {
  anomaly: Anomaly;
  /** When it began, milliseconds since 1970. */
  since: number;
  /** False: it is only told beside others and raises no alert by itself. */
  alone: boolean;
}

/** More restarts than this are worth telling, as the Python original does. */
export const EXCESSIVE_RESTARTS = 5;
const CRITICAL_PERCENT = 95;
/** From this part of the threshold on a figure is told beside others. */
const MEDIUM_PART = 0.8;
/** A kernel kill of another process than the main one counts so long, unless the container ends. */
const OOM_COUNTS_MS = 10_000;
/** The kernel's word comes a moment before the end of the container, if it was its main process. */
const OOM_SETTLES_MS = 300;

function overloadSeverity(value: number, threshold: number): Severity {
  if (value > CRITICAL_PERCENT) {
    return 'critical';
  }
  return value > threshold ? 'high' : 'medium';
}

const isWantedDown = (vitals: Vitals): boolean => isDown(vitals.details) && downOnPurpose(vitals);
const percent = (value: number): string => `${Math.round(value * 10) / 10} %`;

function overloaded(type: 'high_cpu' | 'high_memory', state: Overload, threshold: number, noun: string, now: Moment): Finding[] {
  const { value, hot } = state;
  // Unconfirmed yet, or not hot: a high figure is told only beside something else.
  if (value === undefined || (!hot && value < threshold * MEDIUM_PART)) {
    return [];
  }
  const seconds = Math.max(0, Math.round((now.wall - (state.since ?? now.wall)) / 1000));
  const severity = hot ? overloadSeverity(Math.max(value, threshold + 0.01), threshold) : 'medium';
  const detail = hot ? `${noun} is at ${percent(value)} and was over ${percent(threshold)} for ${seconds} s.` : `${noun} is at ${percent(value)}; ${percent(threshold)} are allowed.`;
  return [{ anomaly: { type, severity, threshold, actual: value, detail }, since: state.since ?? now.wall, alone: hot }];
}

function cpu(vitals: Vitals, limits: Limits, now: Moment): Finding[] {
  const own = vitals.details.cpuLimit;
  const noun = own ? `CPU (of the ${own} CPUs it may use)` : 'CPU';
  return overloaded('high_cpu', vitals.cpu, limits.cpuPercent, noun, now);
}

/** Whether the kernel ended the container itself, or one of its processes a moment ago. */
function kernelKill({ details, oom }: Vitals, now: Moment): 'container' | 'process' | undefined {
  if (isDown(details) && details.oomKilled) {
    return 'container';
  }
  const age = oom === undefined ? Infinity : now.mono - oom.mono;
  return age >= OOM_SETTLES_MS && age < OOM_COUNTS_MS ? 'process' : undefined;
}

function outOfMemory(vitals: Vitals, now: Moment): Finding[] {
  const { details, oom } = vitals;
  const killed = kernelKill(vitals, now);
  if (!killed || isWantedDown(vitals)) {
    return [];
  }
  const ended = killed === 'container';
  const limit = details.memoryLimit ? ` at its limit of ${Math.round(details.memoryLimit / 1_048_576)} MiB` : '';
  const what = ended ? 'The kernel ended the container' : 'The kernel ended a process of the container';
  const anomaly: Anomaly = { type: 'oom_killed', severity: 'critical', ...(ended ? { exit_code: details.exitCode } : {}), detail: `${what}, because memory ran out${limit}.` };
  const endedAt = ended ? ms(details.finishedAt) : undefined;
  return [{ anomaly, since: oom?.wall ?? endedAt ?? now.wall, alone: true }];
}

function exited(vitals: Vitals, limits: Limits, now: Moment): Finding[] {
  const { details, down } = vitals;
  if (!isDown(details) || details.exitCode === 0 || downOnPurpose(vitals) || details.autoRemove) {
    return [];
  }
  // Docker may bring it back by itself: that is waited for, unless it does not come.
  const waited = down ? now.mono - down.mono : limits.confirmMs;
  const comesBack = willRestart(details) && waited < limits.confirmMs;
  const reason = details.error ? ` ${details.error.slice(0, 200)}` : '';
  const detail = `It ended with exit code ${details.exitCode}${willRestart(details) ? '; Docker tries to restart it' : ''}.${reason}`;
  return [{ anomaly: { type: 'non_zero_exit', severity: 'high', exit_code: details.exitCode, actual: details.exitCode, detail }, since: ms(details.finishedAt) ?? now.wall, alone: !comesBack }];
}

function restarts(vitals: Vitals, limits: Limits, now: Moment): Finding[] {
  if (isWantedDown(vitals)) {
    return [];
  }
  const recent = vitals.restarts.filter((one) => now.mono - one.mono <= limits.loopMs);
  const count = vitals.details.restartCount;
  const since = recent[0]?.wall ?? now.wall;
  const minutes = Math.round(limits.loopMs / 6000) / 10;
  const found: Finding[] = [];
  // A loop is over when it has run well for some time, however many restarts the window still holds.
  if (recent.length > limits.loopCount && !steady(vitals, limits, now)) {
    const detail = `Docker has restarted it ${recent.length} times within ${minutes} min.`;
    found.push({ anomaly: { type: 'restart_loop', severity: 'high', threshold: limits.loopCount, actual: recent.length, restart_count: count, detail }, since, alone: true });
  }
  if (count > EXCESSIVE_RESTARTS) {
    const anomaly: Anomaly = { type: 'excessive_restarts', severity: 'medium', threshold: EXCESSIVE_RESTARTS, actual: count, restart_count: count, detail: `Docker has restarted it ${count} times since it was started by hand.` };
    found.push({ anomaly, since, alone: recent.length > 0 && !steady(vitals, limits, now) });
  }
  return found;
}

/** After restarts it must hold for three times as long as otherwise. */
const STEADY_TIMES = 3;

function steady({ details, up }: Vitals, limits: Limits, now: Moment): boolean {
  return up !== undefined && details.running && now.mono - up.mono >= limits.recoverMs * STEADY_TIMES;
}

function unhealthy({ details, healthSince }: Vitals, now: Moment): Finding[] {
  if (details.health !== 'unhealthy' || !details.running) {
    return [];
  }
  const last = details.healthLog.at(-1);
  const detail = last ? `The health check fails with exit code ${last.exitCode}.` : 'The health check fails.';
  return [{ anomaly: { type: 'unhealthy_status', severity: 'high', status: 'unhealthy', detail }, since: healthSince ?? now.wall, alone: true }];
}

function lostParent({ details, parentLost }: Vitals, limits: Limits, now: Moment): Finding[] {
  // Compose restarts dependents by itself after a moment.
  if (!parentLost || !details.running || now.mono - parentLost.mono < limits.confirmMs) {
    return [];
  }
  const detail = parentLost.why === 'gone' ? 'The container whose network it shares is gone; it must be created anew.' : 'The container whose network it shares was restarted, so it has no network.';
  return [{ anomaly: { type: 'lost_parent_network', severity: 'high', detail }, since: parentLost.wall, alone: true }];
}

const SEVERITY_ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const rank = (finding: Finding): number => SEVERITY_ORDER.indexOf(finding.anomaly.severity);

/** What is wrong with a container now, the worst first; among equals the cause before its consequence. Pure. */
export function judge(vitals: Vitals, limits: Limits, now: Moment): Finding[] {
  // A paused container uses nothing and answers nothing; that is what pausing is for.
  if (vitals.details.paused) {
    return [];
  }
  const running = vitals.details.running;
  const findings = [
    ...outOfMemory(vitals, now),
    ...restarts(vitals, limits, now),
    ...lostParent(vitals, limits, now),
    ...exited(vitals, limits, now),
    ...unhealthy(vitals, now),
    ...(running ? overloaded('high_memory', vitals.memory, limits.memoryPercent, 'Memory', now) : []),
    ...(running ? cpu(vitals, limits, now) : []),
  ];
  return findings.sort((a, b) => rank(a) - rank(b));
}

/** Down, and nobody is to bring it up: it was stopped, or has done its work. */
export function atRest(vitals: Vitals): boolean {
  const { details } = vitals;
  return isDown(details) && (downOnPurpose(vitals) || (details.exitCode === 0 && !willRestart(details)) || details.autoRemove);
}

/** Nothing is wrong, and it has shown so for long enough. A health check that passes is proof at once. */
export function settled(vitals: Vitals, findings: readonly Finding[], limits: Limits, now: Moment): boolean {
  const { details, up } = vitals;
  // A figure that is over its threshold, but not long enough to be told, speaks against it as well.
  const doubtful = [vitals.cpu, vitals.memory].some((one) => one.crossing !== undefined && !one.hot);
  if (doubtful || findings.some((finding) => finding.alone) || !up || !details.running || details.paused) {
    return false;
  }
  if (details.hasHealthCheck && details.health !== 'unknown') {
    return details.health === 'healthy';
  }
  return now.mono - up.mono >= limits.recoverMs;
}
