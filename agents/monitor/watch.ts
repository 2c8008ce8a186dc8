import type { AgentContext } from '../runtime/agent';
import { errorText } from '../runtime/errors';
import type { SettingsOf } from '../runtime/settings/define';
import type { monitorSettings } from '../runtime/settings/monitor';
import { waitMs } from '../runtime/wait';
import { DockerError, type ContainerDetails, type Engine, type EngineEvent, type EngineInfo, type StatsReading } from '../docker/engine';
import { Diagnosis } from './diagnosis';
import { measure } from './figures';
import { Fleet, type Tracked } from './fleet';
import { watchRule } from './labels';
import type { Limits } from './judge';
import type { Moment } from './moment';
import { Outbox, Progress } from './outbox';
import { inLanes } from './lanes';
import { stepOverload } from './overload';
import { diedDetails, lifecycleEvent, type Place } from './reports';
import { sampleRounds } from './sampler';
import { ContainerStore } from './store';
import { downOnPurpose, firstVitals, heard, lookedAt, startedByHand, type Vitals } from './vitals';

export type MonitorSettings = SettingsOf<typeof monitorSettings>;

/** How often time alone may change a judgement. */
const TICK_MS = 500;
/** A slow engine does not hold up the word of a death: what is known will do. */
const LOOK_AFTER_DEATH_MS = 60;
/** Containers looked at at the same time when all are compared. */
const LOOKS_AT_ONCE = 16;
/** So long a removed or stopped container may come back as the same case: a planned update takes a moment. */
const LEAVE_MS = 10_000;
/** How far back is asked at the first start, to know what was stopped on purpose. */
const FIRST_REPLAY_MS = 3_600_000;
const REPLAY_LIMIT_MS = 5000;
const LONGEST_WAIT_MS = 5000;
/** After these the container is looked at anew. */
const CHANGING = new Set(['create', 'start', 'die', 'oom', 'pause', 'unpause', 'rename', 'update', 'health_status']);

/** Follows one engine for as long as this copy leads there. */
export class Watch {
  private readonly fleet = new Fleet();
  private readonly outbox: Outbox;
  private readonly store: ContainerStore;
  private readonly diagnosis: Diagnosis;
  private readonly limits: Limits;
  private readonly place: Place;
  private readonly watches: ReturnType<typeof watchRule>;
  private progress = new Progress(undefined);
  /** Engine's clock minus ours, milliseconds. */
  private clockAhead = 0;
  private connected = false;
  private lastRound: number | undefined;

  constructor(
    private readonly context: AgentContext,
    private readonly settings: MonitorSettings,
    private readonly engine: Engine,
    info: EngineInfo,
    private readonly signal: AbortSignal
  ) {
    const host = context.settings.host || info.name;
    this.place = { host, engineId: info.id };
    this.limits = settings;
    this.watches = watchRule(settings.blacklist);
    this.outbox = new Outbox(context.log, context.logger);
    this.store = new ContainerStore(context.log, { host, engineId: info.id, sampleHours: settings.sampleHours, statsMs: settings.statsMs }, context.logger);
    this.diagnosis = new Diagnosis({
      place: this.place,
      limits: settings,
      rule: { repeatMs: settings.pollMs, leaveMs: LEAVE_MS },
      forensics: { timeoutMs: settings.forensicsMs, lines: settings.forensicsLines },
      engine,
      fleet: this.fleet,
      store: this.store,
      outbox: this.outbox,
      logger: context.logger,
      clock: () => this.clock(),
      signal,
    });
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

  private clock(): Moment {
    return { wall: this.context.now(), mono: performance.now() };
  }

  private async followForever(): Promise<void> {
    let wait = 250;
    while (!this.signal.aborted) {
      try {
        await this.follow(() => (wait = 250));
      } catch (cause) {
        this.trouble(cause);
      }
      this.connected = false;
      await waitMs(wait, this.signal);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  /** Compares everything, hears what was missed, then listens. Nothing lies between: the live part begins before the comparison. */
  private async follow(onConnected: () => void): Promise<void> {
    const info = await this.engine.info({ signal: this.signal });
    this.clockAhead = info.systemTime - this.context.now();
    const from = `${info.systemTime}000000`;
    await this.compare(false);
    await this.replay(from);
    this.connected = true;
    onConnected();
    this.context.trouble.clear('docker');
    this.context.logger.info({ engine: this.engine.address, version: info.version, containers: this.fleet.watched.size }, 'watching');
    this.diagnosis.tick();
    for await (const event of this.engine.events({ since: from, signal: this.signal })) {
      this.hear(event, true);
    }
  }

  /** What the engine still remembers of the time before `until`. */
  private async replay(until: string): Promise<void> {
    const known = this.progress.position;
    const since = known !== undefined && BigInt(known) < BigInt(until) ? known : `${Number(until.slice(0, -6)) - FIRST_REPLAY_MS}000000`;
    const limit = AbortSignal.any([this.signal, AbortSignal.timeout(REPLAY_LIMIT_MS)]);
    for await (const event of this.engine.events({ since, until, signal: limit })) {
      this.hear(event, known !== undefined);
    }
    this.progress.reach(until);
  }

  /** @param tell false at the very first start: what happened before is only of use to judge by. */
  private hear(event: EngineEvent, tell: boolean): void {
    if (!this.watches(event)) {
      this.hearOther(event);
      return;
    }
    const tracked = this.fleet.watched.get(event.containerId);
    const onPurpose = tracked && this.purposeOf(tracked.vitals, event);
    if (tracked) {
      tracked.vitals = heard(tracked.vitals, event, this.clock());
    }
    if (tell) {
      this.tellEvent(event, onPurpose);
    }
    if (event.action === 'destroy') {
      this.gone(event.containerId);
    } else if (CHANGING.has(event.action) && this.connected) {
      void this.look(event.containerId, event);
    } else if (tracked && this.connected) {
      this.diagnosis.evaluate(tracked);
    }
  }

  private purposeOf(vitals: Vitals, event: EngineEvent): boolean | undefined {
    if (event.action === 'die') {
      return downOnPurpose({ ...heard(vitals, event, this.clock()), details: diedDetails(vitals, event) });
    }
    return event.action === 'start' ? startedByHand(vitals) : undefined;
  }

  private tellEvent(event: EngineEvent, onPurpose: boolean | undefined): void {
    const told = lifecycleEvent(this.place, event, onPurpose);
    if (told) {
      this.outbox.tell(told, this.progress.begin(event.timeNano));
    } else {
      this.progress.reach(event.timeNano);
    }
  }

  private hearOther(event: EngineEvent): void {
    if (event.action === 'destroy') {
      this.fleet.forgetOther(event.containerId);
    } else {
      this.fleet.noteOther(event.containerId, event.name, event.action === 'start' ? event.at : undefined);
    }
    this.checkParents();
  }

  private gone(id: string): void {
    const tracked = this.fleet.watched.get(id);
    this.fleet.watched.delete(id);
    this.fleet.forgetOther(id);
    if (tracked) {
      this.diagnosis.gone(tracked);
    }
    this.checkParents();
  }

  private checkParents(): void {
    this.fleet.checkParents(this.clock()).forEach((tracked) => this.diagnosis.evaluate(tracked));
  }

  /** Asks the engine about one container; looks that are wanted meanwhile become one more. */
  private async look(id: string, event?: EngineEvent): Promise<void> {
    const tracked = this.fleet.watched.get(id);
    if (tracked && tracked.look !== 'none') {
      tracked.look = 'again';
      this.guessDeath(tracked, event);
      return;
    }
    if (tracked) {
      tracked.look = 'running';
    }
    const timer = tracked && setTimeout(() => this.guessDeath(tracked, event), LOOK_AFTER_DEATH_MS);
    try {
      this.see(await this.engine.inspect(id, { signal: this.signal }), true);
    } catch (cause) {
      this.lookFailed(id, cause);
    } finally {
      clearTimeout(timer);
    }
    const again = tracked?.look === 'again';
    if (tracked) {
      tracked.look = 'none';
    }
    if (again && this.fleet.watched.has(id)) {
      await this.look(id);
    }
  }

  private guessDeath(tracked: Tracked, event: EngineEvent | undefined): void {
    if (event?.action === 'die') {
      tracked.vitals = lookedAt(tracked.vitals, diedDetails(tracked.vitals, event), this.clock(), this.limits.loopMs);
      this.diagnosis.evaluate(tracked);
    }
  }

  private lookFailed(id: string, cause: unknown): void {
    if (cause instanceof DockerError && cause.code === 'docker_not_found') {
      this.gone(id);
      return;
    }
    if (!this.signal.aborted) {
      this.context.logger.debug({ container: id.slice(0, 12), error: errorText(cause) }, 'a container could not be inspected; the next comparison tries again');
    }
  }

  private see(details: ContainerDetails, evaluate: boolean): void {
    if (!this.watches(details)) {
      this.gone(details.id);
      this.fleet.noteOther(details.id, details.name, details.startedAt === undefined ? undefined : Date.parse(details.startedAt));
      return;
    }
    const known = this.fleet.watched.get(details.id);
    const tracked = known ?? this.admit(details);
    if (known) {
      const renamed = known.vitals.details.name !== details.name ? known.vitals.details.name : undefined;
      known.vitals = lookedAt(known.vitals, details, this.clock(), this.limits.loopMs);
      if (renamed) {
        this.store.forget(renamed);
      }
    }
    this.fleet.checkParents(this.clock());
    if (evaluate) {
      this.diagnosis.evaluate(tracked);
      this.store.writeNow(this.diagnosis.state(tracked));
    }
  }

  private admit(details: ContainerDetails): Tracked {
    const state = this.fleet.remembered.get(details.id);
    const earlier = state && {
      restartCount: state.restart_count,
      ...(state.manual_stop_at ? { manualStopAt: state.manual_stop_at } : {}),
      ...(state.manual_start_at ? { manualStartAt: state.manual_start_at } : {}),
    };
    const tracked: Tracked = { vitals: firstVitals(details, this.clock(), earlier), alertsInLog: 0, telling: false, fresh: false, look: 'none' };
    this.fleet.watched.set(details.id, tracked);
    if (state) {
      this.diagnosis.restore(tracked, state);
      this.fleet.remembered.delete(details.id);
    }
    return tracked;
  }

  /** The engine's list against ours: what differs is looked at. The first time, that is everything. */
  private async compare(onlyDifferent: boolean): Promise<void> {
    const before = this.fleet.ids;
    const listed = await this.engine.list({ signal: this.signal });
    const ids = new Set(listed.map((one) => one.id));
    listed.filter((one) => !this.watches(one)).forEach((one) => this.fleet.noteOther(one.id, one.name));
    const wanted = listed.filter((one) => this.watches(one) && (!onlyDifferent || this.differs(one)));
    await inLanes(wanted, LOOKS_AT_ONCE, this.signal, (one) => this.compareOne(one.id, onlyDifferent));
    before.filter((id) => !ids.has(id)).forEach((id) => this.gone(id));
    this.fleet.remembered.forEach((state) => this.diagnosis.goneMeanwhile(state));
    this.fleet.remembered.clear();
  }

  private async compareOne(id: string, evaluate: boolean): Promise<void> {
    try {
      this.see(await this.engine.inspect(id, { signal: this.signal }), evaluate);
    } catch (cause) {
      this.lookFailed(id, cause);
    }
  }

  private differs({ id, name, state, status }: { id: string; name: string; state: string; status: string }): boolean {
    const details = this.fleet.watched.get(id)?.vitals.details;
    return !details || details.status !== state || details.name !== name || (details.health === 'unhealthy') !== status.includes('(unhealthy)');
  }

  private async compareForever(): Promise<void> {
    for (;;) {
      await waitMs(this.settings.pollMs, this.signal);
      if (this.signal.aborted) {
        return;
      }
      if (this.connected) {
        await this.compare(true).catch((cause: unknown) => this.trouble(cause));
      }
    }
  }

  private async tickForever(): Promise<void> {
    while (!this.signal.aborted) {
      await waitMs(TICK_MS, this.signal);
      if (this.connected) {
        this.diagnosis.tick();
      }
    }
  }

  private async sampleForever(): Promise<void> {
    const running = () => (this.connected ? [...this.fleet.watched.values()].map((one) => one.vitals.details).filter((one) => one.running && !one.paused && !one.restarting).map((one) => one.id) : []);
    await sampleRounds(this.engine, { everyMs: this.settings.statsMs }, running, (reading) => this.measured(reading), (failures, asked) => this.afterRound(failures, asked), this.signal);
  }

  private measured(reading: StatsReading): void {
    const tracked = this.fleet.watched.get(reading.containerId);
    if (!tracked || reading.readAt === 0 || !tracked.vitals.details.running) {
      return;
    }
    const { vitals } = tracked;
    const { figures, cpuShare } = measure(reading, tracked.reading, vitals.details.cpuLimit);
    const now = this.clock();
    const times = { confirmMs: this.limits.confirmMs, recoverMs: this.limits.recoverMs };
    // A container that is still starting may well need all of its CPU.
    const judgedCpu = vitals.details.health === 'starting' ? undefined : cpuShare;
    tracked.vitals = {
      ...vitals,
      figures,
      cpu: stepOverload(vitals.cpu, judgedCpu, now, { threshold: this.limits.cpuPercent, ...times }),
      memory: stepOverload(vitals.memory, figures.memory_percent, now, { threshold: this.limits.memoryPercent, ...times }),
    };
    tracked.reading = reading;
    tracked.fresh = true;
    this.diagnosis.evaluate(tracked);
  }

  private async afterRound(failures: number, asked: number): Promise<void> {
    if (!this.connected) {
      return;
    }
    if (asked > 0 && failures === asked) {
      this.trouble(new DockerError('docker_timeout', `Docker at ${this.engine.address} gives no figures of its containers in time.`, 'See whether the engine is overloaded.'));
    }
    const written = [...this.fleet.watched.values()].map((tracked) => ({ state: this.diagnosis.state(tracked), sample: tracked.fresh }));
    this.fleet.watched.forEach((tracked) => (tracked.fresh = false));
    await this.store.writeRound(written, this.progress.position);
    this.lastRound = performance.now();
  }

  private trouble(cause: unknown): void {
    if (this.signal.aborted) {
      return;
    }
    const mend = cause instanceof DockerError ? cause.mend : 'See the error; watching goes on by itself.';
    this.context.trouble.report('docker', errorText(cause), mend);
  }
}
