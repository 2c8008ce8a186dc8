import type { AgentAlert } from '../../../contract/events';
import { byUrgency } from '../../../contract/observability/alerts';
import { NO_FACTS } from '../filter/facts';
import { columns, frameOf, timeOf, type Column, type Links } from '../frames/build';
import type { Frame, Notice } from '../types';
import type { QueryContext } from './context';
import { matcherOfSome, sourceNotices } from './sources';

/** Those that wait for somebody before those that do not. */
const PLACES: Readonly<Record<AgentAlert['status'], number>> = { firing: 0, acknowledged: 0, silenced: 1, resolved: 2 };

const secondsOf = ({ triggered_at: from, resolved_at: to }: AgentAlert, now: number): number => Math.max(0, (timeOf(to ?? undefined) ?? now) - Date.parse(from)) / 1000;

function alertColumns(links: Links, now: number): Array<Column<AgentAlert>> {
  return [
    columns.time('time', (alert) => timeOf(alert.triggered_at), 'When its condition began to hold.'),
    columns.text('severity', (alert) => alert.severity, 'info, warning, error or critical.'),
    columns.text('status', (alert) => alert.status, 'firing, acknowledged, silenced or resolved.'),
    columns.text('name', (alert) => alert.name, 'What is wrong.'),
    columns.text('message', (alert) => alert.message, 'The same with what was measured.'),
    columns.number('duration', (alert) => secondsOf(alert, now), 'How long it has lasted, or did.', { unit: 's', min: 0, decimals: 0 }),
    columns.text('type', (alert) => alert.type, 'Such as system_health, resource_usage, performance or circuit_breaker.'),
    columns.text('rule', (alert) => alert.rule, 'The rule that it comes from.'),
    columns.number('value', (alert) => alert.value, 'What was measured when it last changed, in the unit of the message.'),
    columns.number('threshold', (alert) => alert.threshold, 'The limit of the rule, in the same unit.'),
    columns.text('acknowledged_by', (alert) => alert.acknowledged_by, 'Who has taken it on.'),
    columns.text('comment', (alert) => alert.comment, 'What that person said.'),
    columns.time('silenced_until', (alert) => (alert.status === 'silenced' ? timeOf(alert.silenced_until) : null), 'When its silence ends.'),
    columns.time('resolved', (alert) => timeOf(alert.resolved_at ?? undefined), 'When it was over.'),
    columns.text('alert', (alert) => alert.alert_id, 'Id of the alert.', { links: links.alert }),
  ];
}

/** Alerts about HemoStat itself: all that are not resolved, and those resolved since the begin of the range (R382). The most urgent first (R442). */
export async function agentAlerts(context: QueryContext): Promise<Frame[]> {
  const { query, dashboard, range, signal, now, links } = context;
  const matcher = matcherOfSome(query, ['statuses', 'severities', 'types', 'text'], [], ['rule', 'name', 'alert_id']);
  const { data, states } = await dashboard.collect(range, { alerts: {} }, signal);
  const fitting = (data.alerts ?? []).filter((alert) =>
    matcher.test({ ...NO_FACTS, type: alert.type, severity: alert.severity, status: [alert.status], text: () => `${alert.name} ${alert.message}`, more: { rule: alert.rule, name: alert.name, alert_id: alert.alert_id } })
  );
  const sorted = fitting.toSorted((a, b) => PLACES[a.status] - PLACES[b.status] || byUrgency(a, b));
  const shown = sorted.slice(0, query.limit);
  const more = sorted.length > shown.length;
  const notices: Notice[] = [...sourceNotices({ states }), ...matcher.notices];
  if (more) {
    notices.push({ severity: 'info', text: `The ${shown.length} most urgent of ${sorted.length} alerts are shown. Raise the limit.` });
  }
  return [frameOf('agent alerts', query.refId, shown, alertColumns(links, now), { type: 'table', preferredVisualisationType: 'table', notices, custom: { more } })];
}
