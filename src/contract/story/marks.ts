const EVENT_MARKS: Record<string, string> = {
  health_alert: '[ALERT]',
  // The original's word for what we call remediation_complete.
  remediation: '[REMEDIATION]',
  remediation_needed: '[REMEDIATION]',
  remediation_started: '[REMEDIATION]',
  remediation_complete: '[REMEDIATION]',
  remediation_verified: '[REMEDIATION]',
  false_alarm: '[FALSE ALARM]',
};
const SEVERITY_MARKS: Record<string, string> = {
  critical: '[CRITICAL]',
  high: '[HIGH]',
  medium: '[MEDIUM]',
  low: '[LOW]',
};

/** The mark of an event type (R022 to R025). */
export function eventMark(type: string): string {
  return Object.hasOwn(EVENT_MARKS, type) ? (EVENT_MARKS[type] ?? '[EVENT]') : '[EVENT]';
}

/** The mark of a severity (R026 to R030). */
export function severityMark(severity: string): string {
  return Object.hasOwn(SEVERITY_MARKS, severity) ? (SEVERITY_MARKS[severity] ?? '[UNKNOWN]') : '[UNKNOWN]';
}
