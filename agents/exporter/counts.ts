import { GUARDS } from '../../src/contract/guards';
import { DEFAULT_RULES } from '../../src/contract/observability/rules';
import { ANOMALY_TYPES, SEVERITIES, type EventOf, type EventType, type GuardVerdict, type HemostatEvent } from '../../src/contract/events';
import { OTHER, type EventMetricName, type LabelsOf } from '../../src/contract/metrics';
import { agentLabel, containerLabels, seriesKey } from './names';

/** What one event adds to one series: to a counter, or as one observation of a histogram. */
export interface Count {
  name: EventMetricName;
  /** Metric and label values. */
  key: string;
  value: number;
}

type Handler<T extends EventType> = (event: EventOf<T>) => readonly Count[];

const SECOND = 1000;
const among = (known: readonly string[], value: string) => (known.includes(value) ? value : OTHER);
const GUARD_NAMES = Object.keys(GUARDS);
/** Operators add rules of their own, as many as they like. */
const RULE_NAMES = DEFAULT_RULES.map(({ name }) => name);
/** How the Python original's responder names its refusals. */
const ORIGINAL_REFUSALS: Readonly<Record<string, string>> = { cooldown_active: 'cooldown', circuit_breaker_open: 'circuit_breaker' };

/** One more of `name`; for a histogram one observation of `value`. */
export function count<N extends EventMetricName>(name: N, labels: LabelsOf<N>, value = 1): Count {
  return { name, key: seriesKey(name, labels), value };
}

/** Seconds between two times, or nothing where one cannot be read. Clocks may differ a little: never below 0. */
function secondsBetween(from: string | undefined, to: string): number | undefined {
  const seconds = (Date.parse(to) - Date.parse(from ?? '')) / SECOND;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function worst(event: EventOf<'health_alert'>): string {
  const found = [...SEVERITIES].reverse().find((severity) => event.data.anomalies.some((anomaly) => anomaly.severity === severity));
  return found ?? 'low';
}

function ofAlert(event: EventOf<'health_alert'>): readonly Count[] {
  const { data } = event;
  const detection = data.repeat ? undefined : secondsBetween(data.ill_since, event.time);
  return [
    count('hemostat_health_alerts_total', { ...containerLabels(event), severity: worst(event) }),
    ...data.anomalies.map((anomaly) => count('hemostat_anomalies_detected_total', { ...containerLabels(event), anomaly_type: among(ANOMALY_TYPES, anomaly.type) })),
    ...(detection === undefined ? [] : [count('hemostat_time_to_detection_seconds', {}, detection)]),
  ];
}

function ofModelCall(call: EventOf<'false_alarm'>['data']['model_calls'][number]): Count[] {
  const who = { provider: call.provider, model: call.model };
  return [
    count('hemostat_model_calls_total', { ...who, outcome: call.outcome }),
    count('hemostat_model_tokens_total', { ...who, direction: 'input' }, call.input_tokens),
    count('hemostat_model_tokens_total', { ...who, direction: 'output' }, call.output_tokens),
    count('hemostat_model_call_duration_seconds', who, call.duration_seconds),
    ...(call.cost_usd === undefined ? [] : [count('hemostat_model_cost_usd_total', who, call.cost_usd)]),
  ];
}

function ofAnalysis({ type, data }: EventOf<'remediation_needed'> | EventOf<'false_alarm'>): readonly Count[] {
  return [
    count('hemostat_analysis_requests_total', { result_type: type, analysis_method: data.analysis_method }),
    count('hemostat_analysis_duration_seconds', {}, data.duration_seconds),
    count('hemostat_analysis_confidence', { result_type: type }, data.confidence),
    ...(data.fallback === undefined ? [] : [count('hemostat_analysis_fallbacks_total', {})]),
    ...data.model_calls.flatMap(ofModelCall),
  ];
}

function refusals(guards: readonly GuardVerdict[] | undefined, reason: string | undefined): string[] {
  const refused = (guards ?? []).filter((guard) => !guard.allowed).map((guard) => among(GUARD_NAMES, guard.guard));
  const named = ORIGINAL_REFUSALS[reason ?? ''];
  return refused.length === 0 && named ? [named] : refused;
}

function ofCompletion(event: EventOf<'remediation_complete'>): readonly Count[] {
  const { action, result, dry_run: dryRun, duration_seconds: duration = 0, guards, alerted_at: alertedAt } = event.data;
  const acted = !dryRun && (result.status === 'success' || result.status === 'failed');
  const took = acted && result.status === 'success' ? secondsBetween(alertedAt, event.time) : undefined;
  return [
    count('hemostat_remediation_attempts_total', { ...containerLabels(event), action, status: dryRun ? 'dry_run' : result.status }),
    ...(acted && duration > 0 ? [count('hemostat_remediation_duration_seconds', { action }, duration)] : []),
    ...(took === undefined ? [] : [count('hemostat_time_to_remediation_seconds', {}, took)]),
    ...(acted ? [] : refusals(guards, result.reason).map((guard) => count('hemostat_guard_refusals_total', { guard }))),
  ];
}

/** To count something new: declare it in `src/contract/metrics-events.ts`, and add one line here. */
const HANDLERS: { readonly [T in EventType]?: Handler<T> } = {
  health_alert: ofAlert,
  container_recovered: ({ data }) => [
    count('hemostat_container_recoveries_total', { reason: data.reason }),
    ...(data.ill_for_seconds === undefined ? [] : [count('hemostat_time_to_recovery_seconds', { reason: data.reason }, data.ill_for_seconds)]),
  ],
  // Docker writes the command behind the colon of `exec_start: sh -c …`.
  container_event: ({ data }) => [count('hemostat_container_events_total', { action: data.action.split(':')[0] ?? '' })],
  forensics_captured: ({ data }) => [count('hemostat_forensics_captured_total', {}), count('hemostat_redactions_total', {}, data.redactions)],
  remediation_needed: ofAnalysis,
  false_alarm: ofAnalysis,
  approval_decided: ({ data }) => [count('hemostat_approvals_total', { decision: data.decision })],
  remediation_complete: ofCompletion,
  remediation_verified: ({ data }) => [count('hemostat_remediation_verdicts_total', { action: data.action, verdict: data.verdict })],
  command: ({ data }) => [count('hemostat_commands_total', { command: data.command })],
  notification_sent: ({ data }) => [count('hemostat_alerts_sent_total', { channel: data.channel, status: 'success' })],
  notification_failed: ({ data }) => [count('hemostat_alerts_sent_total', { channel: data.channel, status: 'failed' })],
  notification_deduped: () => [count('hemostat_alerts_deduped_total', {})],
  agent_started: ({ agent }) => [count('hemostat_agent_starts_total', { agent_name: agentLabel(agent) })],
  agent_trouble: ({ agent, data }) => (data.state === 'began' ? [count('hemostat_agent_troubles_total', { agent_name: agentLabel(agent), part: data.part })] : []),
  agent_alert: ({ data }) => [count('hemostat_agent_alert_changes_total', { rule: among(RULE_NAMES, data.alert.rule), change: data.change })],
  dead_letter: ({ data }) => [count('hemostat_dead_letters_total', { group: data.group })],
};

/** What an event counts by itself, whatever came before. Pure. */
export function countsOf(event: HemostatEvent): readonly Count[] {
  // The types are tied together in the table, which TypeScript cannot see at the call.
  const handler = HANDLERS[event.type] as ((one: HemostatEvent) => readonly Count[]) | undefined;
  return handler?.(event) ?? [];
}
