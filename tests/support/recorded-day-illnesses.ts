import type { Action, Anomaly, Evidence } from '../../src/contract/events';
import type { Condition, Member } from './recorded-day-fleet';

/** One way to fall ill: what the monitor sees, what the analyzer makes of it, what stands in the container's own log. */
export interface Illness {
  anomalies(member: Member): Anomaly[];
  condition(member: Member): Condition;
  rule: string;
  action: Action;
  confidence: number;
  reason: string;
  cause: string;
  evidence: Evidence[];
  logs: string[];
}

const ill = (status: string, health: string, more: Partial<Condition> = {}): Condition => ({ status, health, ...more });

export const ILLNESSES = {
  unhealthy: {
    anomalies: () => [{ type: 'unhealthy_status', severity: 'high', status: 'unhealthy', detail: 'Health check failed three times; the last probe answered 500.' }],
    condition: (member) => ill('running', 'unhealthy', { cpu: member.cpu * 0.4 }),
    rule: 'unhealthy',
    action: 'restart',
    confidence: 0.85,
    reason: 'Its health check fails.',
    cause: 'The health check of the container fails while its process still runs.',
    evidence: [{ what: 'health', value: 'unhealthy', source: 'Docker' }, { what: 'failed probes', value: '3', source: 'Docker' }],
    logs: ['GET /healthz 200 in 3 ms', 'pool: 20 of 20 connections in use, 41 callers wait', 'GET /healthz 500 in 5001 ms: no connection within 5 s', 'GET /healthz 500 in 5000 ms: no connection within 5 s'],
  },
  crash: {
    anomalies: () => [{ type: 'non_zero_exit', severity: 'critical', exit_code: 1, detail: 'It ended with exit code 1, and nobody asked it to.' }],
    condition: () => ill('exited', 'unknown', { exitCode: 1 }),
    rule: 'exit_code',
    action: 'restart',
    confidence: 0.8,
    reason: 'The container ended with exit code 1.',
    cause: 'The program ended by itself with an error (exit code 1).',
    evidence: [{ what: 'exit code', value: '1 (general error)', source: 'Docker' }],
    logs: ['level=info msg="reloading configuration"', 'panic: assignment to entry in nil map', 'goroutine 41 [running]:', 'main.(*Cache).put(...)'],
  },
  oom: {
    anomalies: ({ memoryMb }) => [{ type: 'oom_killed', severity: 'critical', exit_code: 137, detail: `The kernel ended it, because memory ran out at its limit of ${memoryMb} MiB.` }],
    condition: () => ill('exited', 'unknown', { exitCode: 137, oomKilled: true }),
    rule: 'oom_killed',
    action: 'restart',
    confidence: 0.9,
    reason: 'The kernel killed it for passing its memory limit.',
    cause: 'Out of memory: it passed its memory limit. A restart frees the memory; if it comes back, raise the limit or find the leak.',
    evidence: [{ what: 'killed for memory', value: 'yes', source: 'Docker' }, { what: 'exit code', value: '137', source: 'Docker' }, { what: 'memory before', value: '99.2 %', source: 'Docker' }],
    logs: ['GC (allocation failure) 497M->494M(512M), 0.41 s', 'GC (allocation failure) 509M->507M(512M), 0.66 s', 'request /export?year=all started'],
  },
  cpu: {
    anomalies: () => [{ type: 'high_cpu', severity: 'critical', actual: 97.4, threshold: 85, detail: 'CPU was over 85 % for 5 minutes.' }],
    condition: (member) => ill('running', member.checked ? 'healthy' : 'unknown', { cpu: 97 }),
    rule: 'lasting_cpu',
    action: 'restart',
    confidence: 0.75,
    reason: 'CPU stays high: 97 %, rising over 4 alerts.',
    cause: 'A loop that does not end: CPU is high while the number of requests is as always.',
    evidence: [{ what: 'CPU', value: '97 %', source: 'Docker' }, { what: 'trend', value: 'rising over 4 alerts', source: 'log' }],
    logs: ['index: compaction started', 'index: compaction at 0 %, segment 1 of 1', 'index: compaction at 0 %, segment 1 of 1'],
  },
  memory: {
    anomalies: () => [{ type: 'high_memory', severity: 'high', actual: 92.1, threshold: 80, detail: 'Memory was over 80 % for 5 minutes.' }],
    condition: (member) => ill('running', member.checked ? 'healthy' : 'unknown', { memory: 92 }),
    rule: 'memory_leak',
    action: 'restart',
    confidence: 0.78,
    reason: 'Memory keeps rising: 92 % after 5 alerts, as with a leak.',
    cause: 'Memory grows steadily and never falls, as with a leak.',
    evidence: [{ what: 'memory', value: '92.1 %', source: 'Docker' }, { what: 'trend', value: 'rising over 5 alerts', source: 'log' }],
    logs: ['sessions: 18,204 open', 'sessions: 19,977 open', 'sessions: 22,310 open'],
  },
  loop: {
    anomalies: () => [{ type: 'restart_loop', severity: 'critical', actual: 6, threshold: 3, restart_count: 6, detail: 'Docker started it 6 times within 10 minutes.' }],
    condition: () => ill('restarting', 'unknown', { exitCode: 78 }),
    rule: 'restart_loop',
    action: 'none',
    confidence: 0.9,
    reason: 'It is caught in a restart loop (6 starts): restarting will not help. See its log and configuration, and what it needs at its start.',
    cause: 'Restart loop: each start ends with exit code 78 (configuration error).',
    evidence: [{ what: 'starts', value: '6 (limit 3)', source: 'monitor' }, { what: 'exit code', value: '78', source: 'Docker' }],
    logs: ['config: key "codec.preset" is not known', 'config: stopping', 'config: key "codec.preset" is not known', 'config: stopping'],
  },
  network: {
    anomalies: () => [{ type: 'lost_parent_network', severity: 'high', detail: 'The container whose network it shares was restarted.' }],
    condition: () => ill('running', 'unknown', { cpu: 0.2 }),
    rule: 'lost_parent_network',
    action: 'restart',
    confidence: 0.9,
    reason: 'It has no network since the container whose network it shares was restarted; a restart joins it again.',
    cause: 'The container whose network it shares was restarted.',
    evidence: [{ what: 'network', value: 'of a container that is gone', source: 'monitor' }],
    logs: ['upload: lookup store: network is unreachable', 'upload: retry in 30 s'],
  },
  spike: {
    anomalies: () => [{ type: 'high_cpu', severity: 'medium', actual: 88.2, threshold: 85, detail: 'CPU was over 85 % for a minute.' }],
    condition: (member) => ill('running', member.checked ? 'healthy' : 'unknown', { cpu: 88 }),
    rule: 'one_spike',
    action: 'none',
    confidence: 0.6,
    reason: 'One medium anomaly and none before it: most likely a passing peak.',
    cause: 'A passing peak.',
    evidence: [{ what: 'CPU', value: '88.2 %', source: 'Docker' }],
    logs: ['nightly report started', 'nightly report done in 48 s'],
  },
} as const satisfies Record<string, Illness>;
export type IllnessName = keyof typeof ILLNESSES;
