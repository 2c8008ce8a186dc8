import { collectDefaultMetrics, Registry, type OpenMetricsContentType } from 'prom-client';
import type { Values } from './sheet';
import { MetricsWriter } from './writer';

/** Everything that is served at this moment; never waits. */
export type Source = () => readonly Values[];

export interface Exposition {
  body: Buffer;
  contentType: string;
}

/** Writes what is served, as plain text or as OpenMetrics, with prom-client's figures of this process behind it. */
export class Expositions {
  private readonly plain = new Registry();
  /** One of its own: prom-client changes names for OpenMetrics in place. */
  private readonly open = new Registry<OpenMetricsContentType>();

  private readonly writer = new MetricsWriter();

  constructor(private readonly source: Source) {
    this.open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    collectDefaultMetrics({ register: this.plain });
    collectDefaultMetrics({ register: this.open });
  }

  /** @param accept the Accept header of the request */
  async write(accept: string): Promise<Exposition> {
    const openMetrics = accept.includes('application/openmetrics-text');
    const registry = openMetrics ? this.open : this.plain;
    const process = await registry.metrics();
    return { body: this.writer.write(this.source(), openMetrics, process), contentType: registry.contentType };
  }

  close(): void {
    this.plain.clear();
    this.open.clear();
  }
}
