import { ROOT_CONTEXT, SeverityNumber, TraceFlags, trace, type Logger } from '@opentelemetry/api';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { PeriodicExportingMetricReader, type IMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { LogEntry } from '../../../src/contract/observability/schemas';
import { errorText } from '../errors';
import type { OtlpTarget } from './otlp-targets';
import { SERVICE_PREFIX, resourceOf, type PipelineOptions } from './resource';
import { MAX_VALUE, safeText } from './safe';

const TIMEOUT_MS = 5000;
const METRICS_EVERY_MS = 10_000;
const SEVERITIES: Record<LogEntry['level'], SeverityNumber> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** Telemetry that is sent on by OTLP. */
export interface OtlpSenders {
  spanProcessors: SpanProcessor[];
  metricReaders: IMetricReader[];
  line: (entry: LogEntry) => void;
  close: () => Promise<void>;
}

interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
}

/** Trouble with an address is told when it begins and when it ends, never for each batch. */
function watched<T, E extends Exporter<T>>(exporter: E, { shown, setting, signal }: OtlpTarget, tell: PipelineOptions['tell']): E {
  const send = exporter.export.bind(exporter);
  let failing = false;
  exporter.export = (items, done) =>
    send(items, (result) => {
      const failed = result.code !== ExportResultCode.SUCCESS;
      if (failed && !failing) {
        const why = safeText(errorText(result.error ?? 'no reason given'), MAX_VALUE);
        tell('warn', `${signal} cannot be sent to ${shown}: ${why}. They are kept in Redis; check ${setting} and the server behind it.`);
      } else if (!failed && failing) {
        tell('info', `${signal} are sent to ${shown} again`);
      }
      failing = failed;
      done(result);
    });
  return exporter;
}

/** Log lines in the form of OpenTelemetry, one logger an agent. */
class LogSender {
  private readonly loggers = new Map<string, Logger>();

  constructor(
    private readonly processors: BatchLogRecordProcessor[],
    private readonly instance: string
  ) {}

  line(entry: LogEntry): void {
    const { timestamp, level, message, trace_id, span_id, incident_id, attributes } = entry;
    const about = { ...attributes, ...(incident_id ? { incident_id } : {}) };
    const inTrace = trace_id && span_id ? trace.setSpanContext(ROOT_CONTEXT, { traceId: trace_id, spanId: span_id, traceFlags: TraceFlags.SAMPLED }) : ROOT_CONTEXT;
    this.loggerOf(entry.agent_id).emit({ timestamp: new Date(timestamp), severityNumber: SEVERITIES[level], severityText: level, body: message, attributes: about, context: inTrace });
  }

  private loggerOf(agent: string): Logger {
    const known = this.loggers.get(agent);
    if (known) {
      return known;
    }
    const provider = new LoggerProvider({ resource: resourceOf(`${SERVICE_PREFIX}${agent}`, this.instance), processors: this.processors });
    const logger = provider.getLogger('hemostat');
    this.loggers.set(agent, logger);
    return logger;
  }
}

export function openSenders(targets: readonly OtlpTarget[], { instance, tell }: PipelineOptions): OtlpSenders {
  const of = (signal: OtlpTarget['signal']) => targets.filter((target) => target.signal === signal);
  const options = ({ url, headers }: OtlpTarget) => ({ url, headers, timeoutMillis: TIMEOUT_MS });
  const processors = of('logs').map((target) => new BatchLogRecordProcessor({ exporter: watched(new OTLPLogExporter(options(target)), target, tell) }));
  const logs = new LogSender(processors, instance);
  return {
    spanProcessors: of('traces').map((target) => new BatchSpanProcessor({ exporter: watched(new OTLPTraceExporter(options(target)), target, tell) })),
    metricReaders: of('metrics').map((target) => new PeriodicExportingMetricReader({ exporter: watched(new OTLPMetricExporter(options(target)), target, tell), exportIntervalMillis: METRICS_EVERY_MS, exportTimeoutMillis: TIMEOUT_MS })),
    line: (entry) => processors.length > 0 && logs.line(entry),
    close: async () => void (await Promise.allSettled(processors.map((one) => one.shutdown()))),
  };
}
