import PQueue from 'p-queue';
import type { EventOf, ModelCall } from '../../../src/contract/events';
import { errorText } from '../../runtime/errors';
import { derivedId } from '../../runtime/ids';
import type { HemostatLog } from '../../runtime/log';
import type { Logger } from '../../runtime/logger';
import { observed } from '../../runtime/new-event';
import { listIncidents } from '../../runtime/queries';
import type { AgentTelemetry, StepSpan } from '../../runtime/telemetry';
import type { TroubleBoard } from '../../runtime/trouble';
import type { RateConfig } from '../config/schema';
import type { OpenModel } from '../model';
import type { OwnFigures } from '../own/figures';
import { PrometheusError, type PrometheusClient } from '../prometheus/client';
import type { UpdaterStore } from '../store';
import { isClosed, type Annotator } from './annotator';
import { explain, severityOf, type CauseInput, type Explanation } from './cause';
import { step, type Limits, type Step } from './episode';
import { measure, type Measured } from './measure';
import { episodeId, toldOf, type EpisodeRecord } from './record';
import { episodeText, rateName } from './text';
import { wordCause } from './wording';

export interface WatcherOptions {
  log: HemostatLog;
  logger: Logger;
  trouble: TroubleBoard;
  telemetry: AgentTelemetry;
  store: UpdaterStore;
  prometheus: PrometheusClient;
  own: OwnFigures;
  /** Absent without Grafana: then episodes are events only. */
  annotator?: Annotator;
  /** The model that is set now, if any. */
  model: () => OpenModel | undefined;
  tell: (event: EventOf<'error_rate_episode'>) => Promise<void>;
  /** Told when an episode has begun. */
  began?: (rate: RateConfig) => Promise<void>;
  now: () => number;
}

const SIDE_BY_SIDE = 8;
const INCIDENTS = 200;
/** An episode that lasts is told so often. Milliseconds. */
const TELL_MS = 60_000;
/** Annotations that could not be closed for so long are given up. Milliseconds. */
const GIVE_UP_MS = 86_400_000;

type Changed = Exclude<Step, { change: 'none' }>;

const limitsOf = (rate: RateConfig): Limits => ({
  threshold: rate.threshold,
  endsBelow: rate.ends_below ?? rate.threshold * 0.8,
  endsAfterMs: rate.ends_after_seconds * 1000,
  minimumRequests: rate.minimum_requests,
});

/** Watches error rates, and keeps one record of each episode with its annotations (R338 to R340). */
export class RateWatcher {
  private records = new Map<string, EpisodeRecord>();
  private readonly asking = new Set<string>();
  private readonly queue = new PQueue({ concurrency: SIDE_BY_SIDE });
  readonly counts = { episodes: 0, measured: 0 };

  constructor(private readonly options: WatcherOptions) {}

  get open(): number {
    return [...this.records.values()].filter((record) => record.ended_at === undefined).length;
  }

  /** Goes on from what other copies left. */
  async lead(): Promise<void> {
    this.records = await this.options.store.episodes();
  }

  /** Looks at every rate once. @throws what Redis throws, or the reason of the signal */
  async look(rates: readonly RateConfig[], signal: AbortSignal): Promise<void> {
    const look = (span: StepSpan) => this.lookAt(rates, span, signal);
    // Every few seconds: measured, but kept only when it fails.
    await this.options.telemetry.step('measure error rates', { 'hemostat.rates': rates.length }, look, { request: true, span: false });
  }

  private async lookAt(rates: readonly RateConfig[], span: StepSpan, signal: AbortSignal): Promise<void> {
    const failures: string[] = [];
    await Promise.all(rates.map(async (rate) => this.queue.add(async () => this.one(rate, failures, signal))));
    await this.orphans(rates, signal);
    signal.throwIfAborted();
    const [first] = failures;
    if (first !== undefined) {
      span.fail(first, 'not_measured');
    }
    this.report(failures);
  }

  private report(failures: readonly string[]): void {
    const { trouble } = this.options;
    const [first] = failures;
    if (first === undefined) {
      trouble.clear('error rates');
    } else {
      const more = failures.length > 1 ? ` (${failures.length - 1} more rates cannot be measured either.)` : '';
      trouble.report('error rates', `${first}${more}`, 'Until then no crossing of these is seen.');
    }
  }

  private async one(rate: RateConfig, failures: string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const measured = await this.measured(rate, failures, signal);
    await this.advance(rate, measured, signal);
    for (const record of this.recordsOf(rate)) {
      await this.settle(record, rate, signal);
    }
  }

  private async settle(record: EpisodeRecord, rate: RateConfig | undefined, signal: AbortSignal): Promise<void> {
    if (record.ended_at !== undefined && !record.told_end) {
      await this.tell(record, 'ended');
    }
    await this.options.annotator?.reconcile(record, rate, signal);
    await this.forgetIfDone(record);
  }

  private recordsOf = (rate: Pick<RateConfig, 'id'>) => [...this.records.values()].filter((record) => record.rate === rate.id);

  private async measured(rate: RateConfig, failures: string[], signal: AbortSignal): Promise<Measured> {
    const at = this.options.now();
    try {
      const measured = await measure(this.options, rate, at, signal);
      this.counts.measured += 1;
      return measured;
    } catch (cause) {
      if (!(cause instanceof PrometheusError)) {
        throw cause;
      }
      failures.push(`The error rate of ${rateName(rate)} cannot be measured: ${cause.message} ${cause.mend}`);
      // Unknown is not well: an episode goes on for a while.
      return { measurement: { at }, failing: [] };
    }
  }

  private async advance(rate: RateConfig, measured: Measured, signal: AbortSignal): Promise<void> {
    const current = this.recordsOf(rate).find((record) => record.ended_at === undefined);
    const next = step(current?.episode, measured.measurement, limitsOf(rate));
    if (next.change === 'began') {
      await this.began(rate, measured, next, signal);
    } else if (current && next.change !== 'none') {
      await this.goesOn(current, rate, measured, next, signal);
    }
  }

  private async input(rate: RateConfig, { failing }: Measured, episode: CauseInput['episode']): Promise<CauseInput> {
    return { rate, episode, failing, incidents: await listIncidents(this.options.log, { all: true, limit: INCIDENTS }) };
  }

  private async began(rate: RateConfig, measured: Measured, { episode }: Changed, signal: AbortSignal): Promise<void> {
    const { store, logger } = this.options;
    const explanation = explain(await this.input(rate, measured, episode));
    const record: EpisodeRecord = { id: episodeId(rate.id, episode.began_at), rate: rate.id, name: rateName(rate), threshold: rate.threshold, episode, explanation, places: [], places_known: false };
    await store.setEpisode(record);
    this.records.set(record.id, record);
    this.counts.episodes += 1;
    logger.warn({ rate: rate.id, value: episode.value, threshold: rate.threshold }, 'an error rate passed its limit');
    await this.tell(record, 'began');
    await this.options.began?.(rate);
    this.askModel(record, signal);
  }

  private async goesOn(record: EpisodeRecord, rate: RateConfig, measured: Measured, next: Changed, signal: AbortSignal): Promise<void> {
    const { store, now } = this.options;
    record.episode = next.episode;
    this.explainAnew(record, explain(await this.input(rate, measured, next.episode)), next.episode.low_since === undefined && next.episode.unknown_since === undefined);
    if (next.change === 'ended') {
      record.ended_at = next.ended_at;
    }
    await store.setEpisode(record);
    if (record.ended_at !== undefined) {
      return;
    }
    if (record.told_at === undefined) {
      // A copy died between keeping the record and telling of it.
      await this.tell(record, 'began');
    } else {
      this.askModel(record, signal);
      if (record.episode.low_since === undefined && now() - record.told_at >= TELL_MS) {
        await this.tell(record, 'goes_on');
      }
    }
  }

  /**
   * New facts replace the statistics' words, but not the model's, until it was asked about them too.
   * @param fails false when the rate is low again: then nothing fails any more that could tell where it comes from, and what was
   * the cause stays the cause
   */
  private explainAnew(record: EpisodeRecord, fresh: Explanation, fails: boolean): void {
    const old = record.explanation;
    const sameSuspects = fresh.incidents.join() === old.incidents.join();
    if (!fails || (fresh.incidents.length === 0 && old.incidents.length > 0)) {
      record.explanation = sameSuspects && old.method === 'statistics' ? { ...old, recommendations: fresh.recommendations } : old;
      return;
    }
    record.explanation = old.method === 'model' && sameSuspects ? { ...old, evidence: fresh.evidence, confidence: fresh.confidence } : fresh;
  }

  /** Asked beside the watching: the annotation does not wait for words. */
  private askModel(record: EpisodeRecord, signal: AbortSignal): void {
    const open = this.options.model();
    const subject = record.explanation.incidents.join() || 'none';
    if (!open || record.asked === subject || this.asking.has(record.id)) {
      return;
    }
    record.asked = subject;
    this.asking.add(record.id);
    void this.word(open, record, signal)
      .catch((cause: unknown) => this.options.logger.debug({ error: errorText(cause) }, 'the model was not asked'))
      .finally(() => this.asking.delete(record.id));
  }

  private async word(open: OpenModel, record: EpisodeRecord, signal: AbortSignal): Promise<void> {
    const { store, logger } = this.options;
    const asked = record.explanation.incidents.join();
    const { explanation, calls, fallback } = await wordCause(open, toldOf(record));
    if (fallback !== undefined) {
      logger.info({ rate: record.rate, fallback }, 'the statistics word the cause');
    }
    // Meanwhile it may have ended, or other incidents may be suspected: then these words are no longer true.
    if (signal.aborted || record.ended_at !== undefined || !this.records.has(record.id)) {
      return;
    }
    if (record.explanation.incidents.join() === asked) {
      record.explanation = { ...explanation, evidence: record.explanation.evidence, confidence: record.explanation.confidence };
      await store.setEpisode(record);
    }
    await this.tell(record, 'goes_on', calls);
  }

  private async tell(record: EpisodeRecord, state: 'began' | 'goes_on' | 'ended', calls: readonly ModelCall[] = []): Promise<void> {
    const { store, tell, now } = this.options;
    const { episode, explanation, id } = record;
    const time = now();
    const endedAt = record.ended_at;
    await tell(
      observed(
        'error_rate_episode',
        'updater',
        { id: derivedId('error_rate_episode', id, state, state === 'goes_on' ? time : 0), time: new Date(time).toISOString() },
        {
          episode: id,
          state,
          rate: record.name,
          value: episode.value,
          worst: episode.worst,
          threshold: record.threshold,
          ...(episode.requests === undefined ? {} : { requests: episode.requests }),
          began_at: new Date(episode.began_at).toISOString(),
          last_at: new Date(episode.last_at).toISOString(),
          ...(endedAt === undefined ? {} : { ended_at: new Date(endedAt).toISOString() }),
          severity: severityOf(episode, record.threshold),
          cause: explanation.cause,
          confidence: explanation.confidence,
          method: explanation.method,
          evidence: explanation.evidence,
          recommendations: explanation.recommendations,
          incidents: explanation.incidents,
          text: episodeText(toldOf(record)),
          places: record.places.map(({ dashboard_uid, panel_id, annotation_id }) => ({ dashboard_uid, panel_id, ...(annotation_id === undefined ? {} : { annotation_id }) })),
          model_calls: [...calls],
        }
      )
    );
    record.told_at = time;
    record.told_end = state === 'ended';
    await store.setEpisode(record);
  }

  private async forgetIfDone(record: EpisodeRecord): Promise<void> {
    const { annotator, store, now } = this.options;
    if (record.ended_at === undefined) {
      return;
    }
    if (!annotator || isClosed(record) || now() - record.ended_at > GIVE_UP_MS) {
      this.records.delete(record.id);
      await store.removeEpisode(record.id);
    }
  }

  /** Episodes of rates that the configuration no longer names end now. */
  private async orphans(rates: readonly RateConfig[], signal: AbortSignal): Promise<void> {
    for (const record of this.records.values()) {
      if (!rates.some((rate) => rate.id === record.rate)) {
        record.ended_at ??= record.episode.seen_at;
        await this.settle(record, undefined, signal);
      }
    }
  }
}
