import { containerKey, type EventOf, type HemostatEvent } from '../../src/contract/events';
import { ANSWERED_BY_APPROVAL, OVERRIDABLE, refusalOf } from '../../src/contract/guards';
import { HOUR_MS } from '../../src/contract/ledger';
import type { EntryInfo } from '../runtime/agent';
import type { Fence, HemostatLog } from '../runtime/log';
import type { Logger } from '../runtime/logger';
import { current } from '../runtime/telemetry';
import { waitMs } from '../runtime/wait';
import { Approvals, tracesOf, type Pending } from './approvals';
import { approvalRequestedEvent, completeEvent, completeIdOf, decidedEvent, digestOf, notApplicableEvent, rejectedEvent, startedEvent, startedIdOf, type Case } from './case';
import type { Decider, Wish } from './decide';
import { DRY, type Executor, type Order } from './execute';
import type { Fleet } from './fleet';
import type { Knowledge } from './knowledge';
import { resolveHost, type Memory } from './memory';
import { prepare } from './prepare';
import { decideAsStep, type Decision } from './steps';
import type { Verifier } from './verify';
import { orderWish, wishOf } from './wish';
import type { Worlds } from './world';

type Needed = EventOf<'remediation_needed'>;
type Command = EventOf<'command'>;
type Events = readonly HemostatEvent[];
/** What a person has answered. */
interface Approval {
  user: string;
  digest: string;
  reason?: string | undefined;
}

export interface ResponderParts {
  log: HemostatLog;
  fleet: Fleet;
  knowledge: Knowledge;
  memory: Memory;
  decider: Decider;
  executor: Executor;
  verifier: Verifier;
  approvals: Approvals;
  worlds: Worlds;
  logger: Logger;
  now: () => number;
}

const EXPIRY_POLL_MS = 1000;
const PRUNE_MS = 600_000;
const SWITCHING = ['pause', 'resume', 'maintenance', 'maintenance_end', 'policy'];

/** Decides and acts on one event after the other. */
export class Responder {
  private over = new AbortController();
  private fenceOf: ((partition: number) => Fence) | undefined;

  constructor(private readonly parts: ResponderParts) {}

  /** Reads everything that an earlier leader has left. */
  async lead(fenceOf: (partition: number) => Fence): Promise<void> {
    const { log, fleet, knowledge, memory, approvals, logger } = this.parts;
    this.over = new AbortController();
    this.fenceOf = fenceOf;
    await knowledge.refresh();
    const records = await memory.load(log, await fleet.overview());
    await approvals.load(log);
    const { policies } = knowledge;
    logger.info({ records, approvals: approvals.size, policy: policies.version }, 'knows what was done before');
  }

  /** Ends questions whose time is up, until the lead ends. */
  async run(signal: AbortSignal): Promise<void> {
    const { memory, now } = this.parts;
    const stop = () => this.over.abort();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) {
      stop();
    }
    let pruned = performance.now();
    while (!signal.aborted) {
      await this.expire();
      if (performance.now() - pruned > PRUNE_MS) {
        memory.ledger.prune(now());
        pruned = performance.now();
      }
      await waitMs(EXPIRY_POLL_MS, signal);
    }
  }

  /** Events of one key are handled in order. A verification takes long, so it must not stand in the way of the container's next event. */
  keyOf(event: HemostatEvent): string {
    if (event.type === 'remediation_complete') {
      return `verify ${event.id}`;
    }
    return event.type === 'command' && SWITCHING.includes(event.data.command) ? 'switches' : containerKey(event);
  }

  async handle(event: HemostatEvent, entry: EntryInfo): Promise<Events> {
    const { memory, fleet } = this.parts;
    const known = memory.answered(event.id);
    if (known) {
      return known;
    }
    const answer = await this.answer(event, entry);
    answer.forEach((one) => memory.remember(one, fleet.lastView));
    return answer.length > 0 ? memory.keep(event.id, answer) : answer;
  }

  private answer(event: HemostatEvent, entry: EntryInfo): Promise<Events> {
    switch (event.type) {
      case 'remediation_needed':
        return this.onNeeded(event, entry);
      case 'command':
        return this.onCommand(event, entry);
      case 'container_recovered':
        return Promise.resolve(this.withdraw(containerKey(event), `It is not ill any more (${event.data.reason}).`));
      case 'remediation_complete':
        return this.onComplete(event);
      default:
        return Promise.resolve([]);
    }
  }

  private order(entry: EntryInfo, rest: Partial<Order> = {}): Order {
    const fence = entry.fence ?? this.fenceOf?.(entry.partition);
    return { before: [], signal: this.over.signal, ...(fence ? { fence } : {}), ...rest };
  }

  private async onNeeded(event: Needed, entry: EntryInfo): Promise<Events> {
    const { memory, decider, executor, now } = this.parts;
    if (memory.ledger.has(completeIdOf(event))) {
      return [];
    }
    const wish = wishOf(event);
    const one = await decider.caseOf(wish);
    if (memory.ledger.has(startedIdOf(event))) {
      return executor.resume(one, this.order(entry));
    }
    if (event.data.action === 'none') {
      return [notApplicableEvent(one, [], `No action that HemoStat may do would help; this needs a person. ${event.data.reason}`, now())];
    }
    return this.decide(one, wish, entry);
  }

  /** Guards, then the mode: only write it down, ask, or act. */
  private decide(first: Case, wish: Wish, entry: EntryInfo): Promise<Events> {
    return decideAsStep(first, () => this.decision(first, wish, entry));
  }

  private async decision(first: Case, wish: Wish, entry: EntryInfo): Promise<Decision> {
    const { decider, executor, worlds, now } = this.parts;
    const override = wish.ordered ? { user: wish.authorisedBy, guards: OVERRIDABLE } : undefined;
    const guards = decider.guards(first, override);
    const refusal = refusalOf(guards);
    if (refusal) {
      return [rejectedEvent(first, guards, refusal, now())];
    }
    if (first.policy.mode === 'observe') {
      return this.shadow(first, wish);
    }
    const prepared = await prepare(first, worlds);
    const obstacle = executor.obstacle(first, prepared, guards);
    if (obstacle || prepared.kind !== 'ready') {
      return obstacle ? [obstacle] : [];
    }
    const looked = decider.withLabels({ ...first, plan: prepared.plan }, wish, prepared.details);
    if (looked.policy.mode === 'observe') {
      return this.shadow(looked, wish);
    }
    if (looked.policy.mode === 'approve') {
      return this.ask(looked);
    }
    return () => executor.run(looked, { ...prepared, plan: looked.plan }, this.order(entry, override ? { override } : {}));
  }

  /** Nothing is done, but everything is written and counted as if it were. */
  private shadow(one: Case, wish: Wish): Events {
    const { decider, memory, fleet, now } = this.parts;
    const guards = decider.guards(one, wish.ordered ? { user: wish.authorisedBy, guards: OVERRIDABLE } : undefined);
    const refusal = refusalOf(guards);
    if (refusal) {
      return [rejectedEvent(one, guards, refusal, now())];
    }
    const attempt = memory.ledger.shadow.attempts(one.key).filter(({ time }) => time > now() - HOUR_MS).length + 1;
    const started = startedEvent(one, guards, attempt, now());
    memory.remember(started, fleet.lastView);
    const complete = completeEvent(one, { result: DRY, duration: 0, attempt, now: now() });
    return [started, complete];
  }

  private ask(one: Case): Events {
    const { decider, approvals, now } = this.parts;
    const guards = decider.guards(one);
    const refusal = refusalOf(guards);
    if (refusal) {
      return [rejectedEvent(one, guards, refusal, now())];
    }
    const key = containerKey(one.cause);
    const open = approvals.of(key);
    if (open && open.requested.data.digest === digestOf(one.plan, one.cause.incident_id)) {
      return [];
    }
    const voided = this.withdraw(key, 'Another action is proposed now.');
    const requested = approvalRequestedEvent(one, guards, now());
    approvals.add({ requested, needed: one.cause });
    return [...voided, requested];
  }

  private withdraw(key: string, reason: string): Events {
    const { approvals, now } = this.parts;
    const open = approvals.take(key);
    return open ? [decidedEvent(open.requested, { decision: 'void', user: 'responder', reason }, now())] : [];
  }

  private async expire(): Promise<void> {
    const { approvals, log, now } = this.parts;
    for (const pending of approvals.takeExpired(now())) {
      const partition = log.partitionOf(pending.requested.container);
      const fence = this.fenceOf?.(partition);
      try {
        await log.append([this.expired(pending)], { partition, ...(fence ? { fence } : {}) });
      } catch (cause) {
        approvals.release(pending);
        approvals.add(pending);
        throw cause;
      }
    }
  }

  private expired({ requested }: Pending): HemostatEvent {
    return decidedEvent(requested, { decision: 'expired', user: 'responder', reason: `Nobody answered until ${requested.data.expires_at}.` }, this.parts.now());
  }

  private async onCommand(event: Command, entry: EntryInfo): Promise<Events> {
    const { data } = event;
    if (SWITCHING.includes(data.command)) {
      await current().step(`apply ${data.command}`, { 'hemostat.user': data.user }, () => this.parts.knowledge.apply(event));
      return [];
    }
    switch (data.command) {
      case 'remediate':
        return this.onOrder(event, orderWish(event, data), entry);
      case 'approve':
        return this.onApprove(event, data, entry);
      case 'reject':
        return this.onReject(event, data);
      case 'resolve':
        return this.withdraw(containerKey(event), `${data.user} has closed the incident.`);
      default:
        return [];
    }
  }

  private async onOrder(event: Command, wish: Wish, entry: EntryInfo): Promise<Events> {
    const { memory, decider, executor } = this.parts;
    if (memory.ledger.has(completeIdOf(event))) {
      return [];
    }
    const one = await decider.caseOf(wish);
    return memory.ledger.has(startedIdOf(event)) ? executor.resume(one, this.order(entry)) : this.decide(one, wish, entry);
  }

  /** The open question that an answer means: from memory, else from the log (after an interruption). */
  private async questionOf(event: Command, digest: string): Promise<{ pending?: Pending; resume?: Pending }> {
    const pending = this.parts.approvals.take(containerKey(event), digest);
    if (pending || !event.incident_id) {
      return pending ? { pending } : {};
    }
    const traces = await tracesOf(this.parts.log, event.incident_id, digest);
    if (!traces || traces.complete) {
      return {};
    }
    if (!traces.decided) {
      return this.parts.approvals.claim(traces.pending) ? { pending: traces.pending } : {};
    }
    return traces.started ? { resume: traces.pending } : {};
  }

  private async onReject(event: Command, data: Extract<Command['data'], { command: 'reject' }>): Promise<Events> {
    const { pending } = await this.questionOf(event, data.digest);
    if (!pending) {
      this.parts.logger.info({ container: event.container, user: data.user }, 'nothing waits for this answer: it was answered, has expired or is void');
      return [];
    }
    return [decidedEvent(pending.requested, { decision: 'rejected', user: data.user, ...(data.reason ? { reason: data.reason } : {}) }, this.parts.now())];
  }

  private async onApprove(event: Command, data: Extract<Command['data'], { command: 'approve' }>, entry: EntryInfo): Promise<Events> {
    const { executor, logger, decider } = this.parts;
    const { pending, resume } = await this.questionOf(event, data.digest);
    if (resume) {
      const one = await decider.caseOf(this.approvedWish(resume, data.user));
      return executor.resume(one, this.order(entry));
    }
    if (!pending) {
      logger.info({ container: event.container, user: data.user }, 'nothing waits for this answer: it was answered, has expired or is void');
      return [];
    }
    try {
      return await this.approved(pending, data, entry);
    } catch (cause) {
      // Nothing was written yet, or the log knows; either way the next try finds out.
      this.parts.approvals.release(pending);
      logger.warn({ container: event.container }, 'an approval could not be carried out yet');
      throw cause;
    }
  }

  private approvedWish({ requested, needed }: Pending, user: string): Wish {
    const { data } = requested;
    const from = needed?.type === 'remediation_needed' ? needed : undefined;
    return {
      cause: requested,
      action: data.plan.action,
      arguments: data.plan.arguments,
      confidence: data.confidence,
      reason: data.reason,
      metrics: from?.data.metrics ?? {},
      alertedAt: from ? (from.data.alerted_at ?? from.time) : requested.time,
      project: data.project,
      forensicsPending: false,
      authorisedBy: user,
      ordered: false,
    };
  }

  /** Looks at everything again: the person has agreed to this exact action and to no other. */
  private async approved(pending: Pending, data: Approval, entry: EntryInfo): Promise<Events> {
    const { decider, now } = this.parts;
    if (now() >= Date.parse(pending.requested.data.expires_at)) {
      return [this.expired(pending)];
    }
    const found = await decider.caseOf(this.approvedWish(pending, data.user));
    return decideAsStep(found, () => this.confirmed(found, pending, data, entry));
  }

  private async confirmed(found: Case, { requested }: Pending, data: Approval, entry: EntryInfo): Promise<Decision> {
    const { decider, executor, worlds, now } = this.parts;
    const prepared = await prepare(found, worlds);
    const one = prepared.kind === 'ready' ? { ...found, plan: prepared.plan } : found;
    if (prepared.kind !== 'engine' && digestOf(one.plan, requested.incident_id) !== data.digest) {
      const reason = 'What would be done now is not what was approved: the container was replaced, or others depend on it now.';
      return [decidedEvent(requested, { decision: 'void', user: data.user, reason }, now())];
    }
    const decided = decidedEvent(requested, { decision: 'approved', user: data.user, ...(data.reason ? { reason: data.reason } : {}) }, now());
    const override = { user: data.user, guards: ANSWERED_BY_APPROVAL };
    const guards = decider.guards(one, override);
    const refusal = refusalOf(guards);
    if (refusal) {
      return [decided, rejectedEvent(one, guards, refusal, now())];
    }
    const obstacle = executor.obstacle(one, prepared, guards);
    if (obstacle || prepared.kind !== 'ready') {
      return obstacle ? [decided, obstacle] : [decided];
    }
    return () => executor.run(one, prepared, this.order(entry, { before: [decided], override }));
  }

  private async onComplete(event: EventOf<'remediation_complete'>): Promise<Events> {
    const { memory, fleet, verifier } = this.parts;
    const view = await fleet.overview();
    memory.remember(event, view);
    // The original's responder has the same name as ours, but binds its actions to no digest.
    const ours = event.agent === 'responder' && event.data.plan !== undefined && event.data.digest !== undefined;
    if (!ours || event.data.dry_run || event.data.result.status !== 'success') {
      return [];
    }
    const host = resolveHost(event, view);
    const where = { host, key: host ? `${host}/${event.container}` : event.container };
    return [await current().step('verify', { 'hemostat.container': where.key, 'hemostat.action': event.data.action }, async (span) => {
      const verified = await verifier.verify(event, where, this.over.signal);
      span.set({ 'hemostat.verdict': verified.data.verdict });
      return verified;
    })];
  }
}
