import type { z } from 'zod';
import { HemostatError } from '../runtime/errors';
import { SettingsError, type SettingsOf } from '../runtime/settings/define';
import type { modelSettings } from '../runtime/settings/model';

export type ModelSettings = SettingsOf<typeof modelSettings>;

export interface ModelRequest {
  system: string;
  /** The form that is asked for, and its name. */
  schema: z.ZodType;
  schemaName: string;
  /** What was said so far, beginning with our question: more than one line only when a bad answer is repaired. */
  messages: ReadonlyArray<{ role: 'user' | 'assistant'; content: string }>;
  maxOutputTokens: number;
  temperature: number;
}

export interface ModelReply {
  text: string;
  /** The model that answered, where the server tells. */
  model?: string;
  /** Absent where the server does not tell. */
  inputTokens?: number;
  outputTokens?: number;
  finishReason: string;
}

/** A language model behind an interface: an agent knows neither SDK nor server. */
export interface Model {
  readonly name: string;
  readonly provider: string;
  /** Host and port of the server, where there is one. */
  readonly server?: { host: string; port: number };
  /** @throws ModelError whatever goes wrong; also when the signal is given. */
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelReply>;
}

export type ModelErrorCode = 'timeout' | 'unreachable' | 'no_right' | 'too_many_requests' | 'server_error' | 'bad_request' | 'bad_reply';

const MENDS: Record<ModelErrorCode, string> = {
  timeout: 'Raise HEMOSTAT_AI_TIMEOUT_SECONDS, or take a faster model.',
  unreachable: 'Start the model server, or set HEMOSTAT_AI_URL to where it is.',
  no_right: 'Set the key of the provider (HEMOSTAT_AI_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY or HUGGINGFACE_API_KEY) to a valid one.',
  too_many_requests: 'Wait, or raise the limit with the provider; fewer calls: HEMOSTAT_AI_WHEN=unsure.',
  server_error: 'See the log of the model server.',
  bad_request: 'Check AI_MODEL and HEMOSTAT_AI_URL; a server without JSON schemas needs HEMOSTAT_AI_JSON_SCHEMA=false.',
  bad_reply: 'Take a model that can answer with JSON, or set HEMOSTAT_AI_JSON_SCHEMA.',
};

export class ModelError extends HemostatError {
  constructor(
    readonly kind: ModelErrorCode,
    message: string,
    cause?: unknown
  ) {
    super(`model_${kind}`, message, { cause, retryable: kind !== 'no_right' && kind !== 'bad_request' });
  }

  get mend(): string {
    return MENDS[this.kind];
  }
}

/** Where calls go. */
export interface ModelAddress {
  provider: 'openai-compatible' | 'openai' | 'anthropic' | 'huggingface';
  model: string;
  baseUrl: string;
  key: string;
}

const OPENAI_URL = 'https://api.openai.com/v1';
const ANTHROPIC_URL = 'https://api.anthropic.com/v1';
const HUGGINGFACE_URL = 'https://router.huggingface.co/v1';

type Provider = ModelAddress['provider'];

/** The original's way: the name of the model tells who serves it, where a key for that one is set. */
function guessProvider(settings: ModelSettings): Provider | undefined {
  if (settings.aiUrl) {
    return 'openai-compatible';
  }
  const byName: Array<[RegExp, string, Provider]> = [
    [/^claude/i, settings.anthropicKey, 'anthropic'],
    [/^(gpt|chatgpt|o\d)/i, settings.openaiKey, 'openai'],
    [/\//, settings.huggingfaceKey || settings.huggingfaceUrl, 'huggingface'],
  ];
  const known = byName.find(([pattern]) => pattern.test(settings.aiModel));
  const found = known ?? byName.find(([, key]) => key);
  return found?.[1] ? found[2] : undefined;
}

function addressOf(provider: Provider, settings: ModelSettings): Omit<ModelAddress, 'provider' | 'model'> {
  switch (provider) {
    case 'openai-compatible':
      return { baseUrl: settings.aiUrl, key: settings.aiKey };
    case 'openai':
      return { baseUrl: settings.aiUrl || OPENAI_URL, key: settings.openaiKey };
    case 'anthropic':
      return { baseUrl: settings.aiUrl || ANTHROPIC_URL, key: settings.anthropicKey };
    case 'huggingface':
      return { baseUrl: settings.huggingfaceUrl ? `${settings.huggingfaceUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1` : HUGGINGFACE_URL, key: settings.huggingfaceKey };
  }
}

const NEEDED: Record<Provider, string> = { 'openai-compatible': 'HEMOSTAT_AI_URL', openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY', huggingface: 'HUGGINGFACE_API_KEY or HF_ENDPOINT_URL' };

function missing(provider: Provider, settings: ModelSettings): boolean {
  return !{ 'openai-compatible': settings.aiUrl, openai: settings.openaiKey, anthropic: settings.anthropicKey, huggingface: settings.huggingfaceKey || settings.huggingfaceUrl }[provider];
}

/**
 * Which model is asked, if any. No call leaves the host unless both a model and a URL or key are set.
 * @returns the reason in words where the rules decide alone
 * @throws SettingsError when a provider is named and what it needs is not set
 */
export function chooseModel(settings: ModelSettings): ModelAddress | { none: string } {
  if (!settings.aiEnabled) {
    return { none: 'AI_FALLBACK_ENABLED is false: the rules decide alone' };
  }
  if (!settings.aiModel) {
    return { none: settings.aiUrl ? 'HEMOSTAT_AI_URL is set but AI_MODEL is not: the rules decide alone' : 'no model is set (AI_MODEL): the rules decide alone' };
  }
  const provider = settings.aiProvider === 'auto' ? guessProvider(settings) : settings.aiProvider;
  if (!provider) {
    return { none: `AI_MODEL is "${settings.aiModel}", but neither HEMOSTAT_AI_URL nor the key for it is set: the rules decide alone` };
  }
  if (missing(provider, settings)) {
    throw new SettingsError([`HEMOSTAT_AI_PROVIDER: "${provider}" needs ${NEEDED[provider]}, which is not set. Default: auto.`]);
  }
  return { provider, model: settings.aiModel, ...addressOf(provider, settings) };
}
