import { VERSION } from '../../../agents/runtime/version';

type Outcome = 'ok' | 'error' | 'cancelled';

/** Grafana serves these without login: they name no data source, user or query. */
export interface CallCounter {
  count(call: string, outcome: Outcome): void;
  /** In Prometheus's text form. */
  text(): Promise<string>;
}

interface Sizes {
  instances: () => number;
  liveStreams: () => number;
}

/** The library is loaded at the first scrape: most installations never scrape plugins, and it takes more memory than all the rest of this door. */
async function expose(counts: ReadonlyMap<string, number>, { instances, liveStreams }: Sizes): Promise<string> {
  const { Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const calls = new Counter({ name: 'hemostat_plugin_calls_total', help: 'Calls that Grafana made to the HemoStat data source, by kind and outcome.', labelNames: ['call', 'outcome'], registers });
  counts.forEach((count, key) => {
    const [call = '', outcome = ''] = key.split(' ');
    calls.inc({ call, outcome }, count);
  });
  const gauge = (name: string, help: string, value: number) => new Gauge({ name, help, registers }).set(value);
  gauge('hemostat_plugin_instances', 'Data sources whose connection to Redis is open.', instances());
  gauge('hemostat_plugin_live_streams', 'Live channels that are followed.', liveStreams());
  gauge('hemostat_plugin_resident_memory_bytes', 'Resident memory of the process.', process.memoryUsage.rss());
  gauge('hemostat_plugin_uptime_seconds', 'Time since the process started.', process.uptime());
  new Gauge({ name: 'hemostat_plugin_build_info', help: 'Version of the plugin and of its runtime.', labelNames: ['version', 'node'], registers }).set({ version: VERSION, node: process.version }, 1);
  return registry.metrics();
}

export function createCallCounter(sizes: Sizes): CallCounter {
  const counts = new Map<string, number>();
  return {
    count: (call, outcome) => {
      const key = `${call} ${outcome}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    text: async () => expose(counts, sizes),
  };
}
