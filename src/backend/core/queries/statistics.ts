import type { EventType } from '../../../contract/events';
import { usedFilters } from '../filter/matcher';
import { columns, frameOf, type Column } from '../frames/build';
import { HOURS, MINUTES, readCounts, sumOf } from '../log/counts';
import type { Frame, Notice } from '../types';
import type { QueryContext } from './context';
import { remediationPage, statusOf, type Remediation } from './remediation-rows';

/** Actions that one call counts, at most. */
const BUDGET = 200_000;
const MINUTES_UP_TO_MS = 26 * 3_600_000;

interface Figures {
  remediations: number;
  success: number;
  failed: number;
  rejected: number;
  not_applicable: number;
  dry_run: number;
  /** Null when nothing was attempted: never 0 %. */
  success_rate: number | null;
  helped: number;
  no_change: number;
  worse: number;
  false_alarms: number | null;
  alerts: number | null;
  open: number;
}

function countRemediations(rows: readonly Remediation[]): Omit<Figures, 'false_alarms' | 'alerts' | 'open'> {
  const by = new Map<string, number>();
  for (const row of rows) {
    for (const word of [statusOf(row.record), row.verdict ?? '']) {
      by.set(word, (by.get(word) ?? 0) + 1);
    }
  }
  const of = (word: string) => by.get(word) ?? 0;
  const attempts = of('success') + of('failed');
  return {
    remediations: rows.length,
    success: of('success'),
    failed: of('failed'),
    rejected: of('rejected'),
    not_applicable: of('not_applicable'),
    dry_run: of('dry_run'),
    success_rate: attempts === 0 ? null : (100 * of('success')) / attempts,
    helped: of('helped'),
    no_change: of('no_change'),
    worse: of('worse'),
  };
}

/** How many events of some types there were, from the counts alone. */
async function countEvents(context: QueryContext, types: readonly EventType[]): Promise<number[]> {
  const { range, now, source, signal } = context;
  const oldest = now - (source.settings.retentionDays + 3) * 86_400_000;
  const kept = { from: Math.max(range.from, oldest), to: Math.min(range.to, now) };
  const grain = kept.to - kept.from <= MINUTES_UP_TO_MS ? MINUTES : HOURS;
  const counts = await readCounts(source, kept, grain, signal);
  return types.map((type) => sumOf(counts, type, kept, grain));
}

async function openIncidents({ source, signal }: QueryContext): Promise<number> {
  const lengths = await Promise.all(source.log.partitions.map(async ({ open }) => source.ask(signal, async (redis) => redis.hlen(open))));
  return lengths.reduce((sum, one) => sum + one, 0);
}

const whole = { unit: 'short', decimals: 0, min: 0 };

function figureColumns(): Array<Column<Figures>> {
  return [
    columns.number('remediations', (one) => one.remediations, 'Actions that ended in the time range, refused ones and dry runs included.', whole),
    columns.number('success', (one) => one.success, 'Actions that were done.', whole),
    columns.number('failed', (one) => one.failed, 'Actions that failed.', whole),
    columns.number('rejected', (one) => one.rejected, 'Actions that a guard refused, such as cooldown or circuit breaker. They were never attempted.', whole),
    columns.number('not_applicable', (one) => one.not_applicable, 'Actions that make no sense for the container.', whole),
    columns.number('dry_run', (one) => one.dry_run, 'Actions that would have been done in another mode.', whole),
    columns.number('success_rate', (one) => one.success_rate, 'Success over success and failed; no value while nothing was attempted.', { unit: 'percent', min: 0, max: 100, decimals: 1 }),
    columns.number('helped', (one) => one.helped, 'Actions that were seen to have helped.', whole),
    columns.number('no_change', (one) => one.no_change, 'Actions that changed nothing.', whole),
    columns.number('worse', (one) => one.worse, 'Actions after which it was worse.', whole),
    columns.number('false_alarms', (one) => one.false_alarms, 'Alerts that the analysis held to be false, by whole minutes (hours beyond a day).', whole),
    columns.number('alerts', (one) => one.alerts, 'Alerts of the monitor, repeated ones included, by whole minutes (hours beyond a day).', whole),
    columns.number('open', (one) => one.open, 'Containers that are in an incident now, whatever the time range.', whole),
  ];
}

/** The figures of R075 to R081 for a time range, in one row. */
export async function statistics(context: QueryContext): Promise<Frame[]> {
  const { query } = context;
  const whole = { ...context, query: { ...query, cursor: '' } };
  const [page, [falseAlarms = 0, alerts = 0], open] = await Promise.all([remediationPage(whole, { limit: BUDGET, budget: BUDGET, events: false }), countEvents(context, ['false_alarm', 'health_alert']), openIncidents(context)]);
  const narrowed = usedFilters(query, ['types']).length > 0;
  const notices: Notice[] = narrowed ? [...page.notices, { severity: 'info', text: 'False alarms and alerts are counted over everything; with filters they have no value.' }] : page.notices;
  const figures: Figures = { ...countRemediations(page.rows), false_alarms: narrowed ? null : falseAlarms, alerts: narrowed ? null : alerts, open };
  return [frameOf('statistics', query.refId, [figures], figureColumns(), { type: 'numeric-wide', typeVersion: [0, 1], preferredVisualisationType: 'table', notices })];
}
