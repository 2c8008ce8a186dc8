import type { Evidence } from '../../../src/contract/events';
import { trendOf, trendText } from './trend';
import type { Rule, RuleInput } from './types';

/*
 * The rules of the Python original, in its order and with its figures. First match wins.
 * An unknown figure counts as 0 here, as it does there: it never triggers a rule.
 */

const RESTARTS_LIMIT = 5;
const CPU_LIMIT = 90;
const MEMORY_LIMIT = 70;

const EXIT_CODES: Record<number, string> = {
  1: 'its program ended with a general error',
  2: 'its program was called in a wrong way',
  126: 'its command cannot be executed',
  127: 'its command was not found',
  130: 'its program was interrupted (SIGINT)',
  134: 'its program aborted itself (SIGABRT)',
  137: 'its program was killed (SIGKILL)',
  139: 'its program crashed on a memory fault (SIGSEGV)',
  143: 'its program was asked to end (SIGTERM)',
};

/** What an exit code usually means. */
export function exitMeaning(code: number): string {
  return EXIT_CODES[code] ?? (code > 128 && code < 160 ? `its program was ended by signal ${code - 128}` : 'its program ended with an error of its own');
}

export const percent = (value: number | undefined): string => (value === undefined ? 'unknown' : `${Math.round(value * 10) / 10} %`);

const evidence = (what: string, value: string | number, source = 'Docker'): Evidence => ({ what, value: String(value), source });
const cpuOf = (input: RuleInput) => input.alert.metrics.cpu_percent ?? 0;
const memoryOf = (input: RuleInput) => input.alert.metrics.memory_percent ?? 0;

const exitCode: Rule = {
  name: 'exit_code',
  judge: ({ alert }) =>
    alert.exit_code === 0
      ? undefined
      : {
          action: 'restart',
          confidence: 0.9,
          reason: `The container ended with exit code ${alert.exit_code}.`,
          rootCause: `Exit code ${alert.exit_code}: ${exitMeaning(alert.exit_code)}.`,
          evidence: [evidence('exit code', alert.exit_code), evidence('status', alert.status)],
          falseAlarm: false,
          certain: 'ill',
        },
};

const manyRestarts: Rule = {
  name: 'many_restarts',
  judge: ({ alert }) =>
    alert.restart_count <= RESTARTS_LIMIT
      ? undefined
      : {
          action: 'none',
          confidence: 0.6,
          reason: `Docker has restarted it ${alert.restart_count} times already (limit ${RESTARTS_LIMIT}); another restart is not likely to help.`,
          rootCause: 'The container ends again and again after being restarted.',
          evidence: [evidence('restart count', `${alert.restart_count} (limit ${RESTARTS_LIMIT})`)],
          falseAlarm: true,
        },
};

const critical: Rule = {
  name: 'critical_anomaly',
  judge: ({ alert }) => {
    const found = alert.anomalies.filter((anomaly) => anomaly.severity === 'critical');
    if (found.length === 0) {
      return undefined;
    }
    const names = [...new Set(found.map((anomaly) => anomaly.type))].join(', ');
    return {
      action: 'restart',
      confidence: 0.85,
      reason: `Critical: ${names}.`,
      rootCause: `A limit was passed by far: ${names}.`,
      evidence: found.map((anomaly) => evidence(anomaly.type, anomaly.actual === undefined ? 'critical' : `${anomaly.actual} (limit ${anomaly.threshold ?? 'unknown'})`, 'monitor')),
      falseAlarm: false,
    };
  },
};

const unhealthy: Rule = {
  name: 'unhealthy',
  judge: ({ alert }) =>
    alert.health_status === 'unhealthy'
      ? {
          action: 'restart',
          confidence: 0.7,
          reason: 'Its health check fails.',
          rootCause: 'The health check of the container fails.',
          evidence: [evidence('health status', alert.health_status)],
          falseAlarm: false,
        }
      : undefined,
};

const lastingCpu: Rule = {
  name: 'lasting_cpu',
  needsHistory: (input) => cpuOf(input) > CPU_LIMIT,
  judge: (input, history) => {
    const trend = trendOf(history, 'cpu_percent');
    if (cpuOf(input) <= CPU_LIMIT || (trend.direction !== 'rising' && trend.direction !== 'stable')) {
      return undefined;
    }
    return {
      action: 'restart',
      confidence: 0.75,
      reason: `CPU stays high: ${percent(input.alert.metrics.cpu_percent)}, ${trend.direction} over ${trend.values.length} alerts.`,
      rootCause: 'The program keeps the CPU busy without an end in sight.',
      evidence: [evidence('CPU', `${percent(input.alert.metrics.cpu_percent)} (limit ${CPU_LIMIT} %)`), evidence('CPU trend', trendText(trend), 'alert history')],
      falseAlarm: false,
    };
  },
};

const memoryLeak: Rule = {
  name: 'memory_leak',
  needsHistory: (input) => memoryOf(input) > MEMORY_LIMIT,
  judge: (input, history) => {
    const trend = trendOf(history, 'memory_percent');
    if (memoryOf(input) <= MEMORY_LIMIT || trend.direction !== 'rising') {
      return undefined;
    }
    return {
      action: 'restart',
      confidence: 0.8,
      reason: `Memory keeps rising: ${percent(input.alert.metrics.memory_percent)} after ${trend.values.length} alerts, as with a leak.`,
      rootCause: 'Memory use rises from alert to alert: the program does not give it back.',
      evidence: [evidence('memory', `${percent(input.alert.metrics.memory_percent)} (limit ${MEMORY_LIMIT} %)`), evidence('memory trend', trendText(trend), 'alert history')],
      falseAlarm: false,
    };
  },
};

const isOneMedium = ({ alert }: RuleInput) => alert.anomalies.length === 1 && alert.anomalies[0]?.severity === 'medium';

const oneSpike: Rule = {
  name: 'one_spike',
  needsHistory: isOneMedium,
  judge: (input, history) =>
    isOneMedium(input) && history.length === 0
      ? {
          action: 'none',
          confidence: 0.65,
          reason: 'One medium anomaly and none before it: most likely a passing peak.',
          rootCause: 'A short peak of load.',
          evidence: [evidence('anomalies', `${input.alert.anomalies[0]?.type ?? 'unknown'} (medium)`, 'monitor'), evidence('earlier alerts', 0, 'alert history')],
          falseAlarm: true,
        }
      : undefined,
};

const otherwise: Rule = {
  name: 'not_enough',
  judge: ({ alert }) => ({
    action: 'none',
    confidence: 0.5,
    reason: 'Not enough speaks for acting.',
    rootCause: 'Not known: no rule fits what was seen.',
    evidence: [
      evidence('anomalies', alert.anomalies.map((anomaly) => `${anomaly.type} (${anomaly.severity})`).join(', ') || 'none', 'monitor'),
      evidence('CPU', percent(alert.metrics.cpu_percent)),
      evidence('memory', percent(alert.metrics.memory_percent)),
    ],
    falseAlarm: true,
  }),
};

export const ORIGINAL_RULES: readonly Rule[] = [exitCode, manyRestarts, critical, unhealthy, lastingCpu, memoryLeak, oneSpike, otherwise];
