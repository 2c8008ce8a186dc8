import { severityOf } from '../../agents/updater/rates/cause';
import type { Episode } from '../../agents/updater/rates/episode';
import { episodeId, updateId } from '../../agents/updater/rates/record';
import { episodeText, type Told } from '../../agents/updater/rates/text';
import { derivedId, sha256 } from '../../agents/runtime/ids';
import { ENVELOPE_VERSION, type AnnotationPlace, type EventData, type EventOf, type EventType, type HemostatEvent } from '../../src/contract/events';
import { clause } from '../../src/contract/story/plain-text';
import { clockOrDate, percentText } from '../../src/contract/story/time';
import { MODEL } from './recorded-day-endings';
import type { Tale } from './recorded-day-tale';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const THRESHOLD = 0.05;
const iso = (ms: number) => new Date(ms).toISOString();

class UpdaterChronicle {
  readonly events: HemostatEvent[] = [];

  add<T extends EventType>(ms: number, type: T, data: EventData<T>, cause = ''): EventOf<T> {
    const event = { v: ENVELOPE_VERSION, id: derivedId('recorded day', 'updater', this.events.length), time: iso(ms), agent: 'updater', host: '', container: '', incident_id: '', cause_id: cause, trace_id: cause, policy_version: '', type, data } as EventOf<T>;
    this.events.push(event as HemostatEvent);
    return event;
  }
}

type Insight = EventData<'insight_made'>;
type InsightWords = Pick<Insight, 'dashboard' | 'findings' | 'recommendations'> & Partial<Pick<Insight, 'severity' | 'summary' | 'method' | 'fallback' | 'model_calls'>>;

const made = ({ findings, ...words }: InsightWords, kind: Insight['kind'], result: Insight['result']): Insight => ({
  severity: 'low',
  summary: findings.map(({ text }) => text).join(' ') || 'Nothing unusual in 2 series.',
  method: 'statistics',
  model_calls: [],
  duration_seconds: 0.064,
  ...words,
  findings,
  kind,
  result: { dashboard_id: words.dashboard, ...result },
});

const asked = (at: number, outcome: 'ok' | 'timeout', answer = ''): Insight['model_calls'] => [
  { ...MODEL, started_at: iso(at - 4 * SECOND), duration_seconds: outcome === 'ok' ? 3.1 : 20, input_tokens: 1870, output_tokens: outcome === 'ok' ? 212 : 0, prompt_hash: sha256(`updater ${at}`), finish_reason: outcome === 'ok' ? 'stop' : outcome, outcome, ...(outcome === 'ok' ? { answer } : { error: 'The model did not answer within 20 s.' }) },
];

/** Each kind of analysis, worded by the statistics and by the model, quiet and not; one that came to nothing, one that was pushed. */
function analyses(day: UpdaterChronicle, now: number): void {
  const chart = (name: string, unit: string, current: number, median: number) => ({ name, unit, current, timestamp: iso(now - 26 * MINUTE), median, low: median * 0.7, high: median * 1.4, outliers: [] });

  const broken = now - 4 * HOUR;
  day.add(broken, 'insight_failed', { dashboard: 'intranet_wiki', kind: 'anomaly_detection', error: 'Prometheus cannot evaluate "rate(wiki_page_loads_total)": parse error: expected type range vector in call to function "rate", got instant vector.', mend: 'Mend the metric in dashboard_config.json; the expression browser of Prometheus shows what is wrong with it.' });

  const grown = now - 3 * HOUR;
  const rises = `memory of shop-db-1 rises steadily: from 1120 MB to 1490 MB within 24 h (+33 %), 15.4 MB an hour.`;
  day.add(grown, 'insight_made', made(
    {
      dashboard: 'shop_database',
      severity: 'medium',
      findings: [{ series: 'memory of shop-db-1', what: 'trend', text: rises, severity: 'medium', from: iso(grown - 24 * HOUR), to: iso(grown), actual: 1490, expected: 1120 }],
      recommendations: ['Find what makes memory of shop-db-1 change steadily, before it reaches a limit.'],
    },
    'trend_analysis',
    { trend_data: { series: 'memory of shop-db-1', unit: 'MB', trend_direction: 'up', growth_rate: 33, forecast: [], insights: [rises], recommendations: [], series_trends: [] }, timestamp: iso(grown) }
  ));

  const filled = now - 2 * HOUR;
  const ahead = { timestamp: iso(filled + 24 * HOUR), value: 78.4, lower: 74.9, upper: 82.1 };
  day.add(filled, 'insight_made', made(
    {
      dashboard: 'media_storage',
      findings: [{ series: 'disk of media-store-1', what: 'forecast', text: `disk of media-store-1 is expected to be 78.4 % in 24 h (95 % between 74.9 % and 82.1 %; backtested accuracy 96 %).`, severity: 'low', from: iso(filled), to: ahead.timestamp, actual: 71.2, expected: 78.4 }],
      recommendations: [],
      fallback: 'no answer within 20 s',
      model_calls: asked(filled, 'timeout'),
    },
    'forecast',
    { forecast: { series: 'disk of media-store-1', unit: '%', predictions: [ahead], model_used: 'seasonal exponential smoothing', accuracy_estimate: 96, recommendations: [], series_forecasts: [] }, timestamp: iso(filled) }
  ));

  const spiked = now - 26 * MINUTE;
  const loud = day.add(spiked, 'insight_made', made(
    {
      dashboard: 'media_transcoding',
      severity: 'high',
      summary: 'Transcoding stopped making progress: its queue went from 14 to 96 jobs as media-transcode-2 began to restart over and over.',
      findings: [
        { series: 'jobs that wait', what: 'level_shift', text: `jobs that wait went from a level of 14 to 96 at ${clockOrDate(iso(spiked - 2 * MINUTE), iso(spiked))} and stayed there (+586 %).`, severity: 'high', from: iso(spiked - 2 * MINUTE), actual: 96, expected: 14 },
        { series: 'starts of transcoders', what: 'outlier', text: `starts of transcoders was 6 at ${clockOrDate(iso(spiked - MINUTE), iso(spiked))}; 0 was to be expected (14 times the usual scatter).`, severity: 'medium', from: iso(spiked - 2 * MINUTE), to: iso(spiked - MINUTE), actual: 6, expected: 0 },
      ],
      recommendations: ['Find what changed when jobs that wait took its new level: a deployment, a setting, or the load.', 'Look at what happened at that time to what starts of transcoders measures: deployments, restarts, load.'],
      method: 'model',
      model_calls: asked(spiked, 'ok', '{"summary":"Transcoding stopped making progress: its queue went from 14 to 96 jobs as media-transcode-2 began to restart over and over."}'),
    },
    'anomaly_detection',
    { panel_updates: { series: [chart('jobs that wait', '', 96, 14), chart('starts of transcoders', '', 0, 0)] }, alerts: [], severity: 'high', recommendations: [], timestamp: iso(spiked) }
  ));
  day.add(spiked + 310, 'dashboard_pushed', { dashboard: 'media_transcoding', what: 'panel', dashboard_uid: 'media-transcoding', panel_id: 12, update_id: derivedId('panel', loud.id), status_code: 200 }, loud.id);

  const quiet = now - 11 * MINUTE;
  day.add(quiet, 'insight_made', made({ dashboard: 'queue_workers', findings: [], recommendations: [] }, 'anomaly_detection', { panel_updates: { series: [chart('throughput', 'jobs/s', 41, 40), chart('age of the oldest job', 's', 3, 3)] }, alerts: [], severity: 'low', recommendations: [], timestamp: iso(quiet) }));
}

interface RateTale {
  /** Id and name of the rate in the configuration. */
  rate: readonly [id: string, name: string];
  /** Shares, 0..1: of each minute since it began. */
  shares: readonly number[];
  began: number;
  ended?: number;
  explanation: Told['explanation'];
  places: AnnotationPlace[];
}

const worstOf = (shares: readonly number[]) => Math.max(...shares);

/** An episode as the updater tells of it: as it begins, each minute, as it ends. */
function episode(day: UpdaterChronicle, { rate: [rateId, name], shares, began, ended, explanation, places }: RateTale): void {
  const id = episodeId(rateId, began);
  const tell = (state: EventData<'error_rate_episode'>['state'], at: number, known: readonly number[], own: Partial<Pick<Told, 'endedAt'>> = {}) => {
    const seen: Episode = { began_at: began, last_at: own.endedAt ?? at, seen_at: at, value: own.endedAt === undefined ? (known.at(-1) ?? 0) : 0.008, worst: worstOf(known), requests: 2380 };
    const told: Told = { name, threshold: THRESHOLD, episode: seen, explanation, ...own };
    day.add(at, 'error_rate_episode', {
      episode: id,
      state,
      rate: name,
      value: seen.value,
      worst: seen.worst,
      threshold: THRESHOLD,
      requests: 2380,
      began_at: iso(began),
      last_at: iso(seen.last_at),
      ...(own.endedAt === undefined ? {} : { ended_at: iso(own.endedAt) }),
      severity: severityOf(seen, THRESHOLD),
      ...explanation,
      text: episodeText(told),
      places: state === 'began' ? [] : places,
      model_calls: explanation.method === 'model' && state === 'goes_on' ? asked(at, 'ok', JSON.stringify({ cause: explanation.cause })) : [],
    });
  };
  shares.forEach((_, minute) => {
    tell(minute === 0 ? 'began' : 'goes_on', began + minute * MINUTE, shares.slice(0, minute + 1));
    if (minute === 0) {
      places.forEach((place, index) => annotated(day, { at: began + 240 + index * 60, rateId, id, place }));
    }
  });
  if (ended !== undefined) {
    tell('ended', ended + 30 * SECOND, shares, { endedAt: ended });
  }
}

/** The annotation is written into Grafana; a place without an id is one that Grafana refuses. */
function annotated(day: UpdaterChronicle, { at, rateId, id, place }: { at: number; rateId: string; id: string; place: AnnotationPlace }): void {
  const { dashboard_uid, panel_id, annotation_id } = place;
  const refused = {
    status_code: 403,
    error: 'Grafana does not allow it to this token (POST /api/annotations: 403, You need additional permissions to perform this action).',
    mend: 'Give the service account the role Editor, or the permissions annotations:read, annotations:create, annotations:write and dashboards:read.',
  };
  day.add(at, 'dashboard_pushed', { dashboard: rateId, what: 'annotation', dashboard_uid, panel_id, update_id: updateId({ id }, place), ...(annotation_id === undefined ? refused : { status_code: 200 }) });
}

function explained(tale: Tale, shares: readonly number[], words: Pick<Told['explanation'], 'cause' | 'method' | 'recommendations'> & { others?: readonly Tale[] }): Told['explanation'] {
  const { others = [], ...said } = words;
  return {
    ...said,
    confidence: others.length > 0 ? 0.85 : 0.95,
    evidence: [
      { what: 'error rate', value: `${percentText((shares.at(-1) ?? 0) * 100)} of 2380 requests, at worst ${percentText(worstOf(shares) * 100)}; the limit is ${percentText(THRESHOLD * 100)}`, source: 'Prometheus' },
      { what: 'share of the failures', value: `91 %: container="${tale.member.container}"`, source: 'Prometheus' },
      ...[tale, ...others].map(({ member, incident, illness }, index) => ({ what: `incident of ${member.container}`, value: `${clause(illness.reason)}; ${index === 0 ? `the failing requests carry container="${member.container}"` : 'it happened at that time'}`, source: incident })),
    ],
    incidents: [tale, ...others].map(({ incident }) => incident),
  };
}

const endOf = ({ events }: Tale) => Date.parse(events.findLast(({ type }) => type === 'container_recovered')?.time ?? '');

/** A rate that came back as its container did, and one that is high now. */
function episodes(day: UpdaterChronicle, now: number, open: readonly Tale[], ended: readonly Tale[]): void {
  const healed = ended.findLast((tale) => tale.member.project === 'shop' && tale.began < now - 2 * HOUR && endOf(tale) - tale.began > 4 * MINUTE);
  const ill = open.find(({ name }) => name === 'refused by cooldown');
  const waits = open.find(({ name }) => name === 'waiting for approval');
  if (!healed || !ill || !waits) {
    throw new Error('The recorded day has no incident that its error rates could come from: mend tests/support/recorded-day-insights.ts.');
  }
  const before = [0.071, 0.124, 0.183, 0.142];
  const { container } = healed.member;
  episode(day, {
    rate: ['shop', 'the shop'],
    shares: before,
    began: healed.began + 20 * SECOND,
    ended: endOf(healed) + 15 * SECOND,
    explanation: explained(healed, before, { cause: `container ${container} fell ill 20 s before the rate passed its limit (${clause(healed.illness.reason)}). ${healed.illness.cause}`, method: 'statistics', recommendations: [`${container} is well again: see whether the rate falls.`] }),
    places: [{ dashboard_uid: 'shop', panel_id: 4, annotation_id: 311 }, { dashboard_uid: 'shop', panel_id: 5, annotation_id: 312 }],
  });
  const lasting = [0.082, 0.131, 0.127, 0.139];
  episode(day, {
    rate: ['checkout', 'the checkout'],
    shares: lasting,
    began: ill.began + 50 * SECOND,
    explanation: explained(ill, lasting, { cause: 'shop-db-1 fails its health check, its connections are all in use, and checkout requests time out while they wait for one', method: 'model', recommendations: ['Look at shop-db-1: HemoStat may not act on it; the incident says which guard refuses.', 'Approve or reject the action on shop-api-1: it waits for you.'], others: [waits] }),
    places: [{ dashboard_uid: 'shop', panel_id: 6, annotation_id: 340 }, { dashboard_uid: 'company', panel_id: 2 }],
  });
}

/** What the updater did on the day: analyses of dashboards, error rates above their limit, what was written into Grafana. */
export function updaterEvents(now: number, open: readonly Tale[], ended: readonly Tale[]): HemostatEvent[] {
  const day = new UpdaterChronicle();
  analyses(day, now);
  episodes(day, now, open, ended);
  return day.events;
}
