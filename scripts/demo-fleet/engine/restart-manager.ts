import type { RestartPolicy } from './types';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 60_000;
/** A run of this length counts as stable and starts the back-off anew. */
const STABLE_RUN_MS = 10_000;

/** Docker's rule for restarting by policy: waits of 100 ms, doubled up to a minute. */
export class RestartManager {
  private waitMs = 0;
  private cancelled = false;

  constructor(private readonly policy: RestartPolicy) {}

  /** The user has stopped or killed the container: the policy holds still until the next start by the user. */
  cancel(): void {
    this.cancelled = true;
  }

  /** Milliseconds until the next start, undefined when the container stays as it is. */
  next(exitCode: number, ranMs: number, restartCount: number): number | undefined {
    if (this.cancelled || !this.wants(exitCode, restartCount)) {
      return undefined;
    }
    const fresh = this.waitMs === 0 || ranMs >= STABLE_RUN_MS;
    this.waitMs = fresh ? FIRST_WAIT_MS : Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
    return this.waitMs;
  }

  private wants(exitCode: number, restartCount: number): boolean {
    const { Name, MaximumRetryCount } = this.policy;
    if (Name === 'on-failure') {
      return exitCode !== 0 && (MaximumRetryCount === 0 || restartCount < MaximumRetryCount);
    }
    return Name === 'always' || Name === 'unless-stopped';
  }
}
