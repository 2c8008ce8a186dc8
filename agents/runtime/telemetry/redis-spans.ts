import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ExportResultCode, hrTimeToMilliseconds, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Span } from '../../../src/contract/observability/schemas';
import type { Dropped } from './dropped';
import { SERVICE_PREFIX } from './resource';
import { shareOf } from './shares';
import type { TelemetryStore } from './store';
import { Writer } from './writer';

export const MAX_SPANS_A_TRACE = 500;

const CAPACITY = 4096;
/** One step of the script: bounds how long Redis is kept busy. */
const BATCH = 100;
const EVERY_MS = 500;
/** Bytes of a trace, at least: bounds what is there between two rounds of trimming. */
const SMALL_TRACE = 700;
const KINDS: Record<SpanKind, Span['kind']> = { [SpanKind.INTERNAL]: 'internal', [SpanKind.SERVER]: 'server', [SpanKind.CLIENT]: 'client', [SpanKind.PRODUCER]: 'producer', [SpanKind.CONSUMER]: 'consumer' };
const STATUSES: Record<SpanStatusCode, Span['status']> = { [SpanStatusCode.UNSET]: 'unset', [SpanStatusCode.OK]: 'ok', [SpanStatusCode.ERROR]: 'error' };

interface Stored {
  traceId: string;
  start: number;
  end: number;
  span: Span;
}

/** A span of OpenTelemetry in the one form in which it is kept. Its texts were made safe when it was recorded. */
export function storedSpan(span: ReadableSpan): Stored {
  const { traceId, spanId } = span.spanContext();
  const start = hrTimeToMilliseconds(span.startTime);
  const end = hrTimeToMilliseconds(span.endTime);
  const named = span.resource.attributes[ATTR_SERVICE_NAME];
  const service = typeof named === 'string' ? named : '';
  return {
    traceId,
    start,
    end,
    span: {
      span_id: spanId,
      parent_span_id: span.parentSpanContext?.spanId ?? '',
      name: span.name,
      service: service.startsWith(SERVICE_PREFIX) ? service.slice(SERVICE_PREFIX.length) : service,
      kind: KINDS[span.kind],
      start_time: new Date(start).toISOString(),
      duration_ms: Math.round((end - start) * 1000) / 1000,
      status: STATUSES[span.status.code],
      ...(span.status.message ? { status_message: span.status.message } : {}),
      attributes: span.attributes as Span['attributes'],
    },
  };
}

/** Keeps spans in Redis, one hash a trace; a batch that is written twice changes nothing. What it is given it holds by itself, within bounds, until Redis has it. */
export class RedisSpanExporter implements SpanExporter {
  private readonly writer: Writer<Stored>;

  constructor(
    private readonly store: TelemetryStore,
    dropped: Dropped
  ) {
    this.writer = new Writer({ capacity: CAPACITY, batch: BATCH, everyMs: EVERY_MS, write: async ({ items }) => this.write(items), dropped: (count) => dropped.add('spans', count) });
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    spans.forEach((span) => this.writer.add(storedSpan(span)));
    void this.writer.flush();
    done({ code: ExportResultCode.SUCCESS });
  }

  forceFlush(): Promise<void> {
    return this.writer.flush();
  }

  async shutdown(): Promise<void> {
    await this.writer.flush();
    this.writer.close();
  }

  private write(items: readonly Stored[]): Promise<number> {
    const traces = new Map<string, Stored[]>();
    for (const item of items) {
      const known = traces.get(item.traceId);
      if (known) {
        known.push(item);
      } else {
        traces.set(item.traceId, [item]);
      }
    }
    const { keys, scripts, settings } = this.store;
    const keptMs = Math.ceil(settings.telemetryTraceHours * 3_600_000);
    const most = Math.ceil(shareOf(settings, 'traces') / SMALL_TRACE);
    const ids = [...traces.keys()];
    const words = [...traces].flatMap(([id, spans]) => [id, spans.length, ...spans.flatMap(wordsOf)]);
    return scripts.hemostatSpans(2 + ids.length, keys.traces, keys.cut, ...ids.map(keys.trace), keptMs, MAX_SPANS_A_TRACE, most, keys.trace(''), ...words);
  }
}

const wordsOf = ({ start, end, span }: Stored) => [span.span_id, start, end, span.status === 'error' ? 1 : 0, span.name, span.service, JSON.stringify(span)];
