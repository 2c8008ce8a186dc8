import { ENDED_STATES } from '../../src/contract/incident';
import { errorText } from '../runtime/errors';
import type { HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';
import type { TroubleBoard } from '../runtime/trouble';
import { waitMs } from '../runtime/wait';
import { incidentAlert, loneAlert, SEVERITY_FIELD, testAlert, type Alert } from './alerts';
import type { Channel, Message } from './channel';
import { ClosingError, DeliveryError, postJson } from './delivery';
import { readView } from './incident-view';
import type { Marks } from './marks';
import { silencedUntil, type IncidentView, type Notice } from './notice';
import { silenceBody, SILENCE_FIELD, wantedSilence } from './silences';

export interface AlertmanagerOptions {
  url: string;
  publicUrl: string;
  timeoutMs: number;
  /** Milliseconds. */
  repeatMs: number;
  log: HemostatLog;
  marks: Marks;
  logger: Logger;
  trouble: TroubleBoard;
  now: () => number;
}

/** Alerts in one request. */
const CHUNK = 200;
/** An alert that is not repeated ends after this many intervals: a dead notifier leaves no alert behind. */
const HOLD_INTERVALS = 4;

/** Alertmanager's v2 API. It keeps states: it is told the state of each incident, again and again while it is open. */
export class Alertmanager implements Channel {
  readonly name = 'alertmanager';
  readonly keepsState = true;

  constructor(private readonly options: AlertmanagerOptions) {}

  async send(message: Message, signal: AbortSignal): Promise<{ thread?: string }> {
    const { now } = this.options;
    if (message.style === 'test') {
      await this.post([testAlert(now())], signal);
      return {};
    }
    const alerts = await Promise.all(message.notices.map((notice) => this.alertOf(notice)));
    await this.post(newestOfEachLabels(alerts.flatMap((alert) => alert ?? [])), signal);
    return {};
  }

  /** Repeats the alerts of open incidents; one copy at a time does it. */
  async run(signal: AbortSignal): Promise<void> {
    const { repeatMs, marks, trouble } = this.options;
    while (!signal.aborted) {
      await waitMs(repeatMs, signal);
      if (signal.aborted || !(await marks.turn('alertmanager repeat', Math.ceil(repeatMs * 0.8)))) {
        continue;
      }
      try {
        await this.repeat(signal);
      } catch (cause) {
        if (signal.aborted || cause instanceof ClosingError || !(cause instanceof DeliveryError)) {
          throw cause;
        }
        const mend = 'Check HEMOSTAT_ALERTMANAGER_URL and that Alertmanager runs.';
        trouble.report('notifier:alertmanager', `Alertmanager does not take alerts: it ${errorText(cause)}.`, mend);
      }
    }
  }

  /** Sends every open incident's alert once more. */
  private async repeat(signal: AbortSignal): Promise<void> {
    // Also without an open incident it is good to know whether Alertmanager is there.
    await this.request('POST', '/api/v2/alerts', '[]', signal);
    this.options.trouble.clear('notifier:alertmanager');
    for (const partition of this.options.log.partitions.keys()) {
      const open = await this.options.log.redis.hgetall(this.options.log.partition(partition).open);
      const ids = [...new Set(Object.values(open))];
      for (let from = 0; from < ids.length; from += CHUNK) {
        await this.repeatSome(partition, ids.slice(from, from + CHUNK), signal);
      }
    }
  }

  private async repeatSome(partition: number, ids: readonly string[], signal: AbortSignal): Promise<void> {
    const views = await Promise.all(ids.map((id) => readView(this.options.log, partition, id)));
    const open = views.filter((view) => view.state !== '' && !ENDED_STATES.includes(view.state));
    await this.post(
      open.map((view) => this.asAlert(view)),
      signal
    );
    for (const view of open) {
      await this.keepSilence(partition, view, signal);
    }
  }

  /** What is silenced with us is silenced there: its alert stays true, only its notices stop. */
  private async keepSilence(partition: number, view: IncidentView, signal: AbortSignal): Promise<void> {
    const { log, now } = this.options;
    const plan = wantedSilence(view, silencedUntil(view, now()));
    const key = log.partition(partition).incident(view.id);
    if (plan.remove) {
      await this.request('DELETE', `/api/v2/silence/${encodeURIComponent(plan.remove)}`, '', signal).catch(
        (cause: unknown) => {
          this.options.logger.debug({ error: errorText(cause) }, 'a silence of Alertmanager was gone already');
        }
      );
      await log.redis.hdel(key, SILENCE_FIELD);
    }
    if (plan.until !== undefined) {
      const answer = await this.request('POST', '/api/v2/silences', silenceBody(view, plan.until, now()), signal);
      const id = /"silenceID"\s*:\s*"([^"]+)"/.exec(answer)?.[1] ?? '';
      await log.redis.hset(key, SILENCE_FIELD, `${new Date(plan.until).toISOString()} ${id}`);
    }
  }

  private async alertOf(notice: Notice): Promise<Alert | undefined> {
    const { log, now } = this.options;
    if (!notice.incident.id) {
      return loneAlert(notice.event, now());
    }
    // Read again: another copy may have told the end while this notice waited.
    const view = await readView(log, notice.partition, notice.incident.id);
    if (view.state === '') {
      return undefined;
    }
    const key = log.partition(notice.partition).incident(view.id);
    await log.redis.hsetnx(key, SEVERITY_FIELD, view.fields.severity ?? '');
    const kept = await log.redis.hget(key, SEVERITY_FIELD);
    return this.asAlert({ ...view, fields: { ...view.fields, [SEVERITY_FIELD]: kept ?? '' } });
  }

  private asAlert(view: IncidentView): Alert {
    const { now, repeatMs, publicUrl } = this.options;
    return incidentAlert(view, { now: now(), holdMs: repeatMs * HOLD_INTERVALS, publicUrl });
  }

  private async post(alerts: readonly Alert[], signal: AbortSignal): Promise<void> {
    for (let from = 0; from < alerts.length; from += CHUNK) {
      await this.request('POST', '/api/v2/alerts', JSON.stringify(alerts.slice(from, from + CHUNK)), signal);
    }
  }

  private request(method: 'POST' | 'DELETE', path: string, body: string, signal: AbortSignal): Promise<string> {
    const { url, timeoutMs } = this.options;
    return postJson(`${url.replace(/\/+$/, '')}${path}`, body, { method, timeoutMs, signal });
  }
}

/** Several words on one alert are one: the last. */
function newestOfEachLabels(alerts: readonly Alert[]): Alert[] {
  return [...new Map(alerts.map((alert) => [JSON.stringify(alert.labels), alert])).values()];
}
