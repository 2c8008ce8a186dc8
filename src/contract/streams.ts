import type { EventType } from './events';

/** Days that events are kept, as Prometheus keeps its samples (R212). */
export const RETENTION_DAYS = 15;

/** Consumer groups, one for each agent that reads the log. */
export const GROUPS = ['analyzer', 'responder', 'notifier', 'exporter', 'updater', 'observer', 'bridge'] as const;
export type Group = (typeof GROUPS)[number];

/** The keys of one partition. They share the hash tag, so a Redis Cluster keeps them on one node. */
export function partitionKeys(prefix: string, partition: number) {
  const base = `${prefix}:{${partition}}`;
  return {
    base,
    /** Stream of all events: fields `type`, `incident`, `json`. */
    log: `${base}:log`,
    /** Sorted set: event id -> server milliseconds of its entry. Makes appending idempotent and finds an event by id. */
    ids: `${base}:ids`,
    /** Stream of entries that could not be handled: `group`, `id`, `error`, `deliveries`, `raw`. */
    dead: `${base}:dead`,
    /** Hash: container key -> id of its current incident. */
    open: `${base}:open`,
    /** Sorted set: incident id -> server milliseconds of its last event. */
    incidents: `${base}:incidents`,
    /** Hash: the projection of one incident. */
    incident: (id: string) => `${base}:incident:${id}`,
    /** List: stream ids of the events of one incident, oldest first. */
    incidentLog: (id: string) => `${base}:incident:${id}:log`,
    /** Hash: episode -> incident id, so that a repeated alert finds the incident of its illness. */
    episodes: `${base}:episodes`,
    /** Sorted set: action record (JSON) by its milliseconds. What the guards count. */
    actions: `${base}:actions`,
    /** Hash: container key -> last seen state (JSON). */
    containers: `${base}:containers`,
    /** List: the last alerts of one container (JSON), newest first. What trends are read from. */
    alertHistory: (container: string) => `${base}:alerts:${container}`,
    /** Stream: figures of one container over the last hours. */
    samples: (container: string) => `${base}:samples:${container}`,
    /** Hash: `<minute of the hour>|<type>` -> count, one a UTC hour. */
    minuteCounts: (epochHour: number) => `${base}:count:minute:${epochHour}`,
    /** Hash: `<hour of the day>|<type>` -> count, one a UTC day. */
    hourCounts: (epochDay: number) => `${base}:count:hour:${epochDay}`,
    /** String with an expiry: who leads this task. */
    lease: (task: string) => `${base}:lease:${task}`,
    /** String with an expiry: this consumer is alive. */
    alive: (consumer: string) => `${base}:alive:${consumer}`,
    /** Hash: agent instance -> its state (JSON). Partition 0 only. */
    agents: `${base}:agents`,
    /** String (JSON): the policy in force, and the list of those before it. Partition 0 only. */
    policy: `${base}:policy`,
    policyVersions: `${base}:policy:versions`,
    /** Hash: what an operator has switched (pause, maintenance, silences). Partition 0 only. */
    switches: `${base}:switches`,
    /** String with an expiry: this notice was sent. */
    noticeSent: (key: string) => `${base}:notice:${key}`,
    /** Hash: where an agent stands with a source outside the log. */
    positions: `${base}:positions`,
    /** Hash: what the exporter has counted (series -> numbers) and the entry up to which it has. */
    counters: `${base}:counters`,
    /** String (JSON): how every part of the system is, as the observer saw it last. Partition 0 only. */
    observed: `${base}:observed`,
    /** Stream: points of the history of the system's health: field `json`. Partition 0 only. */
    healthHistory: `${base}:health-history`,
    /** Hash: component -> when it was last seen (JSON), so that one that was stopped is missed. Partition 0 only. */
    components: `${base}:components`,
    /** Hash: alert id -> `AgentAlert` as JSON. Partition 0 only, as all of the following. */
    agentAlerts: `${base}:agent-alerts`,
    /** Hash: condition -> id of its alert that is not resolved. */
    agentAlertsActive: `${base}:agent-alerts:active`,
    /** Hash: condition -> milliseconds when it last fired. */
    agentAlertsFired: `${base}:agent-alerts:fired`,
    /** Sorted set: id of a resolved alert -> milliseconds of its end. */
    agentAlertsResolved: `${base}:agent-alerts:resolved`,
    /** Hash: event id -> event as JSON that must still be appended to the log. */
    agentAlertsOutbox: `${base}:agent-alerts:outbox`,
    /** Hash: name of a rule -> rule as JSON; those that differ from the defaults. */
    agentAlertRules: `${base}:agent-alert-rules`,
    /** Hash: what the updater remembers: last updates, wanted ones, episodes of error rates. Partition 0 only. */
    updater: `${base}:updater`,
  };
}
export type PartitionKeys = ReturnType<typeof partitionKeys>;

/** The channels, lists and keys of the Python original. They carry no hash tag. */
export const LEGACY = {
  channels: {
    health_alert: 'hemostat:health_alert',
    remediation_needed: 'hemostat:remediation_needed',
    remediation_complete: 'hemostat:remediation_complete',
    false_alarm: 'hemostat:false_alarm',
    vulnerability_alert: 'hemostat:alerts',
  },
  allEvents: 'hemostat:events:all',
  eventsOf: (eventType: string) => `hemostat:events:${eventType}`,
  containerState: (shortId: string) => `hemostat:state:container:${shortId}`,
  stats: (container: string) => `hemostat:stats:${container}`,
  alertHistory: (container: string) => `hemostat:state:alert_history:${container}`,
  remediationHistory: (container: string) => `hemostat:state:remediation_history:${container}`,
  circuitBreaker: (container: string) => `hemostat:state:circuit_breaker:${container}`,
  audit: (container: string) => `hemostat:audit:${container}`,
  alertSent: (hash: string) => `hemostat:alert_sent:${hash}`,
  /** Seconds. */
  life: { events: 3600, containerState: 300, stats: 300, alertHistory: 3600, remediationHistory: 7200, circuitBreaker: 7200, audit: 604800 },
  maxEvents: 100,
} as const;

/** The `event_type` that the original puts on the wire for each of our types it knows. */
export const LEGACY_EVENT_TYPE: Partial<Record<EventType, string>> = {
  health_alert: 'container_unhealthy',
  remediation_needed: 'remediation_needed',
  remediation_complete: 'remediation_complete',
  false_alarm: 'false_alarm',
  vulnerability_alert: 'vulnerability_alert',
};

/** The `agent` that the original puts on the wire, by our name. */
export const LEGACY_AGENT: Record<string, string> = { notifier: 'alert', exporter: 'metrics' };

/** Types that the original also stores in lists; health alerts never were. */
export const LEGACY_STORED: readonly EventType[] = ['remediation_complete', 'false_alarm', 'vulnerability_alert'];
