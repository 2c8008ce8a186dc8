/**
 * The keys of what the agents tell of themselves. They share a hash tag of their own, so that on a Redis Cluster they lie beside the log, not on
 * top of one of its partitions.
 */
export function telemetryKeys(prefix: string) {
  const base = `${prefix}:{telemetry}`;
  return {
    base,
    /** Stream of log lines: field `json`, a `LogEntry`. */
    logs: `${base}:logs`,
    /** Stream of those that are errors, so that a day of them is found without reading all lines: field `json`. */
    errors: `${base}:errors`,
    /** Sorted set: trace id -> milliseconds of its first span. */
    traces: `${base}:traces`,
    /** Hash of one trace: span id -> `Span` as JSON, and its summary under `#start`, `#end`, `#errors`, `#spans`, `#dropped`. */
    trace: (id: string) => `${base}:trace:${id}`,
    /** Hash of one UTC hour: `<minute of the hour>|<agent>` -> `MinuteFigures` as JSON. */
    minutes: (epochHour: number) => `${base}:minutes:${epochHour}`,
    /** Hash: agent -> the same figures since the beginning, for the exporter. */
    totals: `${base}:totals`,
    /** Hash: writer -> number of its last batch of figures, so that a repeated batch counts once. */
    written: `${base}:written`,
    /** Hash: what was left out (`logs`, `spans`, `figures`) -> how often, since the beginning. */
    dropped: `${base}:dropped`,
    /** Hash: `logs`, `errors`, `traces`, `minutes` -> milliseconds since 1970 before which the memory ceiling, not the retention, has taken them away. */
    cut: `${base}:cut`,
  };
}
export type TelemetryKeys = ReturnType<typeof telemetryKeys>;
