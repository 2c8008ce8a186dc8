import type { HemostatLog } from '../runtime/log';
import type { Notice } from './notice';

/** Field of an incident's projection that names its Slack thread. */
export const THREAD_FIELD = 'slack_thread';

/** Remembers with the incident in which thread it is told, so that every copy finds it and it goes when the incident goes. */
export class Threads {
  constructor(
    private readonly log: HemostatLog,
    /** A thread belongs to one Slack channel; after a change of the setting a new one begins. */
    private readonly channel: string
  ) {}

  async get(notice: Notice): Promise<string | undefined> {
    if (!notice.incident.id) {
      return undefined;
    }
    const kept = await this.log.redis.hget(this.key(notice), THREAD_FIELD);
    const [channel, thread] = kept?.split(' ') ?? [];
    return channel === this.channel && thread ? thread : undefined;
  }

  /**
   * Sets the thread of every incident that has none in this channel yet.
   * @param replace also where one is known, because it was lost
   */
  async keep(notices: readonly Notice[], thread: string, replace = false): Promise<void> {
    const known = notices.filter((notice) => notice.incident.id && notice.incident.state);
    const byIncident = new Map(known.map((notice) => [notice.incident.id, notice]));
    for (const notice of byIncident.values()) {
      if (thread && (replace || (await this.get(notice)) === undefined)) {
        await this.log.redis.hset(this.key(notice), THREAD_FIELD, `${this.channel} ${thread}`);
      }
    }
  }

  private key(notice: Notice): string {
    return this.log.partition(notice.partition).incident(notice.incident.id);
  }
}
