import type { GrafanaTheme2 } from '@grafana/data';

/** One accent for each state; never the only sign of it. */
export type Tone = 'well' | 'ill' | 'healed' | 'waiting' | 'unknown';

/** Colour of text, edges and small shapes. */
export function toneColor(theme: GrafanaTheme2, tone: Tone): string {
  const { success, error, info, warning, secondary } = theme.colors;
  return { well: success.text, ill: error.text, healed: info.text, waiting: warning.text, unknown: secondary.text }[tone];
}

const RESULTS: Record<string, Tone> = { success: 'well', healthy: 'well', failed: 'ill', unhealthy: 'ill', rejected: 'waiting' };

/** Status of a remediation or of a health check (R031 to R034): green, red, orange, else grey. */
export const statusTone = (status: string): Tone => (Object.hasOwn(RESULTS, status) ? (RESULTS[status] ?? 'unknown') : 'unknown');

const STATES: Record<string, Tone> = {
  open: 'ill',
  analyzing: 'ill',
  failed: 'ill',
  suppressed: 'waiting',
  awaiting_approval: 'waiting',
  remediating: 'healed',
  verifying: 'healed',
  resolved: 'healed',
  recovered_alone: 'well',
  false_alarm: 'unknown',
};

/** State of an incident. */
export const stateTone = (state: string): Tone => (Object.hasOwn(STATES, state) ? (STATES[state] ?? 'unknown') : 'unknown');

/** Of incidents, and of alerts about HemoStat itself. */
const SEVERITIES: Record<string, Tone> = { critical: 'ill', high: 'ill', error: 'ill', medium: 'waiting', warning: 'waiting', low: 'unknown', info: 'healed' };
export const severityTone = (severity: string): Tone => (Object.hasOwn(SEVERITIES, severity) ? (SEVERITIES[severity] ?? 'unknown') : 'unknown');

const VERDICTS: Record<string, Tone> = { helped: 'well', no_change: 'waiting', worse: 'ill' };
export const verdictTone = (verdict: string): Tone => (Object.hasOwn(VERDICTS, verdict) ? (VERDICTS[verdict] ?? 'unknown') : 'unknown');
