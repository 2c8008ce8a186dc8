import type { MinuteRow } from '../../../../agents/runtime/collect/types';
import { dashboardPayload } from '../../../contract/observability/dashboard';
import type { SummaryMetric } from '../../../contract/observability/payloads';
import type { Range } from '../../../contract/observability/schemas';
import { summaries, totalOf } from '../../../contract/observability/summary';
import { previousRange } from '../../../contract/observability/time-range';
import { NO_FACTS } from '../filter/facts';
import { columns, frameOf, type Column } from '../frames/build';
import type { FieldConfig, Frame } from '../types';
import type { QueryContext } from './context';
import { matcherOfSome, sourceNotices } from './sources';

/** One period: the range, or the one of equal length just before. */
interface Period {
  end: number;
  /** Only of the range itself: which alerts were active before is not kept. */
  health: number | null;
  metrics: readonly SummaryMetric[];
}

const named = ({ metrics }: Period, name: string) => metrics.find((metric) => metric.name === name);
const FIGURES: ReadonlyArray<[name: string, description: string, config: FieldConfig]> = [
  ['latency', 'Mean time that handling an event or a request took.', { unit: 'ms', min: 0 }],
  ['error_rate', 'Errors over requests.', { unit: 'percent', min: 0, max: 100, decimals: 2 }],
  ['throughput', 'Requests a second.', { unit: 'reqps', min: 0, decimals: 1 }],
];

/** R435: the trend is a column of its own as well, for where no panel makes it out of two rows. */
function summaryColumns(): Array<Column<Period>> {
  return [
    columns.time('time', ({ end }) => end, 'End of the period: the range, and the one of equal length just before.'),
    columns.number('health', ({ health }) => health, 'Health of the agents, 0 to 100: error rate, latency and active alerts. Only of the range.', { min: 0, max: 100, decimals: 0 }),
    ...FIGURES.map(([name, description, config]) => columns.number<Period>(name, (period) => named(period, name)?.value, description, config)),
    ...FIGURES.map(([name]) => columns.number<Period>(`${name}_trend`, (period) => named(period, name)?.trend, 'Change against the period before.', { unit: 'percent', decimals: 1 })),
  ];
}

/** @returns nothing where nothing was measured: a trend from nothing would be none */
const before = (rows: readonly MinuteRow[], range: Range): SummaryMetric[] => (rows.length === 0 ? [] : summaries(totalOf(rows), undefined, range));

/**
 * What the cards of the page Agents show (R428 to R435), as numbers: a row for the period before and one for the range, so that the change
 * which a stat panel shows is the trend.
 */
export async function agentSummary(context: QueryContext): Promise<Frame[]> {
  const { query, dashboard, range, signal, now } = context;
  const matcher = matcherOfSome(query, ['agents'], []);
  const earlier = previousRange(range);
  const [{ data, states }, previous] = await Promise.all([dashboard.collect(range, { metrics: {}, alerts: {} }, signal), dashboard.collect(earlier, { metrics: {} }, signal)]);
  const chosen = (rows: readonly MinuteRow[] = []) => rows.filter(({ agent }) => matcher.test({ ...NO_FACTS, agent }));
  const rowsBefore = chosen(previous.data.metrics);
  const { health, summaries: metrics } = dashboardPayload({ collection: { data: { ...data, metrics: chosen(data.metrics) }, states }, previous: { data: { metrics: rowsBefore }, states: previous.states }, range, now, maxDataPoints: 1 });
  const periods: Period[] = [
    { end: earlier.to, health: null, metrics: before(rowsBefore, earlier) },
    { end: range.to, health: health.score, metrics },
  ];
  const notices = [...sourceNotices({ states }), ...matcher.notices];
  return [frameOf('agent summary', query.refId, periods, summaryColumns(), { type: 'timeseries-wide', typeVersion: [0, 1], preferredVisualisationType: 'graph', notices, custom: { status: health.status, issues: health.issues } })];
}
