import { ModelGate } from '../model/gate';
import { chooseModel, type Model, type ModelSettings } from '../model/model';
import { SdkModel } from '../model/sdk-model';
import { RedisTokenBudget, type TokenBudget } from '../model/tokens';
import type { AgentContext } from '../runtime/agent';
import { DEFAULT_MODEL } from './config/schema';

/** A model with its limits, as all questions of the updater share it. */
export interface OpenModel {
  model: Model;
  gate: ModelGate;
  settings: ModelSettings;
  budget: TokenBudget;
  signal: AbortSignal;
  now: () => number;
}

/**
 * The model that words what the statistics found. The name in the file wins over AI_MODEL; the default is asked only where an
 * address or a key is set, because nothing may leave the host unasked (R289).
 * @returns why there is none, in words
 */
export function openModel(context: AgentContext, settings: ModelSettings, named: string | undefined): OpenModel | { none: string } {
  const isSet = [settings.aiUrl, settings.openaiKey, settings.anthropicKey, settings.huggingfaceKey, settings.huggingfaceUrl].some(Boolean);
  const aiModel = named ?? (settings.aiModel || (isSet ? DEFAULT_MODEL : ''));
  const chosen = chooseModel({ ...settings, aiModel: isSet ? aiModel : '' });
  if ('none' in chosen) {
    return chosen;
  }
  const { signal, now, trouble } = context;
  const model = new SdkModel(chosen, settings.aiJsonSchema);
  const gate = new ModelGate({ model, settings, trouble, signal, now, meanwhile: 'The statistics word it until it is back.' });
  return { model, gate, settings, budget: new RedisTokenBudget(context.log), signal, now };
}
