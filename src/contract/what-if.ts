import type { ContainerState } from './containers';
import { containerKey, type Action, type EventOf, type GuardVerdict, type HemostatEvent } from './events';
import { evaluateGuards, refusalOf } from './guards';
import { Ledger } from './ledger';
import { resolvePolicy, type EffectivePolicy, type PolicySource } from './policy';

/** One verdict of the past, with what was known of its container then and what came of it. */
export interface PastDecision {
  event: EventOf<'remediation_needed'>;
  outcome?: EventOf<'remediation_complete'>;
  verdict?: EventOf<'remediation_verified'>['data']['verdict'];
  container?: ContainerState;
  /** Milliseconds. */
  illSince?: number;
}

/** What a policy would have made of one decision. */
export interface WhatIfOutcome {
  kind: 'acts' | 'asks' | 'observes' | 'blocked' | 'nothing';
  action: Action;
  /** The guard that refused it, for `blocked`. */
  guard?: string;
  reason: string;
}

export interface WhatIfLine {
  id: string;
  time: string;
  container: string;
  incident_id: string;
  before: WhatIfOutcome;
  after: WhatIfOutcome;
  /** `blocked` is an action that vanishes because a guard refuses it; `changed` is another action or another way (asked, done). */
  change: 'appears' | 'vanishes' | 'blocked' | 'changed' | 'same';
}

export interface WhatIfReport {
  decisions: number;
  counts: Record<WhatIfLine['change'], number>;
  /** Actions that would be done or asked for. */
  actions: { before: number; after: number };
  /** Refusals by guard. */
  refusals: { before: Record<string, number>; after: Record<string, number> };
  lines: WhatIfLine[];
}

const REPLACEABLE: readonly Action[] = ['restart', 'start', 'stop'];

/** What is to be done: the policy or a label may put another action in the place of restart, start or stop. */
export function chooseAction(policy: Pick<EffectivePolicy, 'action'>, proposed: Action): Action {
  if (policy.action === '' || !REPLACEABLE.includes(proposed)) {
    return policy.action === 'none' ? 'none' : proposed;
  }
  return policy.action;
}

const orderOf = ({ event, outcome }: PastDecision) => outcome?.data.plan?.order ?? [containerKey(event)];

interface Then {
  policy: EffectivePolicy;
  action: Action;
  project: string;
  ledger: Ledger;
  containers: number;
}

function verdictsOn(decision: PastDecision, { policy, action, project, ledger, containers }: Then): GuardVerdict[] {
  const { event, container, illSince } = decision;
  const key = containerKey(event);
  return evaluateGuards({
    policy,
    plan: { action, target: key, order: orderOf(decision), ...(event.data.arguments ? { arguments: event.data.arguments } : {}) },
    subject: { key, host: event.host, container: event.container, project },
    confidence: event.data.confidence,
    alertedAt: Date.parse(event.data.alerted_at ?? event.time),
    ...(illSince === undefined ? {} : { illSince }),
    history: ledger,
    ...(container ? { container } : {}),
    fleet: { containers },
    now: Date.parse(event.time),
  });
}

function judge(decision: PastDecision, source: PolicySource, ledger: Ledger, containers: number): { outcome: WhatIfOutcome; mode: EffectivePolicy['mode']; project: string } {
  const { event, container } = decision;
  const project = container?.project || event.data.project || '';
  const policy = resolvePolicy(source, { container: event.container, project, labels: container?.labels ?? {} });
  const action = chooseAction(policy, event.data.action);
  const mode = policy.mode;
  if (event.data.action === 'none') {
    return { outcome: { kind: 'nothing', action, reason: 'The analysis proposes nothing.' }, mode, project };
  }
  const refused = refusalOf(verdictsOn(decision, { policy, action, project, ledger, containers }));
  if (refused) {
    return { outcome: { kind: 'blocked', action, guard: refused.guard, reason: refused.reason }, mode, project };
  }
  const kind = ({ observe: 'observes', approve: 'asks', auto: 'acts' } as const)[mode];
  return { outcome: { kind, action, reason: `All guards allow it in mode ${mode}.` }, mode, project };
}

/** Writes into the record what the action would have left there; where it was not done, it is taken to have worked. */
function record(decision: PastDecision, ledger: Ledger, action: Action, dryRun: boolean, project: string): void {
  const { event } = decision;
  const real = decision.outcome && !decision.outcome.data.dry_run ? decision.outcome.data.result.status : 'success';
  const who = { time: event.time, host: event.host, container: event.container, incident_id: event.incident_id, action, project };
  const targets = orderOf(decision);
  ledger.add({ kind: 'started', ...who, id: `${event.id} started`, dry_run: dryRun, targets });
  ledger.add({ kind: 'complete', ...who, id: `${event.id} complete`, dry_run: dryRun, status: real === 'failed' ? 'failed' : 'success' });
  if (!dryRun && decision.verdict) {
    ledger.add({ kind: 'verified', ...who, id: `${event.id} verified`, verdict: decision.verdict });
  }
}

function replay(decisions: readonly PastDecision[], source: PolicySource, containers: number): WhatIfOutcome[] {
  const ledger = new Ledger();
  return decisions.map((decision) => {
    const { outcome, mode, project } = judge(decision, source, ledger, containers);
    if (outcome.kind !== 'blocked' && outcome.kind !== 'nothing') {
      record(decision, ledger, outcome.action, mode === 'observe', project);
    }
    return outcome;
  });
}

const does = (outcome: WhatIfOutcome) => outcome.kind === 'acts' || outcome.kind === 'asks';

function changeOf(before: WhatIfOutcome, after: WhatIfOutcome): WhatIfLine['change'] {
  if (does(before) !== does(after)) {
    return does(after) ? 'appears' : after.kind === 'blocked' ? 'blocked' : 'vanishes';
  }
  return before.kind === after.kind && before.action === after.action && before.guard === after.guard ? 'same' : 'changed';
}

function refusalCounts(outcomes: readonly WhatIfOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { guard } of outcomes) {
    if (guard) {
      counts[guard] = (counts[guard] ?? 0) + 1;
    }
  }
  return counts;
}

/**
 * Replays past decisions under two policies. Pure. What cannot be known (whether an action that was never done would have
 * helped) is taken at its best; an approval is taken to be given.
 * @param containers how many containers there are, for the share of the fleet; by default those that the decisions name.
 */
export function whatIf(decisions: readonly PastDecision[], before: PolicySource, after: PolicySource, containers?: number): WhatIfReport {
  const ordered = [...decisions].sort((a, b) => a.event.time.localeCompare(b.event.time) || a.event.id.localeCompare(b.event.id));
  const fleet = containers ?? new Set(ordered.map(({ event }) => containerKey(event))).size;
  const [was, would] = [replay(ordered, before, fleet), replay(ordered, after, fleet)];
  const counts = { appears: 0, vanishes: 0, blocked: 0, changed: 0, same: 0 };
  const lines = ordered.flatMap(({ event }, index): WhatIfLine[] => {
    const [one, other] = [was[index], would[index]];
    if (!one || !other) {
      return [];
    }
    const change = changeOf(one, other);
    counts[change] += 1;
    return [{ id: event.id, time: event.time, container: containerKey(event), incident_id: event.incident_id, before: one, after: other, change }];
  });
  return {
    decisions: ordered.length,
    counts,
    actions: { before: was.filter(does).length, after: would.filter(does).length },
    refusals: { before: refusalCounts(was), after: refusalCounts(would) },
    lines,
  };
}

type Alert = EventOf<'health_alert'>;

/** The state as the last alert showed it; what is known only of today is left out. */
function stateThen(alert: Alert | undefined, today: ContainerState | undefined, event: EventOf<'remediation_needed'>): ContainerState | undefined {
  if (!today) {
    return undefined;
  }
  const { started_at: _started, manual_stop_at: _stop, manual_start_at: _start, ...lasting } = today;
  const id = alert?.data.container_id ?? today.container_id;
  const seen = alert ? { status: alert.data.status, health_status: alert.data.health_status, exit_code: alert.data.exit_code } : { status: 'unknown' };
  return { ...lasting, ...seen, container_id: id, seen_at: event.time };
}

/**
 * Finds the decisions in events of the log.
 * @param events in log order
 * @param containers what the monitor knows today, by container key: for labels and projects.
 */
export function pastDecisions(events: readonly HemostatEvent[], containers: ReadonlyMap<string, ContainerState> = new Map()): PastDecision[] {
  const alerts = new Map<string, Alert>();
  const byId = new Map<string, PastDecision>();
  const byIncident = new Map<string, PastDecision>();
  for (const event of events) {
    const key = containerKey(event);
    if (event.type === 'health_alert') {
      alerts.set(key, event);
    } else if (event.type === 'remediation_needed') {
      const decision = decisionThen(event, alerts.get(key), containers.get(key));
      byId.set(event.id, decision);
      byIncident.set(event.incident_id, decision);
    } else {
      noteOutcome(byId.get(event.cause_id) ?? byIncident.get(event.incident_id), event);
    }
  }
  return [...byId.values()];
}

function decisionThen(event: EventOf<'remediation_needed'>, alert: Alert | undefined, today: ContainerState | undefined): PastDecision {
  const container = stateThen(alert, today, event);
  const illSince = Date.parse(alert?.data.ill_since ?? '');
  return { event, ...(container ? { container } : {}), ...(Number.isNaN(illSince) ? {} : { illSince }) };
}

function noteOutcome(decision: PastDecision | undefined, event: HemostatEvent): void {
  if (decision && event.type === 'remediation_complete') {
    decision.outcome = event;
  } else if (decision && event.type === 'remediation_verified') {
    decision.verdict = event.data.verdict;
  }
}
