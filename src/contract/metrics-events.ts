import { counter, histogram } from './metrics-define';

/** Buckets of the Python original, in the unit of the metric. */
const ANALYSIS_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30];
const CONFIDENCE = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const REMEDIATION_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60];
const DETECTION_SECONDS = [5, 10, 15, 30, 60, 120, 300];
const TIME_TO_REMEDIATION_SECONDS = [5, 10, 15, 30, 60, 120, 300, 600];
/** An incident may wait for a person: up to a day. */
const INCIDENT_SECONDS = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];

const CONTAINER = ['container_name', 'host'] as const;

/** Values of the label `result_type`: the event that ended the analysis. */
export const ANALYSIS_RESULTS = ['remediation_needed', 'false_alarm'] as const;

/** What is counted out of the log: each event once, over every restart. */
export const EVENT_METRICS = [
  // Health alerts
  counter('hemostat_health_alerts_total', [...CONTAINER, 'severity'], 'Health alerts, each by its worst severity; a container that stays ill is told again.', { requirement: 'R193' }),
  counter('hemostat_anomalies_detected_total', [...CONTAINER, 'anomaly_type'], 'Findings in health alerts by their type.', { requirement: 'R194' }),
  counter('hemostat_container_restarts_total', CONTAINER, 'Starts of a container that had run before, whoever started it.', { requirement: 'R188' }),
  counter('hemostat_container_events_total', ['action'], 'Events of the Docker engine by their action.'),
  counter('hemostat_container_recoveries_total', ['reason'], 'Illnesses that ended, by how.'),
  histogram('hemostat_time_to_detection_seconds', [], DETECTION_SECONDS, 'Seconds from the begin of an illness to its first alert.', { requirement: 'R205' }),
  histogram('hemostat_time_to_recovery_seconds', ['reason'], INCIDENT_SECONDS, 'Seconds that a container was ill.'),
  counter('hemostat_forensics_captured_total', [], 'Times that logs, inspect and top of an ill container were saved.'),
  counter('hemostat_redactions_total', [], 'Secrets that were blacked out in what was saved.'),
  // Analysis
  counter('hemostat_analysis_requests_total', ['result_type', 'analysis_method'], 'Analyses by their result and by who decided.', { requirement: 'R195' }),
  histogram('hemostat_analysis_duration_seconds', [], ANALYSIS_SECONDS, 'Seconds that an analysis took.', { requirement: 'R196' }),
  histogram('hemostat_analysis_confidence', ['result_type'], CONFIDENCE, 'Confidence of the verdicts, 0 to 1.', { requirement: 'R197', unit: 'ratio' }),
  counter('hemostat_analysis_fallbacks_total', [], 'Analyses that the rules decided although a language model is set.'),
  counter('hemostat_model_calls_total', ['provider', 'model', 'outcome'], 'Calls of a language model by their outcome.'),
  counter('hemostat_model_tokens_total', ['provider', 'model', 'direction'], 'Tokens sent to (input) and got from (output) a language model.'),
  counter('hemostat_model_cost_usd_total', ['provider', 'model'], 'US dollars that the language model cost, where prices are set.', { unit: 'usd' }),
  histogram('hemostat_model_call_duration_seconds', ['provider', 'model'], ANALYSIS_SECONDS, 'Seconds that a call of a language model took.'),
  // Remediation
  counter('hemostat_remediation_attempts_total', [...CONTAINER, 'action', 'status'], 'Remediations by action and status: success, failed, rejected, not_applicable, dry_run.', { requirement: 'R198' }),
  histogram('hemostat_remediation_duration_seconds', ['action'], REMEDIATION_SECONDS, 'Seconds that an action took; refusals and dry runs are left out.', { requirement: 'R199' }),
  histogram('hemostat_time_to_remediation_seconds', [], TIME_TO_REMEDIATION_SECONDS, 'Seconds from the detection of an illness to the end of the action that succeeded.', { requirement: 'R206' }),
  counter('hemostat_remediation_verdicts_total', ['action', 'verdict'], 'Proofs of effect after an action: helped, no_change, worse.'),
  counter('hemostat_guard_refusals_total', ['guard'], 'Actions that a guard refused, by the guard.'),
  counter('hemostat_approvals_total', ['decision'], 'Answers to requests for approval: approved, rejected, expired, void.'),
  counter('hemostat_commands_total', ['command'], 'Commands of operators.'),
  // Incidents
  counter('hemostat_incidents_opened_total', [], 'Incidents that began, or began again.'),
  counter('hemostat_incidents_ended_total', ['state'], 'Incidents that ended, by their final state: resolved, recovered_alone, false_alarm.'),
  counter('hemostat_incidents_settled_total', ['state'], 'Times that an incident came to rest while its container is still ill: failed, suppressed.'),
  histogram('hemostat_incident_duration_seconds', ['state'], INCIDENT_SECONDS, 'Seconds from the begin of an incident to its end.'),
  // Notices
  counter('hemostat_alerts_sent_total', ['channel', 'status'], 'Notices by channel and status: success, failed.', { requirement: 'R201' }),
  counter('hemostat_alerts_deduped_total', [], 'Notices that were not sent because the same one had just been.', { requirement: 'R202' }),
  // The healer itself
  counter('hemostat_log_entries_total', ['type'], 'Entries of the log by event type.'),
  counter('hemostat_log_unreadable_total', [], 'Entries of the log that the exporter could not read.'),
  counter('hemostat_dead_letters_total', ['group'], 'Entries that were put aside after the last failure, by the reading group.'),
  counter('hemostat_agent_troubles_total', ['agent_name', 'part'], 'Troubles of agents that began, by the part that was missing.'),
  counter('hemostat_agent_starts_total', ['agent_name'], 'Starts of agents.'),
  counter('hemostat_agent_alert_changes_total', ['rule', 'change'], 'Changes of alerts about HemoStat itself, by the rule and by what changed: fired, acknowledged, silenced, ended_silence, resolved.', { requirement: 'R451' }),
] as const;
