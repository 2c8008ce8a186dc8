import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import type { AgentDefinition } from './agent';
import { errorText } from './errors';
import { keepHeartbeat, type HeartbeatSubject } from './heartbeat';
import { keepHouse } from './housekeeping';
import { HemostatLog } from './log';
import { createLogger, type CommonSettings, type Logger } from './logger';
import { observed } from './new-event';
import { connectRedis, redisAddress } from './redis';
import type { RedisTrouble } from './redis-errors';
import { RunningAgent } from './running-agent';
import { commonSettings } from './settings/common';
import { readSettings, type Environment } from './settings/define';
import { Telemetry } from './telemetry';
import { TroubleBoard } from './trouble';
import { VERSION } from './version';
import { within } from './wait';

/** Handling may take this long after the signal; then the connections are cut and the entries stay pending. */
const GRACE_MS = 8000;

export interface RunningAgents {
  readonly log: HemostatLog;
  readonly agents: readonly RunningAgent[];
  /** Ends all agents: what is being handled is finished within a grace, the rest stays in the log. May be called twice. */
  close(reason?: string): Promise<void>;
}

export interface RunOptions {
  /** Where log lines go; standard error by default. */
  out?: (line: string) => void;
  now?: () => number;
}

/** A log with its connection, for programs that append or read but are no agent. The caller disconnects `log.redis`. */
export function openLog(settings: CommonSettings, name: string, onTrouble?: (trouble: RedisTrouble | undefined) => void): HemostatLog {
  return new HemostatLog(connectRedis(settings, name), {
    prefix: settings.keyPrefix,
    partitions: settings.partitions,
    legacyMirror: settings.legacyMirror,
    legacyLists: { seconds: Math.round(settings.alertEventTtlMs / 1000), items: settings.alertMaxEvents },
    retentionDays: settings.retentionDays,
    address: redisAddress(settings),
    ...(onTrouble ? { onTrouble } : {}),
  });
}

/** The name of this copy; the same agent may run many times. */
function instanceName(settings: CommonSettings): string {
  return settings.instance || `${hostname()}-${process.pid}`;
}

async function createAgent(definition: AgentDefinition, shared: Omit<SharedParts, 'subjects'>): Promise<HeartbeatSubject> {
  const { log, settings, environment, logger, telemetry, now, signal, instance } = shared;
  const child = logger.child({ agent: definition.name, instance });
  const trouble = new TroubleBoard(
    child,
    (change, state) => {
      const seconds = Math.round((now() - Date.parse(change.since)) / 1000);
      const data = { part: change.part, state, message: change.message, mend: change.mend, ...(state === 'ended' ? { seconds } : {}) };
      log.append([observed('agent_trouble', definition.name, { host: settings.host }, data)]).catch((cause: unknown) => child.debug({ error: errorText(cause) }, 'trouble could not be told'));
    },
    now
  );
  const context = { name: definition.name, instance, environment, settings, logger: child, log, redis: log.redis, trouble, telemetry: telemetry.agent(definition.name, instance), signal, now };
  const parts = await definition.create(context);
  return { agent: new RunningAgent(definition, context, parts), trouble, startedAt: new Date(now()).toISOString(), version: VERSION };
}

interface SharedParts {
  log: HemostatLog;
  settings: CommonSettings;
  environment: Environment;
  logger: Logger;
  telemetry: Telemetry;
  now: () => number;
  signal: AbortSignal;
  instance: string;
  subjects: HeartbeatSubject[];
}

/** Redis trouble that appending meets is told once, by whichever agent is first on the list. */
function tellLogTrouble(subjects: readonly HeartbeatSubject[], trouble: RedisTrouble | undefined): void {
  for (const { trouble: board } of subjects) {
    if (trouble) {
      board.report('log', trouble.message, trouble.mend);
    } else {
      board.clear('log');
    }
  }
}

async function closeAll({ log, subjects, logger, telemetry }: Pick<SharedParts, 'log' | 'subjects' | 'logger' | 'telemetry'>, background: Promise<unknown>, reason: string): Promise<void> {
  const inTime = await within(Promise.all(subjects.map(({ agent }) => agent.ended())), GRACE_MS);
  if (!inTime) {
    logger.warn(`what was being handled did not end within ${GRACE_MS / 1000} s; it stays in the log and is taken up again`);
  }
  const stopped = subjects.map(({ agent, startedAt }) =>
    observed('agent_stopped', agent.definition.name, {}, { instance: agent.context.instance, reason, uptime_seconds: Math.round((Date.now() - Date.parse(startedAt)) / 1000) })
  );
  await Promise.all([within(Promise.allSettled([log.append(stopped, { partition: 0 }), background]), 1500), telemetry.close()]);
  log.close();
  log.redis.disconnect();
}

/**
 * Starts agents in this process.
 * @throws SettingsError when a setting cannot be used: nothing was started then.
 */
export async function runAgents(definitions: readonly AgentDefinition[], environment: Environment, options: RunOptions = {}): Promise<RunningAgents> {
  const settings = readSettings(commonSettings, environment);
  const instance = instanceName(settings);
  const now = options.now ?? Date.now;
  const telemetry = await Telemetry.open({ settings, instance, now: Date.now, tell: (level, message) => logger[level](message) });
  const logger = createLogger(settings, options.out, telemetry.sink);
  const stopping = new AbortController();
  // Every agent, reader and waiting call of the process listens to this one signal.
  setMaxListeners(0, stopping.signal);
  const subjects: HeartbeatSubject[] = [];
  const log = openLog(settings, 'agents', (trouble) => tellLogTrouble(subjects, trouble));
  const shared = { log, settings, environment, logger, telemetry, now, signal: stopping.signal, instance, subjects };
  try {
    for (const definition of definitions) {
      subjects.push(await createAgent(definition, shared));
    }
  } catch (cause) {
    await telemetry.close();
    log.redis.disconnect();
    throw cause;
  }
  subjects.forEach(({ agent }) => agent.start());
  announce(shared);
  const background = Promise.all([
    keepHeartbeat(log, subjects, stopping.signal),
    keepHouse(log, { settings, logger }, stopping.signal),
  ]);
  let closing: Promise<void> | undefined;
  const close = (reason = 'asked to stop') => {
    stopping.abort();
    closing ??= closeAll(shared, background, reason);
    return closing;
  };
  return { log, agents: subjects.map(({ agent }) => agent), close };
}

function announce({ log, subjects, logger, instance }: SharedParts): void {
  const started = subjects.map(({ agent, version }) => observed('agent_started', agent.definition.name, {}, { version, instance, settings: {} }));
  log.append(started, { partition: 0 }).catch((cause: unknown) => logger.warn({ error: errorText(cause) }, 'the start could not be written into the log'));
}
