import { z } from 'zod';
import type { RunningAgent } from './running-agent';
import type { TroubleBoard } from './trouble';
import type { HemostatLog } from './log';
import { waitMs, within } from './wait';

/** What one copy of an agent tells about itself every two seconds: a field of the hash `agents`. */
export const agentStateSchema = z.object({
  agent: z.string(),
  instance: z.string(),
  pid: z.number(),
  version: z.string(),
  started_at: z.string(),
  /** By the clock of Redis' host it may differ: `doctor` compares the clocks. */
  seen_at: z.string(),
  leading: z.boolean(),
  handled: z.number(),
  failed: z.number(),
  dead: z.number(),
  in_flight: z.number(),
  memory_bytes: z.number(),
  troubles: z.array(z.object({ part: z.string(), message: z.string(), mend: z.string(), since: z.string() })),
  state: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type AgentState = z.infer<typeof agentStateSchema>;

export const HEARTBEAT_MS = 2000;
/** After this time without a sign an agent counts as gone. */
export const GONE_AFTER_MS = 10_000;
/** A copy that is gone for a day is forgotten. */
const FORGET_AFTER_MS = 86_400_000;

export interface HeartbeatSubject {
  agent: RunningAgent;
  trouble: TroubleBoard;
  startedAt: string;
  version: string;
}

export function stateOf({ agent, trouble, startedAt, version }: HeartbeatSubject, now: number): AgentState {
  const figures = agent.figures();
  return {
    agent: agent.definition.name,
    instance: agent.context.instance,
    pid: process.pid,
    version,
    started_at: startedAt,
    seen_at: new Date(now).toISOString(),
    leading: figures.leading,
    handled: figures.handled,
    failed: figures.failed,
    dead: figures.dead,
    in_flight: figures.inFlight,
    memory_bytes: process.memoryUsage.rss(),
    troubles: [...trouble.list()],
    state: agent.parts.state?.() ?? {},
  };
}

const fieldOf = (state: AgentState) => `${state.agent}@${state.instance}`;

/** Writes the state of all agents of this process until the signal, then takes it away. */
export async function keepHeartbeat(log: HemostatLog, subjects: readonly HeartbeatSubject[], signal: AbortSignal): Promise<void> {
  const key = log.partition(0).agents;
  while (!signal.aborted) {
    const states = subjects.map((subject) => stateOf(subject, Date.now()));
    const fields = states.flatMap((state) => [fieldOf(state), JSON.stringify(state)]);
    await within(
      log.redis.hset(key, ...fields).catch(() => undefined),
      HEARTBEAT_MS,
      signal
    );
    await waitMs(HEARTBEAT_MS, signal);
  }
  const names = subjects.map((subject) => fieldOf(stateOf(subject, Date.now())));
  await within(
    log.redis.hdel(key, ...names).catch(() => undefined),
    500
  );
}

/** The last word of every copy that ever wrote one; unreadable ones are left out. */
export async function readAgentStates(log: HemostatLog): Promise<AgentState[]> {
  const fields = await log.redis.hgetall(log.partition(0).agents);
  return Object.values(fields).flatMap((text) => {
    const parsed = agentStateSchema.safeParse(safeJson(text));
    return parsed.success ? [parsed.data] : [];
  });
}

/** Forgets copies that have not been seen for a day. */
export async function forgetGoneAgents(log: HemostatLog, now: number): Promise<void> {
  const gone = (await readAgentStates(log)).filter((state) => now - Date.parse(state.seen_at) > FORGET_AFTER_MS);
  if (gone.length > 0) {
    await log.redis.hdel(log.partition(0).agents, ...gone.map(fieldOf));
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
