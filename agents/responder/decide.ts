import type { Action, Figures, GuardVerdict, HemostatEvent } from '../../src/contract/events';
import { evaluateGuards, type GuardName } from '../../src/contract/guards';
import type { EffectivePolicy } from '../../src/contract/policy';
import { chooseAction } from '../../src/contract/what-if';
import type { ContainerDetails } from '../docker/types';
import type { Case } from './case';
import type { Fleet } from './fleet';
import type { Knowledge } from './knowledge';
import { resolveHost, type Memory } from './memory';
import { makePlan } from './plan';

/** What is wanted, by whom and why. */
export interface Wish {
  cause: HemostatEvent;
  action: Action;
  arguments?: string[] | undefined;
  confidence: number;
  reason: string;
  metrics: Figures;
  alertedAt?: string | undefined;
  project?: string | undefined;
  forensicsPending: boolean;
  /** `policy`, or the user. */
  authorisedBy: string;
  /** A person's explicit order: neither the mode nor another action of the policy stands in its way. */
  ordered: boolean;
}

export interface Override {
  user: string;
  guards: readonly GuardName[];
}

const ordered = (policy: EffectivePolicy): EffectivePolicy => ({ ...policy, mode: policy.dry_run ? 'observe' : 'auto' });

/** Puts together what is known of a wish, and asks the guards. */
export class Decider {
  constructor(
    private readonly parts: { fleet: Fleet; knowledge: Knowledge; memory: Memory; ownIds: readonly string[]; now: () => number }
  ) {}

  async caseOf(wish: Wish): Promise<Case> {
    const { fleet, knowledge } = this.parts;
    const [seen] = await Promise.all([fleet.overview(), knowledge.fresh()]);
    const { cause } = wish;
    const host = resolveHost(cause, seen);
    const key = host ? `${host}/${cause.container}` : cause.container;
    const state = await fleet.state(key);
    // A container that the overview does not know is newer than the overview.
    const view = state && state.status !== 'removed' && !seen.keys.has(key) ? await fleet.reload() : seen;
    const { project, policy, action } = this.rules(wish, state?.project, state?.labels);
    return {
      cause,
      key,
      host,
      container: cause.container,
      project,
      policy,
      policyVersion: knowledge.policies.version,
      plan: makePlan({ key, action, states: view.states, ...(wish.arguments ? { arguments: wish.arguments } : {}), ...(state ? { state } : {}) }),
      ...(state ? { state } : {}),
      confidence: wish.confidence,
      reason: wish.reason,
      metrics: wish.metrics,
      ...(wish.alertedAt ? { alertedAt: wish.alertedAt } : {}),
      forensicsPending: wish.forensicsPending,
      authorisedBy: wish.authorisedBy,
    };
  }

  /** Where the monitor knows nothing, the labels that the engine shows count. */
  withLabels(one: Case, wish: Wish, details: ContainerDetails): Case {
    if (one.state) {
      return one;
    }
    const { project, policy, action } = this.rules(wish, details.labels['com.docker.compose.project'], details.labels);
    return { ...one, project, policy, plan: { ...one.plan, action } };
  }

  private rules(wish: Wish, known: string | undefined, labels: Readonly<Record<string, string>> = {}): { project: string; policy: EffectivePolicy; action: Action } {
    const project = known || wish.project || '';
    const policy = this.parts.knowledge.policies.effective({ container: wish.cause.container, project, labels });
    return wish.ordered ? { project, policy: ordered(policy), action: wish.action } : { project, policy, action: chooseAction(policy, wish.action) };
  }

  /** The same with what the monitor has written since. */
  async again(one: Case): Promise<Case> {
    const state = await this.parts.fleet.state(one.key);
    return state ? { ...one, state } : one;
  }

  /** Every guard's verdict at this moment. Never waits: between it and the intent nothing else can happen. */
  guards(one: Case, override?: Override): GuardVerdict[] {
    const { fleet, knowledge, memory, ownIds, now } = this.parts;
    const alertedAt = Date.parse(one.alertedAt ?? '');
    const illSince = Date.parse(one.state?.ill_since ?? '');
    return evaluateGuards({
      policy: one.policy,
      plan: one.plan,
      subject: { key: one.key, host: one.host, container: one.container, project: one.project },
      confidence: one.confidence,
      ...(Number.isNaN(alertedAt) ? {} : { alertedAt }),
      ...(Number.isNaN(illSince) ? {} : { illSince }),
      history: memory.ledger,
      ...(one.state ? { container: one.state } : {}),
      fleet: { containers: fleet.lastView.containers },
      switches: knowledge.switches,
      ownIds,
      ...(override ? { override } : {}),
      now: now(),
    });
  }
}
