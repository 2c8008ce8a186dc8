import { agentAlertSchema, type AgentAlert, type AlertSeverity } from '../../src/contract/events';
import { shortAlertId } from '../../src/contract/observability/alerts';
import { STATUS_ALERT_TYPES } from '../../src/contract/observability/status';
import { plainText } from '../../src/contract/story';
import type { HemostatLog } from '../runtime/log';
import { parseJson } from '../runtime/queries';
import type { Alert } from './alerts';

/** What alerts about HemoStat itself are to Alertmanager and in links. */

/** Our four words as the three that alert routing knows. */
const SEVERITIES: Record<AlertSeverity, string> = { critical: 'critical', error: 'critical', warning: 'warning', info: 'info' };
const iso = (ms: number) => new Date(ms).toISOString();

/** The page that shows the alert; empty when HEMOSTAT_PUBLIC_URL is not set. */
export function healerLink(publicUrl: string, alert: AgentAlert): string {
  if (!publicUrl) {
    return '';
  }
  const page = STATUS_ALERT_TYPES.includes(alert.type) ? 'system' : `agents?alert=${encodeURIComponent(alert.alert_id)}`;
  return `${publicUrl.replace(/\/+$/, '')}/a/hemostat-monitor-app/${page}`;
}

/** Names of labels are narrow at Alertmanager's. */
const labelName = (name: string) => name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');

/** The labels of an alert. They stay the same from its first to its last word. */
export function healerLabels(alert: AgentAlert): Record<string, string> {
  const own = Object.entries(alert.labels).map(([name, value]): [string, string] => [labelName(name), plainText(value, 255)]);
  return {
    ...Object.fromEntries(own),
    // What a rule is about tells apart alerts of one rule.
    condition: plainText(alert.condition, 255),
    alertname: plainText(alert.rule, 255),
    alert_id: shortAlertId(alert.alert_id),
    type: plainText(alert.type, 60),
    severity: SEVERITIES[alert.severity],
  };
}

/** The alert as it stands: until `holdMs` from now while it is not resolved. @param options.now milliseconds */
export function healerAlert(alert: AgentAlert, options: { now: number; holdMs: number; publicUrl: string }): Alert {
  const { now, holdMs, publicUrl } = options;
  const begun = Math.min(Date.parse(alert.triggered_at) || now, now);
  const end = alert.resolved_at === null ? now + holdMs : Math.min(Date.parse(alert.resolved_at) || now, now);
  const link = healerLink(publicUrl, alert);
  return {
    labels: healerLabels(alert),
    annotations: { summary: plainText(`HemoStat: ${alert.name}`, 200), description: plainText(alert.message, 1000), state: alert.status },
    startsAt: iso(begun),
    endsAt: iso(Math.max(begun, end)),
    ...(link ? { generatorURL: link } : {}),
  };
}

/** Alerts that are not resolved and that people are to be told of. */
export async function unresolvedAlerts(log: HemostatLog): Promise<AgentAlert[]> {
  const { agentAlerts, agentAlertsActive } = log.partition(0);
  const ids = Object.values(await log.redis.hgetall(agentAlertsActive));
  const texts = ids.length > 0 ? await log.redis.hmget(agentAlerts, ...ids) : [];
  return texts.flatMap((json) => {
    const parsed = agentAlertSchema.safeParse(parseJson(json));
    return parsed.success && parsed.data.notify && parsed.data.resolved_at === null ? [parsed.data] : [];
  });
}
