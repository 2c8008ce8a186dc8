import type { IconName, TimeRange } from '@grafana/data';
import type { DashboardPayload, StatCard } from '../../contract/observability/payloads';
import type { SourceState } from '../../contract/observability/schemas';
import { t } from '../../components/text';
import type { Figure } from '../../components/Figures/Figures';
import type { TimeLine } from '../../components/TimeChart/TimeChart';
import type { Tone } from '../../components/tone';

const MINUTE_MS = 60_000;
/** What the server takes (R475). */
const MOST_MINUTES = 1440;

export interface Window {
  /** Whole minutes until now, 1 to 1440. */
  minutes: number;
  /** Why that is not what the page's time range says: it is too long, or does not end now. */
  clipped: 'long' | 'past' | undefined;
}

/** Ends that do not move with the clock would be another question each minute: they are asked for by the hour. */
const STEP_MINUTES = 60;

/** The page's time range as the server takes it. @param now milliseconds since 1970 */
export function windowOf({ from, to, raw }: TimeRange, now: number): Window {
  const endsNow = raw.to === 'now';
  const slides = endsNow && typeof raw.from === 'string' && raw.from.startsWith('now-');
  const step = slides ? 1 : STEP_MINUTES;
  const length = Math.ceil(Math.round(((slides ? to.valueOf() : now) - from.valueOf()) / MINUTE_MS) / step) * step;
  const minutes = Math.min(MOST_MINUTES, Math.max(1, length));
  return { minutes, clipped: length > MOST_MINUTES ? 'long' : endsNow ? undefined : 'past' };
}

const ICONS: Record<string, IconName> = { heart: 'heart', clock: 'clock-nine', 'alert-circle': 'exclamation-circle', activity: 'chart-line' };
const CARD_TONES: Record<StatCard['status'], Tone> = { normal: 'well', warning: 'waiting', critical: 'ill' };

const statusWords = (status: StatCard['status']): string => ({ normal: t('agents.normal', 'normal'), warning: t('agents.warning', 'warning'), critical: t('agents.critical', 'critical') })[status];

const signed = (percent: number): string => `${percent > 0 ? '+' : ''}${Math.abs(percent) < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;

/** `up, +12 % against the 60 min before` (R398 to R402). */
export function trendWords({ trend, trendDirection }: Pick<StatCard, 'trend' | 'trendDirection'>, minutes: number): string {
  if (trend === null || trendDirection === null) {
    return t('agents.no-trend', 'nothing before it to compare with');
  }
  const words = { up: t('agents.up', 'up'), down: t('agents.down', 'down'), stable: t('agents.stable', 'stable') }[trendDirection];
  return t('agents.trend', '{{direction}}, {{percent}} against the {{minutes}} min before', { direction: words, percent: signed(trend), minutes });
}

/** What the server writes where nothing was measured. */
const UNKNOWN = '–';

/** The stat cards in the server's order (R428 to R435). Health is told by its issues, the others by their trend. */
export function figuresOf({ statCards, health, timeRange }: Pick<DashboardPayload, 'statCards' | 'health' | 'timeRange'>): Figure[] {
  return statCards.map((card, index): Figure => {
    const unknown = card.value === UNKNOWN;
    return {
      label: card.title,
      value: card.value,
      unit: unknown ? '' : card.unit,
      icon: ICONS[card.icon] ?? 'chart-line',
      tone: unknown ? 'unknown' : CARD_TONES[card.status],
      state: unknown ? t('agents.unmeasured', 'nothing measured') : statusWords(card.status),
      note: index === 0 ? (health.issues.length === 0 ? t('agents.no-issues', 'no issue') : health.issues.join(' · ')) : trendWords(card, Math.round(timeRange.minutes)),
    };
  });
}

export type AgentChart = DashboardPayload['charts'][keyof DashboardPayload['charts']];

const DRAWN: Record<string, 'line' | 'area' | 'bar'> = { line: 'line', area: 'area', bar: 'bar' };

/** A chart's series as lines (R417). */
export const linesOf = ({ series }: AgentChart): TimeLine[] =>
  series.map(({ name, data, color, type }) => ({ name, color, draw: DRAWN[type] ?? 'line', points: data.map(({ timestamp, value }) => [Date.parse(timestamp), value] as const) }));

/** True when no agent has told anything in the range, although everything could be read. */
export const isQuiet = ({ summaries, logs, traces, errors, sources }: DashboardPayload): boolean =>
  sources.every(({ ok }) => ok) && logs.length + traces.length + errors.length === 0 && !summaries.some(({ name }) => name === 'requests' || name === 'latency');

/** One state a source: the last one that failed, else the last one told. */
export function mergedSources(...lists: ReadonlyArray<readonly SourceState[] | undefined>): SourceState[] {
  const bySource = new Map<string, SourceState>();
  for (const state of lists.flatMap((list) => list ?? [])) {
    const known = bySource.get(state.source);
    bySource.set(state.source, !known || known.ok ? { ...state, notices: [...new Set([...(known?.notices ?? []), ...state.notices])] } : known);
  }
  return [...bySource.values()];
}

/** Why nothing can be said of what a source would have told; undefined while it answers (R368). */
export const failureOfSource = (sources: readonly SourceState[], source: SourceState['source']): SourceState | undefined => sources.find((one) => one.source === source && !one.ok);

const HEALTH_TONES: Record<DashboardPayload['health']['status'], Tone> = { healthy: 'well', degraded: 'waiting', critical: 'ill' };

/** How the agents are, in one sentence (R414). A good score with an issue is no reason to look away. */
export function sentenceOf({ health }: Pick<DashboardPayload, 'health'>): { tone: Tone; words: string } {
  const { score, status, issues } = health;
  const words = {
    healthy: t('agents.healthy', 'The agents are well, score {{score}}', { score }),
    degraded: t('agents.degraded', 'The agents are impaired, score {{score}}', { score }),
    critical: t('agents.critical-health', 'The agents are not well, score {{score}}', { score }),
  }[status];
  if (issues.length === 0) {
    return { tone: HEALTH_TONES[status], words };
  }
  return status === 'healthy'
    ? { tone: 'waiting', words: t('agents.healthy-but', 'The agents work, score {{score}}, and something wants a look: {{issues}}', { score, issues: issues.join(', ') }) }
    : { tone: HEALTH_TONES[status], words: `${words}: ${issues.join(', ')}` };
}
