import { cleanLine } from '../runtime/untrusted';
import { ModelError, type Model, type ModelAddress, type ModelErrorCode, type ModelReply, type ModelRequest } from './model';

type Sdk = typeof import('ai');
type LanguageModel = Parameters<Sdk['generateText']>[0]['model'];
interface Loaded {
  sdk: Sdk;
  model: LanguageModel;
}

async function openModel(address: ModelAddress, jsonSchema: boolean): Promise<LanguageModel> {
  if (address.provider === 'anthropic') {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ baseURL: address.baseUrl, apiKey: address.key })(address.model);
  }
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const provider = createOpenAICompatible({
    name: address.provider,
    baseURL: address.baseUrl,
    ...(address.key ? { apiKey: address.key } : {}),
    supportsStructuredOutputs: jsonSchema,
  });
  return provider(address.model);
}

function codeOfStatus(status: number): ModelErrorCode {
  if (status === 401 || status === 403) {
    return 'no_right';
  }
  if (status === 429) {
    return 'too_many_requests';
  }
  return status >= 500 ? 'server_error' : 'bad_request';
}

/** The real model, by the AI SDK. It is loaded at the first call: who sets no model pays nothing for it. */
export class SdkModel implements Model {
  readonly name: string;
  readonly provider: string;
  readonly server: { host: string; port: number };
  private loaded?: Promise<Loaded>;

  constructor(
    private readonly address: ModelAddress,
    private readonly jsonSchema: boolean
  ) {
    this.name = address.model;
    this.provider = address.provider;
    const { hostname, port, protocol } = new URL(address.baseUrl);
    this.server = { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  }

  async complete(request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
    const { sdk, model } = await this.load();
    try {
      const result = await sdk.generateText({
        model,
        instructions: request.system,
        messages: request.messages.map(({ role, content }) => ({ role, content })),
        output: sdk.Output.object({ schema: request.schema, name: request.schemaName }),
        temperature: request.temperature,
        maxOutputTokens: request.maxOutputTokens,
        // One question, one call: what is tried again is counted by the caller.
        maxRetries: 0,
        abortSignal: signal,
      });
      return { text: result.text, model: result.finalStep.response.modelId, finishReason: result.finishReason, ...usageOf(result.usage) };
    } catch (cause) {
      // The answer came, but is not of the form: the caller reads it more leniently, and asks once more.
      if (sdk.NoObjectGeneratedError.isInstance(cause)) {
        return { text: cause.text ?? '', finishReason: cause.finishReason ?? 'unknown', ...usageOf(cause.usage) };
      }
      throw this.named(sdk, cause, signal);
    }
  }

  private load(): Promise<Loaded> {
    this.loaded ??= (async () => {
      // The SDK writes its warnings to the console unless told not to.
      (globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;
      return { sdk: await import('ai'), model: await openModel(this.address, this.jsonSchema) };
    })();
    return this.loaded;
  }

  private named(sdk: Sdk, cause: unknown, signal: AbortSignal): ModelError {
    const where = new URL(this.address.baseUrl).origin;
    if (signal.aborted) {
      return new ModelError('timeout', `The model ${this.name} at ${where} did not answer in time.`, cause);
    }
    const words = cleanLine(messageOf(cause), 200);
    const status = sdk.APICallError.isInstance(cause) ? cause.statusCode : undefined;
    if (status !== undefined) {
      return new ModelError(status < 300 ? 'bad_reply' : codeOfStatus(status), `The model server at ${where} answers ${status}: ${words}`, cause);
    }
    const network = networkCode(cause);
    return network || sdk.APICallError.isInstance(cause)
      ? new ModelError('unreachable', `The model server at ${where} cannot be reached: ${network || words}`, cause)
      : new ModelError('bad_reply', `The model ${this.name} at ${where} gave no answer that can be read: ${words}`, cause);
  }
}

function messageOf(cause: unknown): string {
  return typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : String(cause);
}

/** ECONNREFUSED and the like, from wherever in the chain of causes; empty when it is no error of the network. */
function networkCode(cause: unknown): string {
  for (let at = cause, depth = 0; typeof at === 'object' && at !== null && depth < 8; at = 'cause' in at ? at.cause : undefined, depth += 1) {
    if ('code' in at && typeof at.code === 'string' && /^(?:E[A-Z_]+|UND_ERR_\w+|CERT_\w+|DEPTH_\w+|SELF_SIGNED\w+)$/.test(at.code)) {
      return at.code;
    }
  }
  return '';
}

function usageOf(usage: { inputTokens: number | undefined; outputTokens: number | undefined } | undefined): Pick<ModelReply, 'inputTokens' | 'outputTokens'> {
  return {
    ...(usage?.inputTokens === undefined ? {} : { inputTokens: usage.inputTokens }),
    ...(usage?.outputTokens === undefined ? {} : { outputTokens: usage.outputTokens }),
  };
}
