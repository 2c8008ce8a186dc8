import type { HemostatEvent } from '../../src/contract/events';
import { channelName } from '../../src/contract/story/event-text';
import type { Logger } from '../runtime/logger';
import { derived } from '../runtime/new-event';
import type { NoticeKind } from '../runtime/settings/notifier';
import { outside } from '../runtime/telemetry/scope';
import type { TroubleBoard } from '../runtime/trouble';
import { waitMs } from '../runtime/wait';
import type { Channel } from './channel';
import { ClosingError, deliver, DeliveryError } from './delivery';
import type { Marks } from './marks';
import type { Notice } from './notice';
import { byKind, isStale, planMessages, type Planned } from './plan';
import { RecentSends } from './recent-sends';

export interface LaneOptions {
  channel: Channel;
  marks: Marks;
  logger: Logger;
  trouble: TroubleBoard;
  signal: AbortSignal;
  now: () => number;
  dedupeMs: number;
  remindMs: number;
  groupOver: number;
  groupWindowMs: number;
  staleMs: number;
  attempts: number;
  /** Milliseconds before the second attempt, about. */
  firstDelayMs: number;
}

interface Item {
  notice: Notice;
  resolve: (event: HemostatEvent | undefined) => void;
  reject: (cause: unknown) => void;
}

/** Notices that come together are looked at together. Milliseconds. */
const GATHER_MS = 50;
/** Late notices are gathered until none came for this long, so that an outage ends in one digest. */
const LATE_QUIET_MS = 500;
const LATE_LONGEST_MS = 10_000;

/** The way of notices to one channel: in order, each told once, bursts grouped. No lane waits for another. */
export class Lane {
  readonly counts = { sent: 0, failed: 0, deduped: 0 };
  private readonly waiting: Item[] = [];
  private readonly recent: RecentSends;
  /** Kinds of which more came than may stand alone: held back to be told together. */
  private held: ReadonlySet<NoticeKind> = new Set();
  private working = false;
  /** Notices that were lost since the last message that got through. */
  private missed = 0;

  constructor(private readonly options: LaneOptions) {
    this.recent = new RecentSends(options.groupWindowMs);
  }

  get channel(): Channel {
    return this.options.channel;
  }

  get depth(): number {
    return this.waiting.length;
  }

  /**
   * Sends a notice in its turn.
   * @returns the event that says what became of it; undefined when it was told before a crash.
   * Rejects only when Redis fails or we are closing: then the entry must be handled again.
   */
  submit(notice: Notice): Promise<HemostatEvent | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ notice, resolve, reject });
      if (!this.working) {
        this.working = true;
        // It works for all who submit: what it tells belongs to the trace of none.
        outside(() => void this.work());
      }
    });
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.gather();
      const batch = this.waiting.splice(0);
      try {
        await this.tell(batch);
      } catch (cause) {
        // Items that are settled already do not mind.
        batch.forEach((item) => item.reject(cause));
      }
    }
    this.working = false;
  }

  private async gather(): Promise<void> {
    const { signal, channel, groupWindowMs } = this.options;
    await waitMs(Math.min(GATHER_MS, groupWindowMs), signal);
    if (channel.keepsState) {
      return;
    }
    await this.gatherLate();
    const kinds = byKind(this.waiting.map((item) => item.notice));
    const { groupOver } = this.options;
    const holds = [...kinds].map(([kind, some]) => ({ kind, ms: this.recent.holdMs(kind, some.length, groupOver) }));
    this.held = new Set(holds.filter((hold) => hold.ms > 0).map((hold) => hold.kind));
    await waitMs(Math.max(0, ...holds.map((hold) => hold.ms)), signal);
  }

  private async gatherLate(): Promise<void> {
    const { staleMs, now, signal } = this.options;
    const until = performance.now() + LATE_LONGEST_MS;
    let seen = -1;
    while (
      !signal.aborted &&
      seen !== this.waiting.length &&
      performance.now() < until &&
      this.waiting.some((item) => isStale(item.notice, staleMs, now()))
    ) {
      seen = this.waiting.length;
      await waitMs(LATE_QUIET_MS, signal);
    }
  }

  private async tell(batch: readonly Item[]): Promise<void> {
    if (this.channel.keepsState) {
      await this.send({ style: 'state', notices: batch.map((item) => item.notice) }, batch);
      return;
    }
    const mine: Item[] = [];
    for (const item of batch) {
      if (await this.isMine(item)) {
        mine.push(item);
      }
    }
    await this.sendAll(
      planMessages(
        mine.map((item) => item.notice),
        {
          groupOver: this.options.groupOver,
          staleMs: this.options.staleMs,
          now: this.options.now(),
          recentOf: (kind: NoticeKind) => (this.held.has(kind) ? this.options.groupOver : this.recent.count(kind)),
        }
      ),
      mine
    );
  }

  private async sendAll(messages: readonly Planned[], items: readonly Item[]): Promise<void> {
    for (const [index, message] of messages.entries()) {
      const passing = await this.send(message, items);
      const rest = messages.slice(index + 1).flatMap((one) => one.notices);
      if (passing && rest.length > 1) {
        // The channel is away: what is left gets one more round of attempts, not one each.
        await this.send({ style: 'group', notices: rest }, items);
        return;
      }
    }
  }

  /** Settles the item and says false when it must not be sent. */
  private async isMine(item: Item): Promise<boolean> {
    const { notice } = item;
    const { marks, dedupeMs, remindMs } = this.options;
    const windowMs = notice.repeats ? Math.max(remindMs, dedupeMs) : dedupeMs;
    const claim = await marks.claim(this.channel.name, notice, windowMs);
    if (claim === 'duplicate') {
      this.counts.deduped += 1;
      item.resolve(this.outcome(notice, 'notification_deduped', { window_seconds: windowMs / 1000 }));
    } else if (claim === 'told') {
      item.resolve(undefined);
    }
    return claim === 'mine';
  }

  /** @returns true when it failed for a reason that may pass: the channel is away. */
  private async send(planned: Planned, items: readonly Item[]): Promise<boolean> {
    const { signal, attempts, firstDelayMs, trouble } = this.options;
    const began = performance.now();
    const message = { ...planned, missed: this.missed };
    const concerned = items.filter((item) => planned.notices.includes(item.notice));
    try {
      const sent = await deliver((stop) => this.channel.send(message, stop), { attempts, firstDelayMs, signal });
      this.missed = 0;
      trouble.clear(this.part);
      this.recent.add(planned.notices);
      await Promise.all(planned.notices.map((notice) => this.options.marks.told(this.channel.name, notice)));
      const figures = { attempts: sent.attempts, duration_seconds: (performance.now() - began) / 1000, ...sent.result };
      this.counts.sent += concerned.length;
      concerned.forEach((item) => item.resolve(this.outcome(item.notice, 'notification_sent', figures)));
      return false;
    } catch (cause) {
      if (cause instanceof ClosingError || !(cause instanceof DeliveryError)) {
        throw cause;
      }
      await this.failed(cause, concerned);
      return cause.retryable;
    }
  }

  private get part(): string {
    return `notifier:${this.channel.name}`;
  }

  private async failed(error: DeliveryError, items: readonly Item[]): Promise<void> {
    const { trouble, marks } = this.options;
    this.missed += items.length;
    this.counts.failed += items.length;
    const name = channelName(this.channel.name);
    trouble.report(this.part, `${name} does not take notices: it ${error.message}.`, MEND[this.channel.name]);
    await Promise.all(items.map((item) => marks.release(this.channel.name, item.notice)));
    const figures = {
      attempts: error.attempts,
      error: error.message,
      ...(error.statusCode === undefined ? {} : { status_code: error.statusCode }),
    };
    items.forEach((item) => item.resolve(this.outcome(item.notice, 'notification_failed', figures)));
  }

  private outcome<T extends 'notification_sent' | 'notification_failed' | 'notification_deduped'>(
    notice: Notice,
    type: T,
    figures: object
  ): HemostatEvent {
    const key = this.options.marks.keyOf(this.channel.name, notice);
    const data = { channel: this.channel.name, kind: notice.kind, key, ...figures } as Parameters<typeof derived<T>>[3];
    return derived(notice.event, type, 'notifier', data, { part: this.channel.name }) as HemostatEvent;
  }
}

const MEND = {
  slack:
    'Check SLACK_WEBHOOK_URL, or HEMOSTAT_SLACK_BOT_TOKEN and HEMOSTAT_SLACK_CHANNEL (the bot must be invited there).',
  webhook: 'Check HEMOSTAT_WEBHOOK_URL and the service behind it.',
  alertmanager: 'Check HEMOSTAT_ALERTMANAGER_URL and that Alertmanager runs.',
} as const;
