import { GONE_AFTER_MS, type AgentState } from '../../runtime/heartbeat';
import type { Finding } from './component';

/** Those that every HemoStat runs. Any other one is missed once it was seen. */
export const ALWAYS_EXPECTED = ['monitor', 'analyzer', 'responder', 'notifier', 'observer'] as const;
const CRITICAL: readonly string[] = ['monitor', 'analyzer', 'responder'];

export interface AgentsSeen {
  states: readonly AgentState[];
  /** Agent -> milliseconds when it last gave a sign, as remembered: one that was stopped leaves no state behind. */
  remembered: ReadonlyMap<string, number>;
  /** When this copy began to listen, milliseconds: nobody is silent before it has listened for as long as a silence may last. */
  since: number;
  /** Those that the copy before it had found to be gone: they stay so until they give a sign. */
  gone: ReadonlySet<string>;
  /** Agent -> mean milliseconds that it takes for a request; those that had none lately are not there. */
  answers: ReadonlyMap<string, number>;
  now: number;
}

const seenMs = (state: AgentState) => Date.parse(state.seen_at);
const startedMs = (state: AgentState) => Date.parse(state.started_at);

export function isAlive(state: AgentState, now: number): boolean {
  return now - seenMs(state) < GONE_AFTER_MS;
}

/**
 * How many copies fewer live now than lived beside the last one that died. A copy that was replaced, as after a restart, is not missed;
 * one that was stopped on purpose has taken its state away.
 */
export function missingCopies(states: readonly AgentState[], now: number): number {
  const alive = states.filter((state) => isAlive(state, now)).length;
  const gone = states.filter((state) => !isAlive(state, now));
  const then = gone.map((dead) => states.filter((other) => startedMs(other) <= seenMs(dead) && seenMs(other) >= seenMs(dead) - GONE_AFTER_MS).length);
  return Math.max(0, ...then.map((count) => count - alive));
}

function living(name: string, alive: readonly AgentState[], missing: number): Finding {
  const finding: Finding = { name, kind: 'agent', status: 'healthy', critical: CRITICAL.includes(name) };
  const troubles = alive.flatMap((state) => state.troubles);
  if (alive.every((state) => state.troubles.length > 0)) {
    const [first] = troubles;
    return { ...finding, status: 'degraded', error: first?.message ?? 'It is in trouble.', mend: first?.mend ?? `See the log of the ${name}.` };
  }
  if (missing > 0) {
    const copies = `${missing} of ${alive.length + missing} copies`;
    return { ...finding, status: 'degraded', error: `${copies} of the ${name} ${missing === 1 ? 'gives' : 'give'} no sign any more.`, mend: `Start it again: npx hemostat agent ${name}` };
  }
  return finding;
}

function gone(name: string, last: number | undefined): Finding {
  const error = last === undefined ? `The ${name} was never seen.` : `The ${name} has given no sign since ${new Date(last).toISOString()}.`;
  return { name, kind: 'agent', status: 'unhealthy', error, mend: `npx hemostat agent ${name}`, critical: CRITICAL.includes(name) };
}

function agentFinding(name: string, { states, remembered, since, gone: known, answers, now }: AgentsSeen): Finding[] {
  const mine = states.filter((state) => state.agent === name);
  const alive = mine.filter((state) => isAlive(state, now));
  if (alive.length > 0) {
    const ms = answers.get(name);
    return [{ ...living(name, alive, missingCopies(mine, now)), ...(ms === undefined ? {} : { ms }) }];
  }
  const last = Math.max(remembered.get(name) ?? -Infinity, ...mine.map(seenMs));
  const never = last === -Infinity;
  if (now - Math.max(last, since) < GONE_AFTER_MS && !known.has(name)) {
    // It may be on its way up, or be started anew at this moment.
    return never ? [] : [{ name, kind: 'agent', status: 'healthy', critical: CRITICAL.includes(name) }];
  }
  return [gone(name, never ? undefined : last)];
}

/** Every agent that runs or should run, by its name (R109). Pure. */
export function agentFindings(seen: AgentsSeen): Finding[] {
  const names = new Set([...ALWAYS_EXPECTED, ...seen.states.map((state) => state.agent), ...seen.remembered.keys()]);
  return [...names].sort().flatMap((name) => agentFinding(name, seen));
}
