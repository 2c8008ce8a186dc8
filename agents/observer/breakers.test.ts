import type { GuardVerdict } from '../../src/contract/events';
import type { ActionRecord } from '../../src/contract/history';
import { Ledger } from '../../src/contract/ledger';
import { containerBreaker, modelBreakers } from './breakers';
import { before, NOW, testState } from './test-support';

const LIMITS = { failures: 3, window_seconds: 3600 };
const allowed: GuardVerdict = { guard: 'circuit_breaker', allowed: true, reason: '' };
const refused: GuardVerdict = { ...allowed, allowed: false, free_at: '2026-03-02T14:30:00Z' };

type Word = 'helped' | 'no_change' | 'failed';
/** One attempt of these words each, so many seconds ago. */
function ledgerOf(attempts: ReadonlyArray<[seconds: number, word: Word]>) {
  const who = { container: 'web', host: 'host-1', incident_id: '' };
  const records = attempts.flatMap(([seconds, word], index): ActionRecord[] => {
    const at = (offset: number) => ({ ...who, time: new Date(NOW - seconds * 1000 + offset).toISOString() });
    const started: ActionRecord = { kind: 'started', ...at(0), id: `s${index}`, action: 'restart', dry_run: false, project: '', targets: ['host-1/web'] };
    const complete: ActionRecord = { kind: 'complete', ...at(10), id: `c${index}`, action: 'restart', dry_run: false, project: '', status: word === 'failed' ? 'failed' : 'success' };
    const verified: ActionRecord[] = word === 'failed' ? [] : [{ kind: 'verified', ...at(20), id: `v${index}`, action: 'restart', verdict: word }];
    return [started, complete, ...verified];
  });
  return new Ledger(records).real;
}
const breaker = (attempts: ReadonlyArray<[number, Word]>, verdict = allowed) => containerBreaker('host-1/web', ledgerOf(attempts), verdict, LIMITS);

describe('the breaker of a container (R111 to R118)', () => {
  it('counts consecutive failures, successes and attempts; a success that did not help is a failure', () => {
    expect(breaker([[900, 'helped'], [600, 'failed'], [300, 'no_change']])).toEqual({ name: 'host-1/web', kind: 'container', state: 'closed', failure_count: 2, success_rate: 1 / 3, avg_response_time: null, total_calls: 3, free_at: null });
    expect(breaker([[600, 'failed'], [300, 'helped']])).toMatchObject({ failure_count: 0, success_rate: 0.5 });
  });

  it('is open as the guard says, with the time at which it lets go', () => {
    expect(breaker([[900, 'failed'], [600, 'failed'], [300, 'failed']], refused)).toMatchObject({ state: 'open', failure_count: 3, free_at: '2026-03-02T14:30:00Z' });
  });

  it('is half open when the window let go and nothing has succeeded since', () => {
    const day = 86_400;
    expect(breaker([[day + 900, 'failed'], [day + 600, 'no_change'], [day + 300, 'failed']])).toMatchObject({ state: 'half_open' });
    expect(breaker([[day + 900, 'failed'], [day + 600, 'failed'], [day + 300, 'failed'], [60, 'helped']])).toMatchObject({ state: 'closed' });
  });

  it('was never opened by failures that lie far apart', () => {
    expect(breaker([[90_000, 'failed'], [50_000, 'failed'], [9000, 'failed']])).toMatchObject({ state: 'closed', failure_count: 3 });
  });
});

describe('the breaker of a model', () => {
  const analyzer = (state: Record<string, string | number>, more = {}) => testState('analyzer', { state, ...more });

  it('is what the agent tells', () => {
    const states = [analyzer({ model_breaker: 'open', model_calls: 10, model_failures_in_row: 3, model_success_rate: 0.7, model_mean_ms: 800, model_free_at: before(-60) })];
    expect(modelBreakers(states, NOW)).toEqual([{ name: 'model (analyzer)', kind: 'model', state: 'open', failure_count: 3, success_rate: 0.7, avg_response_time: 800, total_calls: 10, free_at: before(-60) }]);
  });

  it('is missing without a model, and unknown figures are null or 0', () => {
    expect(modelBreakers([analyzer({ model: 'none' }), testState('monitor')], NOW)).toEqual([]);
    expect(modelBreakers([analyzer({ model_breaker: 'odd' })], NOW)).toEqual([{ name: 'model (analyzer)', kind: 'model', state: 'unknown', failure_count: 0, success_rate: null, avg_response_time: null, total_calls: 0, free_at: null }]);
  });

  it('is the worst of several copies, and not that of a dead one', () => {
    const copies = [analyzer({ model_breaker: 'closed' }), analyzer({ model_breaker: 'half_open' }, { instance: 'b' }), analyzer({ model_breaker: 'open' }, { instance: 'dead', seen_at: before(60) })];
    expect(modelBreakers(copies, NOW).map(({ state }) => state)).toEqual(['half_open']);
  });
});
