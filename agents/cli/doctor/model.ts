import { z } from 'zod';
import { errorText } from '../../runtime/errors';
import { analyzerSettings } from '../../runtime/settings/analyzer';
import { readSettings, type Environment, type SettingsOf } from '../../runtime/settings/define';
import { fail, ok, warn, type Check } from './check';

type Settings = SettingsOf<typeof analyzerSettings>;

const ANSWER_MS = 5000;
const listSchema = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

interface ModelList {
  url: string;
  headers: Record<string, string>;
  /** The variable that holds the key. */
  key: string;
}

const bearer = (key: string): Record<string, string> => (key ? { authorization: `Bearer ${key}` } : {});

/** Where the models of the provider are listed, or undefined when nothing leads to one. */
export function modelList(settings: Settings): ModelList | undefined {
  const { aiProvider: provider, aiUrl, aiModel } = settings;
  if (aiUrl && (provider === 'auto' || provider === 'openai-compatible')) {
    return { url: `${aiUrl.replace(/\/+$/, '')}/models`, headers: bearer(settings.aiKey), key: 'HEMOSTAT_AI_KEY' };
  }
  if (settings.anthropicKey && (provider === 'anthropic' || (provider === 'auto' && aiModel.startsWith('claude')))) {
    return { url: 'https://api.anthropic.com/v1/models?limit=1000', headers: { 'x-api-key': settings.anthropicKey, 'anthropic-version': '2023-06-01' }, key: 'ANTHROPIC_API_KEY' };
  }
  if (settings.openaiKey && (provider === 'openai' || provider === 'auto')) {
    return { url: 'https://api.openai.com/v1/models', headers: bearer(settings.openaiKey), key: 'OPENAI_API_KEY' };
  }
  return undefined;
}

async function askForList(settings: Settings, list: ModelList): Promise<Check> {
  const where = new URL(list.url).host;
  try {
    const response = await fetch(list.url, { headers: list.headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    if (response.status === 401 || response.status === 403) {
      return fail('model', `${where} refuses the key (HTTP ${response.status})`, `Set ${list.key} to a valid key.`);
    }
    if (!response.ok) {
      return warn('model', `${where} answers HTTP ${response.status} to a list of models`, 'The rules decide when the model does not answer. See HEMOSTAT_AI_URL.');
    }
    const parsed = listSchema.safeParse(await response.json());
    const known = parsed.success ? parsed.data.data.map((one) => one.id) : [];
    if (known.length > 0 && !known.some((id) => id === settings.aiModel || id === `${settings.aiModel}:latest`)) {
      return fail('model', `${where} has no model "${settings.aiModel}"; it has ${known.slice(0, 6).join(', ')}`, 'Set AI_MODEL to one of these, or load it (ollama pull NAME).');
    }
    return ok('model', `${settings.aiModel} at ${where}`);
  } catch (cause) {
    return fail('model', `${where} does not answer: ${errorText(cause)}`, 'Start the server of the model, or set HEMOSTAT_AI_URL. Until then the rules decide.');
  }
}

/** Whether the model that is set can be reached: a list of models, never a prompt. @throws SettingsError */
export async function checkModel(environment: Environment): Promise<Check[]> {
  const settings = readSettings(analyzerSettings, environment);
  if (!settings.aiModel || !settings.aiEnabled) {
    return [ok('model', settings.aiModel ? 'AI_FALLBACK_ENABLED=false: rules only' : 'no model set: rules only')];
  }
  const list = modelList(settings);
  if (!list) {
    return [warn('model', `${settings.aiModel} is set, but no address or key that this check knows leads to it`, 'Set HEMOSTAT_AI_URL, or the key of its provider. Until then the rules may decide alone.')];
  }
  return [await askForList(settings, list)];
}
