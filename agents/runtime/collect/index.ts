import type { HemostatLog } from '../log';
import { Aggregator, type AggregatorOptions } from './aggregator';
import { RedisAlerts } from './alerts';
import { LokiErrors, LokiLogs } from './loki';
import { PrometheusMetrics } from './prometheus';
import { RedisErrors, RedisLogs } from './redis-logs';
import { RedisMetrics } from './redis-metrics';
import { RedisTraces } from './redis-traces';
import { StoreClient } from './store-client';
import { StoredTraces } from './trace-store';
import type { TraceFinder } from './types';

export { Aggregator, type AggregatorOptions } from './aggregator';
export { CollectError } from './collect-error';
export { readAgentAlerts, readHistory, readObserved, readRules } from './observed';
export { linesOfTrace } from './traces';
export type * from './types';

/** Addresses of the stores that are read in place of Redis; empty ones are not. They may hold user and password. */
export interface StoreUrls {
  logStoreUrl: string;
  traceStoreUrl: string;
  metricsStoreUrl: string;
}

/** How long one request to a store may take, milliseconds: less than a source, so that its own words are heard. */
const REQUEST_TIMEOUT_MS = 8000;

/** Collectors of every source, as the settings say. Alerts are in Redis, whatever they say. */
export function makeCollectors(log: HemostatLog, stores: StoreUrls, options: AggregatorOptions = {}): { aggregator: Aggregator; traces: TraceFinder } {
  const timeoutMs = options.timeoutMs === undefined ? REQUEST_TIMEOUT_MS : Math.ceil(options.timeoutMs * 0.8);
  const client = (name: string, variable: string, url: string) => new StoreClient({ name, variable, url, timeoutMs });
  const aggregator = new Aggregator(options);
  if (stores.logStoreUrl) {
    const loki = client('Loki', 'LOG_STORE_URL', stores.logStoreUrl);
    aggregator.register(new LokiLogs(loki));
    aggregator.register(new LokiErrors(loki));
  } else {
    aggregator.register(new RedisLogs(log));
    aggregator.register(new RedisErrors(log));
  }
  const traces = stores.traceStoreUrl ? new StoredTraces(client('Tempo or Jaeger', 'TRACE_STORE_URL', stores.traceStoreUrl)) : new RedisTraces(log);
  aggregator.register(traces);
  aggregator.register(stores.metricsStoreUrl ? new PrometheusMetrics(client('Prometheus', 'METRICS_STORE_URL', stores.metricsStoreUrl)) : new RedisMetrics(log));
  aggregator.register(new RedisAlerts(log));
  return { aggregator, traces };
}
