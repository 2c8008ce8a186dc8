import { readSettings } from '../runtime/settings/define';
import { modelSettings } from '../runtime/settings/model';
import { TroubleBoard } from '../runtime/trouble';
import { createLogger } from '../runtime/logger';
import { ModelGate } from './gate';
import { ModelError, type Model } from './model';
import { BudgetError, ConsultationError } from './talk';

const model: Model = { name: 'm', provider: 'p', complete: () => Promise.reject(new Error('not asked here')) };
const failing = () => Promise.reject(new ConsultationError(new ModelError('timeout', 'too slow'), []));
const answering = () => Promise.resolve({ answer: 1, calls: [] });

function gateWith(environment: Record<string, string>) {
  const settings = readSettings(modelSettings, environment);
  return new ModelGate({ model, settings, trouble: new TroubleBoard(createLogger({ logLevel: 'silent', logFormat: 'text' })), signal: new AbortController().signal, now: () => 1_700_000_000_000, meanwhile: '' });
}

describe('the state of the gate', () => {
  it('R113 R114 R115 R116 R117 tells the breaker, and nothing that was not measured', async () => {
    const gate = gateWith({ HEMOSTAT_AI_BREAKER_FAILURES: '2', HEMOSTAT_AI_BREAKER_SECONDS: '30' });
    expect(gate.state()).toEqual({ model_breaker: 'closed', model_calls: 0, model_failures_in_row: 0 });
    await gate.ask(answering);
    expect(gate.state()).toMatchObject({ model_breaker: 'closed', model_calls: 1, model_failures_in_row: 0, model_success_rate: 1, model_mean_ms: expect.any(Number) });
    await gate.ask(failing);
    await gate.ask(failing);
    const open = gate.state();
    expect(open).toMatchObject({ model_breaker: 'open', model_calls: 3, model_failures_in_row: 2, model_success_rate: 0.3333 });
    expect(Date.parse(String(open.model_free_at))).toBeGreaterThan(1_700_000_000_000);
    // What is refused without a call counts as none.
    expect((await gate.ask(answering)).fallback).toContain('left alone');
    expect(gate.state()).toMatchObject({ model_calls: 3 });
  });

  it('R153 tells that it tries again, and forgets the failures when that went well', async () => {
    const gate = gateWith({ HEMOSTAT_AI_BREAKER_FAILURES: '1', HEMOSTAT_AI_BREAKER_SECONDS: '0.01' });
    await gate.ask(failing);
    let during: unknown;
    // The first pause is drawn by lot around its setting: asked until it is over.
    while (during === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await gate.ask(() => {
        during = gate.state().model_breaker;
        return answering();
      });
    }
    expect(during).toBe('half_open');
    expect(gate.state()).toMatchObject({ model_breaker: 'closed', model_failures_in_row: 0 });
    expect(gate.state()).not.toHaveProperty('model_free_at');
  });

  it('a budget that is used up is no call', async () => {
    const gate = gateWith({});
    await gate.ask(() => Promise.reject(new BudgetError('used up')));
    expect(gate.state()).toMatchObject({ model_calls: 0, model_failures_in_row: 0 });
  });
});
