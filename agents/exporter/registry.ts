import { collectDefaultMetrics, Registry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import { METRICS, type MetricType } from '../../src/contract/metrics';
import { labelText } from './names';
import type { Values } from './sheet';
import { MetricsWriter, type Metric, type Page } from './writer';

/** Everything that is served at this moment; never waits. No two of them have series of one metric. */
export type Source = () => readonly Values[];

export interface Exposition extends Page {
  contentType: string;
}

type ProcessMetric = MetricObjectWithValues<MetricValue<string> & { metricName?: string }>;

/** What prom-client tells of this process, in our own form. */
function processMetric({ name, help, type, values }: ProcessMetric): Metric {
  return {
    name,
    help,
    // prom-client has the types of its text in an enumeration of numbers, and the text in the objects.
    type: String(type) as MetricType,
    family: (emit) =>
      values.forEach(({ labels, value, metricName = name }) =>
        emit(labelText(Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)]))), value, '', metricName.slice(name.length))
      ),
  };
}

function* everyMetric(sources: readonly Values[], process: readonly ProcessMetric[]): Generator<Metric> {
  for (const { name, type, help } of METRICS) {
    const family = sources.find((one) => one.has(name))?.get(name);
    if (family) {
      yield { name, type, help, family };
    }
  }
  yield* process.map(processMetric);
}

/** Writes what is served, as plain text or as OpenMetrics, with prom-client's figures of this process behind it. */
export class Expositions {
  private readonly registry = new Registry();
  private readonly writer = new MetricsWriter();

  constructor(private readonly source: Source) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** @param accept the Accept header of the request */
  async write(accept: string): Promise<Exposition> {
    const openMetrics = accept.includes('application/openmetrics-text');
    const process: readonly ProcessMetric[] = await this.registry.getMetricsAsJSON();
    const page = this.writer.write(everyMetric(this.source(), process), openMetrics, openMetrics ? '# EOF\n' : '');
    return { ...page, contentType: openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE };
  }

  close(): void {
    this.registry.clear();
  }
}
