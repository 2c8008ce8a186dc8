import { isEvent, type EventData, type EventOf, type EventType } from '../../../contract/events';
import { columns, frameOf, timeOf } from '../frames/build';
import type { Frame, Notice } from '../types';
import type { QueryContext } from './context';
import { eventPage } from './events';

type Made = EventOf<'insight_made'> | EventOf<'insight_failed'>;

/** An episode as its newest event tells it. */
export interface EpisodeRow {
  data: EventData<'error_rate_episode'>;
  /** Milliseconds. */
  began: number | null;
  /** Null while it lasts. */
  ended: number | null;
}

/** An episode that lasts tells of itself every minute: so many of these events are read for each that is asked for. */
const TELLS = 20;
const MAX_READ = 10_000;

async function read(context: QueryContext, types: readonly EventType[], limit: number, add: Parameters<typeof eventPage>[1]): Promise<Notice[]> {
  const { query } = context;
  const page = await eventPage({ ...context, query: { ...query, limit, cursor: '', direction: 'backward', filters: { ...query.filters, types: [...types] } } }, add);
  return page.notices;
}

/** Times of high error rates, newest first. */
export async function episodesOf(context: QueryContext): Promise<{ episodes: EpisodeRow[]; notices: Notice[] }> {
  const newest = new Map<string, EpisodeRow>();
  const notices = await read(context, ['error_rate_episode'], Math.min(MAX_READ, context.query.limit * TELLS), ({ event }) => {
    // Newest first: what comes later is older. An end is final, whatever was written after it.
    const known = isEvent(event, 'error_rate_episode') ? newest.get(event.data.episode) : undefined;
    if (isEvent(event, 'error_rate_episode') && (!known || (known.ended === null && event.data.state === 'ended'))) {
      newest.set(event.data.episode, { data: event.data, began: timeOf(event.data.began_at), ended: timeOf(event.data.ended_at) });
    }
  });
  return { episodes: [...newest.values()].sort((a, b) => (b.began ?? 0) - (a.began ?? 0)).slice(0, context.query.limit), notices };
}

const made = <T>(pick: (event: EventOf<'insight_made'>) => T) => (event: Made) => (event.type === 'insight_made' ? pick(event) : undefined);

/** Analyses of dashboards, newest first, and times of high error rates: two frames. */
export async function insights(context: QueryContext): Promise<Frame[]> {
  const { query, links } = context;
  const rows: Made[] = [];
  const notices = await read(context, ['insight_made', 'insight_failed'], query.limit, ({ event }) => {
    if (isEvent(event, 'insight_made') || isEvent(event, 'insight_failed')) {
      rows.push(event);
    }
  });
  const rates = await episodesOf(context);
  return [
    frameOf('insights', query.refId, rows, [
      columns.time('time', (event) => Date.parse(event.time), 'When it was analysed.'),
      columns.text('dashboard', ({ data }) => data.dashboard, 'Id of the dashboard in the configuration of the updater.'),
      columns.text('kind', ({ data }) => data.kind, 'anomaly_detection, trend_analysis or forecast.'),
      columns.text('severity', made(({ data }) => data.severity), 'low, medium, high or critical; empty where the analysis failed.'),
      columns.text('summary', (event) => (event.type === 'insight_made' ? event.data.summary : `No analysis: ${event.data.error}`), 'What it comes to.'),
      columns.text('recommendations', (event) => (event.type === 'insight_made' ? event.data.recommendations.join('\n') : event.data.mend), 'What to do; a line each.'),
      columns.number('findings', made(({ data }) => data.findings.length), 'How many findings.', { unit: 'short', decimals: 0, min: 0 }),
      columns.text('method', made(({ data }) => data.method), 'statistics, or model: worded by a language model over what the statistics found.'),
      columns.text('fallback', made(({ data }) => data.fallback), 'Why no model worded it although one is set.'),
      columns.json('details', (event) => ({ findings: event.type === 'insight_made' ? event.data.findings : [] }), 'The findings one by one.'),
      columns.json('result', (event) => (event.type === 'insight_made' ? event.data.result : {}), 'The result in the form of its kind.'),
      columns.text('id', ({ id }) => id, 'Id of the event.', { links: links.event }),
    ], { type: 'table', preferredVisualisationType: 'table', notices }),
    frameOf('error rates', query.refId, rates.episodes, [
      columns.time('time', ({ began }) => began, 'When the rate passed its limit.'),
      columns.time('timeEnd', ({ ended }) => ended, 'When it came back; empty while it lasts.'),
      columns.text('rate', ({ data }) => data.rate, 'Name of the rate.'),
      columns.text('state', ({ ended }) => (ended === null ? 'lasts' : 'ended'), 'lasts or ended.'),
      columns.text('severity', ({ data }) => data.severity, 'medium, high or critical.'),
      columns.number('value', ({ data }) => data.value, 'Share of failures when it was last told.', { unit: 'percentunit', min: 0, max: 1 }),
      columns.number('worst', ({ data }) => data.worst, 'Highest share of failures.', { unit: 'percentunit', min: 0, max: 1 }),
      columns.number('threshold', ({ data }) => data.threshold, 'The limit that was passed.', { unit: 'percentunit', min: 0, max: 1 }),
      columns.text('cause', ({ data }) => data.cause, 'Why, as far as is known.'),
      columns.number('confidence', ({ data }) => data.confidence, 'Confidence of the explanation.', { unit: 'percentunit', min: 0, max: 1 }),
      columns.text('recommendations', ({ data }) => data.recommendations.join('\n'), 'What to do; a line each.'),
      columns.json('evidence', ({ data }) => ({ evidence: data.evidence }), 'What the explanation rests on.'),
      columns.text('method', ({ data }) => data.method, 'statistics or model.'),
      columns.number('panels', ({ data }) => data.places.filter((place) => place.annotation_id !== undefined).length, 'Panels of Grafana that are annotated.', { unit: 'short', decimals: 0, min: 0 }),
      columns.text('incident', ({ data }) => data.incidents[0], 'Id of the incident that it most likely comes from.', { links: links.incident }),
      columns.text('text', ({ data }) => data.text, 'The text of the annotation.'),
      columns.text('episode', ({ data }) => data.episode, 'Id of the episode.'),
    ], { type: 'table', preferredVisualisationType: 'table', notices: rates.notices }),
  ];
}
