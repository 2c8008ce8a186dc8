import type { HemostatEvent } from '../../src/contract/events';
import type { AgentContext, AgentParts } from '../runtime/agent';
import { FencedError, HemostatError, errorText } from '../runtime/errors';
import { newId } from '../runtime/ids';
import { keepLeases, Lease } from '../runtime/leases';
import { listenError } from '../runtime/listen-error';
import { LEASE_TTL_MS } from '../runtime/running-agent';
import type { SettingsOf } from '../runtime/settings/define';
import type { updaterSettings } from '../runtime/settings/updater';
import { waitMs } from '../runtime/wait';
import { InsightWording, type ModelWording } from './analysis';
import { ConfigFile } from './config/config-file';
import { isOwnRate, type RateConfig } from './config/schema';
import { GrafanaClient } from './grafana/client';
import { openModel, type OpenModel } from './model';
import { OwnFigures } from './own/figures';
import { PrometheusClient } from './prometheus/client';
import { sharesMetric } from './prometheus/metric-names';
import { Pusher } from './push/pusher';
import { UpdateLog } from './push/update-log';
import { Annotator } from './rates/annotator';
import { metricsOf, PlaceFinder } from './rates/places';
import { rateName } from './rates/text';
import { RateWatcher } from './rates/watcher';
import { Cycle, type CycleCounts } from './schedule/cycle';
import { freeAt } from './schedule/due';
import { UpdaterStore } from './store';
import { webhookServer } from './webhook';

export type UpdaterSettings = SettingsOf<typeof updaterSettings>;

const TASK = 'updater';
const LISTEN_AGAIN_MS = 2000;
/** How often the file is looked at, and what was asked for by webhook. */
const LOOK_MS = 1000;

type Held = (event: HemostatEvent) => Promise<void>;

/** Analyses dashboards and watches error rates. One copy works, every copy takes requests. */
export class Updater implements AgentParts {
  private readonly config: ConfigFile;
  private readonly store: UpdaterStore;
  private readonly prometheus: PrometheusClient;
  private readonly own: OwnFigures;
  private readonly grafana: GrafanaClient | undefined;
  private readonly updateLog: UpdateLog;
  private model: { named: string | undefined; open: OpenModel | undefined; wording: ModelWording | undefined } | undefined;
  private leading = false;
  private url = '';
  private last: CycleCounts = { due: 0, made: 0, failed: 0, pushed: 0 };
  private openEpisodes = 0;

  constructor(
    private readonly context: AgentContext,
    private readonly settings: UpdaterSettings
  ) {
    const { log, trouble, logger, now } = context;
    this.config = new ConfigFile(settings.configFile, trouble, logger);
    this.store = new UpdaterStore(log);
    this.prometheus = new PrometheusClient({ url: settings.prometheusUrl, timeoutMs: settings.prometheusTimeoutMs });
    this.own = new OwnFigures(log);
    const url = settings.grafanaUrl || settings.grafanaUrlOfAll;
    this.grafana = url && settings.grafanaToken ? new GrafanaClient({ url, token: settings.grafanaToken, timeoutMs: settings.grafanaTimeoutMs }) : undefined;
    this.updateLog = new UpdateLog({ file: settings.logFile, maxBytes: settings.logMegabytes * 1_000_000, trouble, now });
    if (!this.grafana) {
      logger.info(url ? 'no token for Grafana is set: annotations are kept as events' : 'no Grafana is set: annotations are kept as events');
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.config.refresh();
    await Promise.all([this.serve(signal), this.readAgain(signal), this.leadInTurn(signal)]);
  }

  state(): Record<string, string | number | boolean> {
    const { dashboards, errorRates } = this.config.current;
    return {
      leading: this.leading,
      url: this.url,
      dashboards: dashboards.length,
      error_rates: errorRates.length,
      episodes_open: this.openEpisodes,
      last_cycle_made: this.last.made,
      last_cycle_failed: this.last.failed,
      last_cycle_pushed: this.last.pushed,
      grafana: this.grafana ? 'set' : 'not set',
      model: this.currentModel().open?.model.name ?? 'none',
      ...this.currentModel().open?.gate.state(),
    };
  }

  private async readAgain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await waitMs(LOOK_MS, signal);
      await this.config.refresh();
    }
  }

  private async leadInTurn(signal: AbortSignal): Promise<void> {
    const { log, redis, instance, logger } = this.context;
    const token = `${instance}-${newId()}`;
    const leases = log.partitions.map((keys) => new Lease(redis, keys.lease(TASK), token, LEASE_TTL_MS));
    await keepLeases(leases, signal, async (held) => {
      this.leading = true;
      logger.info('updates now');
      const tell: Held = async (event) => {
        held.throwIfAborted();
        await log.append([event], { fence: { task: TASK, token } });
      };
      try {
        await Promise.all([this.again('the dashboards', held, this.cycles(tell)), this.again('the error rates', held, this.rates(tell))]);
      } finally {
        this.leading = false;
      }
    });
  }

  /** Does it over and over; a failure is told and stops nothing (R309). */
  private async again(what: string, held: AbortSignal, work: (held: AbortSignal) => Promise<number>): Promise<void> {
    const { trouble } = this.context;
    while (!held.aborted) {
      let wait = LOOK_MS;
      try {
        wait = await work(held);
        trouble.clear(what);
      } catch (cause) {
        if (held.aborted || cause instanceof FencedError) {
          await waitMs(LOOK_MS, held);
          continue;
        }
        trouble.report(what, `${what[0]?.toUpperCase()}${what.slice(1)} cannot be looked at: ${errorText(cause)}`, 'It is tried again.');
      }
      await waitMs(wait, held);
    }
  }

  /** A look at the dashboards: every HEMOSTAT_UPDATER_CHECK_SECONDS, and at once where something is wanted (R304, R308). */
  private cycles(tell: Held): (held: AbortSignal) => Promise<number> {
    const { logger, now } = this.context;
    const { minimumGapMs, concurrency, checkMs } = this.settings;
    const cycle = new Cycle({
      store: this.store,
      sources: { prometheus: this.prometheus, own: this.own },
      updateLog: this.updateLog,
      ...(this.grafana ? { pusher: new Pusher({ client: this.grafana, updateLog: this.updateLog }) } : {}),
      wording: () => this.currentModel().wording,
      tell,
      logger,
      telemetry: this.context.telemetry,
      now,
      minimumGapMs,
      concurrency,
    });
    let resumed = false;
    let checked = -Infinity;
    return async (held) => {
      const config = this.config.current;
      if (!resumed) {
        await cycle.resume(config, held);
        resumed = true;
      }
      const whole = performance.now() - checked >= checkMs;
      if (whole || (await this.isWantedNow())) {
        checked = whole ? performance.now() : checked;
        this.last = await cycle.run(config, held);
      }
      if (whole) {
        await cycle.lookForChanges(config, held);
      }
      return Math.min(LOOK_MS, checkMs);
    };
  }

  private async isWantedNow(): Promise<boolean> {
    const [wanted, last] = await Promise.all([this.store.wanted(), this.store.lastUpdates()]);
    const now = this.context.now();
    return this.config.current.dashboards.some((entry) => wanted.has(entry.id) && freeAt(entry, { last, now, minimumGapMs: this.settings.minimumGapMs }) <= now);
  }

  private rates(tell: Held): (held: AbortSignal) => Promise<number> {
    const { log, logger, trouble, now } = this.context;
    const { publicUrl, ratesMs } = this.settings;
    const annotator = this.grafana
      ? new Annotator({ client: this.grafana, finder: new PlaceFinder(this.grafana, now), trouble, updateLog: this.updateLog, publicUrl, now, save: async (record) => this.store.setEpisode(record), tell })
      : undefined;
    const watcher = new RateWatcher({ log, logger, trouble, telemetry: this.context.telemetry, store: this.store, prometheus: this.prometheus, own: this.own, ...(annotator ? { annotator } : {}), model: () => this.currentModel().open, tell, began: async (rate) => this.wantAffected(rate), now });
    let ready = false;
    return async (held) => {
      if (!ready) {
        await watcher.lead();
        ready = true;
      }
      const began = performance.now();
      await watcher.look(this.config.current.errorRates, held);
      this.openEpisodes = watcher.open;
      return Math.max(0, ratesMs - (performance.now() - began));
    };
  }

  /** An episode is a reason to look at the dashboards that show the same (R303). */
  private async wantAffected(rate: RateConfig): Promise<void> {
    const names = metricsOf(rate);
    const affected = this.config.current.dashboards.filter(({ metrics }) =>
      metrics.some((metric) => (typeof metric === 'object' && 'source' in metric ? isOwnRate(rate) : sharesMetric(names, typeof metric === 'string' ? metric : metric.expr)))
    );
    const wanted = { reason: `the error rate of ${rateName(rate)} passed its limit`, at: this.context.now() };
    await Promise.all(affected.map(async ({ id }) => this.store.want(id, wanted)));
  }

  /** The model that the file and the settings name now; made anew when the file names another one. */
  private currentModel(): NonNullable<typeof this.model> {
    const named = this.config.current.model;
    if (!this.model || this.model.named !== named) {
      const open = openModel(this.context, this.settings, named);
      const isNone = 'none' in open;
      this.context.logger.info(isNone ? { reason: open.none } : { model: open.model.name, provider: open.model.provider }, isNone ? 'the statistics word what they find' : 'a model words what the statistics find');
      this.model = { named, open: isNone ? undefined : open, wording: isNone ? undefined : new InsightWording(open) };
    }
    return this.model;
  }

  private async serve(signal: AbortSignal): Promise<void> {
    const { trouble, logger } = this.context;
    const { bindHost, port, token } = this.settings;
    while (!signal.aborted && port > 0) {
      const server = webhookServer({ config: () => this.config.current, token, want: async (dashboard) => this.want(dashboard) });
      try {
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          server.listen({ host: bindHost, port, exclusive: true }, resolve);
        });
        trouble.clear('listen');
        this.url = `http://${bindHost}:${port}/api/update`;
        logger.info({ url: this.url }, 'the webhook is served');
        await waitMs(2 ** 30, signal);
      } catch (cause) {
        const error = listenError(cause, 'HEMOSTAT_UPDATER_PORT', bindHost, port);
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

  private async want(dashboard: string): Promise<number> {
    const { now } = this.context;
    const entry = this.config.current.dashboards.find((one) => one.id === dashboard);
    await this.store.want(dashboard, { reason: 'asked for by webhook', at: now() });
    return entry ? Math.max(now(), freeAt(entry, { last: await this.store.lastUpdates(), now: now(), minimumGapMs: this.settings.minimumGapMs })) : now();
  }
}
