import PQueue from 'p-queue';
import { INSIGHT_KINDS, type EventOf, type HemostatEvent } from '../../../src/contract/events';
import { HemostatError, errorText } from '../../runtime/errors';
import { derivedId } from '../../runtime/ids';
import type { Logger } from '../../runtime/logger';
import { observed } from '../../runtime/new-event';
import type { AgentTelemetry, StepSpan } from '../../runtime/telemetry';
import { analyse, type ModelWording } from '../analysis';
import { unknownType } from '../config/read-config';
import { isKnownKind, type DashboardConfig, type UpdaterConfig } from '../config/schema';
import { PrometheusError } from '../prometheus/client';
import type { Pusher } from '../push/pusher';
import type { UpdateLog } from '../push/update-log';
import type { UpdaterStore } from '../store';
import { dueDashboards, freeAt, significantChange, type Due } from './due';
import { newestOf, seriesOf, valuesNow, type SeriesSources } from './series';

export interface CycleOptions {
  store: UpdaterStore;
  sources: SeriesSources;
  updateLog: UpdateLog;
  /** Absent without Grafana. */
  pusher?: Pusher;
  wording: () => ModelWording | undefined;
  tell: (event: HemostatEvent) => Promise<void>;
  logger: Logger;
  telemetry: AgentTelemetry;
  now: () => number;
  minimumGapMs: number;
  concurrency: number;
}

/** An analysis that cannot be made, with what to do. */
class AnalysisError extends HemostatError {
  constructor(
    message: string,
    readonly mend: string
  ) {
    super('analysis', message);
  }
}

interface Outcome {
  pushed: boolean;
  failed: boolean;
}

/** What one cycle has done. */
export interface CycleCounts {
  due: number;
  made: number;
  failed: number;
  /** Really pushed (R310). */
  pushed: number;
}

const mendOf = (cause: unknown) => (cause instanceof PrometheusError || cause instanceof AnalysisError ? cause.mend : undefined);

/** Prepares and pushes the dashboards whose time has come. */
export class Cycle {
  constructor(private readonly options: CycleOptions) {}

  /** One look at all dashboards. A failed one is told and stops no other (R309). @throws what Redis throws, or the reason of the signal */
  async run(config: UpdaterConfig, signal: AbortSignal): Promise<CycleCounts> {
    const { store, now, minimumGapMs, concurrency, logger } = this.options;
    const [last, wanted] = await Promise.all([store.lastUpdates(), store.wanted()]);
    const due = dueDashboards({ dashboards: config.dashboards, last, wanted, now: now(), minimumGapMs });
    const queue = new PQueue({ concurrency });
    const outcomes = await Promise.all(due.map(async (one) => queue.add(async () => this.one(one, signal))));
    signal.throwIfAborted();
    const counts = {
      due: due.length,
      made: outcomes.filter((one) => one && !one.failed).length,
      failed: outcomes.filter((one) => one?.failed).length,
      pushed: outcomes.filter((one) => one?.pushed).length,
    };
    if (counts.pushed > 0) {
      logger.info({ pushed: counts.pushed }, `updated ${counts.pushed} ${counts.pushed === 1 ? 'dashboard' : 'dashboards'}`);
    }
    return counts;
  }

  /** Wants an early update of the dashboards whose values have changed a lot since their last one (R303). */
  async lookForChanges(config: UpdaterConfig, signal: AbortSignal): Promise<void> {
    const { store, sources, now, minimumGapMs, concurrency, logger } = this.options;
    const [last, wanted, seen] = await Promise.all([store.lastUpdates(), store.wanted(), store.seen()]);
    const queue = new PQueue({ concurrency });
    const look = async (entry: DashboardConfig) => {
      const before = seen.get(entry.id);
      const gap = freeAt(entry, { last, now: now(), minimumGapMs });
      if (!before || wanted.has(entry.id) || now() < gap || signal.aborted) {
        return;
      }
      const changed = significantChange(before, await valuesNow(sources, entry, signal), entry.significant_change);
      if (changed !== undefined) {
        await store.want(entry.id, { reason: `${changed} has changed a lot`, at: now() });
      }
    };
    await Promise.all(
      config.dashboards
        .filter((entry) => entry.significant_change > 0)
        .map(async (entry) =>
          queue.add(async () => look(entry)).catch((cause: unknown) => logger.debug({ dashboard: entry.id, error: errorText(cause) }, 'changes cannot be seen'))
        )
    );
  }

  private one(due: Due, signal: AbortSignal): Promise<Outcome> {
    const { id, type } = due.entry;
    return this.options.telemetry.step(`analyse ${id}`, { 'hemostat.dashboard': id, 'hemostat.kind': type, 'hemostat.reason': due.reason }, (span) => this.analysed(due, span, signal), { request: true });
  }

  private async analysed({ entry, reason }: Due, span: StepSpan, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    const { store, now, logger } = this.options;
    const at = now();
    const time = new Date(at).toISOString();
    // Kept first: an analysis that kills its process must not be tried again at once, for ever (R299).
    await store.setLastUpdate(entry.id, time);
    await store.unwant(entry.id);
    try {
      logger.debug({ dashboard: entry.id, reason }, 'analyses');
      const insight = await this.prepare(entry, at, signal);
      return { failed: false, pushed: await this.publish(entry, insight, signal) };
    } catch (cause) {
      signal.throwIfAborted();
      span.fail(errorText(cause), cause instanceof HemostatError ? cause.code : 'analysis');
      await this.failed(entry, time, cause);
      return { failed: true, pushed: false };
    }
  }

  /** Finishes pushes that a copy has left in the middle (R334). */
  async resume(config: UpdaterConfig, signal: AbortSignal): Promise<void> {
    const { store } = this.options;
    for (const [id, insight] of await store.pushes()) {
      const entry = config.dashboards.find((one) => one.id === id);
      // R332: what the configuration no longer knows is not pushed.
      await (entry ? this.publish(entry, insight, signal) : store.endPush(id));
    }
  }

  /** @returns true when it was really pushed */
  private async publish(entry: DashboardConfig, insight: EventOf<'insight_made'>, signal: AbortSignal): Promise<boolean> {
    const { store, tell, pusher } = this.options;
    const pushes = pusher?.concerns(entry) === true;
    if (pushes) {
      await store.beginPush(entry.id, insight);
    }
    await tell(insight);
    if (!pushes) {
      return false;
    }
    const pushed = await pusher.push(entry, insight, signal);
    if (pushed) {
      await tell(pushed);
    }
    await store.endPush(entry.id);
    return pushed !== undefined && pushed.data.error === undefined;
  }

  private async prepare(entry: DashboardConfig, at: number, signal: AbortSignal): Promise<EventOf<'insight_made'>> {
    const { sources, store, wording } = this.options;
    const { type: kind, id } = entry;
    if (!isKnownKind(kind)) {
      throw new AnalysisError(unknownType(kind), `Set type of the entry "${id}" to one of ${INSIGHT_KINDS.join(', ')}.`);
    }
    const series = await seriesOf(sources, entry, kind, at, signal);
    if (!series.some((one) => one.values.some((value) => value !== null))) {
      throw new AnalysisError(`None of its ${entry.metrics.length} metrics gave a value in the time range.`, 'Check the names of the metrics, and that Prometheus scrapes what has them.');
    }
    const data = await analyse({ dashboard: id, kind, series, now: at }, wording());
    await store.setSeen(id, newestOf(series));
    return observed('insight_made', 'updater', { id: derivedId('insight', id, at), time: new Date(at).toISOString() }, data);
  }

  private async failed(entry: DashboardConfig, time: string, cause: unknown): Promise<void> {
    const { tell, updateLog, logger } = this.options;
    const mend = mendOf(cause);
    const error = cause instanceof HemostatError ? cause.message : `The analysis failed: ${errorText(cause)}`;
    logger.warn({ dashboard: entry.id, error }, 'an analysis came to nothing');
    await updateLog.write({ dashboard_id: entry.id, status_code: null, what: 'analysis', error });
    await tell(observed('insight_failed', 'updater', { id: derivedId('insight_failed', entry.id, time), time }, { dashboard: entry.id, kind: entry.type, error, ...(mend === undefined ? {} : { mend }) }));
  }
}
