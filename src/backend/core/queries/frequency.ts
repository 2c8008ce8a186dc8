import { EVENT_TYPES, type EventType } from '../../../contract/events';
import { NO_FACTS } from '../filter/facts';
import { matcherOf, usedFilters } from '../filter/matcher';
import { HOURS, MINUTES, readCounts, type Counts, type Grain } from '../log/counts';
import type { Field, Frame, Notice, TimeRange } from '../types';
import type { QueryContext } from './context';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Up to this length minutes are counted, above it hours. */
const MINUTES_UP_TO_MS = 26 * 3_600_000;
const STEPS_MIN = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440];
/** Without any event these are still drawn, at zero, so that an alert rule finds a series. */
const ALWAYS: readonly EventType[] = ['health_alert', 'remediation_complete', 'false_alarm'];
/** Nothing is read before this, however long a range is: the counts are kept as long as the log, and a bit. */
const SPARE_DAYS = 3;

/** How fine: minutes up to a day or so, hours above, and no finer than the panel is wide. */
export function stepOf(range: TimeRange, maxDataPoints: number): { step: number; grain: Grain } {
  const length = Math.max(1, range.to - range.from);
  const finest = length <= MINUTES_UP_TO_MS ? 1 : 60;
  const wanted = length / Math.max(1, maxDataPoints) / MINUTE_MS;
  const minutes = STEPS_MIN.find((one) => one >= finest && one >= wanted) ?? Math.ceil(wanted / 1440) * 1440;
  return { step: minutes * MINUTE_MS, grain: minutes < 60 ? MINUTES : HOURS };
}

function bucketsOf(counts: ReadonlyMap<number, number> | undefined, starts: Float64Array, step: number): Float64Array {
  const values = new Float64Array(starts.length);
  const first = starts[0] ?? 0;
  for (const [start, number] of counts ?? []) {
    const index = Math.floor((start - first) / step);
    if (index >= 0 && index < values.length) {
      values[index] = (values[index] ?? 0) + number;
    }
  }
  return values;
}

/** The part of the range for which there can be counts. */
function countedRange(context: QueryContext): { range: TimeRange; notices: Notice[] } {
  const oldest = context.now - (context.source.settings.retentionDays + SPARE_DAYS) * DAY_MS;
  const { from, to } = context.range;
  const range = { from: Math.max(from, oldest), to: Math.max(Math.min(to, context.now), Math.max(from, oldest)) };
  return range.from > from ? { range, notices: [{ severity: 'info', text: `Counts are kept for ${context.source.settings.retentionDays} days; the graph begins at ${new Date(range.from).toISOString()}.` }] } : { range, notices: [] };
}

function typesOf(context: QueryContext, counts: Counts): EventType[] {
  const { query } = context;
  const matcher = matcherOf({ filters: { ...query.filters, containers: [], hosts: [], projects: [], severities: [], statuses: [], actions: [], agents: [], incidents: [], text: '' }, adhoc: query.adhoc.filter((one) => ['type', 'event_type'].includes(one.key)) });
  const asked = matcher.active;
  const present = EVENT_TYPES.filter((type) => asked || counts.has(type)).filter((type) => matcher.test({ ...NO_FACTS, type }));
  return present.length > 0 || asked ? present : [...ALWAYS];
}

/** How many events there were over time, one number field a type. Costs the same whatever the number of events. */
export async function frequency(context: QueryContext): Promise<Frame[]> {
  const { query, source, signal } = context;
  const { range, notices } = countedRange(context);
  const { step, grain } = stepOf(range, context.maxDataPoints);
  const first = Math.floor(range.from / step) * step;
  const length = Math.floor((range.to - first) / step) + 1;
  const starts = Float64Array.from({ length }, (_, index) => first + index * step);
  const counts = await readCounts(source, { from: first, to: range.to }, grain, signal);
  const ignored = usedFilters(query, ['types', 'type', 'event_type']);
  if (ignored.length > 0) {
    notices.push({ severity: 'warning', text: `Counts are kept by type only; not narrowed by ${ignored.join(', ')}.` });
  }
  const stepText = step >= DAY_MS ? `${step / DAY_MS} d` : step >= 3_600_000 ? `${step / 3_600_000} h` : `${step / MINUTE_MS} min`;
  const fields: Field[] = [{ name: 'time', type: 'time', values: starts, config: { description: `Start of each ${stepText}.` } }];
  for (const type of typesOf(context, counts)) {
    fields.push({
      name: type,
      type: 'number',
      values: bucketsOf(counts.get(type), starts, step),
      labels: { type },
      config: { displayNameFromDS: type, unit: 'short', min: 0, decimals: 0, description: `Events of type ${type} in each ${stepText}.`, custom: { interval: step } },
    });
  }
  return [{ name: 'frequency', refId: query.refId, meta: { type: 'timeseries-wide', typeVersion: [0, 1], preferredVisualisationType: 'graph', notices, custom: { stepMs: step } }, fields }];
}
