import { collectDefaultMetrics, Registry, type Metric, type MetricObjectWithValues, type MetricValue, type OpenMetricsContentType } from 'prom-client';
import { METRICS, type MetricDefinition } from '../../src/contract/metrics';
import type { Value, Values } from './sheet';

/** Everything that is served at this moment; never waits. */
export type Source = () => readonly Values[];

export interface Exposition {
  text: string;
  contentType: string;
}

const NO_VALUES: readonly Value[] = [];

/**
 * One metric of the contract in the form that a registry of prom-client asks for. Its own Gauge and Counter keep a copy of each
 * value under a computed key; what we serve stands in the snapshot already, so it is handed over as it is.
 */
function asMetric(definition: MetricDefinition, name: string, current: { values: readonly Values[] }): Metric {
  const get = (): Promise<MetricObjectWithValues<MetricValue<string>>> => {
    const values = current.values.map((one) => one.get(definition.name)).find((one) => one !== undefined) ?? NO_VALUES;
    const answer: unknown = { name, help: definition.help, type: definition.type, values, aggregator: 'sum' };
    return Promise.resolve(answer as MetricObjectWithValues<MetricValue<string>>);
  };
  const metric: unknown = { name, help: definition.help, type: definition.type, get };
  return metric as Metric;
}

/** Writes what is served, as plain text or as OpenMetrics. Two registries of our own: prom-client changes names for OpenMetrics in place. */
export class Expositions {
  private readonly current: { values: readonly Values[] } = { values: [] };
  private readonly plain = new Registry();
  private readonly open = new Registry<OpenMetricsContentType>();

  constructor(private readonly source: Source) {
    this.open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    for (const definition of METRICS) {
      this.plain.registerMetric(asMetric(definition, definition.name, this.current));
      // OpenMetrics names the family of a counter without its ending; the registry adds it to each series.
      this.open.registerMetric(asMetric(definition, definition.type === 'counter' ? definition.name.replace(/_total$/, '') : definition.name, this.current));
    }
    collectDefaultMetrics({ register: this.plain });
    collectDefaultMetrics({ register: this.open });
  }

  /** @param accept the Accept header of the request */
  async write(accept: string): Promise<Exposition> {
    this.current.values = this.source();
    const registry = accept.includes('application/openmetrics-text') ? this.open : this.plain;
    return { text: await registry.metrics(), contentType: registry.contentType };
  }

  close(): void {
    this.plain.clear();
    this.open.clear();
  }
}
