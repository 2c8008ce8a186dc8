import type { MinuteRow } from '../../../../agents/runtime/collect/types';
import { dashboardPayload, type CollectedData } from '../../../contract/observability/dashboard';
import type { MinuteFigures, Range, SourceState } from '../../../contract/observability/schemas';
import { meanLatency, totalOf, trendOf } from '../../../contract/observability/summary';
import { previousRange, secondsOf } from '../../../contract/observability/time-range';
import { NO_FACTS } from '../filter/facts';
import { columns, frameOf, type Column } from '../frames/build';
import type { FieldConfig, Frame } from '../types';
import type { QueryContext } from './context';
import { matcherOfSome, sourceNotices } from './sources';

const NOTHING: CollectedData = { data: {}, states: [] };
const FIGURES = ['latency', 'error_rate', 'throughput', 'tokens', 'model_calls', 'cost'] as const;
type Figure = (typeof FIGURES)[number];
/** Not rounded, so that a change made out of them is the trend; null is unknown. */
type Figures = Readonly<Record<Figure, number | null>>;
const UNKNOWN: Figures = { latency: null, error_rate: null, throughput: null, tokens: null, model_calls: null, cost: null };

/** One period: the range, or the one of equal length just before. */
interface Period {
  end: number;
  /** Only of the range itself: which alerts were active before is not kept. */
  health: number | null;
  figures: Figures;
  before: Figures;
}

const ABOUT: Readonly<Record<Figure, [description: string, config: FieldConfig]>> = {
  latency: ['Mean time that handling an event or a request took.', { unit: 'ms', min: 0 }],
  error_rate: ['Errors over requests.', { unit: 'percent', min: 0, max: 100, decimals: 2 }],
  throughput: ['Requests a second.', { unit: 'reqps', min: 0, decimals: 1 }],
  tokens: ['Tokens of all model calls, in and out.', { unit: 'short', min: 0 }],
  model_calls: ['Calls of language models.', { unit: 'short', min: 0, decimals: 0 }],
  cost: ['Cost of all model calls; no value where no prices are set or nothing was asked.', { unit: 'currencyUSD', min: 0 }],
};

/** Where nothing was done there was no error and no request, but no latency either (R403, R404). */
function figuresOf(rows: readonly MinuteRow[], range: Range): Figures {
  const total: MinuteFigures = totalOf(rows) ?? { requests: 0, errors: 0 };
  const { requests, errors, tokens = { sum: 0, count: 0 }, cost_usd: cost = null } = total;
  const seconds = secondsOf(range);
  return { latency: meanLatency(total), error_rate: requests > 0 ? (100 * errors) / requests : 0, throughput: seconds > 0 ? requests / seconds : 0, tokens: tokens.sum, model_calls: tokens.count, cost };
}

/** R435: the trend is a column of its own as well, for where no panel makes it out of two rows. */
function summaryColumns(): Array<Column<Period>> {
  return [
    columns.time('time', ({ end }) => end, 'End of the period: the range, and the one of equal length just before.'),
    columns.number('health', ({ health }) => health, 'Health of the agents, 0 to 100: error rate, latency and active alerts. Only of the range.', { min: 0, max: 100, decimals: 0 }),
    ...FIGURES.map((name) => columns.number<Period>(name, ({ figures }) => figures[name], ...ABOUT[name])),
    ...FIGURES.map((name) => columns.number<Period>(`${name}_trend`, ({ figures, before }) => trendOf(figures[name], before[name]).trend, 'Change against the period before.', { unit: 'percent', decimals: 1 })),
  ];
}

/**
 * What the cards of the page Agents show (R428 to R435) and what the models took, as numbers: a row for the period before and one for the range, so that the change
 * which a stat panel shows is the trend.
 */
export async function agentSummary(context: QueryContext): Promise<Frame[]> {
  const { query, dashboard, range, signal, now } = context;
  const matcher = matcherOfSome(query, ['agents'], []);
  const earlier = previousRange(range);
  const [{ data, states }, previous] = await Promise.all([dashboard.collect(range, { metrics: {}, alerts: {} }, signal), dashboard.collect(earlier, { metrics: {} }, signal)]);
  const chosen = (rows: readonly MinuteRow[] = []) => rows.filter(({ agent }) => matcher.test({ ...NO_FACTS, agent }));
  const unread = (state: SourceState) => state.source === 'metrics' && !state.ok;
  const [rows, rowsBefore] = [chosen(data.metrics), chosen(previous.data.metrics)];
  const { health } = dashboardPayload({ collection: { data: { ...data, metrics: rows }, states }, previous: NOTHING, range, now, maxDataPoints: 1 });
  // A trend from nothing would be none.
  const figuresBefore = rowsBefore.length === 0 ? UNKNOWN : figuresOf(rowsBefore, earlier);
  const periods: Period[] = [
    { end: earlier.to, health: null, figures: figuresBefore, before: UNKNOWN },
    { end: range.to, health: health.score, figures: states.some(unread) ? UNKNOWN : figuresOf(rows, range), before: figuresBefore },
  ];
  const notices = [...sourceNotices({ states }), ...matcher.notices];
  return [frameOf('agent summary', query.refId, periods, summaryColumns(), { type: 'timeseries-wide', typeVersion: [0, 1], preferredVisualisationType: 'graph', notices, custom: { status: health.status, issues: health.issues } })];
}
