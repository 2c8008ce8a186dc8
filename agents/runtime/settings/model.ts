import { choice, flag, integer, number, seconds, secret, text, url, type Setting } from './define';

export const AI_PROVIDERS = ['auto', 'openai-compatible', 'openai', 'anthropic', 'huggingface'] as const;

/** A number that need not be set. */
function optionalNumber(name: string, about: string, min: number, max: number): Setting<number | undefined> {
  const given = number(name, '', about, min, max);
  return { ...given, parse: (value) => (value.trim() === '' ? undefined : given.parse(value)) };
}
/** The language model that the analyzer and the updater ask. */
export const modelSettings = {
  aiModel: text('AI_MODEL', '', 'Name of the language model; without it the rules decide alone.'),
  aiEnabled: flag('AI_FALLBACK_ENABLED', 'true', 'false: never ask a model, the rules decide alone (as in the Python original). true: a model, where one is set, with the rules behind it.'),
  aiProvider: choice('HEMOSTAT_AI_PROVIDER', AI_PROVIDERS, 'auto', 'Who serves the model; auto goes by HEMOSTAT_AI_URL, the name of the model and the keys.'),
  aiUrl: url('HEMOSTAT_AI_URL', '', 'Base URL of a server that speaks the OpenAI API, such as http://localhost:11434/v1 (Ollama).', ['http', 'https']),
  aiKey: secret('HEMOSTAT_AI_KEY', 'Key for HEMOSTAT_AI_URL, where it wants one.'),
  openaiKey: secret('OPENAI_API_KEY', 'Key for OpenAI.'),
  anthropicKey: secret('ANTHROPIC_API_KEY', 'Key for Anthropic.'),
  huggingfaceKey: secret('HUGGINGFACE_API_KEY', 'Key for Hugging Face.'),
  huggingfaceUrl: url('HF_ENDPOINT_URL', '', 'Own inference endpoint at Hugging Face.', ['http', 'https']),
  aiTemperature: number('HEMOSTAT_AI_TEMPERATURE', '0.3', 'Temperature of the model.', 0, 2),
  aiJsonSchema: flag('HEMOSTAT_AI_JSON_SCHEMA', 'true', 'Send the wanted form as a JSON schema; false for servers that know only JSON mode.'),
  aiTimeoutMs: seconds('HEMOSTAT_AI_TIMEOUT_SECONDS', '20', 'Seconds that the model has for one analysis, the repair of a bad answer included.', 0.05, 600),
  aiConcurrency: integer('HEMOSTAT_AI_CONCURRENCY', '4', 'Analyses that ask the model at the same time; as many wait, the rules decide the rest.', 1, 64),
  aiTokensPerCall: integer('HEMOSTAT_AI_TOKENS_PER_CALL', '6000', 'Tokens of one call, prompt and answer together; logs are cut to fit.', 2500, 1_000_000),
  aiOutputTokens: integer('HEMOSTAT_AI_OUTPUT_TOKENS', '800', 'Tokens of one answer, at most.', 100, 100_000),
  aiTokensPerDay: integer('HEMOSTAT_AI_TOKENS_PER_DAY', '1000000', 'Tokens that all copies of the analyzer may use in a UTC day; then the rules decide.', 0, 10_000_000_000),
  aiPriceInput: optionalNumber('HEMOSTAT_AI_PRICE_INPUT', 'US dollars for a million tokens of prompt, to tell the cost.', 0, 1_000_000),
  aiPriceOutput: optionalNumber('HEMOSTAT_AI_PRICE_OUTPUT', 'US dollars for a million tokens of answer, to tell the cost.', 0, 1_000_000),
  aiBreakerFailures: integer('HEMOSTAT_AI_BREAKER_FAILURES', '3', 'Failed analyses in a row after which the model is left alone.', 1, 1000),
  aiBreakerMs: seconds('HEMOSTAT_AI_BREAKER_SECONDS', '30', 'Seconds that it is then left alone before one is tried.', 0.01, 86_400),
};
