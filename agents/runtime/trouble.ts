import type { Logger } from './logger';

export interface Trouble {
  part: string;
  message: string;
  mend: string;
  /** ISO 8601 UTC. */
  since: string;
}

/** Parts that all agents of a process share: their trouble is told once a process, not once an agent. */
const SHARED_PARTS: readonly string[] = ['redis', 'log'];
const sharedBy = new Map<string, Set<TroubleBoard>>();

/**
 * What an agent depends on and cannot have at the moment. One log line when it begins, one when it ends:
 * never one a retry.
 */
export class TroubleBoard {
  private readonly current = new Map<string, Trouble>();

  constructor(
    private readonly logger: Logger,
    private readonly onChange: (trouble: Trouble, state: 'began' | 'ended') => void = () => undefined,
    private readonly now: () => number = Date.now
  ) {}

  /** @param part what is missing: docker, redis, model, notifier, clock, log. */
  report(part: string, message: string, mend: string): void {
    const known = this.current.get(part);
    if (known) {
      known.message = message;
      known.mend = mend;
      return;
    }
    const trouble = { part, message, mend, since: new Date(this.now()).toISOString() };
    this.current.set(part, trouble);
    if (this.isFirst(part)) {
      this.logger.error({ part, mend }, message);
    }
    this.onChange(trouble, 'began');
  }

  clear(part: string): void {
    const known = this.current.get(part);
    if (!known) {
      return;
    }
    this.current.delete(part);
    const seconds = Math.round((this.now() - Date.parse(known.since)) / 1000);
    if (this.isLast(part)) {
      this.logger.info({ part }, `${part} is well again after ${seconds} s`);
    }
    this.onChange(known, 'ended');
  }

  private isFirst(part: string): boolean {
    const boards = sharedBy.get(part) ?? new Set();
    if (SHARED_PARTS.includes(part)) {
      sharedBy.set(part, boards.add(this));
    }
    return boards.size <= 1;
  }

  private isLast(part: string): boolean {
    const boards = sharedBy.get(part);
    boards?.delete(this);
    return !boards || boards.size === 0;
  }

  list(): readonly Trouble[] {
    return [...this.current.values()];
  }
}
