import { ENVELOPE_VERSION, type EventData, type EventOf, type EventType } from '../../src/contract/events';

const DAY = '2026-03-02T';
let counter = 0;

/** An event of the container web-2 at a clock time of one fixed day. */
export function at<T extends EventType>(
  clock: string,
  type: T,
  data: EventData<T>,
  own: Partial<EventOf<EventType>> = {}
): EventOf<T> {
  counter += 1;
  return {
    v: ENVELOPE_VERSION,
    id: `e${counter}`,
    time: `${DAY}${clock}Z`,
    agent: 'monitor',
    host: 'host-1',
    container: 'web-2',
    incident_id: 'i1',
    cause_id: '',
    trace_id: 'i1',
    policy_version: '1',
    type,
    data,
    ...own,
  } as EventOf<T>;
}

export const alertData: EventData<'health_alert'> = {
  container_id: '0123456789ab',
  image: 'shop/web:1',
  status: 'running',
  health_status: 'unhealthy',
  exit_code: 0,
  restart_count: 0,
  metrics: { cpu_percent: 12.3, memory_percent: 71 },
  anomalies: [
    { type: 'high_memory', severity: 'medium', actual: 71, threshold: 80 },
    {
      type: 'unhealthy_status',
      severity: 'high',
      status: 'unhealthy',
      detail: 'Health check failed three times; the last probe answered 500.',
    },
  ],
  ill_since: `${DAY}14:03:07.110Z`,
  episode: 'i1',
};

export const needData: EventData<'remediation_needed'> = {
  action: 'restart',
  reason: 'The health check fails.',
  root_cause: 'The health check fails while the process still runs.',
  confidence: 0.85,
  analysis_method: 'rule_based',
  rule: 'unhealthy-status',
  evidence: [
    { what: 'health', value: 'unhealthy' },
    { what: 'CPU', value: '12 %' },
    { what: 'memory', value: '71 %' },
  ],
  model_calls: [],
  duration_seconds: 0.001,
  metrics: {},
};

export const falseAlarmData: EventData<'false_alarm'> = {
  reason: 'More than 5 restarts, none lately.',
  confidence: 0.6,
  analysis_method: 'rule_based',
  evidence: [],
  model_calls: [],
  duration_seconds: 0.001,
};

export const plan = { action: 'restart' as const, target: 'host-1/web-2', order: ['host-1/web-2'] };
const allowed = (guard: string) => ({ guard, allowed: true, reason: 'free' });

export const decision = {
  plan,
  digest: 'd1gest0123456789abcdef',
  mode: 'auto' as const,
  dry_run: false,
  guards: ['cooldown', 'breaker', 'attempts', 'blast-radius', 'maintenance', 'grace', 'opt-out'].map(allowed),
  reason: 'The health check fails.',
  confidence: 0.85,
};

export const completeData: EventData<'remediation_complete'> = {
  action: 'restart',
  result: {
    status: 'success',
    steps: [
      {
        target: 'host-1/web-2',
        action: 'restart',
        ok: true,
        detail: 'Docker answered in 388 ms',
        duration_seconds: 0.388,
      },
    ],
  },
  dry_run: false,
  reason: 'The health check fails.',
  confidence: 0.85,
  mode: 'auto',
  authorised_by: 'policy',
  duration_seconds: 0.4,
};

export const cooldown = {
  guard: 'cooldown',
  allowed: false,
  limit: '3600 s',
  measured: '2880 s',
  free_at: `${DAY}14:15:07.125Z`,
  reason: 'The container was restarted 48 min ago.',
};

export const refusedData: EventData<'remediation_complete'> = {
  ...completeData,
  result: { status: 'rejected', reason: 'cooldown_active', remaining_seconds: 720 },
  guards: [allowed('breaker'), cooldown],
  duration_seconds: 0,
};

const side = { from: '', to: '', samples: 3, status: 'running', metrics: { cpu_percent: 12.3, memory_percent: 71 } };

export const verifiedData: EventData<'remediation_verified'> = {
  action: 'restart',
  verdict: 'helped',
  reason: 'healthy again',
  before: { ...side, health_status: 'unhealthy' },
  after: { ...side, health_status: 'healthy', metrics: { cpu_percent: 3.4, memory_percent: 22 } },
  duration_seconds: 1.4,
};
