import type { AgentAlert } from '../../src/contract/events';
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
import { healerAlert, healerLabels, unresolvedAlerts } from './healer-alerts';
import type { Marks } from './marks';
import { silencedUntil, type IncidentView, type Notice } from './notice';
import { silenceBody, silenceOf, SILENCE_FIELD, wantedSilence, wantedSilenceOf } from './silences';

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
    await this.repeatHealer(signal);
  }

  /** The same for what is wrong with HemoStat itself. */
  private async repeatHealer(signal: AbortSignal): Promise<void> {
    const alerts = await unresolvedAlerts(this.options.log);
    await this.post(alerts.map((alert) => healerAlert(alert, this.holding())), signal);
    for (const alert of alerts) {
      await this.keepHealerSilence(alert, signal);
    }
  }

  private async keepHealerSilence(alert: AgentAlert, signal: AbortSignal): Promise<void> {
    const { log, now } = this.options;
    const until = alert.status === 'silenced' ? Date.parse(alert.silenced_until ?? '') : NaN;
    const mark = log.partition(0).noticeSent(`alertmanager silence ${alert.alert_id}`);
    const plan = wantedSilenceOf((await log.redis.get(mark)) ?? '', until > now() ? until : undefined);
    if (plan.remove) {
      await this.endSilence(plan.remove, signal);
      await log.redis.del(mark);
    }
    if (plan.until !== undefined) {
      const what = { labels: healerLabels(alert), by: alert.silenced_by ?? '', what: `alert ${alert.alert_id}` };
      const id = await this.beginSilence(silenceOf(what, plan.until, now()), signal);
      await log.redis.set(mark, `${new Date(plan.until).toISOString()} ${id}`, 'PX', Math.max(1, plan.until - now()));
    }
  }

  private async endSilence(id: string, signal: AbortSignal): Promise<void> {
    await this.request('DELETE', `/api/v2/silence/${encodeURIComponent(id)}`, '', signal).catch((cause: unknown) => {
      this.options.logger.debug({ error: errorText(cause) }, 'a silence of Alertmanager was gone already');
    });
  }

  /** @returns its id */
  private async beginSilence(body: string, signal: AbortSignal): Promise<string> {
    const answer = await this.request('POST', '/api/v2/silences', body, signal);
    return /"silenceID"\s*:\s*"([^"]+)"/.exec(answer)?.[1] ?? '';
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
      await this.endSilence(plan.remove, signal);
      await log.redis.hdel(key, SILENCE_FIELD);
    }
    if (plan.until !== undefined) {
      const id = await this.beginSilence(silenceBody(view, plan.until, now()), signal);
      await log.redis.hset(key, SILENCE_FIELD, `${new Date(plan.until).toISOString()} ${id}`);
    }
  }

  private async alertOf(notice: Notice): Promise<Alert | undefined> {
    const { log, now } = this.options;
    if (!notice.incident.id) {
      const { event } = notice;
      return event.type === 'agent_alert' ? healerAlert(event.data.alert, this.holding()) : loneAlert(event, now());
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
    return incidentAlert(view, this.holding());
  }

  private holding(): { now: number; holdMs: number; publicUrl: string } {
    const { now, repeatMs, publicUrl } = this.options;
    return { now: now(), holdMs: repeatMs * HOLD_INTERVALS, publicUrl };
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
