import { errorText } from '../../../agents/runtime/errors';
import { GONE_AFTER_MS, readAgentStates, type AgentState } from '../../../agents/runtime/heartbeat';
import { redisTrouble } from '../../../agents/runtime/redis-errors';
import type { RedisClient } from '../../../agents/runtime/redis';
import { abortReason, waitMs } from '../../../agents/runtime/wait';
import { partitionKeys } from '../../contract/streams';
import { durationText } from '../../contract/story';
import { DeadlineError, failureOf, mendOf } from './failure';
import type { Source } from './source';
import type { Health, HealthCheck } from './types';

/** Health is asked by somebody who waits in front of a button. */
const DEADLINE_MS = 8000;
const SKEW_MS = 5000;
/** Longer than an agent takes between two signs of life. */
const SECOND_LOOK_MS = 2600;

const fine = (name: string, message: string): HealthCheck => ({ name, ok: true, message });
const bad = (name: string, message: string, mend: string): HealthCheck => ({ name, ok: false, message, mend });

async function connection(source: Source, signal: AbortSignal): Promise<HealthCheck> {
  const name = 'Redis';
  try {
    const started = performance.now();
    // A key of ours, so that a cluster answers from the node that holds it.
    await source.ask(signal, async (redis) => redis.exists(source.log.partition(0).log));
    return fine(name, `${source.address} answers in ${durationText(performance.now() - started)}.`);
  } catch (cause) {
    if (cause instanceof DeadlineError) {
      return bad(name, cause.message, 'See what keeps Redis busy (redis-cli slowlog get), or whether a firewall lies between.');
    }
    const trouble = redisTrouble(cause, source.address);
    if (trouble?.code === 'no_right') {
      // The connection itself is well; the next check says which right is missing.
      return fine(name, `${source.address} answers.`);
    }
    return trouble ? bad(name, `${trouble.message}.`, mendOf(trouble)) : bad(name, failureOf(cause, source.address).message, 'Correct the address of Redis in the settings of the data source.');
  }
}

/** Every kind of command that the queries need, on keys of the log. */
function probes(source: Source): Array<[string, (redis: RedisClient) => Promise<unknown>]> {
  const keys = source.log.partition(0);
  return [
    ['XREVRANGE', async (redis) => redis.xrevrange(keys.log, '+', '-', 'COUNT', 1)],
    ['XRANGE', async (redis) => redis.xrange(keys.log, '-', '+', 'COUNT', 1)],
    ['XREAD', async (redis) => redis.xread('COUNT', 1, 'STREAMS', keys.log, '0')],
    ['XINFO', async (redis) => redis.xinfo('STREAM', keys.log).catch(noSuchKey)],
    ['HGETALL', async (redis) => redis.hgetall(keys.switches)],
    ['HSCAN', async (redis) => redis.hscan(keys.containers, 0, 'COUNT', 1)],
    ['ZREVRANGEBYSCORE', async (redis) => redis.zrevrangebyscore(keys.incidents, '+inf', '-inf', 'LIMIT', 0, 1)],
    ['ZSCORE', async (redis) => redis.zscore(keys.ids, '')],
    ['LRANGE', async (redis) => redis.lrange(keys.policyVersions, 0, 0)],
    ['LLEN', async (redis) => redis.llen(keys.policyVersions)],
    ['GET', async (redis) => redis.get(keys.policy)],
  ];
}

function noSuchKey(cause: unknown): void {
  if (!/no such key/i.test(errorText(cause))) {
    throw cause;
  }
}

async function rights(source: Source, signal: AbortSignal): Promise<HealthCheck> {
  const refused: string[] = [];
  for (const [command, probe] of probes(source)) {
    try {
      await source.ask(signal, probe);
    } catch (cause) {
      if (!errorText(cause).startsWith('NOPERM')) {
        throw cause;
      }
      refused.push(command);
    }
  }
  const user = source.settings.redisUser || 'default';
  return refused.length === 0
    ? fine('Rights', `The Redis user ${user} may read the log.`)
    : bad('Rights', `The Redis user ${user} may not use ${refused.join(', ')} on ${source.settings.keyPrefix}:*.`, `Run: ACL SETUSER ${user} ~${source.settings.keyPrefix}:* +@read +@connection +xinfo, and +@write +eval +evalsha for actions from Grafana.`);
}

async function logCheck(source: Source, signal: AbortSignal): Promise<HealthCheck> {
  const { keyPrefix, partitions } = source.settings;
  const lengths = await Promise.all(source.log.partitions.map(async ({ log }) => source.ask(signal, async (redis) => redis.xlen(log))));
  const next = partitionKeys(keyPrefix, partitions).log;
  if ((await source.ask(signal, async (redis) => redis.exists(next))) > 0) {
    return bad('Log', `The log has more partitions than the ${partitions} of the settings.`, 'Set the number of partitions to what HEMOSTAT_PARTITIONS of the agents says.');
  }
  const total = lengths.reduce((sum, one) => sum + one, 0);
  return fine('Log', total > 0 ? `${total.toLocaleString('en-US')} events under the key prefix "${keyPrefix}".` : `No events yet under the key prefix "${keyPrefix}". If there should be some, compare it with HEMOSTAT_KEY_PREFIX of the agents.`);
}

interface Clocks {
  redisMs: number;
  /** Redis minus ours. */
  ahead: number;
}

async function clocksOf(source: Source, signal: AbortSignal): Promise<Clocks | undefined> {
  const before = Date.now();
  try {
    const [seconds = 0, micros = 0] = await source.ask(signal, async (redis) => redis.time());
    const redisMs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    return { redisMs, ahead: redisMs - (before + Date.now()) / 2 };
  } catch (cause) {
    if (errorText(cause).startsWith('NOPERM')) {
      return undefined;
    }
    throw cause;
  }
}

const nameOf = (state: AgentState) => `${state.agent}@${state.instance}`;
const names = (states: readonly AgentState[]) => [...new Set(states.map((state) => state.agent))].sort().join(', ');

interface Watched {
  alive: AgentState[];
  gone: AgentState[];
  /** Agents whose clock is off, with how far in milliseconds: positive when theirs is ahead of Redis. */
  skewed: Array<{ state: AgentState; ms: number }>;
}

/** A sign of life that is old may come from a clock that is behind: only one that does not move is gone. */
async function watchAgents(source: Source, clocks: Clocks, signal: AbortSignal): Promise<Watched> {
  const read = async () => source.ask(signal, async () => readAgentStates(source.log));
  const first = await read();
  const offset = (state: AgentState, now: number) => Date.parse(state.seen_at) - now;
  const isOld = (state: AgentState) => offset(state, clocks.redisMs) < -GONE_AFTER_MS;
  const isOdd = (state: AgentState) => offset(state, clocks.redisMs) < -SKEW_MS;
  if (!first.some(isOdd)) {
    return { alive: first, gone: [], skewed: skewOf(first, clocks.redisMs) };
  }
  const started = Date.now();
  await waitMs(SECOND_LOOK_MS, signal);
  if (signal.aborted) {
    throw abortReason(signal);
  }
  const second = await read();
  const seen = new Map(first.map((state) => [nameOf(state), state.seen_at]));
  const moved = (state: AgentState) => seen.get(nameOf(state)) !== state.seen_at;
  const alive = second.filter((state) => moved(state) || !isOld(state));
  return { alive, gone: second.filter((state) => !alive.includes(state)), skewed: skewOf(second.filter(moved), clocks.redisMs + Date.now() - started) };
}

function skewOf(states: readonly AgentState[], redisMs: number): Watched['skewed'] {
  return states.map((state) => ({ state, ms: Date.parse(state.seen_at) - redisMs })).filter(({ ms }) => Math.abs(ms) > SKEW_MS);
}

function agentsCheck({ alive, gone }: Watched): HealthCheck {
  const name = 'Agents';
  if (alive.length === 0) {
    const last = gone.length > 0 ? ` Last seen: ${names(gone)}.` : '';
    return bad(name, `No agent gives a sign of life.${last}`, 'Start them: npm start, or docker compose up -d. If they run, compare their Redis, database and HEMOSTAT_KEY_PREFIX with the settings of the data source.');
  }
  const missing = gone.filter((state) => !alive.some((other) => other.agent === state.agent));
  return fine(name, `${alive.length} alive: ${names(alive)}.${missing.length > 0 ? ` Gone: ${names(missing)}.` : ''}`);
}

function clockCheck(clocks: Clocks, watched: Watched): HealthCheck {
  const off: string[] = [];
  if (Math.abs(clocks.ahead) > SKEW_MS) {
    off.push(`the clock here is ${durationText(Math.abs(clocks.ahead))} ${clocks.ahead > 0 ? 'behind' : 'ahead of'} that of Redis`);
  }
  for (const { state, ms } of watched.skewed) {
    off.push(`the clock of ${nameOf(state)} is ${durationText(Math.abs(ms))} ${ms < 0 ? 'behind' : 'ahead of'} that of Redis`);
  }
  return off.length === 0
    ? fine('Clocks', 'Redis, agents and this process agree.')
    : bad('Clocks', `${off.join('; ')}. Events may stand at the wrong time or outside of the time range.`, 'Switch on time synchronisation (NTP, chrony or systemd-timesyncd) on these hosts.');
}

async function furtherChecks(source: Source, signal: AbortSignal): Promise<HealthCheck[]> {
  const right = await rights(source, signal);
  if (!right.ok) {
    return [right];
  }
  const log = await logCheck(source, signal);
  const clocks = await clocksOf(source, signal);
  if (!clocks) {
    return [right, log, bad('Clocks', 'The Redis user may not use TIME.', `Run: ACL SETUSER ${source.settings.redisUser || 'default'} +time`)];
  }
  const watched = await watchAgents(source, clocks, signal);
  return [right, log, agentsCheck(watched), clockCheck(clocks, watched)];
}

function summary(checks: readonly HealthCheck[]): Health {
  const wrong = checks.filter((check) => !check.ok);
  const message = wrong.length === 0 ? checks.map((check) => check.message).join(' ') : wrong.map((check) => `${check.name}: ${check.message} ${check.mend ?? ''}`.trim()).join(' ');
  return { ok: wrong.length === 0, message, checks: [...checks] };
}

/** Checks everything that the data source needs, names what is wrong, and how to mend it. Never throws; takes at most eight seconds. */
export async function checkHealth(source: Source, signal: AbortSignal): Promise<Health> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new DeadlineError(source.address, DEADLINE_MS)), DEADLINE_MS);
  const leave = () => stop.abort(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  const checks: HealthCheck[] = [];
  try {
    if (signal.aborted) {
      leave();
    }
    checks.push(await connection(source, stop.signal));
    if (checks.every((check) => check.ok)) {
      checks.push(...(await furtherChecks(source, stop.signal)));
    }
  } catch (cause) {
    const { message } = failureOf(cause, source.address, signal);
    checks.push(bad('Redis', message, 'Try again; if it stays so, see the log of Redis.'));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
  return summary(checks);
}
