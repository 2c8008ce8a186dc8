import { ALERT_FOLDER } from '../parts/sources';
import { countedMetric, events, eventsBeyond, metric, provisioned, type Rule } from './rule';

const MINUTE = 60;
const HOUR = 3600;

/** From the log alone, by the HemoStat data source: they also work where there is no Prometheus. */
export const LOG_RULES: readonly Rule[] = [
  {
    title: 'HemoStatLogUnreachable',
    runbook: 'HemoStatRedisDown',
    uid: 'hemostat-log-unreachable',
    severity: 'critical',
    component: 'log',
    summary: 'Grafana cannot read the log of HemoStat.',
    description: 'The HemoStat data source fails: Redis does not answer, or the plugin process is gone. What HemoStat does cannot be seen here.',
    // Counts are never below zero: only a failing data source raises it.
    measure: events('health_alert', 10 * MINUTE),
    fires: { when: 'lt', value: 0, for: '2m' },
    failure: 'Alerting',
    dashboard: 'itself',
    panel: 2,
  },
  {
    title: 'HemoStatApprovalWaiting',
    uid: 'hemostat-approval-waiting',
    severity: 'warning',
    component: 'remediation',
    summary: '{{ if $values.difference }}{{ humanize $values.difference.Value }}{{ else }}Some{{ end }} actions wait for an answer.',
    description: 'HemoStat asked whether it may act, and nobody has answered for 5 minutes. Requests expire; the container stays ill until then. Answer on the page of active issues or with: npx hemostat approve',
    measure: eventsBeyond('approval_requested', 'approval_decided', 6 * HOUR),
    fires: { when: 'gt', value: 0, for: '5m' },
    dashboard: 'remediation',
    panel: 25,
  },
  {
    title: 'HemoStatDeadLetters',
    uid: 'hemostat-dead-letters',
    severity: 'warning',
    component: 'log',
    summary: 'HemoStat could not handle an event and put it aside.',
    description: 'An event failed more often than AGENT_RETRY_MAX allows in the last hour. npx hemostat dead-letters shows it with its error, and can hand it in again.',
    measure: events('dead_letter', HOUR),
    fires: { when: 'gt', value: 0, for: '0s' },
    dashboard: 'itself',
    panel: 6,
  },
  {
    title: 'HemoStatNoticesFailing',
    runbook: 'HighAlertFailureRate',
    uid: 'hemostat-notices-failing',
    severity: 'warning',
    component: 'notifications',
    summary: 'Notices of HemoStat do not arrive.',
    description: 'More than 3 notices could not be delivered in the last 15 minutes, after all tries. Notices go to people: look whether they heard of what is ill now.',
    measure: events('notification_failed', 15 * MINUTE),
    fires: { when: 'gt', value: 3, for: '0s', keepFiringFor: '5m' },
    dashboard: 'itself',
    panel: 31,
  },
];

/** From Prometheus: they know how long something lasts, and of which container or agent. */
export const METRIC_RULES: readonly Rule[] = [
  {
    title: 'MetricsExporterDown',
    uid: 'hemostat-exporter-down',
    severity: 'critical',
    component: 'metrics',
    summary: 'The metrics of HemoStat are missing.',
    description: 'Prometheus cannot read the exporter, or cannot be reached itself. The rules about containers, remediations and agents see nothing until then.',
    measure: metric('min(up{job="hemostat-metrics"})'),
    fires: { when: 'lt', value: 1, for: '1m' },
    silence: 'Alerting',
    failure: 'Alerting',
    dashboard: 'itself',
    panel: 1,
  },
  {
    title: 'HemoStatIncidentWithoutAction',
    runbook: 'HemoStatNoResponder',
    uid: 'hemostat-incident-without-action',
    severity: 'critical',
    component: 'remediation',
    summary: 'An incident waits for its analysis or decision for more than 5 minutes (state {{ $labels.state }}).',
    description: 'A container is ill and HemoStat has neither acted nor refused to. Analyzer or responder is away, stuck or far behind: npx hemostat status',
    measure: metric('max by (state) (hemostat_incidents_oldest_age_seconds{state=~"open|analyzing"})'),
    fires: { when: 'gt', value: 300, for: '1m' },
    dashboard: 'remediation',
    panel: 16,
  },
  {
    title: 'HemoStatRemediationFailed',
    runbook: 'HighRemediationFailureRate',
    uid: 'hemostat-remediation-failed',
    severity: 'critical',
    component: 'remediation',
    summary: '{{ $labels.action }} of {{ $labels.host }}/{{ $labels.container_name }} failed.',
    description: 'HemoStat tried to heal the container in the last 10 minutes and the engine did not do it. The container is most likely still ill. The incident has the error of the engine.',
    measure: metric(countedMetric('host, container_name, action', 'hemostat_remediation_attempts_total{status="failed"}', '10m')),
    fires: { when: 'gt', value: 0, for: '0s', keepFiringFor: '5m' },
    dashboard: 'remediation',
    panel: 15,
  },
  {
    title: 'HemoStatAgentMissing',
    uid: 'hemostat-agent-missing',
    severity: 'critical',
    component: 'agents',
    summary: 'Agent {{ $labels.agent_name }} of HemoStat is gone.',
    description: 'No copy of the agent has given a sign of life for a minute. Without it incidents stay where they are.',
    measure: metric('min by (agent_name) (time() - hemostat_agent_heartbeat_timestamp_seconds)'),
    fires: { when: 'gt', value: 60, for: '1m' },
    dashboard: 'agents',
    panel: 2,
  },
  {
    title: 'HemoStatErrorRateHigh',
    uid: 'hemostat-error-rate',
    severity: 'warning',
    component: 'agents',
    summary: 'Agent {{ $labels.agent_name }} fails at more than a tenth of what it handles.',
    description: 'More than 10 % of the entries that the agent took failed at first over the last 5 minutes. They are tried again; what fails to the last becomes a dead letter.',
    measure: metric('sum by (agent_name) (rate(hemostat_agent_failed_total[5m])) / (sum by (agent_name) (rate(hemostat_agent_handled_total[5m]) + rate(hemostat_agent_failed_total[5m])) > 0)'),
    fires: { when: 'gt', value: 0.1, for: '5m', keepFiringFor: '5m' },
    dashboard: 'agents',
    panel: 4,
  },
  {
    title: 'HemoStatAgentTrouble',
    uid: 'hemostat-agent-in-trouble',
    severity: 'warning',
    component: 'agents',
    summary: 'Agent {{ $labels.agent_name }} of HemoStat misses {{ $labels.part }}.',
    description: 'The agent says of itself that it cannot reach something that it depends on, for 5 minutes. npx hemostat status tells how to mend it.',
    measure: metric('max by (agent_name, part) (hemostat_agent_trouble)'),
    fires: { when: 'gt', value: 0, for: '5m' },
    dashboard: 'itself',
    panel: 11,
  },
];

const group = (name: string, rules: readonly Rule[]) => ({ orgId: 1, name, folder: ALERT_FOLDER, interval: '30s', rules: rules.map(provisioned) });

/** The rules that Grafana itself evaluates, as its provisioning reads them. */
export const alertRules = (): Record<string, unknown> => ({ apiVersion: 1, groups: [group('HemoStat log', LOG_RULES), group('HemoStat metrics', METRIC_RULES)] });
