import { choice, flag, integer, number, secret, url } from './define';

const WEB = ['http', 'https'];

/** Where telemetry is kept besides Redis, and read from when it is set (R494 to R496). */
export const storeSettings = {
  logStoreUrl: url('LOG_STORE_URL', '', 'Address of Loki, such as http://loki:3100: log lines of the agents are sent there by OTLP as well, and read from there.', WEB, true),
  traceStoreUrl: url('TRACE_STORE_URL', '', 'Address at which Tempo (http://tempo:3200) or Jaeger (http://jaeger:16686) is asked: traces of the agents are sent to port 4318 of the same host by OTLP as well, and read from here.', WEB, true),
  metricsStoreUrl: url('METRICS_STORE_URL', '', 'Address of a Prometheus that scrapes the exporter: figures of the agents are read from there.', WEB, true),
};

export const telemetrySettings = {
  telemetry: flag('HEMOSTAT_TELEMETRY', 'true', 'Keep logs, traces and figures of the agents in Redis; false keeps none.'),
  telemetryMaxMegabytes: number('HEMOSTAT_TELEMETRY_MAX_MB', '128', 'Memory ceiling of these in Redis, in megabytes; the oldest go first.', 1, 100_000),
  telemetryLogLevel: choice('HEMOSTAT_TELEMETRY_LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error'] as const, 'info', 'Which log lines are kept there, whatever LOG_LEVEL prints.'),
  telemetryLogHours: number('HEMOSTAT_TELEMETRY_LOG_HOURS', '24', 'Hours that log lines are kept.', 0.01, 8760),
  telemetryTraceHours: number('HEMOSTAT_TELEMETRY_TRACE_HOURS', '72', 'Hours that traces are kept.', 0.01, 8760),
  telemetryMetricHours: number('HEMOSTAT_TELEMETRY_METRIC_HOURS', '168', 'Hours that figures by the minute are kept.', 0.01, 8760),
  telemetrySpansPerSecond: integer('HEMOSTAT_TELEMETRY_SPANS_PER_SECOND', '200', 'Steps that one process records a second, at most; what is beyond is counted and left out.', 1, 1_000_000),
  otlpEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT', '', 'Address of an OpenTelemetry collector (http://otel:4318): logs, traces and figures of the agents are sent there as well.', WEB, true),
  otlpHeaders: secret('OTEL_EXPORTER_OTLP_HEADERS', 'Headers for it as name=value, comma-separated.'),
  ...storeSettings,
};
