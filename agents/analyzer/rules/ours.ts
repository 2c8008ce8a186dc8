import type { Anomaly, EventData, Evidence } from '../../../src/contract/events';
import { exitMeaning, percent } from './original';
import type { Rule } from './types';

/* Rules for what only our monitor sees; `cannot_run` alone speaks on alerts of the original's monitor as well. */

type Alert = EventData<'health_alert'>;

function anomalyOf(alert: Alert, type: string): Anomaly | undefined {
  return alert.anomalies.find((anomaly) => anomaly.type === type);
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;

/** Every start ends the same way, so one more start ends that way too. */
const restartLoop: Rule = {
  name: 'restart_loop',
  judge: ({ alert }) => {
    const found = anomalyOf(alert, 'restart_loop');
    if (!found) {
      return undefined;
    }
    const count = found.actual ?? found.restart_count ?? alert.restart_count;
    const cause = alert.oom_killed || anomalyOf(alert, 'oom_killed') ? 'it runs out of memory each time: its limit is too low, or it leaks' : alert.exit_code === 0 ? 'it ends each time soon after its start' : `each start ends with exit code ${alert.exit_code}: ${exitMeaning(alert.exit_code)}`;
    return {
      action: 'none',
      confidence: 0.9,
      reason: `It is caught in a restart loop (${count} starts): restarting will not help. See its log and configuration, and what it needs at its start.`,
      rootCause: `Restart loop: ${cause}.`,
      evidence: [
        { what: 'starts', value: `${count}${found.threshold === undefined ? '' : ` (limit ${found.threshold})`}`, source: 'monitor' },
        { what: 'exit code', value: String(alert.exit_code), source: 'Docker' },
      ],
      falseAlarm: false,
      certain: 'hands_off',
    };
  },
};

/** A container that shares another's network has none once that one was replaced or restarted. */
const lostParent: Rule = {
  name: 'lost_parent_network',
  judge: ({ alert }) => {
    const found = anomalyOf(alert, 'lost_parent_network');
    return found
      ? {
          action: 'restart',
          confidence: 0.9,
          reason: 'It has no network since the container whose network it shares was restarted or replaced; a restart joins it again.',
          rootCause: found.detail ?? 'The container whose network it shares was restarted or replaced.',
          evidence: [{ what: 'network', value: found.detail ?? 'of a container that is gone', source: 'monitor' }],
          falseAlarm: false,
          certain: 'ill',
        }
      : undefined;
  },
};

function memoryEvidence(alert: Alert): Evidence[] {
  const { memory_limit: limit, memory_percent: used } = alert.metrics;
  return [
    ...(limit === undefined ? [] : [{ what: 'memory limit', value: megabytes(limit), source: 'Docker' }]),
    ...(used === undefined ? [] : [{ what: 'memory', value: percent(used), source: 'Docker' }]),
  ];
}

const outOfMemory: Rule = {
  name: 'oom_killed',
  judge: ({ alert }) => {
    if (!alert.oom_killed && !anomalyOf(alert, 'oom_killed')) {
      return undefined;
    }
    const limit = alert.metrics.memory_limit === undefined ? 'its memory limit' : `its memory limit of ${megabytes(alert.metrics.memory_limit)}`;
    const alive = alert.status === 'running';
    return {
      action: 'restart',
      // A container that still runs has lost a child process only; it may serve on.
      confidence: alive ? 0.75 : 0.9,
      reason: alive ? `The kernel killed a process in it for passing ${limit}; what is left may be half dead.` : `The kernel killed it for passing ${limit}.`,
      rootCause: `Out of memory: it passed ${limit}. A restart frees the memory; if it comes back, raise the limit or find the leak.`,
      evidence: [{ what: 'killed for memory', value: 'yes', source: 'Docker' }, { what: 'exit code', value: String(alert.exit_code), source: 'Docker' }, ...memoryEvidence(alert)],
      falseAlarm: false,
      certain: 'ill',
    };
  },
};

/** Exit codes of a shell or of Docker for a command that cannot be run at all. */
const CANNOT_RUN: ReadonlySet<number> = new Set([126, 127]);

/** A command that is not there or may not be run will not be there after a restart either; the original restarts it. */
const cannotRun: Rule = {
  name: 'cannot_run',
  judge: ({ alert }) =>
    CANNOT_RUN.has(alert.exit_code) && alert.status !== 'running'
      ? {
          action: 'none',
          confidence: 0.9,
          reason: 'Its command cannot be run, so restarting will not help. Check the command and the image that it was started with.',
          rootCause: `Exit code ${alert.exit_code}: ${exitMeaning(alert.exit_code)}.`,
          evidence: [{ what: 'exit code', value: String(alert.exit_code), source: 'Docker' }],
          falseAlarm: false,
          certain: 'hands_off',
        }
      : undefined,
};

export const OUR_RULES: readonly Rule[] = [restartLoop, lostParent, outOfMemory, cannotRun];
