import type { LogEntry, Range, SourceName, SourceState, Trace } from '../../../src/contract/observability/schemas';
import { MINUTE_MS } from '../../../src/contract/observability/aggregate';
import type { AgentAlert } from '../../../src/contract/events';
import type { AnswerCache } from '../answer-cache';
import { collectCache } from './cache';
import { CollectError, collectError } from './collect-error';
import type { Collected, Collection, Collector, MinuteRow, Questions } from './types';

const DEFAULT_TIMEOUT_MS = 10_000;

export interface AggregatorOptions {
  /** How long an answer serves equal questions, milliseconds (R369); 0, the default, only joins those that are asked at the same time. */
  cacheMs?: number;
  /** A range that ends now is widened to whole steps of this, milliseconds, so that questions asked moments apart are equal. Default a minute (R354). */
  intervalMs?: number;
  /** How long one source may take, milliseconds. */
  timeoutMs?: number;
  now?: () => number;
}

interface Answer<S extends SourceName = SourceName> {
  data: Collected[S];
  notices: string[];
}

const within = (time: number, { from, to }: Range): boolean => time >= from && time <= to;
const linesIn = (lines: LogEntry[], range: Range) => lines.filter(({ timestamp }) => within(Date.parse(timestamp), range));

/** What of a widened answer the range itself asks for: of figures, every minute that it touches. */
const TRIMMED: { [S in SourceName]: (data: Collected[S], range: Range) => Collected[S] } = {
  logs: linesIn,
  errors: linesIn,
  traces: (traces: Trace[], range) => traces.filter(({ start_time }) => within(Date.parse(start_time), range)),
  metrics: (rows: MinuteRow[], { from, to }) => rows.filter(({ minute }) => minute + MINUTE_MS > from && minute <= to),
  alerts: (alerts: AgentAlert[], { from }) => alerts.filter(({ resolved_at }) => resolved_at === null || Date.parse(resolved_at) >= from),
};

/** Traces weigh what their steps do. */
const weightOf = ({ data }: Answer): number => data.reduce((sum, one) => sum + 1 + ('spans' in one ? one.spans.length : 0), 0);

/** Equal for equal questions, whatever the order in which they name their parts. */
function questionKey(question: object): string {
  return JSON.stringify(Object.entries(question).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Asks several sources at once, each failing by itself (R366 to R369). */
export class Aggregator {
  private readonly collectors = new Map<SourceName, Collector>();
  private readonly cache: AnswerCache<Answer>;
  private readonly intervalMs: number;
  private readonly timeoutMs: number;
  private readonly now: () => number;

  constructor(options: AggregatorOptions = {}) {
    this.now = options.now ?? Date.now;
    this.intervalMs = options.intervalMs ?? MINUTE_MS;
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.cache = collectCache({ lifeMs: options.cacheMs ?? 0, weightOf, now: this.now });
  }

  /** One collector a source; a later one takes the place of an earlier one. */
  register<S extends SourceName>(collector: Collector<S>): void {
    this.collectors.set(collector.source, collector);
  }

  sources(): SourceName[] {
    return [...this.collectors.keys()];
  }

  /**
   * The sources named in `questions`, in that order, at the same time. One that fails gives no data, and its state says why and what to do.
   * @throws the reason of the signal, nothing else
   */
  async collect(range: Range, questions: Partial<Questions>, signal: AbortSignal): Promise<Collection> {
    const names = (Object.keys(questions) as SourceName[]).filter((name) => questions[name] !== undefined);
    const collection: Collection = { data: {}, states: [] };
    const parts = await Promise.all(names.map((name) => this.one(name, range, questions[name] as Questions[SourceName], signal)));
    names.forEach((name, index) => {
      const part = parts[index];
      if (part) {
        Object.assign(collection.data, { [name]: part.data });
        collection.states.push(part.state);
      }
    });
    return collection;
  }

  private async one<S extends SourceName>(source: S, range: Range, question: Questions[S], signal: AbortSignal): Promise<{ data: Collected[S]; state: SourceState }> {
    const collector = this.collectors.get(source) as unknown as Collector<S> | undefined;
    try {
      if (!collector) {
        throw new CollectError('not_registered', `No collector reads "${source}" here.`, 'Register one, or do not ask for it.');
      }
      const { data, notices } = await this.cached(collector, range, question, signal);
      return { data: TRIMMED[source](data, range), state: { source, from: collector.from, ok: true, notices } };
    } catch (cause) {
      signal.throwIfAborted();
      const { message, mend } = collectError(cause);
      return { data: [] as unknown as Collected[S], state: { source, from: collector?.from ?? 'none', ok: false, error: message, mend, notices: [] } };
    }
  }

  private async cached<S extends SourceName>(collector: Collector<S>, range: Range, question: Questions[S], signal: AbortSignal): Promise<Answer<S>> {
    const wide = this.widened(range, collector.source);
    const key = `${collector.source}|${wide.from}|${wide.to}|${questionKey(question)}`;
    const answer = await this.cache.get(key, signal, async (shared) => this.inTime(collector, wide, question, shared));
    return answer as Answer<S>;
  }

  /** Whole steps around a range that ends now. An older one stays as it is: behind its end there is more, which would take the place of what is asked for. Figures have no limit. */
  private widened({ from, to }: Range, source: SourceName): Range {
    const step = this.intervalMs;
    return source === 'metrics' || to > this.now() - step ? { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step } : { from, to };
  }

  private async inTime<S extends SourceName>(collector: Collector<S>, range: Range, question: Questions[S], signal: AbortSignal): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.timeoutMs);
    try {
      return await collector.collect(range, question, AbortSignal.any([signal, timeout]));
    } catch (cause) {
      if (timeout.aborted && !signal.aborted) {
        const mend = `Ask for a shorter range, or see what keeps ${collector.from} busy.`;
        throw new CollectError('timeout', `${collector.from} did not answer the question for ${collector.source} within ${this.timeoutMs / 1000} s.`, mend, cause);
      }
      throw cause;
    }
  }
}
