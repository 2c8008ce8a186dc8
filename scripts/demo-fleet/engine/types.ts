/** Result of one health probe: exit code as of a command (0 healthy, 1 not), output at most 4096 characters. */
export interface ProbeResult {
  exitCode: number;
  output: string;
}

export interface HealthcheckSpec {
  /** What inspect shows, in Docker's form: ["CMD-SHELL", "..."]. */
  test: string[];
  intervalMs: number;
  timeoutMs: number;
  startPeriodMs: number;
  retries: number;
  /** The real probe; `runDir` is the container's own folder. */
  probe: (runDir: string) => Promise<ProbeResult>;
}

export interface RestartPolicy {
  Name: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  MaximumRetryCount: number;
}

/** Who asked for a start: a caller of the API, or the container's restart policy. */
export type StartReason = 'user' | 'policy';

/** The real process behind a container. */
export interface Launch {
  file: string;
  args: string[];
  env: Record<string, string>;
}

export interface ContainerSpec {
  name: string;
  image: string;
  /** What inspect, list and top readers see as the container's command. */
  command: string[];
  env: string[];
  labels: Record<string, string>;
  /** Bytes; 0 for no limit. */
  memoryBytes: number;
  /** Billionths of a core; 0 for no limit. */
  nanoCpus: number;
  /** A network's name, or `container:<name or id>` as given by the user. */
  networkMode: string;
  restartPolicy: RestartPolicy;
  healthcheck?: HealthcheckSpec;
  /** Called at every start; may look at why the container starts. */
  launch: (reason: StartReason, runDir: string) => Launch;
}

export type ContainerStatus = 'created' | 'running' | 'paused' | 'restarting' | 'exited';

/** Docker's State without Health; times in nanoseconds, undefined for never. */
export interface ContainerState {
  running: boolean;
  paused: boolean;
  restarting: boolean;
  oomKilled: boolean;
  pid: number;
  exitCode: number;
  error: string;
  startedNs: bigint | undefined;
  finishedNs: bigint | undefined;
}

export type HealthStatus = 'starting' | 'healthy' | 'unhealthy';

export interface HealthLogEntry {
  Start: string;
  End: string;
  ExitCode: number;
  Output: string;
}
