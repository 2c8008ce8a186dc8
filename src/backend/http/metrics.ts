import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Figures of this service, in a registry of its own. Every label has few values. */
export function createDoorMetrics(subscribers: () => number) {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({ name: 'hemostat_api_requests_total', help: 'Requests by route and status.', labelNames: ['route', 'method', 'status'], registers });
  const duration = new Histogram({ name: 'hemostat_api_request_duration_seconds', help: 'Time until the answer was sent, by route. Live streams are left out.', labelNames: ['route'], buckets: SECONDS, registers });
  const queries = new Counter({ name: 'hemostat_api_queries_total', help: 'Queries by type and outcome.', labelNames: ['type', 'outcome'], registers });
  new Gauge({
    name: 'hemostat_api_live_subscribers',
    help: 'Live streams that are open now.',
    registers,
    collect() {
      this.set(subscribers());
    },
  });
  const refreshes = new Counter({ name: 'hemostat_api_dashboard_refreshes_total', help: 'Refreshes of the dashboard in the background, by outcome.', labelNames: ['outcome'], registers });
  return { registry, requests, duration, queries, refreshes };
}
export type DoorMetrics = ReturnType<typeof createDoorMetrics>;
