/** The shapes that the rest of HemoStat sees of Docker. The wire shapes stop at `wire.ts`. */

export interface EngineInfo {
  /** The same for every client of one engine. */
  id: string;
  /** Name of the machine; empty when the engine does not tell. */
  name: string;
  version: string;
  apiVersion: string;
  /** True when the engine is a manager of a swarm, so that services can be scaled. */
  swarmManager: boolean;
  /** The engine's own clock when it answered, milliseconds since 1970; ours where it does not tell. */
  systemTime: number;
}

export interface ContainerSummary {
  id: string;
  /** Without the leading slash. */
  name: string;
  image: string;
  imageId: string;
  /** running, exited, paused, restarting, dead, created, removing. */
  state: string;
  /** In Docker's words: `Up 3 minutes (healthy)`. */
  status: string;
  labels: Record<string, string>;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export type Health = 'healthy' | 'unhealthy' | 'starting' | 'unknown';

export interface ContainerDetails {
  id: string;
  name: string;
  /** As written in the container's configuration. */
  image: string;
  imageId: string;
  labels: Record<string, string>;
  /** running, exited, paused, restarting, dead, created, removing. */
  status: string;
  /** False while Docker waits to restart it. */
  running: boolean;
  paused: boolean;
  restarting: boolean;
  exitCode: number;
  oomKilled: boolean;
  /** The engine's word on why it could not be started; empty when it could. */
  error: string;
  /** ISO 8601 UTC as Docker gives it; absent when it never happened. */
  startedAt?: string;
  finishedAt?: string;
  createdAt: string;
  restartCount: number;
  /** `unknown` where no health check is defined. */
  health: Health;
  /** The last health checks, oldest first. Output is hostile text. */
  healthLog: Array<{ at: string; exitCode: number; output: string }>;
  restartPolicy: { name: string; maximumRetryCount: number };
  /** As configured: bridge, host, none, container:<id>, a network's name. */
  networkMode: string;
  /** The container (id or name) whose network it shares; empty when none. */
  networkParent: string;
  /** CPUs that it may use; absent when not limited. */
  cpuLimit?: number;
  /** Bytes; absent when not limited. */
  memoryLimit?: number;
  tty: boolean;
  /** Named and anonymous volumes. */
  volumes: string[];
  stopTimeoutSeconds?: number;
  /** True when its health check is defined. */
  hasHealthCheck: boolean;
  entrypoint: string[];
  command: string[];
  pid: number;
  /** Networks by name. */
  networks: string[];
  /** Removed by the engine as soon as it ends (`--rm`). */
  autoRemove: boolean;
  /** Signal that asks it to stop: SIGTERM unless its image says otherwise. */
  stopSignal: string;
}

/** One reading of a container's counters. Percentages need two of them: see `figures.ts` of the monitor. */
export interface StatsReading {
  containerId: string;
  /** Docker's own time of the reading, milliseconds; 0 when the container does not run. */
  readAt: number;
  /** Nanoseconds of CPU that the container has used. */
  cpuTotal: number;
  /** Nanoseconds of CPU that the whole machine has used. */
  cpuSystem: number;
  onlineCpus: number;
  /** The same of the reading before, when the engine gives it. */
  previous?: { readAt: number; cpuTotal: number; cpuSystem: number };
  /** Bytes; absent when not known. */
  memoryUsage?: number;
  /** Bytes of page cache that can be dropped at once. */
  memoryCache: number;
  memoryLimit?: number;
  networkRx?: number;
  networkTx?: number;
  blkioRead?: number;
  blkioWrite?: number;
}

/** Something happened to a container. */
export interface EngineEvent {
  /** create, start, die, stop, kill, oom, pause, unpause, destroy, restart, rename, update, health_status. */
  action: string;
  containerId: string;
  name: string;
  image: string;
  labels: Record<string, string>;
  /** For `die`. */
  exitCode?: number;
  /** For `kill`: the signal's number or name. */
  signal?: string;
  /** For `health_status`. */
  health?: Health;
  /** For `rename`: the name before. */
  oldName?: string;
  /** Nanoseconds since 1970 as exact text. */
  timeNano: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface LogTail {
  /** Oldest first, standard output and error in the order they were written. Hostile text. */
  lines: string[];
  /** True when characters were cut. */
  truncated: boolean;
}

export interface TopTable {
  titles: string[];
  processes: string[][];
}

export interface ExecResult {
  /** Absent when it did not end in time. */
  exitCode?: number;
  /** Standard output and error as they came. Hostile text. */
  output: string;
  truncated: boolean;
  timedOut: boolean;
}

export interface ServiceState {
  id: string;
  name: string;
  /** Absent for a global service, which cannot be scaled. */
  replicas?: number;
}

export interface CallOptions {
  /** The call is given up when it is aborted. */
  signal?: AbortSignal;
  /** Instead of HEMOSTAT_DOCKER_TIMEOUT_SECONDS. */
  timeoutMs?: number;
}

/**
 * A Docker engine. Every call ends within its timeout and throws DockerError
 * (docker_unreachable, docker_not_found, docker_conflict, docker_timeout, docker_aborted, docker_error).
 * `id` is a container's id or name.
 */
export interface Engine {
  /** Where it is, for messages. */
  readonly address: string;
  info(options?: CallOptions): Promise<EngineInfo>;
  ping(options?: CallOptions): Promise<void>;
  /** All containers, stopped ones as well. */
  list(options?: CallOptions & { labels?: readonly string[] }): Promise<ContainerSummary[]>;
  inspect(id: string, options?: CallOptions): Promise<ContainerDetails>;
  /** The engine waits `timeoutSeconds` (default: the container's own stop timeout) before it kills. */
  restart(id: string, options?: CallOptions & { timeoutSeconds?: number }): Promise<void>;
  /** Nothing happens when it runs already. */
  start(id: string, options?: CallOptions): Promise<void>;
  /** Nothing happens when it is stopped already. */
  stop(id: string, options?: CallOptions & { timeoutSeconds?: number }): Promise<void>;
  remove(id: string, options?: CallOptions & { /** Its anonymous volumes as well. */ volumes?: boolean; force?: boolean }): Promise<void>;
  removeVolume(name: string, options?: CallOptions): Promise<void>;
  /** The last lines. `maxBytes` (default 262144) bounds what is kept: the end. */
  logs(id: string, options: CallOptions & { tail: number; maxBytes?: number; timestamps?: boolean }): Promise<LogTail>;
  top(id: string, options?: CallOptions): Promise<TopTable>;
  /** Runs an argument vector inside the container, without a shell. The engine cannot stop it: after `timeoutMs` it is only no longer waited for. */
  exec(id: string, argv: readonly string[], options: CallOptions & { timeoutMs: number; maxBytes: number }): Promise<ExecResult>;
  /**
   * What happened from `since` (nanoseconds as text) on, as far as the engine remembers. Ends at `until`; without it, it is live
   * until the signal is given, or throws when the engine goes away.
   */
  events(options: { since?: string; until?: string; signal: AbortSignal; /** Told when the engine has answered. */ onOpen?: () => void }): AsyncIterable<EngineEvent>;
  /** One reading, at once. */
  statsOnce(id: string, options?: CallOptions): Promise<StatsReading>;
  /** About one reading a second until the signal. */
  statsStream(id: string, options: { signal: AbortSignal }): AsyncIterable<StatsReading>;
  service(idOrName: string, options?: CallOptions): Promise<ServiceState>;
  /** Sets the number of replicas of a swarm service. */
  scaleService(idOrName: string, replicas: number, options?: CallOptions): Promise<void>;
  close(): void;
}
