import type { HemostatEvent } from '../../src/contract/events';
import type { AgentContext, AgentParts, EntryInfo } from '../runtime/agent';
import { derived } from '../runtime/new-event';
import type { NoticeKind } from '../runtime/settings/notifier';
import { checkSettings, configuredChannels, makeChannel, type NotifierSettings } from './channels';
import { readView } from './incident-view';
import { Lane } from './lane';
import { Marks } from './marks';
import { draftOf, silencedUntil, type Notice } from './notice';

/** Milliseconds before the second attempt, about. */
const FIRST_DELAY_MS = 1000;
/** Notices that may be on their way at once: bounds memory, and lets the log be read on while a channel is slow. */
const CONCURRENCY = 4000;

/** Tells people what events mean for them. */
export class Notifier implements AgentParts {
  readonly concurrency = CONCURRENCY;
  private readonly lanes: readonly Lane[];
  private readonly kinds: ReadonlySet<NoticeKind>;

  constructor(
    private readonly context: AgentContext,
    settings: NotifierSettings,
    firstDelayMs = FIRST_DELAY_MS
  ) {
    this.kinds = checkSettings(settings);
    const marks = new Marks(context.log);
    const names = settings.alertEnabled ? configuredChannels(settings) : [];
    this.lanes = names.map(
      (name) =>
        new Lane({ ...settings, ...context, marks, firstDelayMs, channel: makeChannel(name, settings, context) })
    );
    if (names.length === 0) {
      context.logger.info(
        settings.alertEnabled
          ? 'no channel is set, so nobody is told; set SLACK_WEBHOOK_URL, HEMOSTAT_WEBHOOK_URL or HEMOSTAT_ALERTMANAGER_URL'
          : 'ALERT_ENABLED is false, so nobody is told'
      );
    }
  }

  /** Lanes keep the order; nothing here may wait for another event. */
  keyOf(event: HemostatEvent): string {
    return event.id;
  }

  async handle(event: HemostatEvent, entry: EntryInfo): Promise<readonly HemostatEvent[]> {
    const draft = this.lanes.length > 0 ? draftOf(event) : undefined;
    if (!draft) {
      return [];
    }
    const incident = await readView(this.context.log, entry.partition, event.incident_id);
    if (draft.onlyIn && draft.onlyIn !== incident.state) {
      return [];
    }
    const notice: Notice = { ...draft, event, incident, partition: entry.partition };
    // All are waited for, also when one fails: an entry must not be handled again while a lane still holds it.
    const outcomes = await Promise.allSettled(this.lanes.map((lane) => this.tell(lane, notice)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) {
      throw failed.reason;
    }
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : []));
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.channel.run?.(signal) ?? Promise.resolve()));
  }

  state(): Record<string, string | number | boolean> {
    const sum = (pick: (lane: Lane) => number) => this.lanes.reduce((total, lane) => total + pick(lane), 0);
    return {
      channels: this.lanes.map((lane) => lane.channel.name).join(', ') || 'none',
      sent: sum((lane) => lane.counts.sent),
      failed: sum((lane) => lane.counts.failed),
      deduped: sum((lane) => lane.counts.deduped),
      waiting: sum((lane) => lane.depth),
    };
  }

  private async tell(lane: Lane, notice: Notice): Promise<HemostatEvent | undefined> {
    const { channel } = lane;
    // A channel cannot tell of its own failure, and would only fail again.
    if (notice.event.type === 'agent_trouble' && notice.event.data.part === `notifier:${channel.name}`) {
      return undefined;
    }
    if (channel.keepsState) {
      return this.send(lane, notice);
    }
    if (!this.kinds.has(notice.kind)) {
      return undefined;
    }
    const now = this.context.now();
    const until = silencedUntil(notice.incident, now);
    return until === undefined ? this.send(lane, notice) : this.silenced(notice, channel.name, (until - now) / 1000);
  }

  /** With the wait for its turn: a slow channel shows as such. */
  private send(lane: Lane, notice: Notice): Promise<HemostatEvent | undefined> {
    const { name } = lane.channel;
    return this.context.telemetry.step(
      `send ${name}`,
      { 'hemostat.channel': name, 'hemostat.notice': notice.kind },
      async (span) => {
        const outcome = await lane.submit(notice);
        span.set({ 'hemostat.outcome': outcome?.type ?? 'told before' });
        if (outcome?.type === 'notification_failed') {
          span.set({ 'hemostat.attempts': outcome.data.attempts, 'http.response.status_code': outcome.data.status_code });
          span.fail(outcome.data.error ?? 'It was not delivered.', 'notification_failed');
        }
        return outcome;
      },
      { kind: 'client' }
    );
  }

  /** The log says that nobody was told, and why. */
  private silenced(notice: Notice, channel: string, seconds: number): HemostatEvent {
    const by = notice.incident.fields.silenced_by ?? '';
    const data = { channel, kind: notice.kind, key: `silenced:${by}`, window_seconds: Math.round(seconds) };
    return derived(notice.event, 'notification_deduped', 'notifier', data, { part: channel });
  }
}
