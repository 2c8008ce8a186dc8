import { plainText } from '../../contract/story/plain-text';
import { durationText, percentText } from '../../contract/story/time';
import type { StatusPayload } from '../../contract/observability/payloads';
import type { Breaker, Component, HistoryPoint } from '../../contract/observability/schemas';
import { t } from '../../components/text';
import type { TimeLine } from '../../components/TimeChart/TimeChart';
import type { Tone } from '../../components/tone';
import type { Limits } from './limits';

const TONES: Record<string, Tone> = { healthy: 'well', degraded: 'waiting', unhealthy: 'ill', error: 'ill', closed: 'well', half_open: 'waiting', open: 'ill' };
/** Of a part, of the whole, or of a breaker. */
export const systemTone = (state: string): Tone => (Object.hasOwn(TONES, state) ? (TONES[state] ?? 'unknown') : 'unknown');

const states = (): Record<string, string> => ({
  healthy: t('system.healthy', 'well'),
  degraded: t('system.degraded', 'impaired'),
  unhealthy: t('system.unhealthy', 'down'),
  error: t('system.error', 'cannot be told'),
  unknown: t('system.unknown', 'unknown'),
  closed: t('system.closed', 'closed'),
  open: t('system.open', 'open'),
  half_open: t('system.half-open', 'half open'),
});
/** A state in words. */
export function systemWords(state: string): string {
  const words = states();
  return Object.hasOwn(words, state) ? (words[state] ?? state) : state;
}

const URGENCY: Record<string, number> = { unhealthy: 0, degraded: 1, open: 0, half_open: 1, unknown: 2, healthy: 3, closed: 3 };
const urgency = (state: string): number => URGENCY[state] ?? 2;

/** Those that are ill first, among them those without which nothing is healed, then by name. */
export const worstComponents = (components: readonly Component[]): Component[] =>
  components.toSorted((a, b) => urgency(a.status) - urgency(b.status) || Number(b.critical) - Number(a.critical) || a.name.localeCompare(b.name));

export const worstBreakers = (breakers: readonly Breaker[]): Breaker[] => breakers.toSorted((a, b) => urgency(a.state) - urgency(b.state) || b.failure_count - a.failure_count || a.name.localeCompare(b.name));

/** `96`, `–` while nothing is known. */
const scoreText = (score: number | null): string => (score === null ? t('system.score-unknown', 'unknown') : String(score));

export interface Headline {
  tone: Tone;
  words: string;
}

/** What is wrong besides parts: `1 breaker open, 2 alerts`. */
function besides({ circuit_breakers: { by_state: by }, alerts }: StatusPayload): string[] {
  const open = by.open + by.half_open;
  const { total_alerts: total } = alerts.summary;
  return [
    ...(open > 0 ? [t('system.breakers-open', '{{count}} breakers not closed', { count: open })] : []),
    ...(total > 0 ? [t('system.alerts-active', '{{count}} alerts', { count: total })] : []),
  ];
}

/** How the system is, in one sentence. */
export function headlineOf(status: StatusPayload): Headline {
  const { overview, metrics } = status;
  const { overall_status: overall, total_components: count, component_breakdown: breakdown } = overview;
  if (overall === 'error') {
    return { tone: 'ill', words: t('system.head-error', 'How the system is cannot be told: {{error}}', { error: plainText(overview.error ?? '', 300) }) };
  }
  if (count === 0) {
    return { tone: 'unknown', words: t('system.head-none', 'No part of the system has been seen yet') };
  }
  const score = scoreText(metrics.system_health_score);
  const ill = breakdown.degraded + breakdown.unhealthy;
  const others = besides(status);
  if (ill > 0) {
    return { tone: systemTone(overall), words: [t('system.head-ill', '{{ill}} of {{count}} parts are not well, score {{score}}', { ill, count, score }), ...others].join(', ') };
  }
  return others.length === 0
    ? { tone: 'well', words: t('system.head-well', 'Everything is well: {{count}} parts, score {{score}}', { count, score }) }
    : { tone: 'waiting', words: [t('system.head-parts-well', 'All {{count}} parts are well, score {{score}}', { count, score }), ...others].join(', ') };
}

/** Parts that are not well, worst first. */
export const troubledOf = ({ components }: Pick<StatusPayload, 'components'>): Component[] => worstComponents(components).filter(({ status }) => status !== 'healthy');

export interface Gauge {
  name: string;
  /** Null is unknown. */
  percent: number | null;
  /** `12.4 of 31.9 GB`; empty when it is not known. */
  amount: string;
  /** Percent from which it alerts; undefined when no rule says so. */
  limit: number | undefined;
}

const MEGABYTES = 1024;
const gigabytes = (value: number): string => (value >= 99.95 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, ''));
const amountOf = (used: number | null, total: number | null): string => (used === null || total === null ? '' : t('system.amount', '{{used}} of {{total}} GB', { used: gigabytes(used), total: gigabytes(total) }));
const inGigabytes = (megabytes: number | null): number | null => (megabytes === null ? null : megabytes / MEGABYTES);

/** CPU, memory and disk of the host (R119 to R121). */
export const gaugesOf = ({ resources: seen }: Pick<StatusPayload, 'resources'>, limits: Limits): Gauge[] => [
  { name: t('system.cpu', 'CPU'), percent: seen.cpu_percent, amount: '', limit: limits.cpu },
  { name: t('system.memory', 'Memory'), percent: seen.memory_percent, amount: amountOf(inGigabytes(seen.memory_used_mb), inGigabytes(seen.memory_total_mb)), limit: limits.memory },
  { name: t('system.disk', 'Disk'), percent: seen.disk_percent, amount: amountOf(seen.disk_used_gb, seen.disk_total_gb), limit: limits.disk },
];

/** Above its limit, which is strict (R154), or unknown. */
export const gaugeTone = ({ percent, limit }: Pick<Gauge, 'percent' | 'limit'>): Tone => (percent === null ? 'unknown' : limit !== undefined && percent > limit ? 'ill' : 'well');

/** `unknown` in place of a figure that nobody measured (R123). */
export const knownPercent = (value: number | null): string => (value === null ? t('system.unknown', 'unknown') : percentText(value));
export const knownTime = (ms: number | null): string => (ms === null ? t('system.unmeasured', 'not measured') : durationText(ms));

type Figure = Exclude<keyof HistoryPoint, 'timestamp'>;

/** One figure of the history as a line; what was not known is a gap. */
export const lineOf = (history: readonly HistoryPoint[], figure: Figure, name: string): TimeLine => ({ name, points: history.map((point) => [Date.parse(point.timestamp), point[figure]] as const) });

/** What was left out, with how often; nothing that is 0. */
export const droppedOf = (dropped: Readonly<Record<string, number>>): Array<[what: string, count: number]> =>
  Object.entries(dropped)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a.localeCompare(b));
