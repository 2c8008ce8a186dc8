import { z } from 'zod';
import { analysisStartedData, falseAlarmData, remediationNeededData } from './events/analyzer';
import { containerEventData, containerRecoveredData, forensicsData, healthAlertData } from './events/monitor';
import { notificationDedupedData, notificationFailedData, notificationSentData } from './events/notifier';
import { agentAlertData } from './events/observer';
import { commandData } from './events/operator';
import {
  approvalDecidedData,
  approvalRequestedData,
  remediationCompleteData,
  remediationStartedData,
  remediationVerifiedData,
} from './events/responder';
import { agentStartedData, agentStoppedData, agentTroubleData, deadLetterData, vulnerabilityAlertData } from './events/system';
import { dashboardPushedData, errorRateEpisodeData, insightFailedData, insightMadeData } from './events/updater';

export * from './events/common';
export type { Evidence } from './events/analyzer';
export { agentAlertSchema, ALERT_CHANGES, ALERT_SEVERITIES, ALERT_STATES, alertSeveritySchema, alertStateSchema, type AgentAlert, type AlertSeverity, type AlertState } from './events/observer';
export type { Command } from './events/operator';
export type { PlannedAction } from './events/responder';
export { RESULT_STATUSES, VERDICTS } from './events/responder';
export { INSIGHT_KINDS, type AnnotationPlace, type Finding as InsightFinding, type InsightKind } from './events/updater';

/** The version of the envelope that we write. Another one is kept as a dead letter, never guessed at. */
export const ENVELOPE_VERSION = 1;

/** Every event type with the schema of its `data`. */
export const EVENT_DATA = {
  health_alert: healthAlertData,
  container_recovered: containerRecoveredData,
  container_event: containerEventData,
  forensics_captured: forensicsData,
  analysis_started: analysisStartedData,
  remediation_needed: remediationNeededData,
  false_alarm: falseAlarmData,
  approval_requested: approvalRequestedData,
  approval_decided: approvalDecidedData,
  remediation_started: remediationStartedData,
  remediation_complete: remediationCompleteData,
  remediation_verified: remediationVerifiedData,
  command: commandData,
  notification_sent: notificationSentData,
  notification_failed: notificationFailedData,
  notification_deduped: notificationDedupedData,
  agent_started: agentStartedData,
  agent_stopped: agentStoppedData,
  agent_trouble: agentTroubleData,
  dead_letter: deadLetterData,
  vulnerability_alert: vulnerabilityAlertData,
  insight_made: insightMadeData,
  insight_failed: insightFailedData,
  error_rate_episode: errorRateEpisodeData,
  dashboard_pushed: dashboardPushedData,
  agent_alert: agentAlertData,
} as const;

export type EventType = keyof typeof EVENT_DATA;
export const EVENT_TYPES = Object.keys(EVENT_DATA) as EventType[];
export type EventData<T extends EventType> = z.infer<(typeof EVENT_DATA)[T]>;

/** The agents that write events, by the name that stands in the envelope. */
export const AGENT_NAMES = ['monitor', 'analyzer', 'responder', 'notifier', 'bridge', 'exporter', 'updater', 'observer', 'operator'] as const;

const base = {
  v: z.literal(ENVELOPE_VERSION),
  /** 32 hex characters. Random for what was observed, computed from cause and agent for what was derived. */
  id: z.string().min(1).max(64),
  /** When it happened by the writer's clock, ISO 8601 UTC with milliseconds. */
  time: z.string(),
  /** Who wrote it; the original's agents keep their names. */
  agent: z.string().max(64),
  /** The Docker host that it is about, as named by HEMOSTAT_HOST or the engine. */
  host: z.string().max(255).default(''),
  /** Container name without the leading slash; empty when the event is about none. */
  container: z.string().max(255).default(''),
  /** Given by the log when the event is appended; empty when it belongs to no incident. */
  incident_id: z.string().max(64).default(''),
  /** The event that led to this one; empty when nothing did. */
  cause_id: z.string().max(64).default(''),
  /** 32 hex characters, W3C trace id; the same for all events of an incident. */
  trace_id: z.string().max(64).default(''),
  /** 16 hex characters, W3C span id: the step of the writer that this event came out of, so that whoever handles it goes on in the same trace. */
  span_id: z.string().max(16).optional(),
  /** Version of the policy that the decision was made by. */
  policy_version: z.string().max(64).default(''),
};

export const envelopeSchema = z.object(base);
type Base = z.infer<typeof envelopeSchema>;
export type EventOf<T extends EventType> = Base & { type: T; data: EventData<T> };
/** Any event, told apart by `type`. */
export type HemostatEvent = { [T in EventType]: EventOf<T> }[EventType];

export function isEvent<T extends EventType>(event: HemostatEvent, type: T): event is Extract<HemostatEvent, { type: T }> {
  return event.type === type;
}

/** The key of a container over all hosts. One host may run without a name; then it is the name alone. */
export function containerKey(event: { host: string; container: string }): string {
  return event.host ? `${event.host}/${event.container}` : event.container;
}
