import type { Component, ComponentState } from '../../../src/contract/observability/schemas';
import { redactText } from '../../../src/contract/redact';
import { plainText } from '../../../src/contract/story/plain-text';

/** What a look found out about one part of the system. */
export interface Finding {
  name: string;
  kind: Component['kind'];
  status: ComponentState;
  /** Milliseconds; absent where it was not measured. */
  ms?: number;
  /** What is wrong, and what to do about it. Absent when all is well. */
  error?: string;
  mend?: string;
  /** True for those without which nothing is healed. */
  critical?: boolean;
}

/** Longest message: it stands in alerts, notices and one cell of a table. */
const MAX_MESSAGE = 400;

/** Messages of servers are foreign text: one line, bounded, without secrets. */
function clean(text: string | undefined): string | null {
  return text ? redactText(plainText(text, MAX_MESSAGE)).text : null;
}

/** A finding as it is told (R109). Pure. */
export function toComponent(finding: Finding, now: number): Component {
  const message = clean(finding.error);
  return {
    name: finding.name,
    kind: finding.kind,
    status: finding.status,
    response_time_ms: finding.ms === undefined ? null : Math.round(finding.ms * 100) / 100,
    last_check: new Date(now).toISOString(),
    has_error: message !== null,
    error_message: message,
    mend: clean(finding.mend),
    critical: finding.critical ?? false,
  };
}
