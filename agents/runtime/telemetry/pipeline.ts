import { ROOT_CONTEXT, SpanStatusCode, TraceFlags, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, type IMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider, type IdGenerator, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { LogEntry } from '../../../src/contract/observability/schemas';
import { newId } from '../ids';
import { VERSION } from '../version';
import { LiveTelemetry, type Shared } from './agent-telemetry';
import { Bucket } from './bucket';
import { Dropped } from './dropped';
import { Figures } from './figures';
import { newSpanId, newTraceId } from './ids';
import { otlpTargets } from './otlp-targets';
import type { OtlpSenders } from './otlp';
import { ClockReader, RedisMetricExporter } from './redis-figures';
import { RedisLogs } from './redis-logs';
import { RedisSpanExporter } from './redis-spans';
import { SERVICE_PREFIX, resourceOf, type PipelineOptions } from './resource';
import type { FinishedSpan } from './running';
import { TelemetryStore } from './store';
import type { AgentTelemetry } from './types';

const SPAN_DELAY_MS = 500;
const SPAN_BATCH = 256;
const SPAN_QUEUE = 8192;
const SCOPE_NAME = 'hemostat';

/** Gives each span the ids that were made when its step began: spans are made when they are over. */
class GivenIds implements IdGenerator {
  traceId = '';
  spanId = '';
  generateTraceId = (): string => this.traceId || newTraceId();
  generateSpanId = (): string => this.spanId || newSpanId();
}

/** Makes finished steps into spans of OpenTelemetry. */
function emitter(agent: string, instance: string, spanProcessors: SpanProcessor[]): (span: FinishedSpan) => void {
  const ids = new GivenIds();
  const provider = new TracerProvider({ resource: resourceOf(`${SERVICE_PREFIX}${agent}`, instance), spanProcessors, idGenerator: ids });
  const tracer = provider.getTracer(SCOPE_NAME, VERSION);
  return ({ traceId, spanId, parentSpanId, name, kind, start, end, error, attributes }) => {
    ids.traceId = traceId;
    ids.spanId = spanId;
    const parent = parentSpanId ? trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }) : ROOT_CONTEXT;
    const span = tracer.startSpan(name, { kind, startTime: start, attributes }, parent);
    span.setStatus(error ? { code: SpanStatusCode.ERROR, message: error.message } : { code: SpanStatusCode.OK });
    span.end(end);
  };
}

/** Everything of OpenTelemetry in one process: loaded only where agents run and telemetry is on. */
export class Pipeline {
  private readonly spanProcessors: SpanProcessor[];
  private readonly shared: Shared;
  private readonly emitters = new Map<string, (span: FinishedSpan) => void>();

  private constructor(
    private readonly options: PipelineOptions,
    private readonly store: TelemetryStore,
    private readonly logs: RedisLogs,
    private readonly meters: MeterProvider,
    spans: BatchSpanProcessor,
    private readonly senders: OtlpSenders | undefined,
    readonly dropped: Dropped
  ) {
    this.spanProcessors = [spans, ...(senders?.spanProcessors ?? [])];
    const figures = new Figures(meters.getMeter(SCOPE_NAME, VERSION));
    this.shared = { bucket: new Bucket(options.settings.telemetrySpansPerSecond), dropped, figures, line: (entry) => this.line(entry), now: options.now };
  }

  static async open(options: PipelineOptions): Promise<Pipeline> {
    const { settings, instance } = options;
    // Once a process; where somebody has set one already, that one carries our scopes as well.
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const dropped = new Dropped();
    const store = new TelemetryStore(settings);
    const id = `${instance}-${newId().slice(-8)}`;
    const targets = otlpTargets(settings);
    const senders = targets.length > 0 ? (await import('./otlp')).openSenders(targets, options) : undefined;
    const exporter = new RedisMetricExporter(store, id, dropped);
    const readers: IMetricReader[] = [new ClockReader(exporter), ...(senders?.metricReaders ?? [])];
    const meters = new MeterProvider({ resource: resourceOf('hemostat', instance), readers });
    const spans = new BatchSpanProcessor({ exporter: new RedisSpanExporter(store, dropped), scheduledDelayMillis: SPAN_DELAY_MS, maxExportBatchSize: SPAN_BATCH, maxQueueSize: SPAN_QUEUE });
    return new Pipeline(options, store, new RedisLogs(store, id, dropped), meters, spans, senders, dropped);
  }

  agent(name: string, instance: string): AgentTelemetry {
    const emit = this.emitters.get(name) ?? emitter(name, instance, this.spanProcessors);
    this.emitters.set(name, emit);
    return new LiveTelemetry(name, instance, this.shared, emit);
  }

  line(entry: LogEntry): void {
    this.logs.add(entry);
    this.senders?.line(entry);
  }

  /** Writes what waits, as far as Redis takes it. */
  async flush(): Promise<void> {
    await Promise.allSettled([...this.spanProcessors.map((one) => one.forceFlush()), this.logs.flush(), this.meters.forceFlush()]);
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.spanProcessors.map((one) => one.shutdown()), this.logs.flush(), this.senders?.close()]);
    // Last, so that what was left out above is counted.
    await this.meters.shutdown().catch(() => undefined);
  }

  /** Cuts the connection: what is still to be written is lost. */
  end(): void {
    this.logs.close();
    this.store.close();
  }
}
