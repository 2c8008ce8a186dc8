import { chooseModel, type Model, type ModelSettings } from '../../agents/model/model';
import { ModelGate } from '../../agents/model/gate';
import { SdkModel } from '../../agents/model/sdk-model';
import type { TokenBudget } from '../../agents/model/tokens';
import { createLogger } from '../../agents/runtime/logger';
import { TroubleBoard } from '../../agents/runtime/trouble';

/** A budget of this process alone: an evaluation touches no Redis. */
export class OwnBudget implements TokenBudget {
  used = 0;

  reserveTokens(_day: string, tokens: number, limit: number): Promise<boolean> {
    const allowed = this.used + tokens <= limit;
    this.used += allowed ? tokens : 0;
    return Promise.resolve(allowed);
  }

  settleTokens(_day: string, difference: number): Promise<void> {
    this.used += difference;
    return Promise.resolve();
  }
}

export interface OpenModel {
  model: Model;
  gate: ModelGate;
  settings: ModelSettings;
  budget: TokenBudget;
  trouble: TroubleBoard;
  signal: AbortSignal;
  now: () => number;
}

/** The model that the settings name, with its limits; undefined where they name none. @throws SettingsError when a key is missing */
export function modelFor(settings: ModelSettings, budget: TokenBudget): OpenModel | undefined {
  const chosen = chooseModel(settings);
  if ('none' in chosen) {
    return undefined;
  }
  const model = new SdkModel(chosen, settings.aiJsonSchema);
  const trouble = new TroubleBoard(createLogger({ logLevel: 'silent', logFormat: 'json' }));
  const shared = { model, settings, trouble, signal: new AbortController().signal, now: Date.now };
  return { ...shared, budget, gate: new ModelGate({ ...shared, meanwhile: 'The statistics word it until it is back.' }) };
}
