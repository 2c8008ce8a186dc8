import type { EventMetricName } from '../../src/contract/metrics';
import type { EventData, EventType, HemostatEvent } from '../../src/contract/events';
import { observed } from '../../agents/runtime/new-event';
import { alertData, completeData, decision, falseAlarmData, needData, refusedData, verifiedData } from './story-events';
import { testAgentAlert } from './telemetry-data';

/** A metric, what moves it, and by how much. */
export interface CountCase {
  metric: EventMetricName;
  /** What is asked of Prometheus; the metric itself when absent, its count for a histogram. */
  query?: string;
  by: number;
  events: (container: string) => HemostatEvent[];
}

const NOW = '2026-11-21T10:00:00.000Z';
const secondsBefore = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

const of = <T extends EventType>(container: string, type: T, data: EventData<T>, agent = 'monitor') => observed(type, agent, { host: 'host-1', container, time: NOW }, data);
const alert = (container: string, data: Partial<EventData<'health_alert'>> = {}) => of(container, 'health_alert', { ...alertData, episode: `${container}-episode`, ill_since: secondsBefore(7), ...data });
const need = (container: string, data: Partial<EventData<'remediation_needed'>> = {}) => of(container, 'remediation_needed', { ...needData, ...data }, 'analyzer');
const complete = (container: string, data: Partial<EventData<'remediation_complete'>> = {}) => of(container, 'remediation_complete', { ...completeData, ...data }, 'responder');
const lifecycle = (container: string, action: string) => of(container, 'container_event', { container_id: container.padEnd(12, '0').slice(0, 12), action });
const recovered = (container: string, data: Partial<EventData<'container_recovered'>> = {}) => of(container, 'container_recovered', { container_id: '0123456789ab', reason: 'well', health_status: 'healthy', metrics: {}, ...data });

const call = { model: 'qwen3', provider: 'ollama', started_at: NOW, duration_seconds: 1.5, input_tokens: 700, output_tokens: 50, cost_usd: 0.25, prompt_hash: 'ab', finish_reason: 'stop', outcome: 'ok' as const };
const asked = (container: string) => [need(container, { analysis_method: 'ai', model_calls: [call] })];
const agentAlert = (rule: string) => testAgentAlert(1, Date.parse(NOW), { rule });
const notice = { channel: 'slack', kind: 'ill', key: 'k' };

/** Every metric that is counted out of events, with an event that moves it. */
export const COUNT_CASES: readonly CountCase[] = [
  { metric: 'hemostat_health_alerts_total', query: 'hemostat_health_alerts_total{container_name="$c",host="host-1",severity="high"}', by: 2, events: (c) => [alert(c), alert(c, { repeat: true })] },
  { metric: 'hemostat_anomalies_detected_total', query: 'hemostat_anomalies_detected_total{container_name="$c",anomaly_type="high_memory"}', by: 1, events: (c) => [alert(c)] },
  {
    metric: 'hemostat_anomalies_detected_total',
    query: 'hemostat_anomalies_detected_total{container_name="$c",anomaly_type="other"}',
    by: 1,
    events: (c) => [alert(c, { anomalies: [{ type: 'made up by somebody', severity: 'low' }] })],
  },
  { metric: 'hemostat_container_restarts_total', query: 'hemostat_container_restarts_total{container_name="$c"}', by: 2, events: (c) => ['create', 'start', 'die', 'start', 'restart', 'start'].map((action) => lifecycle(c, action)) },
  { metric: 'hemostat_container_events_total', query: 'hemostat_container_events_total{action="oom"}', by: 1, events: (c) => [lifecycle(c, 'oom')] },
  { metric: 'hemostat_container_recoveries_total', query: 'hemostat_container_recoveries_total{reason="removed"}', by: 1, events: (c) => [recovered(c, { reason: 'removed' })] },
  { metric: 'hemostat_time_to_detection_seconds', query: 'hemostat_time_to_detection_seconds_sum', by: 7, events: (c) => [alert(c), alert(c, { repeat: true })] },
  { metric: 'hemostat_time_to_detection_seconds', query: 'hemostat_time_to_detection_seconds_bucket{le="10"}', by: 1, events: (c) => [alert(c)] },
  { metric: 'hemostat_time_to_detection_seconds', query: 'hemostat_time_to_detection_seconds_bucket{le="5"}', by: 0, events: (c) => [alert(c)] },
  { metric: 'hemostat_time_to_recovery_seconds', query: 'hemostat_time_to_recovery_seconds_sum{reason="well"}', by: 42.5, events: (c) => [recovered(c, { ill_for_seconds: 42.5 })] },
  {
    metric: 'hemostat_forensics_captured_total',
    by: 1,
    events: (c) => [of(c, 'forensics_captured', { container_id: c, logs: [], logs_truncated: false, inspect: {}, missing: [], duration_seconds: 0.1, redactions: 3 })],
  },
  { metric: 'hemostat_redactions_total', by: 3, events: (c) => [of(c, 'forensics_captured', { container_id: c, logs: [], logs_truncated: false, inspect: {}, missing: [], duration_seconds: 0.1, redactions: 3 })] },
  {
    metric: 'hemostat_analysis_requests_total',
    query: 'hemostat_analysis_requests_total{result_type="false_alarm",analysis_method="rule_based"}',
    by: 1,
    events: (c) => [of(c, 'false_alarm', falseAlarmData, 'analyzer')],
  },
  { metric: 'hemostat_analysis_duration_seconds', query: 'hemostat_analysis_duration_seconds_sum', by: 2.25, events: (c) => [need(c, { duration_seconds: 2.25 })] },
  { metric: 'hemostat_analysis_confidence', query: 'hemostat_analysis_confidence_bucket{result_type="remediation_needed",le="0.9"}', by: 1, events: (c) => [need(c)] },
  { metric: 'hemostat_analysis_fallbacks_total', by: 1, events: (c) => [need(c, { fallback: 'the model timed out' }), need(c)] },
  { metric: 'hemostat_model_calls_total', query: 'hemostat_model_calls_total{provider="ollama",model="qwen3",outcome="ok"}', by: 1, events: asked },
  { metric: 'hemostat_model_tokens_total', query: 'hemostat_model_tokens_total{direction="input"}', by: 700, events: asked },
  { metric: 'hemostat_model_tokens_total', query: 'hemostat_model_tokens_total{direction="output"}', by: 50, events: asked },
  { metric: 'hemostat_model_cost_usd_total', by: 0.25, events: asked },
  { metric: 'hemostat_model_call_duration_seconds', query: 'hemostat_model_call_duration_seconds_sum', by: 1.5, events: asked },
  { metric: 'hemostat_remediation_attempts_total', query: 'hemostat_remediation_attempts_total{container_name="$c",action="restart",status="success"}', by: 1, events: (c) => [complete(c)] },
  {
    metric: 'hemostat_remediation_attempts_total',
    query: 'hemostat_remediation_attempts_total{container_name="$c",status="failed"}',
    by: 1,
    events: (c) => [complete(c, { result: { status: 'failed', error: 'no' } })],
  },
  { metric: 'hemostat_remediation_attempts_total', query: 'hemostat_remediation_attempts_total{container_name="$c",status="dry_run"}', by: 1, events: (c) => [complete(c, { dry_run: true })] },
  { metric: 'hemostat_remediation_duration_seconds', query: 'hemostat_remediation_duration_seconds_sum{action="restart"}', by: 0.4, events: (c) => [complete(c), complete(c, { dry_run: true })] },
  {
    metric: 'hemostat_time_to_remediation_seconds',
    query: 'hemostat_time_to_remediation_seconds_sum',
    by: 12,
    events: (c) => [complete(c, { alerted_at: secondsBefore(12) }), complete(c, { alerted_at: secondsBefore(12), result: { status: 'failed' } })],
  },
  { metric: 'hemostat_remediation_verdicts_total', query: 'hemostat_remediation_verdicts_total{action="restart",verdict="worse"}', by: 1, events: (c) => [of(c, 'remediation_verified', { ...verifiedData, verdict: 'worse' }, 'responder')] },
  { metric: 'hemostat_guard_refusals_total', query: 'hemostat_guard_refusals_total{guard="cooldown"}', by: 1, events: (c) => [complete(c, refusedData)] },
  {
    metric: 'hemostat_guard_refusals_total',
    query: 'hemostat_guard_refusals_total{guard="circuit_breaker"}',
    by: 1,
    events: (c) => [complete(c, { result: { status: 'rejected', reason: 'circuit_breaker_open' }, duration_seconds: 0 })],
  },
  { metric: 'hemostat_approvals_total', query: 'hemostat_approvals_total{decision="expired"}', by: 1, events: (c) => [of(c, 'approval_decided', { digest: 'd', decision: 'expired', user: 'nobody' }, 'responder')] },
  { metric: 'hemostat_commands_total', query: 'hemostat_commands_total{command="pause"}', by: 1, events: () => [of('', 'command', { command: 'pause', user: 'ann' }, 'operator')] },
  { metric: 'hemostat_incidents_opened_total', by: 1, events: (c) => [alert(c), alert(c, { repeat: true })] },
  { metric: 'hemostat_incidents_ended_total', query: 'hemostat_incidents_ended_total{state="recovered_alone"}', by: 1, events: (c) => [alert(c), recovered(c), recovered(c)] },
  {
    metric: 'hemostat_incidents_ended_total',
    query: 'hemostat_incidents_ended_total{state="resolved"}',
    by: 1,
    events: (c) => [alert(c), need(c), of(c, 'remediation_started', { ...decision, attempt: 1, authorised_by: 'policy' }, 'responder'), complete(c), of(c, 'remediation_verified', verifiedData, 'responder')],
  },
  { metric: 'hemostat_incidents_settled_total', query: 'hemostat_incidents_settled_total{state="suppressed"}', by: 2, events: (c) => [alert(c), complete(c, refusedData), alert(c, { repeat: true }), complete(c, refusedData)] },
  { metric: 'hemostat_incident_duration_seconds', query: 'hemostat_incident_duration_seconds_count{state="false_alarm"}', by: 1, events: (c) => [alert(c), of(c, 'false_alarm', falseAlarmData, 'analyzer')] },
  { metric: 'hemostat_alerts_sent_total', query: 'hemostat_alerts_sent_total{channel="slack",status="success"}', by: 1, events: (c) => [of(c, 'notification_sent', { ...notice, attempts: 1, duration_seconds: 0.1 }, 'notifier')] },
  { metric: 'hemostat_alerts_sent_total', query: 'hemostat_alerts_sent_total{channel="slack",status="failed"}', by: 1, events: (c) => [of(c, 'notification_failed', { ...notice, attempts: 5, error: 'no' }, 'notifier')] },
  { metric: 'hemostat_alerts_deduped_total', by: 1, events: (c) => [of(c, 'notification_deduped', { ...notice, window_seconds: 60 }, 'notifier')] },
  { metric: 'hemostat_log_entries_total', query: 'hemostat_log_entries_total{type="vulnerability_alert"}', by: 1, events: () => [of('', 'vulnerability_alert', { critical_count: 2 }, 'scanner')] },
  { metric: 'hemostat_dead_letters_total', query: 'hemostat_dead_letters_total{group="analyzer"}', by: 1, events: () => [of('', 'dead_letter', { stream_id: '1-1', group: 'analyzer', error: 'no', deliveries: 3 }, 'analyzer')] },
  {
    metric: 'hemostat_agent_troubles_total',
    query: 'hemostat_agent_troubles_total{agent_name="alert",part="slack"}',
    by: 1,
    events: () => [of('', 'agent_trouble', { part: 'slack', state: 'began', message: 'm' }, 'notifier'), of('', 'agent_trouble', { part: 'slack', state: 'ended', message: 'm' }, 'notifier')],
  },
  {
    metric: 'hemostat_agent_alert_changes_total',
    query: 'hemostat_agent_alert_changes_total{rule="high_cpu_usage",change="fired"}',
    by: 1,
    events: () => (['fired', 'resolved'] as const).map((change) => of('', 'agent_alert', { change, user: '', alert: agentAlert('high_cpu_usage') }, 'observer')),
  },
  {
    metric: 'hemostat_agent_alert_changes_total',
    query: 'hemostat_agent_alert_changes_total{rule="other",change="silenced"}',
    by: 1,
    events: () => [of('', 'agent_alert', { change: 'silenced', user: 'ann', alert: agentAlert('made_up_by_somebody') }, 'observer')],
  },
  { metric: 'hemostat_agent_starts_total', query: 'hemostat_agent_starts_total{agent_name="monitor"}', by: 1, events: () => [of('', 'agent_started', { version: '1', instance: 'i', settings: {} })] },
];
