import type { Server } from 'node:http';
import type { AgentContext, AgentParts } from '../runtime/agent';
import { HemostatError } from '../runtime/errors';
import { newId } from '../runtime/ids';
import { keepLeases, Lease } from '../runtime/leases';
import { listenError } from '../runtime/listen-error';
import { LEASE_TTL_MS } from '../runtime/running-agent';
import type { SettingsOf } from '../runtime/settings/define';
import type { exporterSettings } from '../runtime/settings/exporter';
import { VERSION } from '../runtime/version';
import { waitMs } from '../runtime/wait';
import { Counted } from './counted';
import { followCounters, PartitionCounter } from './counter';
import { HostFigures } from './host/host';
import { Expositions, type Exposition } from './registry';
import { metricsServer } from './server';
import { Sheet, type Values } from './sheet';
import { Snapshot } from './snapshot';

const TASK = 'exporter';
const LISTEN_AGAIN_MS = 2000;
const NOTHING: Values = new Map();

/** Counts the log and serves figures. One copy counts, every copy serves. */
export class Exporter implements AgentParts {
  private readonly counters: readonly PartitionCounter[];
  private readonly snapshot: Snapshot;
  private readonly host: HostFigures | undefined;
  private readonly counted = new Counted();
  private readonly expositions = new Expositions(() => this.everything());
  private readonly scrapes = new Map<string, number>();
  private scrapeSeconds = 0;
  private leading = false;
  private url = '';

  constructor(
    private readonly context: AgentContext,
    private readonly settings: SettingsOf<typeof exporterSettings>
  ) {
    const { log } = context;
    this.snapshot = new Snapshot(context, settings);
    this.host = settings.hostFigures ? new HostFigures({ proc: settings.procDir, root: settings.rootDir }) : undefined;
    const maxContainers = Math.ceil(settings.maxContainers / log.partitions.length);
    const present = () => (this.snapshot.fresh ? new Set(this.snapshot.containers.map(({ key }) => key)) : undefined);
    this.counters = log.partitions.map((_, partition) => new PartitionCounter({ context, partition, maxContainers, present }));
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.serve(signal),
      this.snapshot.keep(signal),
      this.host?.keep(signal),
      followCounters(this.counters, () => this.leading, signal),
      this.leadInTurn(signal),
    ]);
  }

  state(): Record<string, string | number | boolean> {
    return { url: this.url, leading: this.leading, counted: this.counters.reduce((sum, one) => sum + one.counted, 0), series: this.counters.reduce((sum, one) => sum + one.book.committed().size, 0) };
  }

  close(): Promise<void> {
    this.expositions.close();
    return Promise.resolve();
  }

  /** The copy that holds the lease counts; what it writes carries the lease, so that nothing is counted twice. */
  private async leadInTurn(signal: AbortSignal): Promise<void> {
    const { log, redis, instance, logger } = this.context;
    const token = `${instance}-${newId()}`;
    const leases = log.partitions.map((keys) => new Lease(redis, keys.lease(TASK), token, LEASE_TTL_MS));
    await keepLeases(leases, signal, async (held) => {
      this.leading = true;
      logger.info('counts now');
      try {
        await Promise.all(this.counters.map((counter) => counter.lead({ task: TASK, token }, held)));
      } finally {
        this.leading = false;
      }
    });
  }

  private async serve(signal: AbortSignal): Promise<void> {
    const { trouble, logger } = this.context;
    const { bindHost, port } = this.settings;
    while (!signal.aborted) {
      const server = metricsServer({ metrics: (accept) => this.write(accept), notReady: () => this.missing(), answered: (path) => this.scrapes.set(path, (this.scrapes.get(path) ?? 0) + 1) });
      try {
        await listening(server, bindHost, port);
        trouble.clear('listen');
        this.url = `http://${bindHost}:${port}/metrics`;
        logger.info({ url: this.url }, 'the metrics are served');
        await new Promise((resolve) => (signal.aborted ? resolve(undefined) : signal.addEventListener('abort', resolve, { once: true })));
      } catch (cause) {
        const error = listenError(cause, 'METRICS_PORT', bindHost, port);
        if (!(error instanceof HemostatError)) {
          throw error;
        }
        trouble.report('listen', error.message, 'It is tried again.');
        await waitMs(LISTEN_AGAIN_MS, signal);
      } finally {
        this.url = '';
        server.close();
        server.closeAllConnections();
      }
    }
  }

  private async write(accept: string): Promise<Exposition> {
    const began = performance.now();
    const exposition = await this.expositions.write(accept);
    this.scrapeSeconds += (performance.now() - began) / 1000;
    return exposition;
  }

  private missing(): string | undefined {
    if (!this.counters.every((one) => one.ready)) {
      return 'The counters were not read from Redis yet.';
    }
    return this.snapshot.fresh ? undefined : 'Redis did not give its figures for 30 s.';
  }

  private everything(): Values[] {
    // Zeros would be a step back for Prometheus while the counters are still to be read.
    const counted: Values = this.counters.every((one) => one.ready) ? this.counted.values(this.counters.map((one) => one.book), this.snapshot.containers) : NOTHING;
    return [counted, this.snapshot.current(), this.host?.current() ?? NOTHING, this.own()];
  }

  private own(): Values {
    const sheet = new Sheet();
    sheet.set('hemostat_build_info', { version: VERSION, node_version: process.version }, 1);
    sheet.set('hemostat_exporter_leading', {}, Number(this.leading));
    this.scrapes.forEach((number, path) => sheet.set('hemostat_exporter_scrapes_total', { path }, number));
    sheet.set('hemostat_exporter_scrape_seconds_total', {}, this.scrapeSeconds);
    return sheet.values;
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
