import { spanSchema, type Range, type Span, type Trace } from '../../../src/contract/observability/schemas';
import { telemetryKeys, type TelemetryKeys } from '../../../src/contract/telemetry-keys';
import type { HemostatLog } from '../log';
import { batch, cutNotices, fromRedis, readAs, Unreadable } from './redis-source';
import { fitsTrace, newestFirst, traceOf, type TraceSummary } from './traces';
import type { Collector, TraceFinder, TraceQuestion } from './types';

/** Traces that one question may be answered with. */
export const MAX_TRACES = 1000;
/** Summaries looked at for one question. */
export const MAX_SUMMARIES = 10_000;
/** Traces read whole for one question: only to find those in which an agent took part are more of them read than answered. */
const MAX_WHOLE = 2000;
const PAGE = 500;
const WHOLE_AT_ONCE = 50;

const SUMMARY_FIELDS = ['#start', '#end', '#errors', '#spans', '#dropped', '#root', '#agent'] as const;

const numberOf = (text: string | null | undefined): number | undefined => {
  const value = text ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
};

/** Of the fields of SUMMARY_FIELDS, in their order. @returns undefined for a trace that is gone */
function summaryOf([start, end, errors, , dropped, root, agent]: ReadonlyArray<string | null>): TraceSummary | undefined {
  const startMs = numberOf(start);
  if (startMs === undefined) {
    return undefined;
  }
  const endMs = numberOf(end);
  return { start: startMs, ...(endMs === undefined ? {} : { end: endMs }), dropped: numberOf(dropped) ?? 0, failed: (numberOf(errors) ?? 0) > 0, ...(root ? { root } : {}), ...(agent ? { agent } : {}) };
}

function fitsSummary({ start = 0, end = start, failed = false }: TraceSummary, { status, minDurationMs }: TraceQuestion): boolean {
  return (status === undefined || failed === (status === 'error')) && (minDurationMs === undefined || end - start >= minDurationMs);
}

/** One reading of traces: what it found and how much it looked at. */
class Search {
  readonly found: Trace[] = [];
  readonly unreadable = new Unreadable();
  readonly seen = new Set<string>();
  whole = 0;
  /** There may be more that nobody looked at. */
  cut = false;

  constructor(
    private readonly log: HemostatLog,
    private readonly keys: TelemetryKeys,
    private readonly question: TraceQuestion,
    private readonly limit: number
  ) {}

  get isEnough(): boolean {
    return this.found.length >= this.limit || this.cut;
  }

  /** Traces of one page, newest first. */
  async page(ids: readonly string[]): Promise<void> {
    const fresh = ids.filter((id) => !this.seen.has(id));
    fresh.forEach((id) => this.seen.add(id));
    const summaries = (await batch(this.log, (pipeline) => fresh.forEach((id) => pipeline.hmget(this.keys.trace(id), ...SUMMARY_FIELDS)))) as Array<Array<string | null>>;
    const wanted = fresh.filter((_, index) => {
      const summary = summaryOf(summaries[index] ?? []);
      return summary !== undefined && fitsSummary(summary, this.question);
    });
    for (let at = 0; at < wanted.length && !this.isEnough; ) {
      const size = this.question.agent === undefined ? Math.min(WHOLE_AT_ONCE, this.limit - this.found.length) : WHOLE_AT_ONCE;
      await this.read(wanted.slice(at, at + size));
      at += size;
    }
  }

  private async read(ids: readonly string[]): Promise<void> {
    this.whole += ids.length;
    this.cut = this.whole >= MAX_WHOLE;
    const hashes = (await batch(this.log, (pipeline) => ids.forEach((id) => pipeline.hgetall(this.keys.trace(id))))) as Array<Record<string, string>>;
    ids.forEach((id, index) => {
      const trace = readTrace(id, hashes[index] ?? {}, this.unreadable);
      if (trace && fitsTrace(trace, this.question)) {
        this.found.push(trace);
      }
    });
  }
}

/** One trace out of its hash. @returns undefined when it is gone */
function readTrace(id: string, hash: Record<string, string>, unreadable: Unreadable): Trace | undefined {
  const spans: Span[] = [];
  for (const field in hash) {
    const span = field.startsWith('#') ? 'summary' : readAs(spanSchema, hash[field]);
    if (span === undefined) {
      unreadable.add();
    } else if (span !== 'summary') {
      spans.push(span);
    }
  }
  return traceOf(id, spans, summaryOf(SUMMARY_FIELDS.map((field) => hash[field] ?? null)));
}

/** Traces out of Redis. */
export class RedisTraces implements Collector<'traces'>, TraceFinder {
  readonly source = 'traces';
  readonly from = 'redis';
  private readonly keys: TelemetryKeys;

  constructor(private readonly log: HemostatLog) {
    this.keys = telemetryKeys(log.options.prefix);
  }

  async collect(range: Range, question: TraceQuestion, signal: AbortSignal): Promise<{ data: Trace[]; notices: string[] }> {
    const limit = Math.min(question.limit, MAX_TRACES);
    const search = new Search(this.log, this.keys, question, limit);
    const removed = await fromRedis(this.log, signal, async () => {
      await this.search(range, search);
      return search.isEnough ? [] : cutNotices(this.log, 'traces', range);
    });
    const data = search.found.sort(newestFirst).slice(0, limit);
    const cut = search.cut && data.length < limit ? [`Only the newest ${search.seen.size} traces were looked at; ask for a shorter or an earlier range.`] : [];
    const partial = data.filter((trace) => trace.span_count > trace.spans.length).length;
    const dropped = partial > 0 ? [`${partial} of these traces have more steps than are kept.`] : [];
    return { data, notices: [...cut, ...removed, ...dropped, ...search.unreadable.notices('steps of traces')] };
  }

  /** @returns undefined when Redis has no such trace (any more) */
  async find(traceId: string, signal: AbortSignal): Promise<Trace | undefined> {
    const hash = await fromRedis(this.log, signal, () => this.log.redis.hgetall(this.keys.trace(traceId)));
    return readTrace(traceId, hash, new Unreadable());
  }

  private async search({ from, to }: Range, search: Search): Promise<void> {
    for (let at = 0; !search.isEnough; at += PAGE) {
      if (at >= MAX_SUMMARIES) {
        search.cut = true;
        return;
      }
      const ids = await this.log.redis.zrevrangebyscore(this.keys.traces, to, from, 'LIMIT', at, PAGE);
      await search.page(ids);
      if (ids.length < PAGE) {
        return;
      }
    }
  }
}
