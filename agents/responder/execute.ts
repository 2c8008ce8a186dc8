import PQueue from 'p-queue';
import type { EventOf, GuardVerdict, HemostatEvent } from '../../src/contract/events';
import { refusalOf } from '../../src/contract/guards';
import { HOUR_MS } from '../../src/contract/ledger';
import type { Fence, HemostatLog } from '../runtime/log';
import type { TroubleBoard } from '../runtime/trouble';
import { errorText } from '../runtime/errors';
import { incidentEvents } from '../runtime/queries';
import { bound } from '../runtime/telemetry/scope';
import { waitMs } from '../runtime/wait';
import { carryOut, doneSince, type ActOptions } from './act';
import { completeEvent, notApplicableEvent, rejectedEvent, startedEvent, startedIdOf, type Case } from './case';
import type { Decider, Override } from './decide';
import type { Fleet } from './fleet';
import type { Knowledge } from './knowledge';
import type { Memory } from './memory';
import type { Prepared } from './prepare';
import { acted } from './steps';
import type { Worlds } from './world';

export interface ExecutorParts {
  log: HemostatLog;
  fleet: Fleet;
  knowledge: Knowledge;
  memory: Memory;
  decider: Decider;
  worlds: Worlds;
  trouble: TroubleBoard;
  now: () => number;
  act: Omit<ActOptions, 'signal'>;
  actionsAtOnce: number;
}

export interface Order {
  /** Events that are written in the same step as the intent: the answer of a person. */
  before: readonly HemostatEvent[];
  override?: Override;
  fence?: Fence;
  signal: AbortSignal;
}

type Result = EventOf<'remediation_complete'>['data']['result'];
/** What a dry run ends with. */
export const DRY: Result = { status: 'success', reason: 'dry_run' };

const asIntended = (one: Case, intent: EventOf<'remediation_started'>['data']): Case => ({
  ...one,
  plan: intent.plan,
  policy: { ...one.policy, mode: intent.mode },
  authorisedBy: intent.authorised_by,
});

const FORENSICS_MS = 2000;
const FORENSICS_POLL_MS = 25;

/** Intent, action, result: the intent is written before anything is done, under the lease. */
export class Executor {
  private readonly places: PQueue;

  constructor(private readonly parts: ExecutorParts) {
    this.places = new PQueue({ concurrency: parts.actionsAtOnce });
  }

  get underWay(): number {
    return this.places.pending;
  }

  /** What a look at the engine says against acting, as an event; undefined when nothing does. */
  obstacle(one: Case, prepared: Prepared, guards: GuardVerdict[]): HemostatEvent | undefined {
    const { now, trouble } = this.parts;
    if (prepared.kind === 'engine') {
      trouble.report('docker', prepared.error, prepared.mend);
      const refusal = { guard: 'engine', allowed: false, reason: `The Docker engine cannot be asked: ${prepared.error}` };
      return rejectedEvent(one, [...guards, refusal], refusal, now(), prepared.error);
    }
    trouble.clear('docker');
    if (prepared.kind === 'gone') {
      const refusal = { guard: 'replaced', allowed: false, reason: `The container is not there any more: ${prepared.reason}` };
      return rejectedEvent(one, [...guards.filter((guard) => guard.guard !== 'replaced'), refusal], refusal, now());
    }
    return prepared.kind === 'not_applicable' ? notApplicableEvent(one, guards, prepared.reason, now()) : undefined;
  }

  /** Acts and gives the result to write. Waits for a free place and for what the monitor saves before a change. */
  async run(one: Case, prepared: Extract<Prepared, { kind: 'ready' }>, order: Order): Promise<HemostatEvent[]> {
    await this.forensics(one, order.signal);
    // Whoever leaves a place starts the next one; each still belongs to the trace of its own incident.
    return this.places.add(bound(() => this.runNow({ ...one, plan: prepared.plan }, prepared, order)));
  }

  private async runNow(first: Case, prepared: Extract<Prepared, { kind: 'ready' }>, order: Order): Promise<HemostatEvent[]> {
    const { log, memory, decider, knowledge, fleet, now } = this.parts;
    const [one] = await Promise.all([decider.again(first), knowledge.refresh()]);
    // From here to `remember` nothing waits, so no other decision can slip in between.
    const guards = decider.guards(one, order.override);
    const refusal = refusalOf(guards);
    if (refusal) {
      return [...order.before, rejectedEvent(one, guards, refusal, now())];
    }
    const recent = memory.ledger.real.attempts(one.key).filter((attempt) => attempt.time > now() - HOUR_MS);
    const started = startedEvent(one, guards, recent.length + 1, now());
    memory.remember(started, fleet.lastView);
    const appended = await log.append([...order.before, started], order.fence ? { fence: order.fence } : {});
    if (appended.at(-1)?.duplicate) {
      return this.resume(one, order, started);
    }
    const began = performance.now();
    const result = await acted(one.plan, started.data.attempt, () => carryOut(prepared.world, one.plan, one.policy, { ...this.parts.act, signal: order.signal }));
    const duration = Math.round(performance.now() - began) / 1000;
    return [completeEvent(one, { result, duration, attempt: started.data.attempt, now: now() })];
  }

  /**
   * An intent stands in the log without a result: whoever wrote it died. The world is compared with it: what was done is not done again.
   * @param started the intent, where it is at hand
   */
  async resume(one: Case, order: Order, started?: EventOf<'remediation_started'>): Promise<HemostatEvent[]> {
    const intent = await this.intentOf(one, started);
    const resumed = intent ? asIntended(one, intent.data) : one;
    const began = performance.now();
    const result = resumed.policy.mode === 'observe' ? DRY : await acted(resumed.plan, intent?.data.attempt ?? 1, () => this.finish(resumed, intent ? Date.parse(intent.time) : this.parts.now(), order));
    const duration = Math.round(performance.now() - began) / 1000;
    return [completeEvent(resumed, { result, duration, attempt: intent?.data.attempt ?? 1, now: this.parts.now() })];
  }

  private async finish(one: Case, intent: number, order: Order): Promise<Result> {
    const { plan } = one;
    try {
      const world = await this.parts.worlds.of(one.host);
      if (!world) {
        return { status: 'failed', error: `No Docker engine is known for the host ${one.host}.` };
      }
      // The engine's clock may differ from the one that the intent was written by.
      const ahead = (await world.info()).systemTime - this.parts.now();
      const done = await doneSince(world, plan, intent + ahead);
      if (plan.order.length > 0 && plan.order.every((key) => done.has(key))) {
        const { steps } = await carryOut(world, plan, one.policy, { ...this.parts.act, signal: order.signal }, done);
        return { status: 'success', reason: 'done before the healer was interrupted', ...(steps ? { steps } : {}) };
      }
      return this.hindrance(one, intent) ?? (await carryOut(world, plan, one.policy, { ...this.parts.act, signal: order.signal }, done));
    } catch (cause) {
      if (order.signal.aborted) {
        throw cause;
      }
      return { status: 'failed', error: errorText(cause) };
    }
  }

  /** Why an interrupted action is not taken up again. */
  private hindrance(one: Case, intent: number): Result | undefined {
    if (this.parts.knowledge.switches.paused) {
      return { status: 'rejected', reason: 'paused', error: 'The healer was interrupted before it acted, and has been paused since.' };
    }
    if (this.parts.now() - intent > one.policy.stale_after_seconds * 1000) {
      return { status: 'rejected', reason: 'stale', error: 'The healer was interrupted before it acted, and too much time has passed since.' };
    }
    if (one.plan.action === 'exec') {
      return { status: 'failed', error: 'The healer was interrupted while the command ran; it is not run a second time.' };
    }
    return undefined;
  }

  private async intentOf(one: Case, started: EventOf<'remediation_started'> | undefined): Promise<EventOf<'remediation_started'> | undefined> {
    const { incident_id } = one.cause;
    const id = startedIdOf(one.cause);
    const events = incident_id ? (await incidentEvents(this.parts.log, incident_id)).events.map((stored) => stored.event) : [];
    const found = events.find((event) => event.id === id);
    return found?.type === 'remediation_started' ? found : started;
  }

  /** The last logs and figures are saved before anything is changed; they get two seconds from the alert on. */
  private async forensics(one: Case, signal: AbortSignal): Promise<void> {
    const { log, now } = this.parts;
    const { incident_id } = one.cause;
    if (!one.forensicsPending || !incident_id) {
      return;
    }
    const incident = log.keysOf(one.container).incident(incident_id);
    const seenFor = Math.max(0, now() - (Date.parse(one.alertedAt ?? '') || now()));
    // Measured by a clock that cannot jump: nothing may wait for hours because the time of day was set.
    const until = performance.now() + FORENSICS_MS - seenFor;
    while (performance.now() < until && !signal.aborted) {
      if (await log.redis.hexists(incident, 'forensics_id')) {
        return;
      }
      await waitMs(FORENSICS_POLL_MS, signal);
    }
  }
}
