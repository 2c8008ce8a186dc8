import type { IncidentAnswer, StatusAnswer } from '../../contract/api';

type Agent = StatusAnswer['agents'][number];

/** An agent that is well. */
export const agentAnswer = (agent: string, change: Partial<Agent> = {}): Agent => ({
  agent,
  instance: `${agent}-1`,
  version: '1.0.0',
  alive: true,
  leading: true,
  started_at: '2026-01-01T00:00:00Z',
  seen_at: '2026-01-01T01:00:00Z',
  handled: 10,
  failed: 0,
  dead: 0,
  in_flight: 0,
  memory_bytes: 50e6,
  lag: 0,
  pending: 0,
  troubles: [],
  ...change,
});

/** A healer that is well, and its three containers. */
export const statusAnswer = (change: Partial<StatusAnswer> = {}): StatusAnswer => ({
  ok: true,
  problems: [],
  mode: ['auto'],
  agents: ['monitor', 'analyzer', 'responder', 'notifier'].map((agent) => agentAnswer(agent)),
  groups: [],
  dead_letters: 0,
  paused: null,
  maintenance: [],
  fleet: { total: 3, running: 2, stopped: 1, ill: 1 },
  redis: { version: '7.0', used_bytes: 41e6, max_bytes: 0, policy: 'noeviction', append_only: true, full: false, response_ms: 2 },
  ...change,
});

/** An incident that waits for nobody. @param fields over those of an illness that was just seen */
export const incidentAnswer = (id: string, state: IncidentAnswer['state'], fields: Record<string, string> = {}): IncidentAnswer => ({
  id,
  state,
  events: 3,
  fields: { key: `host-1/${id}`, container: id, host: 'host-1', severity: 'high', illness: 'unhealthy_status', opened_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:01Z', ...fields },
});
