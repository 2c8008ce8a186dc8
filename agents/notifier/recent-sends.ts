import type { NoticeKind } from '../runtime/settings/notifier';
import type { Notice } from './notice';

/** What was sent within the grouping window, by kind. */
export class RecentSends {
  private readonly times = new Map<NoticeKind, number[]>();

  constructor(
    private readonly windowMs: number,
    /** Milliseconds of a clock that never jumps. */
    private readonly clock: () => number = () => performance.now()
  ) {}

  add(notices: readonly Notice[]): void {
    const at = this.clock();
    notices.forEach((notice) => this.times.set(notice.kind, [...this.within(notice.kind), at]));
  }

  count(kind: NoticeKind): number {
    return this.within(kind).length;
  }

  /**
   * How long to hold `waiting` notices of a kind back, so that they become one message with those that follow.
   * @returns milliseconds; 0 when they may go at once
   */
  holdMs(kind: NoticeKind, waiting: number, limit: number): number {
    const times = this.within(kind);
    const newest = times.at(-1);
    if (newest === undefined || times.length + waiting <= limit) {
      return 0;
    }
    return Math.max(0, newest + this.windowMs - this.clock());
  }

  private within(kind: NoticeKind): number[] {
    const from = this.clock() - this.windowMs;
    return (this.times.get(kind) ?? []).filter((at) => at > from);
  }
}
