import { HEARTBEAT_MS, type AgentState } from '../../agents/runtime/heartbeat';
import type { HemostatLog } from '../../agents/runtime/log';
import { VERSION } from '../../agents/runtime/version';
import { readContainers } from '../../agents/runtime/queries';
import { sampleFields } from '../../agents/monitor/state';
import { containerKey } from '../../src/contract/events';
import { maintenanceField } from '../../src/contract/switches';
import { GROUPS } from '../../src/contract/streams';
import { AGENTS, MAINTENANCE_SCOPE, policiesOf } from './recorded-day-background';
import { figuresOf, memberOf } from './recorded-day-fleet';
import { keepObserving } from './recorded-day-telemetry';

const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

function signOfLife(agent: string, index: number, startedMs: number, now: number): AgentState {
  const version = policiesOf(now).at(-1)?.version ?? '';
  const source = JSON.stringify({ document: { version: 1 }, from: 'file', environment: {} });
  return {
    agent,
    instance: `rack-1-${410 + index}`,
    pid: 410 + index,
    version: VERSION,
    started_at: iso(startedMs),
    seen_at: iso(now),
    leading: agent === 'monitor' || agent === 'responder',
    handled: agent === 'api' ? 0 : 900 + index * 37,
    failed: 0,
    dead: 0,
    in_flight: 0,
    memory_bytes: (70 + index * 6) * 1_048_576,
    troubles: [],
    state: agent === 'responder' ? { mode: 'auto', policy: version, policy_source: source, paused: false, approvals_waiting: 1, acting: 0, verifying: 1 } : {},
  };
}

async function beat(log: HemostatLog, startedMs: number): Promise<void> {
  const states = AGENTS.map((agent, index) => signOfLife(agent, index, startedMs, Date.now()));
  await log.redis.hset(log.partition(0).agents, ...states.flatMap((state) => [`${state.agent}@${state.instance}`, JSON.stringify(state)]));
  await readOn(log);
}

/** The containers as the monitor would see them now. */
async function look(log: HemostatLog): Promise<void> {
  const now = Date.now();
  const pipeline = log.redis.pipeline();
  for (const state of await readContainers(log)) {
    const member = memberOf(state.container);
    const condition = { status: state.status, health: state.health_status };
    // One that is ill keeps what made it so.
    const metrics = state.ill ? state.metrics : figuresOf(member, condition, now, now - Date.parse(state.started_at ?? ''));
    const seen = { ...state, metrics, seen_at: iso(now) };
    const keys = log.keysOf(state.container);
    pipeline.hset(keys.containers, containerKey(state), JSON.stringify(seen));
    pipeline.xadd(keys.samples(containerKey(state)), '*', ...sampleFields(seen));
  }
  await pipeline.exec();
}

/** What reads the log has read all of it. */
async function readOn(log: HemostatLog): Promise<void> {
  for (const { log: stream } of log.partitions) {
    for (const group of GROUPS) {
      // XREADGROUP counts what was read, which is what the lag is told from.
      await log.redis.xreadgroup('GROUP', group, 'recorded', 'COUNT', 100_000, 'NOACK', 'STREAMS', stream, '>');
    }
  }
}

async function makeGroups(log: HemostatLog): Promise<void> {
  for (const { log: stream } of log.partitions) {
    for (const group of GROUPS) {
      await log.redis.call('XGROUP', 'CREATE', stream, group, '$', 'MKSTREAM', 'ENTRIESREAD', await log.redis.xlen(stream)).catch(() => undefined);
    }
  }
}

/** Policy, maintenance and reading groups as they stand at the end of the day. */
export async function writeHealer(log: HemostatLog, now: number): Promise<void> {
  const keys = log.partition(0);
  const policies = policiesOf(now).map((policy) => JSON.stringify(policy));
  await log.redis.rpush(keys.policyVersions, ...policies);
  await log.redis.set(keys.policy, policies.at(-1) ?? '');
  const maintenance = { user: 'rosa', reason: 'update of the codecs', since: iso(now - HOUR), until: iso(now + 42 * 60_000) };
  await log.redis.hset(keys.switches, maintenanceField(MAINTENANCE_SCOPE), JSON.stringify(maintenance));
  await makeGroups(log);
  await beat(log, now - 23 * HOUR);
}

/**
 * Goes on as living agents would, without doing anything: signs of life, the state of each container, and its samples.
 * Without it the recorded healer counts as gone after ten seconds.
 * @returns stops it
 */
export function keepHealerAlive(log: HemostatLog): () => void {
  const startedMs = Date.now() - 23 * HOUR;
  const safely = (work: Promise<void>) => void work.catch(() => undefined);
  const timers = [setInterval(() => safely(beat(log, startedMs)), HEARTBEAT_MS), setInterval(() => safely(look(log)), 5 * HEARTBEAT_MS)];
  timers.forEach((timer) => timer.unref());
  const rest = keepObserving(log);
  return () => {
    timers.forEach(clearInterval);
    rest();
  };
}
