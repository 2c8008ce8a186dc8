import { z } from 'zod';
import type { Range, Span, Trace } from '../../../src/contract/observability/schemas';
import { isoOfMilliseconds } from './nanoseconds';
import { inParallel, type StoreClient } from './store-client';
import { agentOfService, fitsTrace, newestFirst, SERVICE_PREFIX, traceOf, type TraceStore } from './traces';
import type { TraceQuestion } from './types';

/** Go writes null for an empty list. */
const listOf = <S extends z.ZodType>(schema: S) =>
  z
    .array(schema)
    .nullish()
    .transform((list) => list ?? []);
const tagSchema = z.object({ key: z.string(), value: z.unknown() });
const spanSchema = z.object({
  spanID: z.string(),
  operationName: z.string().default(''),
  references: listOf(z.object({ refType: z.string(), spanID: z.string() })),
  /** Microseconds, as is the duration. */
  startTime: z.number(),
  duration: z.number(),
  tags: listOf(tagSchema),
  processID: z.string().default(''),
});
const traceSchema = z.object({ traceID: z.string(), spans: z.array(z.unknown()), processes: z.record(z.string(), z.object({ serviceName: z.string() })).nullish() });
type JaegerSpan = z.infer<typeof spanSchema>;
export const tracesSchema = z.object({ data: z.array(traceSchema).nullish() });
export const servicesSchema = z.object({ data: z.array(z.string()).nullable() });

/** Tags that say what other fields say already. */
const NOT_ATTRIBUTES = new Set(['span.kind', 'error', 'otel.status_code', 'otel.status_description', 'internal.span.format', 'otel.scope.name', 'otel.scope.version']);
const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const AT_ONCE = 4;
/** Jaeger can look neither for the length of a trace nor for one without errors: more are asked for than are wanted. */
const MORE = 4;
const MAX_FOUND = 1000;

const plain = (value: unknown): string | number | boolean => (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value ?? ''));

function statusOf(tags: ReadonlyMap<string, string | number | boolean>): Span['status'] {
  if (String(tags.get('error') ?? false) === 'true' || tags.get('otel.status_code') === 'ERROR') {
    return 'error';
  }
  return tags.get('otel.status_code') === 'OK' ? 'ok' : 'unset';
}

const parentOf = ({ references }: JaegerSpan): string => (references.find(({ refType }) => refType === 'CHILD_OF') ?? references[0])?.spanID ?? '';

function spanOf(raw: unknown, serviceOf: (processId: string) => string): Span | undefined {
  const parsed = spanSchema.safeParse(raw);
  const startTime = parsed.success ? isoOfMilliseconds(parsed.data.startTime / 1000) : undefined;
  if (!parsed.success || startTime === undefined) {
    return undefined;
  }
  const { spanID, operationName, duration, processID } = parsed.data;
  const tags = new Map(parsed.data.tags.map(({ key, value }) => [key, plain(value)]));
  const message = String(tags.get('otel.status_description') ?? '');
  return {
    span_id: spanID,
    parent_span_id: parentOf(parsed.data),
    name: operationName,
    service: agentOfService(serviceOf(processID)),
    kind: KINDS.find((one) => one === tags.get('span.kind')) ?? 'internal',
    start_time: startTime,
    duration_ms: Math.max(0, duration) / 1000,
    status: statusOf(tags),
    ...(message === '' ? {} : { status_message: message }),
    attributes: Object.fromEntries([...tags].filter(([key]) => !NOT_ATTRIBUTES.has(key))),
  };
}

function read({ traceID, spans: all, processes }: z.infer<typeof traceSchema>): { trace: Trace | undefined; unreadable: number } {
  const spans = all.flatMap((raw) => spanOf(raw, (id) => processes?.[id]?.serviceName ?? '') ?? []);
  return { trace: traceOf(traceID.padStart(32, '0'), spans), unreadable: all.length - spans.length };
}

/** Traces out of Jaeger, by the JSON interface of its own pages. */
export class Jaeger implements TraceStore {
  readonly name = 'jaeger';

  constructor(private readonly client: StoreClient) {}

  async collect(range: Range, question: TraceQuestion, signal: AbortSignal): Promise<{ data: Trace[]; notices: string[] }> {
    const known = ((await this.client.json('/api/services', {}, servicesSchema, signal))?.data ?? []).filter((service) => service.startsWith(SERVICE_PREFIX));
    const services = question.agent === undefined ? known : known.filter((service) => agentOfService(service) === question.agent);
    const filters = question.status !== undefined || question.minDurationMs !== undefined;
    const limit = Math.min(question.limit * (filters ? MORE : 1), MAX_FOUND);
    // Jaeger gives each service's traces whole, so one trace comes once for every service in it.
    const answers = await inParallel(services, AT_ONCE, (service) => this.ofService(service, range, question, limit, signal));
    const byId = new Map(answers.flatMap((traces) => traces).map((trace) => [trace.traceID, trace]));
    const all = [...byId.values()].map(read);
    const data = all.flatMap(({ trace }) => trace ?? []).filter((trace) => Date.parse(trace.start_time) >= range.from && Date.parse(trace.start_time) <= range.to && fitsTrace(trace, question));
    const unreadable = all.reduce((sum, one) => sum + one.unreadable, 0);
    const full = filters && answers.some((traces) => traces.length >= limit) && data.length < question.limit;
    const notices = [
      ...(full ? [`Only the newest ${limit} traces of each agent were looked at; ask for a shorter or an earlier range.`] : []),
      ...(unreadable > 0 ? [`${unreadable} steps of traces cannot be read and are left out.`] : []),
    ];
    return { data: data.sort(newestFirst).slice(0, question.limit), notices };
  }

  async find(traceId: string, signal: AbortSignal): Promise<Trace | undefined> {
    const answer = await this.client.json(`/api/traces/${encodeURIComponent(traceId)}`, {}, tracesSchema, signal, { absent: true });
    const [trace] = answer?.data ?? [];
    return trace ? read(trace).trace : undefined;
  }

  private async ofService(service: string, range: Range, { status }: TraceQuestion, limit: number, signal: AbortSignal): Promise<Array<z.infer<typeof traceSchema>>> {
    const parameters = {
      service,
      start: Math.floor(range.from) * 1000,
      end: Math.ceil(range.to) * 1000,
      limit,
      ...(status === 'error' ? { tags: JSON.stringify({ error: 'true' }) } : {}),
    };
    return (await this.client.json('/api/traces', parameters, tracesSchema, signal))?.data ?? [];
  }
}
