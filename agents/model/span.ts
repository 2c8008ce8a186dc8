import type { Attributes } from '../runtime/telemetry';
import type { Model, ModelReply } from './model';

/*
 * What a span tells of a model call, by the semantic conventions of OpenTelemetry for generative AI. Neither the question nor the answer:
 * what stands in them is in the event of the analysis, redacted.
 */

export function requestAttributes(model: Model, { maxTokens, temperature, promptHash }: { maxTokens: number; temperature: number; promptHash: string }): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': model.provider,
    'gen_ai.request.model': model.name,
    'gen_ai.request.max_tokens': maxTokens,
    'gen_ai.request.temperature': temperature,
    'server.address': model.server?.host,
    'server.port': model.server?.port,
    'hemostat.prompt_hash': promptHash,
  };
}

export function answerAttributes(reply: ModelReply, { input, output, costUsd }: { input: number; output: number; costUsd?: number | undefined }): Attributes {
  return {
    'gen_ai.response.model': reply.model,
    'gen_ai.response.finish_reasons': reply.finishReason || undefined,
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
    'hemostat.cost_usd': costUsd,
  };
}
