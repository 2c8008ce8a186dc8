import type { AgentContext } from '../runtime/agent';
import { errorText } from '../runtime/errors';
import type { SettingsOf } from '../runtime/settings/define';
import type { monitorSettings } from '../runtime/settings/monitor';
import { waitMs } from '../runtime/wait';
import { DockerError, type Engine, type EngineInfo, type StatsReading } from '../docker/engine';
import { checkClock } from './clock-check';
import { Diagnosis } from './diagnosis';
import { Fleet } from './fleet';
import { Hearing } from './hearing';
import { watchRule } from './labels';
import { Looks } from './looks';
import type { Moment } from './moment';
import { Outbox, Progress } from './outbox';
import type { Place } from './reports';
import { sampleRounds } from './sampler';
import { ContainerStore } from './store';
import { readAnew } from './vitals';

export type MonitorSettings = SettingsOf<typeof monitorSettings>;

/** How often time alone may change a judgement. */
const TICK_MS = 500;
/** So long a removed or stopped container may come back as the same case: a planned update takes a moment. */
const LEAVE_MS = 10_000;
/** How far back is asked at the first start, to know what was stopped on purpose. */
const FIRST_REPLAY_MS = 3_600_000;
const REPLAY_LIMIT_MS = 5000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

const nano = (ms: number): string => `${Math.floor(ms)}000000`;

/** Follows one engine for as long as this copy leads there. */
export class Watch {
  private readonly fleet = new Fleet();
  private readonly outbox: Outbox;
  private readonly store: ContainerStore;
  private readonly diagnosis: Diagnosis;
  private readonly looks: Looks;
  private readonly place: Place;
  private readonly watches: ReturnType<typeof watchRule>;
  private readonly clock = (): Moment => ({ wall: this.context.now(), mono: performance.now() });
  private progress = new Progress(undefined);
  private connected = false;
  /** The last round of readings failed as a whole. */
  private noFigures = false;
  private lastRound: number | undefined;

  constructor(
    private readonly context: AgentContext,
    private readonly settings: MonitorSettings,
    private readonly engine: Engine,
    info: EngineInfo,
    private readonly signal: AbortSignal
  ) {
    const { log, logger, telemetry } = context;
    this.place = { host: context.settings.host || info.name, engineId: info.id };
    this.watches = watchRule(settings.blacklist);
    this.outbox = new Outbox(log, logger);
    this.store = new ContainerStore(log, { ...this.place, sampleHours: settings.sampleHours, statsMs: settings.statsMs }, logger);
    const shared = { engine, fleet: this.fleet, store: this.store, limits: settings, clock: this.clock, logger, signal };
    this.diagnosis = new Diagnosis({
      ...shared,
      telemetry,
      place: this.place,
      rule: { repeatMs: settings.pollMs, leaveMs: LEAVE_MS },
      forensics: { timeoutMs: settings.forensicsMs, lines: settings.forensicsLines },
      outbox: this.outbox,
    });
    this.looks = new Looks({ ...shared, diagnosis: this.diagnosis, watches: this.watches });
  }

  /** Until the signal. Trouble with the engine is told once and waited out. */
  async run(): Promise<void> {
    const aborted = new Promise<undefined>((resolve) => this.signal.addEventListener('abort', () => resolve(undefined), { once: true }));
    const loaded = await Promise.race([Promise.all([this.store.load(), this.store.loadPosition()]), aborted]);
    if (!loaded || this.signal.aborted) {
      return;
    }
    const [states, position] = loaded;
    this.fleet.remember(states);
    this.progress = new Progress(position);
    await Promise.all([this.followForever(), this.tickForever(), this.compareForever(), this.sampleForever()]);
    // Redis may be the reason why it ends.
    await Promise.race([this.store.writeRound([], this.progress.position), waitMs(500)]);
  }

  state(): Record<string, string | number | boolean> {
    const all = [...this.fleet.watched.values()];
    return {
      host: this.place.host,
      connected: this.connected,
      containers: all.length,
      ill: all.filter((one) => one.illness).length,
      waiting: this.outbox.waiting,
      dropped_events: this.outbox.dropped,
      skipped_rounds: this.store.skipped,
      ...(this.lastRound === undefined ? {} : { figures_age_seconds: Math.round((performance.now() - this.lastRound) / 100) / 10 }),
    };
  }

  private async followForever(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    while (!this.signal.aborted) {
      try {
        await this.follow(() => (wait = FIRST_WAIT_MS));
      } catch (cause) {
        this.trouble(cause);
      }
      this.connected = false;
      await waitMs(wait, this.signal);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  /** Compares everything, hears what was missed, then listens. Nothing is lost between: the live part begins before the comparison. */
  private async follow(onConnected: () => void): Promise<void> {
    const { place, fleet, diagnosis, looks, outbox, progress, watches, clock } = this;
    const hearing = new Hearing({ place, fleet, diagnosis, looks, outbox, progress, watches, clock });
    const info = await this.engineInfo();
    const from = nano(info.systemTime);
    await looks.compare(true);
    await this.replay(hearing, from);
    this.connected = true;
    onConnected();
    this.context.trouble.clear('docker');
    this.context.logger.info({ engine: this.engine.address, version: info.version, containers: fleet.watched.size }, 'watching');
    diagnosis.tick();
    for await (const event of this.engine.events({ since: from, signal: this.signal })) {
      hearing.hear(event, { tell: true, live: true });
    }
  }

  private async engineInfo(): Promise<EngineInfo> {
    const info = await this.engine.info({ signal: this.signal });
    checkClock(this.context.trouble, info, this.context.now());
    return info;
  }

  /** What the engine still remembers of the time before `until`. A position in its future (its clock went back) is of no use. */
  private async replay(hearing: Hearing, until: string): Promise<void> {
    const known = this.progress.position;
    const since = known !== undefined && BigInt(known) < BigInt(until) ? known : String(BigInt(until) - BigInt(nano(FIRST_REPLAY_MS)));
    const limit = AbortSignal.any([this.signal, AbortSignal.timeout(REPLAY_LIMIT_MS)]);
    for await (const event of this.engine.events({ since, until, signal: limit })) {
      hearing.hear(event, { tell: known !== undefined, live: false });
    }
    this.progress.reach(until);
  }

  private async compareForever(): Promise<void> {
    while (!this.signal.aborted) {
      await waitMs(this.settings.pollMs, this.signal);
      if (this.connected && !this.signal.aborted) {
        await Promise.all([this.looks.compare(false), this.engineInfo()]).then(
          () => this.context.trouble.clear('docker'),
          (cause: unknown) => this.trouble(cause)
        );
      }
    }
  }

  private async tickForever(): Promise<void> {
    while (!this.signal.aborted) {
      await waitMs(TICK_MS, this.signal);
      if (this.connected && !this.signal.aborted) {
        this.diagnosis.tick();
      }
    }
  }

  private async sampleForever(): Promise<void> {
    await sampleRounds({
      engine: this.engine,
      everyMs: this.settings.statsMs,
      running: () => (this.connected ? this.fleet.running : []),
      onReading: (reading) => this.measured(reading),
      afterRound: (failures, asked) => this.afterRound(failures, asked),
      around: (read, asked) => this.measuredRound(read, asked),
      signal: this.signal,
    });
  }

  /** Counted, but no span: one every few seconds would hide all others. */
  private measuredRound(read: () => Promise<number>, asked: number): Promise<number> {
    return this.context.telemetry.step(
      'read figures',
      { 'hemostat.containers': asked },
      async (span) => {
        const failures = await read();
        if (asked > 0 && failures === asked) {
          span.fail(`The engine at ${this.engine.address} gave no figures of ${asked} containers.`, 'no_figures');
        }
        return failures;
      },
      { request: true, span: false, kind: 'client' }
    );
  }

  private measured(reading: StatsReading): void {
    const tracked = this.fleet.watched.get(reading.containerId);
    if (!tracked || reading.readAt === 0 || !tracked.vitals.details.running) {
      return;
    }
    tracked.vitals = readAnew(tracked.vitals, reading, this.settings, this.clock());
    tracked.fresh = true;
    this.diagnosis.evaluate(tracked);
  }

  private async afterRound(failures: number, asked: number): Promise<void> {
    if (!this.connected) {
      return;
    }
    if (asked > 0 && failures < asked && this.noFigures) {
      this.noFigures = false;
      this.context.trouble.clear('docker');
    }
    if (asked > 0 && failures === asked) {
      this.noFigures = true;
      this.trouble(new DockerError('docker_timeout', `Docker at ${this.engine.address} gives no figures of its containers in time.`, 'See whether the engine is overloaded (journalctl -u docker).'));
    }
    const written = [...this.fleet.watched.values()].map((tracked) => ({ state: this.diagnosis.state(tracked), sample: tracked.fresh }));
    this.fleet.watched.forEach((tracked) => (tracked.fresh = false));
    await this.store.writeRound(written, this.progress.position);
    this.lastRound = performance.now();
  }

  private trouble(cause: unknown): void {
    if (!this.signal.aborted) {
      this.context.trouble.report('docker', errorText(cause), cause instanceof DockerError ? cause.mend : 'See the error; watching goes on by itself.');
    }
  }
}
