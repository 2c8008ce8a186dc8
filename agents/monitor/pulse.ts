import { DockerError, type Engine } from '../docker/engine';
import { errorText } from '../runtime/errors';
import type { TroubleBoard } from '../runtime/trouble';
import { waitMs } from '../runtime/wait';

/** An engine that takes longer is told as away. */
const PATIENCE_MS = 5000;
const LONGEST_WAIT_MS = 10_000;

/** How fast the engine answers, also where another copy leads: then this one would not notice otherwise. */
export class Pulse {
  private ms: number | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly trouble: TroubleBoard,
    private readonly everyMs: number
  ) {}

  /** @param tells whether trouble is told here: whoever leads has its own word on it */
  async keep(tells: () => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      try {
        await this.engine.ping({ signal, timeoutMs: PATIENCE_MS });
        this.ms = performance.now() - began;
        if (tells()) {
          this.trouble.clear('docker');
        }
      } catch (cause) {
        this.ms = undefined;
        if (tells() && !signal.aborted) {
          this.trouble.report('docker', errorText(cause), cause instanceof DockerError ? cause.mend : 'Set DOCKER_HOST to where the Docker engine is.');
        }
      }
      await waitMs(Math.min(this.everyMs, LONGEST_WAIT_MS), signal);
    }
  }

  /** Milliseconds of the last answer; absent while there is none. */
  state(): { docker_ms?: number } {
    return this.ms === undefined ? {} : { docker_ms: Math.round(this.ms * 10) / 10 };
  }
}
