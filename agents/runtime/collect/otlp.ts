import { z } from 'zod';
import type { Span } from '../../../src/contract/observability/schemas';
import { isoOfMilliseconds, millisecondsOf } from './nanoseconds';
import { agentOfService } from './traces';

/** Traces in the JSON form of OTLP, as Tempo answers them. */

const listOf = <S extends z.ZodType>(schema: S) =>
  z
    .array(schema)
    .nullish()
    .transform((list) => list ?? []);
const nanoseconds = z.union([z.string(), z.number()]);
const attributeSchema = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()).optional() });
const spanSchema = z.object({
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string().default(''),
  kind: z.union([z.string(), z.number()]).default(1),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds.optional(),
  attributes: listOf(attributeSchema),
  status: z
    .object({ code: z.union([z.string(), z.number()]).default(0), message: z.string().default('') })
    .nullish()
    .transform((status) => status ?? { code: 0, message: '' }),
});
// Spans by themselves, so that one that cannot be read does not hide the others.
const scopeSchema = z.object({ spans: listOf(z.unknown()) });
const resourceSchema = z.object({
  resource: z.object({ attributes: listOf(attributeSchema) }).nullish(),
  scopeSpans: listOf(scopeSchema),
  /** Before OTLP 0.15. */
  instrumentationLibrarySpans: listOf(scopeSchema),
});
const resources = listOf(resourceSchema);
/** `/api/v2/traces` puts it into `trace`, `/api/traces` calls its parts `batches`. */
export const otlpTraceSchema = z
  .object({ trace: z.object({ resourceSpans: resources, batches: resources }).nullish(), resourceSpans: resources, batches: resources })
  .transform(({ trace, resourceSpans, batches }) => [...(trace?.resourceSpans ?? []), ...(trace?.batches ?? []), ...resourceSpans, ...batches]);

const KINDS: Readonly<Record<string, Span['kind']>> = { 2: 'server', 3: 'client', 4: 'producer', 5: 'consumer', SPAN_KIND_SERVER: 'server', SPAN_KIND_CLIENT: 'client', SPAN_KIND_PRODUCER: 'producer', SPAN_KIND_CONSUMER: 'consumer' };
const STATUSES: Readonly<Record<string, Span['status']>> = { 1: 'ok', 2: 'error', STATUS_CODE_OK: 'ok', STATUS_CODE_ERROR: 'error' };

/** Ids are hexadecimal, or base64 where protocol buffers were turned into JSON: 8 bytes are 16 or 12 characters, 16 bytes 32 or 24. All zeros are none. */
export function hexId(id: string): string {
  const hex = /^(?:.{12}|.{24})$/.test(id) && /^[A-Za-z0-9+/_-]+={0,2}$/.test(id) ? Buffer.from(id, 'base64').toString('hex') : id.toLowerCase();
  return /^0+$/.test(hex) ? '' : hex;
}

/** One of `stringValue`, `intValue` (a text, because JSON has no 64 bits), `doubleValue`, `boolValue`; anything else as JSON. */
function valueOf(value: Record<string, unknown> = {}): string | number | boolean {
  const [kind, held] = Object.entries(value)[0] ?? [];
  if (kind === 'intValue' && Number.isSafeInteger(Number(held))) {
    return Number(held);
  }
  return typeof held === 'string' || typeof held === 'number' || typeof held === 'boolean' ? held : JSON.stringify(held ?? '');
}

export function attributesOf(attributes: ReadonlyArray<z.infer<typeof attributeSchema>>): Span['attributes'] {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

const textOf = (value: string | number | boolean | undefined): string => (value === undefined ? '' : String(value));

/** Milliseconds. What has not ended lasts nothing; differences of such large numbers leave crumbs behind the microsecond. */
function lasting(start: number, end: string | number | undefined): number {
  const ended = end === undefined ? undefined : millisecondsOf(end);
  return ended === undefined ? 0 : Math.max(0, Math.round((ended - start) * 1000) / 1000);
}

function spanOf(raw: unknown, service: string): Span | undefined {
  const parsed = spanSchema.safeParse(raw);
  const start = parsed.success ? millisecondsOf(parsed.data.startTimeUnixNano) : undefined;
  const startTime = isoOfMilliseconds(start);
  if (!parsed.success || start === undefined || startTime === undefined) {
    return undefined;
  }
  const { spanId, parentSpanId, name, kind, status, attributes, endTimeUnixNano } = parsed.data;
  return {
    span_id: hexId(spanId),
    parent_span_id: hexId(parentSpanId),
    name,
    service,
    kind: KINDS[kind] ?? 'internal',
    start_time: startTime,
    duration_ms: lasting(start, endTimeUnixNano),
    status: STATUSES[status.code] ?? 'unset',
    ...(status.message ? { status_message: status.message } : {}),
    attributes: attributesOf(attributes),
  };
}

/** Spans of every resource, and how many of them could not be read. */
export function spansOf(parts: z.infer<typeof otlpTraceSchema>): { spans: Span[]; unreadable: number } {
  const spans: Span[] = [];
  let unreadable = 0;
  for (const { resource, scopeSpans, instrumentationLibrarySpans } of parts) {
    const service = agentOfService(textOf(attributesOf(resource?.attributes ?? [])['service.name']));
    for (const raw of [...scopeSpans, ...instrumentationLibrarySpans].flatMap((scope) => scope.spans)) {
      const span = spanOf(raw, service);
      unreadable += span ? 0 : 1;
      spans.push(...(span ? [span] : []));
    }
  }
  return { spans, unreadable };
}
