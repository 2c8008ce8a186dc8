import type { EventOf } from '../../../src/contract/events';
import { errorText } from '../../runtime/errors';
import { observed } from '../../runtime/new-event';
import { derivedId } from '../../runtime/ids';
import type { TroubleBoard } from '../../runtime/trouble';
import type { RateConfig } from '../config/schema';
import type { Annotation, GrafanaClient } from '../grafana/client';
import { GrafanaError } from '../grafana/errors';
import type { UpdateLog } from '../push/update-log';
import { samePlace, severityOf } from './cause';
import type { PlaceFinder } from './places';
import { toldOf, updateId, type EpisodeRecord, type RecordPlace } from './record';
import { annotationHtml, episodeText } from './text';

export interface AnnotatorOptions {
  client: GrafanaClient;
  finder: PlaceFinder;
  trouble: TroubleBoard;
  updateLog: UpdateLog;
  publicUrl: string;
  now: () => number;
  /** Keeps the record before and after each step. */
  save: (record: EpisodeRecord) => Promise<void>;
  tell: (event: EventOf<'dashboard_pushed'>) => Promise<void>;
}

/** An annotation that lasts is written anew at most this often. Milliseconds. */
export const REWRITE_MS = 60_000;
/** After a failure that concerns all of Grafana, it is left alone for this long. */
const REST_MS = 5000;
const REST_DENIED_MS = 30_000;
const MAX_LINKS = 3;

const settled = (place: RecordPlace) => place.closed === true || place.given_up !== undefined;

/** True when nothing is left to be written of an episode that is over. */
export const isClosed = (record: EpisodeRecord) => record.places_known && record.places.every(settled);

/**
 * Makes Grafana show what the records say. It may be stopped at any point and called again: each annotation carries the tag of its
 * update, by which it is found before another one would be made.
 */
export class Annotator {
  private restUntil = -Infinity;
  readonly counts = { created: 0, updated: 0, failed: 0 };

  constructor(private readonly options: AnnotatorOptions) {}

  /** Never throws, except the reason of the signal and what Redis throws. @param rate undefined when the configuration no longer names it */
  async reconcile(record: EpisodeRecord, rate: RateConfig | undefined, signal: AbortSignal): Promise<void> {
    if (this.options.now() < this.restUntil) {
      return;
    }
    try {
      await this.findPlaces(record, rate, signal);
      const denied: GrafanaError[] = [];
      for (const place of record.places.filter((one) => !settled(one))) {
        // One closed folder must not keep the other dashboards from their annotation.
        denied.push(...((await this.write(record, place, signal)) ?? []));
      }
      if (denied[0]) {
        throw denied[0];
      }
      this.options.trouble.clear('grafana');
    } catch (cause) {
      if (!(cause instanceof GrafanaError)) {
        throw cause;
      }
      this.rest(cause);
    }
  }

  private rest(cause: GrafanaError): void {
    const { trouble, now } = this.options;
    const denied = cause.kind === 'unauthorized' || cause.kind === 'forbidden';
    this.restUntil = now() + Math.max(denied ? REST_DENIED_MS : REST_MS, cause.retryAfterMs ?? 0);
    trouble.report('grafana', cause.message, cause.mend);
  }

  private async findPlaces(record: EpisodeRecord, rate: RateConfig | undefined, signal: AbortSignal): Promise<void> {
    if (record.places_known) {
      return;
    }
    const found = rate ? await this.options.finder.find(rate, signal) : [];
    record.places.push(...found.filter((place) => !record.places.some((one) => samePlace(one, place))));
    record.places_known = true;
    await this.options.save(record);
  }

  private async write(record: EpisodeRecord, place: RecordPlace, signal: AbortSignal): Promise<GrafanaError[] | undefined> {
    try {
      if (place.annotation_id === undefined) {
        await this.create(record, place, signal);
      } else if (record.ended_at !== undefined || this.options.now() - (place.written_at ?? 0) >= REWRITE_MS) {
        await this.patch(record, place, place.annotation_id, signal);
      }
    } catch (cause) {
      if (!(cause instanceof GrafanaError)) {
        throw cause;
      }
      return this.failed(record, place, cause);
    }
    return undefined;
  }

  private async create(record: EpisodeRecord, place: RecordPlace, signal: AbortSignal): Promise<void> {
    const { client, now, save } = this.options;
    const annotation = this.annotation(record, place);
    const [existing] = await client.annotationsWith(['hemostat', `update:${updateId(record, place)}`], signal);
    place.annotation_id = existing?.id ?? (await this.createOn(annotation, signal));
    place.written_at = existing ? 0 : now();
    // What was found was written by a copy that died: it is brought up to date next.
    place.closed = record.ended_at !== undefined && !existing;
    delete place.failure;
    this.counts.created += existing ? 0 : 1;
    // Told before it is kept: a copy that dies in between has it told again, and the log takes an event only once.
    await this.note(record, place, 'create', 200);
    await save(record);
  }

  /** Grafana answers 500 for a dashboard that is not there: who asks for the dashboard itself hears the reason. */
  private async createOn(annotation: Annotation, signal: AbortSignal): Promise<number> {
    const { client } = this.options;
    try {
      return await client.createAnnotation(annotation, signal);
    } catch (cause) {
      if (cause instanceof GrafanaError && cause.kind === 'server_error') {
        await client.readDashboard(annotation.dashboardUID, signal);
      }
      throw cause;
    }
  }

  private async patch(record: EpisodeRecord, place: RecordPlace, id: number, signal: AbortSignal): Promise<void> {
    const { client, now, save, updateLog } = this.options;
    const { text, tags, time, timeEnd } = this.annotation(record, place);
    await client.patchAnnotation(id, { text, tags, time, timeEnd }, signal);
    place.written_at = now();
    place.closed = record.ended_at !== undefined;
    delete place.failure;
    await save(record);
    this.counts.updated += 1;
    await updateLog.write({ dashboard_id: record.rate, status_code: 200, what: 'annotation', step: place.closed ? 'end' : 'update', update_id: updateId(record, place), dashboard_uid: place.dashboard_uid, panel_id: place.panel_id });
  }

  private async failed(record: EpisodeRecord, place: RecordPlace, cause: GrafanaError): Promise<GrafanaError[]> {
    this.counts.failed += 1;
    const isNew = place.failure !== cause.kind;
    place.failure = cause.kind;
    if (cause.kind === 'not_found' || cause.kind === 'bad_request') {
      // Deleted by somebody, or refused as it is: trying again would not help.
      place.given_up = cause.message;
    }
    await this.options.save(record);
    if (isNew) {
      await this.note(record, place, place.annotation_id === undefined ? 'create' : 'update', cause.status, cause);
    }
    if (place.given_up !== undefined) {
      return [];
    }
    if (cause.kind === 'forbidden') {
      return [cause];
    }
    throw cause;
  }

  private async note(record: EpisodeRecord, place: RecordPlace, step: 'create' | 'update', status: number | null, cause?: GrafanaError): Promise<void> {
    const { tell, updateLog, now } = this.options;
    const id = updateId(record, place);
    const { dashboard_uid, panel_id } = place;
    const error = cause ? { error: cause.message, mend: cause.mend } : {};
    await updateLog.write({ dashboard_id: record.rate, status_code: status, what: 'annotation', step, update_id: id, dashboard_uid, panel_id, ...(cause ? { error: errorText(cause) } : {}) });
    // One event an outcome, however often it is tried.
    const origin = { id: derivedId('dashboard_pushed', id, cause?.kind ?? 'written'), time: new Date(now()).toISOString() };
    await tell(observed('dashboard_pushed', 'updater', origin, { dashboard: record.rate, what: 'annotation', dashboard_uid, panel_id, update_id: id, status_code: status, ...error }));
  }

  private annotation(record: EpisodeRecord, place: RecordPlace): Annotation {
    const { episode, threshold, explanation, ended_at: endedAt } = record;
    const { publicUrl, now } = this.options;
    const links = explanation.incidents.slice(0, MAX_LINKS).flatMap((id, index) => (publicUrl ? [{ href: incidentAddress(publicUrl, id), name: index === 0 ? 'Open the incident' : `Open incident ${id.slice(0, 8)}` }] : []));
    const text = episodeText(toldOf(record));
    return {
      dashboardUID: place.dashboard_uid,
      ...(place.panel_id > 0 ? { panelId: place.panel_id } : {}),
      time: episode.began_at,
      timeEnd: Math.max(episode.began_at, endedAt ?? Math.min(now(), episode.seen_at)),
      tags: ['hemostat', severityOf(episode, threshold), ...explanation.incidents.slice(0, MAX_LINKS).map((id) => `incident:${id}`), `update:${updateId(record, place)}`],
      text: annotationHtml(text, links),
    };
  }
}

/** Where the app shows an incident. */
export function incidentAddress(publicUrl: string, id: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/a/hemostat-monitor-app/incidents/${encodeURIComponent(id)}`;
}
