import type { EventType, HemostatEvent } from '../../src/contract/events';
import type { Group } from '../../src/contract/streams';
import type { CommonSettings, Logger } from './logger';
import type { Fence, HemostatLog } from './log';
import type { RedisClient } from './redis';
import type { Environment } from './settings/define';
import type { AgentTelemetry } from './telemetry/types';
import type { TroubleBoard } from './trouble';

/** What an agent is given. */
export interface AgentContext {
  name: string;
  /** This copy: host name and process id unless HEMOSTAT_INSTANCE is set. */
  instance: string;
  environment: Environment;
  settings: CommonSettings;
  logger: Logger;
  log: HemostatLog;
  /** Shared by all agents of the process: never block on it. */
  redis: RedisClient;
  trouble: TroubleBoard;
  /** What the agent tells of its own work. Handlings are told by the runtime. */
  telemetry: AgentTelemetry;
  /** Aborted when closing begins. */
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Where an event was read. */
export interface EntryInfo {
  streamId: string;
  partition: number;
  /** How often it was handed out, from 1. */
  deliveries: number;
  /** Given to leaders: pass it to `append` so that a copy that lost the lead cannot write. */
  fence?: Fence;
}

/** What an agent does. */
export interface AgentParts {
  /** Events read from the log. What it returns is appended and the entry acknowledged in one atomic step. */
  handle?(event: HemostatEvent, entry: EntryInfo): Promise<readonly HemostatEvent[]> | readonly HemostatEvent[];
  /** Events of one key are handled one after the other; the container by default. */
  keyOf?(event: HemostatEvent): string;
  /** True for events whose handling waits on purpose: how long it takes says nothing about the agent. */
  waits?(event: HemostatEvent): boolean;
  /** How many are handled at the same time, at most. Default 64. */
  concurrency?: number;
  /** Only one copy of the agent reads at a time, and `run` runs only there. */
  leader?: boolean;
  /** Called when this copy takes the lead, before it reads; `fence` gives the lease of a partition. */
  lead?(fenceOf: (partition: number) => Fence): Promise<void>;
  /** Background work until the signal. When it throws, it is logged and started again with growing waits. */
  run?(signal: AbortSignal): Promise<void>;
  /** Figures for `hemostat status`. */
  state?(): Record<string, string | number | boolean>;
  close?(): Promise<void>;
}

/** An agent as its folder declares it. */
export interface AgentDefinition {
  name: string;
  /** The consumer group it reads in; absent when it reads nothing. */
  group?: Group;
  reads: readonly EventType[];
  writes: readonly EventType[];
  /** Reads its settings and makes its parts. Throws SettingsError when a setting cannot be used. */
  create(context: AgentContext): AgentParts | Promise<AgentParts>;
}

export function defineAgent(definition: AgentDefinition): AgentDefinition {
  return definition;
}
