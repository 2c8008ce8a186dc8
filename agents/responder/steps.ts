import type { HemostatEvent, PlannedAction } from '../../src/contract/events';
import { current } from '../runtime/telemetry';
import type { carryOut } from './act';
import type { Case } from './case';

type Events = readonly HemostatEvent[];
/** What is to be written, or what is to be done now that it is decided. */
export type Decision = Events | (() => Promise<Events>);

const WORDS = { approval_requested: 'ask', remediation_started: 'write down', approval_decided: 'void' } as const;

/** What a decision came to, for its span: the guard that refused, or what follows. */
function outcomeOf(decision: Decision): Record<string, string | boolean> {
  if (typeof decision === 'function') {
    return { 'hemostat.allowed': true, 'hemostat.decision': 'act' };
  }
  const complete = decision.find((event) => event.type === 'remediation_complete');
  if (complete && complete.data.result.status !== 'success') {
    const refusing = complete.data.guards?.find((guard) => !guard.allowed);
    return { 'hemostat.allowed': false, 'hemostat.decision': complete.data.result.status, 'hemostat.guard': refusing?.guard ?? complete.data.result.reason ?? '' };
  }
  const [first] = decision;
  return { 'hemostat.allowed': true, 'hemostat.decision': (first && WORDS[first.type as keyof typeof WORDS]) || 'nothing to do' };
}

/** Decides as one step, with all guards; acting comes after it, not inside of it. */
export async function decideAsStep(one: Case, decide: () => Promise<Decision>): Promise<Events> {
  const about = { 'hemostat.container': one.key, 'hemostat.action': one.plan.action, 'hemostat.mode': one.policy.mode, 'hemostat.policy': one.policyVersion };
  const decision = await current().step('decide', about, async (span) => {
    const came = await decide();
    span.set(outcomeOf(came));
    return came;
  });
  return typeof decision === 'function' ? decision() : decision;
}

type Result = Awaited<ReturnType<typeof carryOut>>;

/** Acts as one step, with how long the engine took. */
export function acted(plan: PlannedAction, attempt: number, act: () => Promise<Result>): Promise<Result> {
  const about = { 'hemostat.target': plan.target, 'hemostat.action': plan.action, 'hemostat.attempt': attempt, 'hemostat.containers': plan.order.length };
  return current().step(
    `${plan.action} ${plan.target.slice(plan.target.lastIndexOf('/') + 1)}`,
    about,
    async (span) => {
      const result = await act();
      const seconds = (result.steps ?? []).reduce((sum, step) => sum + (step.duration_seconds ?? 0), 0);
      span.set({ 'hemostat.status': result.status, 'hemostat.docker_ms': Math.round(seconds * 1000) });
      if (result.status === 'failed') {
        span.fail(result.error ?? 'It failed.', 'action_failed');
      }
      return result;
    },
    { kind: 'client' }
  );
}
