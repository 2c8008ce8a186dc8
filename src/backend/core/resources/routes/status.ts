import type { z } from 'zod';
import { GONE_AFTER_MS, readAgentStates, type AgentState } from '../../../../../agents/runtime/heartbeat';
import { errorText } from '../../../../../agents/runtime/errors';
import { readGroups, type GroupLag } from '../../../../../agents/runtime/queries';
import type { ContainerState } from '../../../../contract/containers';
import { GROUPS } from '../../../../contract/streams';
import { readSwitches } from '../../../../contract/switches';
import { knownContainers } from '../find';
import { route, type Parts } from '../route';
import { statusSchema } from '../../../../contract/api';

type Status = z.input<typeof statusSchema>;
type AgentRow = Status['agents'][number];
type RedisRow = NonNullable<Status['redis']>;

/** Share of maxmemory above which a Redis that evicts nothing counts as full. */
const FULL_SHARE = 0.98;

/** INFO as names and values, read into what matters. A field that is not told counts as 0, or as unknown. */
export function redisRow(info: string): RedisRow {
  const fields = new Map(info.split(/\r?\n/).map((line): [string, string] => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]));
  const used = Number(fields.get('used_memory') ?? 0);
  const max = Number(fields.get('maxmemory') ?? 0);
  return {
    version: fields.get('redis_version') ?? fields.get('valkey_version') ?? '',
    used_bytes: used,
    max_bytes: max,
    policy: fields.get('maxmemory_policy') ?? 'unknown',
    append_only: fields.get('aof_enabled') === '1',
    full: max > 0 && used >= max * FULL_SHARE,
  };
}

function agentRow(state: AgentState, groups: readonly GroupLag[], now: number): AgentRow {
  const mine = groups.filter((group) => group.group === state.agent);
  const sum = (pick: (group: GroupLag) => number) => (mine.length > 0 ? mine.reduce((total, group) => total + pick(group), 0) : null);
  const { agent, instance, version, leading, started_at, seen_at, handled, failed, dead, in_flight, memory_bytes, troubles } = state;
  const alive = now - Date.parse(seen_at) < GONE_AFTER_MS;
  return { agent, instance, version, alive, leading, started_at, seen_at, handled, failed, dead, in_flight, memory_bytes, troubles, lag: sum((group) => group.lag ?? 0), pending: sum((group) => group.pending) };
}

function fleetOf(containers: readonly ContainerState[]): Status['fleet'] {
  const running = containers.filter((one) => one.status === 'running').length;
  return { total: containers.length, running, stopped: containers.length - running, ill: containers.filter((one) => one.ill).length };
}

/** What is wrong with the healer itself, in sentences. Empty when all is well. */
export function problemsOf(agents: readonly AgentRow[], groups: readonly GroupLag[], redis: RedisRow | null): string[] {
  const alive = agents.filter((one) => one.alive);
  const lives = (name: string) => alive.some((one) => one.agent === name);
  const gone = agents.filter((one) => !one.alive && !lives(one.agent));
  const orphaned = groups.filter((one) => GROUPS.some((known) => known === one.group) && (one.lag ?? 0) + one.pending > 0 && !lives(one.group));
  return [
    ...(alive.length === 0 ? ['No agent is alive. Start them with `npm start` or `hemostat agent all`.'] : []),
    ...gone.map((one) => `${one.agent} (${one.instance}) has given no sign since ${one.seen_at}.`),
    ...orphaned.map((one) => `${(one.lag ?? 0) + one.pending} entries wait for the ${one.group}, and none is alive.`),
    ...alive.flatMap((one) => one.troubles.map((trouble) => `${one.agent}: ${trouble.message} ${trouble.mend}`)),
    ...(redis?.full ? [`Redis is full (${redis.used_bytes} of ${redis.max_bytes} bytes). Raise its maxmemory, or lower HEMOSTAT_RETENTION_DAYS or HEMOSTAT_LOG_MAX_MB.`] : []),
  ];
}

/** A user without the right to ask still gets the rest. */
async function readRedis({ ask }: Parts, signal: AbortSignal): Promise<RedisRow | null> {
  try {
    const started = performance.now();
    const info = await ask(signal, async (redis) => redis.info());
    return { ...redisRow(info), response_ms: Math.round((performance.now() - started) * 10) / 10 };
  } catch (cause) {
    if (/^NOPERM/.test(errorText(cause))) {
      return null;
    }
    throw cause;
  }
}

async function status(parts: Parts, signal: AbortSignal): Promise<Status> {
  const { log, ask, now } = parts;
  const [states, groups, containers, redis, hash, dead] = await Promise.all([
    ask(signal, async () => readAgentStates(log)),
    ask(signal, async () => readGroups(log)),
    knownContainers(parts, signal),
    readRedis(parts, signal),
    ask(signal, async (client) => client.hgetall(log.partition(0).switches)),
    ask(signal, async (client) => Promise.all(log.partitions.map(async (keys) => client.xlen(keys.dead)))),
  ]);
  const agents = states.map((state) => agentRow(state, groups, now())).sort((a, b) => a.agent.localeCompare(b.agent) || a.instance.localeCompare(b.instance));
  const { paused, maintenance } = readSwitches(hash);
  const problems = problemsOf(agents, groups, redis);
  const modes = states.filter((one) => one.agent === 'responder' && now() - Date.parse(one.seen_at) < GONE_AFTER_MS).flatMap((one) => (one.state.mode === undefined ? [] : [String(one.state.mode)]));
  return {
    ok: problems.length === 0,
    problems,
    mode: [...new Set(modes)],
    agents,
    groups,
    dead_letters: dead.reduce((sum, one) => sum + one, 0),
    paused: paused ?? null,
    maintenance: [...maintenance].filter(([, window]) => Date.parse(window.until) > now()).map(([scope, window]) => ({ scope, ...window })),
    fleet: fleetOf(containers),
    redis,
  };
}

export const statusRoutes = [
  route({
    method: 'GET',
    path: 'status',
    role: 'Viewer',
    acts: false,
    id: 'getStatus',
    tag: 'Healer',
    summary: 'How the healer is: agents, lag, dead letters, pause and maintenance, memory of Redis.',
    answer: statusSchema,
    handle: async ({ signal }, parts) => status(parts, signal),
  }),
];
