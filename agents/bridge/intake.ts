import { MAX_EVENT_BYTES } from '../../src/contract/codec';
import { keepDeadLetter } from '../runtime/dead-letters';
import { errorText } from '../runtime/errors';
import type { HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';
import { observed } from '../runtime/new-event';
import type { AgentTelemetry } from '../runtime/telemetry';
import type { TroubleBoard } from '../runtime/trouble';
import { Hosts } from './hosts';
import { translate, type Translation } from './translate';

/** Messages kept in memory while the log cannot be written. Channels know no back-pressure. */
const MAX_WAITING = 5000;
/** Characters of malformed messages that are kept a minute; beyond it each is cut to SHORT_RAW. */
const RAW_PER_MINUTE = 8 * MAX_EVENT_BYTES;
const SHORT_RAW = 1000;

export interface IntakeParts {
  /** A log that does not mirror: what came from the original must not be published to it again. */
  log: HemostatLog;
  logger: Logger;
  trouble: TroubleBoard;
  telemetry: AgentTelemetry;
  signal: AbortSignal;
  now: () => number;
}

/** Takes messages of the original into the log, each once, whatever is repeated. */
export class Intake {
  readonly counts = { taken: 0, known: 0, own: 0, malformed: 0, dropped: 0 };
  private readonly running = new Set<Promise<void>>();
  private readonly hosts: Hosts;
  private rawMinute = 0;
  private rawUsed = 0;

  constructor(private readonly parts: IntakeParts) {
    this.hosts = new Hosts(parts.log);
  }

  /** Takes one in without waiting for the log; drops it (counted and told) when too many wait. */
  accept(raw: string, where: string): void {
    if (this.running.size >= MAX_WAITING) {
      this.counts.dropped += 1;
      this.parts.trouble.report('bridge', `The log cannot be written: messages of the original are dropped (more than ${MAX_WAITING} wait).`, 'See the trouble of Redis in `hemostat status`.');
      return;
    }
    const task = this.take(raw, where).finally(() => {
      this.running.delete(task);
      if (this.running.size < MAX_WAITING / 2) {
        this.parts.trouble.clear('bridge');
      }
    });
    this.running.add(task);
  }

  /** Takes one in and waits until it stands in the log. Never throws. */
  async take(raw: string, where: string): Promise<void> {
    try {
      const taken = () => this.store(translate(raw, where, new Date(this.parts.now())), raw, where);
      await this.parts.telemetry.step('take in', { 'hemostat.channel': where }, taken, { request: true, span: false });
    } catch (cause) {
      if (!this.parts.signal.aborted) {
        this.parts.logger.error({ where, error: errorText(cause) }, 'a message of the original could not be taken in');
      }
    }
  }

  /** Waits for what is on its way. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.running]);
  }

  private async store(translation: Translation, raw: string, where: string): Promise<void> {
    switch (translation.kind) {
      case 'own':
        this.counts.own += 1;
        return;
      case 'malformed':
        this.counts.malformed += 1;
        await this.putAside(translation, raw, where);
        return;
      default: {
        const { event } = translation;
        const host = event.host || (await this.hosts.hostOf(event.container));
        const [appended] = await this.parts.log.append([{ ...event, host }]);
        this.counts[appended?.duplicate ? 'known' : 'taken'] += 1;
      }
    }
  }

  /** The event that tells of it decides which copy of the bridge keeps the letter. */
  private async putAside({ id, error }: Extract<Translation, { kind: 'malformed' }>, raw: string, where: string): Promise<void> {
    const { log } = this.parts;
    const group = `bridge ${where}`;
    const event = observed('dead_letter', 'bridge', { id, time: new Date(this.parts.now()).toISOString() }, { stream_id: '', group, error, deliveries: 1 });
    const [appended] = await log.append([event], { partition: 0 });
    if (!appended?.duplicate) {
      await keepDeadLetter(log, 0, { streamId: '', group, error, deliveries: 1, raw: this.bounded(raw) });
    }
  }

  /** A flood of malformed messages must not fill Redis. */
  private bounded(raw: string): string {
    const minute = Math.floor(this.parts.now() / 60_000);
    if (minute !== this.rawMinute) {
      this.rawMinute = minute;
      this.rawUsed = 0;
    }
    const cut = raw.slice(0, this.rawUsed > RAW_PER_MINUTE ? SHORT_RAW : MAX_EVENT_BYTES);
    this.rawUsed += cut.length;
    return cut;
  }
}
