import type { Anomaly, EventOf, Figures, Severity } from '../events';
import { plainText } from './plain-text';
import { percentText } from './time';

const WORST_FIRST: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The worst severity of an alert; `low` when it names none. */
export function worstOf(anomalies: readonly Anomaly[]): Severity {
  return WORST_FIRST.find((severity) => anomalies.some((anomaly) => anomaly.severity === severity)) ?? 'low';
}

/** `CPU 12 %, memory 71 %`; empty when neither is known. */
export function figuresText(figures: Figures): string {
  return [
    figures.cpu_percent === undefined ? '' : `CPU ${percentText(figures.cpu_percent)}`,
    figures.memory_percent === undefined ? '' : `memory ${percentText(figures.memory_percent)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

const counted = (count: number | undefined, one: string, many = `${one}s`) =>
  count === undefined ? `some ${many}` : `${count} ${count === 1 ? one : many}`;
const limited = (anomaly: Anomaly, unit: (value: number | undefined) => string) =>
  anomaly.threshold === undefined ? '' : `, limit ${unit(anomaly.threshold)}`;
const plain = (value: number | undefined) => String(value ?? 'unknown');

const ANOMALY_TEXT: Record<string, (anomaly: Anomaly) => string> = {
  high_cpu: (anomaly) => `CPU ${percentText(anomaly.actual)}${limited(anomaly, percentText)}`,
  high_memory: (anomaly) => `memory ${percentText(anomaly.actual)}${limited(anomaly, percentText)}`,
  unhealthy_status: (anomaly) => `health check says ${anomaly.status ?? 'unhealthy'}`,
  non_zero_exit: (anomaly) => `exited with code ${plain(anomaly.exit_code ?? anomaly.actual)}`,
  excessive_restarts: (anomaly) =>
    `${counted(anomaly.restart_count ?? anomaly.actual, 'restart')}${limited(anomaly, plain)}`,
  restart_loop: (anomaly) =>
    `restart loop, ${counted(anomaly.restart_count ?? anomaly.actual, 'restart')}${limited(anomaly, plain)}`,
  oom_killed: () => 'killed for memory',
  lost_parent_network: () => 'lost the network of its parent container',
};

/** One finding in words; its own sentence where the monitor wrote one. */
export function anomalyText(anomaly: Anomaly): string {
  if (anomaly.detail) {
    return plainText(anomaly.detail).replace(/\.$/, '');
  }
  const known = Object.hasOwn(ANOMALY_TEXT, anomaly.type) ? ANOMALY_TEXT[anomaly.type] : undefined;
  return plainText(known ? known(anomaly) : anomaly.type.replaceAll('_', ' '));
}

/** Everything that an alert found, worst first. */
export function alertText(event: EventOf<'health_alert'>): string {
  const { anomalies, status, health_status: health } = event.data;
  const sorted = WORST_FIRST.flatMap((severity) => anomalies.filter((anomaly) => anomaly.severity === severity));
  const found = sorted.slice(0, 5).map(anomalyText).filter(Boolean).join('; ');
  return found || `state ${plainText(status, 40)}, health ${plainText(health, 40)}`;
}

function changeText(name: string, before: string, after: string): string {
  return before === after ? `${name} ${after} as before` : `${name} ${before} -> ${after}`;
}

function measured(name: string, before: number | undefined, after: number | undefined): string[] {
  return before === undefined || after === undefined ? [] : [changeText(name, percentText(before), percentText(after))];
}

/** `health unhealthy -> healthy, CPU 97 % -> 4 %`: the same figures before and after. */
export function effectText(event: EventOf<'remediation_verified'>): string {
  const { before, after } = event.data;
  const health = changeText('health', plainText(before.health_status, 40), plainText(after.health_status, 40));
  const status = changeText('state', plainText(before.status, 40), plainText(after.status, 40));
  return [
    before.health_status === 'unknown' && after.health_status === 'unknown' ? status : health,
    ...measured('CPU', before.metrics.cpu_percent, after.metrics.cpu_percent),
    ...measured('memory', before.metrics.memory_percent, after.metrics.memory_percent),
  ].join(', ');
}
