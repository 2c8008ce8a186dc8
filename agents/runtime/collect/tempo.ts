import { z } from 'zod';
import type { Range, Trace } from '../../../src/contract/observability/schemas';
import { millisecondsOf } from './nanoseconds';
import { otlpTraceSchema, spansOf } from './otlp';
import { quoted } from './quoted';
import { inParallel, type StoreClient } from './store-client';
import { fitsTrace, isTraceId, newestFirst, SERVICE_PREFIX, traceOf, type TraceStore } from './traces';
import type { TraceQuestion } from './types';

const searchSchema = z.object({ traces: z.array(z.object({ traceID: z.string(), startTimeUnixNano: z.union([z.string(), z.number()]).optional() })).nullish() });
const AT_ONCE = 8;
/** Tempo answers those that it finds first, not the newest: so more are asked for than are wanted. */
const MORE = 3;
const MAX_FOUND = 1000;

/** The question in TraceQL. Whatever it holds stays inside its quotes. */
export function traceql({ status, agent, minDurationMs }: Omit<TraceQuestion, 'limit'>): string {
  const parts = [
    agent === undefined ? `resource.service.name =~ ${quoted(`${SERVICE_PREFIX}.+`)}` : `resource.service.name = ${quoted(SERVICE_PREFIX + agent)}`,
    // Without errors cannot be asked for: a trace with one has other steps too.
    ...(status === 'error' ? ['status = error'] : []),
    ...(minDurationMs !== undefined && minDurationMs >= 1 ? [`traceDuration >= ${Math.floor(minDurationMs)}ms`] : []),
  ];
  return `{ ${parts.join(' && ')} }`;
}

/** Traces out of Tempo. */
export class Tempo implements TraceStore {
  readonly name = 'tempo';

  constructor(private readonly client: StoreClient) {}

  async collect(range: Range, question: TraceQuestion, signal: AbortSignal): Promise<{ data: Trace[]; notices: string[] }> {
    const wanted = Math.min(question.limit * MORE, MAX_FOUND);
    const parameters = { q: traceql(question), start: Math.floor(range.from / 1000), end: Math.floor(range.to / 1000) + 1, limit: wanted };
    const found = (await this.client.json('/api/search', parameters, searchSchema, signal))?.traces ?? [];
    const ids = found.filter(({ traceID }) => isTraceId(traceID)).map(({ traceID, startTimeUnixNano }) => ({ id: traceID, start: millisecondsOf(startTimeUnixNano ?? '') ?? 0 })).sort((a, b) => b.start - a.start);
    const data: Trace[] = [];
    let unreadable = 0;
    for (let at = 0; at < ids.length && data.length < question.limit; at += question.limit) {
      const read = await inParallel(ids.slice(at, at + question.limit), AT_ONCE, ({ id }) => this.read(id, signal));
      read.forEach(({ trace, unreadable: broken }) => {
        unreadable += broken;
        const start = trace ? Date.parse(trace.start_time) : NaN;
        data.push(...(trace && start >= range.from && start <= range.to && fitsTrace(trace, question) ? [trace] : []));
      });
    }
    const notices = [
      ...(found.length >= wanted ? [`Tempo found ${found.length} traces, as many as were asked for: there may be newer ones.`] : []),
      ...(unreadable > 0 ? [`${unreadable} steps of traces cannot be read and are left out.`] : []),
    ];
    return { data: data.sort(newestFirst).slice(0, question.limit), notices };
  }

  async find(traceId: string, signal: AbortSignal): Promise<Trace | undefined> {
    return (await this.read(traceId, signal)).trace;
  }

  private async read(traceId: string, signal: AbortSignal): Promise<{ trace: Trace | undefined; unreadable: number }> {
    const id = encodeURIComponent(traceId);
    // Tempo before 2.7 knows only the second address.
    const answer = (await this.client.json(`/api/v2/traces/${id}`, {}, otlpTraceSchema, signal, { absent: true })) ?? (await this.client.json(`/api/traces/${id}`, {}, otlpTraceSchema, signal, { absent: true }));
    const { spans, unreadable } = answer ? spansOf(answer) : { spans: [], unreadable: 0 };
    // Tempo leaves out the zeros that an id begins with.
    return { trace: traceOf(traceId.padStart(32, '0'), spans), unreadable };
  }
}
