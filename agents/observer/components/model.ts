import type { Breaker } from '../../../src/contract/observability/schemas';
import type { AgentState } from '../../runtime/heartbeat';
import { isAlive } from './agents';
import type { Finding } from './component';

const STATES = { closed: 'healthy', half_open: 'degraded', open: 'unhealthy', unknown: 'healthy' } as const;
const MEND = 'See the server of the model, AI_MODEL and its key.';

/**
 * The language model, from the breakers of those that ask it; none where no model is set. It is as bad as the worst of them finds it.
 */
export function modelFindings(states: readonly AgentState[], breakers: readonly Breaker[], now: number): Finding[] {
  const mine = breakers.filter((breaker) => breaker.kind === 'model');
  if (mine.length === 0) {
    return [];
  }
  const order = ['closed', 'unknown', 'half_open', 'open'] as const;
  const worst = mine.toSorted((a, b) => order.indexOf(b.state) - order.indexOf(a.state))[0];
  const status = STATES[worst?.state ?? 'unknown'];
  const trouble = states.filter((one) => isAlive(one, now)).flatMap((one) => one.troubles).find(({ part }) => part === 'model');
  const measured = mine.flatMap(({ avg_response_time: mean, total_calls: calls }) => (mean === null || calls === 0 ? [] : [{ mean, calls }]));
  const calls = measured.reduce((sum, one) => sum + one.calls, 0);
  return [
    {
      name: 'model',
      kind: 'model',
      status: status === 'healthy' && trouble ? 'degraded' : status,
      ...(calls > 0 ? { ms: measured.reduce((sum, one) => sum + one.mean * one.calls, 0) / calls } : {}),
      ...(status !== 'healthy' || trouble ? { error: trouble?.message ?? 'The model failed several times in a row and is left alone for a while.', mend: trouble?.mend ?? MEND } : {}),
    },
  ];
}
