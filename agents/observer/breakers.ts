import { containerStateSchema, type ContainerState } from '../../src/contract/containers';
import type { GuardVerdict } from '../../src/contract/events';
import type { LedgerSide } from '../../src/contract/ledger';
import type { Breaker } from '../../src/contract/observability/schemas';
import type { EffectivePolicy } from '../../src/contract/policy';
import type { GuardRecord } from '../runtime/guard-record';
import type { AgentState } from '../runtime/heartbeat';
import type { HemostatLog } from '../runtime/log';
import { parseJson } from '../runtime/queries';
import { isAlive } from './components/agents';

const MODEL_STATES = ['closed', 'open', 'half_open'] as const;
/** Containers asked for at once. */
const PAGE = 500;

const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

function modelBreaker(agent: string, state: AgentState['state']): Breaker {
  const calls = number(state.model_calls) ?? 0;
  return {
    name: `model (${agent})`,
    kind: 'model',
    state: MODEL_STATES.find((known) => known === state.model_breaker) ?? 'unknown',
    failure_count: number(state.model_failures_in_row) ?? 0,
    success_rate: calls > 0 ? (number(state.model_success_rate) ?? null) : null,
    avg_response_time: number(state.model_mean_ms) ?? null,
    total_calls: calls,
    free_at: typeof state.model_free_at === 'string' && state.model_free_at !== '' ? state.model_free_at : null,
  };
}

/** The breaker of each agent that asks a model, as it tells itself (R111 to R118). Of several copies, the one whose breaker is worst. Pure. */
export function modelBreakers(states: readonly AgentState[], now: number): Breaker[] {
  const breakers = new Map<string, Breaker>();
  for (const { agent, state } of states.filter((one) => isAlive(one, now) && typeof one.state.model_breaker === 'string')) {
    const breaker = modelBreaker(agent, state);
    const other = breakers.get(agent);
    if (!other || severity(breaker) > severity(other)) {
      breakers.set(agent, breaker);
    }
  }
  return [...breakers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const severity = ({ state, failure_count: failures }: Breaker) => ['unknown', 'closed', 'half_open', 'open'].indexOf(state) * 1_000_000 + failures;

/** What opens the breaker of a container: so many failures within a window. */
type Limits = EffectivePolicy['breaker'];

/** True when the last failures opened it, whatever became of the window since. */
function wasOpened(failures: readonly number[], { failures: limit, window_seconds: window }: Limits): boolean {
  const [last, first] = [failures.at(-1), failures.at(-limit)];
  return last !== undefined && first !== undefined && last - first < window * 1000;
}

/**
 * The breaker of one container from what was done to it. Open as the guard says; half open when its window has let go, but the last action
 * failed or did not help and nothing succeeded since: the next one is a trial. Pure.
 */
export function containerBreaker(key: string, record: LedgerSide, verdict: GuardVerdict, limits: Limits): Breaker {
  const outcomes = record.outcomes(key);
  const failures = outcomes.length - 1 - outcomes.findLastIndex((one) => !one.failed);
  const onTrial = failures > 0 && wasOpened(record.failures(key), limits);
  return {
    name: key,
    kind: 'container',
    state: verdict.allowed ? (onTrial ? 'half_open' : 'closed') : 'open',
    failure_count: failures,
    success_rate: outcomes.length > 0 ? outcomes.filter((one) => !one.failed).length / outcomes.length : null,
    // The record of actions does not tell how long each took.
    avg_response_time: null,
    total_calls: record.attempts(key).length,
    free_at: verdict.free_at ?? null,
  };
}

async function statesOf(log: HemostatLog, keys: readonly string[]): Promise<Map<string, ContainerState>> {
  const found = new Map<string, ContainerState>();
  for (const partition of log.partitions.keys()) {
    const mine = keys.filter((key) => log.partitionOf(key.slice(key.lastIndexOf('/') + 1)) === partition);
    for (let from = 0; from < mine.length; from += PAGE) {
      const page = mine.slice(from, from + PAGE);
      const replies = await log.redis.hmget(log.partition(partition).containers, ...page);
      page.forEach((key, index) => {
        const parsed = containerStateSchema.safeParse(parseJson(replies[index]));
        if (parsed.success && parsed.data.status !== 'removed') {
          found.set(key, parsed.data);
        }
      });
    }
  }
  return found;
}

/** The breakers of all containers that something was done to and that are still there. */
export async function containerBreakers(log: HemostatLog, record: GuardRecord, now: number): Promise<Breaker[]> {
  const keys = record.real.targets();
  const states = keys.length > 0 ? await statesOf(log, keys) : new Map<string, ContainerState>();
  return [...states]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, state]) => {
      const { breaker, policy } = record.verdicts(key, state, { containers: states.size }, now);
      return containerBreaker(key, record.real, breaker, policy.breaker);
    });
}
