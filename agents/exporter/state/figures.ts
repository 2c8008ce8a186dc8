import type { Redis } from 'ioredis';
import { AGENT_METRICS, OTHER } from '../../../src/contract/metrics';
import { HISTOGRAM_BOUNDS, mergeAllFigures } from '../../../src/contract/observability/histogram';
import { minuteFiguresSchema, type Distribution, type MinuteFigures } from '../../../src/contract/observability/schemas';
import { telemetryKeys } from '../../../src/contract/telemetry-keys';
import type { HemostatLog } from '../../runtime/log';
import { parseJson } from '../../runtime/queries';
import { labelText } from '../names';
import type { Sheet } from '../sheet';

/** Agents that have series of their own; there are ten. */
const MAX_AGENTS = 30;
const LATENCY = 'agent_request_latency_milliseconds';
const DROPPABLE = ['logs', 'spans', 'figures'];

/** Bounds that Prometheus gets. */
const BOUNDS = AGENT_METRICS.find((metric) => metric.name === LATENCY)?.buckets ?? [];
/** Of each bound by which agents count, and of what is above all of them: the place among ours, the last of which is +Inf. */
const PLACES: readonly number[] = [...HISTOGRAM_BOUNDS, Infinity].map((bound) => {
  const place = BOUNDS.findIndex((ours) => bound <= ours);
  return place < 0 ? BOUNDS.length : place;
});

/** What an agent has done since the beginning. */
export interface AgentTotal {
  agent: string;
  figures: MinuteFigures;
}

/** What the agents wrote of themselves; those beyond the bound are counted together. */
export async function readAgentTotals(log: HemostatLog): Promise<AgentTotal[]> {
  const { totals } = telemetryKeys(log.options.prefix);
  const fields = Object.entries(await (log.redis as Redis).hgetall(totals)).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = fields.flatMap(([agent, json]): AgentTotal[] => {
    const parsed = minuteFiguresSchema.safeParse(parseJson(json));
    return parsed.success ? [{ agent, figures: parsed.data }] : [];
  });
  const others = all.slice(MAX_AGENTS).map(({ figures }) => figures);
  return [...all.slice(0, MAX_AGENTS), ...(others.length > 0 ? [{ agent: OTHER, figures: mergeAllFigures(others) }] : [])];
}

/** The sum, then the count of each of our buckets. */
function numbersOf({ sum, buckets }: Distribution): number[] {
  const numbers = [sum, ...BOUNDS.map(() => 0), 0];
  for (const [bucket, held] of Object.entries(buckets)) {
    const place = 1 + (PLACES[Number(bucket)] ?? BOUNDS.length);
    numbers[place] = (numbers[place] ?? 0) + held;
  }
  return numbers;
}

/** Requests, errors, tokens and latency of each agent since the beginning (R374 to R377). */
export function agentTotalFigures(sheet: Sheet, totals: readonly AgentTotal[]): void {
  for (const { agent, figures } of totals) {
    sheet.set('agent_requests_count_total', { agent }, figures.requests);
    sheet.set('agent_errors_count_total', { agent }, figures.errors);
    sheet.set('agent_tokens_total', { agent, direction: 'input' }, figures.tokens_input);
    sheet.set('agent_tokens_total', { agent, direction: 'output' }, figures.tokens_output);
  }
  const measured = totals.flatMap(({ agent, figures: { latency } }) => (latency ? [{ labels: labelText({ agent }), numbers: numbersOf(latency) }] : []));
  sheet.histograms(LATENCY, measured);
}

/** What was left out since the beginning. */
export async function droppedFigures(sheet: Sheet, log: HemostatLog): Promise<void> {
  const counts = await log.redis.hmget(telemetryKeys(log.options.prefix).dropped, ...DROPPABLE);
  DROPPABLE.forEach((what, index) => sheet.set('hemostat_telemetry_dropped_total', { what }, Number(counts[index] ?? 0)));
}
