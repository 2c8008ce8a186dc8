import type { Breaker } from '../../../src/contract/observability/schemas';
import type { AgentState } from '../../runtime/heartbeat';
import { isAlive } from './agents';
import type { Finding } from './component';

const STATES = { closed: 'healthy', half_open: 'degraded', open: 'unhealthy', unknown: 'healthy' } as const;
const FROM_BEST_TO_WORST = ['closed', 'unknown', 'half_open', 'open'] as const;
const ERROR = 'The model failed several times in a row and is left alone for a while.';
const MEND = 'See the server of the model, AI_MODEL and its key.';

function worstOf(breakers: readonly Breaker[]): Breaker['state'] {
  return FROM_BEST_TO_WORST.findLast((state) => breakers.some((breaker) => breaker.state === state)) ?? 'unknown';
}

/** Milliseconds, weighed by the calls; undefined while nothing was measured. */
function meanMs(breakers: readonly Breaker[]): number | undefined {
  const measured = breakers.flatMap(({ avg_response_time: mean, total_calls: calls }) => (mean === null || calls === 0 ? [] : [{ mean, calls }]));
  const calls = measured.reduce((sum, one) => sum + one.calls, 0);
  return calls > 0 ? measured.reduce((sum, one) => sum + one.mean * one.calls, 0) / calls : undefined;
}

/** The language model, from the breakers of those that ask it; none where no model is set. It is as bad as the worst of them finds it. Pure. */
export function modelFindings(states: readonly AgentState[], breakers: readonly Breaker[], now: number): Finding[] {
  const mine = breakers.filter((breaker) => breaker.kind === 'model');
  if (mine.length === 0) {
    return [];
  }
  const status = STATES[worstOf(mine)];
  const ms = meanMs(mine);
  const trouble = states.filter((one) => isAlive(one, now)).flatMap((one) => one.troubles).find(({ part }) => part === 'model');
  const finding: Finding = { name: 'model', kind: 'model', status, ...(ms === undefined ? {} : { ms }) };
  if (trouble) {
    return [{ ...finding, status: status === 'healthy' ? 'degraded' : status, error: trouble.message, mend: trouble.mend }];
  }
  return [status === 'healthy' ? finding : { ...finding, error: ERROR, mend: MEND }];
}
