import { derivedId } from '../runtime/ids';
import type { HemostatLog } from '../runtime/log';
import type { ChannelName } from './channel';
import { ILL_WITHOUT_EPISODE, subjectOf, type Notice } from './notice';

/** How long it is known that an event was told, for entries that are handed out again after a crash. */
const TOLD_SECONDS = 86_400;

/** `mine`: send it. `told`: this very event was sent already. `duplicate`: another event said the same within the window. */
export type Claim = 'mine' | 'told' | 'duplicate';

/**
 * What was told, in Redis, so that several copies tell it once. The key that is checked is the key that is set,
 * and it holds the id of the event that took it: a copy that takes over after a crash finds its own mark and goes on.
 */
export class Marks {
  constructor(private readonly log: HemostatLog) {}

  /** The de-duplication key: channel, kind, container and what tells notices apart. */
  keyOf(channel: ChannelName, notice: Pick<Notice, 'kind' | 'scope' | 'event'>): string {
    return derivedId('notice', channel, notice.kind, subjectOf(notice.event), notice.scope);
  }

  /** @param windowMs milliseconds within which the same key is a duplicate */
  async claim(channel: ChannelName, notice: Notice, windowMs: number): Promise<Claim> {
    if ((await this.log.redis.exists(this.toldKey(channel, notice))) === 1) {
      return 'told';
    }
    const key = this.markKey(notice, this.keyOf(channel, notice));
    const { id } = notice.event;
    if ((await this.log.redis.set(key, id, 'PX', windowMs, 'NX')) === 'OK') {
      return 'mine';
    }
    return (await this.log.redis.get(key)) === id ? 'mine' : 'duplicate';
  }

  /** The notice was sent. */
  async told(channel: ChannelName, notice: Notice): Promise<void> {
    await this.log.redis.set(this.toldKey(channel, notice), '1', 'EX', TOLD_SECONDS);
    if (notice.kind === 'resolved') {
      // Ill again is news again, also for the original's alerts, which have no episode.
      const next = { ...notice, kind: 'ill' as const, scope: ILL_WITHOUT_EPISODE };
      await this.log.redis.del(this.markKey(notice, this.keyOf(channel, next)));
    }
  }

  /** The notice could not be sent: the next one that says the same may try. */
  async release(channel: ChannelName, notice: Notice): Promise<void> {
    await this.log.redis.del(this.markKey(notice, this.keyOf(channel, notice)));
  }

  /** True for one copy only, until `ms` have passed. */
  async turn(task: string, ms: number): Promise<boolean> {
    return (await this.log.redis.set(this.log.partition(0).noticeSent(task), '1', 'PX', ms, 'NX')) === 'OK';
  }

  private toldKey(channel: ChannelName, notice: Notice): string {
    return this.markKey(notice, derivedId('told', channel, notice.event.id));
  }

  private markKey(notice: Notice, key: string): string {
    return this.log.partition(notice.partition).noticeSent(key);
  }
}
