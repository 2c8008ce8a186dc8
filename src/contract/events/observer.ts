import { z } from 'zod';

/** From least to most urgent; their priorities are 1 to 4 (R436). */
export const ALERT_SEVERITIES = ['info', 'warning', 'error', 'critical'] as const;
export const alertSeveritySchema = z.enum(ALERT_SEVERITIES);
export type AlertSeverity = z.infer<typeof alertSeveritySchema>;

/** R437. */
export const ALERT_STATES = ['firing', 'acknowledged', 'silenced', 'resolved'] as const;
export const alertStateSchema = z.enum(ALERT_STATES);
export type AlertState = z.infer<typeof alertStateSchema>;

/** What has just happened to an alert; `ended_silence`: its silence is over and its condition still holds. */
export const ALERT_CHANGES = ['fired', 'acknowledged', 'silenced', 'ended_silence', 'resolved'] as const;

/** An alert about HemoStat itself (R438). */
export const agentAlertSchema = z.object({
  /** UUID; people see its first 8 characters (R439). */
  alert_id: z.string().max(64),
  /** Counts the changes of this alert, from 1. */
  revision: z.number().int(),
  /** What it stands for: the rule, and the thing that the rule is about. At most one alert of a condition is not resolved. */
  condition: z.string(),
  rule: z.string(),
  name: z.string(),
  /** `system_health`, `resource_usage`, `performance`, `circuit_breaker`, `reliability`, `capacity`, `cost`. */
  type: z.string(),
  severity: alertSeveritySchema,
  status: alertStateSchema,
  message: z.string(),
  labels: z.record(z.string(), z.string()),
  /** What was measured when it last changed, in the unit that the message names; absent where nothing is measured. */
  value: z.number().optional(),
  threshold: z.number().optional(),
  /** ISO 8601 UTC. */
  triggered_at: z.string(),
  /** ISO 8601 UTC; null while it is not resolved. */
  resolved_at: z.string().nullable(),
  acknowledged_by: z.string().optional(),
  acknowledged_at: z.string().optional(),
  comment: z.string().optional(),
  silenced_by: z.string().optional(),
  /** ISO 8601 UTC. */
  silenced_until: z.string().optional(),
  /** Who resolved it by hand; absent when its condition ended by itself. */
  resolved_by: z.string().optional(),
  /** False where people are told by other means. */
  notify: z.boolean(),
});
export type AgentAlert = z.infer<typeof agentAlertSchema>;

/** An alert about HemoStat itself changed: the audit record, with the user where one did it. */
export const agentAlertData = z.object({ change: z.enum(ALERT_CHANGES), /** Empty when no person did it. */ user: z.string(), alert: agentAlertSchema });
